"""The choice of three firms (V-20) and the draw behind it, recomputable by anyone. Pure."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

import msgspec

from core.errors import InvalidInput
from core.fair_draw import commitment, drawn_order
from core.i18n import Message, msg

FIRMS = 3
"""So many firms are chosen, in their order; fewer only where the list has fewer."""


class Candidate(msgspec.Struct, frozen=True):
    """A firm as it stands in a draw."""

    id: UUID
    name: str
    licence_no: str


class DrawRecord(msgspec.Struct, frozen=True):
    """Everything that the draw rests on, as published; enough to recompute it. Hexadecimal for bytes."""

    selection_id: UUID
    candidates: list[Candidate]
    commitment: str
    value_name: str
    public_value: str
    secret: str
    chosen: list[UUID]


def ticket(candidate: Candidate) -> str:
    """The text that stands for a firm in the draw: its licence number."""
    return candidate.licence_no


def purpose(selection_id: UUID, candidates: Sequence[Candidate]) -> str:
    """What the commitment is for: this one draw among exactly these firms in this order."""
    listed = "\n".join(ticket(each) for each in candidates)
    return f"appraisers:{selection_id}:{sha256(listed.encode()).hexdigest()}"


def committed(selection_id: UUID, candidates: Sequence[Candidate], secret: bytes) -> bytes:
    """The commitment that is published before the draw."""
    return commitment(purpose(selection_id, candidates), secret)


def draw(candidates: Sequence[Candidate], secret: bytes, public_value: str) -> list[Candidate]:
    """The firms drawn, in their order."""
    by_ticket = {ticket(each): each for each in candidates}
    return [by_ticket[each] for each in drawn_order(secret, public_value, list(by_ticket))][:FIRMS]


def faults(record: DrawRecord) -> list[str]:
    """What does not hold in a published draw; empty when anyone gets the same firms. Never raises."""
    try:
        secret, published = bytes.fromhex(record.secret), bytes.fromhex(record.commitment)
    except ValueError:
        return ["secret or commitment is not hexadecimal"]
    found = []
    if len({ticket(each) for each in record.candidates}) != len(record.candidates):
        return ["two candidates have the same licence number"]
    if committed(record.selection_id, record.candidates, secret) != published:
        found.append("the secret does not fit the commitment and the candidates")
    if not record.public_value:
        found.append("the public value is missing")
    if [each.id for each in draw(record.candidates, secret, record.public_value)] != record.chosen:
        found.append("the draw gives other firms or another order")
    return found


def agreed(parties: Sequence[UUID], choices: Mapping[UUID, Sequence[str]]) -> list[str] | None:
    """The firms that every party named in the same order, or None (V-20)."""
    named = [list(choices[party]) for party in parties if party in choices]
    if len(named) < len(parties) or not named or any(each != named[0] for each in named):
        return None
    return named[0]


def check_choice(firms: Sequence[str], eligible: Sequence[str]) -> None:
    """Raise `InvalidInput` unless a party names three different firms of the list, or all when it has fewer (V-20)."""
    wanted = min(FIRMS, len(eligible))
    problem: Message | None = None
    if len(set(firms)) != len(firms) or len(firms) != wanted:
        problem = msg("请按顺序选择 {count} 家不同的评估机构。", count=wanted)
    elif not set(firms) <= set(eligible):
        problem = msg("有机构不在名单中，或者资质不适用于该财产。")
    if problem is not None:
        raise InvalidInput(problem, fields={"firms": problem}, rule="V-20")

"""The lists of those who may not bid: staff declare themselves and their near relatives, a team its helpers (B-80, B-82)."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlmodel import col, select

from auction.barred.models import BarKind, BarredPerson
from core.audit import record
from core.crypto import StructSeal
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.i18n import Message, msg
from core.identity import Permission, require
from core.identity_number import checked_identity_number, masked_number
from core.ids import new_id
from disposal_teams.plain_text import clean_text

OWN_KINDS = (BarKind.COURT_STAFF, BarKind.STAFF_RELATIVE)
TEAM_KINDS = (
    BarKind.AUXILIARY_STAFF,
    BarKind.PLATFORM_STAFF,
    BarKind.APPRAISER,
    BarKind.CASE_CONFLICT,
)
RELATIONS: dict[str, str] = {
    "self": "本人",
    "spouse": "配偶",
    "parent": "父母",
    "child": "子女",
    "sibling": "兄弟姐妹",
    "grandparent": "祖父母、外祖父母",
    "grandchild": "孙子女、外孙子女",
}
"""Near relatives (近亲属) as the Civil Code names them (art. 1045)."""


class ListedPerson(msgspec.Struct, frozen=True):
    """Who an entry is about. `note`: a relation (a key of `RELATIONS`), or the body the person works for."""

    name: str
    number: str
    note: str = ""


_seal = StructSeal("barred-person", ListedPerson)


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """An entry as its page shows it: the number masked."""

    id: UUID
    kind: BarKind
    name: str
    number: str
    note: str
    entry: BarredPerson


def identity_match(number: str) -> bytes:
    """The keyed hash under which somebody is found on the lists."""
    return _seal.match(number)


async def declare_own(work: Work, *, relation: str, name: str, number: str) -> BarredPerson:
    """A person of the court declares the own identity or a near relative's (B-80). Raises `InvalidInput`, `Conflict`."""
    actor = work.actor
    if not actor.is_staff or actor.account_id is None or actor.court_code is None:
        raise NotPermitted(msg("仅供法院工作人员申报。"), rule="B-80")
    if relation not in RELATIONS:
        raise InvalidInput(
            msg("申报有误，请按提示修改。"), fields={"relation": msg("请从列出的选项中选择。")}
        )
    kind = BarKind.COURT_STAFF if relation == "self" else BarKind.STAFF_RELATIVE
    return await _enter(work, kind, actor.court_code, name=name, number=number, note=relation)


async def list_helper(
    work: Work,
    *,
    kind: BarKind,
    name: str,
    number: str,
    organisation: str,
    asset_id: UUID | None = None,
    case_id: UUID | None = None,
) -> BarredPerson:
    """A team lists somebody of an auxiliary body, the platform or an appraiser, or who is in conflict with a case.

    An appraiser is listed for the asset that was valued, a conflict for its case. Raises `InvalidInput`, `Conflict`,
    `NotPermitted`.
    """
    require(work.actor, Permission.LIST_BARRED)
    if kind not in TEAM_KINDS or work.actor.court_code is None:
        raise InvalidInput(msg("登记有误，请按提示修改。"), fields={"kind": msg("请从列出的选项中选择。")})
    if kind is BarKind.APPRAISER and asset_id is None:
        raise InvalidInput(
            msg("登记有误，请按提示修改。"),
            fields={"asset_no": msg("请填写其评估的标的物编号。")},
            rule="B-81",
        )
    if kind is BarKind.CASE_CONFLICT and case_id is None:
        raise InvalidInput(
            msg("登记有误，请按提示修改。"),
            fields={"case_no": msg("请填写存在利害冲突的案号。")},
            rule="B-82",
        )
    return await _enter(
        work, kind, work.actor.court_code, name=name, number=number, note=organisation, asset_id=asset_id,
        case_id=case_id,
    )  # fmt: skip


async def _enter(
    work: Work,
    kind: BarKind,
    court_code: str,
    *,
    name: str,
    number: str,
    note: str,
    asset_id: UUID | None = None,
    case_id: UUID | None = None,
) -> BarredPerson:
    fields: dict[str, Message] = {}
    name = clean_text(name, "name", fields, longest=80)
    note = clean_text(note, "organisation", fields, longest=80, required=False)
    try:
        number = checked_identity_number(number, today=work.now.date())
    except InvalidInput as error:
        fields["number"] = error.message
    if fields:
        raise InvalidInput(msg("登记有误，请按提示修改。"), fields=fields)
    match = identity_match(number)
    standing = await work.session.exec(
        select(BarredPerson.id).where(
            BarredPerson.identity_match == match,
            BarredPerson.kind == kind,
            BarredPerson.court_code == court_code,
            col(BarredPerson.asset_id).is_not_distinct_from(asset_id),
            col(BarredPerson.case_id).is_not_distinct_from(case_id),
            col(BarredPerson.ended_at).is_(None),
        )
    )
    if standing.first() is not None:
        raise Conflict(msg("该人员已在名单中，无需重复登记。"), rule="B-82")
    assert work.actor.account_id is not None
    entry_id = new_id()
    entry = BarredPerson(
        id=entry_id,
        kind=kind,
        court_code=court_code,
        asset_id=asset_id,
        case_id=case_id,
        identity_match=match,
        person_sealed=_seal.seal(ListedPerson(name, number, note), bound_to=entry_id),
        declared_by=work.actor.account_id,
        created_at=work.now,
    )
    work.session.add(entry)
    await work.session.flush()
    await _note(work, entry, "barred.listed")
    return entry


async def end_entry(work: Work, entry_id: UUID) -> BarredPerson:
    """Take an entry off the list from now on (no longer employed, no longer related). Repeating changes nothing.

    One's own declarations; entries of the team by whoever may list. Raises `NotFound`.
    """
    entry = await work.session.get(BarredPerson, entry_id, with_for_update=True)
    if entry is None or not _may_change(work, entry):
        raise NotFound(msg("没有找到该名单记录。"), rule="P-03")
    if entry.ended_at is None:
        entry.ended_at = work.now
        await _note(work, entry, "barred.ended")
    return entry


def _may_change(work: Work, entry: BarredPerson) -> bool:
    if entry.kind in OWN_KINDS:
        return entry.declared_by == work.actor.account_id
    require(work.actor, Permission.LIST_BARRED)
    return entry.court_code == work.actor.court_code


async def own_declarations(work: Work) -> list[ShownPerson]:
    """What the actor has declared and not ended."""
    rows = await work.session.exec(
        select(BarredPerson)
        .where(
            BarredPerson.declared_by == work.actor.account_id,
            col(BarredPerson.kind).in_(OWN_KINDS),
            col(BarredPerson.ended_at).is_(None),
        )
        .order_by(col(BarredPerson.created_at))
    )
    return [_shown(entry) for entry in rows]


async def helpers_of_court(work: Work, court_code: str, *, limit: int = 200) -> list[ShownPerson]:
    """The helpers that a court has listed, newest first. Declarations of staff are shown to nobody but themselves."""
    require(work.actor, Permission.LIST_BARRED, court_code=court_code)
    rows = await work.session.exec(
        select(BarredPerson)
        .where(
            BarredPerson.court_code == court_code,
            col(BarredPerson.kind).in_(TEAM_KINDS),
            col(BarredPerson.ended_at).is_(None),
        )
        .order_by(col(BarredPerson.created_at).desc())
        .limit(limit)
    )
    return [_shown(entry) for entry in rows]


def _shown(entry: BarredPerson) -> ShownPerson:
    person = _seal.open(entry.person_sealed, bound_to=entry.id)
    return ShownPerson(
        entry.id, BarKind(entry.kind), person.name, masked_number(person.number), person.note, entry
    )


async def _note(work: Work, entry: BarredPerson, event: str) -> None:
    """Tell the audit chain of the list, without the person."""
    await record(
        work, event, stream=f"barred:{entry.court_code}", rule="B-82", asset_id=entry.asset_id, case_id=entry.case_id,
        kind=entry.kind, entry=str(entry.id),
    )  # fmt: skip

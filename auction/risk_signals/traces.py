"""Note what entries leave behind: device, network address, paying account, kinship with the debtor. Never in clear (P-01).

A trace is a keyed hash of this room's own key. Before the end of bidding it is stored so that nobody, not even who reads the
database, can tell which entries have a trace in common.
"""

import hmac
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert

from auction.risk_signals.models import RiskTrace, TraceKind
from core.crypto import FieldCipher
from core.database import Work
from core.ids import new_id
from core.settings import get_settings

SHORTEST_DEVICE, LONGEST_DEVICE = 20, 64
STRANGER = "stranger"


class Footprint(Struct, frozen=True):
    """Where a request came from: the device's own random mark, and the network address. Either may be unknown."""

    device: str | None = None
    address: str | None = None

    def traces(self) -> Iterable[tuple[TraceKind, str]]:
        """What of it can be compared."""
        if self.device and SHORTEST_DEVICE <= len(self.device) <= LONGEST_DEVICE:
            yield TraceKind.DEVICE, self.device
        if network := public_network(self.address):
            yield TraceKind.ADDRESS, network


def public_network(address: str | None) -> str | None:
    """The address, or for IPv6 the household's network of 64 bits; None for what tells nothing (unknown, private, local)."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if not parsed.is_global or parsed.is_multicast:
        return None
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False).network_address)
    return str(parsed)


@cache
def trace_cipher() -> FieldCipher:
    """The cipher of this room: no other key opens or equals its marks."""
    return FieldCipher(get_settings().encryption_key(), "risk-traces")


def mark_of(kind: TraceKind, value: str) -> bytes:
    """The keyed hash of a trace, equal for equal traces."""
    return trace_cipher().match_code(f"{kind}:{value}")


async def note_footprint(work: Work, registration_id: UUID, footprint: Footprint) -> None:
    """Note from where an entry acts. The same again changes nothing."""
    await _note(work, footprint.traces(), registration_id=registration_id)


async def note_kinship(work: Work, registration_id: UUID, word: str | None) -> None:
    """Note what an entry is to the debtor (`facts.DEBTOR`, `facts.DEBTOR_PHONE`), seen while the identity was at hand.

    Strangers get a row too: otherwise the row itself would tell.
    """
    await _note(work, ((TraceKind.PARTY, word or STRANGER),), registration_id=registration_id)


async def note_funding(work: Work, bank_line_id: UUID, account_no: str) -> None:
    """Note from which account a credit came. Whose entry it paid for is known once the line is matched."""
    number = "".join(each for each in account_no if each.isalnum()).upper()
    if number:
        await _note(work, ((TraceKind.FUNDING, number),), bank_line_id=bank_line_id)


async def _note(
    work: Work,
    traces: Iterable[tuple[TraceKind, str]],
    *,
    registration_id: UUID | None = None,
    bank_line_id: UUID | None = None,
) -> None:
    owner = registration_id or bank_line_id
    assert owner is not None
    for kind, value in traces:
        trace_id, mark = new_id(), mark_of(kind, value)
        await work.session.execute(
            insert(RiskTrace)
            .values(
                id=trace_id,
                registration_id=registration_id,
                bank_line_id=bank_line_id,
                kind=kind,
                own_mark=hmac.digest(mark, owner.bytes, sha256),
                sealed=trace_cipher().encrypt(mark.hex(), bound_to=str(trace_id)),
                noted_at=work.now,
            )
            .on_conflict_do_nothing(constraint="risk_trace_once")
        )


def open_mark(trace: RiskTrace) -> bytes:
    """The mark of a trace whose lot has ended."""
    return bytes.fromhex(trace_cipher().decrypt(trace.sealed, bound_to=str(trace.id)))

"""What the rules reckon with, and what they find. Plain values: no table, no identity."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from auction.risk_signals.models import SignalKind, Strength, TraceKind

DEBTOR, DEBTOR_PHONE = "debtor", "debtor_phone"
"""What the trace `party` tells of an entry: it is the debtor's own, or has the debtor's telephone."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a pattern counts. Percentages are whole numbers of percent."""

    price_percent: int = 200
    similar_percent: int = 180
    similar_least: int = 5
    jump_steps: int = 20
    jump_percent: int = 10
    pair_lots: int = 4
    pair_share_percent: int = 75
    withdrawal_hours: int = 24


@dataclass(frozen=True, slots=True)
class Entrant:
    """One entry as far as signals go: traces as opaque marks, and what it did. `person` is the keyed hash of the identity."""

    registration_id: UUID
    code: str
    person: bytes
    marks: dict[TraceKind, frozenset[bytes]] = field(default_factory=dict)
    party: frozenset[str] = frozenset()
    bids: int = 0
    is_winner: bool = False
    defaults_before: int = 0
    withdrew_hours_before: int | None = None
    """Who had paid and withdrew: how many hours before bidding began."""

    def shares(self, other: "Entrant", kind: TraceKind) -> bool:
        """Whether both left an equal trace."""
        return not self.marks.get(kind, frozenset()).isdisjoint(other.marks.get(kind, frozenset()))


@dataclass(frozen=True, slots=True)
class Raise:
    """An accepted bid by hand: by which entry, from which price (None: the first) to which, in fen."""

    seq: int
    registration_id: UUID
    before_fen: int | None
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Together:
    """How often two persons were in the same ended lots, and in how many lots each was."""

    first: bytes
    second: bytes
    lots: int
    first_lots: int
    second_lots: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A trace of an entry that other persons left in other ended lots."""

    registration_id: UUID
    kind: TraceKind
    persons: int
    lots: int


@dataclass(frozen=True, slots=True)
class LotFacts:
    """An ended lot. Money in fen; `similar_percents` are final over reference price of comparable sales, in percent."""

    increment_fen: int
    reference_fen: int | None
    final_fen: int | None
    entrants: Sequence[Entrant] = ()
    raises: Sequence[Raise] = ()
    paid_by_rival: Sequence[tuple[UUID, UUID]] = ()
    """(entry that was paid for, entry whose person paid)."""
    together: Sequence[Together] = ()
    elsewhere: Sequence[Elsewhere] = ()
    similar_percents: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One signal: the pattern, its weight, the entries concerned, the figures behind it."""

    kind: SignalKind
    strength: Strength
    registrations: tuple[UUID, ...] = ()
    figures: dict[str, int] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """Equal for the same pattern of the same entries, so that assessing twice finds it once."""
        return sha256("|".join(sorted(map(str, self.registrations))).encode()).hexdigest()

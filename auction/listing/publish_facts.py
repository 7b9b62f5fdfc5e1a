"""What the publish checklist looks at, and what it answers."""

from dataclasses import dataclass
from datetime import date, datetime

from auction.listing.disclosure import (
    Disclosure,
)
from auction.listing.models import Round
from auction.listing.price_basis import PriceBasis
from auction.listing.repair_places import PLACES, Place
from auction.listing.rules import Notified
from auction.platforms.rules import Platform
from core.i18n import Message
from core.legal_settings import LegalSettings
from disposal_teams.assets.models import AssetKind, LeaseStatus, SoleHome


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """The fixed reference price, as far as publishing needs it. `problem` is the answer of V-34."""

    price_fen: int
    source: str
    valid_until: date
    problem: Message | None


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """The panel's record (B-03): figures in fen."""

    starting_price_fen: int
    increment_fen: int
    deposit_fen: int
    members: tuple[str, ...]
    decided_on: date
    ceiling_bids_allowed: bool = False


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """The newest complete survey (A-15)."""

    surveyed_on: date
    lines: int


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """Everything the checklist looks at. Dates are court days, money in fen.

    `purchase_limit`: the words of the limit that binds the buyers today, empty without one (B-17).
    `shareholders_until`: the end of the last shareholder's twenty days; None while one of them does not count as notified.
    """

    publish_on: date
    title: str
    round: Round
    rerun: int
    is_movable: bool
    kind: AssetKind
    starting_price_fen: int
    increment_fen: int
    deposit_fen: int
    balance_due_days: int
    starts_at: datetime | None
    ends_at: datetime | None
    earliest_start: datetime
    delivery_expected_on: date | None
    seal_ends_on: date | None
    survey: SurveyFacts | None
    price: PriceFacts | None
    price_state: Message
    basis: PriceBasis
    parts_problem: Message | None
    direct_problem: Message | None
    is_in_self_sale: bool
    panel: PanelFacts | None
    notified: tuple[Notified, ...]
    shareholders_until: datetime | None
    transfer_open: bool
    transfer_approved: bool
    objection_open: bool
    in_kind_open: bool
    sole_home: SoleHome
    lease: LeaseStatus
    platform: Platform
    disclosure: Disclosure
    purchase_limit: str
    court_account: str
    claim_fen: int
    other_lots_fen: int
    surplus_problem: Message | None
    excess_problem: Message | None
    sells_all: bool
    settings: LegalSettings
    ceiling_bids_allowed: bool = False
    photos: int = 0


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line of the checklist. `id` is stable and names the line in audit events and tests; `place` is where it is repaired."""

    id: str
    rule: str
    title: Message
    ok: bool
    evidence: Message
    remedy: Message | None = None

    @property
    def place(self) -> Place:
        """Where a person repairs what is wrong."""
        return PLACES[self.id] if self.id in PLACES else PLACES[self.id.partition(".")[0]]

    @property
    def is_green(self) -> bool:
        """What the checklist on pages reads."""
        return self.ok


def line(
    id_: str, rule: str, title: Message, problem: Message | None, evidence: Message, remedy: Message
) -> ChecklistLine:
    if problem is None:
        return ChecklistLine(id_, rule, title, True, evidence)
    return ChecklistLine(id_, rule, title, False, problem, remedy)

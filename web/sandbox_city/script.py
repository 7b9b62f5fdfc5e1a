"""What the robots of a sandbox do next with an asset. Pure: how it stands in, the acts that are open and their moments out.

Nothing is a timetable: every act follows from the state of the sale, so that people may do any of it beside the robots.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from auction.in_kind.models import OfferState
from auction.listing.models import ON_SHOW_STATES, OPEN_FOR_BIDS, LotState, Round
from auction.settlement.models import SettlementState
from core.deadlines.rules import day_in_court, period_end
from core.legal_settings import LegalSettings
from disposal_teams.assets.models import AssetState

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_TRIES = 8
APART = timedelta(hours=40)
"""Between the beginnings of two assets."""
RETRY = timedelta(hours=6)
BEFORE_END = timedelta(minutes=2)
"""When the last robot bids: within the last five minutes, so that the end moves (B-41)."""
SLOW_BEFORE_END = timedelta(minutes=6)
"""From then on a sandbox runs in real time where a person takes part: the last five minutes, and one to get ready."""
THINKS = timedelta(seconds=40)
"""How long a robot thinks before it outbids a person."""
TAKEN = frozenset(
    {
        OfferState.DRAWING,
        OfferState.AWAIT_DIFFERENCE,
        OfferState.AWAIT_RULING,
        OfferState.RULED,
        OfferState.SERVED,
    }
)
"""A creditor has accepted. A draw and the difference are left to people: robots wait for them."""
LIMIT_PERCENT = 130
"""How far robots follow a person: so much of the starting price."""


class Seat(StrEnum):
    """Who acts. Everybody but bidders and the bank can be played by a person."""

    PANEL = "panel"
    TEAM = "team"
    OFFICER = "officer"
    BIDDER = "bidder"
    BANK = "bank"


class Deed(StrEnum):
    """What is done."""

    DECIDE = "decide"
    DRAFT = "draft"
    SURVEY = "survey"
    PREPARE = "prepare"
    RECEIPTS = "receipts"
    PUBLISH = "publish"
    ENTER = "enter"
    BID = "bid"
    OUTBID = "outbid"
    STOP = "stop"
    GO_ON = "go_on"
    PAY = "pay"
    DEFAULT = "default"
    RULE = "rule"
    SERVE = "serve"
    REGISTRY = "registry"
    DELIVER = "deliver"
    ACCEPT = "accept"
    RULE_IN_KIND = "rule_in_kind"
    SERVE_IN_KIND = "serve_in_kind"
    REGISTRY_IN_KIND = "registry_in_kind"
    DELIVER_IN_KIND = "deliver_in_kind"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Run:
    """How a run of an asset goes: who comes, how often they bid, whether the buyer pays, whether the sale is stopped; whether a
    creditor takes the asset in kind once it has failed (B-74)."""

    bidders: int = 0
    bids: int = 0
    pays: bool = True
    stops: bool = False
    is_taken: bool = False


SCENARIOS: dict[str, dict[tuple[Round, int], Run]] = {
    "first": {(Round.FIRST, 0): Run(bidders=3, bids=6)},
    "sell_off": {(Round.SELL_OFF, 0): Run(bidders=2, bids=3)},
    "default": {
        (Round.FIRST, 0): Run(bidders=2, bids=4, pays=False),
        (Round.FIRST, 1): Run(bidders=3, bids=5),
    },
    "stop": {(Round.FIRST, 0): Run(bidders=2, bids=4, stops=True)},
    "in_kind": {(Round.FIRST, 0): Run(is_taken=True)},
}
"""What is to become of an asset, by round and repetition (B-35). Nobody comes to a run that is not named: it fails."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an asset of a sandbox stands: the asset, its newest run, the run's bidding and settlement, and what robots did.

    `done` holds the keys of acts that are done or given up, `retries` when refused ones are tried again. `own_entries` are
    registrations of robots in this run. `offer_…`: the newest inquiry whether a creditor takes the asset in kind, and the run
    after whose failure it was made.
    """

    asset_id: UUID
    scenario: str
    number: int
    generation: int
    asset_state: str
    began_at: datetime
    surveyed_on: date | None = None
    decided_at: datetime | None = None
    lot_id: UUID | None = None
    lot_no: str | None = None
    state: str | None = None
    round: str = Round.FIRST
    rerun: int = 0
    drafted_at: datetime | None = None
    notified_at: datetime | None = None
    unreceived: int = 0
    published_at: datetime | None = None
    failed_before_at: datetime | None = None
    starting_price_fen: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    price_fen: int | None = None
    accepted_count: int = 0
    leader: UUID | None = None
    last_bid_at: datetime | None = None
    entries: int = 0
    stopped_at: datetime | None = None
    settlement: str | None = None
    sold_at: datetime | None = None
    balance_due_at: datetime | None = None
    buyer: UUID | None = None
    stepped_at: datetime | None = None
    offer_id: UUID | None = None
    offer_state: str | None = None
    offer_lot_no: str | None = None
    offer_round: str | None = None
    offer_rerun: int | None = None
    offer_stepped_at: datetime | None = None
    own_entries: frozenset[UUID] = frozenset()
    done: Collection[str] = ()
    retries: dict[str, datetime] = field(default_factory=dict)

    @property
    def run(self) -> Run:
        """How this run is to go."""
        return SCENARIOS[self.scenario].get((Round(self.round), self.rerun), Run())

    @property
    def is_to_be_taken(self) -> bool:
        """Whether a creditor takes the asset after the run that failed, or has taken it: then no next round is prepared."""
        if self.offer_state is None or self.offer_round is None:
            return False
        failed = SCENARIOS[self.scenario].get((Round(self.offer_round), self.offer_rerun or 0), Run())
        return self.offer_state in TAKEN or (failed.is_taken and self.offer_state == OfferState.OPEN)

    @property
    def is_being_bid_for(self) -> bool:
        """Whether bids count now."""
        return self.state in OPEN_FOR_BIDS

    @property
    def person_takes_part(self) -> bool:
        """Whether somebody who is no robot has entered this run. Nothing is known of who it is (P-01)."""
        return self.entries > len(self.own_entries)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a robot does. `number`: which of the run's bidders, or which bid."""

    deed: Deed
    seat: Seat
    at: datetime
    key: str
    number: int = 0


def open_acts(standing: Standing, law: LegalSettings, *, seats_of_people: Collection[str] = ()) -> list[Act]:
    """The acts that are open, soonest first: what robots have not done, of posts that no person has taken. New assets come in
    whoever plays the team."""
    acts = [
        Act(act.deed, act.seat, max(act.at, standing.retries.get(act.key, act.at)), act.key, act.number)
        for act in _acts(standing, law)
        if act.key not in standing.done and (act.deed is Deed.REPLACE or act.seat not in seats_of_people)
    ]
    return sorted(acts, key=lambda act: (act.at, act.key))


def acts_of_people(standing: Standing, law: LegalSettings, seats_of_people: Collection[str]) -> list[Act]:
    """What the sale waits for from people who have taken a post; `at` is when a robot would do it. A stop is nobody's duty."""
    acts = [
        act
        for act in _acts(standing, law)
        if act.seat in seats_of_people and act.deed not in (Deed.REPLACE, Deed.STOP)
    ]
    return sorted(acts, key=lambda act: (act.at, act.key))


def _acts(standing: Standing, law: LegalSettings) -> Iterator[Act]:
    if is_over(standing):
        since = standing.stepped_at or standing.offer_stepped_at or standing.began_at
        yield _asset_act(Deed.REPLACE, Seat.TEAM, standing, since + DAY)
    elif standing.is_to_be_taken:
        yield from _taking_in_kind(standing)
    elif standing.lot_id is None or standing.state is None:
        yield from _before_the_draft(standing)
    elif standing.state in (LotState.DRAFT, LotState.NOTIFYING):
        yield from _until_published(standing, law)
    elif standing.state == LotState.PAUSED:
        yield from _while_stopped(standing)
    elif standing.state == LotState.SOLD:
        yield from _after_the_sale(standing)
    elif standing.state in ON_SHOW_STATES:
        yield from _bidding(standing)


def is_over(standing: Standing) -> bool:
    """Whether nothing more comes of this asset by the script."""
    return standing.asset_state == AssetState.DELIVERED or standing.state == LotState.SELLOFF_FAILED


def _asset_act(deed: Deed, seat: Seat, standing: Standing, at: datetime) -> Act:
    return Act(deed, seat, at, f"{standing.asset_id}:{deed}")


def _lot_act(deed: Deed, seat: Seat, standing: Standing, at: datetime, number: int | None = None) -> Act:
    key = f"{standing.lot_id}:{deed}" + ("" if number is None else f":{number}")
    return Act(deed, seat, at, key, number or 0)


def _taking_in_kind(standing: Standing) -> Iterator[Act]:
    """The creditor's paper comes three days after the question; then ruling, service, registry and hand-over (B-74)."""
    since = standing.offer_stepped_at
    assert since is not None
    match standing.offer_state:
        case OfferState.OPEN:
            yield _asset_act(Deed.ACCEPT, Seat.TEAM, standing, since + 3 * DAY)
        case OfferState.AWAIT_RULING:
            yield _asset_act(Deed.RULE_IN_KIND, Seat.OFFICER, standing, since + DAY)
        case OfferState.RULED:
            yield _asset_act(Deed.SERVE_IN_KIND, Seat.OFFICER, standing, since + DAY)
        case OfferState.SERVED:
            yield _asset_act(Deed.REGISTRY_IN_KIND, Seat.OFFICER, standing, since + DAY)
            yield _asset_act(Deed.DELIVER_IN_KIND, Seat.TEAM, standing, since + 4 * DAY)


def _before_the_draft(standing: Standing) -> Iterator[Act]:
    if standing.asset_state != AssetState.READY_TO_LIST:
        return
    if standing.decided_at is None:
        yield _asset_act(
            Deed.DECIDE, Seat.PANEL, standing, standing.began_at + 3 * HOUR + head_start(standing)
        )
    else:
        yield _asset_act(Deed.DRAFT, Seat.TEAM, standing, standing.decided_at + 2 * HOUR)


def head_start(standing: Standing) -> timedelta:
    """By how much the first assets before this one are ahead: so that a trainee finds sales at several stages."""
    if standing.generation > 1:
        return timedelta()
    place = standing.number * len(SCENARIOS) + list(SCENARIOS).index(standing.scenario)
    return place * APART


def _until_published(standing: Standing, law: LegalSettings) -> Iterator[Act]:
    assert standing.drafted_at is not None
    if standing.decided_at is None:
        yield _lot_act(Deed.DECIDE, Seat.PANEL, standing, standing.drafted_at + DAY)
    elif _survey_grows_old(standing, law):
        begin = standing.notified_at or max(standing.decided_at, standing.drafted_at)
        yield _lot_act(Deed.SURVEY, Seat.TEAM, standing, begin + HOUR / 2)
    elif standing.notified_at is None:
        begin = max(standing.decided_at, standing.drafted_at)
        yield _lot_act(Deed.PREPARE, Seat.TEAM, standing, begin + HOUR)
    elif standing.unreceived:
        yield _lot_act(Deed.RECEIPTS, Seat.TEAM, standing, standing.notified_at + 3 * HOUR)
    else:
        yield _lot_act(
            Deed.PUBLISH, Seat.TEAM, standing, publication(standing, standing.notified_at, law) + HOUR
        )


def _survey_grows_old(standing: Standing, law: LegalSettings) -> bool:
    """Whether the survey will be too old on the day of publication (A-15)."""
    since = standing.notified_at or standing.decided_at
    if standing.surveyed_on is None or since is None:
        return False
    publish_on = day_in_court(publication(standing, since, law) + 2 * DAY)
    return publish_on - standing.surveyed_on > timedelta(days=law.survey_fresh_days)


def publication(standing: Standing, notified_at: datetime, law: LegalSettings) -> datetime:
    """When the notice can be out: after the parties' three days (B-20), and the creditors' ten after a failure (X-01)."""
    notified = notified_at + timedelta(days=law.parties_notice_days + 1)
    if standing.failed_before_at is None:
        return notified
    return max(notified, period_end(standing.failed_before_at, days=law.in_kind_inquiry_days))


def _bidding(standing: Standing) -> Iterator[Act]:
    run, starts_at, ends_at = standing.run, standing.starts_at, standing.ends_at
    if starts_at is None or ends_at is None or standing.published_at is None:
        return
    for number in range(run.bidders):
        at = max(standing.published_at + HOUR, starts_at - 2 * DAY + number * 2 * HOUR)
        yield _lot_act(Deed.ENTER, Seat.BIDDER, standing, at, number)
    if run.stops:
        yield _lot_act(Deed.STOP, Seat.OFFICER, standing, starts_at + 6 * HOUR)
    for number in range(run.bids):
        # A bid that a person's made needless is not made up for: the robots answer that person instead.
        yield _lot_act(Deed.BID, Seat.BIDDER, standing, _bid_moment(standing, number), number)
        if number >= standing.accepted_count:
            break
    limit = standing.starting_price_fen * LIMIT_PERCENT // 100
    is_led_by_person = standing.leader is not None and standing.leader not in standing.own_entries
    if (
        is_led_by_person
        and standing.own_entries
        and standing.last_bid_at
        and (standing.price_fen or 0) < limit
    ):
        at = standing.last_bid_at + THINKS
        if at < ends_at:
            yield _lot_act(Deed.OUTBID, Seat.BIDDER, standing, at, standing.accepted_count)


def _bid_moment(standing: Standing, number: int) -> datetime:
    """When a bid comes: spread over the time, the last within the last minutes. In a sell-off the first bid starts a day."""
    assert standing.starts_at is not None
    assert standing.ends_at is not None
    bids = standing.run.bids
    if number == 0:
        return standing.starts_at + (2 * DAY if standing.round == Round.SELL_OFF else 2 * HOUR)
    if number == bids - 1:
        return standing.ends_at - BEFORE_END
    return standing.ends_at - DAY + (number + 1) * 20 * HOUR / bids


def _while_stopped(standing: Standing) -> Iterator[Act]:
    if standing.stopped_at is not None:
        yield _lot_act(Deed.GO_ON, Seat.OFFICER, standing, standing.stopped_at + DAY + 2 * HOUR)


def _after_the_sale(standing: Standing) -> Iterator[Act]:
    since = standing.stepped_at
    if standing.settlement is None or standing.sold_at is None or since is None:
        return
    match standing.settlement:
        case SettlementState.AWAIT_BALANCE:
            assert standing.balance_due_at is not None
            if standing.buyer in standing.own_entries and standing.run.pays:
                yield _lot_act(Deed.PAY, Seat.BANK, standing, standing.sold_at + 2 * DAY)
            else:
                yield _lot_act(Deed.DEFAULT, Seat.PANEL, standing, standing.balance_due_at + 3 * HOUR)
        case SettlementState.PAID_FULL:
            yield _lot_act(Deed.RULE, Seat.OFFICER, standing, since + DAY)
        case SettlementState.RULING_ISSUED:
            yield _lot_act(Deed.SERVE, Seat.OFFICER, standing, since + DAY)
        case SettlementState.RULING_SERVED:
            yield _lot_act(Deed.REGISTRY, Seat.OFFICER, standing, since + DAY)
        case SettlementState.TRANSFER_NOTICE_SENT:
            yield _lot_act(Deed.DELIVER, Seat.TEAM, standing, since + 4 * DAY)

"""The law of listing (rulebook §3.5, §4.1–4.3, §5, §11.3). Pure: facts in, decision or violation out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from auction.listing.models import LotState, Round
from core.deadlines.rules import COURT_ZONE, day_in_court, period_end
from core.errors import RuleViolation
from core.i18n import Message, msg
from core.legal_settings import LegalSettings
from core.money import yuan
from valuation.rules import FIRST_FLOOR_PERCENT, MAX_CUT_PERCENT, first_floor_fen, second_floor_fen

S = LotState

TRANSITIONS: dict[LotState, frozenset[LotState]] = {
    S.DRAFT: frozenset({S.NOTIFYING, S.PUBLISHED, S.WITHDRAWN}),
    S.NOTIFYING: frozenset({S.DRAFT, S.PUBLISHED, S.WITHDRAWN}),
    S.PUBLISHED: frozenset({S.BIDDING, S.SELLOFF_OPEN, S.PAUSED, S.WITHDRAWN}),
    S.BIDDING: frozenset({S.SOLD, S.FAILED, S.PAUSED, S.WITHDRAWN}),
    S.SELLOFF_OPEN: frozenset({S.SELLOFF_BIDDING, S.SELLOFF_FAILED, S.SOLD, S.PAUSED, S.WITHDRAWN}),
    S.SELLOFF_BIDDING: frozenset({S.SOLD, S.PAUSED, S.WITHDRAWN}),
    S.PAUSED: frozenset({S.PUBLISHED, S.BIDDING, S.SELLOFF_OPEN, S.SELLOFF_BIDDING, S.WITHDRAWN}),
    S.SOLD: frozenset({S.DEFAULTED, S.REVOKED}),
    S.FAILED: frozenset(),
    S.SELLOFF_FAILED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.DEFAULTED: frozenset({S.REVOKED}),
    S.REVOKED: frozenset(),
}
"""The state machine of §11.3. The end of a run without a result is decided in auction/withdrawal (B-51, B-53)."""

STATE_LABELS: dict[LotState, str] = {
    S.DRAFT: "草稿",
    S.NOTIFYING: "通知中",
    S.PUBLISHED: "公告期",
    S.BIDDING: "竞价中",
    S.SELLOFF_OPEN: "变卖期",
    S.SELLOFF_BIDDING: "变卖竞价中",
    S.PAUSED: "已暂停",
    S.SOLD: "已成交",
    S.FAILED: "已流拍",
    S.SELLOFF_FAILED: "变卖未成交",
    S.WITHDRAWN: "已撤回",
    S.DEFAULTED: "已悔拍",
    S.REVOKED: "已撤销",
}

ROUND_LABELS: dict[Round, str] = {Round.FIRST: "一拍", Round.SECOND: "二拍", Round.SELL_OFF: "变卖"}

FIRST_NOTICE_DAYS = {True: 15, False: 30}
LATER_NOTICE_DAYS = {True: 7, False: 15}
"""Days of the notice of an auction, by "is movable" (B-10, L-11, L-12)."""

DEPOSIT_PERCENT = (5, 20)
"""Of the starting price (B-30)."""

BIDDING_HOURS = 24
"""The least time of bidding (B-41, L-14)."""


def shown(moment: datetime | None) -> str:
    """A moment as notices and messages write it: court time, to the minute."""
    return "" if moment is None else f"{moment.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}"


# --- states ---------------------------------------------------------------------------------------------------


def check_transition(current: LotState, wanted: LotState) -> None:
    """Raise `RuleViolation` when §11.3 has no way from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "§11.3",
            msg(
                "拍品目前处于“{current}”，不能转为“{wanted}”。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


# --- prices ---------------------------------------------------------------------------------------------------


def lowest_start_fen(
    round_: Round,
    *,
    reference_fen: int | None,
    previous_start_fen: int | None,
    rerun_of_fen: int | None = None,
) -> int | None:
    """The lowest permitted starting price of the round (V-40, V-41, X-04, B-35); None while the basis is unknown."""
    if rerun_of_fen is not None:
        return rerun_of_fen
    if round_ is Round.FIRST:
        return None if reference_fen is None else first_floor_fen(reference_fen)
    if previous_start_fen is None:
        return None
    return second_floor_fen(previous_start_fen) if round_ is Round.SECOND else previous_start_fen


def check_start(
    round_: Round,
    starting_fen: int,
    *,
    reference_fen: int | None,
    previous_start_fen: int | None,
    rerun_of_fen: int | None = None,
) -> Message | None:
    """Why a starting price is not permitted (V-40, V-41, X-04, B-35), or None.

    `rerun_of_fen` is the starting price of the defaulted run that this one repeats: no further cut (B-35).
    """
    lowest = lowest_start_fen(
        round_,
        reference_fen=reference_fen,
        previous_start_fen=previous_start_fen,
        rerun_of_fen=rerun_of_fen,
    )
    if lowest is None:
        return msg("没有可用的参考价或前一拍次起拍价，无法核对起拍价。")
    if rerun_of_fen is not None and starting_fen < lowest:
        return msg("重新拍卖是同一拍次的重复，起拍价不得低于原起拍价 {yuan} 元。", yuan=yuan(lowest))
    if round_ is Round.SELL_OFF:
        if starting_fen != lowest:
            return msg("变卖价须等于二拍起拍价 {yuan} 元，不得再降。", yuan=yuan(lowest))
        return None
    if starting_fen >= lowest:
        return None
    if round_ is Round.FIRST:
        return msg(
            "一拍起拍价不得低于参考价的 {percent}%，即 {yuan} 元。",
            percent=FIRST_FLOOR_PERCENT,
            yuan=yuan(lowest),
        )
    return msg(
        "二拍降价不得超过一拍起拍价的 {percent}%，即不低于 {yuan} 元。",
        percent=MAX_CUT_PERCENT,
        yuan=yuan(lowest),
    )


def check_above_costs(starting_fen: int, price_fen: int) -> Message | None:
    """Why shares that nobody could appraise cannot start at this price (V-03), or None: it was fixed above the costs."""
    if starting_fen < price_fen:
        return msg("股权起拍价不得低于适当高于执行费用确定的 {yuan} 元。", yuan=yuan(price_fen))
    return None


def start_rule(round_: Round) -> str:
    """The rule behind the starting price of a round."""
    return {Round.FIRST: "V-40", Round.SECOND: "V-41", Round.SELL_OFF: "X-04"}[round_]


def deposit_band_fen(starting_fen: int) -> tuple[int, int]:
    """Lowest and highest deposit for a starting price (B-30): rounded inwards to the fen."""
    low, high = DEPOSIT_PERCENT
    return -(-starting_fen * low // 100), starting_fen * high // 100


def check_deposit(starting_fen: int, deposit_fen: int) -> Message | None:
    """Why a deposit is outside the band of B-30, or None."""
    lowest, highest = deposit_band_fen(starting_fen)
    if lowest <= deposit_fen <= highest:
        return None
    low, high = DEPOSIT_PERCENT
    return msg(
        "保证金须为起拍价的 {low}%–{high}%，即 {lowest} 至 {highest} 元。",
        low=low,
        high=high,
        lowest=yuan(lowest),
        highest=yuan(highest),
    )


def check_increment(starting_fen: int, increment_fen: int) -> Message | None:
    """Why an increment cannot be right (B-40, V-42), or None: it must leave room for bids above the start."""
    if increment_fen <= 0:
        return msg("增价幅度须大于 0。")
    if increment_fen > starting_fen:
        return msg("增价幅度不能高于起拍价，请核对。")
    return None


# --- times ----------------------------------------------------------------------------------------------------


def notice_days(round_: Round, *, is_movable: bool, rerun: int = 0, settings: LegalSettings) -> int:
    """Days between notice and start (B-10; X-02 for the sell-off; B-35 for a repetition)."""
    if rerun:
        return (
            settings.re_auction_notice_movable_days
            if is_movable
            else settings.re_auction_notice_immovable_days
        )
    if round_ is Round.SELL_OFF:
        return (
            settings.sell_off_notice_movable_days if is_movable else settings.sell_off_notice_immovable_days
        )
    return (FIRST_NOTICE_DAYS if round_ is Round.FIRST else LATER_NOTICE_DAYS)[is_movable]


def notice_rule(round_: Round, *, rerun: int = 0) -> str:
    """The rule behind the notice period."""
    if rerun:
        return "B-35"
    return "X-02" if round_ is Round.SELL_OFF else "B-10"


def check_bidding_time(*, starts_at: datetime, ends_at: datetime) -> Message | None:
    """Why the bidding time is too short (B-41, L-14), or None."""
    if ends_at - starts_at < timedelta(hours=BIDDING_HOURS):
        return msg("竞价时间不得少于 {hours} 小时，请推迟结束时间。", hours=BIDDING_HOURS)
    return None


def check_sell_off_period(*, starts_at: datetime, ends_at: datetime, days: int) -> Message | None:
    """Why the sell-off period is not the `days` of X-03, or None."""
    if ends_at - starts_at != timedelta(days=days):
        return msg("变卖期须为 {days} 天。", days=days)
    return None


def first_opening(earliest: datetime, hour: time) -> datetime:
    """The first moment at or after `earliest` at which the court's clock shows `hour`."""
    opening = datetime.combine(day_in_court(earliest), hour, COURT_ZONE)
    return opening if opening >= earliest else opening + timedelta(days=1)


# --- notification -----------------------------------------------------------------------------------------------


def notified_at(
    received_at: datetime | None, posted_at: datetime | None, *, settings: LegalSettings
) -> datetime | None:
    """When a person counts as notified (B-20): with the proven receipt, or five days after the public posting; the earlier."""
    deemed = None if posted_at is None else posted_at + timedelta(days=settings.unreachable_notice_days)
    return min((at for at in (received_at, deemed) if at is not None), default=None)


def pre_emption_until(notified: datetime, *, settings: LegalSettings) -> datetime:
    """The end (exclusive) of a shareholder's twenty days (B-22, L-26), counted from when the person counts as notified."""
    return period_end(notified, days=settings.shareholder_notice_days)


@dataclass(frozen=True, slots=True)
class Notified:
    """How one party or priority purchaser stands (B-20). `received_on` and `posted_on` are court days."""

    name: str
    waived: bool = False
    received_on: date | None = None
    posted_on: date | None = None


def notification_gap(
    person: Notified, *, publish_on: date, starts_on: date | None = None, settings: LegalSettings
) -> Message | None:
    """Why a notice may not yet be published as far as this person is concerned (B-20, L-09, L-10), or None.

    Whole days (three by law) after the proven receipt, or (five) after the public posting of one who cannot be reached.
    The general rule's date, five days before the sale begins, is kept as a second guard (§0.2; a tenant's five days, B-23).
    """
    if person.waived:
        return None
    if person.received_on is not None:
        guard = timedelta(days=settings.parties_second_guard_days)
        if starts_on is not None and person.received_on + guard > starts_on:
            return msg(
                "{name}：{day} 签收，距开拍不足 {days} 日。",
                name=person.name,
                day=person.received_on.isoformat(),
                days=settings.parties_second_guard_days,
            )
        days = settings.parties_notice_days
        if publish_on >= person.received_on + timedelta(days=days):
            return None
        return msg(
            "{name}：{day} 签收，公告须在签收满 {days} 日后发布。",
            name=person.name,
            day=person.received_on.isoformat(),
            days=days,
        )
    if person.posted_on is not None:
        days = settings.unreachable_notice_days
        if publish_on >= person.posted_on + timedelta(days=days):
            return None
        return msg(
            "{name}：{day} 公示，公示满 {days} 日才视为已通知。",
            name=person.name,
            day=person.posted_on.isoformat(),
            days=days,
        )
    return msg("{name}：尚无送达记录。", name=person.name)


MAX_MONEY_FEN = 1_000_000_000_000_00
"""10^12 yuan."""

MIN_PANEL = 3


def check_panel(members: list[str]) -> Message | None:
    """Why this is no collegiate panel (B-03, P-05), or None: three or more different people, an odd number."""
    names = [name for name in members if name]
    if len(set(names)) != len(names):
        return msg("合议庭成员重复，请核对。")
    if len(names) < MIN_PANEL:
        return msg("合议庭须有至少三名成员（B-03）。")
    if len(names) % 2 == 0:
        return msg("合议庭成员人数须为单数。")
    return None


VOTES: dict[str, Message] = {"agree": msg("同意"), "dissent": msg("不同意")}
"""How a member of the panel voted."""


def check_votes(members: Sequence[str], votes: Mapping[str, str]) -> Message | None:
    """Why these votes carry no decision (B-03, V-43), or None: each member's own vote, and more for it than against."""
    if set(votes) != set(members) or not set(votes.values()) <= set(VOTES):
        return msg("请逐一登记每名合议庭成员的意见。")
    agreeing = sum(vote == "agree" for vote in votes.values())
    if 2 * agreeing <= len(members):
        return msg("合议庭按多数意见决定，同意的成员没有过半数。")
    return None


def clearly_low(starting_fen: int, *, expected_low_fen: int | None) -> bool:
    """Whether a starting price lies below what comparable sales let expect (V-43): the page says so, the panel decides."""
    return expected_low_fen is not None and starting_fen < expected_low_fen


# --- the next round -----------------------------------------------------------------------------------------------


def next_round(round_: Round) -> Round | None:
    """Which round follows a failed one (B-26, X-01)."""
    return {Round.FIRST: Round.SECOND, Round.SECOND: Round.SELL_OFF, Round.SELL_OFF: None}[round_]


def proposed_start_fen(round_: Round, previous_start_fen: int, *, cut_percent: int) -> int:
    """The starting price to propose to the panel for a round after a failed one (V-41, X-04)."""
    if round_ is Round.SELL_OFF:
        return previous_start_fen
    return second_floor_fen(previous_start_fen, max_cut_percent=min(cut_percent, MAX_CUT_PERCENT))


def proposed_deposit_fen(starting_fen: int, previous_start_fen: int, previous_deposit_fen: int) -> int:
    """The previous deposit, moved into the band of the new starting price (B-30) at the same rate."""
    return into_band(previous_deposit_fen * starting_fen // previous_start_fen, starting_fen)


def deposit_of_rate_fen(starting_fen: int, percent: str, *, at_least_fen: int = 0) -> int:
    """A deposit at a rate written as in the legal settings ("17.5"), within the band (B-30, B-35)."""
    return into_band(max(int(starting_fen * Decimal(percent) / 100), at_least_fen), starting_fen)


def into_band(deposit_fen: int, starting_fen: int) -> int:
    """The nearest deposit that B-30 permits."""
    lowest, highest = deposit_band_fen(starting_fen)
    return min(max(deposit_fen, lowest), highest)

"""The law of listing (rulebook §3.5, §4.1–4.3, §5, §11.3). Pure: facts in, decision or violation out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from auction.listing.models import LotState, Round
from core.deadlines.rules import COURT_ZONE
from core.errors import RuleViolation
from core.i18n import Message, msg
from core.money import yuan
from valuation.rules import first_floor_fen, second_floor_fen

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
"""The state machine of §11.3. The end of a started run by withdrawal is B-52/B-53, not B-51."""

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

WITHDRAWAL_GROUNDS: dict[str, str] = {
    "title_revoked": "执行依据被撤销",
    "withdrawn": "全部申请执行人撤回执行申请",
    "paid": "债务已经清偿",
    "settlement": "当事人达成执行和解，无需拍卖",
    "third_party_founded": "案外人异议成立",
    "collusion": "存在恶意串通",
    "facts_changed": "公告事实发生重大变化，需重新公告",
    "other": "其他应当撤回的情形",
}
"""Reason codes of a withdrawal (§11.9, B-51, B-16)."""

RELISTING_GROUNDS = frozenset({"facts_changed", "collusion"})
"""After these the asset may be listed again; after the others its disposal ends."""


@dataclass(frozen=True, slots=True)
class ListingPolicy:
    """Figures of the law and of local practice. `core` settings may replace them (rulebook §0: [R] values)."""

    first_floor_percent: int = 70
    max_cut_percent: int = 20
    deposit_min_percent: int = 5
    deposit_max_percent: int = 20
    min_bidding_hours: int = 24
    notify_days: int = 3
    publicity_days: int = 5
    survey_fresh_days: int = 90
    relist_days: int = 30
    sell_off_notice_within_days: int = 15
    sell_off_days: int = 60
    balance_days_min: int = 3
    balance_days_max: int = 30
    delivery_margin_days: int = 40
    """From the end of bidding to the expected delivery: balance, ruling and delivery (B-70…B-72)."""
    notice_days_first_movable: int = 15
    notice_days_first_immovable: int = 30
    notice_days_later_movable: int = 7
    notice_days_later_immovable: int = 15
    strict_counting: bool = True
    shares_days: int = 20


POLICY = ListingPolicy()


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


def check_withdrawal(state: LotState, ground: str, *, starts_at: datetime | None, now: datetime) -> None:
    """A lot is withdrawn before its start (B-51); afterwards it is paused or the execution ends (B-50, B-53)."""
    if ground not in WITHDRAWAL_GROUNDS:
        raise RuleViolation("B-51", msg("请选择撤回事由。"))
    check_transition(state, LotState.WITHDRAWN)
    begun = state in {S.BIDDING, S.SELLOFF_OPEN, S.SELLOFF_BIDDING}
    if begun or (state is S.PUBLISHED and starts_at is not None and now >= starts_at):
        raise RuleViolation("B-51", msg("竞价已经开始，不能撤回。确有法定事由的，请办理暂缓或中止（B-50）。"))


# --- prices ---------------------------------------------------------------------------------------------------


def lowest_start_fen(
    round_: Round,
    *,
    reference_fen: int | None,
    previous_start_fen: int | None,
    policy: ListingPolicy = POLICY,
) -> int | None:
    """The lowest permitted starting price of the round (V-40, V-41, X-04); None while the basis is unknown."""
    if round_ is Round.FIRST:
        if reference_fen is None:
            return None
        return first_floor_fen(reference_fen, percent=policy.first_floor_percent)
    if previous_start_fen is None:
        return None
    if round_ is Round.SECOND:
        return second_floor_fen(previous_start_fen, max_cut_percent=policy.max_cut_percent)
    return previous_start_fen


def check_start(
    round_: Round,
    starting_fen: int,
    *,
    reference_fen: int | None,
    previous_start_fen: int | None,
    rerun_of_fen: int | None = None,
    policy: ListingPolicy = POLICY,
) -> Message | None:
    """Why a starting price is not permitted (V-40, V-41, X-04, B-35), or None.

    `rerun_of_fen` is the starting price of the defaulted run that this one repeats: no further cut (B-35).
    """
    if rerun_of_fen is not None:
        if starting_fen < rerun_of_fen:
            return msg(
                "重新拍卖是同一拍次的重复，起拍价不得低于原起拍价 {yuan} 元。", yuan=yuan(rerun_of_fen)
            )
        return None
    lowest = lowest_start_fen(
        round_, reference_fen=reference_fen, previous_start_fen=previous_start_fen, policy=policy
    )
    if lowest is None:
        return msg("没有可用的参考价或前一拍次起拍价，无法核对起拍价。")
    if round_ is Round.SELL_OFF:
        if starting_fen != lowest:
            return msg("变卖价须等于二拍起拍价 {yuan} 元，不得再降。", yuan=yuan(lowest))
        return None
    if starting_fen >= lowest:
        return None
    if round_ is Round.FIRST:
        return msg(
            "一拍起拍价不得低于参考价的 {percent}%，即 {yuan} 元。",
            percent=policy.first_floor_percent,
            yuan=yuan(lowest),
        )
    return msg(
        "二拍降价不得超过一拍起拍价的 {percent}%，即不低于 {yuan} 元。",
        percent=policy.max_cut_percent,
        yuan=yuan(lowest),
    )


def start_rule(round_: Round) -> str:
    """The rule behind the starting price of a round."""
    return {Round.FIRST: "V-40", Round.SECOND: "V-41", Round.SELL_OFF: "X-04"}[round_]


def deposit_band_fen(starting_fen: int, *, policy: ListingPolicy = POLICY) -> tuple[int, int]:
    """Lowest and highest deposit for a starting price (B-30): rounded inwards to the fen."""
    return (
        -(-starting_fen * policy.deposit_min_percent // 100),
        starting_fen * policy.deposit_max_percent // 100,
    )


def check_deposit(starting_fen: int, deposit_fen: int, *, policy: ListingPolicy = POLICY) -> Message | None:
    """Why a deposit is outside the band of B-30, or None."""
    lowest, highest = deposit_band_fen(starting_fen, policy=policy)
    if lowest <= deposit_fen <= highest:
        return None
    return msg(
        "保证金须为起拍价的 {low}%–{high}%，即 {lowest} 至 {highest} 元。",
        low=policy.deposit_min_percent,
        high=policy.deposit_max_percent,
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


def notice_days(round_: Round, *, is_movable: bool, rerun: int = 0, policy: ListingPolicy = POLICY) -> int:
    """Days between notice and start (B-10; X-02 for the sell-off; B-35 for a repetition)."""
    if round_ is Round.FIRST and rerun == 0:
        return policy.notice_days_first_movable if is_movable else policy.notice_days_first_immovable
    return policy.notice_days_later_movable if is_movable else policy.notice_days_later_immovable


def notice_rule(round_: Round, *, rerun: int = 0) -> str:
    """The rule behind the notice period."""
    if round_ is Round.SELL_OFF:
        return "X-02"
    return "B-35" if rerun else "B-10"


def check_schedule(
    *, earliest_start: datetime, starts_at: datetime, ends_at: datetime, policy: ListingPolicy = POLICY
) -> Message | None:
    """Why the times of an auction do not fit the notice period (B-10) or the bidding time (L-14), or None."""
    if starts_at < earliest_start:
        return msg("公告期不足：最早可以在 {earliest} 开拍。", earliest=shown(earliest_start))
    return check_bidding_time(starts_at=starts_at, ends_at=ends_at, policy=policy)


def check_bidding_time(
    *, starts_at: datetime, ends_at: datetime, policy: ListingPolicy = POLICY
) -> Message | None:
    """Why the bidding time is too short (B-41, L-14), or None."""
    if ends_at - starts_at < timedelta(hours=policy.min_bidding_hours):
        return msg("竞价时间不得少于 {hours} 小时，请推迟结束时间。", hours=policy.min_bidding_hours)
    return None


def check_sell_off_period(
    *, starts_at: datetime, ends_at: datetime, policy: ListingPolicy = POLICY
) -> Message | None:
    """Why the sell-off period is not the 60 days of X-03, or None."""
    if ends_at - starts_at != timedelta(days=policy.sell_off_days):
        return msg("变卖期须为 {days} 天。", days=policy.sell_off_days)
    return None


# --- notification -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notified:
    """How one party or priority purchaser stands (B-20). `received_on` and `posted_on` are court days."""

    name: str
    waived: bool = False
    received_on: date | None = None
    posted_on: date | None = None


def notification_gap(person: Notified, *, publish_on: date, policy: ListingPolicy = POLICY) -> Message | None:
    """Why a notice may not yet be published as far as this person is concerned (B-20), or None.

    Three whole days after the proven receipt, or five after the public posting of one who cannot be reached.
    """
    if person.waived:
        return None
    if person.received_on is not None:
        if publish_on >= person.received_on + timedelta(days=policy.notify_days):
            return None
        return msg(
            "{name}：{day} 签收，公告须在签收三日后发布。",
            name=person.name,
            day=person.received_on.isoformat(),
        )
    if person.posted_on is not None:
        if publish_on >= person.posted_on + timedelta(days=policy.publicity_days):
            return None
        return msg(
            "{name}：{day} 公示，公示满五日才视为已通知。", name=person.name, day=person.posted_on.isoformat()
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


# --- the next round -----------------------------------------------------------------------------------------------


def next_round(round_: Round) -> Round | None:
    """Which round follows a failed one (B-26, X-01)."""
    return {Round.FIRST: Round.SECOND, Round.SECOND: Round.SELL_OFF, Round.SELL_OFF: None}[round_]


def proposed_start_fen(
    round_: Round, previous_start_fen: int, *, cut_percent: int, policy: ListingPolicy = POLICY
) -> int:
    """The starting price to propose to the panel for a round after a failed one (V-41, X-04)."""
    if round_ is Round.SELL_OFF:
        return previous_start_fen
    cut = min(cut_percent, policy.max_cut_percent)
    return second_floor_fen(previous_start_fen, max_cut_percent=cut)


def proposed_deposit_fen(starting_fen: int, previous_start_fen: int, previous_deposit_fen: int) -> int:
    """The previous deposit, moved into the band of the new starting price (B-30) at the same rate."""
    lowest, highest = deposit_band_fen(starting_fen)
    return min(max(previous_deposit_fen * starting_fen // previous_start_fen, lowest), highest)

"""The law of the reference price (rulebook §3.4, §3.5). Pure: facts in, decision or violation out."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetKind
from valuation.models import ValuationState

S = ValuationState

_SERVED = frozenset(
    {
        S.SERVING,
        S.OBJECTION_WINDOW,
        S.OBJECTION_T1,
        S.OBJECTION_T2,
        S.EXPERT_REVIEW,
        S.COURT_REVIEW,
        S.STAYED,
        S.WITHDRAWN,
    }
)
"""A served result moves among these by its receipts and its persons' objections; only closed windows lead to a price."""
_NEXT_FIRM = frozenset({S.APPRAISING, S.APPRAISER_SELECTION})

TRANSITIONS: dict[ValuationState, frozenset[ValuationState]] = {
    S.NOT_STARTED: frozenset(
        {
            S.NEGOTIATING,
            S.DIRECTED,
            S.ONLINE_INQUIRY,
            S.APPRAISER_SELECTION,
            S.APPRAISING,
            S.WITHDRAWN,
            S.FIXED,
        }
    ),
    S.NEGOTIATING: frozenset(
        {S.FIXED, S.DIRECTED, S.ONLINE_INQUIRY, S.APPRAISER_SELECTION, S.STAYED, S.WITHDRAWN}
    ),
    S.DIRECTED: frozenset({S.FIXED, S.ONLINE_INQUIRY, S.APPRAISER_SELECTION, S.STAYED, S.WITHDRAWN}),
    S.ONLINE_INQUIRY: frozenset({S.COURT_REVIEW, S.APPRAISER_SELECTION, S.STAYED, S.WITHDRAWN}),
    S.APPRAISER_SELECTION: frozenset({S.APPRAISING, S.STAYED, S.WITHDRAWN}),
    S.APPRAISING: frozenset({S.COURT_REVIEW, S.APPRAISER_SELECTION, S.STAYED, S.WITHDRAWN}),
    S.COURT_REVIEW: frozenset({S.APPRAISING, S.APPRAISER_SELECTION, S.SERVING, S.STAYED, S.WITHDRAWN}),
    S.SERVING: _SERVED - {S.SERVING},
    S.OBJECTION_WINDOW: (_SERVED | {S.FIXED}) - {S.OBJECTION_WINDOW},
    S.OBJECTION_T1: (_SERVED | _NEXT_FIRM) - {S.OBJECTION_T1},
    S.OBJECTION_T2: (_SERVED | _NEXT_FIRM) - {S.OBJECTION_T2},
    S.EXPERT_REVIEW: (_SERVED | _NEXT_FIRM) - {S.EXPERT_REVIEW},
    S.FIXED: frozenset({S.EXPIRED, S.WITHDRAWN}),
    S.EXPIRED: frozenset({S.REISSUE, S.WITHDRAWN}),
    S.REISSUE: frozenset({S.COURT_REVIEW, S.WITHDRAWN}),
    S.STAYED: frozenset(S) - {S.STAYED, S.NOT_STARTED, S.FIXED, S.EXPIRED, S.REISSUE},
    S.WITHDRAWN: frozenset(),
}
"""The state machine of §11.2. Straight from `not_started` to a price lead only V-03 and V-04, where nothing is valued."""

STATE_LABELS: dict[ValuationState, str] = {
    S.NOT_STARTED: "尚未开始",
    S.NEGOTIATING: "当事人议价中",
    S.DIRECTED: "定向询价中",
    S.ONLINE_INQUIRY: "网络询价中",
    S.APPRAISER_SELECTION: "选定评估机构",
    S.APPRAISING: "评估中",
    S.COURT_REVIEW: "法院审查报告",
    S.SERVING: "送达中",
    S.OBJECTION_WINDOW: "异议期",
    S.OBJECTION_T1: "程序异议审查中",
    S.OBJECTION_T2: "评估机构答复异议中",
    S.EXPERT_REVIEW: "专业技术评审中",
    S.FIXED: "参考价已确定",
    S.STAYED: "暂缓",
    S.WITHDRAWN: "已撤回",
    S.EXPIRED: "已过有效期",
    S.REISSUE: "重新出具中",
}

OPEN_OBJECTION_STATES = frozenset({S.OBJECTION_T1, S.OBJECTION_T2, S.EXPERT_REVIEW})
AFTER_REPORT_STATES = frozenset({S.SERVING, S.OBJECTION_WINDOW}) | OPEN_OBJECTION_STATES

OBJECTION_DAYS = 5
POSTING_DAYS = 15
SERVE_WITHIN_DAYS = 3
START_WITHIN_DAYS = 30
REALISE_WITHIN_DAYS = 10
MAX_VALIDITY_YEARS = 1
REUSE_MONTHS = 6
FIRST_FLOOR_PERCENT = 70
MAX_CUT_PERCENT = 20

MAX_PRICE_FEN = 1_000_000_000_000_00
"""10^12 yuan. Dearer things have never been sold by a court: a larger figure is a slip."""


def check_transition(current: ValuationState, wanted: ValuationState) -> None:
    """Raise `RuleViolation` when §11.2 has no way from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "§11.2",
            msg(
                "参考价程序目前处于“{current}”，不能直接转为“{wanted}”。请先完成中间环节。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


# --- calendar arithmetic ------------------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the month's last day where it has no such day (31 August + 6 = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def latest_validity(appraised_on: date) -> date:
    """The last day on which a price of this day may be valid (V-33)."""
    return add_months(appraised_on, 12 * MAX_VALIDITY_YEARS)


def reuse_until(valid_until: date) -> date:
    """The last day for a sale that rests on a notice published in time (V-34)."""
    return add_months(valid_until, REUSE_MONTHS)


# --- the report ---------------------------------------------------------------------------------------------------


def check_report_dates(*, appraised_on: date, valid_until: date, today: date) -> dict[str, Message]:
    """What is wrong with a report's dates, by field (V-33)."""
    wrong: dict[str, Message] = {}
    if appraised_on > today:
        wrong["appraised_on"] = msg("价值时点不能晚于今天。")
    elif appraised_on < add_months(today, -24):
        wrong["appraised_on"] = msg("价值时点早于两年前，请核对年份；过旧的报告应重新出具。")
    if valid_until <= appraised_on:
        wrong["valid_until"] = msg("有效期截止日须晚于价值时点。")
    elif valid_until > latest_validity(appraised_on):
        wrong["valid_until"] = msg(
            "参考价有效期不得超过一年（V-33），最迟到 {last}。",
            last=latest_validity(appraised_on).isoformat(),
        )
    elif valid_until < today:
        wrong["valid_until"] = msg("报告已过有效期，请通知评估机构重新出具。")
    return wrong


@dataclass(frozen=True, slots=True)
class PriceBand:
    """Between which unit prices (fen) an asset of a kind is usual; outside, somebody must say why."""

    low_fen: int
    high_fen: int
    per_m2: bool


USUAL_PRICES: dict[AssetKind, PriceBand] = {
    AssetKind.REAL_ESTATE: PriceBand(500_00, 300_000_00, per_m2=True),
    AssetKind.LAND: PriceBand(50_00, 200_000_00, per_m2=True),
    AssetKind.VEHICLE: PriceBand(500_00, 20_000_000_00, per_m2=False),
    AssetKind.GOODS: PriceBand(10_00, 500_000_000_00, per_m2=False),
    AssetKind.SHARES: PriceBand(100_00, 100_000_000_000_00, per_m2=False),
    AssetKind.OTHER_RIGHT: PriceBand(100_00, 10_000_000_000_00, per_m2=False),
}
WITHOUT_AREA = PriceBand(10_000_00, 10_000_000_000_00, per_m2=False)


def unusual_price(kind: AssetKind, price_fen: int, *, area_hundredths: int | None) -> Message | None:
    """Why a price looks like a slip (three zeros too many, 万元 for 元), or None. Area in 1/100 m²."""
    band = USUAL_PRICES[kind]
    compared = price_fen
    if band.per_m2:
        if area_hundredths:
            compared = price_fen * 100 // area_hundredths
        else:
            band = WITHOUT_AREA
    if band.low_fen <= compared <= band.high_fen:
        return None
    unit = msg("每平方米") if band.per_m2 else msg("总价")
    return msg(
        "{unit}约 {yuan} 元，超出这类财产通常的范围（{low} 至 {high} 元）。请核对是否多写或少写了零、是否把万元当成了元。",
        unit=unit,
        yuan=f"{compared // 100:,}",
        low=f"{band.low_fen // 100:,}",
        high=f"{band.high_fen // 100:,}",
    )


# --- use of the price ---------------------------------------------------------------------------------------------


def check_first_notice(*, valid_until: date, published_on: date, sale_on: date) -> Message | None:
    """Why a price cannot carry a first notice published and a sale held on these days (V-34), or None."""
    if published_on > valid_until:
        return msg("参考价有效期已于 {day} 届满，须先重新出具（V-34）。", day=valid_until.isoformat())
    return check_later_round(valid_until=valid_until, sale_on=sale_on)


def check_later_round(*, valid_until: date, sale_on: date) -> Message | None:
    """Why a price cannot carry a sale on this day once the first notice was in time (V-34), or None."""
    last = reuse_until(valid_until)
    if sale_on > last:
        return msg(
            "拍卖须在参考价有效期届满后六个月内（{day} 前）实施，否则须重新出具（V-34）。",
            day=last.isoformat(),
        )
    return None


def first_floor_fen(reference_price_fen: int, *, percent: int = FIRST_FLOOR_PERCENT) -> int:
    """The lowest starting price of a first auction (V-40), rounded up to the fen."""
    return -(-reference_price_fen * percent // 100)


def second_floor_fen(previous_start_fen: int, *, max_cut_percent: int = MAX_CUT_PERCENT) -> int:
    """The lowest starting price of a second auction (V-41), rounded up to the fen."""
    return -(-previous_start_fen * (100 - max_cut_percent) // 100)


def usual_increment_fen(starting_price_fen: int, *, bands: tuple[tuple[int, int], ...]) -> int:
    """The increment that the band table proposes for a starting price (V-42). The panel may decide another.

    `bands` of the legal settings: (starting price up to, increment), both in fen, rising; above the last one its increment
    goes on.
    """
    return next((step for up_to, step in bands if starting_price_fen <= up_to), bands[-1][1])


def check_price_twice(first_fen: int, second_fen: int) -> None:
    """Raise `InvalidInput` when the two entries of the price differ."""
    if first_fen != second_fen:
        raise InvalidInput(
            msg("两次填写的评估价不一致，请核对报告后重新填写。"),
            fields={"price_again": msg("与第一次填写的金额不同。")},
            rule="V-24",
        )


def deemed_received_on(posted_on: date) -> date:
    """The day after which a posted result counts as received (V-30): day 15 of the posting."""
    return posted_on + timedelta(days=POSTING_DAYS)

"""When the court above may be asked, what it may order, and what follows (T-20, T-23, L-42). Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from core.deadlines.rules import months_later
from core.errors import RuleViolation
from core.i18n import msg
from disposal_teams.assets.models import AssetState
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.orders.models import InactionDecision, Verdict

K = InstructionKind
A = AssetState

INACTION_MONTHS = 6
RECONSIDER_DAYS = 5
FILING_DAYS = 7
PANEL_LEAST = 3

MOVING = frozenset({K.DESIGNATE, K.RAISE, K.CONCENTRATE})
"""Orders by ruling, after which another court disposes; 督促 and 协同 leave the power where it is (T-21)."""

IN_SALE = frozenset({A.LISTED, A.SOLD_PENDING_PAYMENT, A.PAID, A.RULED, A.OFFERED_IN_KIND, A.IN_KIND_RULED})
"""An asset that is being sold stays until that is over: its buyers rely on one court."""

OVER = frozenset({A.DELIVERED, A.CLOSED, A.TRANSFERRED_OUT, A.UNSOLD_RELEASED})
"""What nothing is left to dispose of stays in the old case."""

KIND_OF_DECISION: dict[InactionDecision, InstructionKind | None] = {
    InactionDecision.TIME_LIMIT: K.URGE,
    InactionDecision.TAKEN: K.RAISE,
    InactionDecision.ELSEWHERE: K.DESIGNATE,
    InactionDecision.DISMISSED: None,
}


def first_day_to_apply(filed_on: date, found_on: date | None, stopped_days: int) -> date:
    """The first day on which the applicant may go to the court above: more than six months after the application, or after
    the asset was found when that was later, days that do not count (C-06) added (T-20, L-37)."""
    start = max(filed_on, found_on) if found_on is not None else filed_on
    return months_later(start, INACTION_MONTHS) + timedelta(days=stopped_days + 1)


def check_six_months(*, today: date, filed_on: date, found_on: date | None, stopped_days: int) -> None:
    """Raise `RuleViolation` before that day (T-20)."""
    first = first_day_to_apply(filed_on, found_on, stopped_days)
    if today < first:
        raise RuleViolation(
            "T-20",
            msg("尚未满六个月：自 {day} 起可以向上一级法院申请。", day=first.isoformat()),
            remedy=msg("评估、公告、拍卖、中止、暂缓等期间不计入六个月。"),
        )


def check_courts(kind: InstructionKind, *, superior: str, old_court: str, chosen: str) -> None:
    """Raise `RuleViolation` when the chosen court does not fit the order (T-20, T-21)."""
    if kind is K.RAISE and chosen != superior:
        raise RuleViolation("T-20", msg("提级执行由上级法院自己执行。"))
    if kind is K.DESIGNATE and chosen in (superior, old_court):
        raise RuleViolation("T-20", msg("指定执行须指定原执行法院以外的下级法院。"))
    if kind is K.CONCENTRATE and chosen == old_court:
        raise RuleViolation("T-21", msg("集中执行须指定另一家法院；由原法院办理的，不需要移送。"))
    if kind in (K.URGE, K.JOINT) and chosen != old_court:
        raise RuleViolation("T-21", msg("督促和协同执行不改变执行法院。"))


def check_panel(kind: InstructionKind, panel: Sequence[str]) -> None:
    """Raise `RuleViolation` when a ruling is not made by a panel of three or more, odd in number (P-05)."""
    if kind in MOVING and (len(set(panel)) < PANEL_LEAST or len(panel) % 2 == 0):
        raise RuleViolation("P-05", msg("变更执行法院须由合议庭裁定：三名以上，人数为单数。"))


def check_may_move(asset_no: str, state: AssetState, *, was_listed: bool) -> None:
    """Raise `RuleViolation` for an asset in the middle of its sale."""
    if state in IN_SALE or (state is A.SUSPENDED and was_listed):
        raise RuleViolation(
            "T-20",
            msg("标的物 {asset_no} 正在拍卖或者已经成交，不能变更执行法院。", asset_no=asset_no),
            remedy=msg("请在本次拍卖撤回、流拍或者交付后再作出裁定；急需的，可以先督促原法院。"),
        )


def check_reconsideration(*, asked_before: bool) -> None:
    """Raise `RuleViolation` for a second request; the five days are kept by the clock L-42."""
    if asked_before:
        raise RuleViolation("T-23", msg("对同一命令只能请求复议一次。"))


KIND_TITLES: dict[InstructionKind, str] = {
    K.URGE: "督促执行令",
    K.JOINT: "协同执行决定书",
    K.DESIGNATE: "执行裁定书（指定执行）",
    K.RAISE: "执行裁定书（提级执行）",
    K.CONCENTRATE: "执行裁定书（集中执行）",
}

VERDICT_LABELS: dict[Verdict, str] = {Verdict.UPHELD: "维持命令", Verdict.REVOKED: "撤销命令"}

DECISION_LABELS: dict[InactionDecision, str] = {
    InactionDecision.TIME_LIMIT: "责令限期执行",
    InactionDecision.TAKEN: "由本院提级执行",
    InactionDecision.ELSEWHERE: "指令其他法院执行",
    InactionDecision.DISMISSED: "驳回申请",
}

"""What a compromise with instalments must say, and what a breach brings (rulebook A-29; 执行和解规定 arts 2, 9, 11). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from auction.compromise.models import CompromiseState, ReportKind
from core.errors import RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetState
from disposal_teams.assets.rules import PREPARATION_STATES

S = CompromiseState

STATE_LABELS: dict[CompromiseState, str] = {
    S.FILED: "待合议庭裁定中止",
    S.REFUSED: "未准许中止",
    S.IN_FORCE: "履行中，处置中止",
    S.LATE: "逾期未履行，待申请恢复",
    S.RESUMED: "未履行，已恢复处置",
    S.KEPT: "已履行完毕",
}

REPORT_LABELS: dict[ReportKind, str] = {
    ReportKind.PAID: "被执行人说明已付款",
    ReportKind.BREACH: "申请执行人反映未履行，申请恢复处置",
}

OPEN = (S.FILED, S.IN_FORCE, S.LATE)
"""Neither refused nor over: it still binds, or may come to."""
MOST_INSTALMENTS = 60
STANDS_STILL_FROM = PREPARATION_STATES | {AssetState.LISTED}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One payment of the plan, in fen."""

    due_on: date
    amount_fen: int


def plan_problem(plan: Sequence[PlanLine], *, today: date, most_fen: int) -> Message | None:
    """Why the plan cannot be taken, or None: rising days in the future, positive amounts, a total within `most_fen`."""
    if not 1 <= len(plan) <= MOST_INSTALMENTS:
        return msg("履行计划须有 1 至 {most} 期。", most=MOST_INSTALMENTS)
    days = [line.due_on for line in plan]
    if days[0] <= today or any(later <= earlier for earlier, later in pairwise(days)):
        return msg("各期日期须晚于今天并依次靠后。")
    if any(line.amount_fen <= 0 for line in plan) or sum(line.amount_fen for line in plan) > most_fen:
        return msg("各期金额须大于 0，总额不超过一万亿元。")
    return None


def after_breach(*, asked_ahead: bool) -> CompromiseState:
    """The disposal goes on at the applicant's request (art. 9): one that was made beforehand works at once."""
    return S.RESUMED if asked_ahead else S.LATE


def check_asset(state: AssetState) -> None:
    """Raise `RuleViolation` when there is no disposal that could stand still (A-29)."""
    if state not in STANDS_STILL_FROM:
        raise RuleViolation("A-29", msg("标的物已经成交或者处于其他程序，不能因和解中止处置。"))


def check_decider(entered_by: UUID | None, decider: UUID | None) -> None:
    """Who wrote the agreement down does not rule on it (P-05). Raises `RuleViolation`."""
    if entered_by is not None and entered_by == decider:
        raise RuleViolation("P-05", msg("录入和解协议的人不能裁定中止，请由合议庭其他成员办理。"))


def check_state(current: str, *wanted: CompromiseState) -> None:
    """Raise `RuleViolation` unless the compromise stands in one of these states."""
    if S(current) not in wanted:
        raise RuleViolation(
            "A-29", msg("该和解目前为“{state}”，不能办理此事项。", state=msg(STATE_LABELS[S(current)]))
        )

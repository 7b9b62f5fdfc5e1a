"""How an instruction travels between two courts, and how long each step may take (rulebook §7.5, §11.7). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.calendar import official_calendar
from core.deadlines.rules import Period, day_in_court, end_of_day, hours_end, period_of_days
from core.errors import RuleViolation
from core.i18n import msg
from core.legal_settings import LegalSettings
from disposal_teams.instructions.kinds import Addressee, Kind, RequiredPaper
from disposal_teams.instructions.models import (
    Acceptance,
    Escalation,
    InstructionState,
    Result,
    ReturnReason,
    Urgency,
)

S = InstructionState
RULE = "§11.7"


class Step(StrEnum):
    """What somebody does with an instruction."""

    SUBMIT = "submit"
    SEND = "send"
    DECLINE = "decline"
    SIGN_IN = "sign_in"
    ASSIGN = "assign"
    START = "start"
    RETURN = "return"
    ANSWER = "answer"
    REPORT = "report"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"


STEPS: dict[Step, tuple[frozenset[InstructionState], InstructionState]] = {
    Step.SUBMIT: (frozenset({S.DRAFT}), S.AWAITING_APPROVAL),
    Step.SEND: (frozenset({S.DRAFT, S.AWAITING_APPROVAL}), S.SENT),
    Step.DECLINE: (frozenset({S.AWAITING_APPROVAL}), S.DRAFT),
    Step.SIGN_IN: (frozenset({S.SENT}), S.SIGNED_IN),
    Step.ASSIGN: (frozenset({S.SIGNED_IN, S.ASSIGNED, S.IN_PROGRESS}), S.ASSIGNED),
    Step.START: (frozenset({S.ASSIGNED}), S.IN_PROGRESS),
    Step.RETURN: (frozenset({S.SIGNED_IN, S.ASSIGNED, S.IN_PROGRESS}), S.RETURNED),
    Step.ANSWER: (frozenset({S.RETURNED}), S.SIGNED_IN),
    Step.REPORT: (frozenset({S.IN_PROGRESS}), S.FEEDBACK),
    Step.ACCEPT: (frozenset({S.FEEDBACK}), S.CLOSED),
    Step.REJECT: (frozenset({S.FEEDBACK}), S.IN_PROGRESS),
    Step.WITHDRAW: (
        frozenset({S.DRAFT, S.AWAITING_APPROVAL, S.SENT, S.SIGNED_IN, S.ASSIGNED, S.IN_PROGRESS, S.RETURNED}),
        S.WITHDRAWN,
    ),
}
"""From where a step may be taken, and where it leads (§11.7)."""

SENDERS_TURN = frozenset({S.AWAITING_APPROVAL, S.RETURNED, S.FEEDBACK})
"""The court that sent it has to act, and its clock runs."""


def next_state(current: InstructionState, step: Step) -> InstructionState:
    """The state after the step. Raises `RuleViolation` when §11.7 does not have it."""
    allowed, target = STEPS[step]
    if current not in allowed:
        raise RuleViolation(
            RULE,
            msg("指令目前为“{state}”，不能办理此步骤。", state=msg(STATE_LABELS[current])),
            remedy=msg("请刷新页面，按当前状态办理。"),
        )
    return target


def due_after(
    state: InstructionState,
    *,
    now: datetime,
    kind: Kind,
    urgency: Urgency,
    wanted_on: date | None,
    terms: LegalSettings,
) -> datetime | Period | None:
    """The end of the clock that starts when an instruction enters the state now, as a period where holidays move it; None
    where nobody has to act.

    The clock of the work starts with the assignment: leaving it unopened gains nothing.
    """
    today = day_in_court(now)
    match state:
        case S.AWAITING_APPROVAL:
            return period_of_days(now, terms.instruction_approval_days)
        case S.SENT:
            return Period(today, working_days=terms.instruction_sign_in_days)
        case S.SIGNED_IN:
            return Period(today)
        case S.ASSIGNED | S.IN_PROGRESS:
            return _work_end(now, kind, urgency, wanted_on, terms)
        case S.RETURNED:
            return period_of_days(now, kind.answer_days or terms.instruction_answer_days)
        case S.FEEDBACK:
            return period_of_days(now, terms.instruction_accept_days)
        case _:
            return None


def _work_end(
    now: datetime, kind: Kind, urgency: Urgency, wanted_on: date | None, terms: LegalSettings
) -> datetime | Period:
    least = hours_end(now, hours=terms.instruction_critical_hours)
    if wanted_on is not None:
        return max(end_of_day(wanted_on), least)
    if urgency is Urgency.CRITICAL:
        return least
    if urgency is Urgency.URGENT:
        return period_of_days(now, terms.instruction_urgent_days)
    return period_of_days(now, kind.days or terms.instruction_normal_days)


def check_at(
    state: InstructionState,
    *,
    since: datetime,
    due_at: datetime | None,
    escalation: Escalation | None,
    terms: LegalSettings,
    now: datetime,
) -> datetime | None:
    """When the system looks at an instruction next: to remind of signing in, at the end of a clock, to carry a missed one
    up; None when nothing is left to do by itself."""
    if due_at is None:
        return None
    nudge = since + timedelta(hours=terms.instruction_nudge_hours)
    if state is S.SENT and now < nudge < due_at:
        return nudge
    if now < due_at:
        return due_at
    match escalation:
        case None:
            return due_at
        case Escalation.DIRECTOR:
            return bureau_at(due_at, terms)
        case Escalation.BUREAU:
            return bulletin_at(due_at, terms)
        case _:
            return None


def bureau_at(due_at: datetime, terms: LegalSettings) -> datetime:
    """When a missed clock reaches the bureau of the intermediate court."""
    last = day_in_court(due_at - timedelta(microseconds=1))
    return end_of_day(official_calendar().add_working_days(last, terms.instruction_bureau_days))


def bulletin_at(due_at: datetime, terms: LegalSettings) -> datetime:
    """When it is noted for the monthly bulletin (K-23), never before the bureau has seen it."""
    return max(due_at + timedelta(days=terms.instruction_bulletin_days), bureau_at(due_at, terms))


def escalation_due(due_at: datetime, now: datetime, terms: LegalSettings) -> Escalation | None:
    """How far a clock that ended at `due_at` must have been carried up by now."""
    if now < due_at:
        return None
    if now >= bulletin_at(due_at, terms):
        return Escalation.BULLETIN
    if now >= bureau_at(due_at, terms):
        return Escalation.BUREAU
    return Escalation.DIRECTOR


def check_return(
    *, returned_before: bool, signed_in_at: datetime, now: datetime, terms: LegalSettings
) -> None:
    """Raise `RuleViolation` unless it may be sent back: once, and within one working day of signing in."""
    if returned_before:
        raise RuleViolation(
            RULE,
            msg("指令只能退回一次。"),
            remedy=msg("请办理后反馈结果，或与发出法院协商后由其撤回。"),
        )
    last = official_calendar().add_working_days(day_in_court(signed_in_at), terms.instruction_return_days)
    if now >= end_of_day(last):
        raise RuleViolation(
            RULE, msg("已超过退回期限（签收后 {days} 个工作日）。", days=terms.instruction_return_days)
        )


def check_extension(
    *, extended_before: bool, until: datetime, started: datetime, due_at: datetime, now: datetime
) -> None:
    """Raise `RuleViolation` unless the clock of the work may be moved to `until`: once, asked before its end, and by no more
    than the original term."""
    if extended_before:
        raise RuleViolation(RULE, msg("办理期限只能延长一次。"))
    if now >= due_at:
        raise RuleViolation(RULE, msg("期限已届满，不能再延长。"), remedy=msg("请尽快反馈结果并说明原因。"))
    if until <= due_at:
        raise RuleViolation(RULE, msg("延长后的时间须晚于原期限。"))
    if until > due_at + (due_at - started):
        raise RuleViolation(RULE, msg("延长的时间不能超过原办理期限。"))


def check_rejection(*, rejected_before: bool) -> None:
    """Raise `RuleViolation` when a result has been rejected already."""
    if rejected_before:
        raise RuleViolation(
            RULE,
            msg("结果只能退回重办一次。"),
            remedy=msg("请认可结果；仍有争议的，另行提请中院执行局协调。"),
        )


def check_addressee(kind: Kind, from_court: str, to_court: str, superiors: Mapping[str, str | None]) -> None:
    """Raise `RuleViolation` when this type cannot go from the one court to the other. `superiors`: court → court above."""
    if from_court == to_court:
        raise RuleViolation("§7.5", msg("指令不能发给本院。"))
    if to_court not in superiors:
        raise RuleViolation("§7.5", msg("没有代码为 {code} 的法院。", code=to_court))
    if kind.addressee is Addressee.SUPERIOR and superiors.get(from_court) != to_court:
        raise RuleViolation("§7.5", msg("“{kind}”只能报送上级法院。", kind=msg(kind.title)))
    if kind.addressee is Addressee.BELOW and superiors.get(to_court) != from_court:
        raise RuleViolation("§7.5", msg("“{kind}”只能由上级法院向下级法院发出。", kind=msg(kind.title)))


def check_wanted(kind: Kind, wanted_on: date | None, today: date) -> None:
    """Raise `RuleViolation` for a last day that is missing where the type demands one, or that is not to come."""
    if wanted_on is None:
        if kind.must_date:
            raise RuleViolation(kind.rule, msg("“{kind}”必须写明完成期限。", kind=msg(kind.title)))
    elif wanted_on <= today:
        raise RuleViolation(RULE, msg("完成期限须晚于今天。"))


def missing_papers(kind: Kind, have: Iterable[str]) -> list[RequiredPaper]:
    """The papers that the type demands (§7.5) and that are not there yet."""
    present = set(have)
    return [paper for paper in kind.papers if paper.code not in present]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to whom the dispatcher may give the work. `load`: what lies with the person now."""

    key: str
    load: int
    skills: frozenset[str] = frozenset()


def propose(candidates: Iterable[Candidate], *, skill: str = "") -> list[Candidate]:
    """The candidates in the order in which they are proposed: who has the skill first, then who has least to do. Rank and
    years of service play no part."""
    return sorted(
        candidates, key=lambda each: (bool(skill) and skill not in each.skills, each.load, each.key)
    )


STATE_LABELS: dict[InstructionState, str] = {
    S.DRAFT: "草稿",
    S.AWAITING_APPROVAL: "待审批",
    S.SENT: "待签收",
    S.SIGNED_IN: "待分派",
    S.ASSIGNED: "待接办",
    S.IN_PROGRESS: "办理中",
    S.RETURNED: "已退回",
    S.FEEDBACK: "待验收",
    S.CLOSED: "已办结",
    S.WITHDRAWN: "已撤回指令",
}

URGENCY_LABELS: dict[Urgency, str] = {
    Urgency.NORMAL: "一般",
    Urgency.URGENT: "紧急",
    Urgency.CRITICAL: "特急",
}

RESULT_LABELS: dict[Result, str] = {
    Result.DONE: "已完成",
    Result.PARTLY: "部分完成",
    Result.IMPOSSIBLE: "无法完成",
}

ACCEPTANCE_LABELS: dict[Acceptance, str] = {
    Acceptance.ACCEPTED: "已认可",
    Acceptance.BY_SILENCE: "逾期未验收，视为认可",
}

RETURN_LABELS: dict[ReturnReason, str] = {
    ReturnReason.PAPERS_MISSING: "材料不全",
    ReturnReason.WRONG_COURT: "不属于本院办理",
}

ESCALATION_LABELS: dict[Escalation, str] = {
    Escalation.DIRECTOR: "已报执行局局长",
    Escalation.BUREAU: "已报中院执行局",
    Escalation.BULLETIN: "列入月度通报",
}

"""When one court may ask another for the disposal right, and how the request travels (rulebook §7, §11.6). Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.errors import RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import SealKind
from disposal_teams.assets.rules import years_later
from disposal_teams.transfers.models import RefusalReason, TransferBasis, TransferDecision, TransferState

IDLE_DAYS = 60
SUPPLEMENT_DAYS = 3


def first_eligible_day(
    basis: TransferBasis, *, first_seal_on: date, first_filed_on: date | None, idle_days: int = IDLE_DAYS
) -> date:
    """The first day on which the request may be signed: more than `idle_days` (60) after the trigger, so day 61.

    T-01 counts from the first seal; T-10 from the enforcement filing of the first court, or from its seal when it is not in
    enforcement; T-15 asks for more than one year since the preservation seal.
    """
    if basis is TransferBasis.IDLE_PRESERVATION:
        return years_later(first_seal_on, 1) + timedelta(days=1)
    trigger = first_seal_on
    if basis is TransferBasis.ANY_WAITING_COURT and first_filed_on is not None:
        trigger = first_filed_on
    return trigger + timedelta(days=idle_days + 1)


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """What the guards look at, on the day of signing. Sums in fen; None where nobody knows yet."""

    today: date
    first_seal_on: date
    first_seal_kind: SealKind
    first_filed_on: date | None
    notice_published: bool
    requester_is_enforcing: bool
    requester_has_waiting_seal: bool
    requester_is_earliest_enforcing: bool
    right_ranks_before_first: bool
    right_confirmed: bool
    estimated_value_fen: int | None = None
    first_case_costs_fen: int = 0
    prior_claims_fen: int = 0
    earlier_seals_fen: int = 0
    asset_itself_in_dispute: bool = False
    idle_days: int = IDLE_DAYS


def check_eligible(basis: TransferBasis, facts: TransferFacts) -> None:
    """Raise `RuleViolation` with the first guard that fails for a request on this basis (T-01, T-10, T-15)."""
    rule = basis.value
    if facts.notice_published:
        raise RuleViolation(
            "T-01", msg("首封法院已发布拍卖公告或进入变卖程序，不能再商请移送；可申请参与分配。")
        )
    if not facts.requester_is_enforcing:
        raise RuleViolation(rule, msg("本院案件未进入执行程序，不能商请移送。请以执行案件提出。"))
    _check_standing(basis, facts)
    earliest = first_eligible_day(
        basis,
        first_seal_on=facts.first_seal_on,
        first_filed_on=facts.first_filed_on,
        idle_days=facts.idle_days,
    )
    if facts.today < earliest:
        raise RuleViolation(
            rule,
            msg(
                "期限未满：自 {day} 起才可以商请移送（今天是 {today}）。",
                day=earliest.isoformat(),
                today=facts.today.isoformat(),
            ),
        )
    if (
        basis is TransferBasis.ANY_WAITING_COURT
        and (surplus := surplus_for_requester(facts)) is not None
        and surplus <= 0
    ):
        raise RuleViolation(
            rule,
            msg("扣除首封案件费用、优先债权和在先查封后没有剩余，移送没有实益。如估值有变，请更新后再提出。"),
        )


def _check_standing(basis: TransferBasis, facts: TransferFacts) -> None:
    rule = basis.value
    if basis is TransferBasis.PRIORITY_CLAIM:
        if not facts.right_ranks_before_first:
            raise RuleViolation(rule, msg("本院债权对该财产没有顺位在先的担保物权或优先权。"))
        if not facts.right_confirmed:
            raise RuleViolation(rule, msg("优先债权尚未经生效法律文书确认，请附生效文书后再提出。"))
        return
    if not facts.requester_has_waiting_seal:
        raise RuleViolation(rule, msg("本院对该财产没有轮候查封，请先办理轮候查封登记。"))
    if basis is TransferBasis.IDLE_PRESERVATION:
        if facts.first_seal_kind is not SealKind.PRESERVATION:
            raise RuleViolation(rule, msg("首先查封不是保全查封，不适用此规则。请改选其他依据。"))
        if facts.asset_itself_in_dispute:
            raise RuleViolation(rule, msg("该财产本身是争议标的，不适用此规则。"))
        if not facts.requester_is_earliest_enforcing:
            raise RuleViolation(rule, msg("只有顺位最先的轮候执行法院可以依此规则商请移送。"))


def surplus_for_requester(facts: TransferFacts) -> int | None:
    """What would be left for the requester in fen after first-case costs, prior claims and earlier seals (T-10)."""
    if facts.estimated_value_fen is None:
        return None
    return (
        facts.estimated_value_fen
        - facts.first_case_costs_fen
        - facts.prior_claims_fen
        - facts.earlier_seals_fen
    )


class Step(StrEnum):
    """What somebody does with a request."""

    RECEIVE = "receive"
    RETURN = "return"
    SUPPLEMENT = "supplement"
    CONSENT = "consent"
    REFUSE = "refuse"
    FALL_SILENT = "fall_silent"
    REPORT = "report"
    DECIDE = "decide"
    RECALL = "recall"
    REOPEN = "reopen"
    COMPLETE = "complete"


S = TransferState

STEPS: dict[Step, tuple[frozenset[TransferState], TransferState]] = {
    Step.RECEIVE: (frozenset({S.REQUESTED}), S.RECEIVED),
    Step.RETURN: (frozenset({S.REQUESTED, S.RECEIVED}), S.RETURNED_FOR_SUPPLEMENT),
    Step.SUPPLEMENT: (frozenset({S.RETURNED_FOR_SUPPLEMENT}), S.RECEIVED),
    Step.CONSENT: (frozenset({S.REQUESTED, S.RECEIVED, S.SILENT, S.COORDINATING}), S.CONSENTED),
    Step.REFUSE: (frozenset({S.REQUESTED, S.RECEIVED}), S.REFUSED),
    Step.FALL_SILENT: (frozenset({S.REQUESTED, S.RECEIVED}), S.SILENT),
    Step.REPORT: (frozenset({S.REFUSED, S.SILENT}), S.COORDINATING),
    Step.DECIDE: (frozenset({S.COORDINATING}), S.DECIDED),
    Step.RECALL: (
        frozenset({S.REQUESTED, S.RECEIVED, S.RETURNED_FOR_SUPPLEMENT, S.REFUSED, S.SILENT, S.COORDINATING}),
        S.RECALLED,
    ),
    Step.REOPEN: (frozenset({S.DECIDED}), S.COORDINATING),
    Step.COMPLETE: (frozenset({S.CONSENTED, S.DECIDED}), S.COMPLETED),
}
"""From where a step may be taken, and where it leads (§11.6)."""


def next_state(current: TransferState, step: Step) -> TransferState:
    """The state after the step. Raises `RuleViolation` when §11.6 does not have it."""
    allowed, target = STEPS[step]
    if current not in allowed:
        raise RuleViolation(
            "§11.6", msg("移送请求目前为“{state}”，不能办理此步骤。", state=msg(STATE_LABELS[current]))
        )
    return target


STATE_LABELS: dict[TransferState, str] = {
    S.REQUESTED: "已商请",
    S.RECEIVED: "已签收",
    S.RETURNED_FOR_SUPPLEMENT: "退回补正",
    S.CONSENTED: "同意移送",
    S.REFUSED: "不同意移送",
    S.SILENT: "逾期未复",
    S.COORDINATING: "上级协调中",
    S.DECIDED: "上级已决定",
    S.COMPLETED: "已办结",
    S.RECALLED: "已撤回请求",
}

BASIS_LABELS: dict[TransferBasis, str] = {
    TransferBasis.PRIORITY_CLAIM: "优先债权执行法院（法释〔2016〕6号）",
    TransferBasis.ANY_WAITING_COURT: "轮候查封法院（江苏规则）",
    TransferBasis.IDLE_PRESERVATION: "保全查封满一年未处分",
}

DECISION_LABELS: dict[TransferDecision, str] = {
    TransferDecision.DESIGNATE_REQUESTER: "指定商请法院处置",
    TransferDecision.ORDER_FIRST_COURT: "责令首封法院限期处置",
    TransferDecision.RAISE: "提级执行",
    TransferDecision.JOINT: "协同执行",
}


REFUSAL_LABELS: dict[RefusalReason, str] = {
    RefusalReason.NEAR_SALE: "即将拍卖",
    RefusalReason.ASSET_IN_DISPUTE: "财产本身有争议",
    RefusalReason.NO_SURPLUS: "移送无益",
    RefusalReason.PRIORITY_NOT_CONFIRMED: "优先债权未确认",
    RefusalReason.ALREADY_SOLD: "已经成交",
    RefusalReason.OTHER: "其他",
}


def check_decision(decision: TransferDecision, *, due_on: date | None, today: date) -> None:
    """Raise `RuleViolation` when the decision sets no time, or a day that has passed (T-06, T-12)."""
    if due_on is None:
        raise RuleViolation(
            "T-06", msg("请写明处置期限：“{decision}”必须定明日期。", decision=msg(DECISION_LABELS[decision]))
        )
    if due_on <= today:
        raise RuleViolation("T-12", msg("处置期限须晚于今天。"))


@dataclass(frozen=True, slots=True)
class CoordinationFactor:
    """One of the things the superior weighs (T-06), with the court towards which it points; None when it is even."""

    label: Message
    points_to: str | None


def coordination_factors(
    *,
    first_court: str,
    requesting_court: str,
    first_is_enforcing: bool,
    asset_court: str | None,
    first_claim_fen: int,
    requesting_claim_fen: int,
) -> tuple[CoordinationFactor, ...]:
    """The factors of T-06: stage of the first claim, place of the asset, ratio of the claims."""
    by_claim = None
    if first_claim_fen != requesting_claim_fen:
        by_claim = first_court if first_claim_fen > requesting_claim_fen else requesting_court
    return (
        CoordinationFactor(
            msg("首封债权已进入执行") if first_is_enforcing else msg("首封债权尚未进入执行"),
            first_court if first_is_enforcing else requesting_court,
        ),
        CoordinationFactor(
            msg("财产所在地"), asset_court if asset_court in {first_court, requesting_court} else None
        ),
        CoordinationFactor(msg("债权数额"), by_claim),
    )

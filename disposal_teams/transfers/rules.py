"""How a request for the disposal right travels between the courts (rulebook §11.6). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.errors import RuleViolation
from core.i18n import Message, msg
from disposal_teams.transfers.models import RefusalReason, TransferBasis, TransferDecision, TransferState

SUPPLEMENT_DAYS = 3
REMINDER_DAYS = (1, 3, 5, 10, 14)
"""Days after the arrival of a request on which the first court is reminded, as long as its clock runs (§11.6)."""


def reminders_due(*, arrived_on: date, today: date) -> int:
    """How many reminders should have been sent by today (§11.6)."""
    return sum((today - arrived_on).days >= days for days in REMINDER_DAYS)


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
    TransferBasis.SAME_CLAIM: "同一债权：保全法院或者后立案法院移送",
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
    price_in_work: bool = False,
    value_fen: int | None = None,
    small_claim_percent: int = 10,
) -> tuple[CoordinationFactor, ...]:
    """The factors of T-06: stage of the first claim, place of the asset, ratio of the claims; and what in practice lets the
    asset stay where it is (T-07): a price that is being found, a claim that is small against the value."""
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
        *_staying(
            first_court,
            price_in_work=price_in_work,
            small=value_fen is not None and 0 < requesting_claim_fen * 100 < value_fen * small_claim_percent,
        ),
    )


def _staying(first_court: str, *, price_in_work: bool, small: bool) -> list[CoordinationFactor]:
    """Why the asset may stay with the first court although the request qualifies (T-07)."""
    found = []
    if price_in_work:
        found.append(CoordinationFactor(msg("参考价程序正在进行或者已经完成"), first_court))
    if small:
        found.append(CoordinationFactor(msg("商请债权占财产价值的比例较小"), first_court))
    return found

"""The law of objections to reports (V-31, V-32). Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime

from core.errors import RuleViolation
from core.i18n import Message, msg
from valuation.models import ValuationMethod, ValuationState
from valuation.objections.models import (
    ObjectionGround,
    ReportObjectionOutcome,
    ReportObjectionState,
    ReviewVerdict,
)

G = ObjectionGround
S = ReportObjectionState

TO_PANEL = frozenset({G.WRONG_BASICS, G.EXCESS_OR_OMISSION, G.NO_QUALIFICATION, G.GRAVE_PROCEDURE})
"""Type 1 (art. 22): handled as an objection against an act of enforcement."""
TO_FIRM = frozenset({G.STANDARD, G.METHOD, G.RESULT})
"""Type 2 (art. 23): appraisals only."""
TO_NEXT_FIRM = frozenset({G.NO_QUALIFICATION, G.GRAVE_PROCEDURE})
"""Founded, another firm begins anew; these are decided before everything else."""

SEND_DAYS = 3
ANSWER_DAYS = 5

GROUND_LABELS: dict[ObjectionGround, Message] = {
    G.WRONG_BASICS: msg("财产基本信息错误"),
    G.EXCESS_OR_OMISSION: msg("超出财产范围或者遗漏财产"),
    G.NO_QUALIFICATION: msg("评估机构或者评估人员不具备资质"),
    G.GRAVE_PROCEDURE: msg("评估、询价程序严重违法"),
    G.STANDARD: msg("参照标准不当"),
    G.METHOD: msg("计算方法不当"),
    G.RESULT: msg("评估结果不当"),
}
STATE_LABELS: dict[ReportObjectionState, Message] = {
    S.RULING: msg("执行裁判部门审查中"),
    S.SENDING: msg("待送交评估机构"),
    S.ANSWERING: msg("等待评估机构说明"),
    S.ANSWERED: msg("评估机构已说明，等待异议人答复"),
    S.REVIEW: msg("专业技术评审中"),
    S.CLOSED: msg("已办结"),
}
OUTCOME_LABELS: dict[ReportObjectionOutcome, Message] = {
    ReportObjectionOutcome.FOUNDED: msg("异议成立"),
    ReportObjectionOutcome.DISMISSED: msg("异议不成立"),
    ReportObjectionOutcome.NOT_ACCEPTED: msg("不予受理"),
    ReportObjectionOutcome.EXPLAINED: msg("评估机构已说明，异议人没有再提出不同意见"),
    ReportObjectionOutcome.CORRECTED: msg("报告已更正"),
    ReportObjectionOutcome.WITHDRAWN: msg("异议人撤回"),
    ReportObjectionOutcome.SUPERSEDED: msg("报告已不再采用"),
}
VERDICT_LABELS: dict[ReviewVerdict, Message] = {
    ReviewVerdict.UPHELD: msg("评估报告成立"),
    ReviewVerdict.OTHER_PRICE: msg("以评审结论确定的价格为准"),
    ReviewVerdict.FIRM_CORRECTS: msg("由评估机构按评审结论更正"),
}

SUPERVISION = msg(
    "有证据证明当事人议价存在欺诈、胁迫，恶意串通，定向询价结果虚假，或者网络询价、委托评估处理结果错误的，"
    "可以在发布一拍公告前向法院提出，按照执行监督程序处理。"
)


def check_method(method: ValuationMethod) -> None:
    """Against an agreed price or a directed inquiry there is no objection (V-32). Raises `RuleViolation`."""
    if method in (ValuationMethod.AGREEMENT, ValuationMethod.DIRECTED_INQUIRY):
        raise RuleViolation("V-32", msg("对当事人议价和定向询价的结果不能提出异议。"), remedy=SUPERVISION)


def check_grounds(method: ValuationMethod, grounds: Collection[ObjectionGround]) -> None:
    """Method and result are objected to against an appraisal only (V-31). Raises `RuleViolation`."""
    if method is not ValuationMethod.APPRAISAL and not TO_FIRM.isdisjoint(grounds):
        raise RuleViolation(
            "V-31",
            msg("对网络询价报告只能就基本信息、范围、资质和程序提出异议；参照标准、计算方法和结果不在此列。"),
        )


def check_window(*, now: datetime, window_ends_at: datetime | None, is_fixed: bool) -> None:
    """In the person's own five days (V-31); at the very end it is late (V-32). Raises `RuleViolation`."""
    if window_ends_at is None:
        raise RuleViolation("V-31", msg("评估结果还没有送达您，送达后五日内可以提出异议。"))
    if now >= window_ends_at or is_fixed:
        raise RuleViolation("V-32", msg("异议期已经届满，逾期提出的异议不予受理。"), remedy=SUPERVISION)


def refuse_second(outcome: ReportObjectionOutcome | None) -> RuleViolation:
    """The refusal of a second objection by the same person against the same result (V-32)."""
    if outcome is ReportObjectionOutcome.WITHDRAWN:
        return RuleViolation("V-32", msg("您已经撤回对该结果的异议，不能再次提出。"))
    if outcome is None:
        return RuleViolation("V-32", msg("您对该结果的异议正在处理，不能重复提出。"))
    return RuleViolation(
        "V-32", msg("您对该结果的异议已经办结；对补正、说明和评审结论不能再提出异议。"), remedy=SUPERVISION
    )


def first_state(grounds: Collection[ObjectionGround]) -> ReportObjectionState:
    """Where an objection goes first: what concerns the panel is decided before what the firm answers (V-31)."""
    return S.SENDING if TO_PANEL.isdisjoint(grounds) else S.RULING


def state_of_valuation(open_states: Sequence[ReportObjectionState], *, all_received: bool) -> ValuationState:
    """Where a served result stands: with the panel, the association, the firm, in the windows, or still on its way (§11.2)."""
    if S.RULING in open_states:
        return ValuationState.OBJECTION_T1
    if S.REVIEW in open_states:
        return ValuationState.EXPERT_REVIEW
    if open_states:
        return ValuationState.OBJECTION_T2
    return ValuationState.OBJECTION_WINDOW if all_received else ValuationState.SERVING


def needs_next_firm(grounds: Collection[ObjectionGround]) -> bool:
    """Whether a founded objection takes the work from the firm (V-31)."""
    return not TO_NEXT_FIRM.isdisjoint(grounds)


def check_verdict(verdict: ReviewVerdict, price_fen: int | None, *, most_fen: int) -> Message | None:
    """What is wrong with the price of a review's conclusion, or None."""
    if (verdict is ReviewVerdict.OTHER_PRICE) != (price_fen is not None):
        return msg("评审结论另行确定价格的须填写价格，其他结论不填。")
    if price_fen is not None and not 0 < price_fen <= most_fen:
        return msg("价格须大于 0，且不超过一万亿元。")
    return None

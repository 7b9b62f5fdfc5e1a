"""When a price may be set without a valuation (V-03, V-04). Pure; money in fen."""

from collections.abc import Collection

from core.errors import RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetKind
from disposal_teams.cases.models import PartyRole
from valuation.models import ValuationMethod, ValuationState
from valuation.unvalued.models import UnvaluedGround

G = UnvaluedGround

GROUND_LABELS: dict[UnvaluedGround, Message] = {
    G.LOW_VALUE: msg("财产价值较低"),
    G.EASILY_PRICED: msg("价格依照通常方法容易确定"),
    G.ALL_ASK: msg("双方当事人及其他执行债权人申请不进行评估"),
    G.CANNOT_APPRAISE: msg("股权按现有材料无法出具评估报告"),
}
MARKET_GROUNDS = (G.LOW_VALUE, G.EASILY_PRICED, G.ALL_ASK)

MUST_ASK = frozenset(
    {PartyRole.APPLICANT, PartyRole.DEBTOR, PartyRole.WAITING_SEAL_CREDITOR, PartyRole.PRIORITY_CREDITOR}
)
"""Whose request the third ground needs: both parties and every other creditor of the case (V-04)."""


def check_market_price(
    kind: AssetKind,
    ground: UnvaluedGround,
    *,
    price_fen: int,
    low_value_fen: int,
    missing: Collection[str] = (),
) -> None:
    """Raise `RuleViolation` unless the market price may stand without a valuation (V-04).

    `missing`: names of those who have to ask and did not; `low_value_fen`: up to where value is low. Shares always go through
    a valuation (V-03).
    """
    if ground not in MARKET_GROUNDS:
        raise RuleViolation("V-04", msg("该事由不能用于不进行评估。"))
    if kind is AssetKind.SHARES:
        raise RuleViolation("V-03", msg("股权必须依照规定的程序确定处置参考价，不能直接参照市价。"))
    if ground is G.LOW_VALUE and price_fen > low_value_fen:
        raise RuleViolation(
            "V-04",
            msg("价格超过 {yuan} 元，不属于价值较低的财产。", yuan=f"{low_value_fen // 100:,}"),
            remedy=msg("请选择其他事由，或者启动确定参考价。"),
        )
    if ground is G.ALL_ASK and missing:
        raise RuleViolation("V-04", msg("还有人没有申请不进行评估：{names}。", names="、".join(missing)))


def check_above_costs(
    kind: AssetKind, method: ValuationMethod, state: ValuationState, *, is_worthless: bool
) -> None:
    """Raise `RuleViolation` unless shares may start a little above the costs (V-03): an appraisal is under way, the firm cannot
    work even with what there is, and they are not clearly worthless."""
    if kind is not AssetKind.SHARES:
        raise RuleViolation("V-03", msg("只有股权可以在无法评估时按适当高于执行费用的金额确定起拍价。"))
    if method is not ValuationMethod.APPRAISAL or state is not ValuationState.APPRAISING:
        raise RuleViolation("V-03", msg("须先委托评估，评估机构按现有材料仍无法出具报告的才能适用。"))
    if is_worthless:
        raise RuleViolation("V-03", msg("股权所在公司经营严重异常、股权明显没有价值的，不能处置。"))


def above_costs_problem(price_fen: int, *, costs_fen: int, most_percent: int) -> Message | None:
    """What is wrong with a price that is to lie a little above the costs (V-03), or None."""
    if costs_fen <= 0:
        return msg("执行费用须大于 0。")
    if price_fen <= costs_fen:
        return msg("起拍价须高于执行费用。")
    if price_fen * 100 > costs_fen * (100 + most_percent):
        return msg("起拍价只能适当高于执行费用，不超过执行费用的 {percent}%。", percent=100 + most_percent)
    return None

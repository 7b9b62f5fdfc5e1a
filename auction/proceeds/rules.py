"""The way of the money (§11.5), what a cost must say, and who may be paid where (M-04, M-05, P-05). Pure."""

import re
from collections.abc import Collection
from datetime import datetime

from auction.proceeds.models import ProceedsState
from auction.proceeds.plan.divide import CostKind, Rank, Sharing
from core.errors import RuleViolation
from core.i18n import Message, msg

S = ProceedsState

TRANSITIONS: dict[ProceedsState, frozenset[ProceedsState]] = {
    S.MONEY_ARRIVED: frozenset({S.COSTED, S.REVOKED}),
    S.COSTED: frozenset({S.MONEY_ARRIVED, S.PLAN_DRAFT, S.REVOKED}),
    S.PLAN_DRAFT: frozenset({S.COSTED, S.PLAN_SERVED, S.PLAN_FINAL, S.REVOKED}),
    S.PLAN_SERVED: frozenset({S.PLAN_FINAL, S.REVOKED}),
    S.PLAN_FINAL: frozenset({S.PAID_OUT, S.REVOKED}),
    S.PAID_OUT: frozenset({S.PLAN_FINAL, S.SETTLED, S.REVOKED}),
    S.SETTLED: frozenset({S.REVOKED}),
    S.REVOKED: frozenset(),
}
"""§11.5. A reserve that is released brings a file that is paid out back to payments that are still to be made (D-11)."""

STATE_LABELS: dict[ProceedsState, str] = {
    S.MONEY_ARRIVED: "案款到账",
    S.COSTED: "费用已核定",
    S.PLAN_DRAFT: "分配方案待批准",
    S.PLAN_SERVED: "方案已送达，异议期内",
    S.PLAN_FINAL: "方案确定，待发放",
    S.PAID_OUT: "已发放",
    S.SETTLED: "账户结清",
    S.REVOKED: "成交撤销",
}
STEPS = (S.MONEY_ARRIVED, S.COSTED, S.PLAN_DRAFT, S.PLAN_SERVED, S.PLAN_FINAL, S.PAID_OUT, S.SETTLED)

COST_LABELS: dict[CostKind, str] = {
    CostKind.TAX: "转让方税费",
    CostKind.COST: "处置费用",
    CostKind.FEE: "申请执行费",
    CostKind.RENT: "预留住房租金",
}
RANK_LABELS: dict[Rank, str] = {
    Rank.MEDICAL: "人身损害医疗费用",
    Rank.HOME_BUYER: "商品房消费者",
    Rank.CONSTRUCTION: "建设工程价款优先权",
    Rank.SECURED: "担保物权",
    Rank.TAX: "税收债权",
    Rank.VICTIM: "刑事被害人退赔",
    Rank.ORDINARY: "普通债权",
    Rank.FINE: "罚金",
    Rank.CONFISCATION: "没收财产",
}
LEVEL_LABELS: dict[str, str] = {
    **{str(kind): label for kind, label in COST_LABELS.items()},
    **{str(rank): label for rank, label in RANK_LABELS.items()},
    "old_tax": "抵押设定前的税收",
    "bonus": "首封债权人适当多分",
    "doubled": "加倍迟延履行利息",
}
"""What each step of a division is called. `tax` is a cost and a rank; both are taxes."""
LEVEL_RULES: dict[str, str] = {
    "tax": "D-01", "cost": "D-01", "fee": "M-09", "rent": "A-08", "medical": "D-05", "home_buyer": "D-02",
    "construction": "D-02", "secured": "D-02", "old_tax": "D-02", "victim": "D-05", "ordinary": "D-03", "bonus": "D-04",
    "doubled": "M-10", "fine": "D-05", "confiscation": "D-05",
}  # fmt: skip
SHARING_LABELS: dict[Sharing, str] = {
    Sharing.PRO_RATA: "按债权比例",
    Sharing.BY_SEAL: "按查封先后顺序",
}


def check_transition(current: ProceedsState, wanted: ProceedsState) -> None:
    """Raise `RuleViolation` when §11.5 has no way from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "§11.5",
            msg(
                "案款目前处于“{current}”，不能转为“{wanted}”。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


def check_state(current: ProceedsState, allowed: Collection[ProceedsState]) -> None:
    """Raise `RuleViolation` when this is not done in the present state."""
    if current not in allowed:
        raise RuleViolation(
            "§11.5", msg("案款目前处于“{current}”，不能办理此事项。", current=msg(STATE_LABELS[current]))
        )


def usual_sharing(*, debtor_is_company: bool) -> Sharing:
    """How ordinary creditors share where nothing else is decided (D-03)."""
    return Sharing.BY_SEAL if debtor_is_company else Sharing.PRO_RATA


def sharing_problem(sharing: Sharing, *, debtor_is_company: bool, reason: str) -> Message | None:
    """What the choice still lacks: a company's creditors share by seal only after bankruptcy was refused, and every other
    departure needs its reason (D-03)."""
    if reason:
        return None
    if debtor_is_company and sharing is Sharing.BY_SEAL:
        return msg("被执行人是企业法人：请写明征询移送破产审查的结果（均不同意，或者不予受理）。")
    if sharing is not usual_sharing(debtor_is_company=debtor_is_company):
        return msg("与通常的分配方式不同，请写明理由。")
    return None


def is_simple(claims: int, *, reserved: bool) -> bool:
    """One creditor and nothing reserved: paid without a plan that is served (§11.5)."""
    return claims <= 1 and not reserved


def check_two_persons(first: object, second: object, *, rule: str = "P-05") -> None:
    """Raise `RuleViolation` when the one who prepared it also decides it."""
    if first is not None and first == second:
        raise RuleViolation(rule, msg("经办人不能批准自己提出的事项，请由另一人办理。"))


def check_owned(ruling_served_at: datetime | None) -> None:
    """Nothing is paid before the ruling has passed ownership (B-71, §11.5). Raises `RuleViolation`."""
    if ruling_served_at is None:
        raise RuleViolation(
            "B-71",
            msg("成交（抵债）裁定尚未送达，不能发放案款。"),
            remedy=msg("请先送达裁定，再办理发放。"),
        )


def account_problem(*, payee: str, holder: str, number: str, bank: str) -> Message | None:
    """Why money is not paid to this account: it is the payee's own, at a named bank, with a number of digits (M-03)."""
    if _plain(holder) != _plain(payee):
        return msg("账户户名与收款人“{payee}”不一致，须提供本人账户。", payee=payee)
    if not re.fullmatch(r"[0-9]{8,30}", number):
        return msg("账号应为 8 至 30 位数字。")
    return None if bank else msg("请填写开户行。")


def _plain(name: str) -> str:
    return re.sub(r"[\s（）()]", "", name)

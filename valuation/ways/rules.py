"""Which way to the reference price is open now (V-02), and which is sensible (V-38). Pure."""

from collections.abc import Collection

import msgspec

from core.errors import RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetKind
from valuation.models import ValuationMethod

M = ValuationMethod

ORDER: tuple[ValuationMethod, ...] = (M.AGREEMENT, M.DIRECTED_INQUIRY, M.ONLINE_INQUIRY, M.APPRAISAL)
"""The order of the law: a later way is open when each earlier one has failed, cannot be gone, or may be jumped over."""

METHOD_LABELS: dict[ValuationMethod, Message] = {
    M.AGREEMENT: msg("当事人议价"),
    M.DIRECTED_INQUIRY: msg("定向询价"),
    M.ONLINE_INQUIRY: msg("网络询价"),
    M.APPRAISAL: msg("委托评估"),
    M.MARKET_PRICE: msg("参照市价"),
    M.ABOVE_COSTS: msg("适当高于执行费用"),
}


class WayFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the court has found about the ways (V-02). Kept with each step, since the choice rests on it.

    `both_ask_for`: ways that both parties ask for, which lets the earlier ones be jumped over.
    """

    party_refuses_agreement: bool = False
    party_missing: bool = False
    base_price_exists: bool = False
    needs_inspection: bool = False
    market_data_exists: bool = True
    law_demands_appraisal: bool = False
    both_ask_for: tuple[ValuationMethod, ...] = ()


def closed_because(way: ValuationMethod, facts: WayFacts) -> Message | None:
    """Why this way cannot be gone on these facts, or None."""
    asked = way in facts.both_ask_for
    match way:
        case M.AGREEMENT:
            if facts.party_missing:
                return msg("有当事人下落不明，不能议价。")
            return msg("有当事人拒绝议价。") if facts.party_refuses_agreement else None
        case M.DIRECTED_INQUIRY:
            if facts.law_demands_appraisal:
                return msg("法律规定该财产必须委托评估。")
            if facts.base_price_exists or asked:
                return None
            return msg("该财产没有计税基准价、政府定价或者政府指导价。")
        case M.ONLINE_INQUIRY:
            if facts.law_demands_appraisal:
                return msg("法律规定该财产必须委托评估。")
            if facts.needs_inspection and not asked:
                return msg("需要现场勘验或者专业鉴定，不宜网络询价。")
            return None if facts.market_data_exists or asked else msg("不具备网络询价的条件。")
        case M.APPRAISAL | M.MARKET_PRICE | M.ABOVE_COSTS:
            return None


COMPLEX_KINDS = frozenset({AssetKind.SHARES, AssetKind.LAND, AssetKind.OTHER_RIGHT})
"""Kinds for which platforms have few comparable sales."""


def advice(
    way: ValuationMethod, kind: AssetKind, *, expected_fen: int | None, dear_fen: int
) -> Message | None:
    """Why an online inquiry that the law opens is not sensible (V-38): complex or dear property is better appraised.

    `expected_fen`: what the asset may fetch, where that is known; `dear_fen`: from which amount on it is dear (setting). The
    court decides: answering that expert work is needed closes the online inquiry.
    """
    if way is not M.ONLINE_INQUIRY:
        return None
    if kind in COMPLEX_KINDS:
        return msg(
            "该类财产情况复杂、可比交易少，建议委托评估；确需专业判断的，请勾选“需要现场勘验或者专业鉴定”。"
        )
    if expected_fen is not None and expected_fen >= dear_fen:
        return msg(
            "该财产预计价值 {yuan} 元以上，价值较高，建议委托评估；确需专业判断的，请勾选“需要现场勘验或者专业鉴定”。",
            yuan=f"{dear_fen // 100:,}",
        )
    return None


def may_jump_to(way: ValuationMethod, facts: WayFacts) -> bool:
    """Whether this way may be taken before the earlier ones: both parties ask, or the law demands an appraisal."""
    return way in facts.both_ask_for or (way is M.APPRAISAL and facts.law_demands_appraisal)


def _passed(failed: Collection[ValuationMethod]) -> frozenset[ValuationMethod]:
    """The ways that lie behind: those that failed, and what was jumped over on the way to them. There is no way back."""
    return frozenset(ORDER[: max((ORDER.index(way) + 1 for way in failed if way in ORDER), default=0)])


def next_way(facts: WayFacts, failed: Collection[ValuationMethod]) -> ValuationMethod:
    """The way to go now: one that may be jumped to, else the first that is open and has not failed; at last an appraisal."""
    passed = _passed(failed)
    wanted = [way for way in ORDER if way not in passed and closed_because(way, facts) is None]
    jumps = [way for way in wanted if may_jump_to(way, facts)]
    return (jumps or wanted or [M.APPRAISAL])[0]


def check_way(way: ValuationMethod, facts: WayFacts, failed: Collection[ValuationMethod]) -> None:
    """Raise `RuleViolation` (V-02) unless this way may be gone now.

    `failed`: the ways that ended without a price. What is priced without a valuation (V-03, V-04) has rules of its own.
    """
    if way not in ORDER:
        return
    if way in _passed(failed) and way is not M.APPRAISAL:
        raise RuleViolation(
            "V-02", msg("“{way}”已经进行过或者已经越过，不能再回到该方式。", way=METHOD_LABELS[way])
        )
    if (reason := closed_because(way, facts)) is not None:
        raise RuleViolation("V-02", reason)
    if may_jump_to(way, facts):
        return
    passed = _passed(failed)
    for earlier in ORDER[: ORDER.index(way)]:
        if earlier not in passed and closed_because(earlier, facts) is None:
            raise RuleViolation(
                "V-02",
                msg("应当先进行“{way}”。", way=METHOD_LABELS[earlier]),
                remedy=msg("双方当事人一致请求直接采用该方式的，请登记其请求后再办理。"),
            )

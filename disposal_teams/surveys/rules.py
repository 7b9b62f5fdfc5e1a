"""Judgements that rest on the survey: leases, the only home, no surplus, excess (A-08, A-15, A-17, A-23, A-24). Pure.

Money in fen.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.i18n import Message, msg
from disposal_teams.assets.models import LeaseStatus, SoleHome

FRESH_DAYS = 90


def is_fresh(surveyed_on: date, on: date, *, days: int = FRESH_DAYS) -> bool:
    """Whether a survey may still be relied on: at most `days` (90) old on that day, and not of the future (A-15)."""
    return timedelta(0) <= on - surveyed_on <= timedelta(days=days)


@dataclass(frozen=True, slots=True)
class LeaseFacts:
    """What the survey found about a lease or habitation right. Days are None when there is none or it is unproven."""

    claimed: bool
    written: bool = False
    contract_on: date | None = None
    possession_since: date | None = None
    lease_until: date | None = None
    sealed_on: date | None = None
    mortgaged_on: date | None = None
    collusive_or_absurd: bool = False
    removed_by_ruling: bool = False
    objection_pending: bool = False


@dataclass(frozen=True, slots=True)
class LeaseVerdict:
    """The verdict. `until` only when honoured; `needs_ruling` when the lease must be removed by ruling before the sale."""

    status: LeaseStatus
    reason: Message
    until: date | None = None
    needs_ruling: bool = False


def judge_lease(facts: LeaseFacts) -> LeaseVerdict:
    """Whether the asset is sold with or without the lease (A-17).

    A written lease with real possession before the seal blocks the hand-over for its term; a collusive or absurd one does
    not. A lease younger than the mortgage must be removed by ruling first. An open objection keeps everything disputed.
    """
    if not facts.claimed:
        return LeaseVerdict(LeaseStatus.NONE, msg("无人主张租赁权或居住权。"))
    if facts.objection_pending:
        return LeaseVerdict(LeaseStatus.DISPUTED, msg("租赁权异议尚在审查，待审查终结后认定。"))
    if facts.removed_by_ruling:
        return LeaseVerdict(LeaseStatus.REMOVED_BY_RULING, msg("已裁定去除租赁权，不带租拍卖。"))
    if facts.collusive_or_absurd:
        return LeaseVerdict(LeaseStatus.NONE, msg("租约系串通或租金明显不合常理，不予保护，不带租拍卖。"))
    if not facts.written or facts.contract_on is None or facts.possession_since is None:
        return LeaseVerdict(LeaseStatus.NONE, msg("没有书面租约或没有实际占有，不能阻止移交，不带租拍卖。"))
    begun_on = max(facts.contract_on, facts.possession_since)
    if facts.sealed_on is not None and begun_on >= facts.sealed_on:
        return LeaseVerdict(LeaseStatus.NONE, msg("租约或占有在查封之后，不能阻止移交，不带租拍卖。"))
    if facts.mortgaged_on is not None and begun_on >= facts.mortgaged_on:
        return LeaseVerdict(
            LeaseStatus.DISPUTED, msg("租赁在抵押之后，须先裁定去除租赁权再拍卖。"), needs_ruling=True
        )
    return LeaseVerdict(
        LeaseStatus.HONOURED, msg("查封（抵押）前已签订书面租约并占有，带租拍卖。"), until=facts.lease_until
    )


MIN_RENT_MONTHS, MAX_RENT_MONTHS = 60, 96
GRACE_MONTHS = 3


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What is known of the debtor's home. `rent_months` is what a creditor agreed to leave out of the proceeds."""

    is_necessary_home: bool
    other_home_in_family: bool = False
    sold_away_after_title: bool = False
    replacement_housing: bool = False
    rent_months: int = 0
    title_orders_delivery: bool = False
    grace_ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class HomeDecision:
    """Whether the home may be auctioned (A-08); `rent_months` enters the distribution plan before the creditors."""

    allowed: bool
    verdict: SoleHome
    reason: Message
    rent_months: int = 0


def judge_sole_home(facts: HomeFacts, *, today: date) -> HomeDecision:
    """The gate of A-08: a necessary home is not auctioned unless another roof is secured."""
    if not facts.is_necessary_home:
        return HomeDecision(True, SoleHome.NO, msg("不是被执行人及其所扶养家属生活所必需的住房。"))
    if facts.title_orders_delivery and (facts.grace_ends_on is None or today <= facts.grace_ends_on):
        return HomeDecision(False, SoleHome.UNKNOWN, msg("判令交付的住房，三个月宽限期未满，暂不能拍卖。"))
    if facts.other_home_in_family or facts.sold_away_after_title:
        return HomeDecision(True, SoleHome.NO, msg("家庭另有可居住房屋，或在执行依据生效后转让了其他房屋。"))
    if facts.replacement_housing:
        return HomeDecision(True, SoleHome.WITH_HOUSING, msg("申请执行人已按当地廉租标准提供住房。"))
    if MIN_RENT_MONTHS <= facts.rent_months <= MAX_RENT_MONTHS:
        return HomeDecision(
            True,
            SoleHome.WITH_RENT_DEDUCTION,
            msg("申请执行人同意从变价款中扣除 {months} 个月当地平均租金。", months=facts.rent_months),
            rent_months=facts.rent_months,
        )
    if facts.rent_months:
        return HomeDecision(
            False, SoleHome.UNKNOWN, msg("租金扣除须为 5 至 8 年（60 至 96 个月），请重新协商。")
        )
    return HomeDecision(
        False, SoleHome.UNKNOWN, msg("唯一住房：须先提供临时住房，或由申请执行人同意扣除 5 至 8 年租金。")
    )


class SurplusOutcome(StrEnum):
    """What the no-surplus test asks for (A-23)."""

    CLEAR = "clear"
    NOT_APPLICABLE = "not_applicable"
    ASK_APPLICANT = "ask_applicant"
    GO_ON_ABOVE = "go_on_above"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class SurplusDecision:
    """`surplus_fen` may be negative. `reserve_above_fen`: the new reserve must be larger than this sum."""

    outcome: SurplusOutcome
    surplus_fen: int
    reserve_above_fen: int | None = None


def judge_surplus(
    *,
    reserve_fen: int,
    prior_claims_fen: int,
    costs_fen: int,
    applicant_ranks_first: bool = False,
    applicant_goes_on: bool | None = None,
) -> SurplusDecision:
    """Whether anything would be left for the applicant (A-23). `applicant_goes_on` is None before he has answered (5 d)."""
    if min(reserve_fen, prior_claims_fen, costs_fen) < 0:
        raise ValueError("sums of money are not negative")
    total = prior_claims_fen + costs_fen
    surplus = reserve_fen - total
    if applicant_ranks_first:
        return SurplusDecision(SurplusOutcome.NOT_APPLICABLE, surplus)
    if surplus > 0:
        return SurplusDecision(SurplusOutcome.CLEAR, surplus)
    if applicant_goes_on is None:
        return SurplusDecision(SurplusOutcome.ASK_APPLICANT, surplus, total)
    if applicant_goes_on:
        return SurplusDecision(SurplusOutcome.GO_ON_ABOVE, surplus, total)
    return SurplusDecision(SurplusOutcome.STOP, surplus)


@dataclass(frozen=True, slots=True)
class ExcessDecision:
    """`stop`: no further asset of the debtor may be sold now. `still_needed_fen` is never negative."""

    stop: bool
    still_needed_fen: int
    reason: Message


def judge_excess(
    *, proceeds_fen: int, debt_fen: int, costs_fen: int, debtor_agrees_to_sell_all: bool = False
) -> ExcessDecision:
    """Stop selling once the proceeds cover debt and costs, unless the debtor agrees to sell all (A-24)."""
    if min(proceeds_fen, debt_fen, costs_fen) < 0:
        raise ValueError("sums of money are not negative")
    needed = max(0, debt_fen + costs_fen - proceeds_fen)
    if needed > 0:
        return ExcessDecision(False, needed, msg("已得价款尚不足以清偿债务和费用，可以继续拍卖。"))
    if debtor_agrees_to_sell_all:
        return ExcessDecision(False, 0, msg("价款已足额，但被执行人同意全部拍卖。"))
    return ExcessDecision(True, 0, msg("已得价款足以清偿债务和费用，应停止拍卖剩余财产。"))


def is_excess_seal(
    *, value_fen: int, other_sealed_value_fen: int, claim_fen: int, costs_fen: int, indivisible: bool
) -> bool:
    """Whether a further seal goes beyond claim and costs (A-06). An indivisible asset may, if nothing else is sealed."""
    if min(value_fen, other_sealed_value_fen, claim_fen, costs_fen) < 0:
        raise ValueError("sums of money are not negative")
    needed = claim_fen + costs_fen
    if other_sealed_value_fen >= needed:
        return True
    return not indivisible and other_sealed_value_fen + value_fen > needed

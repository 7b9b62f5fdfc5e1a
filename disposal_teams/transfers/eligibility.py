"""When one court may ask another for the disposal right, and what it could expect (rulebook §7: T-01, T-02, T-10, T-15, T-16).
Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import RuleViolation
from core.i18n import msg
from disposal_teams.assets.models import SealKind
from disposal_teams.assets.rules import years_later
from disposal_teams.transfers.models import TransferBasis

IDLE_DAYS = 60


ORDER_OF_BASES = (
    TransferBasis.PRIORITY_CLAIM,
    TransferBasis.SAME_CLAIM,
    TransferBasis.ANY_WAITING_COURT,
    TransferBasis.IDLE_PRESERVATION,
)
"""The special rule of the priority claim goes first (T-15); whatever else would do comes in this order."""


def first_eligible_day(
    basis: TransferBasis,
    *,
    first_seal_on: date,
    first_filed_on: date | None,
    disposal_since: date | None = None,
    idle_days: int = IDLE_DAYS,
) -> date:
    """The first day on which the request may be signed: more than `idle_days` (60) after the trigger, so day 61.

    T-01 counts from the first seal; T-10 from the enforcement filing of the first court, or from its seal when it is not in
    enforcement; T-15 asks for more than one year since the preservation seal; T-16 waits for nothing. A court that took the
    disposal right over (`disposal_since`) has its own sixty days, or year.
    """
    trigger = first_seal_on
    if basis is TransferBasis.ANY_WAITING_COURT and first_filed_on is not None:
        trigger = first_filed_on
    trigger = max(trigger, disposal_since or trigger)
    if basis is TransferBasis.SAME_CLAIM:
        return first_seal_on
    if basis is TransferBasis.IDLE_PRESERVATION:
        return years_later(trigger, 1) + timedelta(days=1)
    return trigger + timedelta(days=idle_days + 1)


def answer_days(basis: TransferBasis, *, national: int, province: int) -> int:
    """How long the first court has: fifteen days by the national rule of the priority claim (T-04), five by Jiangsu's (T-11)."""
    return national if basis is TransferBasis.PRIORITY_CLAIM else province


def owed_at_once(basis: TransferBasis, first_seal_kind: SealKind) -> bool:
    """Whether the first court, which only preserves, should hand over at once and has nothing to weigh (T-02, T-16)."""
    return (
        basis in {TransferBasis.PRIORITY_CLAIM, TransferBasis.SAME_CLAIM}
        and first_seal_kind is SealKind.PRESERVATION
    )


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """What the guards look at, on the day of signing. Sums in fen; None where nobody knows yet.

    `same_claim`: both cases enforce, or secure, the same claim (T-16). `bound_until`: the last day of a decision of the
    superior that is still being followed.
    """

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
    same_claim: bool = False
    requester_filed_first: bool = False
    disposal_since: date | None = None
    bound_until: date | None = None
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
    if facts.bound_until is not None and facts.today <= facts.bound_until:
        raise RuleViolation(
            "T-17",
            msg(
                "上级法院已决定由现处置法院在 {day} 前处置，期限届满前不能再商请移送。",
                day=facts.bound_until.isoformat(),
            ),
        )
    _check_standing(basis, facts)
    earliest = eligible_day(basis, facts)
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


def eligible_day(basis: TransferBasis, facts: TransferFacts) -> date:
    """`first_eligible_day` of these facts."""
    return first_eligible_day(
        basis,
        first_seal_on=facts.first_seal_on,
        first_filed_on=facts.first_filed_on,
        disposal_since=facts.disposal_since,
        idle_days=facts.idle_days,
    )


def best_basis(facts: TransferFacts) -> TransferBasis | None:
    """The basis on which the court should ask today, None when no rule lets it (§11.6 ELIGIBLE)."""
    for basis in ORDER_OF_BASES:
        try:
            check_eligible(basis, facts)
        except RuleViolation:
            continue
        return basis
    return None


def _check_standing(basis: TransferBasis, facts: TransferFacts) -> None:
    rule = basis.value
    if basis is TransferBasis.PRIORITY_CLAIM:
        if not facts.right_ranks_before_first:
            raise RuleViolation(rule, msg("本院债权对该财产没有顺位在先的担保物权或优先权。"))
        if not facts.right_confirmed:
            raise RuleViolation(rule, msg("优先债权尚未经生效法律文书确认，请附生效文书后再提出。"))
        return
    if basis is TransferBasis.SAME_CLAIM:
        _check_same_claim(facts)
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


def _check_same_claim(facts: TransferFacts) -> None:
    if not facts.same_claim:
        raise RuleViolation("T-16", msg("两院案件不是同一债权，不适用此规则。请改选其他依据。"))
    if facts.first_seal_kind is not SealKind.PRESERVATION and not facts.requester_filed_first:
        raise RuleViolation("T-16", msg("首封法院立案在先，应由本院撤案并将控制的财产移交首封法院。"))


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

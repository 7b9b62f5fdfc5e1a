"""No surplus, excess, parts and order: what a sale leaves, how much has to be sold, and what comes first. Pure.

Rulebook A-23 (S3 art. 6), A-24 (S3 arts 14, 15), A-25 (S13 art. 13), A-06 (S4 art. 19).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from auction.worth_selling.models import Way, Wish, WishState
from core.errors import RuleViolation
from core.i18n import Message, msg
from core.money import yuan
from disposal_teams.surveys.rules import SurplusDecision, SurplusOutcome, judge_surplus

WAY_LABELS: dict[Way, str] = {
    Way.HOLD_BACK: "暂不处置，其余财产不足清偿时再处置",
    Way.RELEASE: "解除查封",
    Way.PART: "只处置所需的部分",
}

WISH_LABELS: dict[Wish, str] = {
    Wish.TOGETHER: "整体处置（合并为一个标的拍卖）",
    Wish.SEPARATELY: "分割处置（分别拍卖）",
    Wish.IN_ORDER: "分批处置（按顺序拍卖，足够清偿即停止）",
    Wish.ALL: "全部处置（被执行人同意全部拍卖）",
}

WISH_STATE_LABELS: dict[WishState, str] = {
    WishState.FILED: "待答复",
    WishState.ACCEPTED: "已采纳",
    WishState.REFUSED: "未采纳",
    WishState.WITHDRAWN: "已撤回",
}

OUTCOME_LABELS: dict[SurplusOutcome, str] = {
    SurplusOutcome.CLEAR: "有剩余，可以拍卖",
    SurplusOutcome.NOT_APPLICABLE: "申请执行人为第一顺位，无需测算",
    SurplusOutcome.ASK_APPLICANT: "无剩余，须询问申请执行人",
    SurplusOutcome.GO_ON_ABOVE: "申请执行人申请继续，须提高保留价",
    SurplusOutcome.STOP: "申请执行人不申请继续，不得拍卖",
}


class LineKind(StrEnum):
    """What a line of the test is: a claim that ranks before the applicant's, or a cost."""

    PRIORITY = "priority"
    EARLIER_SEAL = "earlier_seal"
    OTHER_PRIOR = "other_prior"
    COST = "cost"
    OTHER_COST = "other_cost"


LINE_LABELS: dict[LineKind, str] = {
    LineKind.PRIORITY: "优先受偿权",
    LineKind.EARLIER_SEAL: "在先查封",
    LineKind.OTHER_PRIOR: "其他优先款项",
    LineKind.COST: "执行费用",
    LineKind.OTHER_COST: "其他费用",
}
PRIOR = frozenset({LineKind.PRIORITY, LineKind.EARLIER_SEAL, LineKind.OTHER_PRIOR})


@dataclass(frozen=True, slots=True)
class Line:
    """One sum in fen that is taken before the applicant is paid."""

    kind: LineKind
    text: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A living seal of an asset as the test sees it. `is_own`: of the case in which the asset is disposed of."""

    position: int
    case_no: str
    creditor: str
    claim_fen: int
    has_priority: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class SurplusFigures:
    """The whole test of an asset. `reserve_fen` is None while there is neither a starting price nor a reference price."""

    reserve_fen: int | None
    lines: tuple[Line, ...]
    applicant_ranks_first: bool

    @property
    def prior_fen(self) -> int:
        """What ranks before the applicant, in fen."""
        return sum(line.amount_fen for line in self.lines if line.kind in PRIOR)

    @property
    def costs_fen(self) -> int:
        """What the enforcement costs, in fen."""
        return sum(line.amount_fen for line in self.lines if line.kind not in PRIOR)


def prior_lines(
    chain: Sequence[ChainLink], priority_parties: Sequence[tuple[str, int]], *, applicants: Sequence[str] = ()
) -> tuple[list[Line], bool]:
    """The claims that rank before the applicant's on one asset, and whether the applicant itself ranks first (A-23).

    Priority rights (a mortgage, a construction price) come before every ordinary claim, earlier seals before later ones. A
    creditor named both in the chain and in the case counts once.
    """
    own = next((link for link in chain if link.is_own), None)
    own_has_priority = own is not None and own.has_priority
    own_position = own.position if own is not None else 0
    lines: list[Line] = []
    named = set(applicants)
    for link in sorted(chain, key=lambda each: each.position):
        if link.is_own or link.claim_fen <= 0:
            continue
        is_earlier = link.position < own_position
        if link.has_priority and (not own_has_priority or is_earlier):
            kind = LineKind.PRIORITY
        elif is_earlier and not own_has_priority:
            kind = LineKind.EARLIER_SEAL
        else:
            continue
        lines.append(Line(kind, f"{link.creditor or link.case_no}", link.claim_fen))
        named.add(link.creditor)
    if not own_has_priority:
        lines += [
            Line(LineKind.PRIORITY, name, fen)
            for name, fen in priority_parties
            if fen > 0 and name not in named
        ]
    return lines, not lines


def surplus_of(
    figures: SurplusFigures, *, goes_on: bool | None, test_first_rank: bool = False
) -> SurplusDecision | None:
    """What the test says (A-23); None while there is no price. The first-ranking applicant is not asked, unless set so."""
    if figures.reserve_fen is None:
        return None
    return judge_surplus(
        reserve_fen=figures.reserve_fen,
        prior_claims_fen=figures.prior_fen,
        costs_fen=figures.costs_fen,
        applicant_ranks_first=figures.applicant_ranks_first and not test_first_rank,
        applicant_goes_on=goes_on,
    )


def surplus_problem(decision: SurplusDecision | None, *, asked: bool) -> Message | None:
    """Why an asset may not be published as the figures stand (A-23), or None."""
    if decision is None or decision.outcome in (SurplusOutcome.CLEAR, SurplusOutcome.NOT_APPLICABLE):
        return None
    if decision.outcome is SurplusOutcome.ASK_APPLICANT:
        if asked:
            return msg("已询问申请执行人，尚未答复是否申请继续拍卖。")
        return msg(
            "起拍价扣除优先债权和费用后没有剩余（差 {yuan} 元），须先询问申请执行人。",
            yuan=yuan(-decision.surplus_fen),
        )
    if decision.outcome is SurplusOutcome.GO_ON_ABOVE:
        return msg(
            "申请执行人申请继续拍卖，起拍价须高于 {yuan} 元。", yuan=yuan(decision.reserve_above_fen or 0)
        )
    return msg("没有剩余，申请执行人也不申请继续，不得拍卖。")


@dataclass(frozen=True, slots=True)
class Held:
    """An asset of a case: what it is worth for the case. Money in fen.

    `value_fen`: the price fetched, the starting price while it is on sale, else the lowest price of a first auction.
    `is_open`: neither sold nor on sale, so that it may still be left out. `units`: of shares.
    """

    asset_id: UUID
    title: str
    value_fen: int
    prior_fen: int
    is_open: bool
    units: int | None = None
    held_back: bool = False

    @property
    def net_fen(self) -> int:
        """What is left of it for the case after prior rights."""
        return max(0, self.value_fen - self.prior_fen)


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """What a case needs and what it holds (A-24). Money in fen."""

    claim_fen: int
    costs_fen: int
    assets: tuple[Held, ...]

    @property
    def needed_fen(self) -> int:
        """Claim and costs."""
        return self.claim_fen + self.costs_fen

    @property
    def held_fen(self) -> int:
        """What its assets bring at least, but those held back."""
        return sum(asset.net_fen for asset in self.assets if not asset.held_back)

    @property
    def excess_fen(self) -> int:
        """What is held beyond need; 0 when nothing is known to be needed."""
        return max(0, self.held_fen - self.needed_fen) if self.claim_fen > 0 else 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be left out of the sale: the whole asset, or all but `units` of its `whole_units` (A-24, A-25)."""

    asset_id: UUID
    way: Way
    units: int | None = None
    whole_units: int | None = None


def proposals(case: CaseFigures) -> list[Proposal]:
    """Which open assets may be left out while what remains still covers claim and costs at the lowest prices.

    The last listed go first, so that an accepted order is kept; of shares that are needed only in part, the part (A-25).
    Nothing more can be left out afterwards.
    """
    spare = case.excess_fen
    found: list[Proposal] = []
    for asset in reversed(case.assets):
        if not asset.is_open or asset.held_back or spare <= 0:
            continue
        if asset.net_fen <= spare:
            if asset.net_fen > 0 or asset.value_fen > 0:
                spare -= asset.net_fen
                found.append(Proposal(asset.asset_id, Way.HOLD_BACK))
        elif asset.units is not None and asset.units > 1:
            units = part_needed(asset.net_fen - spare + asset.prior_fen, asset.value_fen, asset.units)
            if units < asset.units:
                spare -= asset.value_fen - asset.value_fen * units // asset.units
                found.append(Proposal(asset.asset_id, Way.PART, units, asset.units))
    return found


def part_needed(needed_fen: int, value_fen: int, units: int) -> int:
    """The fewest of `units` equal shares worth `value_fen` together that fetch `needed_fen` (A-25); at least one, at most all."""
    if value_fen <= 0 or units <= 0:
        raise ValueError("shares have a value and a number")
    return min(units, max(1, -(-needed_fen * units // value_fen)))


def order_problem(
    asset_id: UUID, order: Sequence[UUID], waiting: Sequence[UUID], *, is_enough: bool
) -> Message | None:
    """Why an asset of an accepted order may not be published now (A-24), or None.

    `waiting`: those of the order that have not had their turn. `is_enough`: what was realised covers claim and costs.
    """
    if asset_id not in order:
        return None
    if is_enough:
        return msg("按顺序处置的财产所得已足以清偿，应停止处置其余财产。")
    before = [each for each in order[: order.index(asset_id)] if each in waiting]
    if before:
        return msg("按已采纳的分批处置申请，排在前面的 {count} 项财产尚未处置完毕。", count=len(before))
    return None


def check_wish(wish: Wish, *, is_debtor: bool, count: int) -> None:
    """Raise `RuleViolation` when this person may not ask for it, or for so few assets (A-24, A-25)."""
    if wish is Wish.ALL and not is_debtor:
        raise RuleViolation("A-25", msg("全部处置须由被执行人书面提出。"))
    if wish is not Wish.ALL and count < 2:
        raise RuleViolation("A-24", msg("请选择两项以上财产。"))


def check_wish_state(current: str, *wanted: WishState) -> None:
    """Raise `RuleViolation` unless the request stands so."""
    if WishState(current) not in wanted:
        raise RuleViolation(
            "A-24",
            msg("该申请目前为“{state}”，不能办理此事项。", state=msg(WISH_STATE_LABELS[WishState(current)])),
        )


def check_decider(entered_by: UUID | None, decider: UUID | None) -> None:
    """Who wrote a paper request down does not answer it (P-05). Raises `RuleViolation`."""
    if entered_by is not None and entered_by == decider:
        raise RuleViolation("P-05", msg("录入申请的人不能决定该申请，请由其他人员办理。"))

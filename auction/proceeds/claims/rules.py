"""Who may join a distribution, until when, and what a claim must say (D-02, D-20, D-21, D-22). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from auction.proceeds.claims.models import ClaimOrigin, ClaimState
from auction.proceeds.plan.divide import SPECIAL, Rank
from core.errors import RuleViolation
from core.i18n import Message, msg
from core.money import LARGEST_FEN

CUTOFFS = ("ruling_served", "plan_served", "bidding_ended")
"""What ends the window, by province; the city's own stands in the settings (D-22)."""
CUTOFF_LABELS: dict[str, str] = {
    "ruling_served": "成交（抵债）裁定送达前",
    "plan_served": "分配方案首次送达前",
    "bidding_ended": "竞价结束前",
}
STATE_LABELS: dict[ClaimState, str] = {
    ClaimState.SUBMITTED: "待审查",
    ClaimState.ADMITTED: "已列入",
    ClaimState.REFUSED: "不予列入",
    ClaimState.PARKED: "逾期，留待下次分配",
    ClaimState.WITHDRAWN: "已撤回",
}
ORIGIN_LABELS: dict[ClaimOrigin, str] = {
    ClaimOrigin.PARTY: "本案当事人",
    ClaimOrigin.SEAL: "查封登记",
    ClaimOrigin.APPLIED: "申请参与分配",
    ClaimOrigin.ENTERED: "承办人录入",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a claim says, as typed. Money in fen."""

    rank: Rank = Rank.ORDINARY
    part_asset_id: UUID | None = None
    since: date | None = None
    is_registered: bool = True
    principal_fen: int = 0
    interest_fen: int = 0
    costs_fen: int = 0
    doubled_fen: int = 0
    has_title: bool = True
    is_confirmed: bool = True
    title_ref: str = ""


def problems(figures: Figures, *, assets: Collection[UUID], today: date) -> dict[str, Message]:
    """What is wrong with the figures, by field."""
    fields: dict[str, Message] = {}
    for name in ("principal", "interest", "costs", "doubled"):
        if not 0 <= getattr(figures, f"{name}_fen") <= LARGEST_FEN:
            fields[name] = msg("金额须为 0 至 10 万亿元。")
    if figures.principal_fen + figures.interest_fen + figures.costs_fen + figures.doubled_fen == 0:
        fields.setdefault("principal", msg("请填写债权金额。"))
    if figures.rank in SPECIAL and figures.part_asset_id not in assets:
        fields["part"] = msg("优先权利须指明所及的财产。")
    if figures.rank is Rank.SECURED and figures.is_registered and figures.since is None:
        fields["since"] = msg("请填写登记（设立）日期。")
    if figures.since is not None and figures.since > today:
        fields["since"] = msg("日期不能晚于今天。")
    return fields


def check_may_join(*, debtor_is_company: bool, has_title: bool, rank: Rank) -> None:
    """Who may join: creditors of a person or other organisation with a title, and secured ones always (D-20).

    Raises `RuleViolation`.
    """
    if rank in SPECIAL:
        return
    if debtor_is_company:
        raise RuleViolation(
            "D-20",
            msg("被执行人是企业法人，普通债权人不适用参与分配。"),
            remedy=msg("可以申请查封，按查封顺序受偿；企业资不抵债的，可以申请移送破产审查。"),
        )
    if not has_title:
        raise RuleViolation(
            "D-20",
            msg("普通债权须已取得执行依据才能参与分配。"),
            remedy=msg("尚在诉讼中的，可以申请保全查封，法院将按顺位预留份额。"),
        )


def window_closed(
    cutoff: str,
    *,
    ruling_served_at: datetime | None,
    plan_served_at: datetime | None,
    bidding_ended_at: datetime | None,
) -> bool:
    """Whether the window to join has ended, by the province's policy (D-22). Before money is there it is open."""
    moment = {
        "ruling_served": ruling_served_at,
        "plan_served": plan_served_at,
        "bidding_ended": bidding_ended_at,
    }[cutoff]
    return moment is not None or plan_served_at is not None


def check_open(state: ClaimState) -> None:
    """Only a request that waits is decided. Raises `RuleViolation`."""
    if state not in (ClaimState.SUBMITTED, ClaimState.PARKED, ClaimState.REFUSED):
        raise RuleViolation("D-20", msg("该项债权已经处理。"))

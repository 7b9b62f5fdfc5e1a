"""Whom a list bars from which sale (B-80, B-81), and what a default means for the next deposit (B-35). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from auction.barred.models import BarKind
from core.errors import RuleViolation
from core.i18n import Message, msg

KIND_LABELS: dict[BarKind, str] = {
    BarKind.COURT_STAFF: "法院工作人员",
    BarKind.STAFF_RELATIVE: "法院工作人员近亲属",
    BarKind.AUXILIARY_STAFF: "拍卖辅助机构人员",
    BarKind.PLATFORM_STAFF: "平台工作人员",
    BarKind.APPRAISER: "评估、询价机构人员",
    BarKind.CASE_CONFLICT: "与案件有利害冲突",
    BarKind.DEFAULTED: "悔拍名单",
}

STAFF_KINDS = frozenset({BarKind.COURT_STAFF, BarKind.STAFF_RELATIVE, BarKind.AUXILIARY_STAFF})
"""Barred by the law from the sales of their own court; by setting from every sale in the city."""


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """The sale somebody wants to bid in. `superior_code` is the court above the one that sells."""

    court_code: str
    superior_code: str | None
    asset_id: UUID
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list that holds the person. `until`: how long a default bars from other sales (B-81)."""

    kind: BarKind
    court_code: str
    asset_id: UUID | None = None
    case_id: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BarPolicy:
    """What the installation settled of B-80 and B-81."""

    staff_city_wide: bool = True
    appraisers: bool = True
    default_scope: str = "asset"


def bars(listed: Iterable[Listed], sale: SaleFacts, policy: BarPolicy, *, now: datetime) -> list[BarKind]:
    """The kinds by which these entries bar from the sale, each once, in the order of `BarKind`."""
    found = {each.kind for each in listed if _bars(each, sale, policy, now)}
    return [kind for kind in BarKind if kind in found]


def _bars(listed: Listed, sale: SaleFacts, policy: BarPolicy, now: datetime) -> bool:
    if listed.kind is BarKind.DEFAULTED:
        return _default_bars(listed, sale, policy, now)
    if listed.kind is BarKind.APPRAISER and not policy.appraisers:
        return False
    if listed.asset_id is not None and listed.asset_id != sale.asset_id:
        return False
    if listed.case_id is not None and listed.case_id != sale.case_id:
        return False
    if listed.kind in STAFF_KINDS and not policy.staff_city_wide:
        return listed.court_code in (sale.court_code, sale.superior_code)
    return True


def _default_bars(listed: Listed, sale: SaleFacts, policy: BarPolicy, now: datetime) -> bool:
    """The re-auction of the asset always (B-34, B-81); other sales only where the policy says so, and for its time."""
    if listed.asset_id == sale.asset_id:
        return True
    if listed.until is None or now >= listed.until:
        return False
    return policy.default_scope == "city" or (
        policy.default_scope == "court" and listed.court_code == sale.court_code
    )


class BarredBidder(RuleViolation):
    """Somebody on a list wants to bid. Whoever catches this notes the hit in a transaction of its own (`note_hits`)."""

    def __init__(self, lot_id: UUID, kinds: list[BarKind], person_match: bytes) -> None:
        rule, message = refusal(kinds[0])
        super().__init__(rule, message)
        self.lot_id = lot_id
        self.kinds = kinds
        self.person_match = person_match


def refusal(kind: BarKind) -> tuple[str, Message]:
    """The rule and the reason, for the person alone."""
    if kind is BarKind.DEFAULTED:
        return "B-81", msg("您曾对该标的物悔拍，不得参加其重新拍卖。")
    if kind is BarKind.APPRAISER:
        return "B-81", msg("参与该标的物评估、询价的机构及其人员不得参加竞买，也不得委托他人竞买。")
    if kind is BarKind.CASE_CONFLICT:
        return "B-82", msg("您与该案存在利害冲突，不得参加竞买。对此有异议的，请向承办法院提出。")
    return "B-80", msg("法院、平台、辅助机构工作人员及其近亲属不得参加竞买，也不得委托他人竞买。")


def deposit_hint(defaults_on_asset: int, *, usual_percent: str, raised_percent: str) -> tuple[str, Message]:
    """The deposit to propose to the panel for the next run, in percent, with the reason (B-30, B-35)."""
    if defaults_on_asset:
        return raised_percent, msg(
            "该标的物已悔拍 {count} 次，建议保证金按起拍价的 {percent}% 确定。",
            count=defaults_on_asset,
            percent=raised_percent,
        )
    return usual_percent, msg("没有悔拍记录，建议保证金按起拍价的 {percent}% 确定。", percent=usual_percent)

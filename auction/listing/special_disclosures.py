"""What a notice must disclose of a house, a vehicle, shares or land beside the general facts (B-15). Data and pure rules.

Each item has a text of its own with where it comes from and of which day it is. The survey proposes it; the officer states it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from auction.listing.disclosure import Fact
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetKind
from disposal_teams.surveys.matrix import EVIDENCE_LABELS
from disposal_teams.surveys.models import EvidenceKind, Survey, SurveyLine

K = AssetKind


@dataclass(frozen=True, slots=True)
class SpecialItem:
    """One item of B-15. `survey`: the lines of the survey that it is proposed from; `dated`: it holds for a day of inquiry."""

    code: str
    label: str
    hint: str
    kind: AssetKind
    survey: tuple[str, ...] = ()
    dated: bool = False
    standard: str = ""
    """What is said where the survey has no such line, because it is so by law."""


SPECIAL_ITEMS: tuple[SpecialItem, ...] = (
    SpecialItem(
        "occupation",
        "占有、租赁和居住权",
        "现由何人占有；租赁、居住权的认定",
        K.REAL_ESTATE,
        ("occupation", "lease"),
    ),
    SpecialItem("arrears", "物业、水、电、燃气欠费", "金额和查询日", K.REAL_ESTATE, ("arrears",), dated=True),
    SpecialItem(
        "household",
        "户口与学位",
        "已知情况；未能查明的写明由竞买人自行核实",
        K.REAL_ESTATE,
        ("household",),
    ),
    SpecialItem("land_nature", "土地性质", "划拨土地写明补缴出让金由谁负担", K.REAL_ESTATE, ("land_nature",)),
    SpecialItem("registered_area", "登记面积", "以登记资料为准；与实测不符的写明", K.REAL_ESTATE, ("title",)),
    SpecialItem(
        "violations", "违章及记分", "未处理的次数、罚款和记分", K.VEHICLE, ("violations",), dated=True
    ),
    SpecialItem("mileage", "行驶里程", "表显里程", K.VEHICLE, ("mileage",)),
    SpecialItem("emission", "排放标准与本地准入", "排放阶段；能否在本市登记", K.VEHICLE, ("emission",)),
    SpecialItem("validity", "年检和保险有效期", "到期日", K.VEHICLE, ("registration",)),
    SpecialItem("keys_papers", "钥匙和随车证件", "有哪些，缺哪些", K.VEHICLE, ("keys_papers",)),
    SpecialItem("missing_parts", "缺失部件", "缺失或损坏的部件；没有的写明", K.VEHICLE, ("missing_parts",)),
    SpecialItem(
        "plate",
        "号牌",
        "号牌不在拍卖范围",
        K.VEHICLE,
        standard="号牌不随车转让，由买受人依法另行申领。",
    ),
    SpecialItem("share_ratio", "持股比例", "占注册资本的比例", K.SHARES, ("share_ratio",)),
    SpecialItem("capital", "认缴、实缴和出资期限", "未缴足的写明金额和期限", K.SHARES, ("capital",)),
    SpecialItem(
        "transfer_limits", "章程限制和审批要求", "章程的限制；须经审批的机关", K.SHARES, ("transfer_limits",)
    ),
    SpecialItem(
        "construction_price",
        "建设工程价款",
        "承包人主张的金额；没有在建工程的写明",
        K.LAND,
        ("construction_price",),
        standard="土地上没有在建工程，未发现建设工程价款主张。",
    ),
    SpecialItem("planning", "规划用途和年限", "用途、使用权类型、剩余年限", K.LAND, ("planning_use",)),
    SpecialItem("idle", "闲置情况", "是否被认定为闲置土地", K.LAND, ("idle_land",)),
    SpecialItem("land_tax", "土地增值税", "由谁负担、如何核定", K.LAND, ("tax_items",)),
)
"""In the order in which the notice reads them."""

SPECIAL_LABELS: dict[str, str] = {item.code: item.label for item in SPECIAL_ITEMS}
"""Their names."""

HINT_LABELS: dict[str, str] = {item.code: item.hint for item in SPECIAL_ITEMS}
"""What each of them tells."""


def special_items(kind: AssetKind) -> tuple[SpecialItem, ...]:
    """The items that an asset of this kind needs."""
    return tuple(item for item in SPECIAL_ITEMS if item.kind is kind)


def propose_special(kind: AssetKind, survey: Survey | None, lines: list[SurveyLine]) -> dict[str, Fact]:
    """The items as the newest survey found them."""
    by_code = {line.item: line for line in lines}
    proposed: dict[str, Fact] = {}
    for item in special_items(kind):
        found = [by_code[code] for code in item.survey if code in by_code]
        if found:
            proposed[item.code] = Fact(
                item=item.label,
                text="；".join(dict.fromkeys(line.finding for line in found)),
                source="；".join(
                    f"{EVIDENCE_LABELS[EvidenceKind(line.evidence_kind)]} {line.evidence_ref}"
                    for line in found
                ),
                as_of=survey.surveyed_on if survey else None,
            )
        elif item.standard:
            proposed[item.code] = Fact(item=item.label, text=item.standard, source="依法说明")
    return proposed


def special_gap(item: SpecialItem, fact: Fact | None, *, on: date, fresh_days: int) -> Message | None:
    """Why an item cannot be published as it stands on a day, or None (B-15, A-15)."""
    if fact is None or not fact.text:
        return msg("尚未披露。")
    if not fact.source:
        return msg("没有写明来源。")
    if fact.as_of is not None and fact.as_of > on:
        return msg("日期 {day} 晚于发布日。", day=fact.as_of.isoformat())
    if item.dated and fact.as_of is None:
        return msg("须注明查询日。")
    if item.dated and fact.as_of is not None and on - fact.as_of > timedelta(days=fresh_days):
        return msg("{day} 查询，已超过 {days} 天，请重新查询。", day=fact.as_of.isoformat(), days=fresh_days)
    return None


def in_order(kind: AssetKind, special: Mapping[str, Fact]) -> list[Fact]:
    """The stated items in the order of the notice."""
    return [special[item.code] for item in special_items(kind) if item.code in special]

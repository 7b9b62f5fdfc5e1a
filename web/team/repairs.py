"""Addresses of the places where a red line of the publish checklist is repaired (§12.3)."""

from auction.listing.publish_facts import ChecklistLine
from auction.listing.repair_places import Place
from core.i18n import Message, msg

ASSET, LOT = "/team/assets/{asset_no}", "/team/lots/{lot_no}"

REPAIRS: dict[Place, tuple[str, Message]] = {
    Place.SEALS: (f"{ASSET}#chain", msg("登记续封")),
    Place.SURVEY: (f"{ASSET}/survey", msg("打开调查表")),
    Place.LEASE: (f"{ASSET}/survey", msg("填写租赁结论")),
    Place.SOLE_HOME: (f"{ASSET}/survey", msg("填写住房查明结果")),
    Place.VALUATION: (f"{ASSET}/valuation", msg("办理参考价")),
    Place.DIRECT_SALE: (f"{ASSET}/direct-sale", msg("决定直接变卖")),
    Place.SELF_SALE: (f"{ASSET}/self-sale", msg("查看和办理")),
    Place.PLATFORM: (f"{ASSET}/platform", msg("登记平台选择")),
    Place.PANEL: (f"{ASSET}/listing#panel", msg("录入合议庭决定")),
    Place.BALANCE_DAYS: (f"{LOT}#balance_due_days", msg("修改尾款期限")),
    Place.STARTS_AT: (f"{LOT}#starts_at", msg("修改开拍时间")),
    Place.ENDS_AT: (f"{LOT}#ends_at", msg("修改结束时间")),
    Place.NOTICES: (f"{LOT}#notes", msg("发出通知、登记签收")),
    Place.TRANSFERS: (ASSET, msg("办理处置权移送")),
    Place.OBJECTIONS: ("/court/objections", msg("查看执行异议")),
    Place.IN_KIND: ("/team/in-kind", msg("查看以物抵债征询")),
    Place.NO_SURPLUS: (f"{LOT}#no_surplus", msg("选择测算结论")),
    Place.EXCESS: (f"{LOT}#excess_checked", msg("确认是否超标的")),
    Place.TAXES: (f"{LOT}/disclosures#taxes", msg("填写税费表")),
    Place.DELIVERY: (f"{LOT}#delivery", msg("填写交付方式")),
    Place.QUALIFICATION: (f"{LOT}#qualification", msg("填写竞买人资格")),
    Place.WARNINGS: (f"{LOT}#warning_{{code}}", msg("勾选特别提示")),
    Place.SPECIAL: (f"{LOT}/disclosures#special_{{code}}", msg("补充披露")),
    Place.FACTS: (f"{LOT}/disclosures#facts", msg("从调查表取得现状材料")),
    Place.TITLE: (f"{LOT}#title", msg("填写名称")),
    Place.ENFORCEMENT_TITLE: (f"{LOT}#enforcement_title", msg("填写执行依据")),
    Place.PRICING_BASIS: (f"{LOT}#pricing_basis", msg("填写定价依据")),
    Place.PRIORITY: (f"{LOT}#priority_statement", msg("填写优先购买权")),
    Place.PAYMENT: (f"{LOT}#payment_ways", msg("填写付款方式")),
    Place.CONTACT: (f"{LOT}#contact", msg("填写联系方式")),
    Place.OTHER: (f"{LOT}#other", msg("填写其他事项")),
}
"""For each place its address and what the link says."""


def repair_of(line: ChecklistLine, *, lot_no: str, asset_no: str) -> tuple[str, Message]:
    """Where the line is repaired, and the words of the link. Pure."""
    address, words = REPAIRS[line.place]
    code = line.id.partition(".")[2]
    return address.format(asset_no=asset_no, lot_no=lot_no, code=code), words

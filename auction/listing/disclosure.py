"""What a notice discloses, as structured facts (B-11…B-15, B-90). Pure: texts, and what is still missing.

Kept in `Lot.disclosure` as JSON in the shape of `Disclosure`. Texts are Chinese court language; they are content of the
notice, not interface, so they are not translated.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

MOST_FACTS = 60


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One stated fact with where it comes from and of which day it is."""

    item: str
    text: str
    source: str = ""
    as_of: date | None = None


class Tax(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the tax table (B-90). `rate_bp` in 1/100 percent of the price; None where it depends on facts."""

    name: str
    payer: str
    basis: str = ""
    rate_bp: int | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """The delivery statement: who clears and hands over, and by when (B-72)."""

    vacated_by: str
    within_days: int
    text: str


class Viewing(msgspec.Struct, frozen=True, kw_only=True):
    """When and through whom the asset may be seen."""

    text: str = ""
    contact: str = ""
    phone: str = ""


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """The notice that this one takes the place of after a material change: which facts changed, and why (B-16)."""

    lot_no: str
    changed: list[str]
    reason: str


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a notice discloses beside the figures. Complete disclosure is what lets the notice disclaim defects (B-14).

    `special` by the codes of B-15; `warning_notes` what a warning says of this asset in particular, by its code (B-13).
    """

    facts: list[Fact] = []
    special: dict[str, Fact] = {}
    taxes: list[Tax] = []
    delivery: Delivery | None = None
    viewing: Viewing | None = None
    qualification: str = ""
    enforcement_title: str = ""
    pricing_basis: str = ""
    priority_statement: str = ""
    notification_statement: str = ""
    payment_ways: str = ""
    contact: str = ""
    other: str = ""
    warnings: list[str] = []
    warning_notes: dict[str, str] = {}
    no_surplus: str = ""
    excess_checked: bool = False
    restored: str = ""
    replaces: Replaced | None = None


def read_disclosure(stored: Mapping[str, Any]) -> Disclosure:
    """The disclosure kept with a lot; fields of other shapes are left out rather than failing a public page."""
    try:
        return msgspec.convert(dict(stored), Disclosure, strict=False)
    except msgspec.ValidationError:
        return Disclosure()


def to_stored(disclosure: Disclosure) -> dict[str, Any]:
    """The JSON value to keep with the lot."""
    stored: dict[str, Any] = msgspec.to_builtins(disclosure)
    return stored


SPECIAL_WARNINGS: dict[str, str] = {
    "capacity": "竞买人应当具备完全民事行为能力；法律法规对买受人资格另有规定的，竞买人还应当符合该规定。",
    "agent": "委托他人代为竞买的，应当在竞价开始前向本院办理委托手续，经本院确认后代理人方可参加竞买。",
    "defects": "标的物已知的瑕疵和权利负担见本页披露事项，请逐项阅读。",
    "as_is": "标的物按现状拍卖，竞买人可以在公示的看样时间实地查看，请亲自核实。",
    "deemed_informed": "竞买人参加竞买即视为已了解标的物现状，接受其已知和未知的瑕疵。",
    "real_name": "成交后平台公示的成交确认书载有买受人的真实身份。",
    "default": "买受人悔拍的，保证金不予退还，并依法处理。",
}
"""The seven special warnings of B-13, by code."""

WARNING_LABELS: dict[str, str] = {
    "capacity": "行为能力和特别资格",
    "agent": "代理须在竞价开始前经法院确认",
    "defects": "已知瑕疵和权利负担",
    "as_is": "按现状拍卖、可以看样",
    "deemed_informed": "视为已了解并接受瑕疵",
    "real_name": "成交确认书公示真实身份",
    "default": "悔拍不退保证金",
}
"""What each of them is about."""

PUBLICITY_LABELS: dict[str, str] = {
    "notice": "拍卖公告",
    "enforcement_title": "执行依据",
    "pricing_basis": "评估报告或定价依据",
    "time_price_rules": "拍卖时间、起拍价和竞价规则",
    "asset_materials": "权属、占有使用、附随义务等现状材料",
    "priority": "优先购买权人及权利性质",
    "notification": "当事人和优先购买权人的通知情况",
    "payment": "付款方式和账户",
    "taxes": "税费种类及负担",
    "contact": "法院联系方式和监督渠道",
    "other": "其他应当公示的内容",
}
"""The eleven items of publicity of B-12, by code."""

NO_SURPLUS_ANSWERS: dict[str, str] = {
    "surplus": "拍卖所得足以清偿优先债权和费用后仍有剩余",
    "first_rank": "申请执行人为第一顺位债权人，无需测算",
    "applicant_insists": "申请执行人收到无益拍卖通知后申请继续拍卖",
}
"""How the question of a sale without surplus was answered (A-23)."""

DELIVERY_WAYS: dict[str, str] = {
    "court": "本院负责腾退并交付",
    "vacant": "标的物已腾空，由本院交付",
    "lease": "带租交付，租赁合同对买受人继续有效",
    "buyer": "由买受人到存放地提取，本院协助",
}


STANDARD_OTHER = "本公告未尽事项以竞买须知为准。"


def warning_texts(disclosure: Disclosure) -> list[str]:
    """The special warnings as the notice prints them: the words of the law, then what they mean for this asset."""
    return [
        text + disclosure.warning_notes.get(code, "")
        for code, text in SPECIAL_WARNINGS.items()
        if code in disclosure.warnings
    ]


SELLER_TAXES = ("增值税", "所得税", "印花税（卖方）")
"""Taxes that the law lays on the seller: no notice may make the buyer bear them (B-90)."""


def is_shifted(tax: Tax) -> bool:
    """Whether the table makes the buyer bear a tax of the seller's (B-90)."""
    return tax.payer.startswith("买受人") and any(name in tax.name for name in SELLER_TAXES)


USUAL_TAXES: dict[str, list[Tax]] = {
    "real_estate": [
        Tax(name="契税", payer="买受人", basis="成交价；首套住房等优惠以税务机关核定为准", rate_bp=300),
        Tax(name="印花税（买方）", payer="买受人", basis="成交价；个人买卖住房免征", rate_bp=5),
        Tax(
            name="增值税及附加", payer="被执行人（从案款中扣缴）", basis="按取得年限和房屋性质由税务机关核定"
        ),
        Tax(name="个人所得税或企业所得税", payer="被执行人（从案款中扣缴）", basis="由税务机关核定"),
        Tax(name="土地增值税", payer="被执行人（从案款中扣缴）", basis="非住房由税务机关核定"),
    ],
    "land": [
        Tax(name="契税", payer="买受人", basis="成交价", rate_bp=300),
        Tax(name="印花税（买方）", payer="买受人", basis="成交价", rate_bp=5),
        Tax(name="土地增值税", payer="被执行人（从案款中扣缴）", basis="由税务机关核定"),
        Tax(name="增值税及附加", payer="被执行人（从案款中扣缴）", basis="由税务机关核定"),
    ],
    "vehicle": [
        Tax(name="车辆购置税", payer="买受人", basis="二手车过户一般不再征收；未缴过的按税务机关核定"),
        Tax(name="过户登记费", payer="买受人", basis="按车辆管理部门标准"),
    ],
    "shares": [
        Tax(name="印花税（买方）", payer="买受人", basis="成交价", rate_bp=5),
        Tax(name="印花税（卖方）", payer="被执行人（从案款中扣缴）", basis="成交价", rate_bp=5),
        Tax(name="所得税", payer="被执行人（从案款中扣缴）", basis="由税务机关核定"),
    ],
    "goods": [Tax(name="增值税", payer="被执行人（从案款中扣缴）", basis="依被执行人身份由税务机关核定")],
    "other_right": [
        Tax(name="印花税（买方）", payer="买受人", basis="按权利性质由税务机关核定", rate_bp=5),
        Tax(name="增值税、所得税", payer="被执行人（从案款中扣缴）", basis="由税务机关核定"),
    ],
}
"""Usual tax table per kind of asset: borne by whom the tax laws name (B-90). The officer checks it per lot."""


def buyer_tax_estimate_fen(disclosure: Disclosure, price_fen: int) -> int:
    """What the taxes with a known rate would cost the buyer at this price, in fen, rounded half up."""
    rate = sum(tax.rate_bp or 0 for tax in disclosure.taxes if tax.payer == "买受人")
    return (price_fen * rate + 5_000) // 10_000

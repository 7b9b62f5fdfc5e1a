"""The eleven items of publicity, each with what it says, where that comes from, and whether it is there (B-12). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auction.listing import rules
from auction.listing.disclosure import PUBLICITY_LABELS, STANDARD_OTHER, Disclosure
from auction.listing.models import Round
from core.money import yuan


@dataclass(frozen=True, slots=True)
class Publicised:
    """What the items say beside the disclosure. Money in fen; `account` empty while the court has none."""

    title: str
    round: Round
    starts_at: datetime | None
    ends_at: datetime | None
    starting_price_fen: int
    increment_fen: int
    survey_lines: int
    account: str
    photos: int = 0


@dataclass(frozen=True, slots=True)
class PublicityItem:
    """One item: its code, what the notice says, and the record that it is taken from."""

    code: str
    text: str
    source: str

    @property
    def label(self) -> str:
        """The item's name."""
        return PUBLICITY_LABELS[self.code]

    @property
    def ok(self) -> bool:
        """Whether there is something to show."""
        return bool(self.text)


def publicity_items(disclosure: Disclosure, known: Publicised) -> list[PublicityItem]:
    """The eleven items in the order of the law."""
    times = ""
    if known.starts_at is not None and known.ends_at is not None:
        times = (
            f"{rules.shown(known.starts_at)} 至 {rules.shown(known.ends_at)}；起拍价 {yuan(known.starting_price_fen)} 元，"
            f"每次加价 {yuan(known.increment_fen)} 元的整倍数"
        )
    lines = known.survey_lines or len(disclosure.facts)
    materials = "，".join(
        said
        for said, there in (
            (f"现状调查 {lines} 项，见标的物现状", lines),
            (f"照片 {known.photos} 张，见标的页面", known.photos),
        )
        if there
    )
    payment = (
        f"{disclosure.payment_ways}　{known.account}" if disclosure.payment_ways and known.account else ""
    )
    notice = f"{known.title}（{rules.ROUND_LABELS[known.round]}）" if known.title else ""
    said = {
        "notice": (notice, "拍品草稿"),
        "enforcement_title": (disclosure.enforcement_title, "案件卷宗"),
        "pricing_basis": (disclosure.pricing_basis, "参考价程序"),
        "time_price_rules": (times, "合议庭决定和拍品草稿"),
        "asset_materials": (materials, "财产现状调查和照片" if known.photos else "财产现状调查"),
        "priority": (disclosure.priority_statement, "案件当事人登记"),
        "notification": (disclosure.notification_statement, "拍卖通知书送达登记"),
        "payment": (payment, "法院账户登记"),
        "taxes": ("；".join(f"{tax.name}由{tax.payer}负担" for tax in disclosure.taxes), "税费表"),
        "contact": (disclosure.contact, "法院登记信息"),
        "other": (disclosure.other or STANDARD_OTHER, "拍品草稿"),
    }
    return [PublicityItem(code, *said[code]) for code in PUBLICITY_LABELS]


def missing(items: Sequence[PublicityItem]) -> list[str]:
    """The items for which there is nothing to show, by code."""
    return [item.code for item in items if not item.ok]

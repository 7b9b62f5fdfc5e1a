"""Nobody takes a commission or a service fee from the buyer of a court's online auction (B-91). Pure.

The commissions of the old auction houses do not exist here, and what platforms and auxiliary bodies cost is no cost of the
buyer's: a notice that says otherwise is neither kept nor published.
"""

import re
from collections.abc import Iterator

from auction.listing.disclosure import Disclosure
from core.i18n import Message, msg

FEE = re.compile(
    r"佣金|服务费|代理费|辅助(工作)?费|居间费|中介费|平台(使用)?费|软件使用费|信息费|介绍费|看样费"
)
"""Fees for selling. Taxes, registration charges and arrears are no such fees (B-90)."""

DENIED = re.compile(r"(不|免|无需|无须|没有|禁止)[^，。；;\n]{0,12}$")
CLAUSE = re.compile(r"[，。；;\n]")
TEXTS = ("payment_ways", "qualification", "other", "priority_statement", "contact", "pricing_basis")


def fee_in(text: str) -> str | None:
    """The fee that a text asks for, unless it says that there is none; None where there is nothing of the kind."""
    for clause in CLAUSE.split(text):
        for found in FEE.finditer(clause):
            if not DENIED.search(clause[: found.start()]):
                return found[0]
    return None


def buyer_fees(disclosure: Disclosure) -> dict[str, Message]:
    """The fees that a notice would lay on the buyer, by the field that says so."""
    return {
        field: msg("写明了“{fee}”：网络司法拍卖不向买受人收取佣金和服务费用，请删除。", fee=fee)
        for field, text in _texts(disclosure)
        if (fee := fee_in(text)) is not None
    }


def _texts(disclosure: Disclosure) -> Iterator[tuple[str, str]]:
    yield from ((name, getattr(disclosure, name)) for name in TEXTS)
    if disclosure.delivery is not None:
        yield "delivery", disclosure.delivery.text
    if disclosure.viewing is not None:
        yield "viewing", disclosure.viewing.text
    for place, tax in enumerate(disclosure.taxes, start=1):
        if not tax.payer.startswith("被执行人"):
            yield f"tax_name{place}", tax.name

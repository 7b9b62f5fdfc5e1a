"""The law of selling off without an auction (rulebook A-20, A-21, A-22, X-10; S3 arts 2, 31, 32). Pure.

An auction comes first (A-20): without one of the grounds of A-21 there is no other way of a first realisation.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from auction.direct_sale.models import DirectGround, DirectPriceBasis
from core.i18n import Message, msg
from core.money import yuan
from disposal_teams.assets.models import MOVABLE_KINDS, AssetKind
from disposal_teams.cases.models import CREDITORS, PartyRole

G, B = DirectGround, DirectPriceBasis

GROUND_LABELS: dict[DirectGround, str] = {
    G.AGREEMENT: "当事人和有关权利人同意变卖",
    G.PRECIOUS_METAL: "金银及其制品",
    G.MARKET_GOODS: "当地市场有公开交易价格的动产",
    G.PERISHABLE: "易腐烂变质的物品",
    G.SEASONAL: "季节性商品",
    G.COSTLY_TO_KEEP: "保管困难或者保管费用过高的物品",
    G.DEBTOR_ASKS_CREDITORS_AGREE: "被执行人申请且全部债权人同意",
    G.DEBTOR_ASKS_ALL_COVERED: "被执行人申请且变价款足以清偿全部债务",
}

BASIS_LABELS: dict[DirectPriceBasis, str] = {
    B.AGREED: "当事人约定的价格",
    B.MARKET: "市价",
    B.APPRAISAL: "评估价",
}

BY_COURT = frozenset({G.PRECIOUS_METAL, G.MARKET_GOODS, G.PERISHABLE, G.SEASONAL, G.COSTLY_TO_KEEP})
"""Grounds on which the court decides by itself; they are all about movables."""

ASKED: dict[DirectGround, frozenset[PartyRole]] = {
    G.AGREEMENT: frozenset(PartyRole) - {PartyRole.OTHER},
    G.DEBTOR_ASKS_CREDITORS_AGREE: CREDITORS | {PartyRole.DEBTOR},
    G.DEBTOR_ASKS_ALL_COVERED: frozenset({PartyRole.DEBTOR}),
}
"""Whose consent (or request) each ground needs."""


@dataclass(frozen=True, slots=True)
class DirectTerms:
    """What limits the price: its basis in fen, and whether a direct sell-off on it has failed before (A-22)."""

    ground: DirectGround
    price_basis: DirectPriceBasis
    basis_fen: int
    failed_before: bool


def basis_for(parts: Mapping[str, int], basis_fen: int, asset_ids: Collection[UUID]) -> int:
    """What of a permission's basis belongs to these assets, in fen: all of it where only one asset was permitted (A-22)."""
    return sum(parts.get(str(each), 0) for each in asset_ids) if parts else basis_fen


def lowest_price_fen(terms: DirectTerms) -> int:
    """The lowest price in fen: the agreed, market or appraised one; unsold at the appraisal it may go down to half (A-22)."""
    if terms.price_basis is B.APPRAISAL and terms.failed_before:
        return -(-terms.basis_fen // 2)
    return terms.basis_fen


def check_price(terms: DirectTerms, price_fen: int) -> Message | None:
    """Why the price is not permitted (A-22), or None."""
    lowest = lowest_price_fen(terms)
    if terms.price_basis is B.AGREED and price_fen != lowest:
        return msg("变卖价须等于当事人约定的价格 {yuan} 元。", yuan=yuan(lowest))
    if price_fen >= lowest:
        return None
    if terms.price_basis is B.APPRAISAL and terms.failed_before:
        return msg("变卖价最低不得低于评估价的二分之一，即 {yuan} 元。", yuan=yuan(lowest))
    return msg(
        "变卖价不得低于{basis} {yuan} 元。", basis=msg(BASIS_LABELS[terms.price_basis]), yuan=yuan(lowest)
    )


def check_ground(ground: DirectGround, *, kind: AssetKind) -> Message | None:
    """Why the ground does not fit the asset (A-21), or None."""
    if ground in BY_COURT and kind not in MOVABLE_KINDS:
        return msg("该事由只适用于动产，请选择其他事由或进行拍卖。")
    return None


def missing_consents(
    ground: DirectGround, parties: Mapping[str, PartyRole], consents: Collection[str]
) -> list[str]:
    """The parties (by id) whose consent the ground needs and who have not given it (A-21)."""
    asked = ASKED.get(ground, frozenset())
    return [party for party, role in parties.items() if role in asked and party not in consents]


def check_cover(ground: DirectGround, *, price_fen: int, claims_fen: int) -> Message | None:
    """Why the price does not cover all debts where the ground rests on that (A-21, second limb), or None."""
    if ground is G.DEBTOR_ASKS_ALL_COVERED and price_fen < claims_fen:
        return msg("变卖价不足以清偿本案债权 {yuan} 元，不能以此为由直接变卖。", yuan=yuan(claims_fen))
    return None


def check_period(*, starts_at: datetime, ends_at: datetime, most_days: int) -> Message | None:
    """Why the period is not right (X-10), or None: at least a day, at most that of a sell-off after auctions."""
    length = ends_at - starts_at
    if timedelta(days=1) <= length <= timedelta(days=most_days):
        return None
    return msg("直接变卖的期间须为 1 至 {most} 天。", most=most_days)

"""What a new draft says before anybody edits it: facts from the survey, usual taxes, the court's contact (B-12, B-15)."""

from collections.abc import Sequence

import msgspec

from auction.direct_sale.models import DirectGround, DirectPriceBasis, DirectSale
from auction.direct_sale.rules import BASIS_LABELS, GROUND_LABELS, basis_for
from auction.listing.disclosure import (
    DELIVERY_WAYS,
    MOST_FACTS,
    SPECIAL_WARNINGS,
    USUAL_TAXES,
    Delivery,
    Disclosure,
    Fact,
    Viewing,
    read_disclosure,
)
from auction.listing.models import Lot
from auction.listing.parts import assets_of
from auction.listing.special_disclosures import propose_special
from auction.purchase_limits.policy import limits_now
from auction.purchase_limits.rules import Place, limit_in_force, qualification_text
from core.database import Work
from core.deadlines.rules import day_in_court
from core.identity_number import masked_name
from core.legal_settings import PurchaseLimit, legal
from core.money import yuan
from disposal_teams.assets.models import Asset, AssetKind, LeaseStatus
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.models import Court
from disposal_teams.courts.queries import court_of
from disposal_teams.surveys.conduct import latest_survey, lines_of
from disposal_teams.surveys.matrix import EVIDENCE_LABELS, item_of
from disposal_teams.surveys.models import EvidenceKind, Survey, SurveyLine
from valuation.reference_price import ReferencePrice, reference_price_of
from valuation.ways.rules import METHOD_LABELS

PRIORITY_ROLES = frozenset({PartyRole.CO_OWNER, PartyRole.TENANT, PartyRole.SHAREHOLDER})
"""Persons who may buy first (B-24)."""

_PRIORITY_WORDS = {
    PartyRole.CO_OWNER: "共有人",
    PartyRole.TENANT: "承租人",
    PartyRole.SHAREHOLDER: "股东",
}

_QUALIFICATION: dict[AssetKind, str] = {
    AssetKind.VEHICLE: "竞买人应具备所在地机动车登记条件；本市不随车转让号牌。",
    AssetKind.SHARES: "竞买人应符合公司法、章程和行业准入要求；须经审批的，成交后以审批结果为准。",
}
_NO_LIMIT = "法律法规没有特别限制，具备完全民事行为能力即可参加竞买。"

DELIVERY_DAYS = 15


async def default_disclosure(
    work: Work, asset: Asset, case: EnforcementCase, court: Court, price: ReferencePrice | None
) -> Disclosure:
    """The proposal for a draft's disclosure. Personal names in it are masked."""
    survey = await latest_survey(work, asset.id)
    lines = await lines_of(work, survey.id) if survey is not None else []
    parties = await parties_of(work, case.id)
    place = Place(asset.kind, asset.district, f"{asset.location}{asset.title}")
    limit = limit_in_force(
        await limits_now(work), place, on=day_in_court(work.now), home_city=legal().home_city
    )
    return propose_disclosure(asset, case, court, price, survey, lines, parties, limit)


async def disclosure_of_all(
    work: Work, assets: Sequence[Asset], case: EnforcementCase, court: Court
) -> Disclosure:
    """The proposal for a lot of these assets, the leading one first: each other one's facts stand under its number."""
    said = [
        await default_disclosure(work, each, case, court, await reference_price_of(work, each.id))
        for each in assets
    ]
    whole = said[0]
    for other, its in zip(assets[1:], said[1:], strict=True):
        whole = add_facts_of(whole, other.asset_no, its)
    return whole


async def as_newly_surveyed(work: Work, lot: Lot) -> Disclosure:
    """A draft's disclosure with the facts, special items and defects as the newest survey found them (A-15, B-15)."""
    case, court = await case_of(work, lot.case_id), await court_of(work, lot.court_code)
    before = read_disclosure(lot.disclosure)
    fresh = await disclosure_of_all(work, await assets_of(work, lot), case, court)
    return msgspec.structs.replace(
        before,
        facts=fresh.facts,
        special=fresh.special,
        warning_notes=before.warning_notes | fresh.warning_notes,
    )


def propose_disclosure(
    asset: Asset,
    case: EnforcementCase,
    court: Court,
    price: ReferencePrice | None,
    survey: Survey | None,
    lines: list[SurveyLine],
    parties: list[Party],
    limit: PurchaseLimit | None = None,
) -> Disclosure:
    """The same from facts at hand; `limit` is the purchase limit that binds buyers of the asset (B-17). Pure."""
    kind = AssetKind(asset.kind)
    return Disclosure(
        facts=_facts(asset, kind, survey, lines),
        special=_special(asset, kind, survey, lines),
        taxes=list(USUAL_TAXES[kind]),
        delivery=_delivery(kind, LeaseStatus(asset.lease_status)),
        viewing=Viewing(
            text="公告期内工作日可预约看样",
            contact=f"{court.short_name}财产处置团队",
            phone=court.supervision_phone,
        ),
        qualification=qualification_text(limit, legal().home_city)
        if kind is AssetKind.REAL_ESTATE or limit is not None
        else _QUALIFICATION.get(kind, _NO_LIMIT),
        enforcement_title=f"{case.case_no}案执行依据",
        pricing_basis=f"{METHOD_LABELS[price.method]}：{price.source}，有效期至 {price.valid_until.isoformat()}"
        if price
        else "",
        priority_statement=_priority(parties),
        payment_ways="向公告所列法院账户转账，或在本平台缴纳保证金；不收现金，不收佣金。",
        contact=f"{court.name}，监督电话 {court.supervision_phone}",
        warnings=list(SPECIAL_WARNINGS),
        warning_notes=_warning_notes(lines),
    )


def add_facts_of(disclosure: Disclosure, asset_no: str, other: Disclosure) -> Disclosure:
    """The same with the facts and the price basis of a further asset of a mixed lot, each under its number. Pure."""
    stated = [*other.facts, *other.special.values()]
    return msgspec.structs.replace(
        disclosure,
        facts=[
            *disclosure.facts,
            *(msgspec.structs.replace(fact, item=f"{asset_no} {fact.item}") for fact in stated),
        ][:MOST_FACTS],
        pricing_basis=f"{disclosure.pricing_basis}；{asset_no}：{other.pricing_basis}"[:1000],
    )


def say_direct_sale(disclosure: Disclosure, sale: DirectSale, assets: Sequence[Asset]) -> Disclosure:
    """The same with what a sell-off without an auction must tell: its ground, and what the price rests on (A-21, A-22), for
    each of several `assets` what belongs to it. Pure."""
    basis = BASIS_LABELS[DirectPriceBasis(sale.price_basis)]
    whole = basis_for(sale.parts, sale.basis_fen, [each.id for each in assets])
    said = f"{basis} {yuan(whole)} 元（{sale.basis_note}）"
    if len(assets) > 1:
        of_each = "，".join(f"{each.asset_no} {yuan(sale.parts[str(each.id)])} 元" for each in assets)
        said = f"{said}，其中：{of_each}"
    return msgspec.structs.replace(
        disclosure,
        pricing_basis=said[:1000],
        other=f"本次为不经拍卖的直接变卖，事由：{GROUND_LABELS[DirectGround(sale.ground)]}。",
    )


def _facts(asset: Asset, kind: AssetKind, survey: Survey | None, lines: list[SurveyLine]) -> list[Fact]:
    facts = []
    if asset.area_m2 is not None:
        facts.append(Fact(item="面积", text=f"{asset.area_m2} 平方米", source="登记资料"))
    for line in lines:
        item = item_of(kind, line.item)
        facts.append(
            Fact(
                item=item.label if item else line.item,
                text=line.finding,
                source=f"{EVIDENCE_LABELS[EvidenceKind(line.evidence_kind)]} {line.evidence_ref}",
                as_of=survey.surveyed_on if survey else None,
            )
        )
    return facts


def _special(
    asset: Asset, kind: AssetKind, survey: Survey | None, lines: list[SurveyLine]
) -> dict[str, Fact]:
    special = propose_special(kind, survey, lines)
    if "registered_area" in special and asset.area_m2 is not None:
        special["registered_area"] = Fact(
            item=special["registered_area"].item,
            text=f"{asset.area_m2} 平方米，以登记资料为准。",
            source="登记资料",
            as_of=survey.surveyed_on if survey else None,
        )
    return special


def _warning_notes(lines: list[SurveyLine]) -> dict[str, str]:
    """The known burdens and defects, named where the law warns of them (B-13)."""
    found = [line.finding for line in lines if line.item in ("burdens", "defects")]
    return {"defects": f"其中：{'；'.join(dict.fromkeys(found))}。"} if found else {}


def _delivery(kind: AssetKind, lease: LeaseStatus) -> Delivery:
    way = "buyer" if kind in {AssetKind.VEHICLE, AssetKind.GOODS} else "court"
    if lease is LeaseStatus.HONOURED:
        way = "lease"
    return Delivery(
        vacated_by=way,
        within_days=DELIVERY_DAYS,
        text=f"{DELIVERY_WAYS[way]}；成交裁定送达后 {DELIVERY_DAYS} 日内交付。",
    )


def _priority(parties: list[Party]) -> str:
    holders = [party for party in parties if PartyRole(party.role) in PRIORITY_ROLES]
    if not holders:
        return "经调查，本院未发现优先购买权人；主张权利的，请在竞价开始前向本院书面提出。"
    named = "；".join(
        f"{_PRIORITY_WORDS[PartyRole(party.role)]} {masked_name(party.name) if party.is_natural_person else party.name}"
        for party in holders
    )
    return f"优先购买权人：{named}。已通知而不参加竞买的，视为放弃。"

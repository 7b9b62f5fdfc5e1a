"""A lot's permanent public page."""

from typing import Any

from litestar import Response, get

from auction.listing.catalogue import LotPage, lot_page
from auction.listing.changes import MATERIAL_LABELS
from auction.listing.disclosure import DELIVERY_WAYS, SPECIAL_WARNINGS, buyer_tax_estimate_fen
from auction.listing.models import LotState, Round
from auction.listing.special_disclosures import in_order
from auction.reminders.follow import follows
from core.database import Database
from disposal_teams.assets.models import AssetKind
from web.access.visitor import AnyRequest, Visitor
from web.portal.standing import standing_of
from web.portal.words import ROUNDS, STAY_WORDS, WORDS
from web.rendering import page, translated

_CHAIN = (Round.FIRST, Round.SECOND, Round.SELL_OFF)


@get("/lots/{lot_no:str}", include_in_schema=False)
async def show_lot(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Figures, standing, what is disclosed, papers, and every run of the asset."""
    async with database.read(visitor.actor) as work:
        shown = await lot_page(work, lot_no)
        standing = await standing_of(work, shown.lot)
        is_followed = await follows(work, shown.lot.id)
        now = work.now
    estimate_of = shown.card.price_fen
    taxes = buyer_tax_estimate_fen(shown.disclosure, estimate_of)
    return page(
        request,
        "portal/lot.html",
        shown=shown,
        lot=shown.lot,
        **standing,
        is_followed=is_followed,
        material_labels=MATERIAL_LABELS,
        receipt=None,
        problem=None,
        steps=steps_of(shown),
        taxes_fen=taxes,
        total_fen=estimate_of + taxes,
        warnings=[
            (text, shown.disclosure.warning_notes.get(code, ""))
            for code, text in SPECIAL_WARNINGS.items()
            if code in shown.disclosure.warnings
        ],
        special=in_order(AssetKind(shown.lot.asset_kind), shown.disclosure.special),
        delivery_way=DELIVERY_WAYS.get(shown.disclosure.delivery.vacated_by, "")
        if shown.disclosure.delivery
        else "",
        structured=structured_data(request, shown),
        server_time=now,
        **WORDS,
        **STAY_WORDS,
    )


@get("/lots/{lot_no:str}/standing", include_in_schema=False)
async def show_standing(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """How the lot stands and why (B-50, B-57), for open pages when it begins, stops, goes on or ends."""
    async with database.read(visitor.actor) as work:
        shown = await lot_page(work, lot_no)
        standing = await standing_of(work, shown.lot)
    return page(request, "portal/lot_standing.html", lot=shown.lot, **standing, **WORDS, **STAY_WORDS)


def steps_of(shown: LotPage) -> list[tuple[Any, str]]:
    """First auction, second auction, sell-off: which is over, which is this one."""
    place = _CHAIN.index(Round(shown.lot.round))
    over = shown.lot.state in {LotState.FAILED, LotState.SELLOFF_FAILED, LotState.WITHDRAWN}
    steps = []
    for index, round_ in enumerate(_CHAIN):
        state = "done" if index < place or (index == place and over) else "now" if index == place else ""
        steps.append((ROUNDS[round_], state))
    return steps


def structured_data(request: AnyRequest, shown: LotPage) -> dict[str, Any]:
    """The lot for search engines (schema.org). Only what the page itself shows."""
    lot = shown.lot
    on_sale = lot.state in {
        LotState.PUBLISHED,
        LotState.BIDDING,
        LotState.SELLOFF_OPEN,
        LotState.SELLOFF_BIDDING,
    }
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": lot.title,
        "sku": lot.lot_no,
        "category": translated(request, WORDS["kinds"][lot.asset_kind]),
        "offers": {
            "@type": "Offer",
            "price": f"{shown.card.price_fen / 100:.2f}",
            "priceCurrency": "CNY",
            "availability": f"https://schema.org/{'InStock' if on_sale else 'SoldOut'}",
            "availabilityStarts": lot.starts_at.isoformat() if lot.starts_at else None,
            "availabilityEnds": shown.card.ends_at.isoformat() if shown.card.ends_at else None,
            "seller": {"@type": "GovernmentOrganization", "name": shown.court.name},
        },
    }


route_handlers = [show_lot, show_standing]

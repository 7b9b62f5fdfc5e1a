"""Sell-off without an auction: the panel's permission, its ground, its price (A-21, A-22)."""

from typing import Any

from litestar import Response, get, post

from auction.direct_sale.allow import allow_direct_sale
from auction.direct_sale.models import DirectGround, DirectPriceBasis
from auction.direct_sale.queries import newest_direct_sale
from auction.direct_sale.rules import ASKED, BASIS_LABELS, BY_COURT, GROUND_LABELS
from auction.direct_sale.together import may_be_sold_off_with
from auction.listing.together import TOGETHER_LABELS, TogetherGround
from core.clock import COURT_ZONE
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from valuation.reference_price import reference_price_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import WORDS
from web.rendering import page, see_other, translated
from web.team.fields import panel_members

ANYBODY_ASKED = frozenset().union(*ASKED.values())


@get("/team/assets/{asset_no:str}/direct-sale", include_in_schema=False)
async def show_direct_sale(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The form of the panel, with who must consent."""
    return await _show(request, database, require_staff(visitor), asset_no, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form | None
) -> Response[Any]:
    async with database.begin(actor) as work:
        asset = await open_own_asset(work, asset_no)
        parties = await parties_of(work, asset.case_id)
        price = await reference_price_of(work, asset.id)
        newest = await newest_direct_sale(work, asset.id)
        mates = await may_be_sold_off_with(work, asset)
        today = work.now.astimezone(COURT_ZONE).date().isoformat()
    return page(
        request,
        "direct_sale/allow.html",
        status=form.status if form else 200,
        form=form or Form.blank(decided_on=today),
        subject=asset,
        parties=[party for party in parties if PartyRole(party.role) in ANYBODY_ASKED],
        party_labels=PARTY_ROLE_LABELS,
        price=price,
        mates=mates,
        together=set(form.many("together")) if form else set(),
        together_grounds=[
            (str(ground), translated(request, msg(label))) for ground, label in TOGETHER_LABELS.items()
        ],
        newest=newest,
        may_decide=may(actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code),
        grounds=[
            (
                str(ground),
                translated(request, msg(label))
                + (translated(request, msg("（法院决定，限动产）")) if ground in BY_COURT else ""),
            )
            for ground, label in GROUND_LABELS.items()
        ],
        bases=[(str(basis), translated(request, msg(label))) for basis, label in BASIS_LABELS.items()],
        ground_labels=GROUND_LABELS,
        basis_labels=BASIS_LABELS,
        **WORDS,
    )


@post("/team/assets/{asset_no:str}/direct-sale", include_in_schema=False)
async def allow(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Record the permission."""
    actor = require_staff(visitor)
    form = await read_form(request)
    ground = form.choice("ground", DirectGround)
    evidence = form.text("evidence", longest=1000, lines=True)
    basis = form.choice("price_basis", DirectPriceBasis)
    basis_fen = form.yuan("basis", required=basis is not DirectPriceBasis.APPRAISAL)
    basis_note = form.text("basis_note", required=basis is not DirectPriceBasis.APPRAISAL, longest=200)
    start = form.yuan("starting_price", least_fen=1)
    increment = form.yuan("increment", least_fen=1)
    deposit = form.yuan("deposit")
    members = panel_members(form)
    minutes = form.text("minutes", longest=2000, lines=True)
    decided_on = form.day("decided_on")
    ceilings = form.flag("ceilings")
    together = form.identifiers("together") if form.many("together") else []
    because = form.choice("together_because", TogetherGround, required=bool(together))
    needs_amount = basis is not DirectPriceBasis.APPRAISAL
    amounts = {each: form.yuan(f"basis_{each}", required=needs_amount) for each in together}
    consents = {
        name.removeprefix("consent_"): form.text(name, required=False, longest=200)
        for name in form.values
        if name.startswith("consent_")
    }
    if not form.is_bad and ground is not None and basis is not None and decided_on is not None:
        try:
            async with database.begin(actor) as work:
                asset = await open_own_asset(work, asset_no)
                await allow_direct_sale(
                    work,
                    asset.id,
                    ground=ground,
                    evidence=evidence,
                    consents=consents,
                    price_basis=basis,
                    basis_fen=basis_fen,
                    basis_note=basis_note,
                    starting_price_fen=start,
                    increment_fen=increment,
                    deposit_fen=deposit,
                    members=members,
                    minutes=minutes,
                    decided_on=decided_on,
                    ceiling_bids_allowed=ceilings,
                    together=amounts,
                    together_because=because,
                )
            return see_other(
                request, f"/team/assets/{asset_no}/listing", said=msg("直接变卖的决定已记录，可以建立草稿。")
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, asset_no, form)


route_handlers = [show_direct_sale, allow]

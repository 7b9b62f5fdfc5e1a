"""Listing: the runs of an asset, the panel's record, the draft, the list of the court's lots."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from auction.barred.defaults import deposit_hint_for
from auction.listing.choose_together import may_join, taken_over
from auction.listing.draft_lot import draft_lot
from auction.listing.models import LIVE_STATES, Lot, LotState
from auction.listing.panel import free_decision, free_direct_decision, record_panel_decision
from auction.listing.parts import others_of
from auction.listing.price_basis import price_basis
from auction.listing.queries import Position, lots_of_asset, lots_of_court
from auction.listing.rounds import next_position
from auction.listing.rules import VOTES, clearly_low, deposit_of_rate_fen
from auction.listing.together import TOGETHER_LABELS, TogetherGround
from auction.worth_selling.models import SaleWish
from auction.worth_selling.queries import accepted_joining
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, Role, may
from core.legal_settings import legal
from core.money import yuan
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import assets_by_id, open_own_asset
from disposal_teams.courts.queries import all_courts
from disposal_teams.forbearance.queries import hardships_to_mind
from disposal_teams.forbearance.rules import HARDSHIP_KIND_LABELS, HARDSHIP_LABELS
from valuation.comparables.queries import outlook_of
from valuation.reference_price import reference_price_of
from valuation.rules import usual_increment_fen
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.portal.words import STATES, WORDS
from web.rendering import page, see_other
from web.team.fields import panel_members
from web.team.labels import shown

PAGE = 40


@get("/team/lots", include_in_schema=False)
async def lot_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The lots of the own court with their states; the intermediate court may look at any court."""
    actor = require_staff(visitor)
    form = query_form(request)
    state = form.choice("state", LotState, required=False)
    search = form.text("q", required=False, longest=60)
    after = form.identifier("after") if form.value("after") else None
    sees_all = actor.has(Role.INTERMEDIATE_COURT)
    court = form.text("court", required=False, longest=8) if sees_all else ""
    async with database.read(actor) as work:
        lots, more = await lots_of_court(
            work,
            court or actor.court_code or "",
            states=(state,) if state else (),
            search=search,
            after=after,
            limit=PAGE,
        )
        courts = await all_courts(work)
    kept = {name: form.value(name) for name in ("state", "q", "court") if form.value(name)}
    return page(
        request,
        "listing/lots.html",
        form=form,
        lots=lots,
        courts=courts if sees_all else [],
        own_court=court or actor.court_code,
        state_options=[(str(key), label) for key, label in STATES.items()],
        next_href="/team/lots?" + urlencode({**kept, "after": str(more)}) if more else None,
        first_href="/team/lots" + (f"?{urlencode(kept)}" if kept else "") if after else None,
        **WORDS,
    )


@get("/team/assets/{asset_no:str}/listing", include_in_schema=False)
async def show_listing(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The runs of an asset, and the panel's record for the next one."""
    return await _show(request, database, require_staff(visitor), asset_no, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form | None
) -> Response[Any]:
    async with database.begin(actor) as work:
        asset = await open_own_asset(work, asset_no)
        lots = await lots_of_asset(work, asset.id)
        price = await reference_price_of(work, asset.id)
        live = next((lot for lot in lots if LotState(lot.state) in LIVE_STATES), None)
        waits = live is not None and live.state in {LotState.DRAFT, LotState.NOTIFYING}
        position = None
        if live is None or waits:
            try:
                position = next_position(lots[:-1] if waits else lots)
            except DisposalError:
                position = None
        mates = await may_join(work, asset, position) if position and not waits else []
        joining = await accepted_joining(work, asset) if position and not waits else None
        asked_for = await assets_by_id(work, joining.asset_ids) if joining else {}
        together = (
            [each.id for each in await others_of(work, live)]
            if live is not None and waits
            else await _wanted(work, form, position, asset.id, mates, joining)
            if position
            else []
        )
        basis = (
            await price_basis(work, position, lots, price, asset_ids=[asset.id, *together])
            if position
            else None
        )
        kept = await assets_by_id(work, together)
        lowest = basis.lowest_fen if basis else None
        outlook = await outlook_of(work, asset.id)
        decision = await free_direct_decision(work, asset.id) if position and not waits else None
        if decision is None and position is not None:
            decision = await free_decision(work, asset.id, position.round)
        percent, hint = await deposit_hint_for(work, asset.id)
        hardships = await hardships_to_mind(work, asset.case_id)
        today = work.now.astimezone(COURT_ZONE).date()
        now = work.now
    return page(
        request,
        "listing/asset.html",
        status=form.status if form else 200,
        form=form
        or _proposal(
            live if waits else None, lowest, percent, today.isoformat(), is_joined=bool(joining and together)
        ),
        joining=joining,
        not_ready=[
            each
            for each in asked_for.values()
            if each.id != asset.id and each.id not in {one.id for one in mates}
        ],
        deposit_hint=hint,
        hardships=hardships,
        hardship_kinds=HARDSHIP_KIND_LABELS,
        hardship_labels=HARDSHIP_LABELS,
        subject=asset,
        unsold=bool(lots) and lots[-1].state == LotState.SELLOFF_FAILED,
        runs=list(reversed(lots)),
        live=live,
        waits=waits,
        position=position,
        price=price,
        lowest_fen=lowest,
        mates=mates,
        together=[kept[each] for each in together],
        together_grounds=shown(request, [(str(each), msg(label)) for each, label in TOGETHER_LABELS.items()]),
        outlook=outlook.outlook if outlook is not None else None,
        looks_low=outlook is not None
        and lowest is not None
        and clearly_low(lowest, expected_low_fen=outlook.outlook.low_fen),
        votes=VOTES,
        basis_rule=basis.rule if basis else "",
        decision=decision,
        may_decide=may(actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code),
        may_draft=may(actor, Permission.DRAFT_LISTING, court_code=asset.court_code),
        server_time=now,
        **WORDS,
    )


async def _wanted(
    work: Work,
    form: Form | None,
    position: Position,
    asset_id: UUID,
    mates: list[Asset],
    joining: SaleWish | None,
) -> list[UUID]:
    """What is proposed to be sold together: what was typed, or what the run before held, or what an accepted request asks for
    (A-24); the panel decides."""
    known = {each.id for each in mates}
    if form is not None:
        return [
            each for each in (form.identifiers("together") if form.many("together") else []) if each in known
        ]
    before = await taken_over(work, position.rerun_of or position.previous, [asset_id])
    return [each for each in before or (joining.asset_ids if joining else []) if each in known]


def _proposal(
    draft: Lot | None, lowest: int | None, deposit_percent: str, today: str, *, is_joined: bool
) -> Form:
    """Figures to start from: the prepared draft's, or the lowest permitted price with a usual increment and the deposit
    that the list of defaults suggests (B-30, B-35). `is_joined`: an accepted request asks for a joint sale."""
    start = draft.starting_price_fen if draft else lowest
    because = {"together_because": str(TogetherGround.LOSS_OF_VALUE)} if is_joined else {}
    if start is None:
        return Form.blank(decided_on=today, **because)
    deposit = draft.deposit_fen if draft else deposit_of_rate_fen(start, deposit_percent)
    increment = draft.increment_fen if draft else usual_increment_fen(start, bands=legal().increment_bands)
    return Form.blank(
        starting_price=yuan(start), increment=yuan(increment), deposit=yuan(deposit), decided_on=today,
        **because,
    )  # fmt: skip


@post("/team/assets/{asset_no:str}/panel", include_in_schema=False)
async def decide(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Record the panel's decision."""
    actor = require_staff(visitor)
    form = await read_form(request)
    start = form.yuan("starting_price", least_fen=1)
    increment = form.yuan("increment", least_fen=1)
    deposit = form.yuan("deposit")
    members = panel_members(form)
    votes = {
        name: form.choice(f"vote{number}", VOTES, required=False) or "agree"
        for number in range(1, 6)
        if (name := form.value(f"member{number}").strip())
    }
    minutes = form.text("minutes", longest=2000, lines=True)
    decided_on = form.day("decided_on")
    ceilings = form.flag("ceilings")
    together = form.identifiers("together") if form.many("together") else []
    because = form.choice("together_because", TogetherGround, required=bool(together))
    if not form.is_bad and decided_on is not None:
        try:
            async with database.begin(actor) as work:
                asset = await open_own_asset(work, asset_no)
                await record_panel_decision(
                    work,
                    asset.id,
                    starting_price_fen=start,
                    increment_fen=increment,
                    deposit_fen=deposit,
                    members=members,
                    minutes=minutes,
                    decided_on=decided_on,
                    ceiling_bids_allowed=ceilings,
                    together=together,
                    together_because=because,
                    votes=votes if set(votes) == set(members) else None,
                )
                waiting = await _waiting(work, asset.id)
            target = f"/team/lots/{waiting.lot_no}" if waiting else f"/team/assets/{asset_no}/listing"
            return see_other(request, target, said=msg("合议庭决定已记录。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, asset_no, form)


async def _waiting(work: Work, asset_id: Any) -> Lot | None:
    lots = await lots_of_asset(work, asset_id)
    return lots[-1] if lots and lots[-1].state in {LotState.DRAFT, LotState.NOTIFYING} else None


@post("/team/assets/{asset_no:str}/draft", include_in_schema=False)
async def draft(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Draft the lot on the panel's record."""
    actor = require_staff(visitor)
    form = await read_form(request)
    try:
        async with database.begin(actor) as work:
            asset = await open_own_asset(work, asset_no)
            lot = await draft_lot(work, asset.id)
        return see_other(
            request, f"/team/lots/{lot.lot_no}", said=msg("拍品草稿 {number} 已建立。", number=lot.lot_no)
        )
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    return await _show(request, database, actor, asset_no, form)


route_handlers = [lot_list, show_listing, decide, draft]

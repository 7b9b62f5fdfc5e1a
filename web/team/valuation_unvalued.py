"""Set a price without a valuation: the market price (V-04), or shares that nobody can appraise (V-03)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.queries import parties_of
from valuation.models import ValuationState
from valuation.queries import asset_of_valuation, current_valuation
from valuation.unvalued.rules import GROUND_LABELS, MARKET_GROUNDS, MUST_ASK
from valuation.unvalued.set_price import price_above_costs, use_market_price
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page
from web.team.asset_steps import take_on_asset
from web.team.labels import shown

ADDRESS = "/team/assets/{asset_no:str}/valuation/without"


@get(ADDRESS, include_in_schema=False)
async def show_without(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The conditions and the form."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:  # reading across courts is recorded
        asset = await open_own_asset(work, asset_no)
        valuation = await current_valuation(work, asset.id)
        parties = [each for each in await parties_of(work, asset.case_id) if each.role in MUST_ASK]
    return page(
        request,
        "listing/unvalued.html",
        status=form.status,
        form=form,
        subject=asset,
        parties=parties,
        party_labels=PARTY_ROLE_LABELS,
        ticked=form.many("asked_by") if form.values else [],
        grounds=shown(request, [(str(each), GROUND_LABELS[each]) for each in MARKET_GROUNDS]),
        is_free=valuation is None or valuation.state in (ValuationState.WITHDRAWN, ValuationState.EXPIRED),
        appraising=valuation
        if valuation is not None
        and valuation.method == "appraisal"
        and valuation.state == ValuationState.APPRAISING
        else None,
        may_enter=may(actor, Permission.ENTER_VALUATION, court_code=asset.court_code),
    )


@post(ADDRESS, include_in_schema=False)
async def market_price(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Fix the market price."""
    actor = require_staff(visitor)
    form = await read_form(request)
    ground = form.choice("ground", MARKET_GROUNDS)
    price_fen = form.yuan("price", least_fen=1)
    source = form.text("source", longest=300)
    opinions = form.text("opinions", longest=1000, lines=True)
    valid_until = form.day("valid_until", required=False)
    asked_by = _persons(form)

    async def act(work: Work, asset: Asset) -> None:
        assert ground is not None
        await use_market_price(
            work,
            asset.id,
            ground=ground,
            price_fen=price_fen,
            source=source,
            opinions=opinions,
            asked_by=asked_by,
            valid_until=valid_until,
            is_confirmed=form.flag("price_confirmed"),
        )

    said = msg("已参照市价确定参考价，不进行评估。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="valuation"
    )


def _persons(form: Form) -> list[UUID]:
    found = []
    for each in form.many("asked_by"):
        try:
            found.append(UUID(each))
        except ValueError:
            form.errors["asked_by"] = msg("请从列出的选项中选择。")
    return found


@post("/team/valuations/{valuation_id:uuid}/above-costs", include_in_schema=False)
async def above_costs(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Fix a price a little above the costs for shares."""
    actor = require_staff(visitor)
    form = await read_form(request)
    async with database.read(actor) as work:
        asset_no = (await asset_of_valuation(work, valuation_id)).asset_no
    costs_fen, price_fen = form.yuan("costs", least_fen=1), form.yuan("price", least_fen=1)
    told_on = form.day("told_on")
    firm_ref, request_ref = form.text("firm_ref", longest=120), form.text("request_ref", longest=120)
    is_worthless = form.flag("is_worthless")

    async def act(work: Work, _asset: Asset) -> None:
        assert told_on is not None
        await price_above_costs(
            work,
            valuation_id,
            costs_fen=costs_fen,
            price_fen=price_fen,
            told_on=told_on,
            firm_ref=firm_ref,
            request_ref=request_ref,
            is_worthless=is_worthless,
        )

    said = msg("已按适当高于执行费用的金额确定，保证金由合议庭酌定。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="valuation"
    )


route_handlers = [show_without, market_price, above_costs]

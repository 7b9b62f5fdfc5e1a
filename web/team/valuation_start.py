"""Begin a valuation: answer what V-02 asks, and see which way the law opens before going it."""

from typing import Any

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.assets.queries import open_own_asset
from valuation.agreement.invite import begin_agreement
from valuation.appraisal.begin import begin_appraisal
from valuation.comparables.queries import outlook_of
from valuation.directed_inquiry.ask import begin_directed_inquiry
from valuation.models import ValuationMethod
from valuation.online_inquiry.entrust import begin_online_inquiry
from valuation.ways.rules import METHOD_LABELS, ORDER, WayFacts, advice, closed_because, may_jump_to, next_way
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

STARTED: dict[ValuationMethod, Message] = {
    ValuationMethod.AGREEMENT: msg("已通知双方当事人议价。"),
    ValuationMethod.DIRECTED_INQUIRY: msg("定向询价函已发出。"),
    ValuationMethod.ONLINE_INQUIRY: msg("已同时委托全部网络询价平台。"),
    ValuationMethod.APPRAISAL: msg("已启动委托评估。"),
}


def read_facts(form: Form) -> WayFacts:
    """What was answered."""
    asked = form.choice("both_ask_for", ORDER[1:], required=False)
    return WayFacts(
        party_refuses_agreement=form.flag("party_refuses_agreement"),
        party_missing=form.flag("party_missing"),
        base_price_exists=form.flag("base_price_exists"),
        needs_inspection=form.flag("needs_inspection"),
        market_data_exists=not form.flag("no_market_data"),
        law_demands_appraisal=form.flag("law_demands_appraisal"),
        both_ask_for=(asked,) if asked else (),
    )


@get("/team/assets/{asset_no:str}/valuation/start", include_in_schema=False)
async def ask_facts(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The questions."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        asset = await open_own_asset(work, asset_no)
    return _page(request, asset, Form.blank(), None)


@post("/team/assets/{asset_no:str}/valuation/start", include_in_schema=False)
async def begin(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """With `step=begin` go the way that was shown; before, show which it is and why."""
    actor = require_staff(visitor)
    form = await read_form(request)
    facts = read_facts(form)
    async with database.begin(actor) as work:
        asset = await open_own_asset(work, asset_no)
        outlook = await outlook_of(work, asset.id)
    expected_fen = outlook.outlook.mid_fen if outlook is not None else None
    if form.is_bad or form.value("step") != "begin":
        return _page(request, asset, form, None if form.is_bad else facts, expected_fen)
    way = next_way(facts, ())
    agency = form.text("agency", longest=80) if way is ValuationMethod.DIRECTED_INQUIRY else ""
    if not form.is_bad:
        try:
            await _begin(database, actor, asset, way, facts, agency)
            return see_other(request, f"/team/assets/{asset_no}/valuation", said=STARTED[way])
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return _page(request, asset, form, facts, expected_fen)


async def _begin(
    database: Database, actor: Actor, asset: Asset, way: ValuationMethod, facts: WayFacts, agency: str
) -> None:
    async with database.begin(actor) as work:
        match way:
            case ValuationMethod.AGREEMENT:
                await begin_agreement(work, asset.id, facts=facts)
            case ValuationMethod.DIRECTED_INQUIRY:
                await begin_directed_inquiry(work, asset.id, facts=facts, agency=agency)
            case ValuationMethod.ONLINE_INQUIRY:
                await begin_online_inquiry(work, asset.id, facts=facts)
            case ValuationMethod.APPRAISAL:
                await begin_appraisal(work, asset.id, facts=facts)
            case ValuationMethod.MARKET_PRICE | ValuationMethod.ABOVE_COSTS:
                raise AssertionError("no way of V-02")


def _page(
    request: AnyRequest, asset: Asset, form: Form, facts: WayFacts | None, expected_fen: int | None = None
) -> Response[Any]:
    ways = []
    chosen = next_way(facts, ()) if facts is not None else None
    if facts is not None:
        for way in ORDER:
            reason = closed_because(way, facts)
            if way is chosen:
                said = msg("现在采用")
            elif reason is not None:
                said = reason
            elif chosen is not None and may_jump_to(chosen, facts):
                said = msg("依双方请求或者法律规定跳过")
            else:
                said = msg("前一方式没有结果时采用")
            ways.append((METHOD_LABELS[way], said, way is chosen))
    return page(
        request,
        "listing/valuation_start.html",
        status=form.status,
        form=form,
        subject=asset,
        ways=ways,
        chosen=chosen,
        advice=advice(
            chosen,
            AssetKind(asset.kind),
            expected_fen=expected_fen,
            dear_fen=legal().appraisal_advised_fen,
        )
        if chosen is not None
        else None,
        chosen_label=METHOD_LABELS[chosen] if chosen else None,
        shown_asked=shown(request, [(str(way), METHOD_LABELS[way]) for way in ORDER[1:]]),
    )


route_handlers = [ask_facts, begin]

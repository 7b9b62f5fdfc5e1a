"""The valuation of an asset: begin, the appraisal report, service and receipts, the fixed price."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.labels import KIND_LABELS
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from valuation.appraisal.enter_report import enter_appraisal_report
from valuation.appraisal.models import ServiceWay
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.file import valuation_file
from valuation.fix_price import fix_price
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.objections.progress import services_of
from valuation.queries import asset_of_valuation
from valuation.rules import AFTER_REPORT_STATES, OPEN_OBJECTION_STATES, STATE_LABELS, first_floor_fen
from valuation.stay import STAY_GROUNDS, WITHDRAWAL_GROUNDS
from valuation.supervision.rules import GROUND_LABELS, grounds_for
from valuation.ways.enter import STATE_OF_WAY
from valuation.ways.rules import METHOD_LABELS
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out, named_among
from web.forms import Form, read_form
from web.portal.report_objections import objection_words
from web.rendering import page, see_other
from web.team.report_form import CAUSE_LABELS, read_figures

Step = Callable[[Work], Awaitable[Any]]
STEPS = (
    (ValuationState.COURT_REVIEW, msg("审查报告")),
    (ValuationState.SERVING, msg("送达")),
    (ValuationState.OBJECTION_WINDOW, msg("异议期")),
    (ValuationState.FIXED, msg("参考价确定")),
)
WITHOUT_REPORT = frozenset(
    {
        ValuationMethod.AGREEMENT,
        ValuationMethod.DIRECTED_INQUIRY,
        ValuationMethod.MARKET_PRICE,
        ValuationMethod.ABOVE_COSTS,
    }
)
"""Ways whose price is fixed without report, service or objection (V-32)."""
WAY_LABELS = {
    ServiceWay.ELECTRONIC: msg("电子送达"),
    ServiceWay.POST: msg("邮寄送达"),
    ServiceWay.IN_PERSON: msg("直接送达"),
    ServiceWay.PUBLIC_POSTING: msg("公告送达"),
}
_WAYS = (ServiceWay.ELECTRONIC, ServiceWay.POST, ServiceWay.IN_PERSON)


@get("/team/assets/{asset_no:str}/valuation", include_in_schema=False)
async def show_valuation(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Where the valuation stands and what comes next."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:  # reading across courts is recorded
        asset = await open_own_asset(work, asset_no)
        file = await valuation_file(work, asset.id)
        now = work.now
    state = file.valuation.state if file.valuation else None
    return page(
        request,
        "listing/valuation.html",
        status=form.status,
        form=form,
        subject=asset,
        file=file,
        valuation=file.valuation,
        steps=_steps(file.valuation),
        state_label=STATE_LABELS[ValuationState(state)] if state else None,
        ways=[(str(way), WAY_LABELS[way]) for way in _WAYS],
        way_labels=WAY_LABELS,
        party_labels=PARTY_ROLE_LABELS,
        kind_labels=KIND_LABELS,
        floor_fen=_floor_fen(file.valuation),
        step_labels=METHOD_LABELS,
        cause_labels=CAUSE_LABELS,
        may_object=state in AFTER_REPORT_STATES | {ValuationState.COURT_REVIEW}
        and any(service is not None for _, service in file.services),
        **objection_words(
            ValuationMethod(file.valuation.method) if file.valuation else ValuationMethod.APPRAISAL
        ),
        supervision_grounds=_supervision_grounds(file.valuation, asset, actor),
        stay_grounds=STAY_GROUNDS,
        withdrawal_grounds=WITHDRAWAL_GROUNDS,
        may_enter=may(actor, Permission.ENTER_VALUATION, court_code=asset.court_code),
        server_time=now,
    )


def _supervision_grounds(valuation: Valuation | None, asset: Asset, actor: Actor) -> dict[str, Message]:
    """What a paper request for supervision may rest on; empty where none can be entered (V-32)."""
    may_record = may(actor, Permission.RECORD_OBJECTION, court_code=asset.court_code)
    if valuation is None or asset.first_listed_at is not None or not may_record:
        return {}
    if valuation.state not in AFTER_REPORT_STATES | {ValuationState.FIXED}:
        return {}
    return {str(each): GROUND_LABELS[each] for each in grounds_for(ValuationMethod(valuation.method))}


def _floor_fen(valuation: Valuation | None) -> int | None:
    """The lowest starting price that the price so far allows (V-40; V-03 for shares above costs)."""
    if valuation is None or valuation.price_fen is None:
        return None
    above_costs = valuation.method == ValuationMethod.ABOVE_COSTS
    return valuation.price_fen if above_costs else first_floor_fen(valuation.price_fen)


def _steps(valuation: Valuation | None) -> list[tuple[Any, str]]:
    """The steps of the way that is being gone, with what is done."""
    method = ValuationMethod(valuation.method) if valuation else ValuationMethod.APPRAISAL
    state = valuation.state if valuation else None
    first = (STATE_OF_WAY[method], METHOD_LABELS[method])
    steps: tuple[tuple[str, Any], ...] = (first, *STEPS)
    if method in WITHOUT_REPORT:
        steps = (first, STEPS[-1])
    elif method is ValuationMethod.APPRAISAL:
        steps = ((first[0], msg("选定机构")), (ValuationState.APPRAISING, msg("评估")), *STEPS)
    order = [step for step, _ in steps]
    if state == ValuationState.STAYED and valuation is not None:
        state = valuation.stayed_from
    if state in OPEN_OBJECTION_STATES:
        state = ValuationState.OBJECTION_WINDOW
    place = order.index(ValuationState(state)) if state in order else -1
    if state == ValuationState.FIXED:
        place = len(order)
    return [
        (label, "done" if index < place else "now" if index == place else "")
        for index, (_, label) in enumerate(steps)
    ]


async def do_step(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    valuation_id: UUID,
    form: Form,
    step: Step,
    said: Message | Callable[[], Message],
) -> Response[Any]:
    """Run a step for the valuation's page; what is refused is shown there. `said`: also made from what the step found."""
    actor, asset_no = require_staff(visitor), ""

    async def whole(work: Work) -> None:
        nonlocal asset_no
        await step(work)
        asset_no = (await asset_of_valuation(work, valuation_id)).asset_no

    if await carried_out(database, actor, form, whole):
        told = said() if callable(said) else said
        return see_other(request, f"/team/assets/{asset_no}/valuation", said=told)
    return await show_again(request, database, actor, valuation_id, form)


@post("/team/valuations/{valuation_id:uuid}/report", include_in_schema=False)
async def enter(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Enter the report; the price is typed twice."""
    form = await read_form(request)
    firm = form.text("firm", longest=80)
    figures = read_figures(form, firm=firm)

    async def step(work: Work) -> None:
        assert figures is not None
        await enter_appraisal_report(work, valuation_id, figures)

    said = msg("评估报告已录入，请审查后送达。")
    return await do_step(request, database, visitor, valuation_id, form, step, said)


@post("/team/valuations/{valuation_id:uuid}/serve", include_in_schema=False)
async def serve(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Serve the result on everybody."""
    form = await read_form(request)
    way = form.choice("way", _WAYS)
    count = 0

    async def step(work: Work) -> None:
        nonlocal count
        assert way is not None
        count = len(await serve_results(work, valuation_id, way=way))

    return await do_step(
        request, database, visitor, valuation_id, form, step,
        lambda: msg("已向 {count} 人送达评估结果。", count=count),
    )  # fmt: skip


@post("/team/valuations/{valuation_id:uuid}/receipts", include_in_schema=False)
async def receipt(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Record a receipt."""
    form = await read_form(request)
    service_id = form.identifier("service_id")
    received_at = form.moment("received_at")
    proof = form.text("proof", longest=200)

    async def step(work: Work) -> None:
        assert received_at is not None
        own = named_among(await services_of(work, valuation_id), service_id, msg("没有找到该送达记录。"))
        await record_receipt(work, own, received_at=received_at, proof=proof)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("签收已登记。"))


@post("/team/valuations/{valuation_id:uuid}/fix", include_in_schema=False)
async def fix(request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID) -> Response[Any]:
    """Fix the price at once instead of waiting for the sweep."""
    form = await read_form(request)

    async def step(work: Work) -> None:
        await fix_price(work, valuation_id)

    said = msg("参考价已确定，标的物可以上拍。")
    return await do_step(request, database, visitor, valuation_id, form, step, said)


async def show_again(
    request: AnyRequest, database: Database, actor: Actor, valuation_id: UUID, form: Form
) -> Response[Any]:
    """The page again, with what was refused."""
    async with database.read(actor) as work:
        asset_no = (await asset_of_valuation(work, valuation_id)).asset_no
    return await _show(request, database, actor, asset_no, form)


route_handlers = [show_valuation, enter, serve, receipt, fix]

"""What a debtor may ask for: to go on using a sealed asset, to be left what the household needs (善意文明执行)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.deadlines.rules import day_in_court
from core.i18n import Message, msg
from core.identity import Actor
from disposal_teams.forbearance import rules
from disposal_teams.forbearance.hardship import open_evidence, tell_hardship
from disposal_teams.forbearance.live_seal import ask_live_seal, report_use, withdraw_live_seal
from disposal_teams.forbearance.queries import own_forbearance
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.papers import file_answer
from web.rendering import page, see_other, translated
from web.team.hardship import TAGS as HARDSHIP_TAGS
from web.team.hardship import read_hardship
from web.team.live_seals import OPEN
from web.team.live_seals import TAGS as LIVE_TAGS

OWN = "/my/forbearance"


@get(OWN, include_in_schema=False)
async def own_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Own requests with their answers, reports that are due, and the forms."""
    return await _show(request, database, require_login(visitor), Form.blank())


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        own = await own_forbearance(work)
        today = day_in_court(work.now)
    taken = {asset.id for live, asset, _ in own.live_seals if live.state in OPEN}
    return page(
        request,
        "forbearance/own.html",
        status=form.status,
        form=form,
        own=own,
        today=today,
        assets=[
            (str(asset.id), f"{asset.title}（{asset.asset_no}）")
            for asset in own.assets
            if asset.id not in taken
        ],
        cases=[(str(case.id), case.case_no) for case in own.cases],
        numbers={case.id: case.case_no for case in own.cases},
        kinds=[
            (str(kind), translated(request, msg(label))) for kind, label in rules.HARDSHIP_KIND_LABELS.items()
        ],
        conditions=rules.CONDITIONS,
        live_labels=rules.LIVE_SEAL_LABELS,
        live_tags=LIVE_TAGS,
        hardship_labels=rules.HARDSHIP_LABELS,
        hardship_kinds=rules.HARDSHIP_KIND_LABELS,
        hardship_tags=HARDSHIP_TAGS,
    )


@post(OWN + "/live-seals", include_in_schema=False)
async def ask(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Ask to go on using an asset."""
    form = await read_form(request)
    asset_id = form.identifier("asset")
    use = form.text("use", longest=500)
    reason = form.text("reason", longest=1000, lines=True)

    async def act(work: Work) -> None:
        assert asset_id is not None
        await ask_live_seal(work, asset_id, use=use, reason=reason)

    return await _take(request, database, visitor, form, act, msg("申请已送达法院，结果将通知您。"))


@post(OWN + "/live-seals/{live_id:uuid}/report", include_in_schema=False)
async def report(request: AnyRequest, database: Database, visitor: Visitor, live_id: UUID) -> Response[Any]:
    """Report on its use."""
    form = await read_form(request)
    text = form.text("report", longest=1000, lines=True)
    insured_until = form.day("insured_until", required=False)

    async def act(work: Work) -> None:
        await report_use(work, live_id, report=text, insured_until=insured_until)

    return await _take(request, database, visitor, form, act, msg("使用情况已报告。"))


@post(OWN + "/live-seals/{live_id:uuid}/withdraw", include_in_schema=False)
async def take_back(
    request: AnyRequest, database: Database, visitor: Visitor, live_id: UUID
) -> Response[Any]:
    """Take the request back."""

    async def act(work: Work) -> None:
        await withdraw_live_seal(work, live_id)

    form = await read_form(request)
    return await _take(request, database, visitor, form, act, msg("申请已撤回。"))


@post(OWN + "/hardships", include_in_schema=False)
async def tell(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Tell of hardship."""
    form = await read_form(request)
    case_id = form.identifier("case")
    told = await read_hardship(form)

    async def act(work: Work) -> None:
        assert case_id is not None
        await tell_hardship(work, case_id, **told)

    return await _take(request, database, visitor, form, act, msg("困难说明已送达法院，核实后答复。"))


@get(OWN + "/hardships/{note_id:uuid}/files/{file_id:uuid}", include_in_schema=False)
async def own_evidence(database: Database, visitor: Visitor, note_id: UUID, file_id: UUID) -> Response[Any]:
    """An own file of evidence."""
    async with database.read(require_login(visitor)) as work:
        return file_answer(await open_evidence(work, note_id, file_id))


async def _take(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    form: Form,
    act: Callable[[Work], Awaitable[None]],
    said: Message,
) -> Response[Any]:
    actor = require_login(visitor)
    if await carried_out(database, actor, form, act):
        return see_other(request, OWN, said=said)
    return await _show(request, database, actor, form)


route_handlers = [own_page, ask, report, take_back, tell, own_evidence]

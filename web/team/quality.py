"""The papers on the quality of an asset: demanded from the debtor, taken in, read (B-05)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.i18n import msg
from core.identity import Actor, Permission, may
from core.sealed_files import MOST_BYTES
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.quality.demand import (
    DAYS_MOST,
    STATE_LABELS,
    WANTED,
    close_without_papers,
    demand_papers,
    demands_of,
    files_of,
    quality_paper,
    take_in_papers,
)
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import file_answer
from web.rendering import page
from web.team.asset_steps import take_on_asset

BASE = "/team/assets/{asset_no:str}/quality"
MOST_AT_ONCE = 10


@get(BASE, include_in_schema=False)
async def quality_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The demands with what came of them."""
    return await _show(
        request, database, require_staff(visitor), asset_no, Form.blank(wanted=WANTED, days="7")
    )


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        demands = [(each, await files_of(work, each.id)) for each in await demands_of(work, subject.id)]
        now = work.now
    waiting = next((each for each, _ in demands if each.state == "open"), None)
    return page(
        request,
        "team/quality.html",
        status=form.status,
        form=form,
        subject=subject,
        demands=demands,
        waiting=waiting,
        demand_states=STATE_LABELS,
        may_ask=may(actor, Permission.SURVEY_ASSET, court_code=subject.court_code),
        now=now,
        server_time=now,
    )


@post(BASE, include_in_schema=False)
async def ask(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Demand the papers."""
    actor = require_staff(visitor)
    form = await read_form(request)
    wanted = form.text("wanted", longest=1000, lines=True)
    days = form.integer("days", least=1, most=DAYS_MOST)

    async def act(work: Work, asset: Asset) -> None:
        await demand_papers(work, asset, wanted=wanted, days=days)

    said = msg("已通知被执行人提交质量资料。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="quality"
    )


@post(BASE + "/{demand_id:uuid}", include_in_schema=False)
async def end(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, demand_id: UUID
) -> Response[Any]:
    """Take in what came on paper, or close without papers."""
    actor = require_staff(visitor)
    form = await read_form(request)
    papers = form.choice("outcome", ("papers", "nothing")) == "papers"
    statement = form.text("statement", required=not papers, longest=1000, lines=True)
    files = (
        await form.uploads("file", most=MOST_AT_ONCE, most_bytes=MOST_BYTES)
        if papers and not statement
        else await optional_uploads(form)
    )

    async def act(work: Work, asset: Asset) -> None:
        if papers:
            await take_in_papers(work, asset, demand_id, files=files, statement=statement)
        else:
            await close_without_papers(work, asset, demand_id, statement=statement)

    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=msg("结果已登记。"), page="quality"
    )


async def optional_uploads(form: Form) -> list[tuple[str, bytes]]:
    """The files that were chosen, or none."""
    if not any(file.filename for file in form.files.get("file", [])):
        return []
    return await form.uploads("file", most=MOST_AT_ONCE, most_bytes=MOST_BYTES)


@get(BASE + "/files/{file_id:uuid}", include_in_schema=False)
async def quality_file(database: Database, visitor: Visitor, asset_no: str, file_id: UUID) -> Response[Any]:
    """A paper; opening it is recorded."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        return file_answer(await quality_paper(work, await open_own_asset(work, asset_no), file_id))


route_handlers = [quality_page, ask, end, quality_file]

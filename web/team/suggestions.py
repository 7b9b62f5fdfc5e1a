"""Judicial suggestions about an asset: sent, answered (§10 no. 35)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.deadlines.rules import day_in_court
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.suggestions.models import BodyKind
from disposal_teams.suggestions.suggest import BODY_LABELS, note_answer, send_suggestion, suggestions_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page
from web.team.asset_steps import take_on_asset
from web.team.labels import shown

BASE = "/team/assets/{asset_no:str}/suggestions"
USUAL_DAYS = 60


@get(BASE, include_in_schema=False)
async def suggestion_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """What was suggested to whom, and what came of it."""
    return await _show(request, database, require_staff(visitor), asset_no, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form | None
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        sent = await suggestions_of(work, subject.id)
        today = day_in_court(work.now)
    court = subject.court_code
    return page(
        request,
        "team/suggestions.html",
        status=form.status if form else 200,
        form=form or Form.blank(reply_by=(today + timedelta(days=USUAL_DAYS)).isoformat()),
        subject=subject,
        sent=sent,
        today=today,
        body_names=BODY_LABELS,
        bodies=shown(request, [(str(each), msg(label)) for each, label in BODY_LABELS.items()]),
        may_send=may(actor, Permission.APPROVE_INSTRUCTION, court_code=court),
        may_note=may(actor, Permission.WORK_ON_INSTRUCTION, court_code=court),
    )


@post(BASE, include_in_schema=False)
async def send(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Send one."""
    actor = require_staff(visitor)
    form = await read_form(request)
    kind = form.choice("body_kind", BodyKind)
    body = form.text("body", longest=80)
    problem = form.text("problem", longest=1000, lines=True)
    suggestion = form.text("suggestion", longest=1000, lines=True)
    reply_by = form.day("reply_by")

    async def act(work: Work, asset: Asset) -> None:
        assert kind is not None
        assert reply_by is not None
        await send_suggestion(
            work,
            asset,
            body_kind=kind,
            body=body,
            problem=problem,
            suggestion=suggestion,
            reply_by=reply_by,
        )

    said = msg("司法建议已发出。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="suggestions"
    )


@post(BASE + "/{suggestion_id:uuid}", include_in_schema=False)
async def answer(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, suggestion_id: UUID
) -> Response[Any]:
    """Note the answer."""
    actor = require_staff(visitor)
    form = await read_form(request)
    said_text = form.text("answer", longest=1000, lines=True)
    answered_on = form.day("answered_on")

    async def act(work: Work, asset: Asset) -> None:
        assert answered_on is not None
        await note_answer(work, asset, suggestion_id, answer=said_text, answered_on=answered_on)

    return await take_on_asset(
        request,
        database,
        actor,
        asset_no,
        form,
        act,
        show=_show,
        said=msg("答复已登记。"),
        page="suggestions",
    )


route_handlers = [suggestion_page, send, answer]

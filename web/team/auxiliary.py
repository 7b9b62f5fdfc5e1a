"""Auxiliary work for an asset: ordered from a body of the court's list, done or cancelled, with its cost (B-04)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.auxiliary.keep_list import KIND_LABELS, bodies_of
from auction.auxiliary.models import WorkKind
from auction.auxiliary.order import STATE_LABELS, cost_of, end_work, order_work, works_of
from core.database import Database, Work
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page
from web.team.asset_steps import take_on_asset
from web.team.labels import shown

BASE = "/team/assets/{asset_no:str}/auxiliary"


@get(BASE, include_in_schema=False)
async def auxiliary_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """What was ordered, from whom, and what it cost."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        orders = await works_of(work, subject.id)
        cost_fen = await cost_of(work, subject.id)
        bodies = [each for each in await bodies_of(work, subject.court_code) if each.excluded_at is None]
    return page(
        request,
        "auxiliary/asset.html",
        status=form.status,
        form=form,
        subject=subject,
        orders=orders,
        cost_fen=cost_fen,
        bodies=[(str(each.id), each.name) for each in bodies],
        kinds=shown(request, [(str(each), msg(label)) for each, label in KIND_LABELS.items()]),
        kind_names=KIND_LABELS,
        work_states=STATE_LABELS,
        may_order=may(actor, Permission.DRAFT_LISTING, court_code=subject.court_code),
    )


@post(BASE, include_in_schema=False)
async def order(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Order work."""
    actor = require_staff(visitor)
    form = await read_form(request)
    body_id = form.identifier("body")
    kind = form.choice("kind", WorkKind)
    task = form.text("task", longest=500, lines=True)
    cost_fen = form.yuan("cost")

    async def act(work: Work, asset: Asset) -> None:
        assert body_id is not None
        assert kind is not None
        await order_work(work, asset, body_id, kind=kind, task=task, cost_fen=cost_fen)

    return await take_on_asset(
        request,
        database,
        actor,
        asset_no,
        form,
        act,
        show=_show,
        said=msg("辅助工作已委托。"),
        page="auxiliary",
    )


@post(BASE + "/{order_id:uuid}", include_in_schema=False)
async def end(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, order_id: UUID
) -> Response[Any]:
    """Note that it is done, or cancel it."""
    actor = require_staff(visitor)
    form = await read_form(request)
    done = form.choice("outcome", ("done", "cancelled")) == "done"
    billed_fen = form.yuan("billed", required=done)
    result = form.text("result", longest=500, lines=True)

    async def act(work: Work, asset: Asset) -> None:
        await end_work(work, asset, order_id, done=done, result=result, cost_fen=billed_fen)

    return await take_on_asset(
        request,
        database,
        actor,
        asset_no,
        form,
        act,
        show=_show,
        said=msg("辅助工作已登记结果。"),
        page="auxiliary",
    )


route_handlers = [auxiliary_page, order, end]

"""Objections that come on paper: the clerk enters them, and they go the same way as those raised online (B-60 to B-64)."""

from typing import Any

from litestar import Response, get, post

from auction.listing.parts import assets_of
from auction.listing.queries import open_lot_file
from auction.objections.queries import courts_that_acted
from auction.objections.raise_objection import raise_objection
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.courts.queries import court_names
from disposal_teams.objections import rules
from disposal_teams.objections.models import Capacity, ObjectionKind
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.rendering import page, see_other
from web.team.labels import shown


def _require(actor: Actor) -> Actor:
    if not may(actor, Permission.RECORD_OBJECTION, court_code=actor.court_code):
        raise NotFound(msg("登记书面异议由本院书记员或者执行裁判办理。"))
    return actor


@get("/court/objections/new", include_in_schema=False)
async def paper_form(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The form; `?lot=` names the lot when it is opened from there."""
    actor = _require(require_staff(visitor))
    query = query_form(request)
    return await _form(
        request, database, actor, Form.blank(lot_no=query.text("lot", required=False, longest=30))
    )


async def _form(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    acted: list[str] = []
    parts: list[Asset] = []
    async with database.read(actor) as work:
        names = await court_names(work)
        try:
            lot = await open_lot_file(work, form.value("lot_no"))
            parts = await assets_of(work, lot)
            acted = await courts_that_acted(work, lot.asset_id, parts[0].court_code)
        except NotFound:
            lot = None
        now = work.now
    return page(
        request,
        "objections/paper.html",
        status=form.status,
        form=form,
        lot=lot,
        parts=[(each.asset_no, each.title) for each in parts] if len(parts) > 1 else [],
        kinds=shown(request, [(str(kind), msg(label)) for kind, label in rules.KIND_LABELS.items()]),
        capacities=shown(request, [(str(each), msg(label)) for each, label in rules.CAPACITY_LABELS.items()]),
        courts=shown(request, [(code, msg(names[code])) for code in acted]),
        server_time=now,
    )


@post("/court/objections/new", include_in_schema=False)
async def enter_paper(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Enter it; the filing clock starts."""
    actor = _require(require_staff(visitor))
    form = await read_form(request)
    lot_no = form.text("lot_no", longest=30)
    filer_name = form.text("filer_name", longest=80)
    kind = form.choice("kind", tuple(ObjectionKind))
    capacity = form.choice("capacity", tuple(Capacity))
    claim = form.text("claim", longest=500, lines=True)
    reasons = form.text("reasons", longest=2000, lines=True)
    evidence = form.text("evidence", required=False, longest=1000, lines=True)
    act_court = form.text("act_court", required=False, longest=8)
    asset_no = form.text("asset_no", required=False, longest=30)
    if kind is not None and capacity is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                made = await raise_objection(
                    work,
                    await open_lot_file(work, lot_no),
                    kind=kind,
                    capacity=capacity,
                    claim=claim,
                    reasons=reasons,
                    evidence=evidence,
                    act_court=act_court,
                    filer_name=filer_name,
                    asset_no=asset_no,
                )
            said = msg("书面异议已登记，三日立案期限开始计算。")
            return see_other(request, f"/court/objections/{made.id}", said=said)
        except NotFound as error:
            form.errors["lot_no"] = error.message
        except DisposalError as error:
            form.refuse(error)
    return await _form(request, database, actor, form)


route_handlers = [paper_form, enter_paper]

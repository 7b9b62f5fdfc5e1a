"""Complaints of the 12368 line: import with a dry run, entry by hand, the newest (K-29)."""

import base64
import binascii
from typing import Any

from litestar import Response, get, post

from auction.complaints.enter import enter_complaint, examine_complaints, import_complaints
from auction.complaints.models import Matter
from auction.complaints.queries import complaints
from auction.complaints.rules import COLUMNS, MATTER_LABELS, MOST_BYTES
from core.clock import COURT_ZONE
from core.database import Database
from core.errors import DisposalError, InvalidInput
from core.i18n import msg
from core.identity import Actor, Role
from disposal_teams.courts.queries import court_names
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

ADDRESS = "/supervision/complaints"
MATTERS = [(str(matter), msg(label)) for matter, label in MATTER_LABELS.items()]


@get(ADDRESS, include_in_schema=False)
async def complaints_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The newest complaints, the import and the form."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    return await _show(request, database, actor, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, form: Form, *, content: bytes | None = None
) -> Response[Any]:
    examined = None
    async with database.read(actor) as work:
        if content is not None:
            try:
                examined = await examine_complaints(work, content)
            except InvalidInput as error:
                form.refuse(error)
        found = await complaints(work)
        names = await court_names(work)
        form.values.setdefault("received_on", work.now.astimezone(COURT_ZONE).date().isoformat())
    return page(
        request,
        "complaints/desk.html",
        status=form.status,
        form=form,
        found=found,
        courts=names,
        court_options=shown(request, [(code, msg(name)) for code, name in names.items()]),
        matters=shown(request, MATTERS),
        matter_labels=MATTER_LABELS,
        columns=COLUMNS,
        examined=examined,
        kept=base64.b64encode(content).decode() if examined is not None and content is not None else "",
    )


@post(ADDRESS + "/file", include_in_schema=False)
async def examine(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The dry run of a file; keeps nothing."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    upload = await form.upload("file", most_bytes=MOST_BYTES)
    return await _show(request, database, actor, form, content=upload[1] if upload is not None else None)


@post(ADDRESS + "/import", include_in_schema=False)
async def take_in(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Import what the dry run showed: everything or nothing."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    try:
        content = base64.b64decode(form.value("kept"), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    try:
        async with database.begin(actor) as work:
            done = await import_complaints(work, content)
        said = msg("已导入 {new} 件；已有的 {known} 件未重复导入。", new=len(done.new), known=len(done.known))
        return see_other(request, ADDRESS, said=said)
    except DisposalError as error:
        form.refuse(error)
    return await _show(request, database, actor, form, content=content)


@post(ADDRESS, include_in_schema=False)
async def enter(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Enter one by hand."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    ticket = form.text("ticket_no", longest=40)
    received_on = form.day("received_on")
    court = form.text("court", required=False, longest=8)
    lot_no = form.text("lot_no", required=False, longest=30)
    matter = form.choice("matter", Matter)
    summary = form.text("summary", longest=500, lines=True)
    if received_on is not None and matter is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await enter_complaint(
                    work, ticket_no=ticket, received_on=received_on, court=court, lot_no=lot_no, matter=matter,
                    summary=summary,
                )  # fmt: skip
            return see_other(request, ADDRESS, said=msg("投诉已登记。"))
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


route_handlers = [complaints_page, examine, take_in, enter]

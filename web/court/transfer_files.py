"""What goes over with a transfer: the files of the hand-over, leave to publish meanwhile, and the panel of the live page."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.i18n import msg
from disposal_teams.transfers import handover_rules as rules
from disposal_teams.transfers.complete_handover import confirm_files, deliver_files, find_missing
from disposal_teams.transfers.leave import allow_publishing
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.request import request_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.court.transfers import panel_of, take_step
from web.forms import Form, query_form
from web.rendering import page

BASE = "/court/transfers/{transfer_id:uuid}"


@get(BASE + "/panel", include_in_schema=False)
async def transfer_panel(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """State, clock, files and trace alone, for replacing them in the open page."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        context = await panel_of(work, await request_of(work, transfer_id))
    return page(request, "court/transfer_panel.html", seen=query_form(request).value("seen"), **context)


@post(BASE + "/files", include_in_schema=False)
async def deliver(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """The old court ticks what it has handed over."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        none = {code: form.text(f"none_{code}", required=False, longest=200) for code in rules.PAPER_ITEMS}
        await deliver_files(
            work,
            transfer.id,
            handed={code for code in rules.PAPER_ITEMS if form.flag(f"handed_{code}")},
            none={code: why for code, why in none.items() if why},
        )

    return await take_step(request, database, visitor, transfer_id, act, msg("移交情况已登记。"))


@post(BASE + "/missing", include_in_schema=False)
async def report_missing(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """The new court says what it did not find."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        code = form.text("missing", longest=30)
        await find_missing(work, transfer.id, missing={code: form.text("what", required=False, longest=200)})

    return await take_step(request, database, visitor, transfer_id, act, msg("已通知原处置法院补交。"))


@post(BASE + "/confirm", include_in_schema=False)
async def confirm(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """The new court signs for everything."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        remark = form.text("remark", required=False, longest=1000, lines=True)
        await confirm_files(work, transfer.id, remark=remark)

    return await take_step(request, database, visitor, transfer_id, act, msg("已签收全部移交材料。"))


@post(BASE + "/leave", include_in_schema=False)
async def give_leave(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """The requester or the superior lets the first court publish."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        note = form.text("leave_note", required=False, longest=500, lines=True)
        await allow_publishing(work, transfer, note=note)

    return await take_step(request, database, visitor, transfer_id, act, msg("已同意首封法院发布公告。"))


route_handlers = [transfer_panel, deliver, report_missing, confirm, give_leave]

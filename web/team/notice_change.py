"""A published fact has changed: a supplement for what is small, withdrawing and a new notice for what is material (B-16)."""

from typing import Any

from litestar import Response, get, post

from auction.listing.changes import MATERIAL_LABELS
from auction.listing.models import Lot, LotState, Round
from auction.listing.parts import assets_of
from auction.listing.queries import open_lot_file
from auction.listing.rules import notice_days
from auction.withdrawal.relist import replace_notice
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from core.legal_settings import legal
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import WORDS
from web.rendering import page, see_other


@get("/team/lots/{lot_no:str}/material-change", include_in_schema=False)
async def ask(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Which facts have changed, and what follows."""
    return await _show(request, database, require_staff(visitor), lot_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        lot = await open_lot_file(work, lot_no)
        parts = await assets_of(work, lot)
    return page(
        request,
        "listing/material_change.html",
        status=form.status,
        form=form,
        lot=lot,
        is_open=lot.state in (LotState.PUBLISHED, LotState.PAUSED),
        may_replace=_may(actor, lot),
        changes=[
            (code, msg(label)) for code, label in MATERIAL_LABELS.items() if code != "parts" or len(parts) > 1
        ],
        parts=parts if len(parts) > 1 else [],
        left_out=form.many("leave_out"),
        days=notice_days(Round(lot.round), is_movable=lot.is_movable, rerun=lot.rerun, settings=legal()),
        notice_before=legal().parties_notice_days,
        **WORDS,
    )


def _may(actor: Actor, lot: Lot) -> bool:
    return all(
        may(actor, permission, court_code=lot.court_code)
        for permission in (Permission.STOP_LISTING, Permission.DRAFT_LISTING)
    )


@post("/team/lots/{lot_no:str}/material-change", include_in_schema=False)
async def answer(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Withdraw, and open the draft that takes its place."""
    actor = require_staff(visitor)
    form = await read_form(request)
    changed = [code for code in MATERIAL_LABELS if form.flag(f"changed_{code}")]
    reason = form.text("reason", longest=400)
    leave_out = form.identifiers("leave_out") if form.many("leave_out") else []
    if not changed and not leave_out:
        form.errors["changed"] = msg("请选择发生变更的事项。")
    if not form.flag("sure"):
        form.errors["sure"] = msg("请确认撤回。")
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                lot = await open_lot_file(work, lot_no)
                draft = await replace_notice(
                    work, lot.id, changed=changed, reason=reason, leave_out=leave_out
                )
            return see_other(
                request,
                f"/team/lots/{draft.lot_no}",
                said=msg("原公告已撤回，重新公告的草稿 {number} 已建立。", number=draft.lot_no),
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, lot_no, form)


route_handlers = [ask, answer]

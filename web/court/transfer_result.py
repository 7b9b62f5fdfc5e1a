"""The result of a transferred asset: the division of the price, the first court's reserved share, and the letter (T-05)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.disposal_results.models import DisposalResult, ReserveState
from auction.disposal_results.rules import read_shares
from auction.disposal_results.tell_result import (
    confirm_first_claim,
    result_of,
    settle_reserve,
    tell_result,
)
from core.database import Database, Work
from core.i18n import Message, msg
from core.identity import Permission, may
from disposal_teams.assets.queries import asset_of
from disposal_teams.courts.queries import court_names
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.request import request_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.court.transfers import Act, take_step
from web.forms import Form
from web.rendering import page
from web.team.fields import as_refusal

BASE = "/court/transfers/{transfer_id:uuid}/result"
RESERVE_LABELS: dict[ReserveState, str] = {
    ReserveState.NONE: "没有预留",
    ReserveState.HELD: "已预留，待首封债权确认",
    ReserveState.CONFIRMED: "首封债权已确认，待办理",
    ReserveState.SETTLED: "预留份额已办结",
}


@get(BASE, include_in_schema=False)
async def show_result(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """The sale, its division, and what each side has to do."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        return await _view(request, work, await request_of(work, transfer_id), Form.blank())


async def _view(request: AnyRequest, work: Work, transfer: TransferRequest, form: Form) -> Response[Any]:
    result = await result_of(work, transfer.id)
    actor = work.actor
    lines = read_shares(result.shares)
    return page(
        request,
        "court/transfer_result.html",
        status=form.status,
        form=form,
        transfer=transfer,
        result=result,
        subject=await asset_of(work, transfer.asset_id),
        courts=await court_names(work),
        lines=lines,
        left_fen=result.price_fen - result.costs_fen - sum(line.share_fen for line in lines),
        reserve_labels=RESERVE_LABELS,
        **_acts(result, transfer, work),
        now=work.now,
        server_time=work.now,
        is_own=actor.court_code == result.court_code,
    )


def _acts(result: DisposalResult, transfer: TransferRequest, work: Work) -> dict[str, bool]:
    def allowed(permission: Permission, court: str) -> bool:
        return may(work.actor, permission, court_code=court)

    return {
        "may_tell": result.told_at is None and allowed(Permission.ISSUE_RULING, result.court_code),
        "may_confirm": result.reserve == ReserveState.HELD
        and allowed(Permission.ANSWER_TRANSFER, transfer.first_court_code),
        "may_settle": result.reserve == ReserveState.CONFIRMED
        and allowed(Permission.RELEASE_MONEY, result.court_code),
    }


async def _step(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID, act: Act, said: Message
) -> Response[Any]:
    path = f"/court/transfers/{transfer_id}/result"
    return await take_step(request, database, visitor, transfer_id, act, said, view=_view, back_to=path)


@post(BASE, include_in_schema=False)
async def tell(request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID) -> Response[Any]:
    """Divide the price and send the letter."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        result = await result_of(work, transfer.id)
        costs = form.yuan("costs", required=False)
        given = {
            line.position: form.yuan(f"share_{line.position}", required=False)
            for line in read_shares(result.shares)
        }
        if form.is_bad:
            raise as_refusal(form)
        await tell_result(
            work, transfer.id, costs_fen=costs, given=given, first_confirmed=form.flag("first_confirmed")
        )

    return await _step(request, database, visitor, transfer_id, act, msg("处置结果告知函已签发并送达。"))


@post(BASE + "/claim", include_in_schema=False)
async def confirm(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """The first court reports that its claim is decided."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        amount = form.yuan("amount", required=False)
        title = form.text("title", required=False, longest=200)
        if form.is_bad:
            raise as_refusal(form)
        await confirm_first_claim(work, transfer.id, title=title, amount_fen=amount)

    return await _step(request, database, visitor, transfer_id, act, msg("已报送首封债权的确认情况。"))


@post(BASE + "/reserve", include_in_schema=False)
async def settle(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Pay the confirmed part; the rest goes back into the price."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        await settle_reserve(work, transfer.id)

    return await _step(request, database, visitor, transfer_id, act, msg("预留份额已办理。"))


route_handlers = [show_result, tell, confirm, settle]

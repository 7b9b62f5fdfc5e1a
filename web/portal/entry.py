"""What a bidder does with an entry that stands: hand in papers, pay in the demo, take it back."""

from typing import Any

from litestar import Response, post

from auction.agents.papers import submit_agent_papers
from auction.payments.models import MoneyChannel
from auction.registration.identity import open_seal
from auction.registration.models import DepositWay, Registration
from auction.registration.register import own_registration
from auction.registration.withdraw import withdraw_registration
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Permission, require
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.demo_bank import pay_in_demo
from web.portal.entry_form import read_files
from web.portal.registration import public_lot, show_entry
from web.rendering import see_other


@post("/lots/{lot_no:str}/register/agent-papers", include_in_schema=False)
async def hand_in_papers(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Hand in the power of attorney (B-13)."""
    actor = require_login(visitor)
    form = await read_form(request)
    files = await read_files(form)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                lot = await public_lot(work, lot_no)
                await submit_agent_papers(work, lot.id, files)
            return see_other(
                request, f"/lots/{lot_no}/register", said=msg("委托材料已提交，法院将在开拍前确认。")
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await show_entry(request, work, await public_lot(work, lot_no), form)


@post("/lots/{lot_no:str}/register/withdraw", include_in_schema=False)
async def withdraw(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Take the entry back before bidding starts."""
    actor = require_login(visitor)
    form = Form.blank()
    try:
        async with database.begin(actor) as work:
            lot = await public_lot(work, lot_no)
            entry = await withdraw_registration(work, lot.id)
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
        async with database.read(actor) as work:
            return await show_entry(request, work, await public_lot(work, lot_no), form)
    said = msg("报名已撤回。")
    if entry.deposit_paid_fen:
        said = msg("报名已撤回，保证金将在 24 小时内原路退还。")
    return see_other(request, f"/lots/{lot_no}/register", said=said)


@post("/lots/{lot_no:str}/demo-payment", include_in_schema=False)
async def pay_deposit(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Demo only: the deposit arrives from the buyer's account, or is frozen on the platform."""
    actor = require_login(visitor)
    require(actor, Permission.REGISTER_TO_BID)
    async with database.read(actor) as work:
        lot = await public_lot(work, lot_no)
        registration: Registration | None = await own_registration(work, lot.id)
    if registration is None:
        raise NotFound(msg("您尚未报名该标的物。"))
    frozen = registration.deposit_way == DepositWay.FREEZE
    await pay_in_demo(
        database,
        request.app.state.settings,
        actor,
        owner_id=registration.id,
        court_code=lot.court_code,
        account_no=registration.virtual_account_no,
        amount_fen=registration.deposit_due_fen - registration.deposit_paid_fen,
        payer=open_seal(registration).name,
        channel=MoneyChannel.PLATFORM if frozen else MoneyChannel.BANK,
    )
    return see_other(
        request, f"/lots/{lot_no}/register", said=msg("演示付款已提交，银行入账后自动确认，通常只需几秒。")
    )


route_handlers = [hand_in_papers, withdraw, pay_deposit]

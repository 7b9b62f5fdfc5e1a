"""What the valuation of an asset costs: counted fees, claimed expenses, payments, the applicant's advance (V-14, V-25)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from valuation.fees.models import AdvanceWay
from valuation.fees.pay import claim_expense, fix_expense, record_advance, record_fee_payment
from valuation.fees.queries import fee_sheet, valuation_of_fee
from valuation.fees.rules import BASIS_LABELS, STATE_LABELS
from valuation.queries import asset_of_valuation
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page
from web.team.asset_steps import take_on_asset
from web.team.labels import shown
from web.team.valuation import Step

ADVANCE_LABELS = {AdvanceWay.MONEY: msg("现金垫付"), AdvanceWay.GUARANTEE: msg("保险担保")}
FEE_WORDS = {"basis_labels": BASIS_LABELS, "fee_states": STATE_LABELS}
SAID: dict[str, Message] = {
    "claim": msg("已登记实际支出的申报。"),
    "fix": msg("费用已核定。"),
    "pay": msg("支付已登记。"),
}


@get("/team/assets/{asset_no:str}/valuation/fees", include_in_schema=False)
async def show_fees(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The sheet."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:  # reading across courts is recorded
        asset = await open_own_asset(work, asset_no)
        sheet = await fee_sheet(work, asset.id)
    return page(
        request,
        "listing/fees.html",
        status=form.status,
        form=form,
        subject=asset,
        sheet=sheet,
        advance_labels=ADVANCE_LABELS,
        advance_ways=shown(request, [(str(way), label) for way, label in ADVANCE_LABELS.items()]),
        may_enter=may(actor, Permission.ENTER_VALUATION, court_code=asset.court_code),
        **FEE_WORDS,
    )


async def _do(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    valuation_id: UUID,
    form: Form,
    step: Step,
    said: Message,
) -> Response[Any]:
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        asset_no = (await asset_of_valuation(work, valuation_id)).asset_no

    async def act(work: Work, _asset: Asset) -> None:
        await step(work)

    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="valuation/fees"
    )


@post("/team/valuations/{valuation_id:uuid}/advance", include_in_schema=False)
async def enter_advance(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """What the applicant has advanced."""
    form = await read_form(request)
    way = form.choice("advance_way", AdvanceWay)
    amount_fen = form.yuan("advance", least_fen=1)
    paper_ref = form.text("paper_ref", longest=120)

    async def step(work: Work) -> None:
        assert way is not None
        await record_advance(work, valuation_id, way=way, amount_fen=amount_fen, paper_ref=paper_ref)

    return await _do(request, database, visitor, valuation_id, form, step, msg("垫付已登记。"))


@post("/team/valuation-fees/{fee_id:uuid}/{name:str}", include_in_schema=False)
async def fee_step(
    request: AnyRequest, database: Database, visitor: Visitor, fee_id: UUID, name: str
) -> Response[Any]:
    """Claim an expense for the firm, fix it, or record the payment."""
    form = await read_form(request)
    async with database.read(require_staff(visitor)) as work:
        valuation_id = await valuation_of_fee(work, fee_id)
    if name not in SAID:
        raise NotFound(msg("没有找到该费用。"))
    step = _step_of(form, fee_id, name)
    return await _do(request, database, visitor, valuation_id, form, step, SAID[name])


def _step_of(form: Form, fee_id: UUID, name: str) -> Step:
    if name == "claim":
        return claim_of(form, fee_id)
    if name == "fix":
        amount_fen = form.yuan("fixed", least_fen=0)
        return lambda work: fix_expense(work, fee_id, amount_fen=amount_fen)
    paid_on, paid_ref = form.day("paid_on"), form.text("paid_ref", longest=120)

    async def pay(work: Work) -> None:
        assert paid_on is not None
        await record_fee_payment(work, fee_id, paid_on=paid_on, paid_ref=paid_ref)

    return pay


def claim_of(form: Form, fee_id: UUID) -> Step:
    """The claim of an actual expense from a form; for the firm's own page too."""
    amount_fen = form.yuan("claimed", least_fen=1)
    reason = form.text("claim_reason", longest=300)
    return lambda work: claim_expense(work, fee_id, amount_fen=amount_fen, reason=reason)


route_handlers = [show_fees, enter_advance, fee_step]

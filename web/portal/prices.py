"""A party's own page of a price agreement: name a price under seal, or refuse (V-02)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor
from valuation.agreement.submit_price import own_part, submit_price
from valuation.models import ValuationState
from valuation.ways.enter import steps_of
from valuation.ways.rules import METHOD_LABELS
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other


@get("/my/prices/{valuation_id:uuid}", include_in_schema=False)
async def show(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """The form, or what came of it."""
    return await _show(request, database, require_login(visitor), valuation_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, valuation_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        valuation, asset, _, entry = await own_part(work, valuation_id)
        steps = await steps_of(work, valuation_id)
        now = work.now
    step = steps[0] if steps else None
    is_open = (
        valuation.state == ValuationState.NEGOTIATING
        and step is not None
        and step.outcome is None
        and (step.due_at is None or now < step.due_at)
    )
    return page(
        request,
        "my/price.html",
        status=form.status,
        form=form,
        valuation=valuation,
        subject=asset,
        entry=entry,
        step=step,
        is_open=is_open,
        following=METHOD_LABELS[valuation.method] if len(steps) > 1 else None,  # type: ignore[index]
    )


@post("/my/prices/{valuation_id:uuid}", include_in_schema=False)
async def submit(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Submit the own price twice written, or refuse."""
    actor = require_login(visitor)
    form = await read_form(request)
    refuses = form.value("answer") == "refuse"
    price_fen = None
    if not refuses:
        price_fen, again = form.yuan("price", least_fen=1), form.yuan("price_again", least_fen=1)
        if not form.is_bad and price_fen != again:
            form.errors["price_again"] = msg("与第一次填写的金额不同。")
    valid_until = form.day("valid_until", required=False)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                _, _, party, _ = await own_part(work, valuation_id)
                await submit_price(work, valuation_id, party.id, price_fen=price_fen, valid_until=valid_until)
            said = msg("您已拒绝议价。") if refuses else msg("价格已加密提交。")
            return see_other(request, f"/my/prices/{valuation_id}", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, valuation_id, form)


route_handlers = [show, submit]

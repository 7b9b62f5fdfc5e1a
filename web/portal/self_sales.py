"""The debtor's way to sell by itself: ask, see the days that are left and the court's account, name the buyer (A-26)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.self_sale import rules
from auction.self_sale.apply import apply_for_self_sale, name_buyer, withdraw_self_sale
from auction.self_sale.models import SelfSaleGround
from auction.self_sale.queries import own_assets, own_sales
from core.database import Database, Work
from core.i18n import Message, msg
from core.identity import Actor
from core.legal_settings import legal
from disposal_teams.courts.queries import all_courts
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.rendering import page, see_other, translated
from web.team.self_sales import TAGS


@get("/my/self-sales", include_in_schema=False)
async def own_self_sales(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The own assets that may be asked for, and every application with what became of it."""
    return await _show(request, database, require_login(visitor), Form.blank())


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        assets = await own_assets(work)
        made = await own_sales(work)
        courts = {court.code: court for court in await all_courts(work)}
        now = work.now
    return page(
        request,
        "self_sale/own.html",
        status=form.status,
        form=form,
        assets=[(str(asset.id), f"{asset.title}（{asset.asset_no}）") for asset in assets],
        made=made,
        courts=courts,
        grounds=[(str(each), translated(request, msg(text))) for each, text in rules.GROUND_LABELS.items()],
        ground_labels=rules.GROUND_LABELS,
        ground_rules=rules.GROUND_RULES,
        sale_states=rules.STATE_LABELS,
        sale_tags=TAGS,
        most_days=legal().self_sale_days,
        share_months=legal().self_sale_share_months,
        now=now,
        server_time=now,
    )


@post("/my/self-sales", include_in_schema=False)
async def ask(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Apply."""
    form = await read_form(request)
    asset_id = form.identifier("asset")
    ground = form.choice("ground", SelfSaleGround)
    price_fen = form.yuan("price", least_fen=1)
    reason = form.text("reason", longest=1000, lines=True)
    buyer = form.text("buyer", required=False, longest=80)
    related = form.flag("related")

    async def act(work: Work) -> None:
        assert asset_id is not None
        assert ground is not None
        await apply_for_self_sale(
            work,
            asset_id,
            ground=ground,
            price_fen=price_fen,
            reason=reason,
            buyer_name=buyer,
            buyer_is_related=related,
        )

    return await _take(request, database, visitor, form, act, msg("申请已送达法院，结果将通知您。"))


@post("/my/self-sales/{sale_id:uuid}/buyer", include_in_schema=False)
async def own_buyer(
    request: AnyRequest, database: Database, visitor: Visitor, sale_id: UUID
) -> Response[Any]:
    """Name the buyer."""
    form = await read_form(request)
    name = form.text("buyer", longest=80)
    price_fen = form.yuan("price", least_fen=1)
    related = form.flag("related")

    async def act(work: Work) -> None:
        await name_buyer(work, sale_id, buyer_name=name, price_fen=price_fen, buyer_is_related=related)

    return await _take(request, database, visitor, form, act, msg("买受人已登记，价款须存入法院账户。"))


@post("/my/self-sales/{sale_id:uuid}/withdraw", include_in_schema=False)
async def take_back(
    request: AnyRequest, database: Database, visitor: Visitor, sale_id: UUID
) -> Response[Any]:
    """Take it back."""

    async def act(work: Work) -> None:
        await withdraw_self_sale(work, sale_id)

    form = await read_form(request)
    return await _take(request, database, visitor, form, act, msg("自行变卖已撤回，恢复处置。"))


async def _take(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    form: Form,
    act: Callable[[Work], Awaitable[None]],
    said: Message,
) -> Response[Any]:
    actor = require_login(visitor)
    if await carried_out(database, actor, form, act):
        return see_other(request, "/my/self-sales", said=said)
    return await _show(request, database, actor, form)


route_handlers = [own_self_sales, ask, own_buyer, take_back]

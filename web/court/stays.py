"""Sales that stand still: of the own court, and by the own court's order; the president above prolongs them (B-50, B-54)."""

from typing import Any

from litestar import Response, get, post

from auction.suspension.end_stay import extend_stay
from auction.suspension.grounds import SUPERIOR_ORDER
from auction.suspension.queries import stays_for_court
from core.database import Database
from core.errors import DisposalError
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.courts.queries import court_names
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import STAY_WORDS, WORDS
from web.rendering import page, see_other


@get("/court/stays", include_in_schema=False)
async def stay_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every stopped sale with its ground, its date and what is due."""
    return await _page(request, database, require_staff(visitor), Form.blank())


async def _page(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        standing = await stays_for_court(work, actor.court_code or "")
        names = await court_names(work)
        now = work.now
    extendable = [
        each
        for each in standing
        if each.stay.ground == SUPERIOR_ORDER
        and may(actor, Permission.EXTEND_STAY, court_code=each.stay.ordered_by_court)
    ]
    return page(
        request,
        "court/stays.html",
        status=form.status,
        form=form,
        standing=standing,
        extendable=extendable,
        courts=names,
        server_time=now,
        **WORDS,
        **STAY_WORDS,
    )


@post("/court/stays", include_in_schema=False)
async def prolong(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Prolong a stay that the own court ordered."""
    actor = require_staff(visitor)
    form = await read_form(request)
    stay_id = form.identifier("stay")
    until = form.moment("until")
    reason = form.text("reason", longest=500, lines=True)
    if stay_id is not None and until is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await extend_stay(work, stay_id, until=until, reason=reason)
            return see_other(request, "/court/stays", said=msg("暂缓期限已经延长，并已通知下级法院。"))
        except DisposalError as error:
            form.refuse(error)
    return await _page(request, database, actor, form)


route_handlers = [stay_list, prolong]

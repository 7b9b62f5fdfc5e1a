"""The intermediate court keeps the cities' purchase limits: every change is a further version (B-17)."""

from typing import Any

from litestar import Response, get, post

from auction.purchase_limits.policy import limits_now, policy_versions, put_limit
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from core.legal_settings import PurchaseLimit
from disposal_teams.assets.models import AssetKind
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.portal.words import KINDS
from web.rendering import page, see_other

ADDRESS = "/supervision/purchase-limits"


@get(ADDRESS, include_in_schema=False)
async def show(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The table, and a form that holds the limit named by `place`, or is empty for a new one."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    asked = query_form(request)
    place = asked.integer("place", least=0, most=1000, required=False) if asked.value("place") else None
    return await _show(request, database, actor, place if not asked.is_bad else None, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, place: int | None, form: Form | None
) -> Response[Any]:
    async with database.read(actor) as work:
        limits = await limits_now(work)
        versions = await policy_versions(work, limit=1)
    if place is not None and place >= len(limits):
        raise NotFound(msg("没有找到该项限购政策。"))
    after = versions[0].version if versions else 0
    if form is None:
        form = _form(limits[place] if place is not None else None, place, after)
    return page(
        request,
        "supervision/purchase_limits.html",
        status=form.status,
        form=form,
        limits=limits,
        place=place,
        kind_options=[(str(kind), KINDS[kind]) for kind in AssetKind],
    )


def _form(limit: PurchaseLimit | None, place: int | None, after: int) -> Form:
    values: dict[str, Any] = {"after": after, "place": "" if place is None else place}
    if limit is None:
        values |= {"kind_real_estate": "1"}
    else:
        values |= {f"kind_{kind}": "1" for kind in limit.kinds}
        values |= {
            "city": limit.city,
            "text": limit.text,
            "districts": "、".join(limit.districts),
            "since": limit.since.isoformat() if limit.since else "",
            "until": limit.until.isoformat() if limit.until else "",
            "source": limit.source,
        }
    return Form.blank(**values)


@post(ADDRESS, include_in_schema=False)
async def save(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Publish the table with this limit in it."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    place = form.integer("place", least=0, most=1000) if form.value("place") else None
    after = form.integer("after", least=0, most=1_000_000)
    limit = PurchaseLimit(
        city=form.text("city", longest=20),
        text=form.text("text", longest=300, lines=True),
        kinds=tuple(str(kind) for kind in AssetKind if form.flag(f"kind_{kind}")),
        districts=tuple(
            each.strip()
            for each in form.text("districts", required=False, longest=300).replace("，", "、").split("、")
            if each.strip()
        ),
        since=form.day("since", required=False),
        until=form.day("until", required=False),
        source=form.text("source", required=False, longest=100),
    )
    reason = form.text("reason", longest=300)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                made = await put_limit(work, limit, reason=reason, place=place, after=after)
            return see_other(
                request, "/purchase-limits", said=msg("限购政策第 {version} 版已发布。", version=made.version)
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, place, form)


route_handlers = [show, save]

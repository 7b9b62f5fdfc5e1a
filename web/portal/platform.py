"""The applicant chooses the auction platform (B-02)."""

from typing import Any

from litestar import Response, get, post

from auction.platforms.choose import choose_platform, own_asset, platform_file
from auction.platforms.rules import PLATFORM_LABELS, Platform
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.labels import shown


@get("/my/platform/{asset_no:str}", include_in_schema=False)
async def own_choice(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The list, the own choice, and where the asset is auctioned."""
    return await _show(request, database, require_login(visitor), asset_no, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form | None
) -> Response[Any]:
    async with database.read(actor) as work:
        subject, party = await own_asset(work, asset_no)
        file = await platform_file(work, subject.id)
    own = file.choices.get(party.id)
    return page(
        request,
        "my/platform.html",
        status=form.status if form else 200,
        form=form or Form.blank(platform=own.platform if own else ""),
        subject=subject,
        own=own,
        file=file,
        labels=PLATFORM_LABELS,
        options=shown(request, [(str(each), msg(label)) for each, label in PLATFORM_LABELS.items()]),
        is_open=subject.first_listed_at is None,
    )


@post("/my/platform/{asset_no:str}", include_in_schema=False)
async def choose(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Choose, or choose anew."""
    actor = require_login(visitor)
    form = await read_form(request)
    platform = form.choice("platform", Platform)
    if platform is not None:
        try:
            async with database.begin(actor) as work:
                await choose_platform(work, asset_no, platform=platform)
            return see_other(request, f"/my/platform/{asset_no}", said=msg("平台选择已提交。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, asset_no, form)


route_handlers = [own_choice, choose]

"""On which platform an asset is auctioned: the applicants' choices and the court's designation (B-02)."""

from typing import Any

from litestar import Response, get, post

from auction.platforms.choose import (
    applicants_of,
    ask_applicants,
    designate_platform,
    note_choice,
    platform_file,
)
from auction.platforms.rules import PLATFORM_LABELS, Platform
from core.database import Database, Work
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page
from web.team.asset_steps import take_on_asset
from web.team.labels import shown

OPTIONS = [(str(each), msg(label)) for each, label in PLATFORM_LABELS.items()]


@get("/team/assets/{asset_no:str}/platform", include_in_schema=False)
async def platform_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Who chose what, and what follows."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        file = await platform_file(work, subject.id)
        applicants = await applicants_of(work, subject)
    is_open = subject.first_listed_at is None
    return page(
        request,
        "listing/platform.html",
        status=form.status,
        form=form,
        subject=subject,
        file=file,
        applicants=applicants,
        labels=PLATFORM_LABELS,
        options=shown(request, OPTIONS),
        may_note=is_open
        and bool(applicants)
        and may(actor, Permission.NOTIFY_PARTIES, court_code=subject.court_code),
        may_designate=is_open
        and file.common is None
        and may(actor, Permission.DRAFT_LISTING, court_code=subject.court_code),
    )


@post("/team/assets/{asset_no:str}/platform/ask", include_in_schema=False)
async def ask(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Ask the applicants to choose."""
    actor = require_staff(visitor)
    form = await read_form(request)
    said = msg("已通知申请执行人选择平台。")
    return await take_on_asset(
        request, database, actor, asset_no, form, ask_applicants, show=_show, said=said, page="platform"
    )


@post("/team/assets/{asset_no:str}/platform/choices", include_in_schema=False)
async def note(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Note a choice that came on paper."""
    actor = require_staff(visitor)
    form = await read_form(request)
    party_id = form.identifier("party")
    platform = form.choice("platform", Platform)
    on_paper = form.text("on_paper", longest=100)

    async def act(work: Work, asset: Asset) -> None:
        assert party_id is not None
        assert platform is not None
        await note_choice(work, asset, party_id, platform=platform, on_paper=on_paper)

    return await take_on_asset(
        request,
        database,
        actor,
        asset_no,
        form,
        act,
        show=_show,
        said=msg("平台选择已登记。"),
        page="platform",
    )


@post("/team/assets/{asset_no:str}/platform/designation", include_in_schema=False)
async def designate(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Designate."""
    actor = require_staff(visitor)
    form = await read_form(request)
    platform = form.choice("designated", Platform)
    reason = form.text("reason", longest=300)

    async def act(work: Work, asset: Asset) -> None:
        assert platform is not None
        await designate_platform(work, asset, platform=platform, reason=reason)

    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=msg("平台已指定。"), page="platform"
    )


route_handlers = [platform_page, ask, note, designate]

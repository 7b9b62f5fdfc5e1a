"""The photos of an asset: several uploaded at once, put in order, one the cover, removed with a reason."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may, require
from core.settings import get_settings
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.dossier.read import items_in_case
from disposal_teams.photos.keep import Place, add_photo, arrange_photos, prepare_photo, remove_photo
from disposal_teams.photos.show import photos_of, removed_of
from disposal_teams.plain_text import listed
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.asset_steps import take_on_asset
from web.team.dossier import said_of

BASE = "/team/assets/{asset_no:str}/photos"
UPLOAD_LIMIT = 128_000_000
"""Bytes of one request: what comes beyond is not read. Photos wait on the disk until it is their turn."""
MOST_AT_ONCE = 20
MOST_PLACE = 999


@get(BASE, include_in_schema=False)
async def photo_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The photos in their order, with the forms."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        photos = sorted(await photos_of(work, [subject.id]), key=lambda each: each.position)
        removed = await removed_of(work, subject.id)
        kept = [each.dossier_file_id for each in photos] + [each.dossier_file_id for each in removed]
        originals = await items_in_case(work, subject.case_id, kept)
    settings = get_settings()
    return page(
        request,
        "team/photos.html",
        status=form.status,
        form=form,
        subject=subject,
        photos=photos,
        removed=removed,
        originals=originals,
        may_keep=may(actor, Permission.SURVEY_ASSET, court_code=subject.court_code),
        most_mb=settings.photo_mb,
        most_photos=settings.photos_of_asset,
    )


@post(BASE, include_in_schema=False, request_max_body_size=UPLOAD_LIMIT)
async def upload(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Take photos in, one after the other; what is refused is named, the rest is kept."""
    actor = require_staff(visitor)
    form = await read_form(request)
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        require(actor, Permission.SURVEY_ASSET, court_code=subject.court_code)
    kept, refused = 0, list[Message]()
    most_bytes = get_settings().photo_mb * 1_000_000
    async for name, content in form.one_by_one("file", most=MOST_AT_ONCE, most_bytes=most_bytes):
        try:
            photo = await prepare_photo(name, content)
            async with database.begin(actor) as work:
                await add_photo(work, await open_own_asset(work, asset_no), photo)
            kept += 1
        except NotFound:
            raise
        except DisposalError as error:
            refused.append(msg("{name}：{why}", name=name[-60:], why=said_of(error)))
    if refused:
        form.errors["file"] = listed(refused)
    if form.is_bad:
        return await _show(request, database, actor, asset_no, form)
    return see_other(
        request, f"/team/assets/{asset_no}/photos", said=msg("已添加 {count} 张照片。", count=kept)
    )


@post(BASE + "/order", include_in_schema=False)
async def arrange(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """A new order, captions and cover."""
    actor = require_staff(visitor)
    form = await read_form(request)
    places = [
        Place(
            photo_id,
            form.integer(f"place_{photo_id}", least=1, most=MOST_PLACE),
            form.text(f"caption_{photo_id}", required=False, longest=100),
        )
        for photo_id in form.identifiers("photo")
    ]
    cover = form.identifier("cover")

    async def act(work: Work, asset: Asset) -> None:
        await arrange_photos(work, asset, places, cover=cover)

    said = msg("照片的顺序、说明和封面已保存。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="photos"
    )


@post(BASE + "/{photo_id:uuid}/remove", include_in_schema=False)
async def remove(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, photo_id: UUID
) -> Response[Any]:
    """Show a photo no longer."""
    actor = require_staff(visitor)
    form = await read_form(request)
    reason = form.text("removed_reason", longest=200)

    async def act(work: Work, asset: Asset) -> None:
        await remove_photo(work, asset, photo_id, reason=reason)

    said = msg("照片已撤下，原件保留在电子卷宗。")
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=said, page="photos"
    )


route_handlers = [photo_page, upload, arrange, remove]

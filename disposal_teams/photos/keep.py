"""Take photos of an asset in, put them in order, remove one (A-15, B-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, func, select

from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.files import CheckedFile, inspect_file, store_content
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.settings import get_settings
from disposal_teams.assets.models import Asset
from disposal_teams.assets.note import note_asset
from disposal_teams.dossier.keep import file_about_asset
from disposal_teams.dossier.models import DossierKind
from disposal_teams.photos.models import AssetPhoto, PhotoSize, Size
from disposal_teams.plain_text import clean_text

SIDES: dict[str, int] = {Size.LARGE: 1600, Size.MEDIUM: 800, Size.SMALL: 400}
"""The longer side of each size in pixels."""


async def prepare_photo(name: str, content: bytes, *, field: str = "file") -> CheckedFile:
    """Decode a photo and write it anew in every size, without anything that the camera wrote into it. Not inside a
    transaction: it takes a fifth of a second, in a thread. Raises `InvalidInput` at `field`."""
    checked = await inspect_file(
        name, content, most_bytes=get_settings().photo_mb * 1_000_000, field=field, sides=SIDES
    )
    if not checked.media_type.startswith("image/"):
        raise InvalidInput(
            msg("文件不能受理。"), fields={field: msg("照片只接受 JPEG、PNG 或 WebP 图片（按内容识别）。")}
        )
    return checked


async def add_photo(work: Work, asset: Asset, photo: CheckedFile, *, caption: str = "") -> AssetPhoto:
    """Show a prepared photo of the asset, behind the others; the first is the cover. The original goes into the dossier.

    Raises `InvalidInput`, `Conflict` (too many, or the same picture is in the dossier already), `NotPermitted`.
    """
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    caption = clean_text(caption, "caption", fields, longest=100, required=False)
    if fields:
        raise InvalidInput(msg("照片说明有误，请按提示修改。"), fields=fields)
    await _lock(work, asset)
    there = await _there(work, asset.id)
    most = get_settings().photos_of_asset
    if len(there) >= most:
        raise Conflict(msg("每件标的物最多展示 {most} 张照片。", most=most), rule="B-12")
    original, _ = await file_about_asset(
        work, asset, photo, kind=DossierKind.PHOTO, title=(caption or photo.name)[:120]
    )
    added = AssetPhoto(
        id=new_id(),
        asset_id=asset.id,
        dossier_file_id=original.id,
        position=max((each.position for each in there), default=0) + 1,
        is_cover=not there,
        caption=caption,
        added_by=work.actor.account_id,
        added_by_name=work.actor.name,
        added_at=work.now,
    )
    work.session.add(added)
    await work.session.flush()
    for size, rendition in photo.renditions.items():
        work.session.add(
            PhotoSize(
                photo_id=added.id,
                size=size,
                sha256=await store_content(work, rendition.content),
                width=rendition.width,
                height=rendition.height,
            )
        )
    await work.session.flush()
    await note_asset(
        work, asset, "photo.added", "B-12", photo=str(added.id), sha256=photo.sha256.hex(), caption=caption
    )
    return added


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo shall stand, and what is said of it."""

    photo_id: UUID
    position: int
    caption: str


async def arrange_photos(work: Work, asset: Asset, places: Sequence[Place], *, cover: UUID | None) -> None:
    """Put the photos in a new order (equal numbers as they stood), with captions and cover. Raises `InvalidInput`."""
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    await _lock(work, asset)
    there = {each.id: each for each in await _there(work, asset.id)}
    fields: dict[str, Message] = {}
    captions = {
        each.photo_id: clean_text(
            each.caption, f"caption_{each.photo_id}", fields, longest=100, required=False
        )
        for each in places
    }
    if set(captions) != set(there) or (there and cover not in there):
        raise Conflict(msg("照片已被他人增减，请刷新页面后重新排列。"))
    if fields:
        raise InvalidInput(msg("照片说明有误，请按提示修改。"), fields=fields)
    wanted = {each.photo_id: each.position for each in places}
    for photo in there.values():
        photo.is_cover = False
    await work.session.flush()  # never two covers, not for the length of a statement
    order = sorted(there.values(), key=lambda each: (wanted[each.id], each.position))
    for number, photo in enumerate(order, start=1):
        photo.position, photo.caption, photo.is_cover = number, captions[photo.id], photo.id == cover
    await work.session.flush()
    await note_asset(
        work, asset, "photo.arranged", "B-12", order=[str(each.id) for each in order], cover=str(cover)
    )


async def remove_photo(work: Work, asset: Asset, photo_id: UUID, *, reason: str) -> AssetPhoto:
    """Show a photo no longer; its original stays in the dossier. The next in order becomes the cover. Raises `InvalidInput`,
    `NotFound`."""
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "removed_reason", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明撤下照片的理由。"), fields=fields)
    await _lock(work, asset)
    there = await _there(work, asset.id)
    photo = next((each for each in there if each.id == photo_id), None)
    if photo is None:
        raise NotFound(msg("没有找到该照片。"))
    was_cover, photo.is_cover = photo.is_cover, False
    photo.removed_at, photo.removed_reason, photo.removed_by_name = work.now, reason, work.actor.name
    await work.session.flush()
    left = [each for each in there if each.id != photo_id]
    if was_cover and left:
        left[0].is_cover = True
    await note_asset(work, asset, "photo.removed", "B-12", photo=str(photo.id), reason=reason)
    return photo


async def _lock(work: Work, asset: Asset) -> None:
    """Two who arrange the photos of one asset take turns."""
    await work.session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"photos:{asset.id}", 17)))
    )


async def _there(work: Work, asset_id: UUID) -> list[AssetPhoto]:
    rows = await work.session.exec(
        select(AssetPhoto)
        .where(AssetPhoto.asset_id == asset_id, col(AssetPhoto.removed_at).is_(None))
        .order_by(col(AssetPhoto.position), col(AssetPhoto.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)

"""Photos as they are shown: galleries, covers of lists, the bytes behind an address."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from core.database import Work
from core.errors import NotFound
from core.files import open_stored
from core.i18n import msg
from core.identity import Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.photos.models import AssetPhoto, PhotoSize, Size


@dataclass(frozen=True, slots=True)
class Picture:
    """One size of a photo: address, width and height."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo in all its sizes."""

    id: UUID
    asset_id: UUID
    caption: str
    is_cover: bool
    position: int
    added_by_name: str
    added_at: datetime
    dossier_file_id: UUID
    sizes: dict[str, Picture]

    @property
    def large(self) -> Picture:
        """For looking at it alone."""
        return self.sizes[Size.LARGE]

    @property
    def medium(self) -> Picture:
        """For a gallery."""
        return self.sizes[Size.MEDIUM]

    @property
    def small(self) -> Picture:
        """For a list."""
        return self.sizes[Size.SMALL]


async def photos_of(work: Work, asset_ids: Collection[UUID], *, covers_only: bool = False) -> list[Shown]:
    """The photos of the assets, each asset's cover first and then in their order; the caller has checked who looks."""
    if not asset_ids:
        return []
    query = (
        select(AssetPhoto, PhotoSize)
        .join(PhotoSize, col(PhotoSize.photo_id) == col(AssetPhoto.id))
        .where(col(AssetPhoto.asset_id).in_(asset_ids), col(AssetPhoto.removed_at).is_(None))
        .order_by(col(AssetPhoto.is_cover).desc(), col(AssetPhoto.position), col(AssetPhoto.id))
    )
    if covers_only:
        query = query.where(col(AssetPhoto.is_cover))
    found: dict[UUID, Shown] = {}
    for photo, size in await work.session.exec(query):
        shown = found.setdefault(photo.id, _shown(photo))
        shown.sizes[size.size] = Picture(address(size.sha256), size.width, size.height)
    return list(found.values())


async def covers_of(work: Work, asset_ids: Collection[UUID]) -> dict[UUID, Shown]:
    """The cover of each asset that has one, for lists."""
    return {each.asset_id: each for each in await photos_of(work, asset_ids, covers_only=True)}


async def count_of(work: Work, asset_ids: Sequence[UUID]) -> int:
    """How many photos the assets show."""
    rows = await work.session.exec(
        select(func.count())
        .select_from(AssetPhoto)
        .where(col(AssetPhoto.asset_id).in_(asset_ids), col(AssetPhoto.removed_at).is_(None))
    )
    return rows.one()


async def hashes_of(work: Work, asset_ids: Sequence[UUID]) -> list[str]:
    """The hash of each photo in its largest size, in the order in which they are shown."""
    return [each.large.path[len("/photos/") : -len(".webp")] for each in await photos_of(work, asset_ids)]


async def removed_of(work: Work, asset_id: UUID) -> list[AssetPhoto]:
    """What was taken away, newest first; for the court."""
    rows = await work.session.exec(
        select(AssetPhoto)
        .where(AssetPhoto.asset_id == asset_id, col(AssetPhoto.removed_at).is_not(None))
        .order_by(col(AssetPhoto.removed_at).desc())
    )
    return list(rows)


@dataclass(frozen=True, slots=True)
class PhotoBytes:
    """The bytes of one size; `is_public` tells whether anybody may keep them."""

    content: bytes
    is_public: bool


async def photo_bytes(work: Work, digest: bytes) -> PhotoBytes:
    """What lies behind an address: for everybody once a notice of the asset was published, before that for its court. Removed
    photos and everything else that is kept by hash are as unknown as what never was. Raises `NotFound`."""
    rows = await work.session.exec(
        select(Asset.court_code, Asset.first_listed_at)
        .join(AssetPhoto, col(AssetPhoto.asset_id) == col(Asset.id))
        .join(PhotoSize, col(PhotoSize.photo_id) == col(AssetPhoto.id))
        .where(PhotoSize.sha256 == digest, col(AssetPhoto.removed_at).is_(None))
    )
    places = list(rows)
    is_public = any(listed_at is not None for _, listed_at in places)
    actor = work.actor
    if not is_public and not any(
        may(actor, Permission.SEE_COURT_FILES, court_code=court) for court, _ in places
    ):
        raise NotFound(msg("没有找到该照片。"))
    return PhotoBytes(await open_stored(work, digest), is_public)


def address(digest: bytes) -> str:
    """Where a size is found; its content never changes."""
    return f"/photos/{digest.hex()}.webp"


def _shown(photo: AssetPhoto) -> Shown:
    return Shown(
        photo.id,
        photo.asset_id,
        photo.caption,
        photo.is_cover,
        photo.position,
        photo.added_by_name,
        photo.added_at,
        photo.dossier_file_id,
        {},
    )

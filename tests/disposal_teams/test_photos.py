"""Photos of assets: no metadata, in order, the original sealed in the dossier, shown once a notice is published (A-15, B-12)."""

from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image

from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.identity.actor import ANONYMOUS
from core.settings import get_settings
from disposal_teams.dossier.read import entries_of, own_version
from disposal_teams.photos import keep
from disposal_teams.photos.keep import Place, add_photo, arrange_photos, prepare_photo, remove_photo
from disposal_teams.photos.models import AssetPhoto
from disposal_teams.photos.show import count_of, covers_of, hashes_of, photo_bytes, photos_of, removed_of
from tests.core import pdfs, pictures
from tests.disposal_teams.city import HUQIU, KUNSHAN, acting, make_disputed, person


async def added(work: Work, asset: object, colour: str, caption: str = "") -> AssetPhoto:
    """A photo taken in."""
    photo = await prepare_photo(f"{colour}.jpg", pictures.photo(1000, 700, colour=colour))
    return await add_photo(work, asset, photo, caption=caption)  # type: ignore[arg-type]


async def test_A15_B12_photos_are_shown_without_metadata_and_the_original_stays_sealed(work: Work) -> None:
    made = await make_disputed(work)
    team, asset = acting(work, person(HUQIU)), made.asset
    original = pictures.photo_with_everything(2400, 1600)
    first = await add_photo(team, asset, await prepare_photo("IMG_1.jpg", original), caption="外立面")
    (shown,) = await photos_of(work, [asset.id])
    assert [(each.width, each.height) for each in (shown.large, shown.medium, shown.small)] == [
        (1067, 1600), (533, 800), (266, 400),
    ]  # fmt: skip
    assert (shown.is_cover, shown.caption) == (True, "外立面")

    digest = bytes.fromhex(shown.large.path.removeprefix("/photos/").removesuffix(".webp"))
    public = acting(work, ANONYMOUS)
    for stranger in (public, acting(work, person(KUNSHAN))):
        with pytest.raises(NotFound):
            await photo_bytes(stranger, digest)
    assert not (await photo_bytes(team, digest)).is_public
    asset.first_listed_at = work.now
    await work.session.flush()
    seen = await photo_bytes(public, digest)
    assert seen.is_public
    assert pictures.SECRET.encode() not in seen.content
    assert not Image.open(BytesIO(seen.content)).getexif()

    (entry,) = await entries_of(work, asset.case_id)
    assert (entry.file.kind, entry.file.asset_id, entry.newest.sha256 == digest) == ("photo", asset.id, False)
    kept = await own_version(team, asset.case_id, first.dossier_file_id, 1)
    assert kept.content == original
    with pytest.raises(NotFound):
        await photo_bytes(public, entry.newest.sha256)  # what is kept by hash is not public for that


async def test_B12_photos_are_ordered_captioned_covered_and_removed_with_a_reason(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await make_disputed(work)
    team, asset = acting(work, person(HUQIU)), made.asset
    red, green, blue = [await added(team, asset, colour) for colour in ("red", "green", "blue")]
    with pytest.raises(Conflict, match="相同内容"):
        await added(team, asset, "red")
    with pytest.raises(NotPermitted):
        await added(acting(work, person(KUNSHAN)), asset, "pink")
    for wrong in (pdfs.report_pdf(), b"<svg/>", pictures.bomb_png()):
        with pytest.raises(InvalidInput):
            await prepare_photo("x.jpg", wrong)
    monkeypatch.setattr(
        keep, "get_settings", lambda: get_settings().model_copy(update={"photos_of_asset": 3})
    )
    with pytest.raises(Conflict, match="最多展示 3 张"):
        await added(team, asset, "pink")

    places = [Place(red.id, 3, "客厅"), Place(green.id, 1, ""), Place(blue.id, 2, "车库")]
    with pytest.raises(Conflict, match="刷新"):
        await arrange_photos(team, asset, places[:2], cover=red.id)
    with pytest.raises(Conflict):
        await arrange_photos(team, asset, places, cover=uuid4())
    await arrange_photos(team, asset, places, cover=blue.id)
    assert [(each.id, each.caption) for each in await photos_of(work, [asset.id])] == [
        (blue.id, "车库"), (green.id, ""), (red.id, "客厅"),
    ]  # fmt: skip
    assert (await covers_of(work, [asset.id]))[asset.id].id == blue.id

    with pytest.raises(InvalidInput):
        await remove_photo(team, asset, blue.id, reason=" ")
    before = await hashes_of(work, [asset.id])
    await remove_photo(team, asset, blue.id, reason="拍到他人面部")
    with pytest.raises(NotFound):
        await remove_photo(team, asset, blue.id, reason="再撤一次")
    assert [each.id for each in await photos_of(work, [asset.id])] == [green.id, red.id]
    assert (await covers_of(work, [asset.id]))[asset.id].id == green.id
    assert (await count_of(work, [asset.id]), len(before)) == (2, 3)
    asset.first_listed_at = work.now
    await work.session.flush()
    with pytest.raises(NotFound):
        await photo_bytes(team, bytes.fromhex(before[0]))
    assert [each.removed_reason for each in await removed_of(work, asset.id)] == ["拍到他人面部"]
    assert len(await entries_of(work, asset.case_id)) == 3

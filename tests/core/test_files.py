"""Files are what their content says, kept once by their hash, and given out only unchanged (P-03)."""

import os
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from core.database import Work
from core.errors import Conflict, InvalidInput
from core.files import inspect_file, make_renditions, open_stored, store_content
from core.files import store as store_module
from core.files import watch as watch_module
from core.files.names import file_name
from core.files.store import path_in
from core.files.watch import clear_folder, look_through
from core.pdf_check import paint_first_page
from core.settings import get_settings
from tests.core import pdfs, pictures

MOST = 20_000_000


async def refusal(content: bytes, *, most: int = MOST) -> str:
    """Why a file is not taken."""
    with pytest.raises(InvalidInput) as refused:
        await inspect_file("x.pdf", content, most_bytes=most)
    return str(refused.value.fields["file"])


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (pdfs.report_pdf, "a.pdf"),
        (pictures.photo, "a.jpg"),
        (lambda: pictures.photo(form="PNG"), "a.png"),
        (lambda: pictures.photo(form="WEBP"), "a.webp"),
        (pictures.photo_with_everything, "a.jpg"),
        (pictures.word, "a.docx"),
        (lambda: pictures.word(word___rels__x_DOT_rels=pictures.LINK % b"hyperlink"), "a.docx"),
    ],
)
async def test_what_a_file_is_is_told_by_its_content(make: Callable[[], bytes], name: str) -> None:
    content = make()
    checked = await inspect_file("../../a", content, most_bytes=MOST)
    assert checked.name == name
    assert checked.sha256 == sha256(content).digest()
    assert (checked.preview is not None) == name.endswith(("jpg", "png", "webp", "pdf"))


def darkest(picture: bytes) -> float:
    """The darkest grey of a picture."""
    low, _ = Image.open(BytesIO(picture)).convert("L").getextrema()
    assert isinstance(low, int | float)
    return low


async def test_the_first_page_of_a_pdf_is_painted_apart_and_one_that_cannot_be_is_kept_without() -> None:
    written = await inspect_file("a.pdf", pdfs.pdf_with_text("REPORT 17"), most_bytes=MOST)
    blank = await inspect_file("a.pdf", pdfs.report_pdf(1), most_bytes=MOST)
    assert written.preview is not None
    assert blank.preview is not None
    assert (written.preview.width, written.preview.height) == (636, 900)
    assert darkest(written.preview.content) < 100
    assert darkest(blank.preview.content) > 250
    assert await paint_first_page(b"%PDF-1.7 nothing that could be painted", side=900) is None


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: b"", "空的"),
        (lambda: b"MZ\x90\x00 program", "只接受"),
        (lambda: b"GIF89a", "只接受"),
        (lambda: b"<html><script>alert(1)</script></html>", "只接受"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "只接受"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "旧版 Office"),
        (pdfs.scripted_pdf, "脚本"),
        (pdfs.carrying_pdf, "夹带"),
        (lambda: pdfs.report_pdf() + pictures.archive({"x.html": b"<script>"}), "另一种文件"),
        (lambda: pictures.photo() + pictures.archive({"x.jar": b"x"}), "另一种文件"),
        (lambda: pictures.photo() + b"<script>alert(1)</script>", "另一种文件"),
        (lambda: b"\xff\xd8\xff\xfe\x00\x20%PDF-1.7" + pictures.photo(), "另一种文件"),
        (lambda: pictures.photo()[:300], "损坏"),
        (pictures.bomb_png, "像素过多"),
        (pictures.moving_webp, "动态"),
        (lambda: pictures.archive({"a.txt": b"x"}), "压缩包"),
        (lambda: pictures.word(word__vbaProject_DOT_bin=b"x"), "宏"),
        (lambda: pictures.word(word__embeddings__a_DOT_bin=b"x"), "宏"),
        (lambda: pictures.word(word___rels__x_DOT_rels=pictures.LINK % b"attachedTemplate"), "宏"),
        (lambda: pictures.word(word__footer_DOT_xml=b"<w:instrText>DDEAUTO cmd</w:instrText>"), "宏"),
        (lambda: pictures.word(word__a_DOT_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]>"), "宏"),
        (lambda: pictures.word(word__a_DOT_xml=bytes(40_000_000)), "解压后过大"),
        (lambda: pictures.word()[:200], "损坏"),
    ],
)
async def test_P03_wrong_double_active_and_swollen_files_are_refused(
    make: Callable[[], bytes], word: str
) -> None:
    assert word in await refusal(make())


async def test_a_file_over_the_limit_is_refused() -> None:
    assert "最多 1 MB" in await refusal(pictures.photo() + bytes(1_000_000), most=1_000_000)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..\\..\\裁定书.PDF", "裁定书.PDF"),
        ("x.html", "x.html.pdf"),
        ('a"b\r\n<c>.pdf', "abc.pdf"),
        ("", "文件.pdf"),
        ("长" * 300 + ".exe", "长" * 106 + ".exe.pdf"),
    ],
)
def test_a_name_is_harmless_and_ends_as_its_content_deserves(name: str, kept: str) -> None:
    assert file_name(name, "application/pdf") == kept


def test_A15_a_picture_is_written_anew_upright_and_tells_nothing_but_itself() -> None:
    original = pictures.photo_with_everything()
    assert pictures.SECRET.encode() in original
    made = make_renditions(original, {"large": 900, "small": 200}, most_pixels=60_000_000)
    assert [(each.width, each.height) for each in made.values()] == [(600, 900), (133, 200)]
    for rendition in made.values():
        assert not any(word in rendition.content for word in (b"EXIF", b"ICCP", b"XMP ", b"Exif", b"secret"))
        shown = Image.open(BytesIO(rendition.content))
        assert not shown.getexif()
        assert not {"exif", "icc_profile", "xmp"} & set(shown.info)
        # What lay on its side stands: the red half, which was above, is on the right.
        red, blue = shown.getpixel((shown.width - 3, 5)), shown.getpixel((3, 5))
        assert isinstance(red, tuple)
        assert isinstance(blue, tuple)
        assert red[0] > 200 > 100 > red[2]
        assert blue[2] > 200 > 100 > blue[0]


def test_a_picture_is_never_enlarged_and_transparency_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(out, "PNG")
    made = make_renditions(out.getvalue(), {"large": 900}, most_pixels=1_000_000)["large"]
    assert (made.width, made.height) == (50, 40)
    assert Image.open(BytesIO(made.content)).convert("RGB").getpixel((20, 20)) == (255, 255, 255)


@pytest.fixture(params=["database", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path | None:
    """Where files are kept."""
    folder = tmp_path / "files" if request.param == "folder" else None
    settings = get_settings().model_copy(update={"file_folder": folder})
    monkeypatch.setattr(store_module, "get_settings", lambda: settings)
    monkeypatch.setattr(watch_module, "get_settings", lambda: settings)
    return folder


def files_in(folder: Path) -> list[Path]:
    """Everything that lies in a folder, half-written or not."""
    return [each for each in folder.rglob("*") if each.is_file()]


async def damaged(work: Work) -> list[bytes]:
    """What is known not to have its hash any more."""
    rows = await work.session.execute(text("SELECT sha256 FROM stored_file WHERE damaged_at IS NOT NULL"))
    return list(rows.scalars())


async def left_behind(work: Work, folder: Path, kept: bytes) -> None:
    """What a crash left goes after a day; what a row names and what is none of ours stays."""
    orphan, fresh = path_in(folder, bytes([7] * 32)), path_in(folder, bytes([8] * 32))
    half, foreign = path_in(folder, kept).with_name(".half"), path_in(folder, kept).with_name("README")
    for path in (orphan, fresh, half, foreign):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        if path is not fresh:
            os.utime(path, (1, 1))
    os.utime(path_in(folder, kept), (1, 1))
    assert await clear_folder(work) == 2
    assert not orphan.exists()
    assert not half.exists()
    assert all(path.exists() for path in (fresh, foreign, path_in(folder, kept)))


async def test_P03_bytes_are_kept_once_sealed_and_only_given_out_unchanged(
    work: Work, place: Path | None
) -> None:
    content = pictures.photo(colour="olive")
    digest = await store_content(work, content)
    assert digest == sha256(content).digest()
    assert await store_content(work, content) == digest
    assert await open_stored(work, digest) == content
    if place is None:
        row = await work.session.execute(
            text("SELECT content_sealed FROM stored_file WHERE sha256 = :of"), {"of": digest}
        )
        assert content[:64] not in row.scalar_one()
        await work.session.execute(
            text("UPDATE stored_file SET content_sealed = content_sealed || '\\x00' WHERE sha256 = :of"),
            {"of": digest},
        )
    else:
        kept = files_in(place)
        assert kept == [path_in(place, digest)]
        assert content[:64] not in kept[0].read_bytes()
        other = await store_content(work, pictures.photo(colour="navy"))
        path_in(place, digest).write_bytes(path_in(place, other).read_bytes())
    with pytest.raises(Conflict, match="校验值"):
        await open_stored(work, digest)
    assert await look_through(work, limit=100) == 0  # looked at a moment ago, when it was kept
    await work.session.execute(text("UPDATE stored_file SET checked_at = checked_at - interval '31 days'"))
    assert await look_through(work, limit=100) == 1
    assert await look_through(work, limit=100) == 0
    assert await damaged(work) == [digest]
    if place is not None:
        path_in(place, digest).unlink()
        with pytest.raises(Conflict, match="丢失"):
            await open_stored(work, digest)
        await store_content(work, content)  # whoever hands it in again mends it
        assert await damaged(work) == []
        await left_behind(work, place, digest)
        assert await open_stored(work, digest) == content

"""Court papers: figures stand in the PDF, versions follow each other, nothing changes afterwards, the seal proves it."""

import asyncio
import time
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import pypdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.audit import history
from core.database import Database, Work
from core.documents import (
    KINDS,
    PLAIN_LETTER,
    check_seal,
    document_by_id,
    documents_of,
    issue_document,
    render_pdf,
    seal_pdf,
)
from core.documents.workers import seal_documents
from core.errors import NotFound
from core.identity import SYSTEM
from core.ids import new_id
from core.money import capital_amount, yuan

COURT = "江苏省苏州市姑苏区人民法院"
CASE_NO = "（2026）苏0508执1234号之一"
PAPER: dict[str, Any] = {
    "court": COURT,
    "date": "2026-11-24",
    "officer": "周明远",
    "phone": "0512-6800 0000",
    "is_demo": True,
    "addressee": "苏州某某有限公司",
    "paragraphs": ["依照《中华人民共和国民事诉讼法》第二百五十八条之规定，裁定如下："],
    "facts": [["成交价", f"{yuan(1_234_567_00)}元（{capital_amount(1_234_567_00)}）"]],
}
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
KEY = bytes(range(32))


def words(pdf: bytes) -> str:
    """The text of a PDF without spaces and line ends."""
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(pdf)).pages)


async def issued(work: Work, **more: Any) -> Any:
    """A sale ruling about a new lot."""
    arguments: dict[str, Any] = {
        "template": PLAIN_LETTER,
        "data": PAPER,
        "case_no": CASE_NO,
        "court_code": "0508",
        "lot_id": new_id(),
        **more,
    }
    return await issue_document(work, "sale_ruling", **arguments)


def test_section_10_a_paper_shows_court_case_number_figures_date_and_mark_of_the_demo() -> None:
    pdf = render_pdf(
        PLAIN_LETTER,
        {**PAPER, "title": "执行裁定书", "case_no": CASE_NO, "document_id": "x-1"},
        issued_at=NOW,
    )
    shown = words(pdf)
    for each in (
        COURT,
        "执行裁定书",
        CASE_NO,
        "1,234,567.00元",
        "壹佰贰拾叁万肆仟伍佰陆拾柒元整",
        "二〇二六年十一月二十四日",
        "经办人：周明远",
        "演示",
        "文书编号x-1",
        "第1页，共1页",
    ):
        assert each in shown, each


def test_a_paper_is_pdf_a_with_its_fonts_and_equal_input_gives_equal_bytes() -> None:
    frame = {**PAPER, "title": "执行裁定书"}
    pdf = render_pdf(PLAIN_LETTER, frame, issued_at=NOW)
    assert pdf == render_pdf(PLAIN_LETTER, frame, issued_at=NOW)
    metadata = pypdf.PdfReader(BytesIO(pdf)).xmp_metadata
    assert metadata is not None
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf or "pdfaid" in str(metadata.rdf_root.toxml())
    assert b"NotoSansCJK" in pdf


def test_text_of_people_is_shown_as_it_is_and_never_run() -> None:
    nasty = '#panic("x") *a* $x$ <b> \\ 𠮷 " ] #let y = 1'
    pdf = render_pdf(PLAIN_LETTER, {**PAPER, "paragraphs": [nasty]}, issued_at=NOW)
    assert "".join(nasty.split()) in words(pdf)


def test_a_long_paper_has_numbered_pages() -> None:
    pdf = render_pdf(PLAIN_LETTER, {**PAPER, "paragraphs": ["标的物情况说明。" * 60] * 12}, issued_at=NOW)
    pages = len(pypdf.PdfReader(BytesIO(pdf)).pages)
    assert pages > 2
    assert f"第{pages}页，共{pages}页" in words(pdf)


def test_a_paper_is_made_in_well_under_a_second() -> None:
    render_pdf(PLAIN_LETTER, PAPER, issued_at=NOW)
    start = time.perf_counter()
    render_pdf(PLAIN_LETTER, {**PAPER, "version": 2}, issued_at=NOW)
    assert time.perf_counter() - start < 1


async def test_an_issued_paper_is_kept_with_hash_version_and_audit_event(work: Work) -> None:
    paper = await issued(work)
    assert paper.title == KINDS["sale_ruling"].title
    assert paper.sha256 == sha256(paper.content).digest()
    assert (paper.version, paper.case_no, paper.court_code) == (1, CASE_NO, "0508")
    assert str(paper.id) in words(paper.content)
    event = (await history(work, lot_id=paper.lot_id))[0]
    assert (event.event, event.document_id) == ("document.issued", paper.id)
    assert event.details["sha256"] == paper.sha256.hex()


async def test_issuing_the_same_paper_again_makes_the_next_version(work: Work) -> None:
    first = await issued(work)
    second = await issued(work, lot_id=first.lot_id)
    other = await issued(work)
    assert (first.version, second.version, other.version) == (1, 2, 1)
    assert [each.id for each in await documents_of(work, lot_id=first.lot_id)] == [second.id, first.id]


async def test_versions_follow_each_other_when_issued_at_the_same_moment(database: Database) -> None:
    lot = new_id()

    async def issue() -> int:
        async with database.begin(SYSTEM) as work:
            return int((await issued(work, lot_id=lot)).version)

    assert sorted(await asyncio.gather(*(issue() for _ in range(4)))) == [1, 2, 3, 4]


async def test_a_paper_about_nothing_is_a_mistake(work: Work) -> None:
    with pytest.raises(ValueError, match="what the paper is about"):
        await issued(work, lot_id=None)


async def test_an_unknown_paper_is_not_found(work: Work) -> None:
    with pytest.raises(NotFound):
        await document_by_id(work, new_id())


async def test_an_issued_paper_cannot_be_changed_or_removed(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await issued(work)
    for statement in (
        "UPDATE document SET content = 'x'",
        "UPDATE document SET data = '{}'",
        "DELETE FROM document",
        "TRUNCATE document CASCADE",
    ):
        with pytest.raises(DBAPIError, match=r"append-only|cannot be changed"):
            async with database.begin(SYSTEM) as work:
                await work.session.execute(text(statement))


async def test_a_worker_seals_issued_papers_once(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        paper = await issued(work)
        assert paper.file == paper.content
    for _ in range(2):
        async with database.begin(SYSTEM) as work:
            await seal_documents(work)
    async with database.read() as work:
        sealed = await document_by_id(work, paper.id)
    assert sealed.file == sealed.sealed
    assert sealed.file.startswith(sealed.content), "the seal is added at the end"
    assert words(sealed.file) == words(sealed.content)


def test_a_seal_proves_court_and_integrity_and_shows_every_change() -> None:
    plain = render_pdf(PLAIN_LETTER, PAPER, issued_at=NOW)
    sealed = seal_pdf(plain, master_key=KEY, court=COURT)
    checked = check_seal(sealed, master_key=KEY)
    assert checked is not None
    assert (checked.signer, checked.intact, checked.trusted) == (COURT, True, True)
    elsewhere = check_seal(sealed, master_key=bytes(32))
    assert elsewhere is not None
    assert not elsewhere.trusted
    changed = bytearray(sealed)
    changed[len(plain) // 2] ^= 1
    broken = check_seal(bytes(changed), master_key=KEY)
    assert broken is not None
    assert not broken.intact
    assert check_seal(plain, master_key=KEY) is None
    assert check_seal(b"no pdf at all", master_key=KEY) is None

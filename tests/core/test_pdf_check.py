"""Strange PDFs are looked through apart, and the dangerous ones refused in plain words (V-24)."""

from collections.abc import Callable
from hashlib import sha256
from time import monotonic

import pytest

from core.errors import InvalidInput
from core.pdf_check import check_pdf
from core.sealed_files import MOST_BYTES
from tests.core import pdfs


async def test_a_harmless_report_is_taken_with_its_hash_and_pages() -> None:
    content = pdfs.report_pdf(3)
    checked = await check_pdf("报告.pdf", content)
    assert (checked.pages, checked.sha256) == (3, sha256(content).digest())
    assert "REPORT 17" in (await check_pdf("x", pdfs.pdf_with_text("REPORT 17"))).text


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (pdfs.scripted_pdf, "脚本"),
        (pdfs.carrying_pdf, "夹带"),
        (pdfs.encrypted_pdf, "加密"),
        (pdfs.flate_bomb, "解压后过大"),
        (pdfs.nested_bomb, "解压后过大"),
        (pdfs.picture_bomb, "解压后过大"),
        (pdfs.object_stream_bomb, ""),
        (pdfs.endless_pages, ""),
        (lambda: pdfs.report_pdf(501), "最多 500 页"),
        (lambda: pdfs.report_pdf()[:200], "损坏"),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20, "损坏"),
        (lambda: b"\x89PNG\r\n\x1a\n", "只接受 PDF"),
        (lambda: b"PK\x03\x04 report.pdf", "只接受 PDF"),
        (lambda: b"%PDF-1.7" + bytes(MOST_BYTES), "文件过大"),
    ],
)
async def test_V24_dangerous_and_wrong_files_are_refused(make: Callable[[], bytes], word: str) -> None:
    started = monotonic()
    with pytest.raises(InvalidInput) as refused:
        await check_pdf("report.pdf", make())
    assert word in str(refused.value.fields["file"])
    assert monotonic() - started < 25

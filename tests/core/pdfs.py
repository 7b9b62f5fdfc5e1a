"""PDF files for tests: a harmless report, and one of each kind that must not be taken."""

import zlib
from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)


def _written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _blank(pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    return writer


def report_pdf(pages: int = 3) -> bytes:
    """A harmless report."""
    return _written(_blank(pages))


def pdf_with_text(text: str) -> bytes:
    """A page that says something in plain letters."""
    writer = _blank()
    page = writer.pages[0]
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )
    words = DecodedStreamObject()
    words.set_data(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(words)
    return _written(writer)


def scripted_pdf() -> bytes:
    """It runs JavaScript when it is opened."""
    writer = _blank()
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    return _written(writer)


def carrying_pdf() -> bytes:
    """It carries another file."""
    writer = _blank()
    writer.add_attachment("x.exe", b"MZ")
    return _written(writer)


def encrypted_pdf() -> bytes:
    """It asks for a password."""
    writer = _blank()
    writer.encrypt("secret", algorithm="RC4-128")
    return _written(writer)


def _with_stream(filters: str | list[str], data: bytes) -> bytes:
    writer = _blank()
    stream = StreamObject()
    stream._data = data
    stream[NameObject("/Filter")] = (
        NameObject(filters)
        if isinstance(filters, str)
        else ArrayObject([NameObject(each) for each in filters])
    )
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    return _written(writer)


def flate_bomb() -> bytes:
    """A hundred megabytes of zeros in a hundred kilobytes."""
    return _with_stream("/FlateDecode", zlib.compress(bytes(100_000_000), 9))


def nested_bomb() -> bytes:
    """Zeros packed twice: a gigabyte in a few kilobytes."""
    return _with_stream(
        ["/FlateDecode", "/FlateDecode"], zlib.compress(zlib.compress(bytes(100_000_000), 9), 9)
    )


def object_stream_bomb() -> bytes:
    """A cross-reference stream that unpacks to far more than memory allows."""
    packed = zlib.compress(bytes(90_000_000), 9)
    head = (
        b"%PDF-1.5\n1 0 obj\n<< /Type /XRef /Size 9 /W [1 8 2] /Root 2 0 R /Filter /FlateDecode /Length "
        + str(len(packed)).encode()
        + b" >>\nstream\n"
    )
    return head + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


def picture_bomb() -> bytes:
    """A picture that claims a million times a million points."""
    writer = _blank()
    picture = StreamObject()
    picture._data = b"\x00"
    picture.update(
        {
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(1_000_000),
            NameObject("/Height"): NumberObject(1_000_000),
        }
    )
    writer._add_object(picture)
    writer.pages[0][NameObject("/Thumb")] = writer._objects[-1].indirect_reference  # type: ignore[union-attr]
    return _written(writer)


def endless_pages() -> bytes:
    """A tree of pages that is its own child."""
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 1 >>\nendobj\n"
        b"trailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n0\n%%EOF"
    )

"""Files as answers: a court paper is shown in the browser, what people handed in is only saved."""

from hashlib import sha256
from typing import Any
from urllib.parse import quote

from litestar import Response

from core.documents import Document
from core.sealed_files import OpenedFile


def paper_answer(document: Document) -> Response[Any]:
    """The paper, sealed as soon as its seal is there; whether the reader may see it is decided before."""
    name = quote(f"{document.title}-{document.case_no or document.id}.pdf")
    content = document.file
    return Response(
        content,
        media_type=document.media_type,
        headers={
            "content-disposition": f"inline; filename*=UTF-8''{name}",
            # A public paper changes once, when it is sealed: the tag tells the two apart.
            "cache-control": "public, max-age=60" if document.is_public else "private, no-store",
            "etag": f'"{sha256(content).hexdigest()[:32]}"',
        },
    )


def file_answer(file: OpenedFile) -> Response[Any]:
    """A file that somebody handed in, to be saved and not shown: what strangers wrote never runs on this site."""
    return Response(
        file.content,
        media_type=file.media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "cache-control": "private, no-store",
            "content-security-policy": "default-src 'none'; sandbox",
            "x-robots-tag": "noindex",
        },
    )


def download(content: bytes, *, name: str, media_type: str) -> Response[Any]:
    """A file that the service has made for the reader, to be saved."""
    return Response(
        content,
        media_type=media_type,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "cache-control": "private, no-store",
        },
    )

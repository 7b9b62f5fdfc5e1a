"""The types of files that are taken, and what a file is called when it is saved. Pure."""

import unicodedata

PDF, PNG, JPEG, WEBP = "application/pdf", "image/png", "image/jpeg", "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MEDIA_TYPES: dict[str, str] = {
    PDF: ".pdf",
    PNG: ".png",
    JPEG: ".jpg",
    WEBP: ".webp",
    DOCX: ".docx",
    XLSX: ".xlsx",
}
"""Everything that is ever kept or sent, with the ending of its name."""

_ALSO = {JPEG: (".jpeg", ".jpe")}


def file_name(name: str, media_type: str) -> str:
    """The last part of a path without characters that a header or another system could stumble over, with the ending that
    its content deserves: a picture called `x.html` becomes `x.html.jpg`."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in last if each.isprintable() and each not in '"<>:|?*').strip(" .")
    ending = MEDIA_TYPES[media_type]
    if kept.lower().endswith((ending, *_ALSO.get(media_type, ()))):
        return kept[-120:]
    return f"{kept[-110:] or '文件'}{ending}"

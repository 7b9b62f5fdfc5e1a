"""Pictures and office files for tests: harmless ones, and one of each kind that must not be taken."""

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image, ImageCms

SECRET = "ZZ-secret-camera"


def photo(width: int = 640, height: int = 480, *, colour: str = "teal", form: str = "JPEG") -> bytes:
    """A plain picture without metadata."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form)
    return out.getvalue()


def photo_with_everything(width: int = 1200, height: int = 800) -> bytes:
    """A JPEG of a phone: on its side, with maker, GPS position, XMP and a colour profile. Its upper half is red."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width, height // 2))
    exif = Image.Exif()
    exif[0x0110] = SECRET
    exif[0x0112] = 6  # turn right by 90 degrees to see it upright
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (31.0, 18.0, 1.0), "E", (120.0, 37.0, 2.0)
    out = BytesIO()
    picture.save(
        out,
        "JPEG",
        exif=exif,
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        xmp=f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(),
    )
    return out.getvalue()


def bomb_png(side: int = 20_000) -> bytes:
    """A few kilobytes that say they are an enormous picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def moving_webp() -> bytes:
    """An animation."""
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green")]
    out = BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


TYPES = b'<Types><Override PartName="/word/document.xml" ContentType="x.document.main+xml"/></Types>'
LINK = b'<Relationships><Relationship Type="x/%s" Target="http://a.test/x" TargetMode="External"/></Relationships>'


def word(**more: bytes) -> bytes:
    """A Word file; `more` by part name with `/` and `.` written as `__` and `_DOT_`."""
    parts = {name.replace("__", "/").replace("_DOT_", "."): content for name, content in more.items()}
    return archive(
        {"[Content_Types].xml": TYPES, "word/document.xml": b"<w:document>report</w:document>", **parts}
    )

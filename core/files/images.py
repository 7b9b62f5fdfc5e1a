"""Pictures: really decoded, within bounds, and written anew without anything but what can be seen. Blocking; run in a thread."""

import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageCms, ImageOps

Reason = Literal["broken", "bomb", "moving", "small"]
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 30_000
SHORTEST_SIDE = 8
QUALITY = 80
_SRGB = ImageCms.createProfile("sRGB")


class ImageRefused(Exception):
    """A picture is not taken; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture written anew as WebP: pixels in sRGB, upright, without metadata."""

    content: bytes
    width: int
    height: int


def make_renditions(content: bytes, sides: Mapping[str, int], *, most_pixels: int) -> dict[str, Rendition]:
    """The picture in several sizes, each at most so many pixels long and wide, never enlarged.

    Raises `ImageRefused`: no JPEG, PNG or WebP (whatever its name says), more than `most_pixels`, damaged, or moving.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = _decoded(content, max(sides.values()), most_pixels)
            made = {}
            for name, side in sorted(sides.items(), key=lambda each: -each[1]):
                picture.thumbnail((side, side), Image.Resampling.LANCZOS)
                made[name] = Rendition(_written(picture), picture.width, picture.height)
            return made
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise ImageRefused("bomb") from None
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError, IndexError):
            raise ImageRefused("broken") from None


def _decoded(content: bytes, side: int, most_pixels: int) -> Image.Image:
    """The pixels: upright, sRGB, on white where they were transparent. A JPEG is decoded at the scale that is needed."""
    with Image.open(BytesIO(content), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > most_pixels or max(width, height) > LONGEST_SIDE:
            raise ImageRefused("bomb")
        if min(width, height) < SHORTEST_SIDE:
            raise ImageRefused("small")
        if getattr(opened, "n_frames", 1) > 1 and opened.format != "MPO":
            raise ImageRefused("moving")
        profile = opened.info.get("icc_profile")
        if opened.format in {"JPEG", "MPO"}:
            opened.draft("RGB", (side, side))
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    picture = _in_srgb(upright, profile)
    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        picture = Image.new("RGB", layered.size, "white")
        picture.paste(layered, mask=layered.getchannel("A"))
    picture = picture.convert("RGB")
    picture.info.clear()
    return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours of the picture's own profile as sRGB; a profile that makes no sense is as none."""
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return picture
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, own, _SRGB, outputMode="RGB")
        if converted is not None:
            return converted
    return picture


def _written(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=3, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()

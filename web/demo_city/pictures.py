"""Drawn pictures for the lots of the demo city, plainly marked as examples: a drawing misleads nobody about a real thing."""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from disposal_teams.assets.models import AssetKind

WIDTH, HEIGHT = 960, 720
MARK = "示例图片"
SKY, GROUND, LIGHT, DARK, RED = "#cfe0ee", "#b9c4a6", "#f3ecd9", "#4a5568", "#a65a4a"
TINTS = (("#d9cdb8", "#c9b79a"), ("#b8c7d6", "#97abc0"), ("#d8b9a8", "#bf9a86"))
"""Two tones of what is drawn, so that neighbours in a list differ."""
BODIES = ("#3d6b8f", "#8f3d3d", "#4f6b52")
Pen = ImageDraw.ImageDraw
Draw = Callable[[Pen, int], None]


def outside(pen: Pen, tint: int) -> None:
    """A block of flats."""
    _land(pen)
    pen.rectangle((180, 120, 560, 560), fill=TINTS[tint][0])
    pen.rectangle((600, 220, 800, 560), fill=TINTS[tint][1])
    for row in range(6):
        for column in range(5):
            x, y = 210 + column * 70, 150 + row * 66
            pen.rectangle((x, y, x + 42, y + 40), fill=DARK if (row + column) % 3 else LIGHT)
    for row in range(5):
        pen.rectangle((630, 250 + row * 60, 770, 280 + row * 60), fill=DARK)
    pen.rectangle((340, 490, 400, 560), fill=RED)


def room(pen: Pen, tint: int) -> None:
    """An empty room with a window."""
    pen.rectangle((0, 0, WIDTH, 500), fill=LIGHT)
    pen.polygon(((0, HEIGHT), (WIDTH, HEIGHT), (780, 500), (180, 500)), fill=TINTS[tint][1])
    pen.polygon(((0, 0), (180, 80), (180, 500), (0, HEIGHT)), fill="#e6dcc4")
    pen.polygon(((WIDTH, 0), (780, 80), (780, 500), (WIDTH, HEIGHT)), fill="#ded2b6")
    pen.rectangle((340, 150, 620, 400), fill=SKY, outline="white", width=12)
    pen.line((480, 150, 480, 400), fill="white", width=10)


def car(pen: Pen, tint: int) -> None:
    """A car from the side."""
    _land(pen)
    pen.rounded_rectangle((160, 380, 800, 520), 40, fill=BODIES[tint])
    pen.polygon(((290, 385), (370, 280), (610, 280), (700, 385)), fill=BODIES[tint])
    pen.polygon(((325, 380), (385, 300), (480, 300), (480, 380)), fill=LIGHT)
    pen.polygon(((500, 380), (500, 300), (600, 300), (660, 380)), fill=LIGHT)
    for x in (300, 660):
        pen.ellipse((x - 62, 460, x + 62, 584), fill="#2d3440")
        pen.ellipse((x - 28, 494, x + 28, 550), fill="#c4c9d0")


def dials(pen: Pen, tint: int) -> None:
    """The dials of a car."""
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill="#2d3440")
    for x in (290, 670):
        pen.ellipse((x - 170, 170, x + 170, 510), fill="#1c222b", outline="#c4c9d0", width=8)
        for step in range(9):
            pen.arc((x - 140, 200, x + 140, 480), 150 + step * 30, 153 + step * 30, fill="white", width=22)
        pen.line((x, 340, x - 70, 270), fill=RED, width=10)
    pen.rectangle((400, 540, 560, 590), fill="#8fa79a")


def field(pen: Pen, tint: int) -> None:
    """A piece of land with its bounds."""
    corners = ((120, 430), (380, 300), (820, 330), (760, 570), (260, 580))
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill=SKY)
    pen.rectangle((0, 240, WIDTH, HEIGHT), fill=GROUND)
    pen.polygon(corners, fill=TINTS[tint][0], outline=RED, width=8)
    for x, y in corners:
        pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=RED)


def plan(pen: Pen, tint: int) -> None:
    """A plan of the place."""
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill="#f5f3ec")
    for x in range(0, WIDTH, 60):
        pen.line((x, 0, x, HEIGHT), fill="#e0dccf", width=2)
    for y in range(0, HEIGHT, 60):
        pen.line((0, y, WIDTH, y), fill="#e0dccf", width=2)
    pen.line((0, 430, WIDTH, 330), fill="#b8bcc4", width=44)
    pen.line((430, 0, 520, HEIGHT), fill="#b8bcc4", width=32)
    pen.polygon(((540, 150), (780, 130), (800, 290), (560, 310)), fill="#e2b9ae", outline=RED, width=7)


def goods(pen: Pen, tint: int) -> None:
    """Crates in a store."""
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill="#e4ded0")
    pen.rectangle((0, 560, WIDTH, HEIGHT), fill="#b7ae9c")
    for x, y, colour in (
        (150, 380, "#b98b57"),
        (360, 380, "#a97c4a"),
        (570, 380, "#b98b57"),
        (255, 190, "#a97c4a"),
        (465, 190, "#c49a68"),
    ):
        pen.rectangle((x, y, x + 190, y + 180), fill=colour, outline="#7d5a33", width=6)
        pen.line((x, y + 90, x + 190, y + 90), fill="#7d5a33", width=5)


def paper(pen: Pen, tint: int) -> None:
    """A certificate, nothing of which can be read."""
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill="#dfe4e8")
    pen.rectangle((200, 80, 760, 620), fill="white", outline="#b3a276", width=10)
    for row in range(8):
        pen.rectangle((270, 190 + row * 42, 690 - (row % 3) * 70, 204 + row * 42), fill="#c9cdd3")
    pen.ellipse((590, 490, 700, 600), outline=RED, width=9)


def _land(pen: Pen) -> None:
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill=SKY)
    pen.rectangle((0, 540, WIDTH, HEIGHT), fill=GROUND)


DRAWN: dict[AssetKind, tuple[tuple[str, Draw], ...]] = {
    AssetKind.REAL_ESTATE: (("外观示意", outside), ("室内示意", room)),
    AssetKind.VEHICLE: (("车辆外观示意", car), ("仪表示意", dials)),
    AssetKind.LAND: (("宗地示意", field), ("位置示意", plan)),
    AssetKind.GOODS: (("物品示意", goods),),
    AssetKind.SHARES: (("权利凭证示意", paper),),
    AssetKind.OTHER_RIGHT: (("权利凭证示意", paper),),
}
"""What is drawn of each kind, with its caption."""


def drawn(draw: Draw, tint: int = 0) -> bytes:
    """A picture in one of the `TINTS` with its mark, as JPEG."""
    picture = Image.new("RGB", (WIDTH, HEIGHT))
    pen = ImageDraw.Draw(picture)
    draw(pen, tint)
    pen.rectangle((0, HEIGHT - 92, WIDTH, HEIGHT), fill="#15314d")
    pen.text((WIDTH // 2, HEIGHT - 46), f"{MARK} · 非实物照片", font=_font(52), fill="white", anchor="mm")
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    spec = find_spec("manimgx_fonts_cjk")
    assert spec is not None
    assert spec.origin is not None
    font = ImageFont.truetype(str(next(Path(spec.origin).parent.glob("*.ttc"))), size, index=2)
    font.set_variation_by_axes([700])
    return font

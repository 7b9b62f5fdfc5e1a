"""Small charts as plain SVG: no script, and the same figures stand in a table beneath them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 92, 12, 12, 30


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled place on an axis: `at` in pixels, `value` in fen or as a moment."""

    at: float
    value: int | datetime


@dataclass(frozen=True, slots=True)
class Curve:
    """How a price rose: the path of a stepped line, its last point, and the marks of both axes."""

    path: str
    last: tuple[float, float]
    prices: list[Mark]
    times: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def nice_step(span: float, marks: int = 4) -> int:
    """A round distance (1, 2 or 5 times a power of ten) that divides `span` into about `marks` parts."""
    rough = max(span / marks, 1)
    power = 10 ** (len(str(int(rough))) - 1)
    return int(next((power * factor for factor in (1, 2, 5) if power * factor >= rough), power * 10))


def price_curve(points: Sequence[tuple[datetime, int]]) -> Curve | None:
    """The stepped curve of (moment, price in fen), in the order of time; None for fewer than two points."""
    if len(points) < 2:
        return None
    first, last = points[0][0], points[-1][0]
    lowest, highest = min(fen for _, fen in points), max(fen for _, fen in points)
    step = nice_step(max(highest - lowest, highest // 20, 400))
    floor, ceiling = lowest // step * step, -(-(highest + 1) // step) * step
    seconds = max((last - first).total_seconds(), 1)

    def x(moment: datetime) -> float:
        return round(LEFT + (moment - first).total_seconds() / seconds * (WIDTH - LEFT - RIGHT), 1)

    def y(fen: int) -> float:
        return round(HEIGHT - BOTTOM - (fen - floor) / (ceiling - floor) * (HEIGHT - TOP - BOTTOM), 1)

    path = f"M{x(first)} {y(points[0][1])}" + "".join(f"H{x(at)}V{y(fen)}" for at, fen in points[1:])
    return Curve(
        path,
        (x(last), y(points[-1][1])),
        [Mark(y(fen), fen) for fen in range(floor, ceiling + 1, step)],
        [Mark(x(first), first), Mark(x(last), last)],
    )


@dataclass(frozen=True, slots=True)
class Scatter:
    """Sales by size and price: dots (x, y, is the lot in question), with the marks of both axes."""

    dots: list[tuple[float, float, bool]]
    prices: list[Mark]
    sizes: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def scatter(points: Sequence[tuple[float, int, bool]]) -> Scatter | None:
    """The plot of (area in m², price in fen, whether it is the lot in question); None for fewer than three points."""
    if len(points) < 3:
        return None
    widest = max(area for area, _, _ in points)
    dearest = max(fen for _, fen, _ in points)
    size_step, price_step = nice_step(widest), nice_step(dearest)
    most, top = -(-int(widest + 1) // size_step) * size_step, -(-(dearest + 1) // price_step) * price_step

    def x(area: float) -> float:
        return round(LEFT + area / most * (WIDTH - LEFT - RIGHT), 1)

    def y(fen: int) -> float:
        return round(HEIGHT - BOTTOM - fen / top * (HEIGHT - TOP - BOTTOM), 1)

    return Scatter(
        [(x(area), y(fen), own) for area, fen, own in points],
        [Mark(y(fen), fen) for fen in range(0, top + 1, price_step)],
        [Mark(x(area), area) for area in range(0, most + 1, size_step)],
    )


@dataclass(frozen=True, slots=True)
class Course:
    """A figure month by month: the path, broken where a month has none, its dots, and the marks of both axes."""

    path: str
    dots: list[tuple[float, float]]
    values: list[tuple[float, str]]
    months: list[tuple[float, date]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def month_course(points: Sequence[tuple[date, float | None, str]]) -> Course | None:
    """The line through (first day of a month, figure or None, as shown) in the order of time; None for fewer than two figures."""
    known = [height for _, height, _ in points if height is not None]
    if len(known) < 2:
        return None
    low, high = min(0.0, *known), max(known)
    span = high - low or 1.0
    step = span / 4

    def x(place: int) -> float:
        return round(LEFT + place / (len(points) - 1) * (WIDTH - LEFT - RIGHT), 1)

    def y(height: float) -> float:
        return round(HEIGHT - BOTTOM - (height - low) / span * (HEIGHT - TOP - BOTTOM), 1)

    path, dots, is_drawing = "", [], False
    for place, (_, height, _) in enumerate(points):
        if height is None:
            is_drawing = False
            continue
        path += f"{'L' if is_drawing else 'M'}{x(place)} {y(height)}"
        dots.append((x(place), y(height)))
        is_drawing = True
    return Course(
        path,
        dots,
        [(y(low + step * mark), f"{low + step * mark:,.1f}") for mark in range(5)],
        [(x(place), points[place][0]) for place in range(0, len(points), 4)],
    )

"""The courts of the city, and who stands above whom. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from disposal_teams.courts.models import CourtLevel


@dataclass(frozen=True, slots=True)
class CourtEntry:
    """What the platform knows of a court from the start. `code` as in case numbers (rulebook §1)."""

    code: str
    name: str
    short_name: str
    level: CourtLevel
    superior_code: str | None
    district: str


_INTERMEDIATE = "05"


def _basic(code: str, name: str, short_name: str, district: str) -> CourtEntry:
    return CourtEntry(code, name, short_name, CourtLevel.BASIC, _INTERMEDIATE, district)


SUZHOU_COURTS: tuple[CourtEntry, ...] = (
    CourtEntry(
        _INTERMEDIATE, "江苏省苏州市中级人民法院", "苏州中院", CourtLevel.INTERMEDIATE, None, "苏州市"
    ),
    _basic("0505", "苏州市虎丘区人民法院", "虎丘法院", "虎丘区"),
    _basic("0506", "苏州市吴中区人民法院", "吴中法院", "吴中区"),
    _basic("0507", "苏州市相城区人民法院", "相城法院", "相城区"),
    _basic("0508", "苏州市姑苏区人民法院", "姑苏法院", "姑苏区"),
    _basic("0509", "苏州市吴江区人民法院", "吴江法院", "吴江区"),
    _basic("0581", "常熟市人民法院", "常熟法院", "常熟市"),
    _basic("0582", "张家港市人民法院", "张家港法院", "张家港市"),
    _basic("0583", "昆山市人民法院", "昆山法院", "昆山市"),
    _basic("0585", "太仓市人民法院", "太仓法院", "太仓市"),
    _basic("0591", "苏州工业园区人民法院", "园区法院", "苏州工业园区"),
)
"""One intermediate court and exactly ten basic courts."""


def common_superior(superiors: Mapping[str, str | None], first: str, second: str) -> str | None:
    """The lowest court above both (T-06). `superiors` maps a court to the one above it; None when there is none.

    A court is not above itself, except that a court and its own superior meet in the superior.
    """
    above_first = _line(superiors, first)
    above_second = set(_line(superiors, second))
    if first == second:
        return superiors.get(first)
    return next((code for code in above_first if code in above_second), None)


def _line(superiors: Mapping[str, str | None], code: str) -> list[str]:
    line: list[str] = []
    current: str | None = code
    while current is not None and current not in line:
        line.append(current)
        current = superiors.get(current)
    return line

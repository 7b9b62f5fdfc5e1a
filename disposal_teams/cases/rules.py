"""The grammar of case numbers (rulebook §1). Pure.

`（2026）苏0505执123号`: year, province, court code, type, number. Read in any width and with any kind of brackets;
written in one way, so that equal cases have equal numbers.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.errors import InvalidInput
from core.i18n import Message, msg
from disposal_teams.cases.models import Course

FIRST_YEAR = 2016
LAST_YEAR = 2099
MAX_NUMBER = 9_999_999
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵军"


class CaseType(StrEnum):
    """Kinds of enforcement cases by their word in the number."""

    ENFORCEMENT = "执"
    PRESERVATION = "执保"
    RESUMED = "执恢"
    OBJECTION = "执异"
    REVIEW = "执复"
    SUPERVISION = "执监"
    COORDINATION = "执协"
    REQUEST = "执请"
    OTHER = "执他"


ENFORCING_TYPES = frozenset({CaseType.ENFORCEMENT, CaseType.RESUMED})
"""Types in which a title is being enforced (T-01 (2))."""


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number taken apart; `str()` puts it together in the canonical form."""

    year: int
    province: str
    court_code: str
    type: CaseType
    number: int

    def __str__(self) -> str:
        return f"（{self.year}）{self.province}{self.court_code}{self.type.value}{self.number}号"


def course_of(kind: CaseType) -> Course:
    """First enforcement or resumption, as the word in the number says (K-12)."""
    if kind is CaseType.ENFORCEMENT:
        return Course.FIRST
    return Course.RESUMED if kind is CaseType.RESUMED else Course.NONE


_TYPES = "|".join(sorted((kind.value for kind in CaseType), key=len, reverse=True))
_PATTERN = re.compile(
    rf"\((?P<year>[0-9]{{4}})\)(?P<province>[{PROVINCES}])(?P<court>[0-9]{{2}}|[0-9]{{4}})"
    rf"(?P<type>{_TYPES})(?P<number>[0-9]{{1,7}})号"
)
_BRACKETS = str.maketrans(
    {"[": "(", "]": ")", "〔": "(", "〕": ")", "【": "(", "】": ")", "{": "(", "}": ")"}
)


def parse_case_number(text: str) -> CaseNumber:
    """Read a case number. Raises `InvalidInput` that shows the right form."""
    if len(text) <= 60:
        plain = "".join(unicodedata.normalize("NFKC", text).translate(_BRACKETS).split())
        match = _PATTERN.fullmatch(plain)
        if match is not None:
            year, number = int(match["year"]), int(match["number"])
            if FIRST_YEAR <= year <= LAST_YEAR and number >= 1:
                return CaseNumber(year, match["province"], match["court"], CaseType(match["type"]), number)
    raise InvalidInput(
        msg("案号“{text}”格式不对。正确写法如：（2026）苏0505执123号。", text=_printable(text[:40])),
        rule="P-05",
    )


def normalise_case_number(text: str) -> str:
    """The canonical form. Raises `InvalidInput`."""
    return str(parse_case_number(text))


def filing_fault(number: CaseNumber, filed_on: date, *, today: date) -> Message | None:
    """Why a case of this number cannot have been filed on that day; None when it can."""
    if filed_on > today:
        return msg("立案日期不能晚于今天。")
    if filed_on < date(number.year - 1, 1, 1) or filed_on > date(number.year, 12, 31) + timedelta(days=31):
        return msg("立案日期与案号年份不符，请核对。")
    return None


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in text)

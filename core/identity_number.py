"""Identity numbers of persons (GB 11643) and organisations (GB 32100), and how names and numbers are masked."""

import unicodedata
from datetime import date

from core.errors import InvalidInput
from core.i18n import msg

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_FIRST_DIVISION_DIGITS = frozenset("12345678")


def _normal(text: str) -> str:
    """Full-width characters, blanks around and small letters put right; what is far too long is cut."""
    return unicodedata.normalize("NFKC", text[:100]).strip().upper()


def checked_identity_number(text: str, *, today: date | None = None) -> str:
    """The number in its normal form (upper-case X). Raises `InvalidInput` for a wrong shape, birthday or check digit."""
    number = _normal(text)
    refusal = InvalidInput(msg("身份证号码不正确，请核对 18 位号码。"))
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        raise refusal
    if number[0] not in _FIRST_DIVISION_DIGITS:
        raise refusal
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise refusal from error
    if born.year < 1900 or (today is not None and born > today):
        raise refusal
    if number[17] != identity_check_digit(number[:17]):
        raise refusal
    return number


def identity_check_digit(body: str) -> str:
    """The 18th character for the first 17 digits."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def birthday(number: str) -> date:
    """The birthday in a checked identity number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def checked_credit_code(text: str) -> str:
    """The unified social credit code in its normal form. Raises `InvalidInput` for a wrong shape or check character."""
    code = _normal(text)
    if len(code) == 18 and all(each in _CREDIT_ALPHABET for each in code):
        total = sum(
            _CREDIT_ALPHABET.index(each) * weight for each, weight in zip(code, _CREDIT_WEIGHTS, strict=False)
        )
        if code[17] == _CREDIT_ALPHABET[(31 - total % 31) % 31]:
            return code
    raise InvalidInput(msg("统一社会信用代码不正确，请核对 18 位代码。"))


def masked_number(number: str) -> str:
    """`320508199001011234` as `320***********1234`."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def masked_name(name: str) -> str:
    """A personal name as public pages show it: the surname, the rest hidden."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""

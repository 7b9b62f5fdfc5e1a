"""Money in integer fen (分): reading, writing, sharing. 100 fen are 1 yuan; nothing is ever a float."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from core.errors import InvalidInput
from core.i18n import msg

LARGEST_FEN = 10**15
"""Ten trillion yuan: more is a slip of the pen."""

Rounding = Literal["half_up", "floor", "ceil"]

_PLAIN = re.compile(r"([0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,20})(?:\.([0-9]{1,2}))?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_SMALL_UNITS = ("", "拾", "佰", "仟")
_LARGE_UNITS = ("", "万", "亿", "万亿")


def parse_yuan(text: str) -> int:
    """Fen of an amount written in yuan: `1,234.56`, `1234`, full-width digits, with or without ¥ or 元.

    Raises `InvalidInput` for more than two decimals, signs, other characters, and amounts above ten trillion.
    """
    plain = (
        unicodedata.normalize("NFKC", text)
        .strip()
        .removeprefix("¥")
        .removesuffix("元")
        .replace("，", ",")
        .strip()
    )
    match = _PLAIN.fullmatch(plain)
    if match is None:
        raise InvalidInput(
            msg("“{text}”不是有效金额。请填写以元为单位、最多两位小数的数字，如 1234.56。", text=text[:40])
        )
    fen = int(match[1].replace(",", "")) * 100 + int((match[2] or "0").ljust(2, "0"))
    if fen > LARGEST_FEN:
        raise InvalidInput(msg("金额过大，请核对单位是否为元。"))
    return fen


def yuan(fen: int) -> str:
    """`123456789` fen as `1,234,567.89`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def share(fen: int, numerator: int, denominator: int, rounding: Rounding = "half_up") -> int:
    """`fen × numerator ÷ denominator`, rounded to whole fen (half up unless said otherwise)."""
    if fen < 0 or numerator < 0 or denominator <= 0:
        raise ValueError("shares are taken of amounts that are not negative")
    product = fen * numerator
    match rounding:
        case "floor":
            return product // denominator
        case "ceil":
            return -(-product // denominator)
        case _:
            return (2 * product + denominator) // (2 * denominator)


def percent_of(fen: int, percent: Decimal | str | int, rounding: Rounding = "half_up") -> int:
    """`percent` per cent of an amount; the percentage may have decimals (`"17.5"`)."""
    rate = Fraction(Decimal(percent)) / 100
    return share(fen, rate.numerator, rate.denominator, rounding)


def split_by_weight(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Share a sum in proportion: each share floored, leftover fen by largest remainder, ties in order (D-07)."""
    weight_sum = sum(weights)
    if total_fen < 0 or weight_sum <= 0 or min(weights) < 0:
        raise ValueError("a split needs a sum and weights that are not negative, and one weight above zero")
    shares = [total_fen * weight // weight_sum for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(total_fen * weights[at] % weight_sum), at))
    for at in by_remainder[: total_fen - sum(shares)]:
        shares[at] += 1
    return shares


def capital_amount(fen: int) -> str:
    """The amount in capital numerals (人民币大写), as papers need it: `壹仟贰佰叁拾肆元伍角陆分`."""
    if not 0 <= fen <= LARGEST_FEN:
        raise ValueError("amounts on papers are not negative and not above ten trillion yuan")
    whole, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    words = f"{_capital_integer(whole)}元" if whole else ""
    if jiao == 0 and cent == 0:
        return f"{words or '零元'}整"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif whole:
        words += "零"
    return words + (f"{_DIGITS[cent]}分" if cent else "整")


def _capital_integer(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    for level in range(len(groups) - 1, -1, -1):
        group = groups[level]
        if group:
            if words and (group < 1000 or groups[level + 1] == 0):
                words += "零"
            # 万亿 is said once: 壹万贰仟亿, but 壹万亿 when no 亿 of its own follows
            unit = "万" if level == 3 and groups[2] else _LARGE_UNITS[level]
            words += _capital_group(group) + unit
    return words


def _capital_group(group: int) -> str:
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _SMALL_UNITS[place]
            gap = False
        else:
            gap = True
    return words

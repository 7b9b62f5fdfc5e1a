"""Several assets sold together as one lot: when that is right, and how what it fetches is divided (A-24, B-03). Pure."""

from collections.abc import Sequence
from enum import StrEnum


class TogetherGround(StrEnum):
    """Why assets are not sold one by one."""

    INDIVISIBLE = "indivisible"
    LOSS_OF_VALUE = "loss_of_value"


TOGETHER_LABELS: dict[TogetherGround, str] = {
    TogetherGround.INDIVISIBLE: "使用上不可分",
    TogetherGround.LOSS_OF_VALUE: "分别拍卖可能严重减损价值",
}


def split(amount_fen: int, weights: Sequence[int]) -> list[int]:
    """`amount_fen` divided by `weights` to the fen, nothing lost: the largest remainders get the rest, the first of equals
    first. The weights are positive."""
    whole = sum(weights)
    shares = [amount_fen * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda place: -(amount_fen * weights[place] % whole))
    for place in rest[: amount_fen - sum(shares)]:
        shares[place] += 1
    return shares


def title_together(leading: str, count: int) -> str:
    """What a lot of `count` assets is called, by its leading one."""
    return f"{leading[:180]}等{count}项财产" if count > 1 else leading

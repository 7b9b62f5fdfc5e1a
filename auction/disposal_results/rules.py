"""How the price of a transferred asset may be divided, and what must be reserved (T-05). Pure; money in fen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import InvalidInput
from core.i18n import Message, msg


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the division: a seal of the chain, its claim, and what it gets. `is_first`: the first court's."""

    position: int
    court_code: str
    case_no: str
    creditor: str
    claim_fen: int
    has_priority: bool
    share_fen: int
    is_first: bool
    is_reserved: bool = False

    def as_stored(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def read_shares(stored: Sequence[Mapping[str, Any]]) -> list[Share]:
    """The lines as they were kept."""
    return [Share(**each) for each in stored]


def divide(
    lines: Sequence[Share], given: Mapping[int, int], *, price_fen: int, costs_fen: int, first_confirmed: bool
) -> list[Share]:
    """The lines with what each gets. The first court's share is reserved while its claim is not confirmed (T-05).

    Raises `InvalidInput` for negative figures, a share above its claim, or more than the price after costs.
    """
    fields: dict[str, Message] = {}
    if not 0 <= costs_fen <= price_fen:
        fields["costs"] = msg("费用不能为负数，也不能超过成交价。")
    for line in lines:
        share = given.get(line.position, 0)
        if share < 0 or (line.claim_fen and share > line.claim_fen):
            fields[f"share_{line.position}"] = msg("分配数额不能为负数，也不能超过债权额。")
    if not fields and sum(given.get(line.position, 0) for line in lines) > price_fen - costs_fen:
        fields["costs"] = msg("各项分配和费用的合计超过成交价。")
    if fields:
        raise InvalidInput(msg("分配数额有误，请按提示修改。"), fields=fields, rule="T-05")
    return [
        Share(
            line.position,
            line.court_code,
            line.case_no,
            line.creditor,
            line.claim_fen,
            line.has_priority,
            given.get(line.position, 0),
            line.is_first,
            line.is_first and not first_confirmed and given.get(line.position, 0) > 0,
        )
        for line in lines
    ]


def reserved_fen(lines: Sequence[Share]) -> int:
    """What is reserved in all."""
    return sum(line.share_fen for line in lines if line.is_reserved)

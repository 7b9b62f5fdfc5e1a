"""What an appraisal is paid by (V-25). Pure; money in fen."""

from enum import StrEnum

REISSUE_PERCENT = 30


class FeeBasis(StrEnum):
    """On what the fee is counted."""

    APPRAISAL = "appraisal"
    PRICE = "price"
    ACTUAL_EXPENSE = "actual_expense"
    NOTHING = "nothing"


def fee_basis(
    *, appraised_fen: int, price_fen: int | None, is_withdrawn: bool, is_replaced: bool
) -> tuple[FeeBasis, int | None]:
    """The basis of a firm's fee and its amount in fen, where one is named (V-25).

    A replaced firm gets nothing; without a sale, or when the appraisal was withdrawn, its reasonable actual expense; a sale
    above the appraisal counts the appraisal, one below it the price.
    """
    if is_replaced:
        return FeeBasis.NOTHING, None
    if is_withdrawn or price_fen is None:
        return FeeBasis.ACTUAL_EXPENSE, None
    if price_fen > appraised_fen:
        return FeeBasis.APPRAISAL, appraised_fen
    return FeeBasis.PRICE, price_fen


def reissue_fee_fen(normal_fee_fen: int) -> int:
    """The fee of a re-issued report: 30 % of the normal one, rounded down to the fen (V-25)."""
    return normal_fee_fen * REISSUE_PERCENT // 100

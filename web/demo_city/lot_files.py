"""Where the demo's lots come from: the real files when they are there, else the generator; always through the import's reader."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from random import Random

from auction.listing.import_formats import ImportedLot, read_lots
from auction.listing.models import Round
from core.money import yuan
from web.demo_city.cast import TEAM_COURT
from web.demo_city.generated_lots import GeneratedLot, generated_lots

REAL_FILES = ("cn_listings_2020/listings.csv", "cn_lots_2020/lots.csv")
OWN_HEADER = (
    "source_key", "round", "kind", "title", "location", "court_code", "valuation", "starting_price", "deposit", "increment",
)  # fmt: skip
COURT_OF_DISTRICT = {
    "姑苏区": "0508", "吴中区": "0506", "相城区": "0507", "虎丘区": "0505", "吴江区": "0509", "常熟市": "0581",
    "张家港市": "0582", "昆山市": "0583", "太仓市": "0585", "苏州工业园区": "0591",
}  # fmt: skip


def demo_lots(folder: Path, count: int) -> tuple[list[ImportedLot], bool]:
    """At most `count` lots of every round, and whether they are real ones."""
    real = [folder / name for name in REAL_FILES]
    lots: list[ImportedLot] = []
    for file in real:
        if file.is_file():
            lots.extend(read_lots(file.read_text(encoding="utf-8"))[0])
    are_real = bool(lots)
    # Runs after a default need a buyer who defaulted; titles that could not be masked safely say nothing to a visitor.
    lots = [lot for lot in lots if lot.rerun == 0 and "名称不公开" not in lot.title]
    if len(lots) < count:
        missing = generated_lots(max(count - len(lots), count if not lots else 0))
        lots.extend(read_lots(_as_file(missing))[0])
    order = Random(11)  # noqa: S311 - a fixed order, not a secret
    order.shuffle(lots)
    lots = sorted(lots, key=_distance)[:count]
    order.shuffle(lots)
    return _enough_for_the_team(lots), are_real


def _distance(lot: ImportedLot) -> int:
    """The city's own lots first, then those of the province."""
    if any(
        name.removesuffix("区").removesuffix("市") in lot.location + lot.title for name in COURT_OF_DISTRICT
    ):
        return 0
    return 0 if "苏州" in lot.title + lot.location else 1 if lot.source_key.startswith("listing") else 2


def _as_file(lots: Iterable[GeneratedLot]) -> str:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(OWN_HEADER)
    for lot in lots:
        figures = (lot.valuation_fen, lot.starting_price_fen, lot.deposit_fen, lot.increment_fen)
        place = (lot.key, lot.round, lot.kind, lot.title, lot.district, COURT_OF_DISTRICT[lot.district])
        writer.writerow((*place, *(yuan(fen).replace(",", "") for fen in figures)))
    return text.getvalue()


def _enough_for_the_team(lots: list[ImportedLot]) -> list[ImportedLot]:
    """Every third lot goes to the court whose team the newcomer logs in as, so that each stage shows something there."""
    return [replace(lot, court_code=TEAM_COURT) if at % 3 == 0 else lot for at, lot in enumerate(lots)]


def of_round(lots: list[ImportedLot], round_: Round) -> list[ImportedLot]:
    """The lots of one round, in their order."""
    return [lot for lot in lots if lot.round == round_]

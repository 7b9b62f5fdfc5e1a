"""The evidence: what the baseline, the model, the interval and the neighbours say, on made sales with a known truth."""

import math
import subprocess
import sys
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from auction.results.import_sales import read_sales
from core.database import Work
from core.settings import PROJECT_ROOT
from disposal_teams.assets.models import AssetState
from tests.auction.listing.workshop import valued_asset
from valuation.comparables.baseline import Baseline
from valuation.comparables.evaluate import evaluate
from valuation.comparables.features import Known, Sold
from valuation.comparables.fit import WIDEST, fit, split
from valuation.comparables.models import SaleRecord
from valuation.comparables.neighbours import distance, nearest
from valuation.comparables.queries import outlook_of
from valuation.comparables.records import forget_sales, remember_sales
from valuation.comparables.refresh import refresh_outlooks

DAY = date(2025, 1, 1)


def made(count: int, *, hidden: float = 0.0, noise: float = 0.1, seed: int = 1) -> list[Sold]:
    """Sales at about 80 % of the appraisal; with `hidden`, larger flats sell for less than the ratio says."""
    random = Random(seed)
    rows = []
    for number in range(count):
        area = random.uniform(40, 240)
        reference = round(area * 12_000_00 * random.uniform(0.7, 1.4))
        ratio = 0.8 * math.exp(random.gauss(0, noise) - hidden * (area - 140) / 100)
        known = Known(
            "real_estate", random.choice(["昆山", "吴中"]), area, 2000, 3, "first", reference,
            DAY + timedelta(days=number),
        )  # fmt: skip
        rows.append(Sold(known, round(reference * ratio), f"own:{number:05}", f"房产{number}"))
    return rows


def test_the_baseline_is_the_appraisal_times_the_places_usual_ratio() -> None:
    rows = made(60, noise=0.0)
    asked = Known("real_estate", "昆山", 100, reference_fen=100_000_000)
    assert Baseline.of(rows).price_fen(asked) == 80_000_000 * (1 + 1e-9) or math.isclose(
        Baseline.of(rows).price_fen(asked), 80_000_000, rel_tol=1e-6
    )
    without = Known("real_estate", "昆山", 100)
    assert 700_000_00 < Baseline.of(rows).price_fen(without) < 1_400_000_00


def test_the_model_finds_what_the_baseline_cannot_and_says_so() -> None:
    found = evaluate(made(600, hidden=0.5))
    assert found is not None
    assert found.beats_baseline
    assert found.model.mdape_percent < 0.7 * found.baseline.mdape_percent
    assert 70 <= found.coverage_percent <= 90


def test_without_anything_to_find_the_baseline_stays() -> None:
    found = evaluate(made(300, noise=0.3))
    assert found is not None
    assert found.model.mdape_percent <= 1.1 * found.baseline.mdape_percent
    assert 68 <= found.coverage_percent <= 92


def test_the_test_is_of_later_days_only() -> None:
    rows = [*made(100), Sold(Known("real_estate", on=None), 1, "undated")]
    earlier, later = split(rows, 0.25)
    assert len(later) == 25
    days = [row.known.on for row in earlier if row.known.on]
    assert max(days) < min(row.known.on for row in later if row.known.on)


def test_the_same_sales_make_the_same_model() -> None:
    rows = made(200, hidden=0.3)
    asked = [row.known for row in rows[:20]]
    assert fit(rows).forecasts(asked) == fit(list(reversed(rows))).forecasts(asked)


def test_too_few_sales_are_said_to_be_too_few() -> None:
    assert evaluate(made(20)) is None
    fitted = fit(made(10))
    (forecast,) = fitted.forecasts([Known("real_estate", "昆山", 100, reference_fen=10**8)])
    assert (fitted.trees, fitted.width) == (None, WIDEST)
    assert forecast.low_fen * 3 <= forecast.mid_fen + 3
    assert fitted.drivers([Known("real_estate")]) == [[]]


lots = st.builds(
    Known,
    kind=st.sampled_from(["real_estate", "vehicle", "?"]),
    region=st.sampled_from(["昆山", "", "别处"]),
    area_m2=st.none() | st.floats(1, 1e6),
    built_year=st.none() | st.integers(-5, 9999),
    rooms=st.none() | st.floats(0.5, 50),
    reference_fen=st.none() | st.integers(1, 10**14),
    on=st.none() | st.dates(),
)
FITTED = fit(made(120, hidden=0.4))


@given(lots)
@settings(max_examples=60, deadline=None)
def test_any_lot_gets_an_ordered_interval_and_explained_drivers(known: Known) -> None:
    (forecast,) = FITTED.forecasts([known])
    assert 0 < forecast.low_fen <= forecast.mid_fen <= forecast.high_fen
    (drivers,) = FITTED.drivers([known])
    assert all(math.isfinite(percent) for _, percent in drivers)
    assert distance(known, known) == 0 or known.area_m2 is None


def test_neighbours_are_of_the_same_kind_and_the_nearest_first() -> None:
    rows = [*made(30), Sold(Known("vehicle", "昆山"), 5, "own:car")]
    asked = rows[3].known
    found = nearest(asked, rows)
    assert found[0].distance == 0
    assert [each.distance for each in found] == sorted(each.distance for each in found)
    assert all("房产" in each.title for each in found)


async def test_outlooks_are_written_for_assets_on_their_way_and_undone_sales_forgotten(work: Work) -> None:
    team, city, _ = await valued_asset(work)
    assert await refresh_outlooks(team) is None
    rows = [
        {
            "market": "cn", "source": "own", "source_key": row.key, "kind": row.known.kind,
            "region": row.known.region, "title": row.title, "area_m2": row.known.area_m2, "round": "first",
            "reference_fen": row.known.reference_fen, "price_fen": row.price_fen, "sold_on": row.known.on,
        }
        for row in made(130, hidden=0.4)
    ]  # fmt: skip
    assert await remember_sales(team, rows) == 130
    assert await remember_sales(team, rows) == 0
    await forget_sales(team, ["own:00001"])
    model = await refresh_outlooks(team)
    assert model is not None
    assert model.rows == 129
    found = await outlook_of(team, city.asset.id)
    assert city.asset.state == AssetState.READY_TO_LIST
    assert found is not None
    assert found.outlook.low_fen < found.outlook.mid_fen < found.outlook.high_fen
    assert len(found.neighbours) == 8
    assert (await refresh_outlooks(team)) is not None  # again: overwritten, not doubled


async def test_sales_are_read_all_or_nothing_and_repeats_count_once(work: Work) -> None:
    text = (
        "source_key,kind,region,title,reference,price,sold_on,area_m2\n"
        "1,real_estate,昆山,甲,1000000,800000.50,2025-01-02,88.5\n2,vehicle,昆山,乙,,50000,,\n1,x,昆山,甲,1,1,,\n"
    )
    rows, faults = read_sales(text, source="file")
    assert (len(rows), faults) == (2, [])
    assert rows[0]["price_fen"] == 80_000_050
    await remember_sales(work, rows)
    assert len(list(await work.session.exec(select(SaleRecord)))) == 2
    bad = text.replace("800000.50", "-1").replace("50000", "1e400").replace("2025-01-02", "soon")
    _, faults = read_sales(bad, source="file")
    assert len(faults) == 2
    assert read_sales("a,b\n1,2\n", source="file")[1][0].startswith("row 1: unknown columns")
    assert read_sales("", source="file")[1]


def test_the_web_process_does_not_load_the_model() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, web.app; web.app.route_handlers(); print('sklearn' in sys.modules)"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert loaded.stdout.strip() == "False"

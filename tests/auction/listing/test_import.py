"""Importing lots: three formats, every bad row named, all or nothing, twice the same as once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import select

from auction.listing import rules
from auction.listing.checklist_facts import checklist_of
from auction.listing.import_formats import read_lots
from auction.listing.import_guesses import court_for, guess_kind
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotState, Round
from auction.listing.publish_lot import publish_lot
from auction.listing.restore import restore_prices
from core.audit import verify_stream
from core.database import Work
from core.errors import InvalidInput, NotPermitted
from core.identity import Actor, Role
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.models import Court
from tests.auction.listing.workshop import by
from valuation.reference_price import reference_price_of

HEADER = (
    "source_key,round,kind,title,location,court_code,valuation,starting_price,deposit,increment,area_m2,note"
)
GOOD = (
    "k1,first,real_estate,昆山市玉山镇某小区1幢101室,玉山镇,0583,1000000,700000,70000,3000,89.5,",
    "k2,second,vehicle,某牌轿车,停车场,0583,100000,64000.01,6400,500,,旧车",
    "k3,sell_off,goods,面料一批,仓库,0581,500000,320000,32000,1000,,",
)


def own(*rows: str) -> str:
    """A file in the own format."""
    return "\n".join((HEADER, *rows))


def test_the_own_format_is_read() -> None:
    lots, faults = read_lots("\ufeff" + own(*GOOD).replace("\n", "\r\n"))
    assert faults == []
    assert [lot.round for lot in lots] == [Round.FIRST, Round.SECOND, Round.SELL_OFF]
    assert lots[0].area_hundredths == 8950
    assert lots[1].starting_price_fen == 64_000_01
    assert lots[1].previous_start_fen == 80_000_01


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("k,third,real_estate,a,b,0583,1000000,700000,70000,3000,,", "round"),
        ("k,first,boat,a,b,0583,1000000,700000,70000,3000,,", "kind"),
        ("k,first,real_estate,,b,0583,1000000,700000,70000,3000,,", "title"),
        (",first,real_estate,a,b,0583,1000000,700000,70000,3000,,", "source_key"),
        ("k,first,real_estate,a,b,9999,1000000,700000,70000,3000,,", "court_code"),
        ("k,first,real_estate,a,b,0583,1000000,699999.99,70000,3000,,", "starting_price"),
        ("k,first,real_estate,a,b,0583,1000000,700000,34999,3000,,", "deposit"),
        ("k,first,real_estate,a,b,0583,1000000,700000,140001,3000,,", "deposit"),
        ("k,first,real_estate,a,b,0583,1000000,700000,70000,0,,", "increment"),
        ("k,first,real_estate,a,b,0583,1e6,700000,70000,3000,,", "valuation"),
        ("k,first,real_estate,a,b,0583,-1,700000,70000,3000,,", "valuation"),
        ("k,first,real_estate,a,b,0583,,700000,70000,3000,,", "valuation"),
        ("k,first,real_estate,a,b,0583,1000000,700000,70000,3000,NaN,", "area_m2"),
        ("k,first,real_estate,a\x07,b,0583,1000000,700000,70000,3000,,", "title"),
        (f"k,first,real_estate,{'长' * 201},b,0583,1000000,700000,70000,3000,,", "title"),
        ("k,first,real_estate,a", ""),
        ("k1,first,real_estate,a,b,0583,1000000,700000,70000,3000,,", "source_key"),
    ],
)
def test_a_bad_row_is_named_with_its_number_and_field(row: str, field: str) -> None:
    _, faults = read_lots(own(GOOD[0], row))
    assert [(fault.row, fault.field) for fault in faults] == [(3, field)]
    assert "第 3 行" in str(faults[0])


@pytest.mark.parametrize(
    "text", ["", "\n", "a,b\n1,2", HEADER, own('k,"open'), "\x00", HEADER + ",title\n" + GOOD[0] + ",x"]
)
def test_a_file_that_cannot_be_read_is_told_in_one_line(text: str) -> None:
    lots, faults = read_lots(text)
    assert lots == []
    assert len(faults) == 1


@given(st.text(max_size=400))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    lots, faults = read_lots(own(text))
    assert len(lots) + len(faults) >= 0


@given(
    st.text(min_size=1, max_size=20),
    st.sampled_from(Round),
    st.integers(1, 999),
    st.sampled_from([1_000, 1_000_000]),
    st.integers(6, 19),
    st.integers(0, 999),
)
def test_restored_prices_keep_the_law_and_are_always_the_same(
    key: str, round_: Round, figure: int, unit: int, deposit_percent: int, truncated: int
) -> None:
    low, high = figure * unit * 100, (figure + 1) * unit * 100 - 100
    deposit = (low + high) // 2 * deposit_percent // 100
    found = restore_prices(
        key, round_, low_fen=low, high_fen=high, deposit_fen=deposit, truncated_value=truncated
    )
    assert found == restore_prices(
        key, round_, low_fen=low, high_fen=high, deposit_fen=deposit, truncated_value=truncated
    )
    assert found is not None
    assert low <= found.starting_price_fen <= high + 99
    assert rules.check_deposit(found.starting_price_fen, deposit) is None
    first = found.previous_start_fen or found.starting_price_fen
    assert first <= found.valuation_fen
    assert (
        rules.check_start(Round.FIRST, first, reference_fen=found.valuation_fen, previous_start_fen=None)
        is None
    )
    if round_ is not Round.FIRST:
        assert (
            rules.check_start(
                Round.SECOND, found.starting_price_fen, reference_fen=None, previous_start_fen=first
            )
            is None
        )


def test_kinds_and_courts_are_guessed_from_title_and_place() -> None:
    assert guess_kind("某市某路×号×幢×室房产") is AssetKind.REAL_ESTATE
    assert guess_kind("苏E·A××××号轿车") is AssetKind.VEHICLE
    assert guess_kind("某公司30%股权") is AssetKind.SHARES
    assert guess_kind("一宗国有土地使用权") is AssetKind.LAND
    assert guess_kind("机器设备一批") is AssetKind.GOODS
    assert guess_kind("") is AssetKind.REAL_ESTATE
    assert court_for("张家港市", "", "k") == "0582"
    assert court_for("苏州工业园区", "", "k") == "0591"
    assert court_for("长沙市", "", "k") == court_for("长沙市", "", "k")


async def city(work: Work) -> None:
    """Courts with accounts."""
    await establish_courts(work)
    for court in await work.session.exec(select(Court)):
        court.bank_name, court.bank_account_no = "某银行", f"6222{court.code}"
    await work.session.flush()


async def count(work: Work) -> int:
    """How many assets there are."""
    return int((await work.session.exec(select(func.count()).select_from(Asset))).one())


async def test_importing_twice_is_the_same_as_once(work: Work) -> None:
    await city(work)
    lots, _ = read_lots(own(*GOOD))
    first = await import_lots(work, lots)
    assert (len(first.created), first.known) == (3, 0)
    second = await import_lots(work, lots)
    assert (len(second.created), second.known) == (0, 3)
    assert await count(work) == 3


async def test_imported_lots_stand_as_if_made_by_hand_and_can_be_published(work: Work) -> None:
    await city(work)
    lots, _ = read_lots(own(*GOOD))
    report = await import_lots(work, lots, stage=ImportStage.NOTIFIED, is_demo=True)
    for number, imported in zip(report.created, lots, strict=True):
        lot = (await work.session.exec(select(Lot).where(Lot.lot_no == number))).one()
        assert (lot.round, lot.starting_price_fen) == (imported.round, imported.starting_price_fen)
        assert [line.id for line in await checklist_of(work, lot) if not line.ok] == []
        await publish_lot(work, lot.id)
        assert lot.state == LotState.PUBLISHED
        assert await verify_stream(work, f"lot:{lot.id}") is None
        assert await verify_stream(work, f"asset:{lot.asset_id}") is None
        price = await reference_price_of(work, lot.asset_id)
        assert price is not None
        assert price.price_fen == imported.valuation_fen
    rounds = (await work.session.exec(select(Lot.state).where(Lot.state == LotState.FAILED))).all()
    assert len(rounds) == 3


@pytest.mark.parametrize(
    ("stage", "state"),
    [
        (ImportStage.SEALED, AssetState.SEALED_EFFECTIVE),
        (ImportStage.SURVEYED, AssetState.VALUATION),
        (ImportStage.VALUED, AssetState.READY_TO_LIST),
    ],
)
async def test_lots_can_be_brought_to_an_earlier_stage(
    work: Work, stage: ImportStage, state: AssetState
) -> None:
    await city(work)
    lots, _ = read_lots(own(GOOD[0]))
    await import_lots(work, lots, stage=stage)
    asset = (await work.session.exec(select(Asset))).one()
    assert asset.state == state
    assert (await work.session.exec(select(Lot))).first() is None


async def test_import_needs_the_right_and_the_courts(work: Work) -> None:
    lots, _ = read_lots(own(GOOD[0]))
    with pytest.raises(InvalidInput):
        await import_lots(work, lots)
    await city(work)
    with pytest.raises(NotPermitted):
        await import_lots(by(work, Actor(None, "书记员", frozenset({Role.CLERK}), "0583")), lots)


REAL = get_settings().demo_data


@pytest.mark.parametrize(
    ("file", "rows"), [("cn_lots_2020/lots.csv", 4552), ("cn_listings_2020/listings.csv", 64)]
)
async def test_the_real_files_are_read_whole_and_a_piece_is_imported(
    work: Work, file: str, rows: int
) -> None:
    path = Path(REAL) / file
    if not path.exists():
        pytest.skip(f"{path} is not here: set DISPOSAL_DEMO_DATA to the folder with the real files")
    lots, faults = read_lots(path.read_text(encoding="utf-8"))
    assert faults == []
    assert len(lots) == rows
    await city(work)
    report = await import_lots(work, lots[:60], stage=ImportStage.NOTIFIED)
    assert len(report.created) == 60

"""The asset file: every bad row told, all or nothing, safe to repeat."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlmodel import select

from core.database import Database, Work
from core.errors import NotPermitted
from core.identity import SYSTEM, Role
from core.settings import Settings
from disposal_teams.assets.import_assets import ImportRefused, import_assets
from disposal_teams.assets.import_file import COLUMNS, read_assets
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from disposal_teams.courts.establish import establish_courts
from tests.disposal_teams.city import HUQIU, acting, days_ago, person
from web.cli import main

GOOD = {
    "source_key": "K1",
    "case_no": "(2026)苏0505执1号",
    "filed_on": "2026-01-05",
    "cause": "借款合同纠纷",
    "claim_yuan": "1,234,567.89",
    "applicant": "苏州某银行",
    "debtor": "王某",
    "kind": "房产",
    "title": "狮山路1号住宅",
    "registry_no": "苏（2020）不动产权第1号",
    "area_m2": "89.5",
    "sealed_on": "2026/2/1".replace("/2/1", "/02/01"),
}


def sheet(*rows: dict[str, str], chinese: bool = False) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(COLUMNS))
    writer.writerow({name: COLUMNS[name] if chinese else name for name in COLUMNS})
    writer.writerows(rows)
    return out.getvalue().encode("gb18030" if chinese else "utf-8-sig")


@pytest.mark.parametrize("chinese", [False, True])
def test_a_good_row_is_read_in_either_language_and_encoding(chinese: bool) -> None:
    rows, problems = read_assets(sheet(GOOD, chinese=chinese))
    assert problems == []
    assert rows[0].case_no == "（2026）苏0505执1号"
    assert rows[0].claim_fen == 123_456_789
    assert rows[0].kind is AssetKind.REAL_ESTATE


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("source_key", ""),
        ("case_no", "12345"),
        ("case_no", "（2026）浙0505执1号"),
        ("filed_on", "昨天"),
        ("claim_yuan", "-5"),
        ("kind", "飞船"),
        ("area_m2", "0"),
        ("area_m2", "NaN"),
        ("seal_until", "2026-02-30"),
        ("seal_kind", "x"),
    ],
)
def test_each_fault_is_told_with_its_row_and_column(column: str, value: str) -> None:
    _, problems = read_assets(sheet(GOOD, {**GOOD, "source_key": "K2", column: value}))
    assert [(problem.row, problem.column) for problem in problems] == [(3, column)]


def test_all_faults_of_a_file_are_told_at_once_and_doubles_too() -> None:
    _, problems = read_assets(sheet({**GOOD, "kind": "x", "filed_on": "y"}, GOOD, {**GOOD, "title": ""}))
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "filed_on"),
        (2, "kind"),
        (3, "source_key"),
        (4, "title"),
        (4, "source_key"),
    ]


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b'"a', b"a,b\n1,2\n", b"\xff\xff\xff", sheet()])
def test_files_that_are_no_asset_files_are_refused_in_one_line(content: bytes) -> None:
    rows, problems = read_assets(content)
    assert rows == []
    assert len(problems) == 1


@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(content: bytes) -> None:
    read_assets(content)


async def test_rows_are_written_once_and_the_second_time_nothing_changes(work: Work) -> None:
    await establish_courts(work)
    rows, _ = read_assets(sheet(GOOD, {**GOOD, "source_key": "K2", "registry_no": "", "sealed_on": ""}))
    done = await import_assets(work, rows)
    assert (done.created, done.unchanged, done.cases) == (2, 0, 1)
    again = await import_assets(work, rows)
    assert (again.created, again.unchanged, again.cases) == (0, 2, 0)
    assets = {asset.source_key: asset for asset in await work.session.exec(select(Asset))}
    assert assets["K1"].state == AssetState.SEALED_EFFECTIVE
    assert assets["K2"].state == AssetState.REGISTERED


async def test_faults_that_only_the_database_knows_are_told_for_every_row(work: Work) -> None:
    await establish_courts(work)
    rows, problems = read_assets(
        sheet(
            GOOD,
            {**GOOD, "source_key": "K2"},
            {**GOOD, "source_key": "K3", "registry_no": "", "sealed_on": "2099-01-01"},
            {**GOOD, "source_key": "K4", "registry_no": "", "seal_until": "2060-01-01"},
        )
    )
    assert problems == []
    with pytest.raises(ImportRefused) as refusal:
        await import_assets(work, rows)
    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [
        (3, ""),
        (4, "sealed_on"),
        (5, ""),
    ]


async def test_P03_only_those_who_may_import_and_only_their_own_court(work: Work) -> None:
    await establish_courts(work)
    rows, _ = read_assets(sheet({**GOOD, "case_no": "（2026）苏0506执1号"}))
    with pytest.raises(NotPermitted):
        await import_assets(acting(work, person(HUQIU, Role.CLERK)), rows)
    with pytest.raises(ImportRefused):
        await import_assets(acting(work, person(HUQIU, Role.DISPOSAL_TEAM)), rows)


async def test_ten_times_the_rows_take_ten_times_the_statements(database: Database) -> None:
    """Nothing is looked up again and again: the cost of a row does not grow with the file."""
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        sealed_on = days_ago(work, 5).isoformat()
        year = sealed_on[:4]

        def lines(numbers: range) -> list[dict[str, str]]:
            return [
                {
                    **GOOD,
                    "source_key": f"K{number}",
                    "case_no": f"（{year}）苏0505执{number}号",
                    "filed_on": f"{year}-01-05",
                    "registry_no": f"R{number}",
                    "sealed_on": sealed_on,
                }
                for number in numbers
            ]

        counted = []
        for numbers in (range(1, 21), range(21, 221)):
            rows, problems = read_assets(sheet(*lines(numbers)))
            assert problems == []
            statements = 0

            def count(*_: object) -> None:
                nonlocal statements
                statements += 1

            event.listen(database.engine.sync_engine, "before_cursor_execute", count)
            done = await import_assets(work, rows)
            event.remove(database.engine.sync_engine, "before_cursor_execute", count)
            assert done.created == len(numbers)
            counted.append(statements)
    few, many = counted
    assert many <= 10.5 * few


def test_the_command_checks_writes_and_reports(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path / "var")
    monkeypatch.setattr("web.cli.get_settings", lambda: settings)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(sheet(GOOD))
    bad.write_bytes(sheet({**GOOD, "source_key": "K7", "kind": "飞船"}, {**GOOD, "source_key": "K8"}))
    assert main(["import", "assets", str(good), "--dry-run"]) == 0
    assert "1 assets would be imported" in capsys.readouterr().out
    assert main(["import", "assets", str(bad)]) == 1
    told = capsys.readouterr().err
    assert "row 2, kind" in told
    assert "nothing was imported" in told
    assert main(["import", "assets", str(good)]) == 0
    assert "1 assets imported" in capsys.readouterr().out
    assert main(["import", "assets", str(good)]) == 0
    assert "0 assets imported" in capsys.readouterr().out
    assert main(["import", "assets", str(tmp_path / "none.csv")]) == 2


async def test_nothing_of_a_refused_file_stays(database: Database) -> None:
    rows, _ = read_assets(sheet(GOOD, {**GOOD, "source_key": "K2"}))
    with pytest.raises(ImportRefused):
        async with database.begin(SYSTEM) as work:
            await establish_courts(work)
            await import_assets(work, rows)
    async with database.read(SYSTEM) as work:
        assert (await work.session.execute(text("SELECT count(*) FROM asset"))).scalar_one() == 0

"""Files of cases and assets: all or nothing, exactly the examined file, never twice."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import select

from core.audit import verify_stream
from core.database import Database, Work
from core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Role
from core.settings import Settings
from disposal_teams.assets.models import Asset, AssetState, Seal
from disposal_teams.cases.models import CaseLink, CaseState, EnforcementCase, Party, PartyClaim
from disposal_teams.cases.queries import linked_cases
from disposal_teams.courts.establish import establish_courts
from disposal_teams.intake.columns import CASE_COLUMNS
from disposal_teams.intake.examine import load_file
from disposal_teams.intake.hand_in import confirm_file, discard_file, hand_in_file
from disposal_teams.intake.models import IntakeFile, IntakeKind, IntakeState
from disposal_teams.intake.queries import faults_of
from tests.disposal_teams.city import HUQIU, WUZHONG, acting, days_ago, make_case, person
from tests.disposal_teams.intake_files import (
    ASSET,
    CASE,
    DEBTOR,
    Row,
    assets,
    book,
    cases,
    loaded,
    moved,
    taken_in,
    this_year,
)
from web.cli import main


async def test_P05_cases_then_their_assets_are_loaded_once_as_examined_and_audited(work: Work) -> None:
    await establish_courts(work)
    case, debtor, asset = (this_year(work, each) for each in (CASE, DEBTOR, ASSET))
    file = await loaded(work, IntakeKind.CASES, cases(case, debtor))
    assert (file.state, file.counts) == (
        IntakeState.LOADED,
        {"cases": 1, "parties": 2, "claims": 1, "links": 2},
    )
    assert file.content_sealed is None
    (row,) = await work.session.exec(select(EnforcementCase))
    assert row.claim_fen == 100_170_050
    (claim,) = await work.session.exec(select(PartyClaim))
    assert (claim.principal_fen, claim.interest_fen, claim.doubled_interest_fen) == (
        100_000_000,
        150_050,
        20_000,
    )
    debtor_row = (await work.session.exec(select(Party).where(Party.role == "debtor"))).one()
    assert b"19491231" not in (debtor_row.identity_sealed or b"")
    assert [number for number, _ in await linked_cases(work, row)] == sorted(
        await work.session.exec(select(CaseLink.linked_case_no))
    )
    assert await verify_stream(work, f"case:{row.id}") is None
    year = work.now.year - 1
    more = {"source_key": "K1", "sealed_on": f"{year}-03-01", "seal_case_no": f"（{year}）苏0505执7号"}
    unsealed = {**asset, "source_key": "K2", "registry_no": "", "sealed_on": "", "filed_on": "", "cause": ""}
    file = await loaded(work, IntakeKind.ASSETS, assets(asset, more, unsealed))
    assert file.counts == {"assets": 2, "seals": 2}
    rows = {each.source_key: each for each in await work.session.exec(select(Asset))}
    assert {each.case_id for each in rows.values()} == {row.id}
    assert [rows[key].state for key in ("K1", "K2")] == [AssetState.SEALED_EFFECTIVE, AssetState.REGISTERED]
    chain = list(await work.session.exec(select(Seal).order_by(Seal.position)))  # type: ignore[arg-type]
    assert [(each.position, each.state) for each in chain] == [(1, "effective"), (2, "waiting")]
    events = await work.session.execute(
        text("SELECT event, actor_name FROM audit_event WHERE asset_id = :id ORDER BY seq"),
        {"id": rows["K1"].id},
    )
    assert [tuple(each) for each in events] == [
        ("asset.registered", "张三"),
        ("seal.recorded", "张三"),
        ("seal.recorded", "张三"),
        ("asset.state_changed", "张三"),
    ]
    with pytest.raises(Conflict, match="不能重复导入"):
        await taken_in(work, IntakeKind.ASSETS, assets(asset, more, unsealed))
    again = await taken_in(
        work, IntakeKind.ASSETS, assets(unsealed, asset, more, {**unsealed, "source_key": "K3"})
    )
    assert (again.fault_count, again.counts) == (0, {"assets": 1, "unchanged": 2})
    known = await taken_in(
        work,
        IntakeKind.ASSETS,
        assets(
            {**asset, "title": "别的名称", "registry_no": ""},
            {**asset, "source_key": "K9"},
            {**unsealed, "source_key": "K8", "case_no": f"（{year}）苏0505执88号"},
        ),
    )
    assert [(each.row, each.column, each.rule) for each in await faults_of(work, known)] == [
        (2, "来源编号", ""),
        (3, "权证号", "A-04"),
        (4, "立案日期", ""),
    ]
    row.state = CaseState.CLOSED
    await work.session.flush()
    closed = await taken_in(work, IntakeKind.ASSETS, assets({**unsealed, "source_key": "K7"}))
    assert [(each.row, each.rule) for each in await faults_of(work, closed)] == [(2, "D-06")]
    known = await taken_in(work, IntakeKind.CASES, cases(case, {**debtor, "phone": "1"}))
    assert [(each.row, each.column) for each in await faults_of(work, known)] == [(2, "案号")]


async def test_P03_P05_only_who_registers_only_the_own_court_only_the_examined_file(work: Work) -> None:
    await establish_courts(work)
    case, debtor = this_year(work, CASE), this_year(work, DEBTOR)
    for role in (Role.CLERK, Role.FINANCE, Role.INTERMEDIATE_COURT, Role.PANEL_MEMBER):
        with pytest.raises(NotPermitted):
            await hand_in_file(
                acting(work, person(HUQIU, role)),
                kind=IntakeKind.CASES,
                name="a",
                content=b"x",
                court_code=HUQIU,
            )
    with pytest.raises(NotPermitted):
        await hand_in_file(
            acting(work, person(WUZHONG)), kind=IntakeKind.CASES, name="a", content=b"x", court_code=HUQIU
        )
    foreign = await taken_in(work, IntakeKind.CASES, cases(case, debtor), court=WUZHONG)
    assert {each.rule for each in await faults_of(work, foreign)} == {"P-03"}
    file = await taken_in(work, IntakeKind.CASES, cases(case, debtor))
    with pytest.raises(NotFound):
        await confirm_file(acting(work, person(WUZHONG)), file.id, digest=file.sha256)
    with pytest.raises(Conflict):
        await confirm_file(acting(work, person(HUQIU)), file.id, digest="0" * 64)
    with pytest.raises(RuleViolation):
        await confirm_file(acting(work, person(WUZHONG)), foreign.id, digest=foreign.sha256)
    await discard_file(acting(work, person(WUZHONG)), foreign.id)
    assert foreign.content_sealed is None
    await confirm_file(acting(work, person(HUQIU)), file.id, digest=file.sha256)
    number = int(case["case_no"].split("执")[1][:-1])
    await make_case(work, HUQIU, number, filed_ago=(work.now.date() - date(work.now.year - 1, 6, 1)).days)
    assert not await load_file(work, file), "a case that was registered meanwhile is told, not written over"
    assert (file.state, file.fault_count) == (IntakeState.EXAMINED, 1)


def many(work: Work, numbers: range) -> bytes:
    sealed_on = days_ago(work, 5)
    return assets(
        *(
            {
                **ASSET,
                "source_key": f"K{number}",
                "case_no": f"（{sealed_on.year}）苏0505执{number // 2 + 1}号",
                "filed_on": f"{sealed_on.year}-01-01",
                "registry_no": f"R{number}",
                "sealed_on": sealed_on.isoformat(),
            }
            for number in numbers
        )
    )


async def test_ten_times_the_rows_take_the_statements_of_a_few_batches(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        counted = []
        for numbers in (range(1000, 1100), range(2000, 2600)):
            content = many(work, numbers)
            statements = 0

            def count(*_: object) -> None:
                nonlocal statements
                statements += 1

            event.listen(database.engine.sync_engine, "before_cursor_execute", count)
            file = await loaded(work, IntakeKind.ASSETS, content)
            event.remove(database.engine.sync_engine, "before_cursor_execute", count)
            assert file.counts["assets"] == len(numbers)
            counted.append(statements)
    few, many_statements = counted
    assert many_statements <= 4 * few, "a statement a batch, not a row"


async def test_nothing_of_a_refused_or_broken_load_stays(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        file = await taken_in(work, IntakeKind.ASSETS, many(work, range(10, 120)))
        await confirm_file(acting(work, person(HUQIU)), file.id, digest=file.sha256)
    calls = 0

    async def fails_midway(*_: object) -> Any:
        nonlocal calls
        calls += 1
        raise RuntimeError("power cut")

    monkeypatch.setattr("disposal_teams.intake.examine._write_faults", fails_midway)
    with pytest.raises(RuntimeError):
        async with database.begin(SYSTEM) as work:
            again = await work.session.get(IntakeFile, file.id)
            assert again is not None
            await load_file(work, again, just_examined=True)
            await fails_midway()
    async with database.read(SYSTEM) as work:
        assert (await work.session.execute(text("SELECT count(*) FROM asset"))).scalar_one() == 0
        assert (await work.session.execute(text("SELECT state FROM intake_file"))).scalar_one() == "confirmed"


def test_the_commands_examine_load_and_report(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path / "var")
    monkeypatch.setattr("web.cli.get_settings", lambda: settings)
    year = datetime.now(UTC).year - 1

    def past(row: Row) -> Row:
        return {name: moved(value, year) for name, value in row.items()}

    files = {
        "cases.xlsx": book(CASE_COLUMNS, past(CASE), past(DEBTOR)),
        "assets.csv": assets(past(ASSET)),
        "bad.csv": assets({**past(ASSET), "source_key": "K7", "kind": "飞船"}),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def run(kind: str, name: str, *more: str) -> tuple[int, str, str]:
        code = main(["import", kind, str(tmp_path / name), *more])
        told = capsys.readouterr()
        return code, told.out, told.err

    assert run("cases", "cases.xlsx", "--dry-run")[:2] == (
        0,
        "would be imported: 1 cases, 1 claims, 2 links, 2 parties\n",
    )
    assert run("cases", "cases.xlsx")[:2] == (0, "imported: 1 cases, 1 claims, 2 links, 2 parties\n")
    code, _, told = run("cases", "cases.xlsx")
    assert (code, "不能重复导入" in told) == (1, True)
    code, _, told = run("assets", "bad.csv")
    assert code == 1
    assert "row 2, 财产类型: “飞船”" in told
    assert "nothing was imported: 1 faults in 1 of 1 rows" in told
    assert run("assets", "assets.csv")[:2] == (0, "imported: 1 assets, 1 seals\n")
    assert run("assets", "none.csv")[0] == 2

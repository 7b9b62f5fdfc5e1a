"""Files of cases and assets: every fault told with its place, all or nothing, exactly the examined file, never twice."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import event, text
from sqlmodel import select

from core.audit import verify_stream
from core.database import Database, Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Role
from core.settings import Settings
from disposal_teams.assets.models import Asset, AssetKind, AssetState, Seal
from disposal_teams.cases.models import CaseLink, CaseState, EnforcementCase, Party, PartyClaim
from disposal_teams.cases.queries import linked_cases
from disposal_teams.courts.establish import establish_courts
from disposal_teams.intake.cells import exact_fen
from disposal_teams.intake.columns import ASSET_COLUMNS, CASE_COLUMNS, Column
from disposal_teams.intake.examine import examine_file, load_file
from disposal_teams.intake.hand_in import confirm_file, discard_file, hand_in_file
from disposal_teams.intake.models import IntakeFile, IntakeKind, IntakeState
from disposal_teams.intake.queries import faults_of
from disposal_teams.intake.read_file import FaultBook, Reader
from disposal_teams.intake.template_files import template_file
from tests.disposal_teams.city import HUQIU, WUZHONG, acting, days_ago, make_case, person
from web.cli import main

TODAY = date(2026, 6, 1)
CASE = {
    "case_no": "(2026)苏0505执1号",
    "filed_on": "2026年1月5日",
    "cause": "借款合同纠纷",
    "linked_cases": "（2025）苏0505执保8号、(2026)苏0506执9号",
    "role": "申请执行人",
    "name": "苏州某银行",
    "person_kind": "单位",
    "principal_yuan": "１００万元",
    "interest_yuan": "1,500.50",
    "doubled_interest_yuan": "￥200",
    "rank": "1",
}
DEBTOR = {
    "case_no": "（2026）苏0505执1号",
    "role": "被执行人",
    "name": "王某",
    "person_kind": "自然人",
    "identity_number": "11010519491231002X",
}
ASSET = {
    "source_key": "K1",
    "case_no": "(2026)苏0505执1号",
    "filed_on": "2026/01/05",
    "cause": "借款合同纠纷",
    "claim_yuan": "1,234,567.89",
    "applicant": "苏州某银行",
    "debtor": "王某",
    "kind": "房产",
    "title": "狮山路1号住宅",
    "registry_no": "苏（2020）不动产权第1号",
    "area_m2": "89.5",
    "sealed_on": "2026.2.1",
}
Row = dict[str, Any]


def sheet(columns: tuple[Column, ...], *rows: Row, chinese: bool = True) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=[each.name for each in columns])
    writer.writerow({each.name: each.label if chinese else each.name for each in columns})
    writer.writerows(rows)
    return out.getvalue().encode("gb18030" if chinese else "utf-8-sig")


def book(columns: tuple[Column, ...], *rows: Row) -> bytes:
    workbook = Workbook()
    workbook.active.append([each.label for each in columns])
    for row in rows:
        workbook.active.append([row.get(each.name) for each in columns])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(content: bytes, kind: IntakeKind, court_code: str | None = HUQIU) -> tuple[list[Any], FaultBook]:
    faults = FaultBook()
    reader = Reader(content, kind, court_code=court_code, today=TODAY, faults=faults)
    drafts: list[Any] = []
    while batch := reader.batch(100):
        drafts += batch
    return drafts, faults


def cases(*rows: Row) -> bytes:
    return sheet(CASE_COLUMNS, *rows)


def assets(*rows: Row) -> bytes:
    return sheet(ASSET_COLUMNS, *rows)


@pytest.mark.parametrize("write", [cases, lambda *rows: book(CASE_COLUMNS, *rows)])
def test_P05_a_case_with_parties_claims_and_links_is_read_exactly(write: Any) -> None:
    drafts, faults = read(write(CASE, DEBTOR), IntakeKind.CASES)
    assert list(faults) == []
    (draft,) = drafts
    assert (str(draft.number), draft.filed_on) == ("（2026）苏0505执1号", date(2026, 1, 5))
    assert draft.linked == ["（2025）苏0505执保8号", "（2026）苏0506执9号"]
    bank, debtor = draft.parties
    assert (bank.claim, bank.rank, bank.is_natural_person) == ((100_000_000, 150_050, 20_000), 1, False)
    assert draft.claimed_fen == 100_170_050
    assert (debtor.name, debtor.identity_number) == ("王某", "11010519491231002X")


@pytest.mark.parametrize(
    ("line", "column", "rule", "change"),
    [
        (2, "案号", "P-05", {"case_no": "12345"}),
        (2, "案号", "", {"case_no": "（2026）浙0505执1号"}),
        (2, "案号", "P-03", {"case_no": "（2026）苏0506执1号"}),
        (2, "立案日期", "", {"filed_on": ""}),
        (2, "立案日期", "", {"filed_on": "2026-02-30"}),
        (2, "立案日期", "", {"filed_on": "46000"}),
        (2, "立案日期", "", {"filed_on": "01/02/2026"}),
        (2, "立案日期", "", {"filed_on": "2099-01-01"}),
        (2, "立案日期", "", {"filed_on": "2020-01-01"}),
        (2, "案由", "", {"cause": "#REF!"}),
        (2, "标的额", "", {"claim_yuan": "-5"}),
        (2, "关联案号", "P-05", {"linked_cases": "见附件"}),
        (2, "关联案号", "", {"linked_cases": "（2026）苏0505执1号"}),
        (2, "当事人地位", "", {"role": "原告"}),
        (2, "主体类型", "", {"person_kind": ""}),
        (2, "债权本金", "", {"principal_yuan": "1.005"}),
        (2, "一般利息", "", {"interest_yuan": "约五万"}),
        (2, "受偿顺位", "", {"rank": "0"}),
        (3, "证件号码", "", {"identity_number": "110105194912310021"}),
        (3, "证件号码", "", {"identity_number": "1.10105194912310e+17"}),
        (3, "债权本金", "", {"principal_yuan": "5"}),
        (3, "案由", "", {"cause": "另一个案由"}),
        (3, "姓名或名称", "", {"name": "x" * 81}),
    ],
)
def test_each_fault_of_a_case_is_told_with_row_column_value_and_remedy(
    line: int, column: str, rule: str, change: Row
) -> None:
    rows = [CASE, DEBTOR]
    rows[line - 2] = {**rows[line - 2], **change}
    _, faults = read(cases(*rows), IntakeKind.CASES)
    found = [each for each in faults if (each.row, each.column) == (line, column)]
    assert len(found) == 1, [(each.row, each.column, str(each.message)) for each in faults]
    assert found[0].rule == rule
    assert str(found[0].remedy)
    (value,) = change.values()
    assert found[0].value == ("" if not value else found[0].value)
    assert "19491231" not in found[0].value


def test_a_case_without_debtor_twice_in_the_file_or_with_a_person_twice_is_told() -> None:
    other = {**CASE, "case_no": "（2026）苏0505执2号"}
    _, faults = read(
        cases(CASE, other, {**DEBTOR, "case_no": "（2026）苏0505执2号"}, CASE, DEBTOR, DEBTOR),
        IntakeKind.CASES,
    )
    told = [(each.row, each.column) for each in faults]
    assert (2, "当事人地位") in told
    assert (5, "案号") in told
    assert (7, "姓名或名称") in told
    assert (7, "证件号码") in told


def test_A04_an_asset_has_its_seals_in_order_and_six_kinds_are_known() -> None:
    second = {"source_key": "K1", "sealed_on": "2026-03-01", "seal_case_no": "（2026）苏0505执保7号",
              "seal_kind": "保全查封", "seal_priority": "是", "seal_claim_yuan": "3万"}  # fmt: skip
    kinds = [
        {**ASSET, "source_key": f"S{kind}", "registry_no": "", "kind": kind, "sealed_on": ""}
        for kind in ("房产", "机动车", "股权", "土地", "其他动产", "其他财产权")
    ]
    drafts, faults = read(assets(ASSET, second, *kinds), IntakeKind.ASSETS)
    assert list(faults) == []
    assert {draft.kind for draft in drafts} == set(AssetKind)
    first, waiting = drafts[0].seals
    assert (first.claim_fen, first.creditor_name, first.expires_on) == (
        123_456_789,
        "苏州某银行",
        date(2029, 2, 1),
    )
    assert (waiting.claim_fen, waiting.has_priority_right, waiting.court_code) == (3_000_000, True, HUQIU)


@pytest.mark.parametrize(
    ("line", "column", "rule", "change"),
    [
        (2, "来源编号", "", {"source_key": ""}),
        (2, "财产类型", "", {"kind": "飞船"}),
        (2, "名称", "", {"title": ""}),
        (2, "面积", "", {"area_m2": "0"}),
        (2, "面积", "", {"area_m2": "NaN"}),
        (2, "面积", "", {"area_m2": "1.005"}),
        (2, "查封日期", "A-04", {"sealed_on": "2027-01-01"}),
        (2, "查封到期日", "A-02", {"seal_until": "2060-01-01"}),
        (2, "查封到期日", "A-03", {"seal_until": "2026-03-01"}),
        (2, "查封种类", "", {"seal_kind": "x"}),
        (2, "查封案号", "P-03", {"seal_case_no": "（2026）苏0506执3号"}),
        (3, "查封日期", "A-04", {"sealed_on": "2026-01-15"}),
        (3, "查封日期", "", {"sealed_on": ""}),
        (3, "查封案号", "A-04", {"seal_case_no": "（2026）苏0505执1号"}),
        (3, "优先受偿权", "", {"seal_priority": "也许"}),
        (3, "名称", "", {"title": "别的名称"}),
    ],
)
def test_A02_A03_A04_each_fault_of_an_asset_or_seal_is_told(
    line: int, column: str, rule: str, change: Row
) -> None:
    rows = [ASSET, {"source_key": "K1", "sealed_on": "2026-03-01", "seal_case_no": "（2026）苏0505执7号"}]
    rows[line - 2] = {**rows[line - 2], **change}
    _, faults = read(assets(*rows), IntakeKind.ASSETS)
    found = [each for each in faults if (each.row, each.column) == (line, column)]
    assert [each.rule for each in found] == [rule], [
        (each.row, each.column, str(each.message)) for each in faults
    ]


def test_T01_A04_of_a_city_file_the_first_seal_is_of_the_court_that_registers_and_doubles_are_told() -> None:
    first_elsewhere = {**ASSET, "seal_case_no": "（2026）苏0506执3号"}
    twice = {"source_key": "K1", "sealed_on": "2026-03-02", "seal_case_no": "（2026）苏0506执3号"}
    again = {**ASSET, "source_key": "K2", "sealed_on": ""}
    _, faults = read(assets(first_elsewhere, twice, again), IntakeKind.ASSETS, court_code=None)
    assert [(each.row, each.column, each.rule) for each in faults.take_out()] == [
        (2, "查封案号", "T-01"),
        (3, "查封案号", "A-04"),
        (4, "权证号", "A-04"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b'"a', "甲,乙\n1,2\n".encode(), b"PK\x03\x04", cases()]
)
def test_files_that_are_no_case_files_have_one_or_two_faults_and_no_drafts(content: bytes) -> None:
    drafts, faults = read(content, IntakeKind.CASES)
    assert drafts == []
    assert faults.total >= 1


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_the_examination(content: bytes) -> None:
    heading = ",".join(each.label for each in CASE_COLUMNS).encode()
    for kind in IntakeKind:
        read(heading + b"\n" + content, kind)


@given(st.integers(0, 10**15), st.booleans())
def test_amounts_are_exact_to_the_fen_in_yuan_and_in_ten_thousands(fen: int, full_width: bool) -> None:
    yuan, wan = Decimal(fen) / 100, Decimal(fen) / 1_000_000
    for written in (f"{yuan:,.2f}", f"{yuan:f}元", f"{wan:f}万元", f"¥{yuan:f}"):
        if full_width:
            written = written.translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789.,"})
        assert exact_fen(written) == fen
    assert exact_fen(f"{wan:f}", 10_000) == fen
    if fen % 1_000_000:
        with pytest.raises(InvalidInput):
            exact_fen(f"{wan / 1_000_000:f}元")


def test_a_heading_may_say_its_unit_and_an_unknown_column_is_told() -> None:
    content = cases(CASE, DEBTOR).decode("gb18030")
    drafts, faults = read(
        content.replace("债权本金", "债权本金（万元）").replace("１００万元", "12.5").encode(),
        IntakeKind.CASES,
    )
    assert not faults
    assert drafts[0].parties[0].claim[0] == 12_500_000
    _, faults = read(content.replace("电话", "传真").encode(), IntakeKind.CASES)
    assert [(each.row, each.column) for each in faults] == [(1, "传真")]


@pytest.mark.parametrize("kind", list(IntakeKind))
def test_templates_are_read_by_the_reader_itself(kind: IntakeKind) -> None:
    for file_type in ("csv", "xlsx"):
        drafts, faults = read(template_file(kind, file_type), kind)
        assert drafts == []
        assert [str(each.message) for each in faults] == ["文件中没有数据行。"]
    explained = load_workbook(io.BytesIO(template_file(kind, "xlsx")))["填写说明"]
    columns = ASSET_COLUMNS if kind is IntakeKind.ASSETS else CASE_COLUMNS
    assert [explained.cell(row, 1).value for row in range(2, 2 + len(columns))] == [
        each.label for each in columns
    ]


async def taken_in(work: Work, kind: IntakeKind, content: bytes, court: str | None = HUQIU) -> IntakeFile:
    actor = person(court) if court else SYSTEM
    file = await hand_in_file(acting(work, actor), kind=kind, name="a.csv", content=content, court_code=court)
    await examine_file(work, file)
    return file


async def loaded(work: Work, kind: IntakeKind, content: bytes) -> IntakeFile:
    file = await taken_in(work, kind, content)
    assert file.fault_count == 0, [str(each.message) for each in await faults_of(work, file)]
    await confirm_file(acting(work, person(HUQIU)), file.id, digest=file.sha256)
    assert await load_file(work, file)
    return file


def moved(text: str, year: int) -> str:
    return re.sub("202[56]", lambda found: str(year - 2026 + int(found[0])), text)


def this_year(work: Work, row: Row) -> Row:
    """The row moved to the year before that of the court's clock, so that it is past whenever the test runs."""
    year = work.now.year - 1
    return {name: moved(value, year) for name, value in row.items()}


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

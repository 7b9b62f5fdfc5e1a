"""Files of cases and assets: every fault told with its place."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.errors import InvalidInput
from disposal_teams.assets.models import AssetKind
from disposal_teams.intake.cells import exact_fen
from disposal_teams.intake.columns import ASSET_COLUMNS, CASE_COLUMNS
from disposal_teams.intake.models import IntakeKind
from disposal_teams.intake.template_files import template_file
from tests.disposal_teams.city import HUQIU
from tests.disposal_teams.intake_files import ASSET, CASE, DEBTOR, Row, assets, book, cases, read


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

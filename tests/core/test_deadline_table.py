"""The table of deadlines against the rulebook's rows and against the code that opens each clock (§12.1, C-08)."""

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from core.deadlines.catalogue import CLOCKS, STATUTORY, UNNUMBERED, rule_number
from core.deadlines.row import OWNER_LABELS, Statutory
from core.i18n import load_catalogue
from core.legal_settings import LegalSettings, describe

ROOT = Path(__file__).resolve().parents[2]
OPENERS = {"open_deadline", "start_clock", "_clock"}
"""`open_deadline` and the short ways to it within a room."""


def test_every_row_of_the_master_table_is_there_with_its_length() -> None:
    """Rulebook §12.1 row by row: the length in days (d), hours (h) or months (m), a dash where a row has none of its own."""
    table = """
    L-01 30d|L-02 3d|L-03 30d|L-04 3d|L-05 15d|L-06 5d|L-07 5d|L-08 10d|L-09 3d|L-10 5d|L-11 30d|L-12 15d|L-13 30d
    L-14 24h|L-15 -|L-16 24h|L-17 24h|L-18 10d|L-19 10d|L-20 5d|L-21 15d|L-22 10d|L-23 15d|L-24 60d|L-25 5d|L-26 20d
    L-27 5d|L-28 60d|L-29 5d|L-30 5d|L-31 12m|L-32 15d|L-33 30d|L-34 10d|L-35 15d|L-36 15d|L-37 6m|L-38 12m|L-39 -
    L-40 60d|L-41 3m|L-42 5d|L-43 120m|L-44 30d
    """
    rows = [each.split() for line in table.split("\n") for each in line.split("|") if each.strip()]
    assert [each[0] for each in rows] == [f"L-{number:02}" for number in range(1, 45)] == list(STATUTORY)
    assert {each[0]: each[1] for each in rows} == {row.id: _length(row) for row in STATUTORY.values()}


def _length(row: Statutory) -> str:
    for value, unit in ((row.hours, "h"), (row.months, "m"), (row.days, "d")):
        if value is not None:
            return f"{value}{unit}"
    return "-"


@pytest.mark.parametrize("row", CLOCKS.values(), ids=str)
def test_a_row_says_everything_that_the_page_shows(row: Statutory) -> None:
    english = load_catalogue(ROOT / "web" / "locale" / "en")
    said = (row.title, row.length, row.start, row.effect, row.source)
    assert all(said)
    assert not {text for text in (*said[:4], row.not_yet, row.alarms.words) if text and text not in english}
    assert row.owner in OWNER_LABELS
    assert set(row.settings) <= {each.name for each in describe()}
    assert not (row.alarms.told_by and not row.alarms.words)


def test_C05_only_a_period_for_an_act_moves_past_a_holiday() -> None:
    fixed = {row.id for row in CLOCKS.values() if not row.rolls}
    assert {"L-09", "L-10", "L-11", "L-12", "L-14", "L-24", "L-38", "L-39"} <= fixed
    assert not {"L-06", "L-18", "L-22", "L-26", "L-29", "L-35", "T-25", "V-02"} & fixed


def test_a_row_whose_length_is_a_setting_counts_its_default() -> None:
    """`balance_due_days` of L-18 and the like: the row and the setting do not drift apart."""
    for clock, name in (
        ("L-18", "balance_due_days"),
        ("L-20", "registry_notice_days"),
        ("L-22", "in_kind_inquiry_days"),
        ("L-23", "sell_off_notice_within_days"),
        ("L-24", "sell_off_window_days"),
        ("L-26", "shareholder_notice_days"),
        ("L-28", "transfer_idle_days"),
        ("L-29", "transfer_answer_days_province"),
        ("L-30", "transfer_decision_days"),
        ("L-33", "payout_days"),
        ("L-34", "payout_after_delay_days"),
        ("L-40", "self_sale_days"),
        ("B-35", "re_auction_within_days"),
        ("B-74", "in_kind_difference_days"),
        ("T-04", "transfer_handover_days"),
        ("T-05", "transfer_result_days"),
        ("X-09", "after_sell_off_days"),
    ):
        assert CLOCKS[clock].days == getattr(LegalSettings(), name), clock
        assert name in CLOCKS[clock].settings


def test_every_row_is_opened_checked_or_named_as_open() -> None:
    for row in CLOCKS.values():
        ways = [bool(row.opened_in), row.checked_by is not None, bool(row.not_yet)]
        assert ways.count(True) == 1, row.id
    open_rows = {row.id for row in CLOCKS.values() if row.not_yet}
    named = (ROOT / "docs" / "legal_coverage.md").read_text(encoding="utf-8")
    lines = [each for each in named.splitlines() if each.startswith("Not covered yet: ") and "L-" in each]
    assert {rule for rule in STATUTORY for line in lines if rule in line} == open_rows


@pytest.mark.parametrize("row", [row for row in CLOCKS.values() if row.checked_by], ids=str)
def test_what_is_checked_is_checked_where_the_row_says(row: Statutory) -> None:
    assert row.checked_by is not None
    assert (ROOT / row.checked_by).is_file()


def test_C08_the_table_names_every_place_that_opens_a_clock_and_no_other() -> None:
    found: dict[str, set[str]] = {}
    for clock, place in _opened():
        found.setdefault(clock, set()).add(place)
    told = {row.id: set(row.opened_in) for row in CLOCKS.values() if row.opened_in}
    assert {clock: sorted(places) for clock, places in found.items()} == {
        clock: sorted(places) for clock, places in told.items()
    }


def test_a_clock_within_a_row_is_shown_by_the_rule_it_belongs_to() -> None:
    assert {rule_number(clock) for clock in ("L-35申请复议", "L-35复议")} == {"L-35"}
    assert (rule_number("B-60立案"), rule_number("LEAD"), rule_number("T-25")) == ("B-60", "§1", "T-25")
    assert all(rule_number(clock) == clock for clock in STATUTORY)
    assert not STATUTORY.keys() & UNNUMBERED.keys()


def _opened() -> Iterator[tuple[str, str]]:
    """(clock, file) of each call that starts one; a name is looked up in the module or among the words of its function."""
    for package in ("disposal_teams", "valuation", "auction"):
        for file in sorted((ROOT / package).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if "open_deadline" not in text and "start_clock" not in text:
                continue
            place = str(file.relative_to(ROOT))
            for function in ast.walk(ast.parse(text)):
                if isinstance(function, ast.AsyncFunctionDef):
                    for clock in _of_function(function, _module(place)):
                        yield clock, place


@cache
def _module(place: str) -> ModuleType:
    return importlib.import_module(place.removesuffix(".py").replace("/", "."))


def _of_function(function: ast.AsyncFunctionDef, module: ModuleType) -> Iterator[str]:
    for call in ast.walk(function):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in OPENERS):
            continue
        said = {clock for arg in call.args[1:] for clock in _within(arg, module)}
        if not said and not {each.arg for each in function.args.args} & {"rule"}:
            said = {clock for each in _chosen(function) for clock in _clocks(each, module)}
            assert said, f"{module.__name__}.{function.name} starts a clock that the test does not see"
        yield from said


def _chosen(function: ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """What a function chooses its clock from: the words that it assigns or goes through in a loop."""
    for each in ast.walk(function):
        source = (
            each.value if isinstance(each, ast.Assign) else each.iter if isinstance(each, ast.For) else None
        )
        if source is not None:
            yield from (part for part in ast.walk(source) if isinstance(part, ast.expr))


def _within(node: ast.expr, module: ModuleType) -> set[str]:
    return {clock for part in ast.walk(node) if isinstance(part, ast.expr) for clock in _clocks(part, module)}


def _clocks(node: ast.expr, module: ModuleType) -> set[str]:
    """The clocks that a constant, a name of the module or a look-up in its table stands for."""
    value: object = None
    if isinstance(node, ast.Constant):
        value = node.value
    elif isinstance(node, ast.Name):
        value = vars(module).get(node.id)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        value = getattr(vars(module).get(node.value.id), node.attr, None)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        table = vars(module).get(node.value.id)
        return set(table.values()) & CLOCKS.keys() if isinstance(table, dict) else set()
    return {value} & CLOCKS.keys() if isinstance(value, str) else set()

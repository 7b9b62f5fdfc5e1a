"""docs/legal_coverage.md says of each rule where it is decided, what proves it and where a person meets it. Held against
the code, so that the table cannot outlive what it names."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from core.settings import PROJECT_ROOT
from web.app import create_app

TABLE = PROJECT_ROOT / "docs" / "legal_coverage.md"
ROW = re.compile(r"^\| ([A-Z]-\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$")
CODE = re.compile(r"`([^`]+)`")
OPEN = re.compile(r"(?:^Not covered yet: |; )([A-Z]-\d\d)")

# Every rule of the rulebook's groups that the table answers for; the numbering of the rulebook has gaps.
RULES = {
    "A": "1-17 20-29",
    "B": "1-5 10-17 20-25 30-35 40-49 50-57 60-64 70-76 80-82 90-91",
    "C": "1-8",
    "D": "1-7 10-11 20-23",
    "M": "1-11",
    "L": "1-44",
    "K": "1-29",
    "P": "1-5",
    "T": "1-7 10-17 20-21 23-25",
    "V": "1-4 10-15 20-25 30-38 40-43",
    "X": "1-12",
}


def expected() -> Iterator[str]:
    """Their ids."""
    for group, numbers in RULES.items():
        for span in numbers.split():
            first, _, last = span.partition("-")
            yield from (f"{group}-{number:02}" for number in range(int(first), int(last or first) + 1))


class Row(NamedTuple):
    """A line of the table; the last three columns name things in backquotes."""

    rule: str
    decided_in: list[str]
    tests: list[str]
    pages: list[str]


def rows() -> Iterator[Row]:
    """The lines of the table."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if found := ROW.match(line):
            rule, _, decided_in, tests, pages = found.groups()
            yield Row(rule, CODE.findall(decided_in), CODE.findall(tests), CODE.findall(pages))


@cache
def functions_of(path: str) -> dict[str, str]:
    """The tests of a module with their source."""
    text = (PROJECT_ROOT / path).read_text(encoding="utf-8")
    return {
        node.name: ast.get_source_segment(text, node) or ""
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }


@cache
def addresses() -> frozenset[str]:
    """Every address that the application answers, parameters without their types."""
    return frozenset(re.sub(r":\w+}", "}", route.path) for route in create_app().routes)


def not_covered() -> list[str]:
    """The rules that the table itself names as open."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [rule for line in lines if line.startswith("Not covered yet: ") for rule in OPEN.findall(line)]


def test_every_rule_has_one_line_or_is_named_as_open() -> None:
    assert sorted([*(row.rule for row in rows()), *not_covered()]) == sorted(expected())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.rule)
def test_a_line_names_code_tests_and_pages_that_exist(row: Row) -> None:
    for module in row.decided_in:
        assert row.rule in (PROJECT_ROOT / module).read_text(encoding="utf-8"), (
            f"{module} never says {row.rule}"
        )
    short = row.rule.replace("-", "")
    for reference in row.tests:
        path, _, name = reference.partition("::")
        assert name in functions_of(path), reference
        assert short in name or row.rule in functions_of(path)[name], f"{reference} never says {row.rule}"
    unknown = [page for page in row.pages if page not in addresses()]
    assert not unknown, f"no such address: {unknown}"
    assert row.decided_in
    assert row.tests
    assert row.pages

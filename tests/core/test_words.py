"""Every sentence that core/ shows to people has its English."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from core.deadlines.catalogue import STATUTORY
from core.documents import KINDS
from core.i18n import load_catalogue
from core.legal_settings import describe

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = load_catalogue(ROOT / "web" / "locale" / "en")


def sentences() -> Iterator[str]:
    """Messages in the code, and the titles of clocks, papers and legal settings."""
    for file in sorted((ROOT / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "msg":
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value
    yield from (row.title for row in STATUTORY.values())
    yield from (kind.title for kind in KINDS.values())
    yield from (setting.meaning for setting in describe())


@pytest.mark.parametrize("sentence", sorted(set(sentences())))
def test_a_sentence_has_its_english_with_the_same_places(sentence: str) -> None:
    assert places(CATALOGUE[sentence]) == places(sentence)


def places(text: str) -> set[str]:
    """The names to be filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}

"""Every sentence that a person may read has its English."""

import ast
import importlib
import re
from collections.abc import Iterator

import pytest
from jinja2 import nodes

from core.i18n import load_catalogue
from web.rendering import HERE, environment

ROOT = HERE.parent
PACKAGES = ("core", "disposal_teams", "valuation", "auction", "web")
CHINESE = re.compile(r"[㐀-鿿]")
CATALOGUE = load_catalogue(HERE / "locale" / "en")


def python_sentences() -> Iterator[tuple[str, str]]:
    """Literal first arguments of `msg(...)`, and the values of tables of labels."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "msg":
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value, f"{file.relative_to(ROOT)}:{node.lineno}"


def label_tables() -> Iterator[tuple[str, str]]:
    """Values of module-level tables such as STATE_LABELS, which pages show through `msg(...)`."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if file.name in {"__main__.py"} or "commands" in file.parts:
                continue
            if "_LABELS" not in file.read_text(encoding="utf-8"):
                continue
            module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
            for name, table in vars(module).items():
                if name.endswith("_LABELS") and isinstance(table, dict):
                    for value in table.values():
                        if isinstance(value, str):
                            yield value, f"{module.__name__}.{name}"


def template_sentences() -> Iterator[tuple[str, str]]:
    """Literal first arguments of `_(...)` in templates."""
    for file in sorted((HERE / "templates").rglob("*.html")):
        tree = environment().parse(file.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and call.args:
                for constant in (call.args[0], *call.args[0].find_all(nodes.Const)):
                    if isinstance(constant, nodes.Const) and isinstance(constant.value, str):
                        yield constant.value, f"{file.relative_to(ROOT)}:{call.lineno}"


@pytest.mark.parametrize("source", [python_sentences, label_tables, template_sentences])
def test_every_sentence_has_its_english(source: object) -> None:
    missing = {
        text: where
        for text, where in source()  # type: ignore[operator]
        if CHINESE.search(text) and text not in CATALOGUE
    }
    assert not missing, "\n".join(
        f"{where}: {text}" for text, where in sorted(missing.items(), key=lambda kv: kv[1])
    )


def test_translations_keep_the_places_of_values() -> None:
    places = re.compile(r"\{(\w*)\}")
    wrong = {
        text
        for text, english in CATALOGUE.items()
        if set(places.findall(text)) != set(places.findall(english))
    }
    assert not wrong


def test_english_holds_no_chinese_left_over() -> None:
    allowed = re.compile(r"[“”（）【】《》·—…]")
    assert not {
        english for english in CATALOGUE.values() if len(CHINESE.findall(allowed.sub("", english))) > 24
    }

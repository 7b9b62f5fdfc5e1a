"""What each form of the product asks for, read from the code that takes it: the fields, and a plausible value for each.

A handler reads its fields by `form.text("name")`, `form.choice("name", Enum)` and the like, itself or in functions that it calls.
"""

import ast
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

READS = {
    "text", "yuan", "integer", "day", "moment", "choice", "flag", "identifier", "identifiers", "value", "percent",
}  # fmt: skip
IDS = {"identifier", "identifiers"}


@dataclass(frozen=True, slots=True)
class FieldRead:
    """A field, how it is read, and the first value that it allows."""

    name: str
    how: str
    first: str = ""


@dataclass(frozen=True, slots=True)
class _Function:
    reads: tuple[FieldRead, ...]
    calls: frozenset[str]


def posts(app: Litestar) -> Iterator[tuple[str, Any]]:
    """Every address that takes a form, with the function behind it."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and "POST" in handler.http_methods:
                yield str(route.path), handler.fn


def fields_of(function: Any) -> list[FieldRead]:
    """The fields that the function reads, itself or through what it calls in `web/`."""
    found: dict[str, FieldRead] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(function.__module__, function.__name__)]
    while waiting:
        module, name = waiting.pop()
        if (module, name) in seen:
            continue
        seen.add((module, name))
        known = _functions(module).get(name)
        if known is None:
            continue
        for read in known.reads:
            found.setdefault(read.name, read)
        for called in known.calls:
            origin = getattr(getattr(importlib.import_module(module), called, None), "__module__", "") or ""
            if called in _functions(module):
                waiting.append((module, called))
            elif origin.startswith("web."):
                waiting.append((origin, called))
    return list(found.values())


@cache
def _functions(module: str) -> dict[str, _Function]:
    loaded = importlib.import_module(module)
    tree = ast.parse(Path(str(loaded.__file__)).read_text())
    return {
        node.name: _Function(
            tuple(_reads(node, loaded)),
            frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name)),
        )
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _reads(function: ast.AST, module: ModuleType) -> Iterable[FieldRead]:
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in READS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "form"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield FieldRead(str(node.args[0].value), node.func.attr, _first(node, module))


def _first(call: ast.Call, module: ModuleType) -> str:
    """The first value of a choice."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "choice" or len(call.args) < 2:
        return ""
    try:
        allowed = eval(compile(ast.Expression(call.args[1]), "<choice>", "eval"), vars(module))
        first = next(iter(allowed))
    except (NameError, TypeError, StopIteration):
        return ""
    return str(first.value) if isinstance(first, Enum) else str(first)

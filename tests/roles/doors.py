"""The doors of the house: every use case that a page, an interface or a command can call, and what it is called with.

A door is a public async function of the floors below `web/` that takes the open transaction (`work`) and that `web/` imports.
Reading functions that check nothing are no doors of their own: whoever may open the page is walked in `test_every_route`.
"""

import ast
import importlib
import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlmodel import SQLModel

from core.crypto.signing import SigningKey
from core.database import Work
from core.pdf_check.check import CheckedPdf
from tests.disposal_teams.city import HUQIU, KUNSHAN
from tests.roles.filled_city import FilledCity

FLOORS = ("core", "disposal_teams", "valuation", "auction")
WORLDS = ("web/demo_city", "web/sandbox_city", "web/commands", "web/practice", "web/sandbox")
"""They tell stories with people of their own, or run before anybody can log in."""
READERS = ("queries", "catalogue", "models", "rules", "workers")
NO_DOORS = {
    "auction.registration.register.note_barred": "records the refusal that was just raised, in its own transaction",
}
"""What only follows another use case."""
Door = Callable[..., Any]


def name_of(door: Door) -> str:
    """Its full name."""
    return f"{door.__module__}.{door.__name__}"


def doors() -> dict[str, Door]:
    """Every door by its full name."""
    found = {name_of(door): door for door in _imported_by_web()}
    return {
        name: door for name, door in sorted(found.items()) if name not in NO_DOORS and _acts_or_checks(door)
    }


def _imported_by_web() -> Iterator[Door]:
    for path in sorted(Path("web").rglob("*.py")):
        if str(path).startswith(WORLDS):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] not in FLOORS:
                continue
            module = importlib.import_module(str(node.module))
            for each in node.names:
                door = getattr(module, each.name, None)
                if inspect.iscoroutinefunction(door) and _takes_work(door):
                    yield door


async def prepare(door: Door, work: Work) -> None:
    """Let the city's one kept file be one of the room's, so that it opens for whoever may read it."""
    purpose = getattr(sys.modules[door.__module__], "PURPOSE", None)
    if isinstance(purpose, str):
        await work.session.execute(text("UPDATE sealed_file SET purpose = :purpose"), {"purpose": purpose})


def _takes_work(door: Door) -> bool:
    first = next(iter(inspect.signature(door).parameters.values()), None)
    return first is not None and first.annotation is Work


def _acts_or_checks(door: Door) -> bool:
    """Whether a door changes something or asks for a permission itself."""
    return door.__module__.rsplit(".", 1)[1] not in READERS or "require(" in inspect.getsource(door)


class Unknown(LookupError):
    """No value is known for an argument: add one to `VALUES`, or a table whose row it is."""


VALUES: dict[str, Any] = {
    "approver": "批准人",
    "case_no": "（2026）苏0583执77号",
    "code": KUNSHAN,
    "court_code": KUNSHAN,
    "identity_number": "11010519491231002X",
    "login": "newcomer",
    "round_": "first",
    "to_court": HUQIU,
}
"""Texts that mean something, by the argument's name; given even where there is a default."""


async def arguments(door: Door, city: FilledCity, work: Work) -> dict[str, Any]:
    """What the door is called with: the city's one row of everything, plain values for the rest; what has a default is left
    out."""
    made: dict[str, Any] = {}
    hints = typing.get_type_hints(door)
    for name, parameter in list(inspect.signature(door).parameters.items())[1:]:
        if parameter.default is parameter.empty or name in VALUES:
            made[name] = await _value(name, hints[name], door, city, work)
    return made


async def _value(name: str, wanted: Any, door: Door, city: FilledCity, work: Work) -> Any:
    kind = typing.get_origin(wanted) or wanted
    if kind in (typing.Union, UnionType):
        return await _value(name, typing.get_args(wanted)[0], door, city, work)
    if kind is UUID:
        return _row(name, door, city)["id"]
    if isinstance(kind, type) and issubclass(kind, SQLModel):
        return await _model(kind, city, work)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if kind in (list, tuple) or (isinstance(kind, type) and issubclass(kind, Sequence) and kind is not str):
        return await _several(name, wanted, door, city, work)
    if getattr(kind, "__module__", "") == "collections.abc" or kind in (set, frozenset, dict):
        return {} if kind in (dict, Mapping) else await _several(name, wanted, door, city, work)
    if is_dataclass(kind):
        return await _struct(kind, {each.name for each in fields(kind) if _must(each)}, door, city, work)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        needed = {each.name for each in msgspec.structs.fields(kind) if each.required}
        return await _struct(kind, needed, door, city, work)
    return _plain(name, kind, door, city, work)


def _must(each: Any) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def _plain(name: str, kind: Any, door: Door, city: FilledCity, work: Work) -> Any:
    if kind is str:
        if name == "code" and "platform" in door.__module__:
            return city.rows["inquiry_platform"]["code"]
        if name in VALUES:
            return VALUES[name]
        if name in ("lot_no", "asset_no"):
            return city.rows[name.removesuffix("_no")][name]
        return "依法核查后记录"
    plain: dict[Any, Any] = {
        bool: True,
        int: 1,
        bytes: b"x",
        date: work.now.date() + timedelta(days=10),
        datetime: work.now + timedelta(days=10),
        timedelta: timedelta(days=1),
        Decimal: Decimal(1),
    }
    if kind is SigningKey:
        return SigningKey(b"a key of this test", "roles")
    if kind not in plain:
        raise Unknown(f"{name}: {kind}")
    return plain[kind]


async def _several(name: str, wanted: Any, door: Door, city: FilledCity, work: Work) -> Any:
    """One of each; three for people who sit together."""
    inner = next(iter(typing.get_args(wanted)), str)
    if inner is str:
        return ["甲", "乙", "丙"]
    try:
        return [await _value(name.removesuffix("s"), inner, door, city, work)]
    except Unknown:
        return []


async def _struct(kind: Any, needed: set[str], door: Door, city: FilledCity, work: Work) -> Any:
    if kind is CheckedPdf:
        return CheckedPdf.__new__(CheckedPdf)
    hints = typing.get_type_hints(kind)
    return kind(**{name: await _value(name, hints[name], door, city, work) for name in sorted(needed)})


async def _model(kind: type[SQLModel], city: FilledCity, work: Work) -> Any:
    table = kind.__table__  # type: ignore[attr-defined]
    row = city.rows.get(table.name)
    if row is None:
        raise Unknown(f"a row of {table.name}")
    return await work.session.get(kind, tuple(row[column.name] for column in table.primary_key))


def _row(name: str, door: Door, city: FilledCity) -> dict[str, Any]:
    """The row that an id means: of the table so called, or of the room's own table whose name ends so."""
    if name == "account_id":
        return {"id": city.newcomer if name_of(door) in OF_NEWCOMERS else city.people["clerk"].account_id}
    word = MEANT.get(f"{door.__name__}.{name}") or MEANT.get(name) or name.removesuffix("_id")
    ending = [table for table in city.rows if table == word or table.endswith(f"_{word}")]
    near = sorted(ending, key=lambda table: (-_nearness(table, door), table != word, table))
    if not near:
        raise Unknown(f"{name}: no table is called {word}, or ends so; say in MEANT which one is meant")
    row = city.rows[near[0]]
    return row if "id" in row else {"id": next(iter(row.values()))}


OF_NEWCOMERS = {"auction.registration.real_name.confirm_identity"}
MEANT: dict[str, str] = {
    "decide_return.proposal_id": "line_return",
    "decide_supervision.request_id": "price_supervision",
    "end_entry.entry_id": "barred_person",
    "end_work.order_id": "auxiliary_work",
    "arrange_photos.cover": "asset_photo",
    "live_id": "live_seal",
    "second_officer": "account",
    "target_claim_id": "distribution_claim",
    "transfer_id": "transfer_request",
}
"""Which table's row an id is, where its name does not say so."""


def _nearness(table: str, door: Door) -> int:
    """How many rooms the table's model and the door live in together."""
    for model in SQLModel.__subclasses__():
        if getattr(getattr(model, "__table__", None), "name", None) == table:
            pairs = zip(model.__module__.split("."), door.__module__.split("."), strict=False)
            return sum(1 for left, right in pairs if left == right)
    return 0

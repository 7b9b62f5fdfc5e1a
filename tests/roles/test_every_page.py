"""P-03, P-02: every page opens for whoever may, answers everybody else with a refusal, and no refusal shows anything of what is
kept.

Who may is kept in `who_may_open.toml` next to this file. A new page fails here with its address until a line says who may open
it.
What pages send is refused by the use cases: `test_every_use_case`.
"""

import json
import re
import tomllib
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from litestar import Litestar
from structlog.testing import capture_logs

from core.database import Database
from core.identity import SYSTEM
from core.identity.sessions import open_session
from core.settings import Settings, get_settings
from tests.conftest import Snapshot
from tests.disposal_teams.city import KUNSHAN
from tests.roles.filled_city import MARK, FilledCity
from tests.roles.words import NOBODY, SECOND_ALL, expand, in_words
from tests.web.pages import application, in_service

TABLE = Path(__file__).with_name("who_may_open.toml")
REFUSED = {401, 403, 404}
STREAMS = re.compile(r"/live$|^/static/|^/\{rest:path\}$|^/sandbox|^/practice|^/metrics")
"""They never end, hold files of the product, answer for whatever has no address, belong to worlds of their own, or count."""
MEANT: dict[str, str] = {
    "/court/priority/{claim_id}": "priority_claim.id",
    "/finance/orders/{order_id}": "payment_order.id",
    "/finance/returns/{proposal_id}": "line_return.id",
    "/court/barred/{entry_id}": "barred_person.id",
    "/court/declarations/{entry_id}": "barred_person.id",
    "/supervision/price-reviews/{request_id}": "price_supervision.id",
    "/team/report-objections/{objection_id}": "report_objection.id",
    "/appraiser/{engagement_id}/objections/{objection_id}": "report_objection.id",
    "/supervision/platforms/{code}": "inquiry_platform.code",
    "/team/assets/{asset_no}/auxiliary/{order_id}": "auxiliary_work.id",
    "/transfers/{transfer_id}": "transfer_request.id",
    "/court/orders/{order_id}": "court_order.instruction_id",
}
"""Which row's value a name in an address is, where the name alone does not say so; by a part of the address that ends in it."""
WORDS = {
    "/court/instructions/{}/{act}": "accept",
    "/court/leads/{}/{act}": "answer",
    "/court/objections/{}/{step}": "record_judgment",
    "/court/orders/{}/{act}": "file",
    "/my/objections/{}/{step}": "withdraw",
    "/team/lots/{}/acts/{act}": "withdraw",
    "/team/assets/{}/self-sale/{}/{step}": "seals",
    "/team/settlements/{}/{step}": "ruling",
    "/team/settlements/{}/approval/{step}": "answer",
    "/team/settlements/{}/delivery/{step}": "propose",
    "/team/settlements/{}/grace/{step}": "grant",
    "/team/engagements/{}/{name}": "decide",
    "/team/report-objections/{}/{name}": "send",
    "/team/valuation-fees/{}/{name}": "payment",
    "/my/reports/{}/{name}": "accept",
    "/appraiser/{}/{name}": "accept",
    "/supervision/indicator-files/{kind}": "csv",
    "/supervision/indicators/{code}": "K-01",
    "/court/indicators/{code}": "K-01",
    "/api/schema/{path}": "openapi.json",
}
"""What stands for the words in addresses."""


@dataclass(slots=True)
class Walk:
    """The application in front of the filled city, and everybody with a session."""

    client: AsyncClient
    app: Litestar
    city: FilledCity
    headers: dict[str, dict[str, str]]

    def routes(self) -> Iterator[str]:
        """Every address that answers GET."""
        for route in self.app.routes:
            if "GET" in getattr(route, "methods", ()) and not STREAMS.search(str(route.path)):
                yield str(route.path)

    def address(self, path: str) -> str:
        """The path with the city's values in it."""
        plain = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)
        for name in re.findall(r"\{(\w+)\}", plain):
            until = plain[: plain.index(f"{{{name}}}") + len(name) + 2]
            path = re.sub(rf"\{{{name}:\w+\}}", str(self._value(name, until)), path)
        return path

    def _value(self, name: str, until: str) -> Any:
        word = next((WORDS[key] for key in WORDS if self._shape(until, name).endswith(key)), None)
        if word is not None:
            return word
        said = next((MEANT[key] for key in MEANT if until.endswith(key)), None)
        if said is not None:
            table, _, column = said.partition(".")
            return self.city.rows[table][column]
        if name == "account_id":
            return self.city.newcomer
        if name in ("lot_no", "asset_no"):
            return self.city.rows[name.removesuffix("_no")][name]
        if name in ("code", "court_code"):
            return KUNSHAN
        if name in ("seq", "size"):
            return 1
        if name == "file_id":
            return self.city.rows["sealed_file"]["id"]
        ending = name.removesuffix("_id")
        tables = [each for each in self.city.rows if each == ending or each.endswith(f"_{ending}")]
        if not tables:
            return UUID(int=0) if name.endswith("_id") else "unknown"
        row = self.city.rows[min(tables, key=lambda each: (each != ending, each))]
        return row.get("id") or next(iter(row.values()))

    @staticmethod
    def _shape(until: str, name: str) -> str:
        """The address with only its last name in it."""
        return re.sub(r"\{(?!" + name + r"\})\w+\}", "{}", until)

    async def ask(self, who: str, address: str) -> Response:
        """One request."""
        return await self.client.get(address, headers=self.headers[who], follow_redirects=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A service like any other."""
    return get_settings().model_copy(update={"data_dir": tmp_path / "var"})


@pytest.fixture
async def walk(filled: Snapshot[FilledCity], database: Database, settings: Settings) -> AsyncIterator[Walk]:
    """Everybody in front of the application."""
    headers = {NOBODY: {"accept": "application/json"}}
    async with database.begin(SYSTEM) as work:
        for who, actor in filled.made.people.items():
            if actor.account_id is not None:
                token = await open_session(work, actor.account_id)
                headers[who] = {"accept": "application/json", "cookie": f"session={token}; lang=zh-CN"}
    app = application(settings, database)
    async with in_service(app, raise_errors=False) as client:
        yield Walk(client, app, filled.made, headers)


def worth_asking(walk: Walk, may: set[str] | None, name: str) -> list[str]:
    """Everybody who may not (of the second court only who holds all its posts, where none of them may); of those who may, a
    passer-by if he may, else one of each place. Of a page that nobody has said anything about, everybody."""
    if may is None:
        return list(walk.headers)
    if NOBODY in may:
        return [NOBODY]
    one_of: dict[str, list[str]] = {}
    for who in sorted(may):
        one_of.setdefault(who.partition(" ")[0] if " " in who else "", []).append(who)
    chosen = {each[zlib.crc32(name.encode()) % len(each)] for each in one_of.values()}
    asks_second = any(who.startswith("second ") for who in may)
    return [
        who
        for who in walk.headers
        if who in chosen
        or (who not in may and (asks_second or not who.startswith("second ") or who == SECOND_ALL))
    ]


async def test_P03_every_page_opens_for_whoever_may_and_tells_nobody_else_anything(walk: Walk) -> None:
    everybody = set(walk.headers)
    table = tomllib.loads(TABLE.read_text())["routes"]
    faults: list[str] = []
    routes = list(walk.routes())
    for path in routes:
        address = walk.address(path)
        may = expand(table[path], everybody) if path in table else None
        asked = worth_asking(walk, may, path)
        entered = set()
        for who in asked:
            with capture_logs():  # a page may stumble over a mark; nobody needs to read where
                answer = await walk.ask(who, address)
            if answer.status_code not in REFUSED:
                entered.add(who)
            elif MARK in answer.text.replace(address, ""):
                faults.append(f"{path} tells {who}, who is refused: {answer.text[:200]}")
        if may is None:
            entered = everybody if NOBODY in entered else entered
            faults.append(f"{path} is new. Add to {TABLE.name} who may open it. It opens for:")
            faults.append(f'"{path}" = {json.dumps(in_words(entered, everybody))}')
            continue
        if entered - may:
            faults.append(f"{path} opens for {in_words(entered - may, everybody)}, who may not")
        if (may & set(asked)) - entered:
            faults.append(
                f"{path} is closed for {in_words((may & set(asked)) - entered, everybody)}, who may"
            )
    faults += [
        f"{gone} is in {TABLE.name} but is no page any more" for gone in sorted(table.keys() - set(routes))
    ]
    assert not faults, "\n".join(faults)

"""The application in front of the filled city, and everybody with a session: for the walks over pages and forms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response
from litestar import Litestar

from tests.disposal_teams.city import KUNSHAN
from tests.roles.filled_city import FilledCity

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
    programs: dict[str, dict[str, str]]

    def routes(self, method: str = "GET") -> Iterator[str]:
        """Every address that answers this."""
        for route in self.app.routes:
            if method in getattr(route, "methods", ()) and not STREAMS.search(str(route.path)):
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

    async def send(self, who: str, address: str) -> Response:
        """A form with nothing in it, by a program with the session of that person (no token against forgery is needed)."""
        return await self.client.post(address, headers=self.programs[who], data={}, follow_redirects=False)

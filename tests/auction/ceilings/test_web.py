"""A ceiling from the bidder's page and through the interface for programs; nobody else sees it (B-40, P-01)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from auction.bidding.receipt_file import ReceiptFile, check_receipt
from benchmarks.market import Market, open_market, open_sessions
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from tests.auction.ceilings.floor import price
from tests.web.pages import in_service
from web.app import create_app


@dataclass(slots=True)
class House:
    """The application, a lot that allows ceilings, and its bidders' sessions."""

    http: httpx.AsyncClient
    market: Market
    tokens: list[str]

    @property
    def page(self) -> str:
        return f"/lots/{self.market.lots[0].lot_no}"

    @property
    def path(self) -> str:
        return f"/api/v1/lots/{self.market.lots[0].id}/ceiling"

    def of(self, by: int) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[by]}"}

    async def get(self, by: int | None, path: str) -> httpx.Response:
        return await self.http.get(path, headers=self.of(by) if by is not None else {})

    async def post(self, by: int, path: str, **fields: str) -> httpx.Response:
        data = {"once": uuid4().hex, **fields}
        return await self.http.post(path, data=data, headers=self.of(by), follow_redirects=False)

    async def send(self, by: int, **body: Any) -> httpx.Response:
        return await self.http.post(self.path, json=body, headers=self.of(by))


async def opened(database: Database, *, allowed: bool) -> AsyncIterator[House]:
    app = create_app(get_settings().model_copy(update={"database_url": database.url}), database=database)
    async with in_service(app) as http:
        async with database.begin(SYSTEM) as work:
            key = app.state.settings.encryption_key()
            market = await open_market(work, key, bidders=3, ceiling_bids_allowed=allowed)
            tokens = await open_sessions(work, market)
        yield House(http, market, tokens)


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async for each in opened(database, allowed=True):
        yield each


@pytest.fixture
async def strict_house(database: Database) -> AsyncIterator[House]:
    async for each in opened(database, allowed=False):
        yield each


def said(answer: httpx.Response) -> str:
    """What the next page will tell."""
    assert answer.status_code == 303, answer.text[:600]
    return answer.headers["location"]


async def test_B40_a_bidder_sets_changes_and_withdraws_a_ceiling_by_forms(house: House) -> None:
    before = await house.get(0, house.page)
    assert f'action="{house.page}/ceiling"' in before.text
    assert said(await house.post(0, f"{house.page}/ceiling", limit=f"{price(5) / 100:.2f}")) == house.page
    after = (await house.get(0, house.page)).text
    for words in ("生效中，已为您领先", "系统已代您出价到", "更改委托限价", "撤回委托限价", "自动"):
        assert words in after
    said(await house.post(0, f"{house.page}/ceiling", limit=f"{price(8) / 100:.2f}"))
    said(await house.post(1, f"{house.page}/bid", amount=f"{price(2) / 100:.2f}"))
    assert "您目前领先" in (await house.get(0, f"{house.page}/panel")).text
    said(await house.post(1, f"{house.page}/bid", amount=f"{price(9) / 100:.2f}"))
    panel = (await house.get(0, f"{house.page}/panel")).text
    assert "您的限价已不足以领先" in panel
    assert "设置委托限价" in panel
    said(await house.post(0, f"{house.page}/ceiling", limit=f"{price(20) / 100:.2f}"))
    said(await house.post(0, f"{house.page}/ceiling/withdraw"))
    gone = (await house.get(0, f"{house.page}/panel")).text
    assert "已撤回" in gone
    own = (await house.get(0, f"/my{house.page}/bids")).text
    for words in ("委托限价已设置。", "委托限价已撤回。", "自动", "限价和密钥"):
        assert words in own


async def test_P01_nobody_else_s_page_holds_the_ceiling(house: House) -> None:
    limit = price(7_777)
    said(await house.post(0, f"{house.page}/ceiling", limit=f"{limit / 100:.2f}"))
    shown = [f"{limit / 100:,.2f}", f"{limit / 100:.2f}", str(limit)]
    own = (await house.get(0, f"{house.page}/panel")).text
    assert shown[0] in own
    log = f"{house.page}/log.json"
    for by in (None, 1):
        for path in (house.page, f"{house.page}/panel", f"{house.page}/ceiling", log, f"{house.page}/verify"):
            text = (await house.get(by, path)).text
            assert not [each for each in shown if each in text], (by, path)


async def test_B40_refusals_keep_what_was_typed_and_say_what_to_do(house: House) -> None:
    said(await house.post(1, f"{house.page}/bid", amount=f"{price(2) / 100:.2f}"))
    low = await house.post(0, f"{house.page}/ceiling", limit=f"{price(1) / 100:.2f}")
    assert low.status_code == 422
    for words in ("最低可出价", "B-40", f"{price(1) / 100:.2f}", "没有任何改动"):
        assert words in low.text
    for typed in ("", "abc", "0"):
        assert (await house.post(0, f"{house.page}/ceiling", limit=typed)).status_code == 422
    nothing = await house.post(0, f"{house.page}/ceiling/withdraw")
    assert (nothing.status_code, "没有生效中的委托限价" in nothing.text) == (409, True)
    stranger = await house.http.post(f"{house.page}/ceiling", data={"limit": "1"}, follow_redirects=False)
    assert stranger.status_code in (303, 401, 403)


async def test_B40_where_the_panel_allows_none_nothing_is_offered(strict_house: House) -> None:
    house = strict_house
    assert "委托限价" not in (await house.get(0, f"{house.page}/panel")).text
    told = await house.get(0, f"{house.page}/ceiling")
    assert (told.status_code, "本标的不允许委托限价" in told.text) == (200, True)
    refused = await house.post(0, f"{house.page}/ceiling", limit=f"{price(5) / 100:.2f}")
    assert (refused.status_code, "没有为本标的开放委托限价" in refused.text) == (409, True)
    by_program = await house.send(0, limit_fen=price(5), idempotency_key=uuid4().hex)
    assert (by_program.status_code, by_program.json()["rule"]) == (409, "B-40")
    assert (await house.get(0, house.path)).status_code == 404


async def test_B47_programs_set_read_and_withdraw_a_ceiling(house: House) -> None:
    assert (await house.get(0, house.path)).json()["standing"] == "none"
    made = await house.send(0, limit_fen=price(5), idempotency_key="key-00001")
    assert made.status_code == 201, made.text
    receipt = made.json()
    assert (receipt["leads"], receipt["still_stands"], receipt["price_fen"]) == (True, True, price(0))
    again = (await house.send(0, limit_fen=price(5), idempotency_key="key-00001")).json()
    kept = ("seq", "hash", "secret", "commitment")
    assert [again[name] for name in kept] == [receipt[name] for name in kept]
    other = await house.send(0, limit_fen=price(6), idempotency_key="key-00001")
    assert (other.status_code, other.json()["rule"]) == (409, "B-47")
    state = (await house.get(0, house.path)).json()
    assert (state["standing"], state["limit_fen"], state["used_fen"]) == ("leads", price(5), price(0))
    assert (await house.get(1, house.path)).json()["limit_fen"] is None
    beaten = (await house.send(1, limit_fen=price(3), idempotency_key=uuid4().hex)).json()
    assert (beaten["leads"], beaten["still_stands"]) == (False, False)
    bid = {"amount_fen": price(4), "idempotency_key": uuid4().hex}
    answered = await house.http.post(house.path.replace("/ceiling", "/bids"), json=bid, headers=house.of(1))
    assert (answered.status_code, answered.json()["overtaken"]) == (201, True)
    wrong = await house.send(1, limit_fen=price(3) + 1, idempotency_key=uuid4().hex)
    assert (wrong.status_code, "limit" in wrong.json()["errors"]) == (422, True)
    path = f"{house.path}/withdrawal"
    gone = await house.http.post(path, headers=house.of(0) | {"idempotency-key": "key-00002"})
    assert (gone.status_code, gone.json()["standing"]) == (200, "withdrawn")
    assert (
        await house.http.post(path, headers=house.of(0) | {"idempotency-key": "key-00002"})
    ).status_code == 200
    assert (await house.http.post(path, headers=house.of(0))).status_code == 409
    assert (await house.http.get(house.path)).status_code == 401
    unknown = await house.http.get(f"/api/v1/lots/{uuid4()}/ceiling", headers=house.of(0))
    assert unknown.status_code == 404


async def test_B47_the_bidder_downloads_receipts_that_prove_the_ceiling(house: House) -> None:
    await house.send(0, limit_fen=price(5), idempotency_key=uuid4().hex)
    for seq, told in ((1, True), (2, False)):
        answer = await house.get(0, f"/my{house.page}/bids/{seq}/receipt.json")
        file = msgspec.json.decode(answer.content, type=ReceiptFile)
        assert (file.opening is not None) is told
        assert False not in check_receipt(file).values()
        assert (await house.get(1, f"/my{house.page}/bids/{seq}/receipt.json")).status_code == 404
    checked = (await house.get(None, f"{house.page}/verify")).text
    assert "系统代为出价 1 次" in checked


async def test_B40_what_is_no_amount_is_told_above_the_form_of_bids(house: House) -> None:
    answer = await house.post(0, f"{house.page}/bid", amount="很多")
    assert answer.status_code == 422
    assert "出价没有提交成功" in answer.text

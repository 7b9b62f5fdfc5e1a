"""Bidding through the web application: API, form, stream, public log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text

from auction.bidding.log import PublicLog
from auction.bidding.receipt_file import ReceiptFile, check_receipt
from auction.bidding.receipt_proof import ReceiptProof, verify_receipt
from auction.bidding.sequencer import BiddingDesk
from auction.bidding.verify_log import verify_log
from auction.closing.close_lots import close_due_lots
from benchmarks.market import START_FEN, STEP_FEN, Market, open_market, open_sessions
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from tests.web.pages import application, in_service


@dataclass(slots=True)
class Client:
    """A client of the application in this event loop, which the stream's tests share."""

    http: httpx.AsyncClient
    app: Litestar

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.post(path, **options)


@pytest.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    app = application(get_settings().model_copy(update={"database_url": database.url}), database)
    async with in_service(app) as http:
        yield Client(http, app)


@pytest.fixture
async def market(client: Client, database: Database) -> tuple[Market, list[str]]:
    key = client.app.state.settings.encryption_key()
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, key, bidders=3)
        return market, await open_sessions(work, market)


def as_bidder(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def api_bid(client: Client, market: Market, token: str, amount: int, key: str | None = None):  # type: ignore[no-untyped-def]
    return await client.post(
        f"/api/v1/lots/{market.lots[0].id}/bids",
        json={"amount_fen": amount, "idempotency_key": key or uuid4().hex},
        headers=as_bidder(token),
    )


async def test_B47_a_bid_by_the_api_gives_a_receipt_that_the_public_log_proves(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    first = await api_bid(client, city, tokens[0], START_FEN, "key-0001")
    assert (first.status_code, first.json()["outcome"]) == (201, "accepted")
    again = await api_bid(client, city, tokens[0], START_FEN, "key-0001")
    assert _decision(again) == _decision(first) | {"repeated": True}
    low = await api_bid(client, city, tokens[1], START_FEN)
    assert (low.status_code, low.json()["outcome"]) == (409, "equal_without_better_rank")
    await api_bid(client, city, tokens[1], START_FEN + STEP_FEN)
    answer = await client.get(f"/lots/{city.lots[0].lot_no}/log.json")
    log = msgspec.json.decode(answer.content, type=PublicLog)
    assert verify_log(log) == []
    assert [entry.outcome for entry in log.entries] == ["accepted", "equal_without_better_rank", "accepted"]
    receipt = first.json()
    shown = receipt["proof"]
    proof = ReceiptProof(
        shown["index"], shown["size"], bytes.fromhex(shown["path"]), bytes.fromhex(receipt["signature"])
    )
    link = bytes.fromhex(log.entries[0].hash)
    assert verify_receipt(bytes.fromhex(log.public_key), proof, log.lot_id, 1, link)
    page = (await client.get(f"/api/v1/lots/{log.lot_id}/bids", params={"limit": 2})).json()
    assert ([bid["seq"] for bid in page["bids"]], page["next_after"]) == ([1, 2], 2)


async def test_B01_whoever_has_no_account_follows_a_sale_to_its_result(
    client: Client, market: tuple[Market, list[str]], database: Database
) -> None:
    city, tokens = market
    lot = city.lots[0]
    assert lot.lot_no in (await client.get("/lots")).text, "found without login"
    await api_bid(client, city, tokens[0], START_FEN)
    during = await client.get(f"/lots/{lot.lot_no}")
    assert during.status_code == 200
    assert "J0000" in during.text, "the leader by its code"
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE lot_bidding SET ends_at = court_now() WHERE lot_id = :lot"), {"lot": lot.id}
        )
    async with database.begin(SYSTEM) as work:
        assert await close_due_lots(work) == 1
    after = await client.get(f"/lots/{lot.lot_no}")
    assert after.status_code == 200
    assert city.accounts[0].display_name not in during.text + after.text
    log = msgspec.json.decode((await client.get(f"/lots/{lot.lot_no}/log.json")).content, type=PublicLog)
    assert [entry.amount_fen for entry in log.entries] == [START_FEN]
    assert (await client.get(f"/lots/{lot.lot_no}/verify")).status_code == 200


async def test_B47_a_bidder_downloads_the_receipt_of_each_own_bid_and_of_no_other(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    await api_bid(client, city, tokens[0], START_FEN)
    refused = await api_bid(client, city, tokens[1], START_FEN)
    assert refused.status_code == 409
    lot_no = city.lots[0].lot_no
    log = msgspec.json.decode((await client.get(f"/lots/{lot_no}/log.json")).content, type=PublicLog)
    for seq, token, other in ((1, tokens[0], tokens[1]), (2, tokens[1], tokens[0])):
        path = f"/my/lots/{lot_no}/bids/{seq}/receipt.json"
        answer = await client.get(path, headers=as_bidder(token))
        file = msgspec.json.decode(answer.content, type=ReceiptFile)
        found = check_receipt(file, public_key=bytes.fromhex(log.public_key), log=log)
        assert all(found.values()), found
        assert f'filename="receipt-{lot_no}-{seq}.json"' in answer.headers["content-disposition"]
        assert (await client.get(path, headers=as_bidder(other))).status_code == 404
    missing = await client.get(f"/my/lots/{lot_no}/bids/3/receipt.json", headers=as_bidder(tokens[0]))
    assert missing.status_code == 404
    own = await client.get(f"/my/lots/{lot_no}/bids", headers=as_bidder(tokens[0]))
    assert f"/my/lots/{lot_no}/bids/1/receipt.json" in own.text


async def test_B47_the_key_may_stand_in_the_header_and_must_not_contradict_the_body(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    path = f"/api/v1/lots/{city.lots[0].id}/bids"
    headers = as_bidder(tokens[0]) | {"idempotency-key": "key-0001"}
    first = await client.post(path, json={"amount_fen": START_FEN}, headers=headers)
    assert (first.status_code, first.headers["content-type"]) == (201, "application/json")
    again = await api_bid(client, city, tokens[0], START_FEN, "key-0001")
    assert _decision(again) == _decision(first) | {"repeated": True}
    other = {"amount_fen": START_FEN, "idempotency_key": "key-0002"}
    assert (await client.post(path, json=other, headers=headers)).status_code == 422
    nothing = await client.post(path, json={"amount_fen": START_FEN}, headers=as_bidder(tokens[0]))
    assert nothing.status_code == 422


async def test_B47_the_short_road_and_the_long_one_answer_alike(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    path = f"/api/v1/lots/{city.lots[0].id}/bids"
    english = as_bidder(tokens[0]) | {"accept-language": "en"}
    bid = {"amount_fen": START_FEN, "idempotency_key": "key-0001"}
    short = await client.post(path, json=bid, headers=english)
    long = await client.post(path, json=bid, headers=english, params={"lang": "en"})
    assert _decision(long) == _decision(short) | {"repeated": True}
    assert short.json()["message"] == "Bid accepted."
    for unequal in (short, long):
        unequal.headers.pop("content-length")
    assert short.headers == long.headers
    # A refusal looks the same too, and so does the way out of it.
    for wrong in (
        {"amount_fen": 1, "idempotency_key": "?"},
        {},
        {"amount_fen": 2, "idempotency_key": "key-0001"},
    ):
        short = await client.post(path, json=wrong, headers=english)
        long = await client.post(path, json=wrong, headers=english, params={"lang": "en"})
        assert short.status_code == long.status_code >= 400
        assert (short.json(), short.headers) == (long.json(), long.headers)
    large = await client.post(path, content=b" " * 5_000 + msgspec.json.encode(bid), headers=english)
    assert _decision(large) == _decision(await client.post(path, json=bid, headers=english))
    assert (await client.post("/api/v1/noop", content=b"{", headers=english)).status_code == 422


async def test_a_browser_bids_by_the_api_only_with_its_page_s_token(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    client.http.cookies.set("session", tokens[0])
    path, bid = (
        f"/api/v1/lots/{city.lots[0].id}/bids",
        {"amount_fen": START_FEN, "idempotency_key": "key-0001"},
    )
    assert (await client.post(path, json=bid)).status_code == 403
    session = await client.app.state.sessions.find(client.app.state.database, tokens[0])
    good = await client.post(path, json=bid, headers={"x-csrf-token": session.csrf_secret})
    assert (good.status_code, good.json()["outcome"]) == (201, "accepted")


async def test_B47_a_full_queue_answers_503_with_the_time_to_come_back_and_records_nothing(
    client: Client, market: tuple[Market, list[str]], database: Database
) -> None:
    city, tokens = market
    desk = client.app.state.desk
    client.app.state.desk = BiddingDesk(database, client.app.state.settings.encryption_key(), longest_queue=0)
    full = await api_bid(client, city, tokens[0], START_FEN, "key-0001")
    client.app.state.desk = desk
    assert (full.status_code, full.headers["content-type"]) == (503, "application/problem+json")
    assert int(full.headers["retry-after"]) >= 1
    assert (await api_bid(client, city, tokens[0], START_FEN, "key-0001")).json()["repeated"] is False


async def test_P01_the_log_names_codes_and_never_persons(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    await api_bid(client, city, tokens[0], START_FEN)
    for path in (f"/lots/{city.lots[0].lot_no}/log.json", f"/api/v1/lots/{city.lots[0].id}/bids"):
        body = (await client.get(path)).text
        assert str(city.accounts[0].id) not in body
        assert str(city.registration(0, 0)) not in body
        assert city.accounts[0].display_name not in body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b'{"amount_fen": "1", "idempotency_key": "abcdefgh"}', 422),
        (b'{"amount_fen": 1, "idempotency_key": "short"}', 422),
        (b'{"amount_fen": 9223372036854775808, "idempotency_key": "abcdefgh"}', 422),
        (b'{"amount_fen": 1, "idempotency_key": "abcdefgh", "more": 1}', 422),
    ],
)
async def test_B47_malformed_bids_are_problems_not_failures(
    client: Client, market: tuple[Market, list[str]], body: bytes, status: int
) -> None:
    city, tokens = market
    answer = await client.post(
        f"/api/v1/lots/{city.lots[0].id}/bids", content=body, headers=as_bidder(tokens[0])
    )
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_B32_without_login_or_registration_nobody_bids(
    client: Client, market: tuple[Market, list[str]], database: Database
) -> None:
    city, tokens = market
    async with database.begin(SYSTEM) as work:
        somebody_else = "UPDATE registration SET account_match = sha256('somebody else') WHERE code = 'J0002'"
        await work.session.execute(text(somebody_else))
    assert (await api_bid(client, city, tokens[2], START_FEN)).status_code == 403
    assert (await api_bid(client, city, "nobody", START_FEN)).status_code in (401, 403)


async def test_B42_the_stream_tells_the_newest_state_at_once_and_after_each_bid(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    lot = city.lots[0]
    async with aclosing(client.app.state.live.stream(lot.id)) as stream:
        heads = []
        async with asyncio.timeout(10):
            assert (await anext(stream)).startswith(b"retry")
            heads.append(_head(await anext(stream)))
            for step in range(20):
                await api_bid(client, city, tokens[step % 2], START_FEN + step * STEP_FEN)
            while heads[-1]["bids"] < 20:
                heads.append(_head(await anext(stream)))
    assert heads[0]["price_fen"] is None
    assert heads[-1]["price_fen"] == START_FEN + 19 * STEP_FEN
    assert heads[-1]["next_amount_fen"] == START_FEN + 20 * STEP_FEN
    assert {"server_time", "ends_at", "leader_code", "phase"} <= heads[-1].keys()


async def test_B42_a_page_hears_of_a_bid_over_its_connection_until_it_leaves(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, tokens = market
    path = f"/lots/{city.lots[0].lot_no}/live"
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    gone = asyncio.Event()
    begun = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        if (first := next(begun, None)) is not None:
            return first
        await gone.wait()
        return {"type": "http.disconnect"}

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
    }
    scope |= {
        "http_version": "1.1",
        "scheme": "http",
        "server": ("city.test", 80),
        "client": None,
        "root_path": "",
    }
    page = asyncio.create_task(client.app(scope, receive, sent.put))  # type: ignore[arg-type]
    async with asyncio.timeout(10):
        start = await sent.get()
        assert (start["status"], dict(start["headers"])[b"content-type"][:17]) == (200, b"text/event-stream")
        assert (await sent.get())["body"].startswith(b"retry")
        assert _head((await sent.get())["body"])["bids"] == 0
        await api_bid(client, city, tokens[0], START_FEN)
        assert _head((await sent.get())["body"])["bids"] == 1
        gone.set()
        await page
        await asyncio.sleep(0)  # the task that sent ends in its own turn
        assert client.app.state.live._watchers == {}
    assert (await client.get("/lots/no-such-lot/live")).status_code == 404


async def test_B42_the_stream_comes_back_after_its_connection_is_killed(
    client: Client, market: tuple[Market, list[str]], database: Database
) -> None:
    city, tokens = market
    async with aclosing(client.app.state.live.stream(city.lots[0].id)) as stream:
        async with asyncio.timeout(10):
            await anext(stream)
            await anext(stream)
            async with database.begin(SYSTEM) as work:
                await work.session.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                    )
                )
            await api_bid(client, city, tokens[0], START_FEN)
            while _head(await anext(stream))["bids"] != 1:
                pass


async def form_bid(client: Client, market: Market, token: str, amount: str, **more: str) -> httpx.Response:
    return await client.post(
        f"/lots/{market.lots[0].lot_no}/bid",
        data={"amount": amount, "once": uuid4().hex, **more},
        headers=as_bidder(token),
        follow_redirects=False,
    )


async def test_B40_the_form_bids_and_a_refusal_keeps_what_was_typed(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, (token, *_) = market
    path = f"/lots/{city.lots[0].lot_no}"
    low = await form_bid(client, city, token, "1")
    assert low.status_code == 409
    assert "出价低于起拍价" in low.text
    assert 'data-typed value="1"' in low.text
    between = await form_bid(client, city, token, f"{(START_FEN + STEP_FEN // 2) / 100:.2f}")
    for near in (START_FEN, START_FEN + STEP_FEN):
        assert f"<strong>¥{near / 100:,.2f}</strong>" in between.text, "the steps beside it"
    good = await form_bid(client, city, token, "100000")
    assert (good.status_code, good.headers["location"]) == (303, path)
    panel = await client.get(f"{path}/panel", headers=as_bidder(token))
    assert "您目前领先" in panel.text
    assert "J0000" in (await client.get(f"{path}/panel")).text
    assert (await form_bid(client, city, token, "abc")).status_code == 422


async def test_B34_a_bid_far_above_what_it_takes_is_sent_only_when_its_amount_is_confirmed(
    client: Client, market: tuple[Market, list[str]]
) -> None:
    city, (token, *_) = market
    asked = await form_bid(client, city, token, "1000000")
    assert (asked.status_code, "请再核对一次出价金额" in asked.text) == (422, True)
    assert 'name="confirmed" value="100000000"' in asked.text
    assert "还没有人出价" in asked.text, "nothing was recorded"
    other = await form_bid(client, city, token, "1100000", confirmed="100000000")
    assert other.status_code == 422, "another amount is asked anew"
    assert (await form_bid(client, city, token, "1000000", confirmed="100000000")).status_code == 303


async def test_the_yardstick_request_needs_a_login(client: Client, market: tuple[Market, list[str]]) -> None:
    assert (await client.post("/api/v1/noop", json={}, headers=as_bidder(market[1][0]))).status_code == 200
    assert (await client.post("/api/v1/noop", json={}, headers=as_bidder("x"))).status_code in (401, 403)


def _decision(answer: httpx.Response) -> dict[str, Any]:
    """A receipt without its proof, which is of the batch that answered."""
    shown: dict[str, Any] = answer.json()
    return {name: value for name, value in shown.items() if name not in ("proof", "signature")}


def _head(message: bytes) -> dict[str, Any]:
    lines = message.decode().splitlines()
    assert lines[0] == "event: lot"
    return msgspec.json.decode(lines[2].removeprefix("data: "))  # type: ignore[no-any-return]

"""P-01, P-02: while a lot is bid for, no page, form or interface tells anybody who the bidders are.

The walk is made from the application's own routes: a new page is walked too. Names in addresses are filled from the tables that
they name; what names none gets a value in `values_of`, or stays unknown.
"""

import re
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from structlog.testing import capture_logs

from auction.bidding.place_bid import place_bid
from auction.listing.models import Lot
from auction.registration.models import Registration
from auction.risk_signals.models import PRICE_SIGNALS
from auction.risk_signals.words import EXPLAINED
from core.database import Database
from core.identity import STAFF_ROLES, SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.models import Account, LoginSession
from core.identity.sessions import open_session
from core.settings import Settings, get_settings
from disposal_teams.assets.models import Asset
from tests.auction.listing.workshop import YUAN
from tests.auction.market import Person, pay, published_lot, qualified, registered, signed_up
from tests.conftest import CourtClock, Snapshot
from tests.disposal_teams.city import KUNSHAN
from tests.web.forms_of_pages import Forms
from tests.web.pages import Guest
from tests.working_off import sweep

ADDRESS, BROWSER, DEVICE = "1.2.3.77", "Unheard-of-Browser/7.7", "thedevicemarkofbothbidders"
NAMES = ("欧阳竞一", "司徒竞二", "诸葛竞三")
"""Two who have bid, one who has only registered and paid from somebody else's account."""
PAYER = "端木代付人"
STREAM = "/lots/{lot_no:str}/live"
SAME_FOR_ALL = {
    "/style",
    "/developers",
    "/guide",
    "/api/schema",
    "/robots.txt",
    "/favicon.ico",
    "/metrics",
    "/sign-up",
    "/login",
}
"""They hold nothing of any lot: opened once, not by every role."""
MATTERS = "/court/instructions/{instruction_id:uuid}/live"
"""A stream too; it says only that something has changed."""
UNWALKED = {"/static/{version:str}/{name:path}", "/{rest:path}", STREAM, MATTERS}
FOR_ALL_ALIKE = ("/logout", "/acts/")
"""What ends the session, and what stops the whole sale."""


@dataclass(slots=True)
class Contest:
    """A lot in the middle of its bidding, with the application in front of it."""

    guest: Guest
    database: Database
    lot: Lot
    people: list[Person]
    values: dict[str, list[str]]
    secrets: dict[str, str]
    """What may not be told, by what it is."""

    async def session(self, account_id: UUID) -> dict[str, str]:
        """Headers of somebody who is logged in."""
        async with self.database.begin(SYSTEM) as work:
            token = await open_session(work, account_id)
            await work.session.flush()
            newest = select(LoginSession).where(LoginSession.account_id == account_id)
            session = (await work.session.exec(newest.order_by(col(LoginSession.created_at).desc()))).first()
        assert session is not None
        return {"cookie": f"session={token}", "x-csrf-token": session.csrf_secret}

    async def ask(self, method: str, path: str, headers: dict[str, str]) -> Any:
        """One request, from an ordinary place."""
        data = {"nothing": ""} if method == "POST" else None
        return await self.guest.client.request(
            method, path, headers=headers, data=data, follow_redirects=False
        )

    def addresses(self, method: str) -> Iterator[str]:
        """Every address of the application that takes the method, filled with what there is."""
        for route in self.guest.app.routes:
            path = str(route.path)
            if method in getattr(route, "methods", ()) and path not in UNWALKED:
                yield from self._filled(path)

    def _filled(self, path: str) -> Iterator[str]:
        found = re.search(r"\{(\w+):(\w+)\}", path)
        if found is None:
            yield path
            return
        unknown = str(uuid4()) if found[2] == "uuid" else "unknown"
        for value in self.values.get(found[1]) or [unknown]:
            yield from self._filled(path.replace(found[0], value, 1))

    def told(self, answer: Any, *, but: str = "-") -> list[str]:
        """Which secrets an answer tells."""
        shown: bytes = answer.content + str(answer.headers).encode()
        return [
            what
            for what, secret in self.secrets.items()
            if secret.encode() in shown and not what.startswith(but)
        ]


@pytest.fixture
def template(published: Snapshot[Lot]) -> str:
    """Every database of this module begins with a published lot."""
    return published.template


@pytest.fixture
def settings() -> Settings:
    """The keys of the use cases, so that pages and use cases know the same bidders."""
    return get_settings().model_copy(update={"demo": True})


@pytest.fixture
async def contest(database: Database, clock: CourtClock, guest: Guest) -> Contest:
    lot = await published_lot(database, clock)
    people = [await signed_up(database, name=name) for name in NAMES]
    entries = [await qualified(database, lot, person) for person in people[:2]]
    entries.append(await registered(database, lot.id, people[2]))
    await pay(database, entries[2].virtual_account_no, 70_000 * YUAN, PAYER)
    assert lot.starts_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    for amount, person in ((700_000, people[0]), (703_000, people[1]), (1, people[0])):
        now = await clock.now()
        await place_bid(guest.app.state.desk, person.actor, lot.id, amount * YUAN, f"key-{uuid4()}", now)
    await leave_traces(database, guest, lot, people)
    return Contest(guest, database, lot, people, await values_of(database, lot), secrets_of(people, entries))


async def leave_traces(database: Database, guest: Guest, lot: Lot, people: list[Person]) -> None:
    """The bidders open pages and bid over the network too, so that an address and a device could have been kept."""
    for number, person in enumerate(people[:2]):
        async with database.begin(SYSTEM) as work:
            assert person.actor.account_id is not None
            token = await open_session(work, person.actor.account_id)
        headers = {
            "authorization": f"Bearer {token}",
            "user-agent": BROWSER,
            "x-forwarded-for": ADDRESS,
            "cookie": f"device={DEVICE}",
        }
        await guest.client.get(f"/lots/{lot.lot_no}", headers=headers)
        bid = {"amount_fen": (706_000 + 3_000 * number) * YUAN, "idempotency_key": f"traced-{number}"}
        answer = await guest.client.post(f"/api/v1/lots/{lot.id}/bids", json=bid, headers=headers)
        assert answer.status_code == 201, answer.text


async def values_of(database: Database, lot: Lot) -> dict[str, list[str]]:
    """What stands for the names in addresses: `document_id` for ids of `document`, `line_id` for those of `bank_line`."""
    values = {
        "lot_no": [lot.lot_no],
        "step": ["ruling"],
        "path": ["openapi.json"],
        "name": ["report"],
        "code": [KUNSHAN],
        "act": ["pause", "withdraw"],
        "size": ["1"],
    }
    async with database.read(SYSTEM) as work:
        asset = await work.session.get(Asset, lot.asset_id)
        assert asset is not None
        values["asset_no"] = [asset.asset_no]
        tables = await work.session.execute(
            text(
                "SELECT table_name::text FROM information_schema.columns WHERE column_name = 'id' AND data_type = 'uuid'"
            )
        )
        for table in tables.scalars().all():
            ids = await work.session.execute(text(f'SELECT id::text FROM "{table}" ORDER BY id DESC LIMIT 2'))
            found = list(ids.scalars())
            words = table.split("_")
            for start in range(len(words)):
                values.setdefault("_".join(words[start:]) + "_id", []).extend(found)
    return values


def secrets_of(people: list[Person], entries: list[Registration]) -> dict[str, str]:
    """Names, numbers, accounts, registrations: what leads to a person."""
    secrets = {"payer": PAYER, "address": ADDRESS, "browser": BROWSER, "device": DEVICE}
    for number, (person, entry) in enumerate(zip(people, entries, strict=True)):
        secrets |= {
            f"{number} name": person.name,
            f"{number} number": person.number,
            f"{number} birthday": person.number[6:14],
            f"{number} account": str(person.actor.account_id),
            f"{number} registration": str(entry.id),
            f"{number} registration without dashes": entry.id.hex,
        }
    return secrets


async def everybody(database: Database) -> dict[str, UUID]:
    """An account for each role, at the lot's own court where the role belongs to a court; and one that holds all of them."""
    accounts: dict[str, UUID] = {}
    single: list[set[Role]] = [{role} for role in Role if role is not Role.SYSTEM]
    async with database.begin(SYSTEM) as work:
        for roles in [*single, set(STAFF_ROLES)]:
            name = next(iter(roles)) if len(roles) == 1 else "all"
            account = await open_account(
                work,
                login=f"role-{name}",
                password_hash="-",
                display_name=f"岗位{name}",
                roles=roles,
                court_code=KUNSHAN if roles & STAFF_ROLES else None,
            )
            accounts[name] = account.id
    return accounts


async def test_P01_no_role_reads_who_bids_on_any_page_or_interface(contest: Contest) -> None:
    accounts = await everybody(contest.database)
    # Refusals as problem details: a page for each of them would only take time.
    plain = {"accept": "application/json"}
    readers = {role: await contest.session(account) | plain for role, account in accounts.items()} | {
        "nobody": {}
    }
    seen: set[str] = set()
    with capture_logs() as logs:
        for role, headers in readers.items():
            for path in contest.addresses("GET"):
                if path in SAME_FOR_ALL and role != "nobody":
                    continue
                answer = await contest.ask("GET", path, headers)
                assert answer.status_code < 500, (role, path, answer.text[:300])
                assert not contest.told(answer), (role, path, contest.told(answer))
                if answer.status_code == 200:
                    seen.add(path)
    assert not [what for what, secret in contest.secrets.items() if secret in str(logs)]
    lot = contest.lot
    for path in (
        f"/lots/{lot.lot_no}",
        f"/team/lots/{lot.lot_no}",
        f"/finance/lots/{lot.lot_no}",
        "/finance",
    ):
        assert path in seen, f"nobody could open {path}: the walk proves nothing about it"


async def test_P01_no_form_answers_with_who_bids(contest: Contest) -> None:
    headers = await contest.session((await everybody(contest.database))["all"])
    for path in contest.addresses("POST"):
        if path == "/logout":
            continue
        answer = await contest.ask("POST", path, headers)
        assert answer.status_code < 500, (path, answer.text[:300])
        assert not contest.told(answer), (path, contest.told(answer))


async def test_P02_no_desk_holds_a_qualified_bidder_back(contest: Contest, clock: CourtClock) -> None:
    """Whoever holds every post of the court sends every form of every page with each of its choices: who is qualified stays so
    and goes on bidding. Left out is what stops the sale for all alike (B-50, B-51, B-53)."""
    entries = (
        select(Registration)
        .where(Registration.lot_id == contest.lot.id, col(Registration.qualified_at).is_not(None))
        .order_by(col(Registration.id))
    )

    async def standing() -> list[tuple[str, str | None, int | None]]:
        async with contest.database.read(SYSTEM) as work:
            rows = list(await work.session.exec(entries))
            return [(each.state, each.code, each.priority_order) for each in rows]

    before = await standing()
    assert {state for state, _, _ in before} == {"qualified"}
    headers = await contest.session((await everybody(contest.database))["all"])
    sent: set[str] = set()
    for path in contest.addresses("GET"):
        answer = await contest.ask("GET", path, headers)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page = Forms()
        page.feed(answer.text)
        for form in page.found:
            action = form.action or path
            if action in sent or any(stop in action for stop in FOR_ALL_ALIKE):
                continue
            sent.add(action)
            for data in form.answers():
                answer = await contest.guest.client.post(
                    action, data=data, headers=headers, follow_redirects=False
                )
                assert answer.status_code < 500, (action, data)
                assert await standing() == before, (action, data)
    assert any(contest.lot.lot_no in action for action in sent), sent
    for amount, person in ((730_000, contest.people[0]), (760_000, contest.people[1])):
        now = await clock.now()
        receipt = await place_bid(
            contest.guest.app.state.desk, person.actor, contest.lot.id, amount * YUAN, f"after-{uuid4()}", now
        )
        assert receipt.outcome == "accepted", (receipt, sent)


async def test_P01_a_bidder_sees_only_the_own_identity(contest: Contest) -> None:
    assert contest.people[0].actor.account_id is not None
    headers = await contest.session(contest.people[0].actor.account_id)
    for path in contest.addresses("GET"):
        answer = await contest.ask("GET", path, headers)
        assert not contest.told(answer, but="0 "), (path, contest.told(answer, but="0 "))


async def test_P01_the_live_stream_tells_codes_only(contest: Contest) -> None:
    async with aclosing(contest.guest.app.state.live.stream(contest.lot.id)) as stream:
        await anext(stream)
        message = (await anext(stream)).decode()
    assert '"leader_code"' in message
    assert not [what for what, secret in contest.secrets.items() if secret in message]


async def test_P01_no_stored_row_ties_a_person_to_the_lot(contest: Contest) -> None:
    """Whoever reads the database without the master key: rows that name the lot or an entry name nobody, and names and numbers
    stand nowhere in clear."""
    personal = {what: secret for what, secret in contest.secrets.items() if "registration" not in what}
    leads = {str(contest.lot.id), contest.lot.lot_no} | (
        set(contest.secrets.values()) - set(personal.values())
    )
    async with contest.database.read(SYSTEM) as work:
        tables = await work.session.execute(
            text("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
        )
        for table in tables.scalars().all():
            rows = await work.session.execute(
                text(f"SELECT (to_jsonb(t) - 'content')::text FROM {table} AS t")
            )
            for row in rows.scalars():
                told = {what for what, secret in personal.items() if secret in row}
                assert not told or not any(lead in row for lead in leads), (table, told, row[:500])
                assert not {what for what in told if not what.endswith("account")}, (table, told, row[:500])


async def test_P01_after_the_end_signals_are_for_one_role_with_a_reason_and_on_one_page(
    contest: Contest, clock: CourtClock
) -> None:
    await contest.guest.app.state.traces.close()
    assert contest.lot.scheduled_end_at is not None
    await clock.travel_to(contest.lot.scheduled_end_at)
    await sweep(contest.database, "close_lots")
    words = [explained.title.msgid for kind, explained in EXPLAINED.items() if kind not in PRICE_SIGNALS]
    accounts = await everybody(contest.database)
    async with contest.database.begin(SYSTEM) as work:
        all_but_one = await work.session.get(Account, accounts["all"])
        assert all_but_one is not None
        all_but_one.roles = sorted(STAFF_ROLES - {Role.RISK_OFFICER})
    chinese = {"accept-language": "zh-CN"}
    officer = await contest.session(accounts["risk_officer"]) | chinese
    others = {"all other roles": await contest.session(accounts["all"]) | chinese, "nobody": chinese}
    risk_page = f"/risk/lots/{contest.lot.lot_no}"
    for reader, headers in {"risk officer without a reason": officer, **others}.items():
        for path in contest.addresses("GET"):
            shown = (await contest.ask("GET", path, headers)).content
            assert not [word for word in words if word.encode() in shown], (reader, path)
    answer = await contest.guest.client.post(
        f"{risk_page}/look", headers=officer, data={"reason": "例行核查本月成交"}
    )
    assert answer.status_code == 303
    answer = await contest.ask("GET", risk_page, officer)
    assert "同一设备" in answer.text
    assert "同一网络地址" in answer.text
    assert not [what for what in contest.told(answer) if "registration" not in what]
    for headers in others.values():
        assert (await contest.ask("GET", risk_page, headers)).status_code in (401, 403)

"""Sign up, register, pay, win: a bidder's way through the real pages."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import select

from auction.bidding.place_bid import place_bid
from auction.bidding.sequencer import BiddingDesk
from auction.listing.models import Lot
from auction.payments.models import BankLine
from auction.registration.models import Registration
from auction.registration.real_name import confirm_identity
from auction.registration.register import own_registration
from auction.settlement.models import Settlement
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import as_actor
from core.identity.models import Account
from core.settings import get_settings
from tests.auction.listing.workshop import YUAN
from tests.auction.market import published_lot
from tests.conftest import CourtClock, Snapshot
from tests.web.pages import PASSWORD, Guest, staff
from tests.working_off import sweep, work_off
from web.demo_city.people import identity_number

KUNSHAN = "0583"
_random = Random(99)


@pytest.fixture
def template(published: Snapshot[Lot]) -> str:
    """Every database of this module begins with a published lot."""
    return published.template


def person(login_name: str, **other: Any) -> dict[str, Any]:
    """A filled-in sign-up form."""
    return {
        "login": login_name,
        "password": PASSWORD,
        "name": "周明远",
        "identity_number": identity_number(_random),
        "phone": "13812345678",
        "consent": "1",
        **other,
    }


async def account_of(database: Database, login: str) -> Account:
    """The account of a login."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(Account).where(Account.login == login))).one()


async def registration_of(database: Database, lot: Lot, login: str) -> Registration | None:
    """The person's entry."""
    account = await account_of(database, login)
    async with database.read(as_actor(account)) as work:
        return await own_registration(work, lot.id)


async def confirmed_bidder(guest: Guest, database: Database, login: str) -> None:
    """Sign up by the form and have the court confirm the identity."""
    guest.client.cookies.clear()
    answer = await guest.post("/sign-up", person(login), page="/sign-up")
    assert answer.status_code == 303, answer.text
    async with database.begin(SYSTEM) as work:
        await confirm_identity(work, (await account_of(database, login)).id)


async def test_B30_sign_up_logs_in_and_the_identity_waits_for_the_court(
    guest: Guest, database: Database
) -> None:
    answer = await guest.post("/sign-up", person("zhou"), page="/sign-up")
    assert (answer.status_code, answer.headers["location"]) == (303, "/my")
    own = await guest.get("/my")
    assert own.status_code == 200
    assert "实名信息等待法院确认" in own.text
    assert "周明远" not in own.text, "P-01: the masthead shows a masked name"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"identity_number": "320583199001011234"}, "identity_number"),
        ({"identity_number": "abc"}, "identity_number"),
        ({"login": "x" * 61}, "login"),
        ({"login": "ab"}, "login"),
        ({"name": "周\u202e明"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "周" * 61}, "name"),
        ({"phone": "no phone"}, "phone"),
        ({"password": "short"}, "password"),
        ({"consent": ""}, "consent"),
        ({"login": "zhou\x00"}, "login"),
    ],
)
async def test_sign_up_names_the_faulty_field_and_keeps_the_rest(
    guest: Guest, change: dict[str, str], said: str
) -> None:
    answer = await guest.post("/sign-up", person("zhou", **change), page="/sign-up")
    assert answer.status_code == 422
    assert f'id="{said}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert "13812345678" in answer.text or "phone" in change


async def test_the_same_login_or_identity_signs_up_once(guest: Guest) -> None:
    form = person("zhou")
    assert (await guest.post("/sign-up", form, page="/sign-up")).status_code == 303
    guest.client.cookies.clear()
    assert (await guest.post("/sign-up", form, page="/sign-up")).status_code == 409
    taken = await guest.post("/sign-up", person("zhou"), page="/sign-up")
    assert taken.status_code == 409
    assert "已被使用" in taken.text


async def test_a_lot_is_followed_from_its_page_and_listed_on_the_own(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    page = f"/lots/{lot.lot_no}"
    assert "登录后关注" in (await guest.get(page)).text
    assert (await guest.post("/sign-up", person("zhou"), page="/sign-up")).status_code == 303
    assert (await guest.post(f"{page}/follow", {}, page=page)).status_code == 303
    assert "已关注" in (await guest.get(page)).text
    assert "我关注的标的" in (await guest.get("/my")).text
    assert (await guest.post(f"{page}/unfollow", {}, page=page)).status_code == 303
    assert "我关注的标的" not in (await guest.get("/my")).text


async def test_forms_without_the_token_are_refused(guest: Guest) -> None:
    for path in ("/sign-up", "/lots/X/register", "/my/notices/read", "/finance/lines"):
        assert (await guest.client.post(path, data={"login": "x"})).status_code in {401, 403}


@pytest.mark.parametrize("path", ["/my", "/my/purchases/X", "/lots/X/register"])
async def test_own_pages_ask_for_the_login(guest: Guest, path: str) -> None:
    assert (await guest.get(path)).status_code == 401


async def test_registration_and_deposit_through_the_pages(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    await guest.post("/sign-up", person("zhou"), page="/sign-up")
    path = f"/lots/{lot.lot_no}/register"
    assert "等待法院确认您的实名信息" in (await guest.get(path)).text
    refused = await guest.post(path, {"accept": "1"}, page=path)
    assert (refused.status_code, "B-30" in refused.text) == (409, True)

    async with database.begin(SYSTEM) as work:
        await confirm_identity(work, (await account_of(database, "zhou")).id)
    unticked = await guest.post(path, page=path)
    assert unticked.status_code == 422
    assert 'id="accept-error"' in unticked.text
    for _ in range(2):
        assert (await guest.post(path, {"accept": "1"}, page=path)).status_code == 303
    entry = await registration_of(database, lot, "zhou")
    assert entry is not None
    shown = await guest.get(path)
    assert entry.virtual_account_no in shown.text
    assert "¥70,000.00" in shown.text

    for _ in range(2):
        paid = await guest.post(f"/lots/{lot.lot_no}/demo-payment", page=path)
        assert paid.status_code == 303
    await work_off(database)
    assert (await guest.post(f"/lots/{lot.lot_no}/demo-payment", page=path)).status_code == 303
    async with database.read(SYSTEM) as work:
        (line,) = list(await work.session.exec(select(BankLine)))
    assert line.is_demo
    entry = await registration_of(database, lot, "zhou")
    assert entry is not None
    assert entry.code is not None
    assert entry.code in (await guest.get(path)).text
    own = (await guest.get("/my")).text
    assert entry.code in own
    assert "已取得竞买资格" in own
    assert (await guest.post("/my/notices/read", page="/my")).status_code == 303
    assert 'action="/my/notices/read"' not in (await guest.get("/my")).text


async def test_B80_staff_cannot_register_and_unknown_lots_are_unknown(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    await staff(database, "officer", {Role.CASE_OFFICER}, KUNSHAN)
    await guest.log_in("officer")
    assert (await guest.post(f"/lots/{lot.lot_no}/register", {"accept": "1"})).status_code == 403
    for path in ("/lots/NOTHING/register", "/lots/%00/register"):
        assert (await guest.get(path)).status_code == 404
    assert (await guest.post("/lots/NOTHING/register", {"accept": "1"})).status_code == 404


async def test_outside_the_demo_there_is_no_demo_payment(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    guest.app.state.settings = get_settings().model_copy(update={"demo": False})
    lot = await published_lot(database, clock)
    await confirmed_bidder(guest, database, "zhou")
    path = f"/lots/{lot.lot_no}/register"
    await guest.post(path, {"accept": "1"}, page=path)
    assert "demo-payment" not in (await guest.get(path)).text
    assert (await guest.post(f"/lots/{lot.lot_no}/demo-payment", page=path)).status_code == 404


async def win(guest: Guest, database: Database, clock: CourtClock, login: str) -> Lot:
    """Register, pay, bid the starting price, let the time run out, all as `login`."""
    lot = await published_lot(database, clock)
    await confirmed_bidder(guest, database, login)
    path = f"/lots/{lot.lot_no}/register"
    await guest.post(path, {"accept": "1"}, page=path)
    await guest.post(f"/lots/{lot.lot_no}/demo-payment", page=path)
    await work_off(database)
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    desk = BiddingDesk(database, get_settings().encryption_key())
    actor = as_actor(await account_of(database, login))
    receipt = await place_bid(desk, actor, lot.id, 700_000 * YUAN, "key-first-bid", await clock.now())
    await desk.close()
    assert receipt.accepted
    await clock.travel_to(lot.scheduled_end_at + timedelta(seconds=1))
    await sweep(database, "close_lots")
    await guest.log_in(login)
    return lot


async def settlement_of(database: Database, lot: Lot) -> Settlement:
    """The settlement as it stands."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(Settlement).where(Settlement.lot_id == lot.id))).one()


async def test_B70_the_buyer_pays_the_balance_and_opens_the_own_papers(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    lot = await win(guest, database, clock, "zhou")
    path = f"/my/purchases/{lot.lot_no}"
    shown = (await guest.get(path)).text
    sale = await settlement_of(database, lot)
    assert sale.virtual_account_no in shown
    assert "¥630,000.00" in shown
    assert path in (await guest.get("/my")).text
    paper = await guest.get(f"{path}/documents/{sale.payment_notice_document_id}")
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert (await guest.get(f"{path}/documents/{lot.id}")).status_code == 404

    for _ in range(2):
        assert (await guest.post(f"{path}/demo-payment", page=path)).status_code == 303
    await work_off(database)
    assert (await settlement_of(database, lot)).state == "paid_full"
    assert "价款付清" in (await guest.get(path)).text
    results = await guest.get("/results?outcome=sold")
    assert lot.title in results.text
    assert "周明远" in results.text, "B-48: the buyer is published"

    await confirmed_bidder(guest, database, "other")
    assert (await guest.get(path)).status_code == 404
    assert (await guest.get(f"{path}/documents/{sale.payment_notice_document_id}")).status_code == 404
    assert (await guest.post(f"{path}/demo-payment")).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?outcome=failed&round=first&court=0583", 200),
        ("?outcome=nonsense", 422),
        ("?court=9999", 422),
        ("?after=nonsense", 422),
        ("?after=99999999999999999999-0", 422),
        ("?round=%00", 422),
    ],
)
async def test_results_answer_every_filter(
    guest: Guest, database: Database, clock: CourtClock, query: str, status: int
) -> None:
    await published_lot(database, clock)
    assert (await guest.get(f"/results{query}")).status_code == status

"""Finance works only in its own court, sees no payer before the end, and imports statements wholly or not at all."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from auction.listing.models import Lot
from auction.payments.models import BankLine, BankLineState, LineReturn
from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from tests.auction.market import Person, pay, published_lot, qualified, registered, reloaded, signed_up
from tests.conftest import CourtClock, Snapshot
from tests.web.pages import Guest, staff
from tests.working_off import work_off

KUNSHAN, HUQIU = "0583", "0505"
HEADER = "流水号,收款账号,金额,付款人,入账时间\n"


@pytest.fixture
def template(published: Snapshot[Lot]) -> str:
    """Every database of this module begins with a published lot."""
    return published.template


@pytest.fixture
async def market(guest: Guest, database: Database, clock: CourtClock) -> tuple[Lot, Person]:
    """A lot with one qualified bidder; finance of the court is logged in."""
    lot = await published_lot(database, clock)
    bidder = await signed_up(database)
    await qualified(database, lot, bidder)
    await staff(database, "money", {Role.FINANCE}, KUNSHAN)
    await staff(database, "elsewhere", {Role.FINANCE}, HUQIU)
    await guest.log_in("money")
    return lot, bidder


def statement(*rows: str) -> dict[str, Any]:
    """An uploaded file."""
    return {"statement": ("lines.csv", (HEADER + "\n".join(rows)).encode(), "text/csv")}


async def lines_of(database: Database) -> list[BankLine]:
    """Every line, oldest first."""
    async with database.read(SYSTEM) as work:
        return list(await work.session.exec(select(BankLine).order_by(BankLine.bank_reference)))


async def suspended(database: Database, payer: str = "无名氏") -> BankLine:
    """A credit to an account that nobody has."""
    await pay(database, "8999", 1000, payer, reference="lost")
    (line,) = [each for each in await lines_of(database) if each.bank_reference == "lost"]
    assert line.state == BankLineState.SUSPENDED
    return line


async def test_P01_finance_sees_no_payer_while_bidding_is_not_over(
    guest: Guest, market: tuple[Lot, Person]
) -> None:
    shown = (await guest.get("/finance")).text
    assert market[1].name not in shown
    assert "***" in shown
    assert "¥70,000.00" in shown
    assert "借贷相等" in shown
    ledger = (await guest.get(f"/finance/lots/{market[0].lot_no}")).text
    assert "收取保证金" in ledger
    assert "借贷相等" in ledger


@pytest.mark.parametrize("who", ["clerk", None])
async def test_the_finance_pages_are_for_finance(guest: Guest, database: Database, who: str | None) -> None:
    if who:
        await staff(database, who, {Role.CLERK}, KUNSHAN)
        await guest.log_in(who)
    for path in ("/finance", "/finance/lots/X", "/finance/returns", "/finance/reconciliation"):
        assert (await guest.get(path)).status_code == (403 if who else 401)


async def test_P03_another_court_finds_nothing(
    guest: Guest, database: Database, market: tuple[Lot, Person]
) -> None:
    line = await suspended(database)
    await guest.log_in("elsewhere")
    assert "lost" not in (await guest.get("/finance")).text
    assert (await guest.get(f"/finance/lots/{market[0].lot_no}")).status_code == 404
    assert (await guest.post(f"/finance/lines/{line.id}/return", {"reason": "退"})).status_code == 404
    assert (await guest.post(f"/finance/lines/{line.id}/assign", {"account_no": "8"})).status_code == 404


async def test_M06_a_suspended_line_goes_back_when_a_second_person_approves(
    guest: Guest, database: Database, market: tuple[Lot, Person]
) -> None:
    line = await suspended(database)
    path = f"/finance/lines/{line.id}/return"
    assert "收款账号不存在" in (await guest.get("/finance")).text
    assert (await guest.post(path, page="/finance")).status_code == 422
    assert (await guest.post(path, {"reason": "查无此账号"}, page="/finance")).status_code == 303
    assert (await guest.post(path, {"reason": "再退一次"}, page="/finance")).status_code == 409
    assert (await guest.post(f"/finance/lines/{uuid4()}/return", {"reason": "退"})).status_code == 404
    assert (await guest.post("/finance/lines/not-an-id/return", {"reason": "退"})).status_code == 404

    assert "须由他人批准" in (await guest.get("/finance/returns")).text
    async with database.read(SYSTEM) as work:
        proposal = (await work.session.exec(select(LineReturn))).one()
    decide = f"/finance/returns/{proposal.id}"
    own = await guest.post(decide, {"decision": "approve"}, page="/finance/returns")
    assert (own.status_code, "M-06" in own.text) == (403, True)
    await guest.log_in("elsewhere")
    assert (await guest.post(decide, {"decision": "approve"})).status_code == 404
    await staff(database, "director", {Role.BUREAU_DIRECTOR}, KUNSHAN)
    await guest.log_in("director")
    assert "查无此账号" in (await guest.get("/finance/returns")).text
    silent = await guest.post(decide, {"decision": "decline"}, page="/finance/returns")
    assert silent.status_code == 422
    assert (await guest.post(decide, {"decision": "approve"}, page="/finance/returns")).status_code == 303
    assert (await guest.post(decide, {"decision": "approve"}, page="/finance/returns")).status_code == 409
    await work_off(database)
    await guest.log_in("money")
    assert "借贷相等" in (await guest.get("/finance")).text
    assert [each.state for each in await lines_of(database) if each.id == line.id] == [BankLineState.RETURNED]


async def test_M11_the_report_shows_every_open_line_and_every_difference(
    guest: Guest, database: Database, market: tuple[Lot, Person]
) -> None:
    line = await suspended(database)
    page = "/finance/reconciliation"
    assert "还没有对账" in (await guest.get(page)).text
    assert (await guest.post(page, page=page)).status_code == 303
    shown = (await guest.get(page)).text
    assert "流水与账目全部相符" in shown
    assert line.bank_reference in shown
    assert "建议联系付款人" in shown
    for bad in ({"as_of": "", "balance": "1"}, {"as_of": "2999-01-01T10:00", "balance": "1"}):
        assert (await guest.post("/finance/balances", bad, page=page)).status_code == 422
    now = await CourtClock(database).now() + timedelta(seconds=1)
    await CourtClock(database).travel_to(now)
    typed = now.astimezone(COURT_ZONE).strftime("%Y-%m-%dT%H:%M:%S")
    entered = await guest.post("/finance/balances", {"as_of": typed, "balance": "70,000.00"}, page=page)
    assert entered.status_code == 303
    assert "银行对账单余额与流水合计不符" in (await guest.get(page)).text, (
        "ten yuan of the lost line are missing"
    )
    await guest.log_in("elsewhere")
    assert line.bank_reference not in (await guest.get(page)).text


async def test_M01_a_reversal_in_the_statement_takes_its_line_back(
    guest: Guest, database: Database, market: tuple[Lot, Person]
) -> None:
    header = "流水号,收款账号,金额,付款人,入账时间,冲正流水号\n"
    line = await suspended(database)
    content = header + f"back1,8999,-10.00,无名氏,2026-01-02 10:00,{line.bank_reference}\n"
    files = {"statement": ("lines.csv", content.encode(), "text/csv")}
    for _ in range(2):
        answer = await guest.post("/finance/lines/import", page="/finance", files=files)
        assert answer.status_code == 303, answer.text
    await work_off(database)
    shown = (await guest.get("/finance")).text
    assert "back1" in shown
    assert "已冲回" in shown
    own = {"statement": ("x.csv", (header + "r1,8,-1,王,2026-01-02 10:00,r1\n").encode(), "text/csv")}
    assert (await guest.post("/finance/lines/import", page="/finance", files=own)).status_code == 422


async def test_B30_a_line_is_assigned_only_to_the_payers_own_entry(
    guest: Guest, database: Database, market: tuple[Lot, Person]
) -> None:
    newcomer = await signed_up(database)
    entry = await registered(database, market[0].id, newcomer)
    line = await suspended(database, newcomer.name)
    path = f"/finance/lines/{line.id}/assign"
    for bad in ("", "x" * 33, "8\x00"):
        assert (await guest.post(path, {"account_no": bad})).status_code == 422
    assert (await guest.post(path, {"account_no": "8123"})).status_code == 409
    assert (await guest.post(path, {"account_no": entry.virtual_account_no})).status_code == 303
    assert (await guest.post(path, {"account_no": entry.virtual_account_no})).status_code == 409
    assert (await reloaded(database, entry.id)).deposit_paid_fen == 1000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1e9"}, "amount"),
        ({"amount": "99999999999999999999999"}, "amount"),
        ({"reference": ""}, "reference"),
        ({"reference": "r" * 61}, "reference"),
        ({"reference": "r\x07"}, "reference"),
        ({"account": "账号"}, "account"),
        ({"account": "8" * 33}, "account"),
        ({"payer": "王" * 81}, "payer"),
        ({"booked_at": "yesterday"}, "booked_at"),
        ({"booked_at": "9999-12-31T23:59"}, "booked_at"),
    ],
)
async def test_a_bad_line_is_refused_at_its_field(
    guest: Guest, database: Database, change: dict[str, str], field: str
) -> None:
    await staff(database, "money", {Role.FINANCE}, "05")
    await guest.log_in("money")
    good = {
        "reference": "r1",
        "account": "8123",
        "amount": "10",
        "payer": "王",
        "booked_at": "2026-01-02T10:00",
    }
    answer = await guest.post("/finance/lines", {**good, **change})
    # Without courts in this database the page itself cannot be shown; the refusal of the form comes first.
    assert answer.status_code in {404, 422}
    assert await lines_of(database) == []


async def test_one_line_by_hand_and_the_same_again(
    guest: Guest, database: Database, market: tuple[Lot, Person]
) -> None:
    line = {
        "reference": "r1",
        "account": "8123",
        "amount": "10.50",
        "payer": "王",
        "booked_at": "2026-01-02T10:00",
    }
    for _ in range(2):
        assert (await guest.post("/finance/lines", line, page="/finance")).status_code == 303
    other = await guest.post("/finance/lines", {**line, "amount": "11"}, page="/finance")
    assert other.status_code == 409
    assert "内容不同" in other.text
    bad = await guest.post("/finance/lines", {**line, "amount": "nothing"}, page="/finance")
    assert (bad.status_code, 'id="amount-error"' in bad.text) == (422, True)
    assert len(await lines_of(database)) == 2


async def test_a_statement_is_taken_over_wholly_or_not_at_all(
    guest: Guest, database: Database, market: tuple[Lot, Person]
) -> None:
    before = len(await lines_of(database))
    good = ["s1,8111,100.00,甲,2026-01-02 10:00", 's2,8222,"1,200.50",乙,2026-01-02T10:05']
    path = "/finance/lines/import"
    checked = await guest.post(path, {"dry_run": "1"}, page="/finance", files=statement(*good))
    assert (checked.status_code, "检查通过" in checked.text) == (200, True)
    bad = await guest.post(
        path, page="/finance", files=statement(*good, "s3,8333,free,丙,2026-01-02 10:00", good[0])
    )
    assert bad.status_code == 422
    assert "第 4 行" in bad.text
    assert "第 5 行" in bad.text
    assert len(await lines_of(database)) == before
    for _ in range(2):
        assert (await guest.post(path, page="/finance", files=statement(*good))).status_code == 303
    assert len(await lines_of(database)) == before + 2
    assert "另有 2 笔以前已经登记" in (await guest.get("/finance")).text
    changed = await guest.post(
        path,
        page="/finance",
        files=statement("s9,8999,5,丁,2026-01-02 10:00", "s1,8111,7,甲,2026-01-02 10:00"),
    )
    assert changed.status_code == 422
    assert len(await lines_of(database)) == before + 2, "all or nothing"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00\x01", b"a,b\n1,2\n", HEADER.encode(), b'"open', b"\x00" * 50]
)
async def test_a_file_that_is_no_statement_is_refused(
    guest: Guest, database: Database, market: tuple[Lot, Person], content: bytes
) -> None:
    files = {"statement": ("x.csv", content, "text/csv")}
    assert (await guest.post("/finance/lines/import", page="/finance", files=files)).status_code == 422
    assert (await guest.post("/finance/lines/import", page="/finance")).status_code == 422

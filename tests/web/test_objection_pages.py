"""Object on a lot's page, follow the objection, and the desk of the panel that decides it; revoke a sale by its question."""

import re
from typing import Any

import pytest

from auction.listing.models import Lot, LotState
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from tests.auction.suspension.standing import sealed_market, standing
from tests.web.pages import HASH, Guest, staff
from tests.working_off import work_off

CLAIM = {
    "kind": "third_party",
    "capacity": "third_party",
    "claim": "停止对该房屋的拍卖",
    "reasons": "该房屋在查封前已经由本人购买并居住",
    "evidence": "购房合同",
    "true_statement": "1",
}


@pytest.fixture
async def lot(database: Database) -> Lot:
    """A lot of 虎丘 that is being bid for, somebody with a confirmed identity, and three judges."""
    async with database.begin(SYSTEM) as work:
        made = (await sealed_market(work, seconds=7200)).lots[0]
        account = await open_account(
            work, login="claimant", password_hash=HASH, display_name="案外某", roles={Role.BIDDER}
        )
        account.identity_verified_at = work.now
    for number in range(3):
        await staff(database, f"judge{number}", {Role.OBJECTION_PANEL}, "0505")
    return made


async def raised(guest: Guest, lot: Lot, **changes: str) -> str:
    """The address of a new objection for its filer."""
    await guest.log_in("claimant")
    page = f"/lots/{lot.lot_no}/objection"
    answer = await guest.post(page, {**CLAIM, **changes}, page=page)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def step(guest: Guest, path: str, name: str, **fields: Any) -> Any:
    return await guest.post(f"{path}/{name}", fields, page=path)


async def test_B61_a_claim_is_raised_on_the_lots_page_stays_the_sale_and_is_ruled_at_the_panels_desk(
    database: Database, guest: Guest, lot: Lot
) -> None:
    await guest.log_in("claimant")
    form = f"/lots/{lot.lot_no}/objection"
    assert form in (await guest.get(f"/lots/{lot.lot_no}")).text
    wrong = await guest.post(form, {**CLAIM, "capacity": "party", "true_statement": ""}, page=form)
    assert (wrong.status_code, "该房屋在查封前" in wrong.text) == (422, True)
    refused = await guest.post(form, {**CLAIM, "capacity": "party"}, page=form)
    assert (refused.status_code, "B-61" in refused.text) == (409, True)
    own = await raised(guest, lot)
    await work_off(database)
    async with database.read(SYSTEM) as work:
        assert (await standing(work, lot.id))[0].state == LotState.PAUSED
    shown = (await guest.get(f"/lots/{lot.lot_no}")).text
    assert "执行异议审查期间" in shown
    assert "案外某" not in re.sub(r'<span class="person">.*?</span>', "", shown), "the public is not told who"
    assert "法院三日内决定是否立案" in (await guest.get(own)).text
    again = await guest.post(form, CLAIM, page=form)
    assert again.status_code == 409

    desk = own.replace("/my/", "/court/")
    await guest.log_in("judge0")
    assert desk in (await guest.get("/court/objections")).text
    panel = re.findall(r'name="panel" value="([^"]+)"', (await guest.get(desk)).text)
    two = await step(guest, desk, "accept", number="（2026）苏0505执异12号", panel=panel[:2])
    assert (two.status_code, "P-05" in two.text) == (409, True)
    assert (
        await step(guest, desk, "accept", number="（2026）苏0505执异12号", panel=panel)
    ).status_code == 303
    wrong = await step(guest, desk, "rule", outcome="founded", finding="成立")
    assert (wrong.status_code, "B-60" in wrong.text) == (409, True)
    assert (await step(guest, desk, "rule", outcome="dismissed", finding="占有在查封之后")).status_code == 303
    page = await guest.get(desk)
    assert "执行异议裁定书" in page.text
    assert (
        await guest.get(re.findall(r'href="(/court/objections/[^"]+/papers/[^"]+)"', page.text)[0])
    ).content.startswith(b"%PDF")
    await guest.log_in("claimant")
    mine = (await guest.get(own)).text
    assert all(word in mine for word in ("（2026）苏0505执异12号", "驳回异议", "占有在查封之后"))
    assert own in (await guest.get("/my/objections")).text


async def test_B60_papers_are_asked_for_handed_in_and_an_objection_is_withdrawn(
    database: Database, guest: Guest, lot: Lot
) -> None:
    own = await raised(guest, lot, kind="conduct", capacity="would_be_bidder")
    desk = own.replace("/my/", "/court/")
    await guest.log_in("judge0")
    assert (await step(guest, desk, "supplement", wanted="身份证明")).status_code == 303
    await guest.log_in("claimant")
    assert "身份证明" in (await guest.get(own)).text
    assert (await step(guest, own, "supplement", evidence="身份证复印件")).status_code == 303
    assert (await step(guest, own, "withdraw")).status_code == 303
    assert "撤回异议" in (await guest.get(own)).text
    assert (await step(guest, own, "nonsense")).status_code == 404


async def test_P03_another_person_or_court_finds_nothing(database: Database, guest: Guest, lot: Lot) -> None:
    own = await raised(guest, lot)
    desk = own.replace("/my/", "/court/")
    await staff(database, "stranger", {Role.OBJECTION_PANEL}, "0506")
    await guest.log_in("stranger")
    assert (await guest.get(desk)).status_code == 404
    assert (await guest.get(own)).status_code == 404
    assert (await step(guest, "/court/objections", "x")).status_code in {403, 404, 405}
    async with database.begin(SYSTEM) as work:
        await open_account(work, login="other", password_hash=HASH, display_name="他人", roles={Role.BIDDER})
    await guest.log_in("other")
    assert (await guest.get(own)).status_code == 404
    assert (await guest.get(desk)).status_code == 403
    unverified = await guest.post(
        f"/lots/{lot.lot_no}/objection", CLAIM, page=f"/lots/{lot.lot_no}/objection"
    )
    assert unverified.status_code == 403


async def test_B61_a_clerk_enters_an_objection_that_came_on_paper_and_the_sale_stands_still(
    database: Database, guest: Guest, lot: Lot
) -> None:
    await staff(database, "clerk", {Role.CLERK}, "0505")
    await staff(database, "officer", {Role.CASE_OFFICER}, "0505")
    await staff(database, "other-clerk", {Role.CLERK}, "0506")
    page = "/court/objections/new"
    paper = {key: value for key, value in CLAIM.items() if key != "true_statement"}
    paper |= {"lot_no": lot.lot_no, "filer_name": "某案外公司"}
    await guest.log_in("clerk")
    assert page in (await guest.get("/court/objections")).text
    assert lot.title in (await guest.get(f"{page}?lot={lot.lot_no}")).text
    for field in ("lot_no", "filer_name", "kind", "capacity", "claim", "reasons", "evidence"):
        refused = await guest.post(page, {**paper, field: ""}, page=page)
        assert (refused.status_code, f'href="#{field}"' in refused.text) == (422, True), field
        assert "某案外公司" in refused.text or field == "filer_name", "nothing typed is lost"
    unknown = await guest.post(page, {**paper, "lot_no": "0505-2020-999999"}, page=page)
    assert (unknown.status_code, 'id="lot_no-error"' in unknown.text) == (422, True)
    wrong_kind = await guest.post(page, {**paper, "kind": "conduct"}, page=page)
    assert wrong_kind.status_code == 409, "a third party cannot raise the other kind"
    entered = await guest.post(page, paper, page=page)
    assert entered.status_code == 303
    await work_off(database)
    shown = (await guest.get(entered.headers["location"])).text
    assert all(words in shown for words in ("某案外公司", "因本异议暂缓", "决定是否立案"))
    async with database.read(SYSTEM) as work:
        assert (await standing(work, lot.id))[0].state == LotState.PAUSED
    await guest.log_in("other-clerk")
    elsewhere = await guest.post(page, paper, page=page)
    assert (elsewhere.status_code, 'id="lot_no-error"' in elsewhere.text) == (422, True), "P-03"
    await guest.log_in("officer")
    assert (await guest.get(page)).status_code == 404
    await guest.log_in("claimant")
    assert (await guest.get(page)).status_code == 403

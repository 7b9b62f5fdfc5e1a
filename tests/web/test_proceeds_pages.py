"""The money of a sale through the real pages: the court's files, the person's own part (D-20, D-23)."""

import re

import pytest
from sqlmodel import select

from auction.payments.record_line import StatementLine, record_bank_line
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.models import Account
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from tests.auction.delivery.conftest import Served, served, served_city, template
from tests.disposal_teams.city import HUQIU, KUNSHAN
from tests.web.pages import HASH, Guest, staff
from tests.working_off import work_off

__all__ = ["served", "served_city", "template"]

CLAIM = {
    "rank": "ordinary", "principal": "600000", "interest": "", "costs": "", "doubled": "", "title_ref": "（2025）苏0583民初9号",
    "registered": "yes", "title": "yes", "confirmed": "yes",
}  # fmt: skip
PANEL = {"minutes": "同意", "member1": "甲", "member2": "乙", "member3": "丙"}


async def account(database: Database, login: str, role: Role) -> Account:
    """Somebody without a court."""
    async with database.begin(SYSTEM) as work:
        return await open_account(work, login=login, password_hash=HASH, display_name=login, roles={role})


@pytest.fixture
async def base(database: Database, served: Served) -> str:
    """The address of the one file; people of the court and the parties have their accounts."""
    await staff(database, "officer", {Role.CASE_OFFICER, Role.DISPOSAL_TEAM}, KUNSHAN)
    await staff(database, "panel", {Role.PANEL_MEMBER}, KUNSHAN)
    await staff(database, "finance", {Role.FINANCE}, KUNSHAN)
    await staff(database, "leader", {Role.VICE_PRESIDENT}, KUNSHAN)
    await staff(database, "stranger", {Role.CASE_OFFICER, Role.PANEL_MEMBER}, HUQIU)
    people = {
        PartyRole.APPLICANT: await account(database, "bank", Role.CREDITOR),
        PartyRole.DEBTOR: await account(database, "wang", Role.DEBTOR),
    }
    await account(database, "li", Role.CREDITOR)
    async with database.begin(SYSTEM) as work:
        proceeds = (await work.session.exec(select(Proceeds))).one()
        for party in await parties_of(work, proceeds.case_id):
            party.account_id = people[PartyRole(party.role)].id
        for claim in await work.session.exec(select(DistributionClaim)):
            claim.account_id = people[PartyRole.APPLICANT].id
    return f"/team/proceeds/{proceeds.id}"


async def test_D01_D23_P05_from_costs_to_a_served_plan_on_the_pages(
    guest: Guest, database: Database, base: str
) -> None:
    await guest.log_in("stranger")
    assert (await guest.get(base)).status_code == 404
    await guest.log_in("officer")
    assert "申请执行费" in (await guest.get(base)).text
    assert base in (await guest.get("/team/proceeds")).text
    costs = f"{base}/costs"
    good = {"kind": "tax", "label": "增值税", "payee": "某税务局", "amount": "30000", "evidence": "核税单1号"}
    for field, wrong in (
        ("amount", "0"),
        ("amount", "-1"),
        ("evidence", ""),
        ("payee", "长" * 81),
        ("kind", "x"),
    ):
        refused = await guest.post(costs, {**good, field: wrong}, page=costs)
        assert (refused.status_code, f'id="{field}-error"' in refused.text) == (422, True), field
    for _ in range(2):
        assert (await guest.post(costs, good, page=costs)).status_code == 303
    doubled = re.findall(r'<option value="([0-9a-f-]{36})"', (await guest.get(costs)).text)
    strike = {"cost": doubled[-1], "because": "重复录入"}
    assert (await guest.post(f"{costs}/strike", strike, page=costs)).status_code == 303
    claim = re.search(rf'href="({base}/claims/[0-9a-f-]+)"', (await guest.get(base)).text)
    assert claim is not None
    assert (await guest.post(claim[1], {**CLAIM, "principal": "x"}, page=claim[1])).status_code == 422
    assert (await guest.post(claim[1], CLAIM, page=claim[1])).status_code == 303
    new = f"{base}/claims/new"
    other = {**CLAIM, "creditor": "李某", "principal": "200000", "facts": "参与分配函", "case_no": ""}
    assert (await guest.post(new, {**other, "creditor": ""}, page=new)).status_code == 422
    assert (await guest.post(new, other, page=new)).status_code == 303
    assert (await guest.post(f"{base}/costs/settle", page=base)).status_code == 303
    assert (await guest.post(f"{base}/costs/settle", page=base)).status_code == 409, (
        "a replay changes nothing"
    )
    reopened = await guest.post(f"{base}/costs/reopen", {"because_costs": "核对"}, page=base)
    assert reopened.status_code == 303
    assert (await guest.post(f"{base}/costs/settle", page=base)).status_code == 303
    assert (await guest.post(f"{base}/plan", {"sharing": "by_seal"}, page=base)).status_code == 422
    assert (await guest.post(f"{base}/plan", {"sharing": "pro_rata"}, page=base)).status_code == 303
    shown = (await guest.get(base)).text
    assert "分配计算" in shown
    assert "¥30,000.00" in shown
    early = {**PANEL, "decided_on": "2026-01-01"}
    assert (await guest.post(f"{base}/plan/approve", early, page=base)).status_code == 403, "P-05"
    await guest.log_in("bank")
    mine = base.replace("/team/", "/my/")
    assert "法院正在核算" in (await guest.get(mine)).text
    await guest.log_in("panel")
    day = re.search(r'name="decided_on"[^>]*value="([^"]+)"', (await guest.get(base)).text)
    assert day is not None
    assert (
        await guest.post(f"{base}/plan/approve", {**PANEL, "decided_on": day[1], "minutes": ""}, page=base)
    ).status_code == 422
    assert (
        await guest.post(f"{base}/plan/approve", {**PANEL, "decided_on": day[1]}, page=base)
    ).status_code == 303
    await guest.log_in("bank")
    shown = (await guest.get(mine)).text
    assert "本人" in shown
    assert (await guest.post(f"{mine}/receipt", page=mine)).status_code == 303
    assert (await guest.post(f"{mine}/receipt", page=mine)).status_code == 404
    paper = re.search(rf'href="({mine}/documents/[0-9a-f-]+)"', shown)
    assert paper is not None
    assert (await guest.get(paper[1])).headers["content-type"] == "application/pdf"
    where = {"holder": "某银行", "bank": "某银行昆山支行", "number": "6222020000001234"}
    assert (await guest.post(f"{mine}/account", {**where, "holder": "别人"}, page=mine)).status_code == 422
    assert (await guest.post(f"{mine}/account", where, page=mine)).status_code == 303
    assert "尾号1234" in (await guest.get(mine)).text
    await guest.log_in("li")
    assert (await guest.get(mine)).status_code == 404
    assert (await guest.get(paper[1])).status_code == 404
    await guest.log_in("officer")
    service = re.findall(r'<option value="([0-9a-f-]{36})">李某', (await guest.get(base)).text)
    receipt = {"service": service[0], "received_on": day[1], "proof": "邮寄回执"}
    assert (await guest.post(f"{base}/receipts", {**receipt, "proof": ""}, page=base)).status_code == 422
    assert (await guest.post(f"{base}/receipts", receipt, page=base)).status_code == 303


async def test_D20_a_creditor_asks_to_join_on_the_page(guest: Guest, database: Database, base: str) -> None:
    async with database.read(SYSTEM) as work:
        proceeds = (await work.session.exec(select(Proceeds))).one()
        asset_no = (await work.session.get_one(Asset, proceeds.asset_id)).asset_no
    await guest.log_in("li")
    path = f"/my/participation/{asset_no}"
    assert (await guest.get("/my/participation/unknown")).status_code == 404
    assert "期限已过" in (await guest.get(path)).text, "the ruling has been served"
    good = {
        **CLAIM, "creditor": "李某", "case_no": "", "facts": "不足清偿", "holder": "李某", "bank": "某银行",
        "number": "6222020000001234",
    }  # fmt: skip
    file = [("file", ("判决书.pdf", b"%PDF-1.4 x", "application/pdf"))]
    missing = await guest.post(path, good, page=path)
    assert (missing.status_code, 'id="file-error"' in missing.text or "file-error" in missing.text) == (
        422,
        True,
    )
    assert (await guest.post(path, {**good, "number": "12"}, page=path, files=file)).status_code == 422
    assert (await guest.post(path, good, page=path, files=file)).status_code == 303
    assert (await guest.post(path, good, page=path, files=file)).status_code == 409
    shown = (await guest.get("/my/proceeds")).text
    assert "留待下次分配" in shown
    withdraw = re.search(r'action="(/my/claims/[0-9a-f-]+/withdraw)"', shown)
    assert withdraw is not None
    assert (await guest.post(withdraw[1], page="/my/proceeds")).status_code == 303
    assert (await guest.post(withdraw[1], page="/my/proceeds")).status_code == 409


async def test_M04_M05_M06_the_payout_desk_from_an_account_to_the_banks_answer(
    guest: Guest, database: Database, base: str
) -> None:
    await guest.log_in("officer")
    claim = re.search(rf'href="({base}/claims/[0-9a-f-]+)"', (await guest.get(base)).text)
    assert claim is not None
    assert (await guest.post(claim[1], {**CLAIM, "principal": "500000"}, page=claim[1])).status_code == 303
    assert (await guest.post(f"{base}/costs/settle", page=base)).status_code == 303
    assert (await guest.post(f"{base}/plan", {"sharing": "pro_rata"}, page=base)).status_code == 303
    await guest.log_in("panel")
    day = re.search(r'name="decided_on"[^>]*value="([^"]+)"', (await guest.get(base)).text)
    assert day is not None
    assert (
        await guest.post(f"{base}/plan/approve", {**PANEL, "decided_on": day[1]}, page=base)
    ).status_code == 303
    desk = base.replace("/team/proceeds", "/finance/payouts")
    await guest.log_in("stranger")
    assert (await guest.get(desk)).status_code == 404
    await guest.log_in("finance")
    assert desk in (await guest.get("/finance/payouts")).text
    shown = (await guest.get(desk)).text
    payouts = re.findall(r'name="payout" value="([0-9a-f-]{36})"', shown)
    assert len(payouts) == 3
    missing = await guest.post(f"{desk}/sheets", {"payout": payouts}, page=desk)
    assert (missing.status_code, "M-03" in missing.text) == (409, True)
    for option in re.findall(r'<option value="([0-9a-f-]{36})"[^>]*>([^<　]+)　', shown):
        where = {"payee_of": option[0], "holder": option[1], "bank": "某银行", "number": "6222020000001234"}
        for field, wrong in (("holder", "别人"), ("number", "12"), ("bank", "")):
            refused = await guest.post(f"{desk}/account", {**where, field: wrong}, page=desk)
            assert (refused.status_code, field in refused.text) == (422, True)
        assert (await guest.post(f"{desk}/account", where, page=desk)).status_code == 303
    delay = {"ground": "other", "delay_reason": "x", "review_on": "2001-01-01"}
    assert (await guest.post(f"{desk}/delays", delay, page=desk)).status_code == 422
    assert (
        await guest.post(f"{desk}/delays", {**delay, "review_on": "2099-01-01"}, page=desk)
    ).status_code == 303
    assert (await guest.post(f"{desk}/sheets", {"payout": payouts}, page=desk)).status_code == 303
    await guest.log_in("leader")
    shown = (await guest.get(desk)).text
    put_off = re.search(rf'action="({desk}/delays/[0-9a-f-]+)"', shown)
    sheet = re.search(rf'action="({desk}/sheets/[0-9a-f-]+)"', shown)
    assert put_off is not None
    assert sheet is not None
    refuse = {"verdict": "refuse", "delay_note": "理由不成立"}
    assert (await guest.post(put_off[1], refuse, page=desk)).status_code == 303
    assert (await guest.post(sheet[1], {"verdict": "decline"}, page=desk)).status_code == 422
    assert (await guest.post(sheet[1], {"verdict": "approve"}, page=desk)).status_code == 303
    assert (await guest.post(sheet[1], {"verdict": "approve"}, page=desk)).status_code == 409
    await guest.log_in("finance")
    assert (await guest.post("/finance/payouts/files", page="/finance/payouts")).status_code == 303
    link = re.search(
        r'href="(/finance/payouts/files/[0-9a-f-]+)/csv"', (await guest.get("/finance/payouts")).text
    )
    assert link is not None
    content = (await guest.get(f"{link[1]}/csv")).content.decode("utf-8-sig")
    assert "6222020000001234" in content
    assert (await guest.get(f"{link[1]}/xlsx")).content.startswith(b"PK")
    assert (await guest.get(f"{link[1]}/exe")).status_code == 404
    lines = [row.split(",")[0] for row in content.splitlines()[1:]]
    answers = "\n".join(f"{reference},成功,B1" for reference in lines).encode()
    bad = [("results", ("r.csv", answers + b"\nP1,?,x", "text/csv"))]
    refused = await guest.post("/finance/payouts/results", page="/finance/payouts", files=bad)
    assert (refused.status_code, "没有导入任何一笔" in refused.text) == (422, True)
    good = [("results", ("r.csv", answers, "text/csv"))]
    taken = await guest.post("/finance/payouts/results", page="/finance/payouts", files=good)
    assert "成功 3 笔" in taken.text
    again = await guest.post("/finance/payouts/results", page="/finance/payouts", files=good)
    assert "已处理过 3 笔" in again.text
    assert "账户已结清" in (await guest.get(desk)).text
    assert "登记追回" not in (await guest.get(desk)).text
    async with database.begin(SYSTEM) as work:
        back = StatementLine("back1", "0000", 100, "某银行", work.now)
        await record_bank_line(work, KUNSHAN, back)
    await work_off(database)
    shown = (await guest.get(desk)).text
    recovery = re.search(rf'action="({desk}/payments/[0-9a-f-]+/recovery)"', shown)
    line = re.search(r'<option value="([0-9a-f-]{36})">back1', shown)
    assert recovery is not None
    assert line is not None
    assert (await guest.post(recovery[1], {"line": line[1]}, page=desk)).status_code == 303
    assert (await guest.post(recovery[1], {"line": line[1]}, page=desk)).status_code == 409
    assert "已追回" in (await guest.get(desk)).text
    await guest.log_in("leader")
    assert (await guest.get(f"{link[1]}/csv")).status_code == 403, "account numbers are for finance alone"
    await guest.log_in("bank")
    assert "已支付" in (await guest.get(base.replace("/team/", "/my/"))).text

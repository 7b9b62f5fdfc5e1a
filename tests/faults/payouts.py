"""Sales whose money is divided and paid out while everything is killed (M-04, M-06).

The officers press every button on two machines at once, and again as long as nothing has come of it: so whatever a kill leaves
half done is asked for again. What the bank was told to pay it pays, once for each reference.
"""

import asyncio
import csv
import io
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import Lot, LotState, Round
from auction.payments.accounts import bank_account, price_account
from auction.proceeds.costs import settle_costs
from auction.proceeds.models import Proceeds, ProceedsSource, ProceedsState
from auction.proceeds.open_file import open_proceeds
from auction.proceeds.payout.models import Payout, PayoutSheet, PayoutState, SheetState
from auction.proceeds.plan.approve import approve_plan
from auction.proceeds.plan.divide import Sharing
from auction.proceeds.plan.draft import draft_plan
from auction.registration.models import DepositState, DepositWay, Registration, RegistrationState
from auction.settlement.models import Settlement, SettlementState
from benchmarks.market import COURT, START_FEN, STEP_FEN
from core.database import Database, Work
from core.errors import DisposalError
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.identity.sessions import open_session
from core.ids import new_id
from core.ledger import Line, post
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from tests.faults.installation import Installation

SEEDS_FOR_A_SALE = 25
BETWEEN_ACTS_S = 0.1
ANSWER_WITHIN_S = 10.0
PANEL = ["审判长", "审判员甲", "审判员乙"]
POSTS = {
    "officer": Role.CASE_OFFICER,
    "panel": Role.PANEL_MEMBER,
    "cashier": Role.FINANCE,
    "director": Role.BUREAU_DIRECTOR,
}


@dataclass(slots=True)
class Payday:
    """The sales whose money is paid out in a session, the people who do it, and what the bank was told to pay, by reference."""

    lots: list[UUID]
    people: dict[str, Actor]
    tokens: dict[str, str]
    bank: dict[str, int] = field(default_factory=dict)


async def prepare_payday(database: Database, sales: int) -> Payday:
    """So many paid sales with served rulings, each of a case of its own with one creditor, who is owed less than the price; their
    files are opened by the workers."""
    async with database.begin(SYSTEM) as work:
        people, tokens = {}, {}
        for post_, role in POSTS.items():
            account = await open_account(
                work,
                login=f"payday-{post_}",
                password_hash="-",
                display_name=post_,
                roles={role},
                court_code=COURT,
            )
            people[post_] = as_actor(account)
            tokens[post_] = await open_session(work, account.id)
        lots = [await _sold(work, number) for number in range(sales)]
        return Payday(lots, people, tokens)


async def _sold(work: Work, number: int) -> UUID:
    price = START_FEN + number * STEP_FEN
    case = EnforcementCase(
        id=new_id(), case_no=f"（{work.now.year}）苏{COURT}执{900_000 + number}号", court_code=COURT,
        filed_on=work.now.date(), cause="买卖合同纠纷", claim_fen=price * 6 // 10, created_at=work.now,
    )  # fmt: skip
    asset = Asset(
        id=new_id(), asset_no=f"P-{number:06}", kind=AssetKind.GOODS, title=f"设备 {number}", case_id=case.id,
        court_code=COURT, state=AssetState.RULED, created_at=work.now,
    )  # fmt: skip
    began = work.now - timedelta(days=20)
    lot = Lot(
        id=new_id(), lot_no=f"P-{number:06}", asset_id=asset.id, case_id=case.id, court_code=COURT, round=Round.FIRST,
        state=LotState.SOLD, title=asset.title, asset_kind=asset.kind, is_movable=True, starting_price_fen=START_FEN,
        increment_fen=STEP_FEN, deposit_fen=START_FEN // 10, balance_due_days=10, extension_window_s=300, extension_s=300,
        published_at=began, starts_at=began, scheduled_end_at=began + timedelta(days=1), ended_at=began + timedelta(days=1),
        final_price_fen=price, created_at=began,
    )  # fmt: skip
    entry = Registration(
        id=new_id(), lot_id=lot.id, account_match=lot.id.bytes, identity_match=b"", name_match=b"", identity_sealed=b"",
        state=RegistrationState.QUALIFIED, code="P0001", virtual_account_no=f"B{number:06}", deposit_way=DepositWay.TRANSFER,
        deposit_state=DepositState.APPLIED_TO_PRICE, deposit_due_fen=0, deposit_paid_fen=0, rules_accepted_at=began,
        qualified_at=began, created_at=began,
    )  # fmt: skip
    sale = Settlement(
        lot_id=lot.id, registration_id=entry.id, state=SettlementState.RULING_SERVED, buyer_name="买受人", buyer_code="P0001",
        price_fen=price, deposit_applied_fen=0, balance_fen=price, balance_paid_fen=price, virtual_account_no=f"P{number:06}",
        balance_due_at=work.now, paid_full_at=work.now, ruling_issued_at=work.now, ruling_served_at=work.now,
        created_at=work.now,
    )  # fmt: skip
    for row in (case, asset, lot, entry, sale):
        work.session.add(row)
        await work.session.flush()
    for role, name, is_person in ((PartyRole.APPLICANT, "某银行", False), (PartyRole.DEBTOR, "王某", True)):
        work.session.add(
            Party(id=new_id(), case_id=case.id, role=role, name=name, is_natural_person=is_person)
        )
    await work.session.flush()
    await post(
        work,
        key=f"price of {lot.lot_no}",
        description="成交价款",
        rule="B-70",
        lines=[Line(bank_account(COURT), price), Line(price_account(lot.id, case.id), -price)],
    )
    await open_proceeds.later(
        work, key=f"{ProceedsSource.SALE}:{lot.id}", source=str(ProceedsSource.SALE), source_id=lot.id
    )
    return lot.id


# --- the day of payment -------------------------------------------------------------------------------------------


class Desk:
    """The people at their pages, in both web processes at once."""

    def __init__(self, payday: Payday, installation: Installation, client: httpx.AsyncClient) -> None:
        self._payday, self._installation, self._client = payday, installation, client

    async def press(self, who: str, path: str, data: Mapping[str, object], **options: object) -> None:
        """Send a form to every web process at once; whatever comes of it is seen in the database."""
        ports = [web.port for web in self._installation.webs]
        await asyncio.gather(
            *(self._send("POST", port, who, path, data=data, **options) for port in ports),
            return_exceptions=True,
        )

    async def read(self, who: str, path: str) -> str | None:
        """A page, from whichever web process answers."""
        for web in self._installation.webs:
            try:
                answer = await self._send("GET", web.port, who, path)
            except httpx.HTTPError:
                continue
            if answer.status_code == httpx.codes.OK:
                return answer.content.decode("utf-8-sig")
        return None

    async def _send(
        self, method: str, port: int | None, who: str, path: str, **options: object
    ) -> httpx.Response:
        return await self._client.request(
            method,
            f"http://127.0.0.1:{port}/finance/payouts{path}",
            headers={"authorization": f"Bearer {self._payday.tokens[who]}"},
            timeout=ANSWER_WITHIN_S,
            **options,  # type: ignore[arg-type]
        )


async def pay_out(
    database: Database,
    payday: Payday,
    installation: Installation,
    client: httpx.AsyncClient,
    away: tuple[type[Exception], ...],
) -> None:
    """Bring one sale after the other to its last payment. `away`: what a database throws that has been killed."""
    desk = Desk(payday, installation, client)
    for lot_id in payday.lots:
        over = False
        while not over:
            with suppress(*away):
                over = await _go_on(database, payday, desk, lot_id)
            await asyncio.sleep(BETWEEN_ACTS_S)


async def _go_on(database: Database, payday: Payday, desk: Desk, lot_id: UUID) -> bool:
    """Do what is open at one sale; whether nothing is."""
    async with database.read(SYSTEM) as work:
        proceeds = (await work.session.exec(select(Proceeds).where(Proceeds.lot_id == lot_id))).first()
        if proceeds is None:
            return False
        payouts = list(await work.session.exec(select(Payout).where(Payout.proceeds_id == proceeds.id)))
        sheets = list(
            await work.session.exec(
                select(PayoutSheet.id).where(
                    PayoutSheet.proceeds_id == proceeds.id, PayoutSheet.state == SheetState.PROPOSED
                )
            )
        )
    if proceeds.state != ProceedsState.PLAN_FINAL:
        await _divide(database, payday, proceeds)
        return proceeds.state == ProceedsState.SETTLED
    of = {state: [each for each in payouts if each.state == state] for state in PayoutState}
    for each in of[PayoutState.READY]:
        if not each.payee_hint:
            account = {
                "payee_of": str(each.id),
                "holder": each.payee,
                "bank": "某银行",
                "number": "6222020000001234",
            }
            await desk.press("cashier", f"/{proceeds.id}/account", account)
    if of[PayoutState.READY]:
        wanted = {"payout": [str(each.id) for each in of[PayoutState.READY]], "note": ""}
        await desk.press("cashier", f"/{proceeds.id}/sheets", wanted)
    for sheet in sheets:
        await desk.press("director", f"/{proceeds.id}/sheets/{sheet}", {"verdict": "approve"})
    if of[PayoutState.APPROVED]:
        await desk.press("cashier", "/files", {})
    if of[PayoutState.SENT]:
        await _let_the_bank_pay(payday, desk, {each.file_id for each in of[PayoutState.SENT]})
    return False


async def _divide(database: Database, payday: Payday, proceeds: Proceeds) -> None:
    """Costs and plan by the officer, then the panel. Somebody else may just have done it: then there is nothing to do."""
    try:
        if proceeds.state == ProceedsState.MONEY_ARRIVED:
            async with database.begin(payday.people["officer"]) as work:
                await settle_costs(work, proceeds.id)
                await draft_plan(work, proceeds.id, sharing=Sharing.PRO_RATA, reason="")
        elif proceeds.state == ProceedsState.PLAN_DRAFT:
            async with database.begin(payday.people["panel"]) as work:
                await approve_plan(
                    work, proceeds.id, members=PANEL, minutes="一致同意。", decided_on=work.now.date()
                )
    except DisposalError:
        await asyncio.sleep(BETWEEN_ACTS_S)


async def _let_the_bank_pay(payday: Payday, desk: Desk, files: set[UUID | None]) -> None:
    """The bank reads each file, pays each reference once, and answers for all of them."""
    for file_id in files:
        content = await desk.read("cashier", f"/files/{file_id}/csv")
        if content is None:
            continue
        rows = list(csv.reader(io.StringIO(content)))[1:]
        for reference, _, _, _, yuan, _ in rows:
            payday.bank[reference] = round(float(yuan) * 100)
        answers = "\n".join(f"{row[0]},成功,流水{row[0][-6:]}" for row in rows)
        await desk.press("cashier", "/results", {}, files={"results": ("results.csv", answers.encode())})


# --- what must hold then ------------------------------------------------------------------------------------------

_DOUBLED = """
SELECT 'payouts not paid once', count(*) FROM payout
 WHERE state <> 'paid' OR attempts <> 1 OR file_id IS NULL OR sheet_id IS NULL HAVING count(*) > 0
UNION ALL
SELECT 'orders to the bank beside their payouts', count(*) FROM payout
  FULL JOIN (SELECT * FROM payment_order WHERE kind = 'payout') AS made ON made.key = 'payout:' || payout.id
 WHERE made.state IS DISTINCT FROM 'executed' OR made.amount_fen IS DISTINCT FROM payout.amount_fen HAVING count(*) > 0
UNION ALL
SELECT 'ledger entries beside their payouts', count(*) FROM payout
  LEFT JOIN ledger_entry AS entry ON entry.key = 'payout:' || payout.id
  LEFT JOIN ledger_posting AS posting ON posting.entry_id = entry.id AND posting.amount_fen = payout.amount_fen
 WHERE posting.line IS NULL HAVING count(*) > 0
UNION ALL
SELECT 'files of another sum', count(*) FROM payout_file AS file
  LEFT JOIN (SELECT file_id, count(*) AS many, sum(amount_fen) AS total FROM payout GROUP BY 1) AS held ON held.file_id = file.id
 WHERE held.many IS DISTINCT FROM file.count OR held.total IS DISTINCT FROM file.total_fen HAVING count(*) > 0
UNION ALL
SELECT 'sheets that one person decided, or nobody', count(*) FROM payout_sheet
 WHERE state <> 'approved' OR decided_by IS NOT DISTINCT FROM proposed_by HAVING count(*) > 0
UNION ALL
SELECT 'payouts told of otherwise than once', count(*) FROM
       (SELECT details ->> 'payout' FROM audit_event WHERE event = 'payout.paid' GROUP BY 1 HAVING count(*) <> 1) AS told
HAVING count(*) > 0
"""


async def payouts_happened_once(work: Work, payday: Payday) -> list[str]:
    """Every sale is paid out to the last fen, each payment once: in the ledger, at the bank, on its sheet (M-04, M-06)."""
    faults = [f"{count} {what}" for what, count in await work.session.execute(text(_DOUBLED))]
    paid = dict[UUID, int]()
    rows = list(await work.session.exec(select(Payout)))
    for each in rows:
        paid[each.proceeds_id] = paid.get(each.proceeds_id, 0) + each.amount_fen
    files = await work.session.exec(select(Proceeds).where(Proceeds.state == ProceedsState.SETTLED))
    settled = {file.lot_id: file for file in files}
    for lot_id in payday.lots:
        file = settled.get(lot_id)
        if file is None:
            faults.append(f"the money of {lot_id} was not paid out")
        elif paid.get(file.id) != file.gross_fen:
            faults.append(f"of {file.gross_fen} of {file.title}, {paid.get(file.id)} was paid out")
    known = {each.reference: each.amount_fen for each in rows}
    if payday.bank != known:
        faults.append(f"the bank was told {payday.bank}, the court knows {known}")
    return faults

"""What must hold when everything has come to rest. Each check returns what it has against a lot, or against the whole."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.published_log import public_log
from auction.bidding.verify_log import Replay, verify_log
from auction.listing.models import Lot, LotBidding, LotState
from auction.payments.models import PaymentOrder, PaymentOrderKind, PaymentOrderState
from auction.registration.models import DepositState, Registration
from auction.settlement.models import Settlement, SettlementState
from core.audit import verify_stream
from core.crypto import SigningKey
from core.database import Database, Work
from core.ledger import trial_balance
from core.settings import get_settings
from tests.faults.bidders import Asked, Wish
from tests.faults.ceilings import ceilings_and_answers_agree
from tests.faults.lots import RunLot


async def check_everything(
    database: Database, runs: Sequence[RunLot], asked: Sequence[Asked], faults: list[str]
) -> None:
    """Note every fault at its run, and in `faults` those of the whole."""
    async with database.read() as work:
        for run in runs:
            own = [each for each in asked if each.lot_id == run.lot_id]
            run.faults += await bids_and_answers_agree(work, run, own)
            run.faults += await ceilings_and_answers_agree(work, run, own)
            run.faults += await log_gives_the_result(work, run)
            run.faults += await effects_happened_once(work, run)
        faults += await money_balances(work)
        faults += await chains_hold(work)
        faults += await nothing_is_doubled(work)


async def bids_and_answers_agree(work: Work, run: RunLot, asked: Sequence[Asked]) -> list[str]:
    """No bid that was answered is lost or altered, none is invented, and everybody has a definite answer (B-47)."""
    rows = (
        await work.session.execute(
            text("SELECT *, encode(hash, 'hex') AS link FROM bid WHERE lot_id = :lot"), {"lot": run.lot_id}
        )
    ).all()
    by_key = {(row.registration_id, row.idempotency_key): row for row in rows}
    faults = [f"the key {key} stands twice" for key, times in _keys(rows).items() if times > 1]
    for each in asked:
        row = by_key.pop((each.registration_id, each.key), None)
        faults += [f"{each.key} was refused oddly: {reason}" for reason in each.refused_oddly]
        if each.status is None:
            faults.append(f"{each.key} never got a definite answer in {each.times} attempts")
        elif each.receipt and each.wish is Wish.BID:
            faults += _compared(each, row)
    faults += [f"nobody sent {key}, which is recorded" for _, key in by_key if not key.startswith("~")]
    return faults


def _keys(rows: Sequence[Any]) -> Counter[tuple[UUID, str]]:
    return Counter((row.registration_id, row.idempotency_key) for row in rows)


def _compared(asked: Asked, row: Any) -> list[str]:
    if row is None:
        return [f"{asked.key} was answered {asked.status} and is lost: {asked.receipt}"]
    told, receipt = (row.seq, row.amount_fen, row.outcome, row.link), asked.receipt
    if told != (receipt["seq"], receipt["amount_fen"], receipt["outcome"], receipt["hash"]):
        return [f"{asked.key} was answered {receipt} and is recorded as {told}"]
    if row.amount_fen != asked.amount_fen or (row.outcome == "accepted") != asked.accepted:
        return [f"{asked.key} of {asked.amount_fen} was answered {asked.status} and is recorded as {told}"]
    return []


async def log_gives_the_result(work: Work, run: RunLot) -> list[str]:
    """Price, winner and end are those that anybody computes from the published log (B-40 to B-44)."""
    key = SigningKey(get_settings().encryption_key(), RECEIPT_PURPOSE)
    log = await public_log(work, run.lot_no, key)
    faults = [f"bid {fault.seq}: {fault.reason}" for fault in verify_log(log)]
    if log.closing is None:
        faults.append("the published log declares no result")
    lot = await work.session.get_one(Lot, run.lot_id)
    bidding = await work.session.get_one(LotBidding, run.lot_id)
    replayed = Replay(log.lot_id, log.procedure, log.end_moves, log.closed_at)
    replayed.feed(log.entries)
    replayed.finish(log.closing)
    end = replayed.state
    wanted = (LotState.SOLD if end.leader else LotState.FAILED, end.price_fen, end.ends_at, end.leader_code)
    found = (lot.state, lot.final_price_fen, lot.ended_at, bidding.leader_code)
    if wanted != found:
        faults.append(f"the log gives {wanted}, the lot stands at {found}")
    shown = (run.shown.get("phase"), run.shown.get("price_fen"), run.shown.get("leader_code"))
    if shown != ("closed", lot.final_price_fen, bidding.leader_code):
        faults.append(f"the live page ended with {shown}")
    if (bidding.last_seq, bidding.head_hash.hex()) != (len(log.entries), log.head_hash):
        faults.append("the contested row has another head than the log")
    return faults


async def effects_happened_once(work: Work, run: RunLot) -> list[str]:
    """Refund, confirmation, papers and notices of the lot: each once, of the right amount (B-33, B-48, B-70)."""
    lot = await work.session.get_one(Lot, run.lot_id)
    sold = lot.state == LotState.SOLD
    faults = await _refunds(work, lot)
    expected = {
        "lot.sold": int(sold),
        "lot.failed": int(not sold),
        "sale.confirmed": int(sold),
    }
    events = await _counted(
        work, "SELECT event, count(*) FROM audit_event WHERE lot_id = :lot GROUP BY 1", lot
    )
    faults += [
        f"{event} is recorded {events.get(event, 0)} times instead of {times}"
        for event, times in expected.items()
        if events.get(event, 0) != times
    ]
    # A start that fell into an outage does not count either: such a lot is opened again, or goes on from its stop.
    least = 0 if events.get("lot.resumed", 0) else 1
    if not least <= events.get("lot.bidding_opened", 0) <= 1 + events.get("lot.paused", 0):
        faults.append(f"bidding was opened {events.get('lot.bidding_opened', 0)} times")
    if events.get("lot.paused", 0) != events.get("lot.resumed", 0):
        faults.append(
            f"stopped {events.get('lot.paused', 0)} times, went on {events.get('lot.resumed', 0)} times"
        )
    papers = await _counted(work, "SELECT kind, count(*) FROM document WHERE lot_id = :lot GROUP BY 1", lot)
    for kind, times in (("sale_confirmation", sold), ("payment_notice", sold), ("failed_notice", not sold)):
        if papers.get(kind, 0) != int(times):
            faults.append(f"{papers.get(kind, 0)} papers of kind {kind} instead of {int(times)}")
    if sold:
        faults += await _settlement(work, lot)
    else:
        next_rounds = await _counted(
            work, "SELECT 'drafts', count(*) FROM lot WHERE asset_id = :asset AND id <> :lot", lot
        )
        if next_rounds["drafts"] != 1:
            faults.append(f"{next_rounds['drafts']} next rounds were prepared")
    return faults


async def _counted(work: Work, statement: str, lot: Lot) -> dict[str, int]:
    rows = await work.session.execute(text(statement), {"lot": lot.id, "asset": lot.asset_id})
    return {name: int(count) for name, count in rows}


async def _refunds(work: Work, lot: Lot) -> list[str]:
    """Whoever paid and did not win has one executed order over the whole deposit; nobody else has one."""
    faults: list[str] = []
    orders: dict[UUID | None, list[PaymentOrder]] = {}
    for order in await work.session.exec(select(PaymentOrder).where(PaymentOrder.lot_id == lot.id)):
        orders.setdefault(order.registration_id, []).append(order)
    for entry in await work.session.exec(select(Registration).where(Registration.lot_id == lot.id)):
        own = [(order.kind, order.amount_fen, order.state) for order in orders.pop(entry.id, [])]
        refund = (PaymentOrderKind.DEPOSIT_REFUND, entry.deposit_paid_fen, PaymentOrderState.EXECUTED)
        if entry.id == lot.winning_registration_id:
            wanted, state = [], DepositState.APPLIED_TO_PRICE
        elif entry.deposit_paid_fen:
            wanted, state = [refund], DepositState.REFUNDED
        else:
            wanted, state = [], DepositState.PENDING
        if own != wanted or entry.deposit_state != state:
            faults.append(f"deposit {entry.deposit_state} with orders {own} instead of {state} with {wanted}")
    return faults + [
        f"an order for nobody's entry: {order.key}" for left in orders.values() for order in left
    ]


async def _settlement(work: Work, lot: Lot) -> list[str]:
    sale = await work.session.get(Settlement, lot.id)
    if sale is None:
        return ["sold and not confirmed"]
    faults = []
    if (sale.price_fen, sale.registration_id) != (lot.final_price_fen, lot.winning_registration_id):
        faults.append("the sale is confirmed to somebody else, or at another price")
    if sale.state == SettlementState.PAID_FULL and sale.balance_paid_fen != sale.balance_fen:
        faults.append(f"paid in full with {sale.balance_paid_fen} of {sale.balance_fen}")
    return faults


async def money_balances(work: Work) -> list[str]:
    """Debits and credits balance, and no deposit of an ended lot is still held (M-11, B-33)."""
    kinds = await trial_balance(work)
    faults = [] if sum(kinds.values()) == 0 else [f"the ledger does not balance: {kinds}"]
    if kinds.get("deposit_held"):
        faults.append(f"deposits are still held: {kinds['deposit_held']}")
    owed = await work.session.execute(
        text(
            "SELECT coalesce(sum(deposit_applied_fen + balance_paid_fen), 0) - (SELECT coalesce(sum(gross_fen), 0) "
            "FROM proceeds WHERE state IN ('plan_final', 'paid_out', 'settled')) FROM settlement"
        )
    )
    if -kinds.get("price_balance", 0) != (wanted := int(owed.scalar_one())):
        faults.append(
            f"the prices paid are {kinds.get('price_balance')} in the ledger and {wanted} in the sales"
        )
    return faults


async def chains_hold(work: Work) -> list[str]:
    """Every audit stream is whole (§12.2)."""
    streams = (await work.session.execute(text("SELECT stream FROM audit_head"))).scalars()
    broken = [await verify_stream(work, stream) for stream in list(streams)]
    return [str(link) for link in broken if link is not None]


async def nothing_is_doubled(work: Work) -> list[str]:
    """Notices by occasion, ledger entries by cause. The tables forbid equal keys: this is about equal content."""
    doubled = await work.session.execute(
        text(
            """
            SELECT 'refund entries of ' || posting.account_id, count(*) FROM ledger_posting AS posting
              JOIN ledger_account AS account ON account.id = posting.account_id AND account.kind = 'deposit_held'
             WHERE posting.amount_fen > 0 GROUP BY 1 HAVING count(*) > 1
            UNION ALL
            SELECT 'matches of ' || bank_reference, count(*) FROM bank_line
              LEFT JOIN ledger_entry AS entry ON entry.key = 'bank:' || bank_line.id
             WHERE bank_reference NOT LIKE 'before-%' GROUP BY 1 HAVING count(entry.id) <> 1
            """
        )
    )
    return [f"{count} {what}" for what, count in doubled]

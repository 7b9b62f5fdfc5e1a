"""Hold a forfeited deposit; propose its use when the result is known; use it in the order of the law (B-34)."""

from datetime import date
from uuid import UUID

from auction.forfeiture.models import ForfeitedDeposit, ForfeitState
from auction.forfeiture.queries import open_shortfall_fen
from auction.forfeiture.result import result_after
from auction.forfeiture.rules import Needs, Uses, allocate, check_allocation
from auction.listing.models import Lot
from auction.listing.rules import MAX_MONEY_FEN, check_panel
from auction.payments.accounts import forfeited_account
from auction.registration.models import DepositState, Registration
from auction.registration.tell import tell_bidder
from auction.settlement.models import Settlement
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ledger import AccountKind, AccountRef, Line, post
from core.money import yuan
from core.notices import Topic
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text


def hold_deposit(
    work: Work, lot: Lot, *, amount_fen: int, failed_price_fen: int, claim_shortfall: bool
) -> ForfeitedDeposit:
    """Note that a deposit is held from now on, in the transaction of the default."""
    forfeited = ForfeitedDeposit(
        lot_id=lot.id,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        court_code=lot.court_code,
        amount_fen=amount_fen,
        failed_price_fen=failed_price_fen,
        claim_shortfall=claim_shortfall,
        created_at=work.now,
    )
    work.session.add(forfeited)
    return forfeited


async def propose_use(work: Work, lot_id: UUID) -> bool:
    """Ask the panel to decide once the result is known; whether it was asked. Repeating changes nothing."""
    forfeited = await work.session.get(ForfeitedDeposit, lot_id, with_for_update=True)
    if forfeited is None or forfeited.state != ForfeitState.HELD:
        return False
    result = await result_after(work, forfeited)
    if result is None:
        return False
    lot = await work.session.get_one(Lot, lot_id)
    forfeited.state = ForfeitState.PROPOSED
    await _note(work, forfeited, "forfeit.use_proposed", result=str(result.kind))
    await tell_court(
        work,
        lot.court_code,
        Role.PANEL_MEMBER,
        Role.CASE_OFFICER,
        key=f"forfeit:{lot.id}",
        title=msg("请决定悔拍保证金的使用"),
        body=msg("“{title}”重新处置的结果已经确定，悔拍保证金可以按顺序使用。", title=lot.title),
        link=f"/team/settlements/{lot.lot_no}",
    )
    return True


async def use_deposit(
    work: Work,
    lot_id: UUID,
    *,
    costs_fen: int,
    case_debt_fen: int,
    linked_debt_fen: int,
    note: str,
    members: list[str],
    decided_on: date,
) -> ForfeitedDeposit:
    """Use the deposit: ① costs of the failed sale, ② shortfall of the re-auction, ③ debts of the case, ④ linked debts, each as
    far as the money goes; what is left stays with the case's proceeds. The shortfall is reckoned, the other needs are the
    panel's, in fen.

    Where the panel claims the shortfall, what the deposit does not cover is demanded of the old buyer. Raises `InvalidInput` by
    field, `RuleViolation` (the result is not known, or used already), `NotPermitted`.
    """
    forfeited = await work.session.get(ForfeitedDeposit, lot_id, with_for_update=True, populate_existing=True)
    if forfeited is None:
        raise NotFound(msg("该标的物没有不予退还的保证金。"))
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=forfeited.court_code)
    result = await result_after(work, forfeited)
    check_allocation(ForfeitState(forfeited.state), result=result.kind if result else None)
    assert result is not None
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=1000)
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    if problem := check_panel(names):
        fields["members"] = problem
    if decided_on > work.now.astimezone(COURT_ZONE).date():
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    for field, amount in (
        ("costs", costs_fen),
        ("case_debt", case_debt_fen),
        ("linked_debt", linked_debt_fen),
    ):
        if not 0 <= amount <= MAX_MONEY_FEN:
            fields[field] = msg("金额须为 0 至 10 万亿元。")
    if fields:
        raise InvalidInput(msg("保证金使用的决定有误，请按提示修改。"), fields=fields, rule="B-34")
    shortfall = await open_shortfall_fen(work, forfeited, result)
    uses = allocate(forfeited.amount_fen, Needs(costs_fen, shortfall, case_debt_fen, linked_debt_fen))
    lot = await work.session.get_one(Lot, lot_id)
    await _book(work, lot, uses, result_lot_id=result.lot_id or lot.id)
    forfeited.state, forfeited.allocated_at = ForfeitState.ALLOCATED, work.now
    forfeited.result_kind, forfeited.result_lot_id = result.kind, result.lot_id
    forfeited.result_price_fen = result.price_fen
    forfeited.used_costs_fen, forfeited.used_shortfall_fen = uses.costs_fen, uses.shortfall_fen
    forfeited.used_case_fen, forfeited.used_linked_fen = uses.case_debt_fen, uses.linked_debt_fen
    forfeited.unpaid_shortfall_fen = shortfall - uses.shortfall_fen
    forfeited.note, forfeited.members, forfeited.decided_on = note, names, decided_on
    settlement = await work.session.get_one(Settlement, lot_id)
    registration = await work.session.get_one(Registration, settlement.registration_id, with_for_update=True)
    registration.deposit_state = DepositState.USED
    await _note(
        work,
        forfeited,
        "forfeit.used",
        costs_fen=uses.costs_fen,
        shortfall_fen=uses.shortfall_fen,
        case_debt_fen=uses.case_debt_fen,
        linked_debt_fen=uses.linked_debt_fen,
        left_fen=uses.left_fen,
        unpaid_shortfall_fen=forfeited.unpaid_shortfall_fen,
        members=names,
    )
    if forfeited.claim_shortfall and forfeited.unpaid_shortfall_fen:
        await tell_bidder(
            work,
            registration,
            key=f"shortfall:{lot.id}",
            title=msg("请补交重新拍卖的差价"),
            body=msg(
                "“{title}”重新拍卖的价款低于您的成交价，保证金不足以弥补，尚差 {yuan} 元，法院责令您补交。",
                title=lot.title,
                yuan=yuan(forfeited.unpaid_shortfall_fen),
            ),
            topic=Topic.MONEY,
        )
    return forfeited


async def give_up_deposit(work: Work, lot_id: UUID) -> None:
    """The sale is revoked: what is still held of the deposit goes back, so it will not be used (B-55)."""
    forfeited = await work.session.get(ForfeitedDeposit, lot_id, with_for_update=True)
    if forfeited is not None and forfeited.state in {ForfeitState.HELD, ForfeitState.PROPOSED}:
        forfeited.state = ForfeitState.REVERSED
        await _note(work, forfeited, "forfeit.reversed")


async def _book(work: Work, lot: Lot, uses: Uses, *, result_lot_id: UUID) -> None:
    """Move the money to whom it now belongs. The shortfall joins the price of the result, the debts wait for their payout."""
    case_id = lot.case_id
    targets = (
        (AccountRef(AccountKind.COST_PAYABLE, str(lot.id), lot_id=lot.id, case_id=case_id), uses.costs_fen),
        (
            AccountRef(
                AccountKind.PRICE_BALANCE, f"shortfall:{lot.id}", lot_id=result_lot_id, case_id=case_id
            ),
            uses.shortfall_fen,
        ),
        (
            AccountRef(AccountKind.CREDITOR_PAYABLE, f"forfeit:{lot.id}", lot_id=lot.id, case_id=case_id),
            uses.case_debt_fen,
        ),
        (
            AccountRef(AccountKind.CREDITOR_PAYABLE, f"linked:{lot.id}", lot_id=lot.id, case_id=case_id),
            uses.linked_debt_fen,
        ),
    )
    lines = [Line(account, -amount) for account, amount in targets if amount]
    used = -sum(line.amount_fen for line in lines)
    if used:
        await post(
            work,
            key=f"forfeit-used:{lot.id}",
            description="悔拍保证金按顺序使用",
            rule="B-34",
            lines=[Line(forfeited_account(lot.id, case_id), used), *lines],
        )


async def _note(work: Work, forfeited: ForfeitedDeposit, event: str, **details: object) -> None:
    await record(
        work,
        event,
        stream=f"lot:{forfeited.lot_id}",
        rule="B-34",
        lot_id=forfeited.lot_id,
        asset_id=forfeited.asset_id,
        case_id=forfeited.case_id,
        **details,  # type: ignore[arg-type]
    )

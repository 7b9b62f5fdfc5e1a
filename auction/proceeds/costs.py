"""Costs first: add, strike, settle them into the ledger, open them again (D-01, M-11)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from auction.listing.rules import MAX_MONEY_FEN
from auction.proceeds.accounts import cost_account, source_account
from auction.proceeds.find_costs import find_costs
from auction.proceeds.models import Proceeds, ProceedsCost, ProceedsState
from auction.proceeds.payout.models import Payout, PayoutKind, PayoutState
from auction.proceeds.payout.order import order_payout
from auction.proceeds.plan.divide import Cost, CostKind, Sharing, divide
from auction.proceeds.queries import costs_of, note_proceeds, proceeds_for_update
from auction.proceeds.rules import check_state, check_transition
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.ledger import AccountKind, AccountRef, Line, post, reverse
from core.money import split_by_weight
from disposal_teams.plain_text import clean_text

S = ProceedsState
WRONG = msg("费用有误，请按提示修改。")


async def add_cost(
    work: Work,
    proceeds_id: UUID,
    *,
    kind: CostKind,
    label: str,
    payee: str,
    amount_fen: int,
    asset_id: UUID | None,
    evidence: str,
) -> ProceedsCost:
    """Add a cost with its evidence. `asset_id`: the part that bears it, None for all of it. Raises `InvalidInput` by field,
    `RuleViolation` once the costs are settled, `NotPermitted`."""
    proceeds = await _open_costs(work, proceeds_id)
    fields: dict[str, Message] = {}
    label = clean_text(label, "label", fields, longest=120)
    payee = clean_text(payee, "payee", fields, longest=80)
    evidence = clean_text(evidence, "evidence", fields, longest=300)
    if not 0 < amount_fen <= MAX_MONEY_FEN:
        fields["amount"] = msg("请填写大于 0 的金额。")
    if asset_id is not None and str(asset_id) not in {part["asset_id"] for part in proceeds.parts}:
        fields["asset"] = msg("请从列出的选项中选择。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="D-01")
    cost = ProceedsCost(
        id=new_id(),
        proceeds_id=proceeds.id,
        kind=kind,
        label=label,
        payee=payee,
        amount_fen=amount_fen,
        asset_id=asset_id,
        evidence=evidence,
        entered_by=work.actor.account_id,
        entered_at=work.now,
    )
    work.session.add(cost)
    await work.session.flush()
    await note_proceeds(
        work, proceeds, "proceeds.cost_added", "D-01", kind=kind, label=label, amount_fen=amount_fen
    )
    return cost


async def strike_cost(work: Work, proceeds_id: UUID, cost_id: UUID, *, because: str) -> ProceedsCost:
    """Strike a cost before the costs are settled; why stays. Raises `NotFound`, `InvalidInput`, `RuleViolation`."""
    proceeds = await _open_costs(work, proceeds_id)
    cost = await work.session.get(ProceedsCost, cost_id)
    if cost is None or cost.proceeds_id != proceeds.id or cost.struck_at is not None:
        raise NotFound(msg("没有找到该项费用。"))
    fields: dict[str, Message] = {}
    because = clean_text(because, "because", fields, longest=300)
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="D-01")
    cost.struck_at, cost.struck_because = work.now, because
    await note_proceeds(
        work,
        proceeds,
        "proceeds.cost_struck",
        "D-01",
        label=cost.label,
        amount_fen=cost.amount_fen,
        because=because,
    )
    return cost


async def settle_costs(work: Work, proceeds_id: UUID) -> Proceeds:
    """Book every cost to its own account, as far as the money goes, and have them paid (COSTED).

    Looks once more for costs and money that have come since. Raises `RuleViolation` (a rent that a sole home needs is missing:
    A-08), `NotPermitted`.
    """
    proceeds = await _open_costs(work, proceeds_id)
    check_transition(S(proceeds.state), S.COSTED)
    await gather_money(work, proceeds)
    await find_costs(work, proceeds)
    costs = await costs_of(work, proceeds.id)
    if any(part["rent_due"] for part in proceeds.parts) and not any(
        each.kind == CostKind.RENT for each in costs
    ):
        raise RuleViolation(
            "A-08",
            msg("标的物是被执行人唯一住房，应先从价款中预留五至八年的住房租金。"),
            remedy=msg("请添加“预留住房租金”一项，再核定费用。"),
        )
    granted = divide(
        [part["gross_fen"] for part in proceeds.parts],
        reckoned(proceeds, costs),
        [],
        sharing=Sharing.PRO_RATA,
    ).given()
    for cost in costs:
        cost.granted_fen = granted.get(str(cost.id), 0)
        if not cost.granted_fen:
            continue
        cost.booking += 1
        await post(
            work,
            key=_key(cost),
            description=cost.label[:200],
            rule="D-01",
            lines=[
                Line(source_account(proceeds), cost.granted_fen),
                Line(cost_account(proceeds, cost), -cost.granted_fen),
            ],
        )
        await order_payout(
            work,
            proceeds,
            key=_key(cost),
            kind=PayoutKind(str(cost.kind)),
            subject=str(cost.id),
            payee=cost.payee,
            amount_fen=cost.granted_fen,
        )
    proceeds.state = S.COSTED
    await note_proceeds(
        work, proceeds, "proceeds.costed", "D-01", costs_fen=sum(each.granted_fen for each in costs)
    )
    return proceeds


async def reopen_costs(work: Work, proceeds_id: UUID, *, because: str) -> Proceeds:
    """Take the bookings of settled costs back, so that they can be corrected. Raises `RuleViolation` once one of them is under
    way to its payee, `InvalidInput`, `NotPermitted`."""
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    check_transition(S(proceeds.state), S.MONEY_ARRIVED)
    fields: dict[str, Message] = {}
    because = clean_text(because, "because", fields, longest=300)
    if fields:
        raise InvalidInput(msg("请写明重新核算的原因。"), fields=fields, rule="D-01")
    await unbook_costs(work, proceeds)
    proceeds.state = S.MONEY_ARRIVED
    await note_proceeds(work, proceeds, "proceeds.costs_reopened", "D-01", because=because)
    return proceeds


async def unbook_costs(work: Work, proceeds: Proceeds) -> None:
    """The bookings of the costs back into the price. Raises `RuleViolation` when a payment has begun."""
    costs = await costs_of(work, proceeds.id)
    payouts = list(
        await work.session.exec(
            select(Payout)
            .where(
                Payout.proceeds_id == proceeds.id,
                col(Payout.subject).in_([str(each.id) for each in costs]),
                Payout.state != PayoutState.CANCELLED,
            )
            .with_for_update()
        )
    )
    if any(each.state != PayoutState.READY for each in payouts):
        raise RuleViolation("M-04", msg("已有费用在支付途中或者已经支付，不能重新核算。"))
    for each in payouts:
        each.state = PayoutState.CANCELLED
    for cost in costs:
        if cost.granted_fen:
            await reverse(work, key=_key(cost), reason="费用重新核算")
            cost.granted_fen = 0


async def gather_money(work: Work, proceeds: Proceeds) -> int:
    """Bring what else belongs to this sale onto its account: what a forfeited deposit made good of a shortfall (D-01, B-34).

    Returns the fen that came to it.
    """
    if proceeds.lot_id is None:
        return 0
    await _take_over_reserve(work, proceeds)
    own = source_account(proceeds).code
    rows = await work.session.execute(
        text(
            """
            SELECT account.code, -sum(posting.amount_fen) AS there_fen
              FROM ledger_account AS account JOIN ledger_posting AS posting ON posting.account_id = account.id
             WHERE account.lot_id = :lot AND account.kind = 'price_balance' AND account.code <> :own
             GROUP BY account.id HAVING sum(posting.amount_fen) < 0 ORDER BY account.code
            """
        ),
        {"lot": proceeds.lot_id, "own": own},
    )
    more = [(row.code.split(":", 1)[1], int(row.there_fen)) for row in rows]
    for owner, amount in more:
        account = AccountRef(
            AccountKind.PRICE_BALANCE, owner, lot_id=proceeds.lot_id, case_id=proceeds.case_id
        )
        await post(
            work,
            key=f"gathered:{proceeds.id}:{owner}",
            description="悔拍保证金弥补的差价并入案款",
            rule="D-01",
            lines=[Line(account, amount), Line(source_account(proceeds), -amount)],
        )
    came = sum(amount for _, amount in more)
    if came:
        parts = proceeds.parts
        added = split_by_weight(came, [part["gross_fen"] for part in parts])
        proceeds.parts = [
            {**part, "gross_fen": part["gross_fen"] + extra} for part, extra in zip(parts, added, strict=True)
        ]
        proceeds.gross_fen += came
    return came


async def _take_over_reserve(work: Work, proceeds: Proceeds) -> None:
    """What was reserved for the first court before the money was divided joins the price again: the plan reserves by its own
    reckoning (T-05, D-11)."""
    rows = await work.session.execute(
        text(
            """
            SELECT account.code, -sum(posting.amount_fen) AS there_fen
              FROM ledger_account AS account JOIN ledger_posting AS posting ON posting.account_id = account.id
             WHERE account.lot_id = :lot AND account.kind = 'reserved_first_seal'
             GROUP BY account.id HAVING sum(posting.amount_fen) < 0 ORDER BY account.code
            """
        ),
        {"lot": proceeds.lot_id},
    )
    for row in rows.all():
        owner = row.code.split(":", 1)[1]
        account = AccountRef(
            AccountKind.RESERVED_FIRST_SEAL, owner, lot_id=proceeds.lot_id, case_id=proceeds.case_id
        )
        await post(
            work,
            key=f"taken-over:{proceeds.id}:{owner}",
            description="首封预留并入案款，由分配方案重新预留",
            rule="D-11",
            lines=[Line(account, int(row.there_fen)), Line(source_account(proceeds), -int(row.there_fen))],
        )


def reckoned(proceeds: Proceeds, costs: Sequence[ProceedsCost]) -> list[Cost]:
    """The costs as the division takes them."""
    places = {part["asset_id"]: place for place, part in enumerate(proceeds.parts)}
    return [
        Cost(
            str(each.id),
            CostKind(each.kind),
            each.amount_fen,
            places.get(str(each.asset_id)) if each.asset_id else None,
        )
        for each in costs
    ]


def _key(cost: ProceedsCost) -> str:
    return f"cost:{cost.id}:{cost.booking}"


async def _open_costs(work: Work, proceeds_id: UUID) -> Proceeds:
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    check_state(S(proceeds.state), {S.MONEY_ARRIVED})
    return proceeds

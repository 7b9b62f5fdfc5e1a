"""Bring the ledger to what a division says. Each booking is the difference to what stands: doing it again books nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.proceeds.accounts import (
    creditor_account,
    escrow_account,
    reserve_account,
    source_account,
    surplus_account,
)
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds
from auction.proceeds.payout.models import Payout, PayoutKind, PayoutState
from auction.proceeds.payout.order import order_payout
from auction.proceeds.plan.models import DistributionPlan
from core.database import Work
from core.errors import RuleViolation
from core.i18n import msg
from core.ids import new_id
from core.ledger import AccountRef, Line, balance, post
from core.money import yuan
from disposal_teams.cases.models import Party, PartyRole


@dataclass(slots=True)
class Targets:
    """What belongs to whom in all, in fen; of each creditor what is payable and what is reserved, by the claim's id."""

    payable: dict[str, int] = field(default_factory=dict)
    reserved: dict[str, int] = field(default_factory=dict)
    escrow_fen: int = 0
    surplus_fen: int = 0


def targets_of(lines: Iterable[Mapping[str, Any]], claims: Iterable[str], surplus_fen: int) -> Targets:
    """What the lines of a division give the claims; costs have been booked before."""
    targets = Targets(surplus_fen=surplus_fen)
    known = set(claims)
    for line in lines:
        if line["subject"] in known and line["given_fen"]:
            where = targets.reserved if line["is_reserved"] else targets.payable
            where[line["subject"]] = where.get(line["subject"], 0) + line["given_fen"]
    return targets


async def book(work: Work, proceeds: Proceeds, plan: DistributionPlan, targets: Targets) -> int:
    """Move what is missing from the price to whom it belongs, and write the payments down; returns the fen that moved.

    Raises `RuleViolation` when somebody has been given more than the targets say: that money must come back first (B-56).
    """
    ids = [each["id"] for each in plan.claims]
    moves: list[tuple[AccountRef, int]] = []
    payments: list[tuple[str, int, int]] = []
    for claim_id in ids:
        standing = await _ordered(work, proceeds, PayoutKind.CREDITOR, claim_id)
        wanted = targets.payable.get(claim_id, 0)
        if wanted < standing:
            raise RuleViolation(
                "M-07",
                msg("已列入发放的金额比应分配的多 {yuan} 元，须先追回。", yuan=yuan(standing - wanted)),
            )
        if wanted > standing:
            moves.append((creditor_account(proceeds, claim_id), wanted - standing))
            payments.append((claim_id, wanted - standing, wanted))
        reserve = reserve_account(proceeds, claim_id)
        moves.append((reserve, targets.reserved.get(claim_id, 0) + await balance(work, reserve)))
    moves.append(
        (escrow_account(proceeds), targets.escrow_fen + await balance(work, escrow_account(proceeds)))
    )
    returned = await _ordered(work, proceeds, PayoutKind.SURPLUS, str(proceeds.id))
    moves.append((surplus_account(proceeds), targets.surplus_fen - returned))
    moves = [(account, amount) for account, amount in moves if amount]
    total = sum(amount for _, amount in moves)
    if moves:
        lines = [Line(account, -amount) for account, amount in moves]
        if total:
            lines.append(Line(source_account(proceeds), total))
        await post(
            work,
            key=f"division:{proceeds.id}:{new_id()}",
            description=f"案款分配（方案第 {plan.version} 版）",
            rule="D-01",
            lines=lines,
        )
    for claim_id, amount, wanted in payments:
        claim = await work.session.get_one(DistributionClaim, UUID(claim_id))
        await order_payout(
            work,
            proceeds,
            key=f"creditor:{claim_id}:{wanted}",
            kind=PayoutKind.CREDITOR,
            subject=claim_id,
            payee=claim.creditor,
            amount_fen=amount,
            claim=claim,
        )
    if targets.surplus_fen > returned:
        await _return_surplus(work, proceeds, targets.surplus_fen - returned, targets.surplus_fen)
    return total


async def _ordered(work: Work, proceeds: Proceeds, kind: PayoutKind, subject: str) -> int:
    found = await work.session.exec(
        select(func.coalesce(func.sum(Payout.amount_fen), 0)).where(
            Payout.proceeds_id == proceeds.id,
            Payout.kind == str(kind),
            Payout.subject == subject,
            col(Payout.state) != PayoutState.CANCELLED,
        )
    )
    return int(found.one())


async def _return_surplus(work: Work, proceeds: Proceeds, amount_fen: int, in_all_fen: int) -> None:
    """What is above claims and costs goes back to the debtor (M-08)."""
    rows = await work.session.exec(
        select(Party)
        .where(Party.case_id == proceeds.case_id, Party.role == PartyRole.DEBTOR)
        .order_by(col(Party.id))
    )
    debtor = rows.first()
    await order_payout(
        work,
        proceeds,
        key=f"surplus:{proceeds.id}:{in_all_fen}",
        kind=PayoutKind.SURPLUS,
        subject=str(proceeds.id),
        payee=debtor.name if debtor else "被执行人",
        amount_fen=amount_fen,
        account_id=debtor.account_id if debtor else None,
    )

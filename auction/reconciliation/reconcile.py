"""Compare a court's statement and ledger, and keep what was found."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlmodel import col, select

from auction.reconciliation.gather import gather
from auction.reconciliation.models import Reconciliation, StatedBalance
from auction.reconciliation.rules import Finding, FindingCode, compare
from core.audit import record
from core.database import Work
from core.errors import InvalidInput
from core.i18n import msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.courts.tell import tell_court

BROKEN = frozenset(
    {
        FindingCode.BANK_DIFFERS,
        FindingCode.PLATFORM_DIFFERS,
        FindingCode.STATED_DIFFERS,
        FindingCode.DEPOSITS_DIFFER,
        FindingCode.UNCLAIMED_DIFFERS,
    }
)
"""Findings that must not be: the books themselves disagree. The others are work to be done."""


async def reconcile(work: Work, court_code: str) -> Reconciliation:
    """Compare now. A run that finds the same as the one before moves that one's time on. New differences of the books are
    written to the audit chain and told to finance and the director."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    money = await gather(work, court_code)
    findings = compare(money)
    stored = [_stored(each) for each in findings]
    last = await newest(work, court_code)
    same = last is not None and (last.statement_fen, last.ledger_fen, last.open_lines, last.findings) == (
        money.statement_fen,
        money.ledger_fen,
        len(money.waiting),
        stored,
    )
    if same and last is not None:
        last.checked_at = work.now
        last.runs += 1
        return last
    run = Reconciliation(
        id=new_id(),
        court_code=court_code,
        first_at=work.now,
        checked_at=work.now,
        statement_fen=money.statement_fen,
        ledger_fen=money.ledger_fen,
        open_lines=len(money.waiting),
        findings=stored,
    )
    work.session.add(run)
    await work.session.flush()
    known = last.findings if last is not None else []
    broken = [each for each in findings if each.code in BROKEN and _stored(each) not in known]
    if broken:
        await _alarm(work, run, broken)
    return run


async def _alarm(work: Work, run: Reconciliation, broken: list[Finding]) -> None:
    await record(
        work, "bank.reconciliation_differs", stream=f"bank:{run.court_code}", rule="M-11",
        findings=[_stored(each) for each in broken],
    )  # fmt: skip
    await tell_court(
        work,
        run.court_code,
        Role.FINANCE,
        Role.BUREAU_DIRECTOR,
        key=f"reconciliation:{run.id}",
        title=msg("对账不符"),
        body=msg("银行流水与案款账有 {count} 项不符，请立即核对。", count=len(broken)),
        link="/finance/reconciliation",
    )


def _stored(finding: Finding) -> dict[str, Any]:
    stored: dict[str, Any] = msgspec.to_builtins(finding)
    return stored


def findings_of(run: Reconciliation) -> list[Finding]:
    """What a kept run found."""
    return [msgspec.convert(each, Finding) for each in run.findings]


async def newest(work: Work, court_code: str) -> Reconciliation | None:
    """The newest run of a court, locked."""
    rows = await work.session.exec(
        select(Reconciliation)
        .where(Reconciliation.court_code == court_code)
        .order_by(col(Reconciliation.first_at).desc(), col(Reconciliation.id).desc())
        .limit(1)
        .with_for_update()
    )
    return rows.first()


async def history(work: Work, court_code: str, *, limit: int = 30) -> list[Reconciliation]:
    """The runs of a court whose results differ from the one before, newest first."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    rows = await work.session.exec(
        select(Reconciliation)
        .where(Reconciliation.court_code == court_code)
        .order_by(col(Reconciliation.first_at).desc(), col(Reconciliation.id).desc())
        .limit(limit)
    )
    return list(rows)


async def state_balance(work: Work, court_code: str, *, as_of: datetime, balance_fen: int) -> StatedBalance:
    """Finance enters what the bank's own statement says stood on the account at a moment. Raises `InvalidInput`."""
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=court_code)
    if as_of > work.now + timedelta(seconds=1):
        raise InvalidInput(
            msg("余额信息有误。"), fields={"as_of": msg("余额时间不能晚于现在。")}, rule="M-11"
        )
    stated = StatedBalance(
        id=new_id(),
        court_code=court_code,
        as_of=as_of,
        balance_fen=balance_fen,
        entered_by=work.actor.account_id,
        entered_at=work.now,
    )
    work.session.add(stated)
    await work.session.flush()
    await record(
        work, "bank.balance_stated", stream=f"bank:{court_code}", rule="M-11", as_of=as_of.isoformat(),
        balance_fen=balance_fen,
    )  # fmt: skip
    return stated

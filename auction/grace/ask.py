"""Ask for more time: the buyer online, or the court for a buyer who asks on paper (B-70)."""

from datetime import date

from auction.grace import rules
from auction.grace.models import BalanceGrace
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.registration.tell import work_as_nobody
from auction.settlement.models import SettlementState
from auction.settlement.queries import open_sale_file, own_sale
from auction.settlement.ruling import settlement_for_update
from core.database import Work
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text


async def ask_grace(work: Work, lot_no: str, *, until: date, reason: str) -> BalanceGrace:
    """The buyer asks once that the balance be due at the end of `until`; the old date stands until the director grants it.

    Raises `NotFound` for anybody but the buyer (P-01), `InvalidInput`, `RuleViolation`, `Conflict` a second time.
    """
    sale = await own_sale(work, lot_no)
    return await _ask(work, sale.lot, until=until, reason=reason, by_buyer=True)


async def enter_grace(work: Work, lot_no: str, *, until: date, reason: str) -> BalanceGrace:
    """The same for a buyer who asks on paper. Raises `NotPermitted` besides."""
    sale = await open_sale_file(work, lot_no)
    require(work.actor, Permission.CONFIRM_BIDDER, court_code=sale.lot.court_code)
    return await _ask(work, sale.lot, until=until, reason=reason, by_buyer=False)


async def _ask(work: Work, lot: Lot, *, until: date, reason: str, by_buyer: bool) -> BalanceGrace:
    settlement, _ = await settlement_for_update(work, lot.id)
    before = await work.session.get(BalanceGrace, lot.id)
    most_days = legal().balance_grace_days_most
    rules.check_asking(
        state=SettlementState(settlement.state), before=before.state if before else None, most_days=most_days
    )
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("请写明延期的理由。"), fields=fields, rule="B-70")
    rules.check_day(until, due_at=settlement.balance_due_at, now=work.now, most_days=most_days)
    grace = BalanceGrace(
        lot_id=lot.id,
        court_code=lot.court_code,
        wanted_until=until,
        reason=reason,
        by_buyer=by_buyer,
        asked_at=work.now,
        old_due_at=settlement.balance_due_at,
    )
    work.session.add(grace)
    await work.session.flush()
    await note_lot(
        work_as_nobody(work) if by_buyer else work, lot, "sale.grace_asked", "B-70", until=until.isoformat()
    )
    await tell_court(
        work,
        lot.court_code,
        Role.BUREAU_DIRECTOR,
        key=f"grace:{lot.id}",
        title=msg("尾款延期待批准"),
        body=msg("“{title}”的买受人申请尾款延期至 {day}，请决定。", title=lot.title, day=until.isoformat()),
        link=f"/team/settlements/{lot.lot_no}",
    )
    return grace

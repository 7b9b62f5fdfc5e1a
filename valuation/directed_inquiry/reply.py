"""The body's reply, or its silence (V-02)."""

from datetime import date
from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.plain_text import clean_text
from valuation import rules
from valuation.directed_inquiry.models import DirectedInquiry
from valuation.fix_price import fix_now
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.queries import valuation_for_update
from valuation.unusual import looks_wrong
from valuation.ways.enter import due_ways, end_step, fail_way
from valuation.ways.models import StepOutcome


async def record_reply(
    work: Work,
    valuation_id: UUID,
    *,
    price_fen: int | None,
    reply_no: str,
    basis: str,
    valid_until: date | None = None,
    is_confirmed: bool = False,
) -> Valuation:
    """Record the reply: a price in fen, which is the reference price (V-02), or None when the body is unable to name one.

    Without a day the price holds a year, the most that V-33 allows. `is_confirmed`: an amount that looks like a slip has been
    looked at again. Raises `RuleViolation` (nothing asked; late),
    `InvalidInput` by field.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    inquiry = await work.session.get(DirectedInquiry, valuation_id)
    if valuation.state != ValuationState.DIRECTED or inquiry is None:
        raise RuleViolation("V-02", msg("没有等待答复的定向询价函。"))
    if work.now >= inquiry.due_at:
        raise RuleViolation("V-02", msg("答复期限已经届满，程序转入下一方式。"))
    today = work.now.astimezone(COURT_ZONE).date()
    until = valid_until or rules.latest_validity(today)
    fields: dict[str, Message] = {}
    reply_no = clean_text(reply_no, "reply_no", fields, longest=60)
    basis = clean_text(basis, "basis", fields, longest=300)
    if price_fen is not None:
        if not 0 < price_fen <= rules.MAX_PRICE_FEN:
            fields["price"] = msg("价格须大于 0，且不超过一万亿元。")
        elif not is_confirmed and (unusual := looks_wrong(asset, price_fen)) is not None:
            fields["price"] = unusual
        if not today < until <= rules.latest_validity(today):
            fields["valid_until"] = msg("有效期须晚于今天，且不超过一年（V-33）。")
    if fields:
        raise InvalidInput(msg("答复没有登记，请按提示修改。"), fields=fields, rule="V-02")
    inquiry.reply_no, inquiry.basis, inquiry.replied_at = reply_no, basis, work.now
    await meet_deadline(
        work, "V-02", subject_kind="valuation", subject_id=valuation.id, done_event="valuation.replied"
    )
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.inquiry_replied",
        "V-02",
        price_fen=price_fen,
        reply_no=reply_no,
    )
    if price_fen is None:
        await fail_way(work, valuation, asset, StepOutcome.IMPOSSIBLE, note=basis)
        return valuation
    inquiry.price_fen, inquiry.valid_until = price_fen, until
    valuation.price_fen, valuation.valid_until = price_fen, until
    await end_step(work, valuation, asset, StepOutcome.PRICED)
    await fix_now(work, valuation, asset)
    return valuation


async def end_due_inquiries(work: Work, *, limit: int = 100) -> int:
    """Go on where a body did not answer in its period; returns how many. For the sweep."""
    found = await due_ways(work, ValuationState.DIRECTED, limit=limit)
    for valuation, asset in found:
        await fail_way(work, valuation, asset, StepOutcome.SILENT, note="期限内没有答复")
    return len(found)

"""Tell the bidder behind a ceiling what the system bid, and that it can bid no more. The amounts are those in the public log."""

from typing import Any

from sqlalchemy import text

from auction.registration.models import Registration
from auction.registration.tell import tell_bidder
from core.database import Work
from core.i18n import Message, msg
from core.money import yuan
from core.notices import Topic

BATCH = 200

_UNTOLD = """
SELECT ceiling.lot_id, ceiling.seq, ceiling.registration_id, ceiling.used_seq, ceiling.told_seq,
       ceiling.state = 'exhausted' AND NOT ceiling.end_told AS ends, lot.title, bid.amount_fen, bidding.current_price_fen
  FROM ceiling
  JOIN lot ON lot.id = ceiling.lot_id
  JOIN lot_bidding AS bidding ON bidding.lot_id = ceiling.lot_id
  LEFT JOIN bid ON bid.lot_id = ceiling.lot_id AND bid.seq = ceiling.used_seq AND ceiling.used_seq > ceiling.told_seq
 WHERE ceiling.used_seq > ceiling.told_seq OR (ceiling.state = 'exhausted' AND NOT ceiling.end_told)
 ORDER BY ceiling.lot_id, ceiling.seq LIMIT :most FOR UPDATE OF ceiling SKIP LOCKED
"""


async def tell_bidders_of_ceilings(work: Work) -> int:
    """One message for each ceiling with news, however many bids it made since the last; returns how many."""
    rows = (await work.session.execute(text(_UNTOLD), {"most": BATCH})).all()
    for row in rows:
        entry = await work.session.get_one(Registration, row.registration_id)
        title, body = _words(row)
        await tell_bidder(
            work,
            entry,
            key=f"ceiling:{row.lot_id}:{row.seq}:{row.used_seq}:{'end' if row.ends else 'bid'}",
            title=title,
            body=body,
            topic=Topic.TIMES,
        )
        await work.session.execute(
            text(
                "UPDATE ceiling SET told_seq = :used, end_told = (state = 'exhausted') WHERE lot_id = :lot AND seq = :seq"
            ),
            {"used": row.used_seq, "lot": row.lot_id, "seq": row.seq},
        )
    return len(rows)


def _words(row: Any) -> tuple[Message, Message]:
    if row.ends:
        return (
            msg("委托限价已被超过"),
            msg(
                "“{title}”当前价 {price} 元，您的委托限价已不足以领先，系统不再代您加价。需要的，请设置更高的限价或自行出价。",
                title=row.title,
                price=yuan(row.current_price_fen),
            ),
        )
    return (
        msg("系统已按您的委托加价"),
        msg(
            "“{title}”：系统按您的委托限价代您出价 {price} 元（日志第 {seq} 号），与您自行出价同样有效。",
            title=row.title,
            price=yuan(row.amount_fen),
            seq=row.used_seq,
        ),
    )

"""Hits against the lists, for the restricted role; one found before a sale is confirmed holds it up until decided (B-82)."""

from dataclasses import dataclass

from sqlmodel import col, select

from auction.barred.check import bars_on, hit_match, note_hits
from auction.barred.models import BarredHit, HitStage, HitState
from auction.listing.models import Lot
from auction.registration.identity import numbers_behind
from auction.registration.models import Registration
from core.database import Work
from core.i18n import msg
from core.identity import Permission, Role, require
from disposal_teams.courts.tell import tell_court


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit with the sale it was found in."""

    hit: BarredHit
    lot: Lot


async def confirmation_blocked(work: Work, lot: Lot, registration: Registration) -> bool:
    """Look the buyer up once more before the sale is confirmed; whether a hit stands in the way (B-82, B-55).

    A hit that was cleared does not block again.
    """
    numbers = numbers_behind(registration)
    kinds = await bars_on(work, lot, numbers)
    if kinds:
        await note_hits(work, lot, kinds, hit_match(numbers), stage=HitStage.CONFIRMATION)
    blocking = await work.session.exec(
        select(BarredHit).where(
            BarredHit.lot_id == lot.id,
            BarredHit.stage == HitStage.CONFIRMATION,
            col(BarredHit.state).in_([HitState.OPEN, HitState.UPHELD]),
        )
    )
    found = list(blocking)
    for hit in found:
        if hit.state == HitState.OPEN:
            await tell_court(
                work,
                lot.court_code,
                Role.RISK_OFFICER,
                key=f"barred:{hit.id}",
                title=msg("买受人命中禁止竞买名单"),
                body=msg("标的 {lot_no} 的成交确认已暂停，请核查。", lot_no=lot.lot_no),
                link="/court/barred-hits",
            )
    return bool(found)


async def hits_of_court(work: Work, *, limit: int = 100) -> list[ShownHit]:
    """The hits that the actor may see, open ones first, then the newest. For the restricted role only."""
    require(work.actor, Permission.SEE_SIGNALS)
    query = select(BarredHit, Lot).join(Lot, col(Lot.id) == col(BarredHit.lot_id))
    if not work.actor.has(Role.INTERMEDIATE_COURT):
        query = query.where(BarredHit.court_code == work.actor.court_code)
    rows = await work.session.exec(
        query.order_by(col(BarredHit.state) != HitState.OPEN, col(BarredHit.found_at).desc()).limit(limit)
    )
    return [ShownHit(hit, lot) for hit, lot in rows.all()]

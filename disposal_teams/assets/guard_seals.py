"""The seal guardian: alarms before expiry, lapse after it, promotion of the next seal (A-02…A-04, L-39)."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.i18n import Message, msg
from core.identity import Role
from disposal_teams.assets.models import Asset, Seal, SealKind
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import ALARM_DAYS, IN_FORCE, alarm_due, last_day_to_ask
from disposal_teams.assets.seal import lapse_seal
from disposal_teams.courts.tell import tell_court

BATCH = 1000
_IN_FORCE = [str(state) for state in IN_FORCE]


async def seals_to_guard(work: Work, *, batch: int = BATCH) -> AsyncIterator[list[UUID]]:
    """Seals in force that have ended or whose alarm has come, batch by batch in the order in which they end: one pass, whose
    memory does not grow with the city."""
    today = _today(work)
    horizon = today + timedelta(days=max(ALARM_DAYS))
    query = (
        select(col(Seal.id), col(Seal.expires_on), col(Seal.alarm_days))
        .where(col(Seal.state).in_(_IN_FORCE), col(Seal.expires_on) <= horizon)
        .order_by(col(Seal.expires_on), col(Seal.id))
        .limit(batch)
    )
    after: tuple[date, UUID] | None = None
    while True:
        page = query if after is None else query.where(tuple_(col(Seal.expires_on), col(Seal.id)) > after)
        rows = list((await work.session.exec(page)).all())
        due = [
            seal_id
            for seal_id, expires_on, last in rows
            if expires_on < today
            or alarm_due(expires_on=expires_on, today=today, last_alarm=last) is not None
        ]
        if due:
            yield due
        if len(rows) < batch:
            return
        after = rows[-1][1], rows[-1][0]


async def guard_seal(work: Work, seal_id: UUID) -> None:
    """Raise the alarm that is due on one seal, or let it lapse. A second run on the same day changes nothing."""
    seal = await work.session.get(Seal, seal_id, with_for_update=False)
    if seal is None or await lapse_seal(work, seal):
        return
    asset = await work.session.get(Asset, seal.asset_id)
    threshold = _alarm(seal, _today(work))
    if asset is None or threshold is None or seal.state not in _IN_FORCE:
        return
    seal.alarm_days = threshold
    await note_asset(
        work,
        asset,
        "seal.expiry_alarm",
        "A-02",
        seal=str(seal.id),
        days=threshold,
        expires_on=seal.expires_on.isoformat(),
    )
    await tell_court(
        work,
        asset.court_code,
        Role.DISPOSAL_TEAM,
        Role.CASE_OFFICER,
        key=f"seal:{seal.id}:{seal.expires_on}:{threshold}",
        title=msg("查封即将到期"),
        body=_told(asset, seal),
        link=f"/team/assets/{asset.asset_no}",
    )


def _told(asset: Asset, seal: Seal) -> Message:
    if seal.kind == SealKind.PRESERVATION:
        return msg(
            "{asset} 的保全查封将于 {day} 到期，申请保全人最迟 {ask} 申请续行保全；已进入执行的，请登记执行案件。",
            asset=asset.title,
            day=seal.expires_on.isoformat(),
            ask=last_day_to_ask(seal.expires_on).isoformat(),
        )
    return msg(
        "{asset} 的查封将于 {day} 到期，请及时续封。", asset=asset.title, day=seal.expires_on.isoformat()
    )


def _alarm(seal: Seal, today: date) -> int | None:
    return alarm_due(expires_on=seal.expires_on, today=today, last_alarm=seal.alarm_days)


def _today(work: Work) -> date:
    return work.now.astimezone(COURT_ZONE).date()

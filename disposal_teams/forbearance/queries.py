"""Read live seals and hardship notes: of an asset, of a case, a debtor's own."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.forbearance.models import (
    HardshipNote,
    HardshipState,
    LiveSeal,
    LiveSealReport,
    LiveSealState,
)
from disposal_teams.forbearance.rules import USED_STATES


async def live_seals_of(work: Work, asset_id: UUID) -> list[LiveSeal]:
    """Every live seal of an asset, newest first; the caller has opened the asset."""
    rows = await work.session.exec(
        select(LiveSeal)
        .where(LiveSeal.asset_id == asset_id)
        .order_by(col(LiveSeal.filed_at).desc(), col(LiveSeal.id).desc())
    )
    return list(rows)


async def live_seal_in_force(work: Work, asset_id: UUID) -> LiveSeal | None:
    """The permission to use that stands for an asset."""
    rows = await work.session.exec(
        select(LiveSeal).where(LiveSeal.asset_id == asset_id, LiveSeal.state == str(LiveSealState.IN_FORCE))
    )
    return rows.first()


async def reports_of(work: Work, live_id: UUID) -> list[LiveSealReport]:
    """The reports of a live seal, the newest due first."""
    rows = await work.session.exec(
        select(LiveSealReport)
        .where(LiveSealReport.live_seal_id == live_id)
        .order_by(col(LiveSealReport.due_on).desc())
    )
    return list(rows)


async def hardships_of(work: Work, case_id: UUID) -> list[HardshipNote]:
    """The hardship notes of a case, newest first; for those who decide its next steps."""
    rows = await work.session.exec(
        select(HardshipNote)
        .where(HardshipNote.case_id == case_id)
        .order_by(col(HardshipNote.filed_at).desc(), col(HardshipNote.id).desc())
    )
    return list(rows)


async def hardships_to_mind(work: Work, case_id: UUID) -> list[HardshipNote]:
    """Those that a next step has to mind: recognised, or not answered yet."""
    return [note for note in await hardships_of(work, case_id) if note.state != HardshipState.REFUSED]


@dataclass(frozen=True, slots=True)
class OwnForbearance:
    """What a debtor has asked for, and may ask for."""

    live_seals: list[tuple[LiveSeal, Asset, list[LiveSealReport]]]
    hardships: list[HardshipNote]
    cases: list[EnforcementCase]
    assets: list[Asset]


async def own_forbearance(work: Work, *, limit: int = 50) -> OwnForbearance:
    """Of the acting debtor, newest first."""
    if work.actor.account_id is None:
        return OwnForbearance([], [], [], [])
    rows = await work.session.exec(
        select(EnforcementCase, Party.id)
        .join(Party, col(Party.case_id) == col(EnforcementCase.id))
        .where(Party.account_id == work.actor.account_id, Party.role == PartyRole.DEBTOR)
        .order_by(col(EnforcementCase.id).desc())
        .limit(limit)
    )
    found = rows.all()
    cases = {case.id: case for case, _ in found}
    parties = [party_id for _, party_id in found]
    lives = await work.session.exec(
        select(LiveSeal, Asset)
        .join(Asset, col(Asset.id) == col(LiveSeal.asset_id))
        .where(col(LiveSeal.case_id).in_(cases))
        .order_by(col(LiveSeal.filed_at).desc())
        .limit(limit)
    )
    notes = await work.session.exec(
        select(HardshipNote)
        .where(col(HardshipNote.party_id).in_(parties))
        .order_by(col(HardshipNote.filed_at).desc())
        .limit(limit)
    )
    assets = await work.session.exec(
        select(Asset)
        .where(
            col(Asset.case_id).in_(cases), col(Asset.state).in_(sorted(str(state) for state in USED_STATES))
        )
        .order_by(Asset.asset_no)
        .limit(limit)
    )
    return OwnForbearance(
        [(live, asset, await reports_of(work, live.id)) for live, asset in lives.all()],
        list(notes),
        list(cases.values()),
        list(assets),
    )

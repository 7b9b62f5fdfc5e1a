"""Look on line at the state of an asset at the court that disposes of it, before a waiting case ends (T-13 (1))."""

from uuid import UUID

from core.audit import record
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission
from core.ids import new_id
from disposal_teams.assets.queries import asset_of, note_cross_court_read
from disposal_teams.cases.queries import case_of
from disposal_teams.conclusions.facts import case_facts
from disposal_teams.conclusions.models import FirstCourtCheck
from disposal_teams.instructions.progress import require_own


async def check_first_court(work: Work, case_id: UUID, asset_id: UUID) -> FirstCourtCheck:
    """Keep what the platform says of the asset at this moment; the look is in both courts' audit chains (P-03).

    Raises `NotFound` for an asset on which the case does not wait, `NotPermitted`.
    """
    case = await case_of(work, case_id)
    require_own(work, Permission.CONCLUDE_CASE, case.court_code)
    waited = {each.asset.id for each in (await case_facts(work, case)).waited}
    if asset_id not in waited:
        raise NotFound(msg("本案没有轮候查封该标的物。"), rule="P-03")
    asset = await asset_of(work, asset_id)
    if asset.court_code != case.court_code:
        await note_cross_court_read(work, asset)
    check = FirstCourtCheck(
        id=new_id(), case_id=case.id, asset_id=asset.id, first_court_code=asset.court_code, asset_state=asset.state,
        first_listed_at=asset.first_listed_at, checked_by=work.actor.account_id, checked_by_name=work.actor.name,
        checked_at=work.now,
    )  # fmt: skip
    work.session.add(check)
    await record(
        work, "case.first_court_checked", stream=f"case:{case.id}", rule="T-13", case_id=case.id, asset_id=asset.id,
        court=asset.court_code, state=asset.state,
    )  # fmt: skip
    await work.session.flush()
    return check

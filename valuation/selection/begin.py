"""Ask the parties to name three firms within a period (V-20)."""

from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import period_end
from core.i18n import msg
from core.identity import Role
from core.ids import new_id
from core.legal_settings import legal
from core.notices import notify
from disposal_teams.assets.models import Asset
from valuation.agreement.invite import negotiating_parties
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.selection.models import AppraiserSelection, SelectionState

also_kept_in("V-20", table=AppraiserSelection, end="due_at", by="valuation_id")


async def begin_selection(
    work: Work, valuation: Valuation, asset: Asset, *, days: int | None = None
) -> AppraiserSelection:
    """Open the parties' period (setting `selection_days`); without accord a draw follows by itself (V-20).

    A party that cannot be found makes accord impossible: then the period is over at once.
    """
    parties = await negotiating_parties(work, asset.case_id)
    can_agree = len({party.role for party in parties}) > 1 and all(party.is_reachable for party in parties)
    earlier = await selections_of(work, valuation.id)
    due_at = period_end(work.now, days=days or legal().selection_days) if can_agree else work.now
    selection = AppraiserSelection(
        id=new_id(),
        valuation_id=valuation.id,
        position=len(earlier) + 1,
        due_at=due_at,
        created_at=work.now,
    )
    work.session.add(selection)
    await work.session.flush()
    if can_agree:
        await open_deadline(
            work,
            "V-20",
            subject_kind="valuation",
            subject_id=valuation.id,
            owner_role=Role.CREDITOR,
            owner_court=asset.court_code,
            days=days or legal().selection_days,
            asset_id=asset.id,
            case_id=asset.case_id,
        )
    await note_valuation(
        work,
        asset,
        valuation.id,
        "appraisers.choice_opened",
        "V-20",
        due_at=due_at.isoformat(),
        can_agree=can_agree,
    )
    for party in parties:
        if can_agree and party.account_id is not None:
            await notify(
                work,
                account_id=party.account_id,
                key=f"firms:{selection.id}",
                title=msg("请选择评估机构"),
                body=msg(
                    "请在 {day} 前为“{title}”按顺序选择三家评估机构；双方选择一致的按选择确定，否则由法院公开摇号。",
                    day=f"{due_at.astimezone(COURT_ZONE):%Y-%m-%d}",
                    title=asset.title,
                ),
                link=f"/my/appraisers/{selection.id}",
            )
    return selection


async def begin_waiting_selections(work: Work, *, limit: int = 100) -> int:
    """Begin where an appraisal needs firms and no choice is under way: V-02 led here, or all firms failed. For the sweep."""
    waiting = await work.session.exec(
        select(Valuation, Asset)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            Valuation.state == ValuationState.APPRAISER_SELECTION,
            ~select(AppraiserSelection.id)
            .where(
                AppraiserSelection.valuation_id == Valuation.id,
                col(AppraiserSelection.state).in_((SelectionState.AGREEING, SelectionState.COMMITTED)),
            )
            .exists(),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    found = waiting.all()
    for valuation, asset in found:
        await begin_selection(work, valuation, asset)
    return len(found)


async def selections_of(work: Work, valuation_id: UUID) -> list[AppraiserSelection]:
    """Every choice of the valuation, oldest first."""
    return list(
        await work.session.exec(
            select(AppraiserSelection)
            .where(AppraiserSelection.valuation_id == valuation_id)
            .order_by(col(AppraiserSelection.position))
        )
    )

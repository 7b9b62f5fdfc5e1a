"""A party names three firms; when all name the same in the same order, they are chosen (V-20)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, may
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.plain_text import clean_text
from valuation.agreement.invite import negotiating_parties
from valuation.appraisal.entrust import entrust_chosen, replaced_firms
from valuation.appraisers.keep_list import eligible_firms
from valuation.models import Valuation
from valuation.note import note_valuation
from valuation.queries import valuation_for_update
from valuation.selection.models import AppraiserSelection, FirmChoice, SelectionState, SelectionWay
from valuation.selection.rules import agreed, check_choice


async def name_firms(
    work: Work, selection_id: UUID, party_id: UUID, *, firms: Sequence[UUID], paper_ref: str = ""
) -> AppraiserSelection:
    """Record the three firms that a party names, in order: by the party itself, or by the court from its paper.

    It may be changed until the period ends or accord is reached. Raises `NotPermitted`, `RuleViolation` (V-20: the
    period is over), `InvalidInput`.
    """
    selection, valuation, asset = await selection_for_update(work, selection_id)
    party = next(
        (each for each in await negotiating_parties(work, asset.case_id) if each.id == party_id), None
    )
    if party is None:
        raise NotFound(msg("该当事人不参加选择评估机构。"))
    by_court = party.account_id is None or party.account_id != work.actor.account_id
    fields: dict[str, Message] = {}
    if by_court:
        if not may(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code):
            raise NotPermitted(msg("只有当事人本人或者承办法院可以选择评估机构。"), rule="V-20")
        paper_ref = clean_text(paper_ref, "paper_ref", fields, longest=120)
    if fields:
        raise InvalidInput(msg("选择没有登记，请按提示修改。"), fields=fields, rule="V-20")
    if selection.state != SelectionState.AGREEING or work.now >= selection.due_at:
        raise RuleViolation(
            "V-20",
            msg(
                "选择评估机构的期限已于 {due} 届满，由法院摇号确定。",
                due=f"{selection.due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
        )
    eligible = await eligible_firms(
        work, AssetKind(asset.kind), without=await replaced_firms(work, valuation.id)
    )
    named = [str(firm) for firm in firms]
    check_choice(named, [str(firm.id) for firm in eligible])
    await work.session.merge(
        FirmChoice(
            selection_id=selection.id,
            party_id=party.id,
            firms=named,
            paper_ref=paper_ref if by_court else "",
            entered_by=work.actor.account_id,
            entered_at=work.now,
        )
    )
    await work.session.flush()
    await note_valuation(
        work,
        asset,
        valuation.id,
        "appraisers.named",
        "V-20",
        party=str(party.id),
        firms=named,
        by_court=by_court,
    )
    await _settle(work, selection, valuation, asset)
    return selection


async def _settle(work: Work, selection: AppraiserSelection, valuation: Valuation, asset: Asset) -> None:
    choices = {
        choice.party_id: choice.firms
        for choice in await work.session.exec(
            select(FirmChoice).where(FirmChoice.selection_id == selection.id)
        )
    }
    parties = [party.id for party in await negotiating_parties(work, asset.case_id)]
    accord = agreed(parties, choices)
    if accord is None:
        return
    selection.state, selection.way, selection.chosen = SelectionState.CHOSEN, SelectionWay.AGREEMENT, accord
    await entrust_chosen(work, valuation, asset, [UUID(firm) for firm in accord])


async def selection_for_update(work: Work, selection_id: UUID) -> tuple[AppraiserSelection, Valuation, Asset]:
    """The choice with its valuation, both locked, and the asset. Raises `NotFound`."""
    found = await work.session.get(AppraiserSelection, selection_id)
    if found is None:
        raise NotFound(msg("没有找到该选定程序。"))
    valuation, asset = await valuation_for_update(work, found.valuation_id)
    await work.session.refresh(found, with_for_update=True)
    return found, valuation, asset


async def choices_of(work: Work, selection_id: UUID) -> dict[UUID, FirmChoice]:
    """What each party has named so far."""
    rows = await work.session.exec(select(FirmChoice).where(FirmChoice.selection_id == selection_id))
    return {choice.party_id: choice for choice in rows}

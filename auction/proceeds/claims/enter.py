"""The court keeps the list of claims: enters what came on paper, corrects figures, admits and refuses (D-20, D-21, M-10)."""

from datetime import date, timedelta
from uuid import UUID

from auction.proceeds.claims import rules
from auction.proceeds.claims.models import ClaimOrigin, ClaimState, DistributionClaim
from auction.proceeds.claims.queries import claim_for_update
from auction.proceeds.claims.rules import Figures
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.papers import issue_claim_answer
from auction.proceeds.plan.divide import Rank
from auction.proceeds.queries import note_proceeds, owned_since, proceeds_for_update
from auction.proceeds.reckon import doubled_interest_fen
from auction.proceeds.rules import check_state
from core.audit import record
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.plain_text import clean_text

S = ProceedsState
WRONG = msg("债权有误，请按提示修改。")
OPEN = {S.MONEY_ARRIVED, S.COSTED}
"""While no plan is drafted."""


async def enter_claim(
    work: Work, proceeds_id: UUID, figures: Figures, *, creditor: str, case_no: str, facts: str
) -> DistributionClaim:
    """Write down a claim that came on paper or by a letter of another court (document 29); it is admitted with that.

    Raises `InvalidInput` by field, `RuleViolation` (D-20, or a plan is drafted), `NotPermitted`.
    """
    proceeds = await _open(work, proceeds_id)
    fields = rules.problems(figures, assets=_assets(proceeds), today=day_in_court(work.now))
    creditor = clean_text(creditor, "creditor", fields, longest=80)
    case_no = clean_text(case_no, "case_no", fields, longest=40, required=False)
    facts = clean_text(facts, "facts", fields, longest=2000)
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="D-21")
    if figures.rank is Rank.ORDINARY and not case_no:
        rules.check_may_join(
            debtor_is_company=proceeds.debtor_is_company, has_title=figures.has_title, rank=figures.rank
        )
    claim = DistributionClaim(
        id=new_id(),
        asset_id=proceeds.asset_id,
        proceeds_id=proceeds.id,
        origin=ClaimOrigin.ENTERED,
        state=ClaimState.ADMITTED,
        creditor=creditor,
        case_no=case_no,
        facts=facts,
        submitted_at=work.now,
        entered_by=work.actor.account_id,
        decided_by=work.actor.account_id,
        decided_at=work.now,
        decision_note="承办人依书面材料列入",
    )
    _write(claim, figures)
    work.session.add(claim)
    await work.session.flush()
    await note_proceeds(
        work,
        proceeds,
        "claim.entered",
        "D-21",
        creditor=creditor,
        amount_fen=claim.title_fen + claim.doubled_fen,
    )
    return claim


async def correct_claim(
    work: Work, claim_id: UUID, figures: Figures, *, doubled_since: date | None = None, stopped_days: int = 0
) -> DistributionClaim:
    """Put the figures of a claim right. With `doubled_since` the doubled interest is reckoned on the principal until the ruling
    was served, less `stopped_days` (M-10). Raises `InvalidInput` by field, `RuleViolation`, `NotPermitted`."""
    claim = await claim_for_update(work, claim_id)
    if claim.proceeds_id is None:
        raise InvalidInput(msg("标的物成交到账后再核定债权。"), rule="D-21")
    proceeds = await _open(work, claim.proceeds_id)
    today = day_in_court(work.now)
    fields = rules.problems(figures, assets=_assets(proceeds), today=today)
    if doubled_since is not None and doubled_since > today:
        fields["doubled_since"] = msg("日期不能晚于今天。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="D-21")
    _write(claim, figures)
    if doubled_since is not None:
        served = await owned_since(work, proceeds)
        until = (day_in_court(served) if served else today) - timedelta(days=stopped_days)
        claim.doubled_fen = doubled_interest_fen(claim.principal_fen, since=doubled_since, until=until)
    await note_proceeds(
        work, proceeds, "claim.corrected", "D-21", creditor=claim.creditor, rank=claim.rank,
        principal_fen=claim.principal_fen, interest_fen=claim.interest_fen, costs_fen=claim.costs_fen,
        doubled_fen=claim.doubled_fen,
    )  # fmt: skip
    return claim


async def decide_claim(work: Work, claim_id: UUID, *, admit: bool, note: str) -> DistributionClaim:
    """Admit a request to join, or refuse it with reasons; a refused one may still be admitted before the plan (D-20, D-22).

    The applicant gets the answer as a paper. Raises `InvalidInput`, `RuleViolation`, `NotPermitted`.
    """
    claim = await claim_for_update(work, claim_id)
    asset = await work.session.get_one(Asset, claim.asset_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=asset.court_code)
    if claim.proceeds_id is not None:
        await _open(work, claim.proceeds_id)
    if claim.state != ClaimState.ADMITTED or admit:
        rules.check_open(ClaimState(claim.state))
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=500, required=not admit)
    if fields:
        raise InvalidInput(msg("请写明不予列入的理由。"), fields=fields, rule="D-20")
    claim.state = ClaimState.ADMITTED if admit else ClaimState.REFUSED
    claim.decided_by, claim.decided_at = work.actor.account_id, work.now
    claim.decision_note = note or "经审查符合参与分配条件"
    await record(
        work, "claim.admitted" if admit else "claim.refused", stream=f"asset:{asset.id}", rule="D-20", asset_id=asset.id,
        case_id=asset.case_id, claim=str(claim.id), note=note,
    )  # fmt: skip
    case = await work.session.get_one(EnforcementCase, asset.case_id)
    await issue_claim_answer(work, claim, asset, case)
    if claim.account_id is not None:
        await notify(
            work,
            account_id=claim.account_id,
            key=f"claim:{claim.id}:{claim.state}:{work.now.isoformat()}",
            title=msg("参与分配申请已答复"),
            body=msg("“{title}”的参与分配申请已列入分配。", title=asset.title)
            if admit
            else msg("“{title}”的参与分配申请不予列入：{note}", title=asset.title, note=note),
            link="/my/proceeds",
        )
    return claim


def _write(claim: DistributionClaim, figures: Figures) -> None:
    claim.rank, claim.part_asset_id = figures.rank, figures.part_asset_id
    claim.since, claim.is_registered = figures.since, figures.is_registered
    claim.principal_fen, claim.interest_fen = figures.principal_fen, figures.interest_fen
    claim.costs_fen, claim.doubled_fen = figures.costs_fen, figures.doubled_fen
    claim.has_title, claim.is_confirmed = figures.has_title, figures.is_confirmed
    claim.title_ref = figures.title_ref[:200]


def _assets(proceeds: Proceeds) -> list[UUID]:
    return [UUID(part["asset_id"]) for part in proceeds.parts]


async def _open(work: Work, proceeds_id: UUID) -> Proceeds:
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    check_state(S(proceeds.state), OPEN)
    return proceeds

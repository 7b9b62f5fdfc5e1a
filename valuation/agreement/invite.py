"""Invite both parties to name a price (V-02, paper 2)."""

from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import period_end
from core.errors import RuleViolation
from core.i18n import msg
from core.identity import Role
from core.legal_settings import legal
from core.notices import notify
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of
from valuation.models import Valuation, ValuationMethod
from valuation.queries import asset_of_valuation
from valuation.ways.enter import begin_valuation, open_step
from valuation.ways.models import ValuationStep
from valuation.ways.rules import WayFacts

NEGOTIATING_ROLES = (PartyRole.APPLICANT, PartyRole.DEBTOR)

also_kept_in("V-02", "L-02", table=ValuationStep, end="due_at", by="valuation_id")


async def negotiating_parties(work: Work, case_id: UUID) -> list[Party]:
    """Who must name a price: every applicant and every debtor of the case."""
    return [party for party in await parties_of(work, case_id) if party.role in NEGOTIATING_ROLES]


async def begin_agreement(
    work: Work, asset_id: UUID, *, facts: WayFacts, days: int | None = None
) -> Valuation:
    """Start with the parties' agreement and set the period, in days (setting `agreement_days`).

    Raises `RuleViolation` (V-02: a side is missing or cannot be found) and what `begin_valuation` raises.
    """
    due_at = period_end(work.now, days=days or legal().agreement_days)
    valuation = await begin_valuation(
        work, asset_id, method=ValuationMethod.AGREEMENT, facts=facts, due_at=due_at
    )
    asset = await asset_of_valuation(work, valuation.id)
    parties = await negotiating_parties(work, asset.case_id)
    if {party.role for party in parties} != set(NEGOTIATING_ROLES):
        raise RuleViolation("V-02", msg("案件中缺少申请执行人或者被执行人，不能议价。请先登记当事人。"))
    if not all(party.is_reachable for party in parties):
        raise RuleViolation("V-02", msg("有当事人下落不明，不能议价。"))
    await open_deadline(
        work,
        "V-02",
        subject_kind="valuation",
        subject_id=valuation.id,
        owner_role=Role.CREDITOR,
        owner_court=asset.court_code,
        days=days or legal().agreement_days,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    for party in parties:
        if party.account_id is not None:
            await notify(
                work,
                account_id=party.account_id,
                key=f"agreement:{valuation.id}",
                title=msg("请就财产处置参考价议价"),
                body=msg(
                    "法院请您在 {day} 前就“{title}”提出价格。双方价格一致的，即为参考价；对方提交前无人能看到您的价格。",
                    day=f"{due_at.astimezone(COURT_ZONE):%Y-%m-%d}",
                    title=asset.title,
                ),
                link=f"/my/prices/{valuation.id}",
            )
    await issue_agreement_invitation.later(work, key=str(valuation.id), valuation_id=valuation.id)
    return valuation


@task(queue="documents")
async def issue_agreement_invitation(work: Work, *, valuation_id: UUID) -> None:
    """Write the 议价通知书 (§10 no. 2)."""
    asset = await asset_of_valuation(work, valuation_id)
    step = await open_step(work, valuation_id)
    if step is None or step.due_at is None:
        return
    case, court = await case_of(work, asset.case_id), await court_of(work, asset.court_code)
    day = step.due_at.astimezone(COURT_ZONE).date().isoformat()
    await issue_letter(
        work,
        asset,
        "agreement_notice",
        addressee=f"{case.case_no}案申请执行人、被执行人",
        paragraphs=[
            f"本院在执行{case.case_no}一案中，拟处置“{asset.title}”。请你方就该财产的处置参考价进行协商，并各自向本院提交价格。",
            (
                "双方提交的价格一致，且不损害他人合法权益的，该价格即为参考价。一方拒绝、逾期未提交或者双方价格不一致的，"
                "本院将依法采用其他方式确定参考价。价格加密保存，双方均提交前任何人不能查看。"
            ),
        ],
        facts=[["财产", asset.title], ["坐落", asset.location or "—"], ["提交期限", f"{day}前"]],
        closing=f"提交方式：登录本系统“我的竞买—议价”，或者向本院书面提交。联系电话：{court.supervision_phone}",
    )

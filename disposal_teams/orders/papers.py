"""Papers of number 33: 督促执行令, rulings of 提级, 指定 and 集中执行, and the closing notice of the old case."""

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from disposal_teams.assets.queries import assets_by_id
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.queries import court_of
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.orders.models import CourtOrder
from disposal_teams.orders.rules import FILING_DAYS, KIND_TITLES, RECONSIDER_DAYS


async def issue_order_paper(work: Work, order: CourtOrder, case: EnforcementCase) -> Document:
    """The order or ruling, addressed to the court that had the case and to the one that has it now."""
    superior = await court_of(work, order.superior_court)
    old, chosen = await court_of(work, order.old_court), await court_of(work, order.chosen_court)
    parties = await parties_of(work, case.id)
    assets = await assets_by_id(work, order.moved_assets)
    return await issue_document(
        work,
        "superior_order",
        template="disposal_teams/orders/documents/order.typ",
        data={
            "court": superior.name,
            "phone": superior.supervision_phone,
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "is_demo": order.is_demo,
            "kind": order.kind,
            "old_court": old.name,
            "chosen_court": chosen.name,
            "old_case_no": case.case_no,
            "cause": case.cause,
            "applicants": [party.name for party in parties if party.role == PartyRole.APPLICANT],
            "debtors": [party.name for party in parties if party.role == PartyRole.DEBTOR],
            "assets": [f"{asset.title}（{asset.asset_no}）" for asset in assets.values()],
            "reason": order.reason,
            "due_on": order.due_on.isoformat(),
            "panel": order.panel,
            "filing_days": FILING_DAYS,
            "reconsider_days": RECONSIDER_DAYS,
        },
        title=KIND_TITLES[InstructionKind(order.kind)],
        court_code=superior.code,
        case_no=case.case_no,
        case_id=case.id,
        subject=f"order:{order.instruction_id}",
    )


async def issue_closing_paper(
    work: Work, order: CourtOrder, old_case: EnforcementCase, new_case: EnforcementCase
) -> Document:
    """The notice that the old case is struck off (销案), with what went over."""
    old, chosen = await court_of(work, order.old_court), await court_of(work, order.chosen_court)
    assets = await assets_by_id(work, order.moved_assets)
    return await issue_document(
        work,
        "case_struck_off",
        template="disposal_teams/orders/documents/closing.typ",
        data={
            "court": old.name,
            "phone": old.supervision_phone,
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "is_demo": order.is_demo,
            "chosen_court": chosen.name,
            "old_case_no": old_case.case_no,
            "new_case_no": new_case.case_no,
            "ruling": KIND_TITLES[InstructionKind(order.kind)],
            "ruled_on": order.served_at.astimezone(COURT_ZONE).date().isoformat(),
            "assets": [f"{asset.title}（{asset.asset_no}）" for asset in assets.values()],
        },
        court_code=old.code,
        case_no=old_case.case_no,
        case_id=old_case.id,
        subject=f"order:{order.instruction_id}",
    )

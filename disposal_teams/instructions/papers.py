"""The 指令单 (§10 no. 32): issued when it is sent, and once more, complete, when it is closed."""

from typing import Any

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from core.identity.models import Account
from disposal_teams.assets.queries import asset_of
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of
from disposal_teams.instructions.files import files_of
from disposal_teams.instructions.models import (
    Acceptance,
    FileSide,
    Instruction,
    Result,
    Urgency,
)
from disposal_teams.instructions.progress import kind_of
from disposal_teams.instructions.rules import ACCEPTANCE_LABELS, RESULT_LABELS, URGENCY_LABELS

TEMPLATE = "disposal_teams/instructions/documents/sheet.typ"


async def issue_sheet(work: Work, instruction: Instruction) -> Document:
    """Type, courts, case, parties, asset, request, last day, files by hash; and the result when there is one."""
    sender = await court_of(work, instruction.from_court)
    receiver = await court_of(work, instruction.to_court)
    case = await case_of(work, instruction.case_id)
    asset = await asset_of(work, instruction.asset_id) if instruction.asset_id else None
    parties = [party for party in await parties_of(work, case.id) if party.id in set(instruction.party_ids)]
    files = await files_of(work, instruction.id)
    assignee = (
        await work.session.get(Account, instruction.assignee_account_id)
        if instruction.assignee_account_id
        else None
    )
    kind = kind_of(instruction)
    data: dict[str, Any] = {
        "court": sender.name,
        "phone": sender.supervision_phone,
        "officer": instruction.drafted_by_name,
        "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        "is_demo": instruction.is_demo,
        "addressee": receiver.name,
        "number": instruction.number or "",
        "kind": kind.title,
        "rule": kind.rule,
        "effect": kind.effect,
        "urgency": URGENCY_LABELS[Urgency(instruction.urgency)],
        "linked_case_no": instruction.linked_case_no,
        "cause": case.cause,
        "parties": [party.name for party in parties],
        "asset": f"{asset.title}（{asset.asset_no}）" if asset else "",
        "subject": instruction.subject,
        "request": instruction.request,
        "wanted_on": instruction.wanted_on.isoformat() if instruction.wanted_on else "",
        "request_files": [[f.title, f.sha256.hex()] for f in files if f.side == FileSide.REQUEST],
        "feedback_files": [[f.title, f.sha256.hex()] for f in files if f.side == FileSide.FEEDBACK],
        "assignee": assignee.display_name if assignee else "",
        "result": RESULT_LABELS[Result(instruction.result)] if instruction.result else "",
        "feedback": instruction.feedback,
        "acceptance": ACCEPTANCE_LABELS[Acceptance(instruction.acceptance)] if instruction.acceptance else "",
    }
    return await issue_document(
        work,
        "instruction_sheet",
        template=TEMPLATE,
        data=data,
        court_code=instruction.from_court,
        case_no=case.case_no,
        asset_id=instruction.asset_id,
        case_id=case.id,
        subject=f"instruction:{instruction.id}",
    )

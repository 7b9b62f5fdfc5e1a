"""Begin an instruction from a case or an asset, with what is known filled in (事项发起, T-25)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission
from core.ids import new_id
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import asset_of
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.cases.rules import normalise_case_number
from disposal_teams.courts.queries import all_courts
from disposal_teams.instructions.files import fill_from_dossier
from disposal_teams.instructions.kinds import FROM_ABOVE, KINDS
from disposal_teams.instructions.models import Instruction, InstructionKind, Urgency
from disposal_teams.instructions.progress import note, require_own
from disposal_teams.instructions.rules import check_addressee, check_wanted
from disposal_teams.plain_text import clean_text


async def draft_instruction(
    work: Work,
    *,
    case_id: UUID,
    kind: InstructionKind,
    to_court: str,
    subject: str,
    request: str,
    urgency: Urgency = Urgency.NORMAL,
    asset_id: UUID | None = None,
    party_ids: Sequence[UUID] = (),
    wanted_on: date | None = None,
    linked_case_no: str = "",
) -> Instruction:
    """Write the draft of an instruction in an open case of the own court, with what it demands of the case's dossier. Nothing
    leaves the court before `send.py`.

    Raises `InvalidInput`, `RuleViolation` (addressee, last day, a closed case), `NotPermitted`.
    """
    kind = InstructionKind(kind)
    if kind in FROM_ABOVE:
        raise RuleViolation("§7.5", msg("该类事项由上级法院以命令发出。"))
    case = await case_of(work, case_id)
    require_own(work, Permission.SEND_INSTRUCTION, case.court_code)
    if case.state == CaseState.CLOSED:
        raise RuleViolation("T-25", msg("案件 {case_no} 已结案，不能据以发起指令。", case_no=case.case_no))
    fields: dict[str, Message] = {}
    subject = clean_text(subject, "subject", fields, longest=120)
    request = clean_text(request, "request", fields, longest=2000)
    if linked_case_no.strip():
        try:
            linked_case_no = normalise_case_number(linked_case_no)
        except InvalidInput as error:
            fields["linked_case_no"] = error.message
    asset = await _asset(work, asset_id, case_id=case.id, court_code=case.court_code, fields=fields)
    if KINDS[kind].needs_asset and asset is None and "asset" not in fields:
        fields["asset"] = msg("此类指令须写明标的物。")
    known = {party.id for party in await parties_of(work, case.id)}
    if not known.issuperset(party_ids):
        fields["party"] = msg("只能选择本案当事人。")
    if fields:
        raise InvalidInput(msg("指令内容有误，请按提示修改。"), fields=fields, rule="T-25")
    superiors = {court.code: court.superior_code for court in await all_courts(work)}
    check_addressee(KINDS[kind], case.court_code, to_court, superiors)
    check_wanted(KINDS[kind], wanted_on, work.now.astimezone(COURT_ZONE).date())
    made = await open_draft(
        work,
        kind=kind,
        from_court=case.court_code,
        to_court=to_court,
        case=case,
        subject=subject,
        request=request,
        urgency=Urgency(urgency),
        asset_id=asset.id if asset else None,
        party_ids=party_ids,
        wanted_on=wanted_on,
        linked_case_no=linked_case_no.strip(),
    )
    await fill_from_dossier(work, made)
    return made


async def open_draft(
    work: Work,
    *,
    kind: InstructionKind,
    from_court: str,
    to_court: str,
    case: EnforcementCase,
    subject: str,
    request: str,
    urgency: Urgency = Urgency.NORMAL,
    asset_id: UUID | None = None,
    party_ids: Sequence[UUID] = (),
    wanted_on: date | None = None,
    linked_case_no: str = "",
) -> Instruction:
    """Write the row of a draft whose words and permission the caller has checked."""
    instruction = Instruction(
        id=new_id(),
        kind=kind,
        urgency=urgency,
        from_court=from_court,
        to_court=to_court,
        case_id=case.id,
        asset_id=asset_id,
        linked_case_no=linked_case_no,
        party_ids=list(dict.fromkeys(party_ids)),
        subject=subject,
        request=request,
        wanted_on=wanted_on,
        drafted_by=work.actor.account_id,
        drafted_by_name=work.actor.name,
        drafted_at=work.now,
        is_demo=case.is_demo,
    )
    work.session.add(instruction)
    await work.session.flush()
    await note(work, instruction, "drafted", kind=kind.value, to_court=to_court)
    return instruction


async def _asset(
    work: Work, asset_id: UUID | None, *, case_id: UUID, court_code: str, fields: dict[str, Message]
) -> Asset | None:
    """The asset, if it is disposed of in the case or by the court, or if the court has a seal on it (参与分配, T-13)."""
    if asset_id is None:
        return None
    asset = await asset_of(work, asset_id)
    if asset.case_id != case_id and court_code not in {
        asset.court_code,
        *(seal.court_code for seal in await seals_of(work, asset.id)),
    }:
        fields["asset"] = msg("该标的物不在本案处置。")
    return asset

"""A debtor tells of hardship, with evidence; the court finds what is true of it and what is left to the debtor (A-08)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.notices import notify
from core.sealed_files import OpenedFile, keep_file, open_file
from disposal_teams.cases.models import Party
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.forbearance import rules
from disposal_teams.forbearance.live_seal import debtor_of
from disposal_teams.forbearance.models import HardshipKind, HardshipNote, HardshipState
from disposal_teams.plain_text import clean_text

PURPOSE = "hardship"
MOST_FILES = 6
LARGEST_FEN = 10_000_000_00


async def tell_hardship(
    work: Work,
    case_id: UUID,
    *,
    kind: HardshipKind,
    circumstances: str,
    needs: str,
    evidence: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    party_id: UUID | None = None,
) -> HardshipNote:
    """Take a note down: of the acting debtor, or (staff) of the debtor `party_id` who tells on paper. Files are kept sealed.

    Raises `InvalidInput` by field, `Conflict` while one of the same kind waits, `NotFound` to anybody but a debtor (P-03).
    """
    case = await case_of(work, case_id)
    debtor = await debtor_of(work, case.id, case.court_code, party_id)
    fields: dict[str, Message] = {}
    circumstances = clean_text(circumstances, "circumstances", fields, longest=2000)
    needs = clean_text(needs, "needs", fields, longest=1000)
    evidence = clean_text(evidence, "evidence", fields, longest=500, required=False)
    if len(files) > MOST_FILES:
        fields["files"] = msg("最多 {most} 个文件。", most=MOST_FILES)
    elif not files and not evidence:
        fields["evidence"] = msg("请上传证明文件，或者写明证据名称。")
    if fields:
        raise InvalidInput(msg("困难说明有误，请按提示修改。"), fields=fields, rule="A-08")
    note = HardshipNote(
        id=new_id(),
        case_id=case.id,
        court_code=case.court_code,
        party_id=debtor.id,
        entered_by=work.actor.account_id if work.actor.is_staff else None,
        kind=kind,
        circumstances=circumstances,
        needs=needs,
        evidence=evidence,
        file_ids=[
            await keep_file(work, purpose=PURPOSE, name=name, content=content, field="files")
            for name, content in files
        ],
        filed_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(note)
    except IntegrityError as error:
        raise Conflict(msg("同类困难说明尚待法院答复。"), rule="A-08") from error
    await _note(work, note, "hardship.told")
    await tell_court(
        work, note.court_code, Role.CASE_OFFICER, key=f"hardship:{note.id}", title=msg("收到被执行人困难说明"),
        body=msg("{case_no}：被执行人说明生活困难，请核实并答复。", case_no=case.case_no), link=f"/team/cases/{case.id}/hardship",
    )  # fmt: skip
    return note


async def answer_hardship(
    work: Work,
    note_id: UUID,
    *,
    finding: HardshipState,
    answer: str,
    reserved: str = "",
    monthly_fen: int = 0,
    review_on: date | None = None,
) -> HardshipNote:
    """The court finds what is true and what is left to the debtor beside the exempt items. Raises `RuleViolation` (also P-05),
    `InvalidInput` by field, `NotPermitted`."""
    note = await work.session.get(HardshipNote, note_id, with_for_update=True, populate_existing=True)
    if note is None:
        raise NotFound(msg("没有找到该困难说明。"))
    require(work.actor, Permission.ISSUE_RULING, court_code=note.court_code)
    if note.state != HardshipState.FILED or finding is HardshipState.FILED:
        raise RuleViolation("A-08", msg("该困难说明已经答复。"))
    rules.check_decider(note.entered_by, work.actor.account_id)
    fields: dict[str, Message] = {}
    answer = clean_text(answer, "answer", fields, longest=1000)
    reserved = clean_text(reserved, "reserved", fields, longest=1000, required=False)
    if not 0 <= monthly_fen <= LARGEST_FEN:
        fields["monthly"] = msg("金额过大，请核对。")
    elif problem := rules.hardship_problem(finding, reserved=reserved, monthly_fen=monthly_fen):
        fields["reserved"] = problem
    if fields:
        raise InvalidInput(msg("答复有误，请按提示修改。"), fields=fields, rule="A-08")
    note.state, note.answer, note.reserved, note.monthly_fen = finding, answer, reserved, monthly_fen
    note.review_on, note.decided_by, note.decided_at = review_on, work.actor.account_id, work.now
    note.decided_by_name = work.actor.name[:80]
    await _note(work, note, f"hardship.{finding}")
    debtor = await work.session.get_one(Party, note.party_id)
    if debtor.account_id is not None:
        await notify(
            work, account_id=debtor.account_id, key=f"hardship:{note.id}:answer", title=msg("困难说明的答复"),
            body=msg("法院答复：{answer}", answer=answer[:300]), link="/my/forbearance",
        )  # fmt: skip
    return note


async def open_evidence(work: Work, note_id: UUID, file_id: UUID) -> OpenedFile:
    """A file of a note, for its debtor and the people of the case's court; each look of the court is recorded (P-03)."""
    note = await work.session.get(HardshipNote, note_id)
    if note is None or file_id not in note.file_ids:
        raise NotFound(msg("没有找到该文件。"))
    if work.actor.is_staff:
        require(work.actor, Permission.SEE_COURT_FILES, court_code=note.court_code)
        await _note(work, note, "hardship.evidence_opened")
    else:
        debtor = await work.session.get_one(Party, note.party_id)
        if debtor.account_id is None or debtor.account_id != work.actor.account_id:
            raise NotFound(msg("没有找到该文件。"), rule="P-03")
    return await open_file(work, file_id, purpose=PURPOSE)


async def _note(work: Work, note: HardshipNote, event: str) -> None:
    await record(
        work, event, stream=f"case:{note.case_id}", rule="A-08", case_id=note.case_id, hardship=str(note.id),
        kind=note.kind,
    )  # fmt: skip

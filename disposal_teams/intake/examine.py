"""Examine a file and load it, as a whole or not at all: the steps of the workers."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col, insert

from core.audit import record
from core.clock import COURT_ZONE
from core.crypto import FieldCipher
from core.database import Work
from core.errors import Conflict
from core.i18n import msg
from core.identity import Actor, Role
from core.notices.notify import as_json
from core.settings import get_settings
from disposal_teams.intake.asset_lines import AssetDraft
from disposal_teams.intake.case_lines import CaseDraft
from disposal_teams.intake.cells import Fault
from disposal_teams.intake.known import CasesOfFile, new_assets, refuse_known_cases
from disposal_teams.intake.models import IntakeFault, IntakeFile, IntakeKind, IntakeState
from disposal_teams.intake.read_file import Draft, FaultBook, Reader
from disposal_teams.intake.write_assets import write_assets
from disposal_teams.intake.write_cases import write_cases

MOST_BYTES = 10_000_000
BATCH = 500
KEPT_DAYS = 30


async def examine_file(work: Work, file: IntakeFile) -> None:
    """Read the whole file and write down everything that is wrong with it; nothing of it is registered."""
    counts, book = await _go_through(work, file, write=False)
    file.state, file.examined_at, file.counts = IntakeState.EXAMINED, work.now, dict(counts)
    file.fault_count, file.faulty_rows = book.total, len(book.rows)
    await work.session.flush()


async def load_file(work: Work, file: IntakeFile, *, just_examined: bool = False) -> bool:
    """Register everything in the confirmed file in this one transaction. What came to be wrong since it was examined is
    written down instead, and False returned: then nothing of it is registered. `just_examined`: in this transaction."""
    if not just_examined:
        await examine_file(work, file)
        if file.fault_count:
            return False
    counts, book = await _go_through(_as_who_confirmed(work, file), file, write=True)
    if (
        book.total
    ):  # somebody registered one of them between the two passes: the transaction is undone, and tried again
        raise Conflict(msg("文件已变化或已办理，请刷新页面后核对。"))
    file.state, file.counts, file.ended_at, file.content_sealed = (
        IntakeState.LOADED,
        dict(counts),
        work.now,
        None,
    )
    await work.session.flush()
    await note_intake(work, file, "intake.loaded", **counts)
    return True


async def discard_old_files(work: Work) -> None:
    """What nobody loaded for a month goes: it holds the data of persons."""
    await work.session.execute(
        update(IntakeFile)
        .where(
            col(IntakeFile.state) == IntakeState.EXAMINED,
            col(IntakeFile.uploaded_at) < work.now - timedelta(days=KEPT_DAYS),
        )
        .values(state=IntakeState.DISCARDED, content_sealed=None, ended_at=work.now)
    )


async def _go_through(work: Work, file: IntakeFile, *, write: bool) -> tuple[Counter[str], FaultBook]:
    """One pass over the file. Reading and checking cells goes on beside the event loop, so that a large file holds up
    nobody; memory holds a batch, the keys seen and the faults not yet written."""
    content = intake_cipher().decrypt_bytes(file.content_sealed or b"", bound_to=str(file.id))
    if sha256(content).hexdigest() != file.sha256:
        raise RuntimeError(f"intake file {file.id} is not what was handed in")
    book = FaultBook()
    kind = IntakeKind(file.kind)
    reader = Reader(
        content, kind, court_code=file.court_code, today=work.now.astimezone(COURT_ZONE).date(), faults=book
    )
    cases = CasesOfFile()
    counts: Counter[str] = Counter()
    position = 0
    if not write:
        await work.session.execute(delete(IntakeFault).where(col(IntakeFault.file_id) == file.id))
    while True:
        batch = await asyncio.to_thread(reader.batch, BATCH)
        counts += await _deal_with(work, kind, batch, cases, write=write)
        if not write:
            position = await _write_faults(work, file.id, book.take_out(), position)
        if not batch:
            file.row_count = reader.rows
            return counts, book


async def _deal_with(
    work: Work, kind: IntakeKind, batch: Sequence[Draft], cases: CasesOfFile, *, write: bool
) -> Counter[str]:
    if not batch:
        return Counter()
    if kind is IntakeKind.CASES:
        drafts = [each for each in batch if isinstance(each, CaseDraft)]
        await refuse_known_cases(work, drafts)
        if write:
            return await write_cases(work, drafts)
        parties = [party for draft in drafts for party in draft.parties]
        return Counter(
            cases=len(drafts),
            parties=len(parties),
            claims=sum(any(party.claim) or party.rank is not None for party in parties),
            links=sum(len(draft.linked) for draft in drafts),
        )
    assets = [each for each in batch if isinstance(each, AssetDraft)]
    brought = len(cases.new)
    new = await new_assets(work, assets, cases)
    unchanged = Counter(unchanged=len(assets) - len(new))
    if write:
        return await write_assets(work, new, cases) + unchanged
    return unchanged + Counter(
        assets=len(new), seals=sum(len(draft.seals) for draft in new), cases=len(cases.new) - brought
    )


async def _write_faults(work: Work, file_id: UUID, faults: Sequence[Fault], position: int) -> int:
    rows: list[dict[str, Any]] = [
        {
            "file_id": file_id,
            "position": place,
            "row": fault.row,
            "column": fault.column,
            "value": fault.value,
            "rule": fault.rule,
            "message": as_json(fault.message),
            "remedy": as_json(fault.remedy),
        }
        for place, fault in enumerate(faults, start=position)
    ]
    if rows:
        await work.session.execute(insert(IntakeFault), rows)
    return position + len(rows)


def _as_who_confirmed(work: Work, file: IntakeFile) -> Work:
    """The worker's transaction with the person acting who answers for what is written."""
    actor = Actor(file.confirmed_by, file.confirmed_by_name, frozenset({Role.SYSTEM}), file.court_code)
    return Work(work.session, actor, work.now, work.request_id)


async def note_intake(work: Work, file: IntakeFile, event: str, **details: Any) -> None:
    """Record what happened to the file."""
    await record(
        work, event, stream=f"intake:{file.id}", rule="P-05", kind=str(file.kind), sha256=file.sha256,
        court=file.court_code, **details,
    )  # fmt: skip


def intake_cipher() -> FieldCipher:
    """Under which key the content is kept."""
    return FieldCipher(get_settings().encryption_key(), "file:intake")

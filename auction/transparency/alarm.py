"""Raise the alarm about what the self-check found, and let a person explain it (B-42, B-47)."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.transparency.check_tree import Finding
from auction.transparency.models import IntegrityFault
from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.courts.models import Court, CourtLevel
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

STREAM = "integrity"
LONGEST_SUBJECT, LONGEST_DETAIL = 160, 1000
SHOWN = 5
"""Subjects that the log names; the page shows all."""

log = structlog.get_logger(__name__)


async def raise_alarm(work: Work, findings: Sequence[Finding]) -> int:
    """Keep what is new among the findings, write it into the audit, tell the intermediate court; returns how many are new.

    The same fault of the same record raises no further alarm until somebody has explained it.
    """
    fresh: list[UUID] = []
    new: list[Finding] = []
    for finding in findings:
        fault_id = await _keep(work, finding)
        if fault_id is None:
            continue
        fresh.append(fault_id)
        new.append(finding)
        await record(
            work,
            "integrity.fault_found",
            stream=STREAM,
            rule="B-47",
            lot_id=finding.lot_id,
            kind=finding.kind,
            subject=finding.subject,
            detail=finding.detail,
        )
    if fresh:
        log.error(
            "self_check.faults",
            found=len(new),
            kinds=dict(Counter(str(finding.kind) for finding in new)),
            subjects=[finding.subject for finding in new[:SHOWN]],
            meaning="published records do not match their rows; see /supervision/integrity",
        )
        await _tell_superior(work, fresh)
    return len(fresh)


async def _keep(work: Work, finding: Finding) -> UUID | None:
    rows = await work.session.execute(
        insert(IntegrityFault)
        .values(
            id=new_id(),
            kind=finding.kind,
            subject=finding.subject[:LONGEST_SUBJECT],
            detail=finding.detail[:LONGEST_DETAIL],
            lot_id=finding.lot_id,
            found_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["kind", "subject"], index_where=text("explained_at IS NULL"))
        .returning(col(IntegrityFault.id))
    )
    return rows.scalar_one_or_none()


async def _tell_superior(work: Work, fresh: Sequence[UUID]) -> None:
    courts = await work.session.exec(select(Court.code).where(Court.level == CourtLevel.INTERMEDIATE))
    for code in courts:
        await tell_court(
            work,
            code,
            Role.INTERMEDIATE_COURT,
            key=f"integrity:{fresh[0]}",
            title=msg("系统自查发现记录异常"),
            body=msg(
                "公开日志自查新发现 {count} 处记录与已公布内容不符，请立即查看并处置。", count=len(fresh)
            ),
            link="/supervision/integrity",
        )


async def explain_fault(work: Work, fault_id: UUID, *, explanation: str) -> IntegrityFault:
    """A person of the intermediate court says what was found out about a fault. A further finding raises a new alarm.

    Raises `NotFound`, `InvalidInput`, `NotPermitted`.
    """
    require(work.actor, Permission.SEE_ALL_COURTS)
    fields: dict[str, Message] = {}
    explanation = clean_text(explanation, "explanation", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("请写明核查结论。"), fields=fields, rule="B-47")
    fault = await work.session.get(IntegrityFault, fault_id, with_for_update=True)
    if fault is None or fault.explained_at is not None:
        raise NotFound(msg("没有这条待处置的异常，可能已经处置。"))
    fault.explained_at, fault.explained_by, fault.explanation = work.now, work.actor.name, explanation
    await record(
        work,
        "integrity.fault_explained",
        stream=STREAM,
        rule="B-47",
        lot_id=fault.lot_id,
        fault=str(fault.id),
        explanation=explanation,
    )
    return fault

"""Issue a paper: render, store with its hash, tell the audit chain, all in the transaction of the act."""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.orm import defer
from sqlmodel import col, select

from core.audit.record import record
from core.clock import is_sandbox
from core.database import Work
from core.documents.kinds import KINDS
from core.documents.models import Document
from core.documents.render import ROOT, render_pdf
from core.errors import NotFound
from core.i18n import msg
from core.ids import new_id


async def issue_document(
    work: Work,
    kind: str,
    *,
    template: str | Path,
    data: dict[str, Any],
    title: str | None = None,
    court_code: str | None = None,
    case_no: str | None = None,
    asset_id: UUID | None = None,
    case_id: UUID | None = None,
    lot_id: UUID | None = None,
    subject: str | None = None,
    public: bool = False,
) -> Document:
    """Issue a paper of `kind` (a key of `KINDS`) from a Typst template.

    `template` is a path below the product's root. Issuing the same kind for the same subject again makes the next version;
    without `subject` a paper is about its lot, asset or case. The frame reads `court`, `case_no`, `date` (ISO), `officer`,
    `phone` and `is_demo` from `data`. The electronic seal is added by a worker (`core.documents.workers`).
    """
    row = KINDS[kind]
    about = subject or _about(lot_id, asset_id, case_id)
    await work.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:versions, 11))"), {"versions": f"{kind}|{about}"}
    )
    version = (
        await work.session.exec(
            select(func.coalesce(func.max(Document.version), 0)).where(
                Document.kind == kind, Document.subject == about
            )
        )
    ).one() + 1
    document_id = new_id()
    path = Path(template)
    relative = str(path.relative_to(ROOT)) if path.is_absolute() else str(path)
    frame = {
        "title": title or row.title,
        "document_id": str(document_id),
        "version": version,
        "case_no": case_no or "",
        "is_sandbox": await is_sandbox(work.session),
    }
    content = await asyncio.to_thread(render_pdf, relative, {**frame, **data}, issued_at=work.now)
    document = Document(
        id=document_id,
        kind=kind,
        title=title or row.title,
        subject=about,
        version=version,
        case_no=case_no,
        court_code=court_code,
        asset_id=asset_id,
        case_id=case_id,
        lot_id=lot_id,
        content=content,
        sha256=sha256(content).digest(),
        data=data,
        is_public=public,
        issued_by=work.actor.account_id,
        issued_at=work.now,
    )
    work.session.add(document)
    await work.session.flush()
    await record(
        work,
        "document.issued",
        stream=about,
        rule=f"§10-{row.number}",
        asset_id=asset_id,
        case_id=case_id,
        lot_id=lot_id,
        document_id=document.id,
        kind=kind,
        version=version,
        sha256=document.sha256.hex(),
    )
    return document


def _about(lot_id: UUID | None, asset_id: UUID | None, case_id: UUID | None) -> str:
    for name, value in (("lot", lot_id), ("asset", asset_id), ("case", case_id)):
        if value is not None:
            return f"{name}:{value}"
    raise ValueError("name what the paper is about: a subject, lot, asset or case")


async def documents_of(
    work: Work, *, lot_id: UUID | None = None, asset_id: UUID | None = None, case_id: UUID | None = None
) -> list[Document]:
    """The papers of a lot, asset or case, newest first, without their content (read one by `document_by_id`)."""
    query = select(Document).options(
        *(defer(col(column)) for column in (Document.content, Document.sealed, Document.data))  # type: ignore[arg-type]
    )
    for column, value in (
        (col(Document.lot_id), lot_id),
        (col(Document.asset_id), asset_id),
        (col(Document.case_id), case_id),
    ):
        if value is not None:
            query = query.where(column == value)
    rows = await work.session.exec(
        query.order_by(col(Document.issued_at).desc(), col(Document.id).desc()).limit(500)
    )
    return list(rows)


async def document_by_id(work: Work, document_id: UUID) -> Document:
    """A paper. Raises `NotFound`; whether the reader may see it is the caller's to decide (`is_public`, court, party)."""
    document = await work.session.get(Document, document_id)
    if document is None:
        raise NotFound(msg("没有找到该文书。"))
    return document

"""Seals issued papers. Apart from the act itself, since a signature takes many times as long as the paper."""

import asyncio

import structlog
from sqlmodel import col, select

from core.database import Work
from core.documents.models import Document
from core.documents.seal import seal_pdf
from core.outbox.timetable import every
from core.settings import get_settings

BATCH = 5

log = structlog.get_logger(__name__)


@every(seconds=5, follows_clock=False)
async def seal_documents(work: Work) -> None:
    """Add the court's electronic seal to papers that have none yet, newest first: those are about to be read."""
    waiting = await work.session.exec(
        select(Document)
        .where(col(Document.sealed).is_(None), Document.media_type == "application/pdf")
        .order_by(col(Document.issued_at).desc())
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    key = get_settings().encryption_key()
    for document in list(waiting):
        court = str(document.data.get("court") or document.court_code or "人民法院")
        try:
            document.sealed = await asyncio.to_thread(seal_pdf, document.content, master_key=key, court=court)
        except Exception:
            log.exception(
                "document.seal_failed", document=str(document.id)
            )  # the others are sealed all the same
        work.session.add(document)

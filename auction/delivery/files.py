"""Photos and signed pages of clearing and hand-over: kept sealed, opened for the court and, some of them, for the buyer."""

from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select

from auction.delivery.models import DeliveryFile, FileKind
from auction.delivery.rules import BUYER_SEES
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.settlement.queries import open_sale_file, own_sale
from core.database import Work
from core.errors import NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.sealed_files import OpenedFile, keep_file, open_file

PURPOSE = "delivery"
MOST_FILES = 60


async def add_files(
    work: Work, lot_no: str, files: list[tuple[str, bytes]], *, kind: FileKind, caption: str = ""
) -> int:
    """Keep photos or signed pages with a sale; returns how many.

    Raises `InvalidInput` at `file`, `RuleViolation`, `NotPermitted`.
    """
    sale = await open_sale_file(work, lot_no)
    require(work.actor, Permission.RECORD_DELIVERY, court_code=sale.lot.court_code)
    if sale.settlement.ruling_served_at is None:
        raise RuleViolation("B-72", msg("成交裁定尚未送达，不能办理腾退和交付。"))
    if len(await files_of(work, sale.lot)) + len(files) > MOST_FILES:
        raise RuleViolation("B-72", msg("每件标的最多保存 {most} 个文件。", most=MOST_FILES))
    for name, content in files:
        digest = sha256(content).hexdigest()
        file_id = await keep_file(work, purpose=PURPOSE, name=name, content=content)
        work.session.add(
            DeliveryFile(
                file_id=file_id,
                lot_id=sale.lot.id,
                kind=kind,
                caption=caption,
                sha256=digest,
                added_by=work.actor.account_id,
                added_at=work.now,
            )
        )
        await note_lot(work, sale.lot, "delivery.file_added", "B-72", kind=str(kind), sha256=digest)
    await work.session.flush()
    return len(files)


async def files_of(work: Work, lot: Lot, *, for_buyer: bool = False) -> list[DeliveryFile]:
    """The files of a sale, oldest first."""
    query = select(DeliveryFile).where(DeliveryFile.lot_id == lot.id)
    if for_buyer:
        query = query.where(col(DeliveryFile.kind).in_(BUYER_SEES))
    rows = await work.session.exec(query.order_by(col(DeliveryFile.added_at), col(DeliveryFile.file_id)))
    return list(rows)


async def file_for_court(work: Work, lot_no: str, file_id: UUID) -> OpenedFile:
    """A file, for the people of the sale's court; opening it is recorded (P-03). Raises `NotFound`."""
    sale = await open_sale_file(work, lot_no)
    opened = await _opened(work, file_id, await files_of(work, sale.lot))
    await note_lot(work, sale.lot, "delivery.file_opened", "P-03", file=str(file_id))
    return opened


async def file_for_buyer(work: Work, lot_no: str, file_id: UUID) -> OpenedFile:
    """A file of the hand-over, for the buyer. Raises `NotFound`."""
    sale = await own_sale(work, lot_no)
    return await _opened(work, file_id, await files_of(work, sale.lot, for_buyer=True))


async def _opened(work: Work, file_id: UUID, files: list[DeliveryFile]) -> OpenedFile:
    if file_id not in {each.file_id for each in files}:
        raise NotFound(msg("没有找到该文件。"))
    return await open_file(work, file_id, purpose=PURPOSE)

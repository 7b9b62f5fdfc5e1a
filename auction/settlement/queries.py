"""Read settlements: the buyer's own page, the court's list, and which papers a buyer may open."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import col, select

from auction.listing.models import Lot
from auction.listing.queries import lot_by_number
from auction.registration.identity import account_match
from auction.registration.models import Registration
from auction.settlement.models import Settlement, SettlementState
from core.database import Work
from core.documents import Document
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require

BUYER_PAPERS = frozenset(
    {
        "sale_confirmation",
        "payment_notice",
        "sale_ruling",
        "assistance_notice",
        "delivery_record",
        "default_ruling",
    }
)
"""Kinds of papers that are addressed to the buyer or that the buyer carries to the registry (§10 nos. 20–25)."""

OVER = frozenset({SettlementState.DEFAULTED, SettlementState.REVOKED})


@dataclass(frozen=True, slots=True)
class Sale:
    """A sold lot with its settlement."""

    lot: Lot
    settlement: Settlement


async def settled_price(work: Work, lot_id: UUID) -> tuple[int, str] | None:
    """Price (fen) and buyer's code of a lot's settlement, if there is one."""
    rows = await work.session.exec(
        select(Settlement.price_fen, Settlement.buyer_code).where(Settlement.lot_id == lot_id)
    )
    found = rows.first()
    return None if found is None else (found[0], found[1])


async def own_sales(work: Work, *, limit: int = 100) -> list[Sale]:
    """What the actor has bought, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Lot, Settlement)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .join(Registration, col(Registration.id) == col(Settlement.registration_id))
        .where(Registration.account_match == account_match(work.actor.account_id))
        .order_by(col(Settlement.created_at).desc())
        .limit(limit)
    )
    return [Sale(lot, settlement) for lot, settlement in rows.all()]


async def own_sale(work: Work, lot_no: str) -> Sale:
    """The actor's own purchase. Raises `NotFound` for everything else: who bought what is not told (P-01)."""
    if work.actor.account_id is not None:
        rows = await work.session.exec(
            select(Lot, Settlement)
            .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
            .join(Registration, col(Registration.id) == col(Settlement.registration_id))
            .where(
                Lot.lot_no == lot_no,
                Registration.account_match == account_match(work.actor.account_id),
            )
        )
        found = rows.first()
        if found is not None:
            return Sale(*found)
    raise NotFound(msg("您名下没有该标的物的成交记录。"))


async def buyer_may_read(work: Work, document: Document) -> bool:
    """Whether the actor is the buyer of the lot and the paper is addressed to the buyer."""
    if document.lot_id is None or document.kind not in BUYER_PAPERS or work.actor.account_id is None:
        return False
    rows = await work.session.exec(
        select(Registration.id)
        .join(Settlement, col(Settlement.registration_id) == col(Registration.id))
        .where(
            Settlement.lot_id == document.lot_id,
            Registration.account_match == account_match(work.actor.account_id),
        )
    )
    return rows.first() is not None


async def buyer_papers(work: Work, sale: Sale) -> list[Document]:
    """The papers addressed to the buyer, oldest first."""
    rows = await work.session.exec(
        select(Document)
        .options(defer(Document.content), defer(Document.sealed), defer(Document.data))  # type: ignore[arg-type]
        .where(Document.lot_id == sale.lot.id, col(Document.kind).in_(BUYER_PAPERS))
        .order_by(col(Document.issued_at), col(Document.id))
    )
    return list(rows)


async def papers_of_lot(work: Work, lot: Lot) -> list[Document]:
    """Every paper of a lot for its court, newest first. Raises `NotPermitted`."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=lot.court_code)
    rows = await work.session.exec(
        select(Document)
        .options(defer(Document.content), defer(Document.sealed), defer(Document.data))  # type: ignore[arg-type]
        .where(Document.lot_id == lot.id)
        .order_by(col(Document.issued_at).desc(), col(Document.id).desc())
        .limit(200)
    )
    return list(rows)


async def sales_of_court(
    work: Work, court_code: str, *, state: SettlementState | None = None, limit: int = 200
) -> list[Sale]:
    """The sales of a court: open ones first, the one that is due soonest leading (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = (
        select(Lot, Settlement)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(Lot.court_code == court_code)
    )
    if state is not None:
        query = query.where(Settlement.state == str(state))
    rows = await work.session.exec(
        query.order_by(
            col(Settlement.state).in_([str(each) for each in OVER]),
            col(Settlement.delivered_at).is_not(None),
            col(Settlement.balance_due_at),
        ).limit(limit)
    )
    return [Sale(lot, settlement) for lot, settlement in rows.all()]


async def open_sale_file(work: Work, lot_no: str) -> Sale:
    """A sale for the court's page. Another court's sale is as unknown as a missing one (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES)
    lot = await lot_by_number(work, lot_no)
    settlement = await work.session.get(Settlement, lot.id) if lot is not None else None
    if (
        lot is None
        or settlement is None
        or not may(work.actor, Permission.SEE_COURT_FILES, court_code=lot.court_code)
    ):
        raise NotFound(msg("没有找到该成交标的，或它不属于本院。"), rule="P-03")
    return Sale(lot, settlement)

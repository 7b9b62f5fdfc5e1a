"""The papers of clearing and hand-over (§10 no. 24)."""

from datetime import datetime
from typing import Any

from auction.delivery.models import Capacity, ClearedHow, Clearing, GoodsTaker
from auction.delivery.rules import CAPACITY_LABELS, HOW_LABELS, TAKER_LABELS, HandOver, as_rows
from auction.listing.lot_paper import issue_lot_paper
from auction.listing.models import Lot
from auction.settlement.models import Settlement
from auction.settlement.papers import FOLDER as SALE_FOLDER
from auction.settlement.papers import sale_data
from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document

FOLDER = "auction/delivery/documents"


async def issue_notices(
    work: Work, lot: Lot, settlement: Settlement, clearing: Clearing
) -> tuple[Document, Document]:
    """The 腾退公告, to be posted at the place, and the 责令迁出通知书 to the occupants, over the president's name."""
    data = await _clearing_data(work, lot, settlement, clearing)
    notice = await issue_lot_paper(work, lot, "eviction_notice", f"{FOLDER}/eviction_notice.typ", data)
    order = await issue_lot_paper(
        work, lot, "move_out_order", f"{FOLDER}/eviction_notice.typ", {**data, "to": "occupants"}
    )
    return notice, order


async def issue_plan(work: Work, lot: Lot, settlement: Settlement, clearing: Clearing) -> Document:
    """The 强制腾退方案."""
    assert clearing.forced_at is not None
    data = {
        **await _clearing_data(work, lot, settlement, clearing),
        "forced_at": minute(clearing.forced_at),
        "leader": clearing.leader,
        "forces": clearing.forces,
        "care": clearing.care,
        "storage": clearing.storage,
    }
    return await issue_lot_paper(work, lot, "eviction_plan", f"{FOLDER}/eviction_plan.typ", data)


async def issue_clearing_record(work: Work, lot: Lot, settlement: Settlement, clearing: Clearing) -> Document:
    """The record of the clearing with the list of the goods that were moved out and who took them over."""
    assert clearing.cleared_at is not None
    data = {
        **await _clearing_data(work, lot, settlement, clearing),
        "cleared_at": minute(clearing.cleared_at),
        "how": HOW_LABELS[ClearedHow(clearing.cleared_how or ClearedHow.LEFT)],
        "people": _shown_people(clearing.people),
        "goods": clearing.goods,
        "taker": TAKER_LABELS[GoodsTaker(clearing.goods_taker or GoodsTaker.NONE)],
        "taken_by": clearing.goods_taken_by,
        "note": clearing.note,
    }
    return await issue_lot_paper(work, lot, "clearing_record", f"{FOLDER}/clearing_record.typ", data)


async def issue_delivery_record(
    work: Work, lot: Lot, settlement: Settlement, hand_over: HandOver
) -> Document:
    """The 交付笔录."""
    data = {
        **await sale_data(work, lot, settlement),
        "officer": work.actor.name,
        "delivered_at": minute(hand_over.delivered_at),
        "place": hand_over.place,
        "people": _shown_people(as_rows(hand_over.people)),
        "goods": as_rows(hand_over.goods),
        "keys": hand_over.keys,
        "meters": [list(each) for each in hand_over.meters],
        "note": hand_over.note,
        "not_signed": hand_over.not_signed,
    }
    return await issue_lot_paper(work, lot, "delivery_record", f"{SALE_FOLDER}/delivery_record.typ", data)


def minute(moment: datetime) -> str:
    """A moment as a paper writes it."""
    return f"{moment.astimezone(COURT_ZONE):%Y年%m月%d日%H时%M分}"


def _shown_people(people: list[dict[str, Any]]) -> list[list[str]]:
    return [[each["name"], CAPACITY_LABELS[Capacity(each["capacity"])]] for each in people]


async def _clearing_data(work: Work, lot: Lot, settlement: Settlement, clearing: Clearing) -> dict[str, Any]:
    return {
        **await sale_data(work, lot, settlement),
        "officer": "" if clearing.state == "notified" else work.actor.name,
        "occupants": clearing.occupants,
        "leave_by": clearing.leave_by.isoformat(),
        "helpers": clearing.helpers,
        "president": clearing.signed_by_name,
    }

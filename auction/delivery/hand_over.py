"""Hand the asset over: the record with people, witnesses, goods, keys and meters, and the buyer's receipt (B-72, L-21)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from auction.delivery import rules
from auction.delivery.models import Clearing, ClearingState, DeliveryRecord, Receipt
from auction.delivery.papers import issue_delivery_record
from auction.delivery.rules import HandOver
from auction.delivery.tell import page_of, tell_buyer
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.listing.parts import refuse_while_objected
from auction.registration.tell import work_as_nobody
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.queries import own_sale
from auction.settlement.rules import check_transition
from auction.settlement.ruling import advance_sold_asset, settlement_for_update
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.assets.models import AssetKind, AssetState
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

LENGTHS = {
    "place": 200, "keys": 300, "water": 40, "power": 40, "gas": 40, "mileage": 40, "note": 2000, "not_signed": 500,
}  # fmt: skip


async def record_delivery(work: Work, lot_id: UUID, hand_over: HandOver) -> DeliveryRecord:
    """Record the hand-over of a sold asset; the buyer is asked to confirm it.

    Raises `InvalidInput` by field for what §10 no. 24 wants and the record lacks, `RuleViolation` before the service of the
    ruling or while occupants must still leave, `NotPermitted`.
    """
    settlement, lot = await settlement_for_update(work, lot_id)
    require(work.actor, Permission.RECORD_DELIVERY, court_code=lot.court_code)
    check_transition(SettlementState(settlement.state), SettlementState.DELIVERED)
    await refuse_while_objected(work, lot)
    clearing = await work.session.get(Clearing, lot_id)
    rules.check_empty(ClearingState(clearing.state) if clearing is not None else None)
    hand_over = _checked(hand_over, settlement, lot, work)
    paper = await issue_delivery_record(work, lot, settlement, hand_over)
    delivery = DeliveryRecord(
        lot_id=lot.id,
        delivered_at=hand_over.delivered_at,
        place=hand_over.place,
        people=rules.as_rows(hand_over.people),
        goods=rules.as_rows(hand_over.goods),
        keys=hand_over.keys,
        water=hand_over.water,
        power=hand_over.power,
        gas=hand_over.gas,
        mileage=hand_over.mileage,
        note=hand_over.note,
        not_signed=hand_over.not_signed,
        document_id=paper.id,
        recorded_by=work.actor.account_id,
        recorded_at=work.now,
    )
    work.session.add(delivery)
    settlement.state, settlement.delivered_at = SettlementState.DELIVERED, hand_over.delivered_at
    await meet_deadline(work, "L-21", subject_kind="lot", subject_id=lot.id, done_event="sale.delivered")
    await advance_sold_asset(work, lot, AssetState.DELIVERED, "标的物交付买受人", "B-72")
    await note_lot(work, lot, "sale.delivered", "B-72")
    await tell_buyer(
        work,
        settlement,
        lot,
        "delivered",
        msg("标的物已交付，请确认"),
        msg("“{title}”的交付已登记。请核对交付笔录，确认收到；有不符的，请写明。", title=lot.title),
    )
    return delivery


def _checked(hand_over: HandOver, settlement: Settlement, lot: Lot, work: Work) -> HandOver:
    problems: dict[str, Message] = {}
    texts: dict[str, Any] = {
        field: clean_text(
            getattr(hand_over, field), field, problems, longest=longest, required=field == "place"
        )
        for field, longest in LENGTHS.items()
    }
    hand_over = replace(hand_over, **texts)
    missing = rules.hand_over_problems(
        hand_over,
        kind=AssetKind(lot.asset_kind),
        served_at=settlement.ruling_served_at or work.now,
        now=work.now,
    )
    if problems := missing | problems:
        raise InvalidInput(msg("交付笔录有误，请按提示修改。"), fields=problems, rule="B-72")
    return hand_over


async def confirm_receipt(
    work: Work, lot_no: str, *, receipt: Receipt, reservations: str = ""
) -> DeliveryRecord:
    """The buyer confirms the hand-over, or says what is not as it should be; then the court and its director are told.

    Raises `NotFound` for anybody but the buyer (P-01) and before a record, `RuleViolation` a second time, `InvalidInput`.
    """
    sale = await own_sale(work, lot_no)
    delivery = await work.session.get(
        DeliveryRecord, sale.lot.id, with_for_update=True, populate_existing=True
    )
    if delivery is None:
        raise NotFound(msg("法院还没有登记交付。"))
    rules.check_receipt(receipt=receipt, before=delivery.receipt, reservations=reservations)
    delivery.receipt, delivery.receipt_at = receipt, work.now
    delivery.reservations = reservations.strip() if receipt is Receipt.RESERVED else ""
    lot = sale.lot
    await note_lot(work_as_nobody(work), lot, "sale.receipt_confirmed", "B-72", receipt=str(receipt))
    if receipt is Receipt.RESERVED:
        await tell_court(
            work,
            lot.court_code,
            Role.CASE_OFFICER,
            Role.DISPOSAL_TEAM,
            Role.BUREAU_DIRECTOR,
            key=f"receipt:{lot.id}",
            title=msg("买受人对交付提出异议"),
            body=msg("“{title}”的买受人认为交付与公告或笔录不符，请核实并答复。", title=lot.title),
            link=page_of(lot),
        )
    return delivery

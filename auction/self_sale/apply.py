"""The debtor asks to sell by itself, or the court writes a paper application down; the buyer is named; it is taken back."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.listing.rules import MAX_MONEY_FEN
from auction.self_sale import rules
from auction.self_sale.end import end_window
from auction.self_sale.models import SelfSale, SelfSaleGround, SelfSaleState
from auction.self_sale.queries import creditors_of, facts_of, sale_for_update
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.money import yuan
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = SelfSaleState


async def apply_for_self_sale(
    work: Work,
    asset_id: UUID,
    *,
    ground: SelfSaleGround,
    price_fen: int,
    reason: str,
    buyer_name: str = "",
    buyer_is_related: bool = False,
    debtor_id: UUID | None = None,
) -> SelfSale:
    """File an application: the debtor on line, or somebody of the court for the debtor `debtor_id` who asks on paper.

    The buyer may be named now or later. Raises `RuleViolation` (A-26, A-27, A-28), `InvalidInput` by field, `Conflict` while
    one is open, `NotFound` to anybody but a debtor of the case (P-03).
    """
    asset, debtor = await _debtor(work, asset_id, debtor_id)
    asset = await lock_asset(work, asset)
    ground = SelfSaleGround(ground)
    facts = await facts_of(work, asset, debtor)
    rules.check_open(ground, facts)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    buyer_name = clean_text(buyer_name, "buyer", fields, longest=80, required=False)
    if problem := _amount(price_fen) or rules.check_price(ground, facts, price_fen, all_agree=True):
        fields["price"] = problem
    if fields:
        raise InvalidInput(
            msg("自行变卖的申请有误，请按提示修改。"), fields=fields, rule=rules.GROUND_RULES[ground]
        )
    staff = work.actor.is_staff
    sale = SelfSale(
        id=new_id(),
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        debtor_party_id=debtor.id,
        ground=ground,
        reason=reason,
        price_fen=price_fen,
        buyer_name=buyer_name,
        buyer_is_related=buyer_is_related,
        entered_by=work.actor.account_id if staff else None,
        entered_by_name=work.actor.name[:80] if staff else "",
        filed_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(sale)
    except IntegrityError as error:
        raise Conflict(msg("该标的物已有一份自行变卖正在办理。"), rule="A-26") from error
    await note(work, sale, "self_sale.filed", ground=str(ground), price_fen=price_fen)
    await tell_court(
        work, sale.court_code, Role.PANEL_MEMBER, Role.CASE_OFFICER, key=f"self-sale:{sale.id}",
        title=msg("被执行人申请自行变卖"), body=msg("“{title}”的自行变卖申请待合议庭决定。", title=asset.title),
        link=f"/team/assets/{asset.asset_no}/self-sale",
    )  # fmt: skip
    return sale


async def name_buyer(
    work: Work, sale_id: UUID, *, buyer_name: str, price_fen: int, buyer_is_related: bool
) -> SelfSale:
    """Name the buyer and the price that was agreed, within the window and before money has come (A-26).

    Raises `RuleViolation`, `InvalidInput` by field (price below the floor, creditors not protected), `NotFound`.
    """
    sale, asset, debtor = await _own(work, sale_id)
    rules.check_state(sale.state, S.ALLOWED)
    if sale.paid_fen:
        raise RuleViolation("A-26", msg("已有价款到账，不能再变更买受人和价格。"))
    fields: dict[str, Message] = {}
    buyer_name = clean_text(buyer_name, "buyer", fields, longest=80)
    assert sale.floor_fen is not None
    facts = await facts_of(work, asset, debtor)
    agree = all(str(party.id) in sale.consents for party in await creditors_of(work, sale.case_id))
    if problem := _amount(price_fen):
        fields["price"] = problem
    elif price_fen < sale.floor_fen:
        fields["price"] = msg("自行变卖的价格不得低于 {yuan} 元。", yuan=yuan(sale.floor_fen))
    elif problem := rules.check_creditors(
        facts, price_fen, all_agree=agree, buyer_is_related=buyer_is_related
    ):
        fields["price"] = problem
    if fields:
        raise InvalidInput(msg("买受人或价格有误，请按提示修改。"), fields=fields, rule="A-26")
    sale.buyer_name, sale.price_fen, sale.buyer_is_related = buyer_name, price_fen, buyer_is_related
    await note(work, sale, "self_sale.buyer_named", price_fen=price_fen, related=buyer_is_related)
    return sale


async def withdraw_self_sale(work: Work, sale_id: UUID) -> SelfSale:
    """Take it back, before the price is paid in full: the disposal goes on, money that came goes back. Raises as above."""
    sale, _, _ = await _own(work, sale_id)
    rules.check_state(sale.state, S.FILED, S.ALLOWED)
    await end_window(work, sale, S.WITHDRAWN, event="self_sale.withdrawn")
    return sale


async def note(work: Work, sale: SelfSale, event: str, **details: Any) -> None:
    """Tell the audit chain of the asset; never the buyer's name."""
    await record(
        work, event, stream=f"asset:{sale.asset_id}", rule=rules.GROUND_RULES[SelfSaleGround(sale.ground)],
        asset_id=sale.asset_id, case_id=sale.case_id, self_sale=str(sale.id), **details,
    )  # fmt: skip


def _amount(price_fen: int) -> Message | None:
    return None if 0 < price_fen <= MAX_MONEY_FEN else msg("价格须大于 0，且不超过一万亿元。")


async def _debtor(work: Work, asset_id: UUID, debtor_id: UUID | None) -> tuple[Asset, Party]:
    """The asset and the debtor for whom is asked: the own person, or any debtor of the case for staff of the court (P-03)."""
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"), rule="P-03")
    if work.actor.is_staff:
        require(work.actor, Permission.DRAFT_LISTING, court_code=asset.court_code)
    for party in await parties_of(work, asset.case_id):
        own = party.account_id is not None and party.account_id == work.actor.account_id
        if party.role == PartyRole.DEBTOR and (party.id == debtor_id if work.actor.is_staff else own):
            return asset, party
    raise NotFound(msg("没有找到该标的物的被执行人。"), rule="P-03")


async def _own(work: Work, sale_id: UUID) -> tuple[SelfSale, Asset, Party]:
    sale = await sale_for_update(work, sale_id)
    debtor = await work.session.get_one(Party, sale.debtor_party_id)
    asset = await work.session.get_one(Asset, sale.asset_id)
    if work.actor.is_staff:
        require(work.actor, Permission.DRAFT_LISTING, court_code=sale.court_code)
    elif debtor.account_id is None or debtor.account_id != work.actor.account_id:
        raise NotFound(msg("没有找到该自行变卖申请。"), rule="P-03")
    return sale, asset, debtor

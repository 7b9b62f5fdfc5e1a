"""Draft a lot on the panel's record, and edit the draft (§11.3 DRAFT)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from auction.direct_sale.models import DirectSale
from auction.direct_sale.rules import check_period
from auction.listing import rules
from auction.listing.buyer_fees import buyer_fees
from auction.listing.choose_together import references_of, whole_reference
from auction.listing.defaults import disclosure_of_all, say_direct_sale
from auction.listing.disclosure import (
    DELIVERY_WAYS,
    MOST_FACTS,
    NO_SURPLUS_ANSWERS,
    SPECIAL_WARNINGS,
    Disclosure,
    read_disclosure,
    to_stored,
)
from auction.listing.models import Lot, LotState, Round
from auction.listing.note import note_lot
from auction.listing.numbering import next_lot_numbers
from auction.listing.panel import apply_decision, free_decision, free_direct_decision
from auction.listing.parts import add_parts, assets_of, lock_free
from auction.listing.queries import Position, lot_for_update, lots_of_asset
from auction.listing.rounds import check_sell_off_settled, direct_position, next_position
from auction.listing.together import title_together
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.legal_settings import legal
from core.search_text import index_tokens
from disposal_teams.assets.models import MOVABLE_KINDS, Asset, AssetKind, AssetState
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from disposal_teams.plain_text import clean_text
from valuation.reference_price import reference_price_of

EDITABLE_STATES = frozenset({LotState.DRAFT, LotState.NOTIFYING})
WRONG = msg("拍品草稿有误，请按提示修改。")


async def draft_lot(work: Work, asset_id: UUID) -> Lot:
    """Draft the next run of an asset on the newest panel record (B-03), with the disclosure proposed from the survey.

    Raises `RuleViolation` (asset not ready, no panel record), `Conflict` (a run is live, or the asset is sold).
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.DRAFT_LISTING, court_code=asset.court_code)
    if asset.state not in {AssetState.READY_TO_LIST, AssetState.LISTED, AssetState.OFFERED_IN_KIND}:
        raise RuleViolation("§11.1", msg("标的物尚不具备上拍条件。请先完成调查和参考价程序。"))
    runs = await lots_of_asset(work, asset_id)
    position = next_position(runs)
    decision = await free_direct_decision(work, asset_id)
    if decision is not None and decision.direct_sale_id is not None:
        position = direct_position(runs, decision.direct_sale_id)
    else:
        check_sell_off_settled(runs, AssetState(asset.state))
        decision = await free_decision(work, asset_id, position.round)
    if decision is None:
        raise RuleViolation("B-03", msg("还没有合议庭对本拍次的决定。请先录入合议笔录。"))
    lot = await new_draft(
        work,
        asset,
        position,
        starting_price_fen=decision.starting_price_fen,
        increment_fen=decision.increment_fen,
        deposit_fen=decision.deposit_fen,
        together=decision.together,
    )
    apply_decision(lot, decision)
    await work.session.flush()
    return lot


async def new_draft(
    work: Work,
    asset: Asset,
    position: Position,
    *,
    starting_price_fen: int,
    increment_fen: int,
    deposit_fen: int,
    together: Sequence[UUID] = (),
) -> Lot:
    """Write the draft of a run at `position`. A later round takes over what the round before disclosed.

    `together`: the other assets of a mixed lot; in a sell-off without an auction each counts with its part of what the permission
    rests on, which need not be a reference price (A-22). Its notice period is the longer one if any of them asks for it (B-10).
    Raises `Conflict` when any of the assets is in a live lot, `RuleViolation` when one has lost its price.
    """
    assets = [asset, *[await work.session.get_one(Asset, each) for each in together]]
    await lock_free(work, assets)
    known = await references_of(work, [each.id for each in assets]) if together else []
    sale = (
        await work.session.get_one(DirectSale, position.direct_sale_id) if position.direct_sale_id else None
    )
    references = [sale.parts.get(str(each.id)) for each in assets] if sale and together else known
    if any((each.court_code, each.case_id) != (asset.court_code, asset.case_id) for each in assets):
        raise RuleViolation("B-03", msg("合并拍卖的财产已不在同一法院、同一案件，请由合议庭重新决定。"))
    if None in references:
        raise RuleViolation("B-03", msg("合并拍卖的财产中有的参考价已经失效，请重新确定后由合议庭决定。"))
    case = await case_of(work, asset.case_id)
    court = await court_of(work, asset.court_code)
    price = await reference_price_of(work, asset.id)
    settings = legal()
    before = position.rerun_of or position.previous
    if before is not None:
        disclosure = read_disclosure(before.disclosure)
    else:
        disclosure = await disclosure_of_all(work, assets, case, court)
    if sale is not None:
        disclosure = say_direct_sale(disclosure, sale, assets)
    (lot_no,) = await next_lot_numbers(work, [asset.court_code])
    lot = Lot(
        id=new_id(),
        lot_no=lot_no,
        asset_id=asset.id,
        case_id=asset.case_id,
        court_code=asset.court_code,
        team_id=asset.team_id,
        valuation_id=price.valuation_id if price else None,
        previous_lot_id=before.id if before else None,
        direct_sale_id=position.direct_sale_id,
        round=position.round,
        rerun=position.rerun,
        attempt=position.attempt,
        title=title_together(asset.title, len(assets)),
        summary=before.summary if before else "",
        asset_kind=asset.kind,
        is_movable=all(AssetKind(each.kind) in MOVABLE_KINDS for each in assets),
        reference_price_fen=whole_reference(known) if together else (price.price_fen if price else None),
        starting_price_fen=starting_price_fen,
        increment_fen=increment_fen,
        deposit_fen=deposit_fen,
        balance_due_days=before.balance_due_days if before else settings.balance_due_days,
        extension_window_s=settings.extension_window_minutes * 60,
        extension_s=settings.extension_window_minutes * 60,
        may_outbid_self=settings.leader_may_outbid_self,
        disclosure=to_stored(disclosure),
        source_key=asset.source_key,
        is_demo=asset.is_demo,
        created_at=work.now,
    )
    lot.search_tokens = _found_by(lot, assets, case.case_no, court.name)
    work.session.add(lot)
    await work.session.flush()
    if together:
        add_parts(work, lot, assets, [each for each in references if each is not None])
        await work.session.flush()
    joint: dict[str, Any] = {"together": [each.asset_no for each in assets]} if together else {}
    await note_lot(
        work,
        lot,
        "lot.drafted",
        "§11.3",
        lot_no=lot.lot_no,
        round=str(position.round),
        starting_price_fen=starting_price_fen,
        **joint,
    )
    return lot


def lot_tokens(lot_no: str, asset: Asset, case_no: str, court_name: str) -> list[str]:
    """What the catalogue finds a lot by: number, title, place, case, court."""
    return index_tokens(f"{lot_no} {asset.title} {asset.location} {asset.district} {case_no} {court_name}")


async def edit_draft(
    work: Work,
    lot_id: UUID,
    *,
    title: str | None = None,
    summary: str | None = None,
    balance_due_days: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    disclosure: Disclosure | None = None,
) -> Lot:
    """Change what is given of a draft. Figures of the panel change only by a panel record (B-03).

    Raises `InvalidInput` by field (L-14, X-03, B-70), `RuleViolation` once published (B-16).
    """
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.DRAFT_LISTING, court_code=lot.court_code)
    if LotState(lot.state) not in EDITABLE_STATES:
        raise RuleViolation("B-16", msg("公告已经发布，不能修改草稿。请办理公告变更，或撤回后重新公告。"))
    fields: dict[str, Message] = {}
    if title is not None:
        lot.title = clean_text(title, "title", fields, longest=200)
    if summary is not None:
        lot.summary = clean_text(summary, "summary", fields, longest=4000, required=False)
    if balance_due_days is not None:
        _set_balance_days(lot, balance_due_days, fields)
    if starts_at is not None or ends_at is not None:
        _set_times(lot, starts_at or lot.starts_at, ends_at or lot.scheduled_end_at, work.now, fields)
    if disclosure is not None:
        check_disclosure(disclosure, fields)
        lot.disclosure = to_stored(disclosure)
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule=_rule_of(fields, lot))
    if title is not None:
        await _renew_tokens(work, lot)
    await note_lot(
        work, lot, "lot.draft_edited", "§11.3", starts_at=lot.starts_at, ends_at=lot.scheduled_end_at
    )
    return lot


def _rule_of(fields: dict[str, Message], lot: Lot) -> str:
    if "ends_at" in fields or "starts_at" in fields:
        if lot.direct_sale_id is not None:
            return "X-10"
        return "X-03" if lot.round == Round.SELL_OFF else "L-14"
    return "B-70" if "balance_due_days" in fields else "B-11"


def _set_balance_days(lot: Lot, days: int, fields: dict[str, Message]) -> None:
    low, high = legal().balance_due_days_least, legal().balance_due_days_most
    if low <= days <= high:
        lot.balance_due_days = days
    else:
        fields["balance_due_days"] = msg("尾款期限须为 {low} 至 {high} 天。", low=low, high=high)


def _set_times(
    lot: Lot, starts_at: datetime | None, ends_at: datetime | None, now: datetime, fields: dict[str, Message]
) -> None:
    if starts_at is None or ends_at is None:
        fields["starts_at" if starts_at is None else "ends_at"] = msg("请同时填写开拍时间和结束时间。")
        return
    if starts_at <= now:
        fields["starts_at"] = msg("开拍时间须晚于现在。")
        return
    if lot.direct_sale_id is not None:
        problem = check_period(starts_at=starts_at, ends_at=ends_at, most_days=legal().sell_off_window_days)
    elif lot.round == Round.SELL_OFF:
        problem = rules.check_sell_off_period(
            starts_at=starts_at, ends_at=ends_at, days=legal().sell_off_window_days
        )
    else:
        problem = rules.check_bidding_time(starts_at=starts_at, ends_at=ends_at)
    if problem:
        fields["ends_at"] = problem
        return
    lot.starts_at, lot.scheduled_end_at = starts_at, ends_at


def check_disclosure(disclosure: Disclosure, fields: dict[str, Message]) -> None:
    """Note what cannot be kept: unknown codes, texts too long or with control characters, fees of the buyer's (B-91)."""
    if disclosure.no_surplus and disclosure.no_surplus not in NO_SURPLUS_ANSWERS:
        fields["no_surplus"] = msg("请选择列表中的结论。")
    if set(disclosure.warnings) - SPECIAL_WARNINGS.keys():
        fields["warnings"] = msg("请选择列表中的特别提示。")
    if disclosure.delivery is not None:
        if disclosure.delivery.vacated_by not in DELIVERY_WAYS:
            fields["delivery"] = msg("请选择列表中的交付方式。")
        elif not 1 <= disclosure.delivery.within_days <= 180:
            fields["delivery_days"] = msg("交付天数须为 1 至 180 天。")
        clean_text(disclosure.delivery.text, "delivery", fields, longest=500)
    for name in (
        "qualification",
        "enforcement_title",
        "pricing_basis",
        "priority_statement",
        "payment_ways",
        "contact",
        "other",
    ):
        clean_text(getattr(disclosure, name), name, fields, longest=1000, required=False)
    if len(disclosure.facts) > MOST_FACTS or len(disclosure.taxes) > 30:
        fields["facts"] = msg("披露事项过多，请合并填写。")
    for fact in disclosure.facts:
        clean_text(fact.text, "facts", fields, longest=1000)
    for code, fact in disclosure.special.items():
        clean_text(fact.text, f"special_{code}", fields, longest=1000)
        clean_text(fact.source, f"source_{code}", fields, longest=200, required=False)
    for code, note in disclosure.warning_notes.items():
        clean_text(note, f"note_{code}", fields, longest=500, required=False)
    for place, tax in enumerate(disclosure.taxes, start=1):
        clean_text(tax.name, f"tax_name{place}", fields, longest=40)
        clean_text(tax.payer, f"tax_payer{place}", fields, longest=40)
        if tax.rate_bp is not None and not 0 <= tax.rate_bp <= 10_000:
            fields[f"tax_rate{place}"] = msg("税率须在 0 到 100% 之间。")
    for field, fault in buyer_fees(disclosure).items():
        fields.setdefault(field, fault)


async def _renew_tokens(work: Work, lot: Lot) -> None:
    case = await case_of(work, lot.case_id)
    court = await court_of(work, lot.court_code)
    lot.search_tokens = _found_by(lot, await assets_of(work, lot), case.case_no, court.name)


def _found_by(lot: Lot, assets: Sequence[Asset], case_no: str, court_name: str) -> list[str]:
    """The words of the lot's own title and of everything in it."""
    tokens = set(index_tokens(lot.title))
    for each in assets:
        tokens.update(lot_tokens(lot.lot_no, each, case_no, court_name))
    return sorted(tokens)

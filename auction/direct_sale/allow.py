"""The panel allows a sell-off without an auction, with its price (A-21, A-22, X-10)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from auction.direct_sale.models import DirectGround, DirectPriceBasis, DirectSale
from auction.direct_sale.queries import runs_of_each, terms_of
from auction.direct_sale.rules import BY_COURT, check_cover, check_ground, check_price, missing_consents
from auction.direct_sale.together import OPEN_TO_DIRECT_SALE, sold_off_with
from auction.listing import rules
from auction.listing.models import LotState, PanelDecision
from auction.listing.panel_record import issue_panel_record
from auction.listing.rounds import direct_position
from auction.listing.together import TogetherGround
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.plain_text import clean_text
from valuation.reference_price import reference_price_of


async def allow_direct_sale(
    work: Work,
    asset_id: UUID,
    *,
    ground: DirectGround,
    evidence: str,
    consents: Mapping[str, str],
    price_basis: DirectPriceBasis,
    basis_fen: int,
    basis_note: str,
    starting_price_fen: int,
    increment_fen: int,
    deposit_fen: int,
    members: list[str],
    minutes: str,
    decided_on: date,
    ceiling_bids_allowed: bool = False,
    together: Mapping[UUID, int] | None = None,
    together_because: TogetherGround | None = None,
) -> DirectSale:
    """Record the panel's permission and its figures, money in fen. `consents`: proof by party id. `ceiling_bids_allowed` as in
    every panel decision. `together`: other assets of the case that are sold off with this one as one lot (B-03), and what of the
    agreed or market price belongs to each; `basis_fen` is then this asset's. The price rests on all of them.

    With an agreed or market price no valuation is needed (V-04): the surveyed asset may go on at once. An appraised price is
    the fixed reference price. Raises `InvalidInput` by field (A-21, A-22, B-03, B-30), `RuleViolation`, `NotPermitted`.
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    others = await sold_off_with(work, asset, together or {}, fields)
    assets = [asset, *others]
    runs = await runs_of_each(work, [each.id for each in assets])
    _check_asset(AssetState(asset.state))
    if ground in BY_COURT and any(run.state == LotState.FAILED for each in runs.values() for run in each):
        raise RuleViolation(
            "A-21", msg("标的物已经拍卖，流拍后的变卖按二拍起拍价进行；直接变卖须经当事人同意。")
        )
    if others and together_because is None:
        fields["together_because"] = msg("请选择合并变卖的理由。")
    sale = DirectSale(
        id=new_id(),
        asset_id=asset_id,
        ground=ground,
        evidence=clean_text(evidence, "evidence", fields, longest=1000),
        consents={
            party: proof
            for party, proof in (
                (party, clean_text(text, "consents", fields, longest=200, required=False))
                for party, text in consents.items()
            )
            if proof
        },
        price_basis=price_basis,
        basis_fen=basis_fen,
        basis_note=clean_text(
            basis_note,
            "basis_note",
            fields,
            longest=200,
            required=price_basis is not DirectPriceBasis.APPRAISAL,
        ),
        created_at=work.now,
    )
    await _check_basis(work, sale, assets, together or {}, fields)
    await _check_ground(work, assets, sale, starting_price_fen, fields)
    position = direct_position(runs[asset_id], sale.id)
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    minutes = clean_text(minutes, "minutes", fields, longest=2000)
    if problem := rules.check_panel(names):
        fields["members"] = problem
    if decided_on > work.now.astimezone(COURT_ZONE).date():
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    if not 0 < starting_price_fen <= rules.MAX_MONEY_FEN:
        fields["starting_price"] = msg("起拍价须大于 0，且不超过一万亿元。")
    else:
        for field, problem in (
            ("starting_price", check_price(terms_of(sale, runs), starting_price_fen)),
            ("increment", rules.check_increment(starting_price_fen, increment_fen)),
            ("deposit", rules.check_deposit(starting_price_fen, deposit_fen)),
        ):
            if problem:
                fields.setdefault(field, problem)
    if fields:
        rule = "A-22" if "starting_price" in fields else "A-21"
        raise InvalidInput(msg("直接变卖的决定有误，请按提示修改。"), fields=fields, rule=rule)
    work.session.add(sale)
    await work.session.flush()
    decision = PanelDecision(
        id=new_id(),
        asset_id=asset_id,
        direct_sale_id=sale.id,
        round=position.round,
        starting_price_fen=starting_price_fen,
        increment_fen=increment_fen,
        deposit_fen=deposit_fen,
        ceiling_bids_allowed=ceiling_bids_allowed,
        together=[each.id for each in others],
        together_because=together_because if others else None,
        members=names,
        votes=dict.fromkeys(names, "agree"),
        minutes=minutes,
        decided_on=decided_on,
        recorded_by=work.actor.account_id,
        created_at=work.now,
    )
    work.session.add(decision)
    for each in sorted(assets, key=lambda each: each.id):
        if each.state == AssetState.VALUATION:
            await advance_asset(
                work, each, AssetState.READY_TO_LIST, reason="决定直接变卖，无需确定参考价", rule="V-04"
            )
    joint: dict[str, Any] = (
        {"together": [str(each.id) for each in others], "because": str(together_because)} if others else {}
    )
    await record(
        work,
        "direct_sale.allowed",
        stream=f"asset:{asset_id}",
        rule="A-21",
        asset_id=asset_id,
        case_id=asset.case_id,
        ground=str(ground),
        price_basis=str(price_basis),
        basis_fen=sale.basis_fen,
        starting_price_fen=starting_price_fen,
        ceiling_bids_allowed=ceiling_bids_allowed,
        members=names,
        **joint,
    )
    await issue_panel_record.later(work, key=str(decision.id), decision_id=decision.id)
    return sale


def _check_asset(state: AssetState) -> None:
    if state not in OPEN_TO_DIRECT_SALE:
        raise RuleViolation("A-21", msg("标的物尚未完成调查，或已在其他程序中，不能直接变卖。"))


async def _check_basis(
    work: Work,
    sale: DirectSale,
    assets: Sequence[Asset],
    stated: Mapping[UUID, int],
    fields: dict[str, Message],
) -> None:
    """Fill in the whole basis, and each asset's part where there are several."""
    amounts = [sale.basis_fen, *(stated[each.id] for each in assets[1:])]
    if sale.price_basis == DirectPriceBasis.APPRAISAL:
        prices = [await reference_price_of(work, each.id) for each in assets]
        fixed = [price for price in prices if price is not None]
        if len(fixed) < len(assets):
            fields["price_basis"] = msg("尚无已确定的参考价，请先完成参考价程序，或选择其他定价依据。")
            return
        amounts = [price.price_fen for price in fixed]
        sale.basis_note = "；".join(dict.fromkeys(price.source for price in fixed))[:200]
    elif not all(0 < each <= rules.MAX_MONEY_FEN for each in amounts):
        fields["basis"] = (
            msg("请填写每一项财产的约定价格或市价。") if len(assets) > 1 else msg("请填写约定价格或市价。")
        )
        return
    sale.basis_fen = sum(amounts)
    if len(assets) > 1:
        sale.parts = {str(each.id): fen for each, fen in zip(assets, amounts, strict=True)}


async def _check_ground(
    work: Work,
    assets: Sequence[Asset],
    sale: DirectSale,
    starting_price_fen: int,
    fields: dict[str, Message],
) -> None:
    ground = DirectGround(sale.ground)
    case = await case_of(work, assets[0].case_id)
    parties = {str(party.id): PartyRole(party.role) for party in await parties_of(work, case.id)}
    found = [check_ground(ground, kind=AssetKind(each.kind)) for each in assets]
    found.append(check_cover(ground, price_fen=starting_price_fen, claims_fen=case.claim_fen))
    if problem := next(filter(None, found), None):
        fields["ground"] = problem
    if missing := missing_consents(ground, parties, sale.consents):
        fields["consents"] = msg("该事由还需要 {count} 人的同意材料。", count=len(missing))

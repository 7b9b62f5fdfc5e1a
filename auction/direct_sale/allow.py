"""The panel allows a sell-off without an auction, with its price (A-21, A-22, X-10)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from auction.direct_sale.models import DirectGround, DirectPriceBasis, DirectSale
from auction.direct_sale.queries import terms_of
from auction.direct_sale.rules import BY_COURT, check_cover, check_ground, check_price, missing_consents
from auction.listing import rules
from auction.listing.models import LotState, PanelDecision
from auction.listing.queries import lots_of_asset
from auction.listing.rounds import direct_position
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

_OPEN_TO_DIRECT_SALE = frozenset({AssetState.VALUATION, AssetState.READY_TO_LIST, AssetState.LISTED})


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
) -> DirectSale:
    """Record the panel's permission and its figures, money in fen. `consents`: proof by party id. `ceiling_bids_allowed` as in
    every panel decision.

    With an agreed or market price no valuation is needed (V-04): the surveyed asset may go on at once. An appraised price is
    the fixed reference price. Raises `InvalidInput` by field (A-21, A-22, B-03, B-30), `RuleViolation`, `NotPermitted`.
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code)
    runs = await lots_of_asset(work, asset_id)
    _check_asset(AssetState(asset.state))
    if ground in BY_COURT and any(run.state == LotState.FAILED for run in runs):
        raise RuleViolation(
            "A-21", msg("标的物已经拍卖，流拍后的变卖按二拍起拍价进行；直接变卖须经当事人同意。")
        )
    fields: dict[str, Message] = {}
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
    await _check_basis(work, sale, fields)
    await _check_ground(work, asset, sale, starting_price_fen, fields)
    position = direct_position(runs, sale.id)
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
    work.session.add(
        PanelDecision(
            id=new_id(),
            asset_id=asset_id,
            direct_sale_id=sale.id,
            round=position.round,
            starting_price_fen=starting_price_fen,
            increment_fen=increment_fen,
            deposit_fen=deposit_fen,
            ceiling_bids_allowed=ceiling_bids_allowed,
            members=names,
            minutes=minutes,
            decided_on=decided_on,
            recorded_by=work.actor.account_id,
            created_at=work.now,
        )
    )
    if asset.state == AssetState.VALUATION:
        await advance_asset(
            work, asset, AssetState.READY_TO_LIST, reason="决定直接变卖，无需确定参考价", rule="V-04"
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
        basis_fen=basis_fen,
        starting_price_fen=starting_price_fen,
        ceiling_bids_allowed=ceiling_bids_allowed,
        members=names,
    )
    return sale


def _check_asset(state: AssetState) -> None:
    if state not in _OPEN_TO_DIRECT_SALE:
        raise RuleViolation("A-21", msg("标的物尚未完成调查，或已在其他程序中，不能直接变卖。"))


async def _check_basis(work: Work, sale: DirectSale, fields: dict[str, Message]) -> None:
    if sale.price_basis == DirectPriceBasis.APPRAISAL:
        price = await reference_price_of(work, sale.asset_id)
        if price is None:
            fields["price_basis"] = msg("尚无已确定的参考价，请先完成参考价程序，或选择其他定价依据。")
        else:
            sale.basis_fen, sale.basis_note = price.price_fen, price.source
    elif not 0 < sale.basis_fen <= rules.MAX_MONEY_FEN:
        fields["basis"] = msg("请填写约定价格或市价。")


async def _check_ground(
    work: Work, asset: Asset, sale: DirectSale, starting_price_fen: int, fields: dict[str, Message]
) -> None:
    ground = DirectGround(sale.ground)
    case = await case_of(work, asset.case_id)
    parties = {str(party.id): PartyRole(party.role) for party in await parties_of(work, asset.case_id)}
    problem = check_ground(ground, kind=AssetKind(asset.kind)) or check_cover(
        ground, price_fen=starting_price_fen, claims_fen=case.claim_fen
    )
    if problem:
        fields["ground"] = problem
    if missing := missing_consents(ground, parties, sale.consents):
        fields["consents"] = msg("该事由还需要 {count} 人的同意材料。", count=len(missing))

"""Record what the collegiate panel decided (B-03, P-05)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from auction.listing import rules
from auction.listing.choose_together import joined
from auction.listing.models import Lot, LotState, PanelDecision
from auction.listing.panel_record import issue_panel_record
from auction.listing.parts import others_of
from auction.listing.price_basis import price_basis
from auction.listing.queries import lots_of_asset
from auction.listing.rounds import check_sell_off_settled, next_position
from auction.listing.together import TogetherGround
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.plain_text import clean_text
from valuation.reference_price import reference_price_of

WRONG = msg("合议庭决定有误，请按提示修改。")


async def record_panel_decision(
    work: Work,
    asset_id: UUID,
    *,
    starting_price_fen: int,
    increment_fen: int,
    deposit_fen: int,
    members: list[str],
    minutes: str,
    decided_on: date,
    votes: Mapping[str, str] | None = None,
    together: Collection[UUID] = (),
    together_because: TogetherGround | None = None,
    ceiling_bids_allowed: bool = False,
) -> PanelDecision:
    """Record the panel's decision on the next round of an asset, money in fen. A draft that waits for it takes it over.

    `votes`: "agree" or "dissent" by member; without any, the panel was of one mind. The majority decides (V-43). The
    record (§10 no. 10) is written. `ceiling_bids_allowed`: bidders may leave a ceiling up to which the system raises for them
    (B-40); it is part of the notice and of the signed rules of the log.
    `together`: assets of the same case that are sold with this one as one lot, and why (B-03); the reference prices count
    together. A draft that waits keeps its assets.
    Raises `InvalidInput` by field: panel (B-03), price floor (V-40, V-41, X-04), deposit (B-30), increment, date.
    """
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code)
    if (asset.resume_state or asset.state) not in {
        AssetState.READY_TO_LIST,
        AssetState.LISTED,
        AssetState.OFFERED_IN_KIND,
    }:
        raise RuleViolation("B-03", msg("参考价确定之后合议庭才能决定起拍价。请先完成参考价程序。"))
    lots = await lots_of_asset(work, asset_id)
    draft = _waiting_draft(lots)
    earlier = lots[:-1] if draft else lots
    position = next_position(earlier)
    check_sell_off_settled(lots, AssetState(asset.state))
    fields: dict[str, Message] = {}
    if draft is not None:
        others = [each.id for each in await others_of(work, draft)]
        because = await _ground_before(work, draft) if others else None
    else:
        others = [each.id for each in await joined(work, asset, position, together, fields)]
        because = together_because if others else None
        if others and because is None:
            fields["together_because"] = msg("请选择合并拍卖的理由。")
    price = await reference_price_of(work, asset_id)
    basis = await price_basis(work, position, earlier, price, asset_ids=[asset_id, *others])
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    minutes = clean_text(minutes, "minutes", fields, longest=2000)
    cast = dict(votes or dict.fromkeys(names, "agree"))
    if problem := rules.check_panel(names):
        fields["members"] = problem
    elif problem := rules.check_votes(names, cast):
        fields["votes"] = problem
    if decided_on > work.now.astimezone(COURT_ZONE).date():
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    if not 0 < starting_price_fen <= rules.MAX_MONEY_FEN:
        fields["starting_price"] = msg("起拍价须大于 0，且不超过一万亿元。")
    else:
        _check_figures(
            fields,
            basis.problem(starting_price_fen),
            basis.deposit_problem(starting_price_fen, deposit_fen),
            rules.check_increment(starting_price_fen, increment_fen),
        )
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule=_first_rule(fields, basis.rule))
    decision = PanelDecision(
        id=new_id(),
        asset_id=asset_id,
        lot_id=draft.id if draft else None,
        direct_sale_id=position.direct_sale_id,
        round=position.round,
        starting_price_fen=starting_price_fen,
        increment_fen=increment_fen,
        deposit_fen=deposit_fen,
        ceiling_bids_allowed=ceiling_bids_allowed,
        members=names,
        votes=cast,
        together=others,
        together_because=because,
        minutes=minutes,
        decided_on=decided_on,
        recorded_by=work.actor.account_id,
        created_at=work.now,
    )
    work.session.add(decision)
    if draft is not None:
        apply_decision(draft, decision)
    joint: dict[str, Any] = (
        {"together": [str(each) for each in others], "because": str(because)} if others else {}
    )
    await record(
        work,
        "panel.decided",
        stream=f"asset:{asset_id}",
        rule="B-03",
        asset_id=asset_id,
        case_id=asset.case_id,
        lot_id=draft.id if draft else None,
        round=str(position.round),
        starting_price_fen=starting_price_fen,
        increment_fen=increment_fen,
        deposit_fen=deposit_fen,
        ceiling_bids_allowed=ceiling_bids_allowed,
        members=names,
        votes=cast,
        **joint,
    )
    await issue_panel_record.later(work, key=str(decision.id), decision_id=decision.id)
    return decision


def _check_figures(
    fields: dict[str, Message], price: Message | None, deposit: Message | None, increment: Message | None
) -> None:
    found = {"starting_price": price, "increment": increment, "deposit": deposit}
    fields |= {name: problem for name, problem in found.items() if problem is not None}


def _first_rule(fields: dict[str, Message], price_rule: str) -> str:
    for field, rule in (
        ("members", "B-03"),
        ("votes", "B-03"),
        ("starting_price", price_rule),
        ("deposit", "B-30"),
        ("increment", "V-42"),
    ):
        if field in fields:
            return rule
    return "P-05"


async def _ground_before(work: Work, draft: Lot) -> str:
    """Why the assets of a draft are sold together: as its round was decided last, or as the run before."""
    rows = await work.session.exec(
        select(PanelDecision.together_because)
        .where(PanelDecision.asset_id == draft.asset_id, col(PanelDecision.together_because).is_not(None))
        .order_by(col(PanelDecision.created_at).desc(), col(PanelDecision.id).desc())
    )
    return rows.first() or TogetherGround.INDIVISIBLE


def _waiting_draft(lots: list[Lot]) -> Lot | None:
    if lots and lots[-1].state in {LotState.DRAFT, LotState.NOTIFYING}:
        return lots[-1]
    return None


def apply_decision(lot: Lot, decision: PanelDecision) -> None:
    """Let a draft carry the panel's figures."""
    lot.starting_price_fen = decision.starting_price_fen
    lot.increment_fen = decision.increment_fen
    lot.deposit_fen = decision.deposit_fen
    lot.ceiling_bids_allowed = decision.ceiling_bids_allowed
    decision.lot_id = lot.id


async def free_direct_decision(work: Work, asset_id: UUID) -> PanelDecision | None:
    """The newest panel record for a sell-off without an auction that no lot has taken over yet."""
    rows = await work.session.exec(
        select(PanelDecision)
        .where(
            PanelDecision.asset_id == asset_id,
            col(PanelDecision.direct_sale_id).is_not(None),
            col(PanelDecision.lot_id).is_(None),
            col(PanelDecision.voided_at).is_(None),
        )
        .order_by(col(PanelDecision.created_at).desc(), col(PanelDecision.id).desc())
    )
    return rows.first()


async def free_decision(work: Work, asset_id: UUID, round_: str) -> PanelDecision | None:
    """The newest panel record for this round that no lot has taken over yet."""
    rows = await work.session.exec(
        select(PanelDecision)
        .where(
            PanelDecision.asset_id == asset_id,
            PanelDecision.round == round_,
            col(PanelDecision.direct_sale_id).is_(None),
            col(PanelDecision.lot_id).is_(None),
            col(PanelDecision.voided_at).is_(None),
        )
        .order_by(col(PanelDecision.created_at).desc(), col(PanelDecision.id).desc())
    )
    return rows.first()

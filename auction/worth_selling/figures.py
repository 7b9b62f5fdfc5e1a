"""Gather the figures of the two tests: what ranks before an applicant on an asset, what a case holds and needs."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.auxiliary.order import cost_of
from auction.listing.models import LIVE_STATES, Lot, LotState
from auction.listing.parts import assets_of
from auction.listing.queries import lots_of_asset
from auction.worth_selling import rules
from auction.worth_selling.models import ExcessMeasure, SaleWish, SurplusTest, Way, Wish, WishState
from core.database import Work
from disposal_teams.assets.models import Asset, AssetKind, AssetState, SealState
from disposal_teams.assets.rules import IN_FORCE, SEALED_STATES, SOLD_STATES
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from valuation.fees.queries import fees_of_asset
from valuation.reference_price import reference_price_of

_ALIVE = IN_FORCE | {SealState.WAITING}
_ON_SALE = LIVE_STATES - {LotState.DRAFT, LotState.NOTIFYING}
_HAD_ITS_TURN = frozenset({LotState.SOLD, LotState.FAILED, LotState.SELLOFF_FAILED})


async def surplus_figures(work: Work, asset: Asset, lot: Lot | None = None) -> rules.SurplusFigures:
    """The no-surplus test of an asset as things stand: of the run `lot`, else of the newest draft, else at the lowest start.

    Lines that were added by hand to the newest test stay in. For use cases that check permission themselves.
    """
    case = await case_of(work, asset.case_id)
    lines, is_first = await _prior(work, asset, case)
    newest = await newest_test(work, asset.id)
    if newest is not None:
        lines += [
            rules.Line(rules.LineKind(kind), text, fen)
            for kind, text, fen in newest.lines
            if kind in (rules.LineKind.OTHER_PRIOR, rules.LineKind.OTHER_COST)
        ]
    costs = await costs_of(work, asset.id)
    is_first = is_first and not any(line.kind is rules.LineKind.OTHER_PRIOR for line in lines)
    return rules.SurplusFigures(await _reserve(work, asset, lot), (*lines, *costs), is_first)


async def costs_of(work: Work, asset_id: UUID) -> list[rules.Line]:
    """What the enforcement of one asset has cost: auxiliary work and the finding of its price (D-01)."""
    lines = []
    if (auxiliary := await cost_of(work, asset_id)) > 0:
        lines.append(rules.Line(rules.LineKind.COST, "辅助工作费用", auxiliary))
    valued = sum(fee.amount_fen or 0 for fee in await fees_of_asset(work, asset_id))
    if valued > 0:
        lines.append(rules.Line(rules.LineKind.COST, "评估、询价费用", valued))
    return lines


async def _prior(work: Work, asset: Asset, case: EnforcementCase) -> tuple[list[rules.Line], bool]:
    chain = [
        rules.ChainLink(
            seal.position,
            seal.case_no,
            seal.creditor_name,
            seal.claim_fen,
            seal.has_priority_right,
            seal.case_no == case.case_no,
        )
        for seal in await seals_of(work, asset.id)
        if SealState(seal.state) in _ALIVE
    ]
    parties = await parties_of(work, case.id)
    return rules.prior_lines(
        chain,
        [(each.name, each.claim_fen) for each in parties if each.role == PartyRole.PRIORITY_CREDITOR],
        applicants=[each.name for each in parties if each.role == PartyRole.APPLICANT],
    )


async def _reserve(work: Work, asset: Asset, lot: Lot | None) -> int | None:
    if lot is None:
        runs = await lots_of_asset(work, asset.id)
        lot = next((run for run in reversed(runs) if LotState(run.state) in LIVE_STATES), None)
    if lot is not None and len(await assets_of(work, lot)) == 1:
        return lot.starting_price_fen
    price = await reference_price_of(work, asset.id)
    return price.lowest_start_fen if price is not None else None


async def newest_test(work: Work, asset_id: UUID) -> SurplusTest | None:
    """The newest recorded test of an asset."""
    rows = await work.session.exec(
        select(SurplusTest)
        .where(SurplusTest.asset_id == asset_id)
        .order_by(col(SurplusTest.tested_at).desc(), col(SurplusTest.id).desc())
        .limit(1)
    )
    return rows.first()


async def tests_of(work: Work, asset_id: UUID) -> list[SurplusTest]:
    """Every recorded test of an asset, newest first."""
    rows = await work.session.exec(
        select(SurplusTest)
        .where(SurplusTest.asset_id == asset_id)
        .order_by(col(SurplusTest.tested_at).desc(), col(SurplusTest.id).desc())
    )
    return list(rows)


async def answer_of(work: Work, asset_id: UUID) -> tuple[bool, bool | None]:
    """Whether the applicant was asked about this asset, and the newest answer (None before there is one)."""
    for test in await tests_of(work, asset_id):
        if test.asked_at is not None:
            return True, test.goes_on
    return False, None


async def case_figures(work: Work, case: EnforcementCase) -> rules.CaseFigures:
    """What the case needs and holds (A-24), its assets in the accepted order if there is one, else the dearest first."""
    rows = await work.session.exec(select(Asset).where(Asset.case_id == case.id).order_by(Asset.asset_no))
    held: list[rules.Held] = []
    costs = 0
    back = {each.asset_id for each in await measures_of(work, case.id) if each.ended_at is None}
    for asset in rows:
        if (found := await _held(work, asset, case, held_back=asset.id in back)) is not None:
            held.append(found)
            costs += sum(line.amount_fen for line in await costs_of(work, asset.id))
    order = await accepted_order(work, case.id)
    place = {asset_id: at for at, asset_id in enumerate(order)}
    held.sort(key=lambda each: (each.is_open, place.get(each.asset_id, len(place)), -each.net_fen))
    return rules.CaseFigures(case.claim_fen, costs, tuple(held))


async def _held(work: Work, asset: Asset, case: EnforcementCase, *, held_back: bool) -> rules.Held | None:
    runs = await lots_of_asset(work, asset.id)
    state = AssetState(asset.state)
    sold = next((run for run in runs if run.state == LotState.SOLD), None)
    on_sale = next((run for run in runs if LotState(run.state) in _ON_SALE), None)
    if sold is not None and state in SOLD_STATES | {AssetState.LISTED, AssetState.CLOSED}:
        value = await _part_of(work, asset, sold, sold.final_price_fen or sold.starting_price_fen)
    elif on_sale is not None:
        value = await _part_of(work, asset, on_sale, on_sale.starting_price_fen)
    elif state in SEALED_STATES or state is AssetState.SUSPENDED:
        price = await reference_price_of(work, asset.id)
        if price is None:
            return None
        value = price.lowest_start_fen
    else:
        return None
    lines, _ = await _prior(work, asset, case)
    units = asset.attributes.get("units") if asset.kind == AssetKind.SHARES else None
    return rules.Held(
        asset.id,
        asset.title,
        value,
        sum(line.amount_fen for line in lines),
        is_open=sold is None and on_sale is None,
        units=int(units) if isinstance(units, int | str) and str(units).isdigit() else None,
        held_back=held_back,
    )


async def _part_of(work: Work, asset: Asset, lot: Lot, price_fen: int) -> int:
    """The asset's part of the price of a lot of several, by their appraised parts."""
    together = await assets_of(work, lot)
    if len(together) == 1:
        return price_fen
    return price_fen // len(together)


async def measures_of(work: Work, case_id: UUID) -> list[ExcessMeasure]:
    """What the panel decided about the assets of a case, newest first."""
    rows = await work.session.exec(
        select(ExcessMeasure)
        .where(ExcessMeasure.case_id == case_id)
        .order_by(col(ExcessMeasure.decided_at).desc())
    )
    return list(rows)


async def open_measure(work: Work, asset_id: UUID) -> ExcessMeasure | None:
    """The measure that stands for an asset."""
    rows = await work.session.exec(
        select(ExcessMeasure).where(ExcessMeasure.asset_id == asset_id, col(ExcessMeasure.ended_at).is_(None))
    )
    return rows.first()


async def wishes_of_case(work: Work, case_id: UUID) -> list[SaleWish]:
    """The requests in a case, newest first."""
    rows = await work.session.exec(
        select(SaleWish).where(SaleWish.case_id == case_id).order_by(col(SaleWish.filed_at).desc())
    )
    return list(rows)


async def accepted(work: Work, case_id: UUID, wish: Wish) -> SaleWish | None:
    """The newest accepted request of a kind."""
    rows = await work.session.exec(
        select(SaleWish)
        .where(
            SaleWish.case_id == case_id, SaleWish.wish == str(wish), SaleWish.state == str(WishState.ACCEPTED)
        )
        .order_by(col(SaleWish.answered_at).desc())
        .limit(1)
    )
    return rows.first()


async def accepted_order(work: Work, case_id: UUID) -> Sequence[UUID]:
    """The order of an accepted request in batches; empty without one."""
    found = await accepted(work, case_id, Wish.IN_ORDER)
    return found.asset_ids if found is not None else ()


async def waiting_of(work: Work, order: Sequence[UUID]) -> list[UUID]:
    """Those of an order that have not had their turn: never sold or failed, and not given up."""
    waiting = []
    for asset_id in order:
        asset = await work.session.get_one(Asset, asset_id)
        runs = await lots_of_asset(work, asset_id)
        had = any(LotState(run.state) in _HAD_ITS_TURN for run in runs)
        if not had and AssetState(asset.state) in SEALED_STATES | {AssetState.SUSPENDED}:
            waiting.append(asset_id)
    return waiting


def is_left_out(measure: ExcessMeasure | None) -> bool:
    """Whether the panel keeps the asset from being sold."""
    return measure is not None and measure.way in (Way.HOLD_BACK, Way.RELEASE)

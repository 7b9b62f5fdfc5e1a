"""The assets of a lot (B-03). Of one asset it has no parts; a mixed lot has one `LotPart` for each, the leading asset first."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from auction.direct_sale.models import DirectPriceBasis, DirectSale
from auction.direct_sale.rules import BASIS_LABELS
from auction.listing.models import LIVE_STATES, Lot, LotPart
from auction.listing.together import split
from core.database import Work
from core.errors import Conflict
from core.i18n import msg
from disposal_teams.assets.advance import advance_asset, lock_asset
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.assets.seal import seals_of
from disposal_teams.objections.queries import refuse_while_open

REFERENCE = "参考价"


async def parts_of(work: Work, lot: Lot) -> list[LotPart]:
    """The parts of a mixed lot, the leading asset first; none for a lot of one asset."""
    rows = await work.session.exec(
        select(LotPart).where(LotPart.lot_id == lot.id).order_by(col(LotPart.position))
    )
    return list(rows)


async def assets_of(work: Work, lot: Lot) -> list[Asset]:
    """Every asset of the lot, the leading one first."""
    ids = [part.asset_id for part in await parts_of(work, lot)] or [lot.asset_id]
    return [await work.session.get_one(Asset, asset_id) for asset_id in ids]


async def others_of(work: Work, lot: Lot) -> list[Asset]:
    """The assets of a mixed lot beside its leading one."""
    return (await assets_of(work, lot))[1:]


async def advance_lot_assets(
    work: Work,
    lot: Lot,
    state: AssetState,
    *,
    reason: str,
    rule: str | None,
    only_from: Collection[AssetState] | None = None,
) -> None:
    """Bring every asset of the lot into `state`, or only those that stand in one of `only_from`; always in one order, so that
    two changes of them take turns."""
    for asset in sorted(await assets_of(work, lot), key=lambda each: each.id):
        if only_from is None or AssetState(asset.state) in only_from:
            await advance_asset(work, asset, state, reason=reason, rule=rule)


async def lot_seals(work: Work, lot: Lot) -> list[Seal]:
    """The seals on every asset of the lot, asset by asset in their order."""
    return [seal for asset in await assets_of(work, lot) for seal in await seals_of(work, asset.id)]


async def seals_to_lift(work: Work, lot: Lot) -> list[str]:
    """Case numbers of the seals that end with the ruling, waiting ones too (B-73): those that live, or lived until it."""
    living = IN_FORCE | {SealState.WAITING}
    return [
        seal.case_no
        for seal in await lot_seals(work, lot)
        if SealState(seal.state_before_ruling or seal.state) in living
    ]


async def refuse_while_objected(work: Work, lot: Lot) -> None:
    """Raise `RuleViolation` while an objection holds any asset of the lot (B-61)."""
    for asset in await assets_of(work, lot):
        await refuse_while_open(work, asset.id)


async def lock_free(work: Work, assets: Iterable[Asset]) -> None:
    """Lock the assets in one order; whoever drafts a lot of any of them waits. Raises `Conflict` when one is in a live lot,
    alone or as a part."""
    in_order = sorted(assets, key=lambda each: each.id)
    ids = [(await lock_asset(work, asset)).id for asset in in_order]
    parts = select(LotPart.lot_id).where(col(LotPart.asset_id).in_(ids))
    live = await work.session.exec(
        select(Lot).where(
            col(Lot.state).in_(sorted(str(state) for state in LIVE_STATES)),
            col(Lot.asset_id).in_(ids) | col(Lot.id).in_(parts),
        )
    )
    standing = live.first()
    if standing is not None:
        raise Conflict(
            msg("该标的物已有进行中的拍品 {number}，请在该拍品上继续办理。", number=standing.lot_no),
            rule="§11.3",
        )


def add_parts(work: Work, lot: Lot, assets: Sequence[Asset], references_fen: Sequence[int]) -> None:
    """Make a drafted lot a mixed one: its assets, the leading one first, with their reference prices in fen."""
    for position, (asset, reference_fen) in enumerate(zip(assets, references_fen, strict=True), start=1):
        work.session.add(
            LotPart(lot_id=lot.id, asset_id=asset.id, position=position, reference_price_fen=reference_fen)
        )


async def divide_price(work: Work, lot: Lot, price_fen: int) -> list[LotPart]:
    """Write what each asset of a mixed lot fetched, by the reference prices: each part goes to the claims on that asset in
    the order of its own seals. Returns the parts, none for a lot of one asset. Repeating changes nothing."""
    parts = await parts_of(work, lot)
    if parts:
        for part, share in zip(
            parts, split(price_fen, [part.reference_price_fen for part in parts]), strict=True
        ):
            part.price_fen = share
        await work.session.flush()
    return parts


async def price_of_asset(work: Work, lot: Lot, asset_id: UUID, price_fen: int) -> int:
    """What of a lot's price belongs to one asset of it, in fen: all of it where the lot holds no other."""
    parts = await parts_of(work, lot)
    if not parts:
        return price_fen
    shares = split(price_fen, [part.reference_price_fen for part in parts])
    return sum(share for part, share in zip(parts, shares, strict=True) if part.asset_id == asset_id)


async def start_for(work: Work, run: Lot, asset_ids: Collection[UUID]) -> int:
    """What of a run's starting price belongs to these assets, in fen: all of it where the run held no other."""
    if not await parts_of(work, run):
        return run.starting_price_fen
    return sum([await price_of_asset(work, run, each, run.starting_price_fen) for each in asset_ids])


async def shown_parts(work: Work, lot: Lot) -> list[dict[str, Any]]:
    """The assets of a mixed lot as notice and papers name them, with what the part of each rests on (`basis`: its reference
    price, or what a sell-off without an auction does), that amount, and what it fetched, in fen."""
    found = [(part, await work.session.get_one(Asset, part.asset_id)) for part in await parts_of(work, lot)]
    basis = REFERENCE
    if found and lot.direct_sale_id is not None:
        sale = await work.session.get_one(DirectSale, lot.direct_sale_id)
        basis = BASIS_LABELS[DirectPriceBasis(sale.price_basis)]
    return [
        {
            "asset_no": asset.asset_no,
            "title": asset.title,
            "registry_no": asset.registry_no or "",
            "location": asset.location,
            "basis": basis,
            "reference_price_fen": part.reference_price_fen,
            "price_fen": part.price_fen,
        }
        for part, asset in found
    ]

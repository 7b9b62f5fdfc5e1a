"""The one door through which an asset changes its state."""

from datetime import date

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import NotFound, RuleViolation
from core.i18n import msg
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import (
    IN_FORCE,
    PARKED_STATES,
    PREPARATION_STATES,
    check_seal_for,
    check_transition,
)

_ENDS_SEALS = frozenset({AssetState.RULED, AssetState.IN_KIND_RULED})


async def lock_asset(work: Work, asset: Asset) -> Asset:
    """The asset, fresh and locked until the transaction ends, so that two changes of it take turns."""
    locked = (
        await work.session.exec(
            select(Asset)
            .where(Asset.id == asset.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).first()
    if locked is None:
        raise NotFound(msg("没有找到该标的物。"))
    return locked


async def advance_asset(
    work: Work, asset: Asset, new_state: AssetState, *, reason: str, rule: str | None = None
) -> Asset:
    """Bring the asset into `new_state`, with the checks of §11.1 and A-01, and write the audit event.

    The caller has checked that the actor may do the act behind it. Being in that state already changes nothing. While a
    transfer is being dealt with, preparation goes on behind it and listing does not: a step between two states of
    preparation then moves `resume_state`. Raises `RuleViolation` for a way that §11.1 does not have.
    """
    work.session.add(asset)
    await work.session.flush()
    asset = await lock_asset(work, asset)
    if AssetState(asset.state) is AssetState(new_state):
        return asset
    sealed = await _is_sealed(work, asset)
    return await advance_locked(work, asset, new_state, sealed=sealed, reason=reason, rule=rule)


async def advance_locked(
    work: Work, asset: Asset, new_state: AssetState, *, sealed: bool, reason: str, rule: str | None
) -> Asset:
    """`advance_asset` for a caller of this room that holds the asset's lock and knows whether it is sealed."""
    current, wanted = AssetState(asset.state), AssetState(new_state)
    if current is AssetState.TRANSFER_PENDING and asset.resume_state and wanted is AssetState.LISTED:
        raise RuleViolation(
            "T-01",
            msg("该标的物的处置权移送正在办理，暂不能发布拍卖公告。请等待移送办结，或请上级法院批准。"),
        )
    behind = (
        current is AssetState.TRANSFER_PENDING
        and wanted in PREPARATION_STATES
        and asset.resume_state is not None
        and asset.resume_state != wanted
    )
    if behind:
        check_transition(AssetState(asset.resume_state or current), wanted)
    else:
        check_transition(current, wanted)
    check_seal_for(wanted, sealed=sealed)
    if behind:
        asset.resume_state = wanted
    else:
        if wanted not in PARKED_STATES:
            asset.resume_state = None
        elif current not in PARKED_STATES:
            asset.resume_state = current
        elif asset.resume_state == wanted:
            asset.resume_state = AssetState.SEALED_EFFECTIVE
        asset.state = wanted
    if wanted is AssetState.LISTED and asset.first_listed_at is None:
        asset.first_listed_at = work.now
    if wanted in _ENDS_SEALS:
        await _end_seals(work, asset, work.now.astimezone(COURT_ZONE).date())
    await note_asset(
        work,
        asset,
        "asset.state_changed",
        rule,
        before=current.value,
        after=wanted.value,
        behind_transfer=behind,
        reason=reason,
    )
    return asset


async def resume_asset(work: Work, asset: Asset, *, reason: str, rule: str | None = None) -> Asset:
    """Bring a parked asset (suspended, self-sale, transfer) back to where it came from."""
    asset = await lock_asset(work, asset)
    back = AssetState(asset.resume_state or AssetState.SEALED_EFFECTIVE)
    return await advance_asset(work, asset, back, reason=reason, rule=rule)


async def _is_sealed(work: Work, asset: Asset) -> bool:
    found = await work.session.exec(
        select(Seal.id).where(
            Seal.asset_id == asset.id, col(Seal.state).in_([str(state) for state in IN_FORCE])
        )
    )
    return found.first() is not None


async def _end_seals(work: Work, asset: Asset, today: date) -> None:
    """Every seal ends with the ruling that passes the asset to its buyer (A-03)."""
    living = [*(str(state) for state in IN_FORCE), str(SealState.WAITING)]
    for seal in await work.session.exec(
        select(Seal).where(Seal.asset_id == asset.id, col(Seal.state).in_(living))
    ):
        seal.state_before_ruling, seal.state = seal.state, SealState.LAPSED
        seal.ended_on = today

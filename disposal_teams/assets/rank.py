"""The place of a new seal: a registered one goes before those that are not (A-05)."""

from core.database import Work
from core.errors import RuleViolation
from core.i18n import msg
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import IN_FORCE, PREPARATION_STATES, ChainLink, gives_way

_MOVABLE = PREPARATION_STATES | {AssetState.REGISTERED, AssetState.SEALED_WAITING}


def chain_link(seal: Seal) -> ChainLink:
    """The seal as the rules see it."""
    return ChainLink(seal.position, SealState(seal.state), seal.registered_on, seal.is_registered)


async def make_room(
    work: Work, asset: Asset, chain: list[Seal], *, is_registered: bool
) -> tuple[int, Seal | None]:
    """The position of a new seal in the locked asset's chain, and the seal in force whose place it takes, if it does.

    Raises `RuleViolation` when that one carries a sale already: then the courts settle it by objection.
    """
    behind = set(gives_way([chain_link(seal) for seal in chain], is_registered=is_registered))
    if not behind:
        return max((seal.position for seal in chain), default=0) + 1, None
    replaced = next(
        (seal for seal in chain if seal.position in behind and SealState(seal.state) in IN_FORCE), None
    )
    if replaced is not None and AssetState(asset.state) not in _MOVABLE:
        raise RuleViolation(
            "A-05",
            msg("已登记的查封优先于未登记的查封，但标的物已进入拍卖或其他程序，不能直接变更顺位。"),
            remedy=msg("请向处置法院提出执行异议，或商请移送处置权。"),
        )
    place = min(behind)
    for seal in sorted(chain, key=lambda each: -each.position):
        if seal.position < place:
            continue
        if seal is replaced:
            seal.state, seal.effective_on = SealState.WAITING, None
        seal.position += 1
        await work.session.flush()
    await note_asset(
        work, asset, "seal.gave_way", "A-05", place=place, replaced=str(replaced.id) if replaced else None
    )
    return place, replaced

"""When the disposal right over an asset goes to another court, what hangs on it follows in the same transaction (T-05).

Rooms above register what becomes of their drafts and moneys; they are told at every change, whether a court handed over, the
superior decided, or the first seal ended.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import move_deadlines
from disposal_teams.assets.models import Asset


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in fen that lies in the old court's books because of the asset: account, kind of account, sum."""

    account: str
    kind: str
    amount_fen: int


@dataclass(slots=True)
class Followed:
    """What followed: how many of each kind of thing, and the sheet of the money (§11.7)."""

    counts: Counter[str] = field(default_factory=Counter)
    money: list[Money] = field(default_factory=list)


Follower = Callable[[Work, Asset, str, Followed], Awaitable[None]]

_FOLLOWERS: list[Follower] = []


def on_court_changed(follower: Follower) -> Follower:
    """Run the function with the asset, the code of the court that had it, and what it may add to, in the same transaction."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)
    return follower


async def give_to_court(work: Work, asset: Asset, to_court: str) -> Followed:
    """Let the locked asset be disposed of by `to_court` from today: its clocks and whatever is registered follow."""
    before = asset.court_code
    asset.court_code, asset.team_id = to_court, None
    asset.disposal_since = work.now.astimezone(COURT_ZONE).date()
    followed = Followed()
    followed.counts["clocks"] = await move_deadlines(
        work, asset_id=asset.id, from_court=before, to_court=to_court
    )
    for follower in _FOLLOWERS:
        await follower(work, asset, before, followed)
    return followed

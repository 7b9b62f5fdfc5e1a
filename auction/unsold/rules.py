"""After an unsold sell-off: release, other measures, or another disposal when something has changed (X-09, X-12). Pure."""

from auction.unsold.models import UnsoldChoice
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetState

C = UnsoldChoice

CHOICE_LABELS: dict[UnsoldChoice, str] = {
    C.RELEASE: "解除查封，退还被执行人",
    C.FORCED_MANAGEMENT: "强制管理",
    C.LEASE: "出租，以租金清偿",
    C.SECOND_DISPOSAL: "再次处置",
}

CHANGE_LABELS: dict[str, str] = {
    "market": "市场行情发生变化",
    "burdens": "权利负担或占有状况发生变化",
    "willingness": "出现购买意向",
}
"""What may justify a second disposal (X-12)."""

LEADS_TO: dict[UnsoldChoice, AssetState] = {
    C.RELEASE: AssetState.UNSOLD_RELEASED,
    C.FORCED_MANAGEMENT: AssetState.OTHER_MEASURE,
    C.LEASE: AssetState.OTHER_MEASURE,
    C.SECOND_DISPOSAL: AssetState.READY_TO_LIST,
}


def check_change(choice: UnsoldChoice, ground: str) -> Message | None:
    """Why the ground of a second disposal is not right (X-12), or None."""
    if choice is C.SECOND_DISPOSAL and ground not in CHANGE_LABELS:
        return msg("再次处置须说明市场、负担或购买意向发生了什么变化。")
    return None

"""Does an amount look like a slip of the pen for this asset? Somebody must look again before it counts (V-12, V-24)."""

from core.i18n import Message
from disposal_teams.assets.models import Asset, AssetKind
from valuation import rules


def looks_wrong(asset: Asset, price_fen: int) -> Message | None:
    """Why the price looks like a slip (three zeros too many, 万元 for 元), or None."""
    area = None if asset.area_m2 is None else int(asset.area_m2 * 100)
    return rules.unusual_price(AssetKind(asset.kind), price_fen, area_hundredths=area)

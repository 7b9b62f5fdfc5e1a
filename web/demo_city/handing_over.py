"""How an invented officer writes down a hand-over."""

from auction.delivery.models import Capacity
from auction.delivery.rules import Goods, HandOver, Present
from auction.listing.models import Lot
from core.database import Work


def handed_over(work: Work, lot: Lot, buyer: str) -> HandOver:
    """A hand-over as an officer writes it down."""
    meters = {"mileage": "42000"} if lot.is_movable else {"water": "128", "power": "3406", "gas": "57"}
    return HandOver(
        delivered_at=work.now,
        place=lot.title[:200],
        people=(
            Present(work.actor.name[:60], Capacity.COURT),
            Present(buyer[:60], Capacity.BUYER),
            Present("社区网格员", Capacity.GRASSROOTS),
        ),
        goods=(Goods("随标的物的证照和说明书", "一套", "完好"),),
        keys="钥匙 2 把，门禁卡 1 张",
        **meters,
        note="现场核对无误，欠缴物业费由买受人与物业另行结算。",
    )

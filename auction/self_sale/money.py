"""The price of an own sale: to the court's account and nowhere else (A-26, M-01)."""

from auction.payments.rules import Awaits, Expected
from auction.self_sale.accounts import self_sale_account
from auction.self_sale.models import SelfSale, SelfSaleGround, SelfSaleState
from auction.self_sale.rules import GROUND_RULES
from auction.self_sale.tell import tell_debtor, tell_team
from core.audit import record
from core.database import Work
from core.deadlines import meet_deadline
from core.i18n import msg
from core.ledger import AccountRef
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState

S = SelfSaleState
WAITING_CLOCKS = ("L-08", "L-13", "L-23", "X-09")
"""Clocks of the asset that wait for a listing or a decision: a paid sale makes them needless."""


async def awaited(work: Work, sale: SelfSale) -> Expected:
    """What the account of an own sale waits for: nothing before the buyer is named, after the end, or while it is stayed."""
    asset = await work.session.get_one(Asset, sale.asset_id)
    is_open = sale.state == S.ALLOWED and bool(sale.buyer_name) and asset.state == AssetState.SELF_SALE
    return Expected(sale.price_fen, sale.paid_fen, Awaits.OPEN if is_open else Awaits.ENDED)


def account_of(sale: SelfSale) -> AccountRef:
    """Where its price stands."""
    return self_sale_account(sale.id, sale.case_id)


async def price_paid(work: Work, sale: SelfSale) -> None:
    """Note that a locked own sale is paid in full: it is sold, and the seals may be lifted (A-26, A-28)."""
    rule = GROUND_RULES[SelfSaleGround(sale.ground)]
    sale.state, sale.paid_at = S.PAID, work.now
    await meet_deadline(
        work, "L-40", subject_kind="self_sale", subject_id=sale.id, done_event="self_sale.paid"
    )
    for clock in WAITING_CLOCKS:
        await meet_deadline(
            work, clock, subject_kind="asset", subject_id=sale.asset_id, done_event="self_sale.paid"
        )
    asset = await work.session.get_one(Asset, sale.asset_id)
    asset = await advance_asset(
        work, asset, AssetState.SOLD_PENDING_PAYMENT, reason="自行变卖价款到账", rule=rule
    )
    await advance_asset(work, asset, AssetState.PAID, reason="自行变卖价款付清", rule=rule)
    await record(
        work, "self_sale.paid", stream=f"asset:{sale.asset_id}", rule=rule, asset_id=sale.asset_id,
        case_id=sale.case_id, self_sale=str(sale.id), price_fen=sale.price_fen,
    )  # fmt: skip
    title = msg("自行变卖价款已付清")
    await tell_team(
        work, sale, key="paid", title=title, body=msg("“{title}”的价款已到法院账户，请办理解除查封和过户。", title=asset.title)
    )  # fmt: skip
    await tell_debtor(
        work, sale, key="paid", title=title, body=msg("“{title}”的价款已到法院账户，法院将解除查封。", title=asset.title)
    )  # fmt: skip

"""The panel's record (合议笔录, §10 no. 10): every asset, figures, what they rest on, each member's
vote (A-22, B-03, V-43). Internal."""

from collections.abc import Sequence
from uuid import UUID

from auction.direct_sale.models import DirectGround, DirectPriceBasis, DirectSale
from auction.direct_sale.rules import BASIS_LABELS, GROUND_LABELS, basis_for
from auction.listing import rules
from auction.listing.models import PanelDecision, Round
from auction.listing.together import TOGETHER_LABELS, TogetherGround
from core.database import Work
from core.money import yuan
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from valuation.comparables.queries import outlook_of
from valuation.reference_price import reference_price_of

ROUND_NAMES = {Round.FIRST: "第一次拍卖", Round.SECOND: "第二次拍卖", Round.SELL_OFF: "变卖"}


@task(queue="documents")
async def issue_panel_record(work: Work, *, decision_id: UUID) -> None:
    """Write the record of one decision."""
    decision = await work.session.get_one(PanelDecision, decision_id)
    asset = await work.session.get_one(Asset, decision.asset_id)
    assets = [asset, *[await work.session.get_one(Asset, each) for each in decision.together]]
    case = await case_of(work, asset.case_id)
    outlook = await outlook_of(work, asset.id)
    facts = [[_of("财产", each, assets), each.title] for each in assets]
    if decision.together_because is not None:
        facts.append(["合并处置的理由", TOGETHER_LABELS[TogetherGround(decision.together_because)]])
    if decision.direct_sale_id is None:
        facts.append(["拍次", ROUND_NAMES[Round(decision.round)]])
        facts += await _references(work, assets)
    else:
        facts += _direct(await work.session.get_one(DirectSale, decision.direct_sale_id), assets)
    if outlook is not None:
        low, high = outlook.outlook.low_fen, outlook.outlook.high_fen
        facts.append(["同类成交预期区间（仅供参考）", f"{yuan(low)}元至{yuan(high)}元"])
    facts += [
        ["起拍价（即保留价）", f"{yuan(decision.starting_price_fen)}元"],
        ["增价幅度", f"{yuan(decision.increment_fen)}元"],
        ["保证金", f"{yuan(decision.deposit_fen)}元"],
        ["委托限价（系统代为加价）", "允许" if decision.ceiling_bids_allowed else "不允许"],
    ]
    facts += [[f"成员意见：{name}", str(rules.VOTES[vote])] for name, vote in decision.votes.items()]
    document = await issue_letter(
        work,
        asset,
        "panel_record",
        addressee=f"{case.case_no}案合议庭",
        paragraphs=[f"合议庭于{decision.decided_on.isoformat()}评议，笔录如下。", decision.minutes],
        facts=facts,
        closing="本笔录存入案卷副卷。",
    )
    decision.document_id = document.id


def _of(label: str, asset: Asset, assets: Sequence[Asset]) -> str:
    """A label, with the number of its asset where there are several."""
    return label if len(assets) == 1 else f"{label}（{asset.asset_no}）"


async def _references(work: Work, assets: Sequence[Asset]) -> list[list[str]]:
    found = [(each, await reference_price_of(work, each.id)) for each in assets]
    return [
        [_of("处置参考价", each, assets), f"{yuan(price.price_fen)}元（{price.source}）"]
        for each, price in found
        if price is not None
    ]


def _direct(sale: DirectSale, assets: Sequence[Asset]) -> list[list[str]]:
    """Ground and price of a sell-off without an auction (A-21, A-22)."""
    basis = BASIS_LABELS[DirectPriceBasis(sale.price_basis)]
    return [
        ["拍次", "直接变卖"],
        ["直接变卖的事由", GROUND_LABELS[DirectGround(sale.ground)]],
        ["事实和证据", sale.evidence],
        *(
            [_of(basis, each, assets), f"{yuan(basis_for(sale.parts, sale.basis_fen, [each.id]))}元"]
            for each in assets
        ),
        ["价格来源", sale.basis_note],
    ]

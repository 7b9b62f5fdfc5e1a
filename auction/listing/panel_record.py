"""The panel's record (合议笔录, §10 no. 10): figures, what they rest on, each member's vote (B-03, V-43). Internal."""

from uuid import UUID

from auction.listing import rules
from auction.listing.models import PanelDecision, Round
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
    case = await case_of(work, asset.case_id)
    price = await reference_price_of(work, asset.id)
    outlook = await outlook_of(work, asset.id)
    facts = [["财产", asset.title], ["拍次", ROUND_NAMES[Round(decision.round)]]]
    if price is not None:
        facts.append(["处置参考价", f"{yuan(price.price_fen)}元（{price.source}）"])
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

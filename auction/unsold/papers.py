"""Papers after failed rounds: what the debtor may choose (A-27, A-28), and the release of the seal (X-09)."""

from uuid import UUID

from auction.listing.lot_paper import issue_lot_paper
from auction.listing.models import Lot
from auction.settlement.papers import paper_data
from auction.unsold.models import UnsoldDecision
from core.database import Work
from core.documents import PLAIN_LETTER
from core.i18n import msg
from core.money import yuan
from core.notices import notify
from core.outbox import task
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.seal import release_seal, seal_in_force
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of


@task(queue="documents")
async def tell_debtor_choices(work: Work, *, lot_id: UUID) -> None:
    """After the second failure the debtor is told what may still be done (§11.3 FAILED_2, A-27, A-28)."""
    lot = await work.session.get_one(Lot, lot_id)
    data = await paper_data(work, lot)
    await issue_lot_paper(
        work,
        lot,
        "debtor_choices",
        PLAIN_LETTER,
        {
            **data,
            "addressee": f"被执行人{data['debtor']}",
            "paragraphs": [
                (
                    f"本院在执行{data['case_no']}一案中，对你方的“{lot.title}”进行的二拍流拍。"
                    "在依法征询债权人以物抵债和变卖之前，你方可以作下列选择："
                ),
                "一、清偿全部债务和执行费用，本院停止处置；",
                (
                    f"二、按流拍价{yuan(lot.starting_price_fen)}元自行筹款，"
                    "或由第三人按该价格购买，价款交本院控制；"
                ),
                "三、申请在本院监督下自行变卖，房产可以申请带封过户。",
                "请在收到本告知书之日起十日内书面告知本院；逾期的，本院依法继续处置。",
            ],
        },
    )
    for party in await parties_of(work, lot.case_id):
        if party.role == PartyRole.DEBTOR and party.account_id is not None:
            await notify(
                work,
                account_id=party.account_id,
                key=f"choices:{lot.id}",
                title=msg("流拍后的处置选择"),
                body=msg(
                    "“{title}”二拍流拍。您可以清偿债务、自行筹款或申请自行变卖，请在十日内告知法院。",
                    title=lot.title,
                ),
            )


@task(queue="documents")
async def carry_out_release(work: Work, *, decision_id: UUID) -> None:
    """Lift the own seal of an unsold asset and write the ruling and the notice to the registry; the next waiting seal takes
    effect by itself (X-09, A-04). Repeating changes nothing."""
    decision = await work.session.get_one(UnsoldDecision, decision_id, with_for_update=True)
    if decision.carried_out_at is not None:
        return
    asset = await work.session.get_one(Asset, decision.asset_id)
    lot = await work.session.get_one(Lot, decision.lot_id)
    seal = await seal_in_force(work, asset.id)
    data = await paper_data(work, lot)
    for kind, paragraphs in (
        (
            "release_ruling",
            [
                f"本院在执行{data['case_no']}一案中，依法对“{lot.title}”进行拍卖、变卖，均未成交，债权人亦不接受以物抵债。",
                f"本院决定：{decision.reason}",
                "裁定如下：解除本院对上述标的物的查封，退还被执行人。",
            ],
        ),
        (
            "release_notice",
            [
                f"请协助解除本院在{data['case_no']}一案中对“{lot.title}”的查封。",
                "轮候查封自本院查封解除时起依登记顺序自动生效。",
            ],
        ),
    ):
        addressee = "有关登记机构" if kind == "release_notice" else f"被执行人{data['debtor']}"
        await issue_lot_paper(
            work, lot, kind, PLAIN_LETTER, {**data, "addressee": addressee, "paragraphs": paragraphs}
        )
    decision.carried_out_at = work.now
    if seal is not None and seal.court_code == asset.court_code:
        # Only a sealed asset in preparation follows its next seal to the other court (T-01).
        await advance_asset(
            work, asset, AssetState.SEALED_EFFECTIVE, reason="变卖未成交，解除查封", rule="X-09"
        )
        await release_seal(work, seal.id, reason="变卖未成交，债权人不接受抵债")

"""Papers of an own sale: the decision that allows it, and the ruling and the notice that lift the seals (A-26, A-28)."""

from typing import Any
from uuid import UUID

from auction.self_sale.models import SelfSale, SelfSaleGround, SelfSaleState
from auction.self_sale.queries import sale_for_update
from auction.self_sale.rules import GROUND_LABELS, GROUND_RULES, check_state
from auction.self_sale.tell import tell_debtor
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.rules import day_in_court
from core.documents import PLAIN_LETTER, issue_document
from core.i18n import msg
from core.identity import Permission, require
from core.money import yuan
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState, SealState
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import Party
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of

S = SelfSaleState


async def issue_decision(work: Work, sale: SelfSale, asset: Asset) -> None:
    """准许自行变卖决定书: floor, end, and that the price goes to the court's account."""
    debtor = await work.session.get_one(Party, sale.debtor_party_id)
    court = await court_of(work, sale.court_code)
    assert sale.ends_at is not None
    assert sale.floor_fen is not None
    last = sale.ends_at.astimezone(COURT_ZONE).strftime("%Y年%m月%d日%H时%M分")
    await _issue(
        work, sale, asset, "self_sale_decision",
        addressee=f"被执行人{debtor.name}",
        paragraphs=[
            f"你方申请自行变卖“{asset.title}”（{GROUND_LABELS[SelfSaleGround(sale.ground)]}）。经合议庭评议，本院准许。",
            f"一、变卖价格不得低于{yuan(sale.floor_fen)}元；",
            f"二、期限至{last}止，期满未付清价款的，本院恢复处置；",
            (
                f"三、全部价款须由买受人直接存入本院账户（户名：{court.name}；开户行：{court.bank_name or ''}；"
                f"账号：{sale.virtual_account_no}），不得由你方收取；"
            ),
            "四、价款付清后，本院解除查封，协助办理过户。期间标的物继续查封，不得另行处分。",
        ],
    )  # fmt: skip


async def release_seals(work: Work, sale_id: UUID) -> SelfSale:
    """Rule that the own sale holds, end every seal, and ask the registry to transfer and release (A-26, A-28).

    Raises `NotPermitted`, `RuleViolation` before the price is paid.
    """
    sale = await sale_for_update(work, sale_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=sale.court_code)
    check_state(sale.state, S.PAID)
    asset = await work.session.get_one(Asset, sale.asset_id)
    alive = [*IN_FORCE, SealState.WAITING]
    seals = "、".join(
        seal.case_no for seal in await seals_of(work, asset.id) if SealState(seal.state) in alive
    )
    sold = f"“{asset.title}”以{yuan(sale.price_fen)}元由{sale.buyer_name}购买，价款已全部存入本院账户。"
    await _issue(
        work, sale, asset, "self_sale_ruling",
        addressee="各方当事人",
        paragraphs=[
            f"本院准许被执行人自行变卖，{sold}",
            f"裁定如下：一、解除对上述标的物的全部查封（{seals}），查封的效力及于所得价款；",
            "二、标的物的所有权自办理过户登记时起转移给买受人，买受人可以持本裁定办理过户。",
        ],
    )  # fmt: skip
    await _issue(
        work, sale, asset, "self_sale_notice",
        addressee="有关登记机构",
        paragraphs=[
            f"被执行人自行变卖，{sold}",
            (
                f"请协助将上述标的物（{asset.registry_no or asset.asset_no}）过户给{sale.buyer_name}，"
                f"并同时解除其上的查封（{seals}）。"
            ),
        ],
    )  # fmt: skip
    rule = GROUND_RULES[SelfSaleGround(sale.ground)]
    await advance_asset(work, asset, AssetState.RULED, reason="自行变卖成交，解除查封", rule=rule)
    sale.state, sale.ended_at = S.RELEASED, work.now
    await record(
        work, "self_sale.released", stream=f"asset:{sale.asset_id}", rule=rule, asset_id=sale.asset_id,
        case_id=sale.case_id, self_sale=str(sale.id),
    )  # fmt: skip
    await tell_debtor(
        work, sale, key="released", title=msg("查封已解除"),
        body=msg("“{title}”的查封已裁定解除，请与买受人办理过户。", title=asset.title),
    )  # fmt: skip
    return sale


async def _issue(
    work: Work, sale: SelfSale, asset: Asset, kind: str, *, addressee: str, paragraphs: list[str]
) -> UUID:
    case, court = await case_of(work, sale.case_id), await court_of(work, sale.court_code)
    data: dict[str, Any] = {
        "court": court.name,
        "phone": court.supervision_phone,
        "case_no": case.case_no,
        "date": day_in_court(work.now).isoformat(),
        "is_demo": asset.is_demo,
        "addressee": addressee,
        "paragraphs": paragraphs,
    }
    paper = await issue_document(
        work, kind, template=PLAIN_LETTER, data=data, court_code=court.code, case_no=case.case_no,
        asset_id=asset.id, case_id=sale.case_id, subject=f"self_sale:{sale.id}",
    )  # fmt: skip
    return paper.id

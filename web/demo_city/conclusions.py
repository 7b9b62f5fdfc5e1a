"""Cases that end in the demo city: one that waits for approval, one ended without result, one that only waits (§11.9, T-13)."""

from datetime import timedelta

from sqlmodel import col, select

from auction.complaints.enter import import_complaints
from auction.complaints.models import Matter
from auction.complaints.rules import COLUMNS, MATTER_LABELS
from auction.conclusions.conclude import decide_conclusion, propose_conclusion
from auction.listing.models import Lot
from core.clock import COURT_ZONE
from core.database import Work
from disposal_teams.assets.models import Asset, AssetState, SealKind
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.register import add_party, register_case
from disposal_teams.conclusions.first_court import check_first_court
from disposal_teams.conclusions.models import Ground, Way
from web.demo_city.cast import FIRST_COURT, MIDDLE, TEAM_COURT, person_at
from web.demo_city.history import City

PANEL = ("沈某", "陆某", "顾某")
HEARD = (
    (Matter.VIEWING, "预约看样电话多次无人接听。"),
    (Matter.MONEY, "未成交，保证金未按时退回。"),
    (Matter.DELIVERY, "付清价款后仍未腾退交付。"),
)
CLAIM_FEN = 360_000_00


async def settle_conclusions(city: City) -> None:
    """Three cases of the team's court, each at another point of its end."""
    async with city.database.begin(city.bidders[0].actor) as nobody:
        own = await _acting(nobody, "officer")
        leader = await _acting(nobody, "leader")
        paid = await _case(own, 9001, "买卖合同纠纷")
        await propose_conclusion(
            own, paid.id, way=Way.FULFILLED, ground=Ground.PAID_BY_DEBTOR,
            reason="被执行人已将全部款项转入申请执行人账户，申请执行人书面确认收到。",
            other_fen=CLAIM_FEN, other_note="银行转账，回单附卷",
        )  # fmt: skip
        poor = await _case(own, 9002, "民间借贷纠纷")
        proposed = await propose_conclusion(
            own, poor.id, way=Way.NO_RESULT, ground=Ground.NOTHING_FOUND,
            reason="经网络查控和实地调查，未发现可供执行的财产；已发出限制消费令，申请执行人未能提供线索。",
            other_fen=CLAIM_FEN // 10, other_note="扣划银行存款", members=PANEL, minutes="合议庭一致同意终结本次执行程序。",
        )  # fmt: skip
        await decide_conclusion(leader, proposed.id, is_approved=True, why="同意。")
        await _waiting(own, nobody)
        await _complaints(nobody)


async def _complaints(nobody: Work) -> None:
    """What the 12368 line heard of three lots, imported by the court above (K-29)."""
    above = Work(nobody.session, await person_at(nobody, "officer", MIDDLE), nobody.now)
    rows = await nobody.session.exec(
        select(Lot.lot_no)
        .where(col(Lot.ended_at).is_not(None), Lot.court_code != MIDDLE)
        .order_by(Lot.lot_no)
        .limit(len(HEARD))
    )
    today = nobody.now.astimezone(COURT_ZONE).date()
    lines = [",".join(COLUMNS)]
    for number, (lot_no, (matter, summary)) in enumerate(zip(rows, HEARD, strict=False), 1):
        day = today - timedelta(days=number)
        lines.append(f"DEMO-{number:03},{day},,{lot_no},{MATTER_LABELS[matter]},{summary}")
    await import_complaints(above, "\n".join(lines).encode())


async def _waiting(own: Work, nobody: Work) -> None:
    """A case whose only property another court disposes of: what T-13 asks is half done."""
    found = await nobody.session.exec(
        select(Asset)
        .where(
            Asset.court_code == FIRST_COURT,
            col(Asset.state).in_(
                [AssetState.SEALED_EFFECTIVE, AssetState.UNDER_SURVEY, AssetState.VALUATION]
            ),
        )
        .order_by(Asset.asset_no)
    )
    asset = found.first()
    if asset is None:
        return
    case = await _case(own, 9003, "金融借款合同纠纷")
    today = own.now.astimezone(COURT_ZONE).date()
    await record_seal(
        own, asset, case_no=case.case_no, registered_on=today - timedelta(days=10), kind=SealKind.ENFORCEMENT,
        claim_fen=CLAIM_FEN,
    )  # fmt: skip
    await check_first_court(own, case.id, asset.id)


async def _case(own: Work, number: int, cause: str) -> EnforcementCase:
    filed_on = own.now.astimezone(COURT_ZONE).date() - timedelta(days=150)
    case = await register_case(
        own, case_no=f"（{filed_on.year}）苏{TEAM_COURT}执{number}号", filed_on=filed_on, cause=cause,
        claim_fen=CLAIM_FEN, is_demo=True,
    )  # fmt: skip
    for role, name in ((PartyRole.APPLICANT, "某商贸有限公司"), (PartyRole.DEBTOR, "某置业有限公司")):
        await add_party(own, case, role=role, name=name, is_natural_person=False)
    await own.session.flush()
    return case


async def _acting(work: Work, post: str) -> Work:
    return Work(work.session, await person_at(work, post, TEAM_COURT), work.now, work.request_id)

"""Humane enforcement in the demo city: a debtor who pays by instalments, and one who sells by himself. Both have logins."""

from datetime import timedelta

from sqlmodel import col, select

from auction.compromise.agree import decide_compromise, file_compromise
from auction.compromise.perform import note_payment
from auction.compromise.queries import instalments_of
from auction.compromise.report import report_payment
from auction.compromise.rules import PlanLine
from auction.self_sale.apply import apply_for_self_sale
from auction.self_sale.decide import allow_self_sale
from auction.self_sale.models import SelfSaleGround
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import DisposalError
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, hash_password, open_account
from core.identity.models import Account
from core.outbox.run_due import run_due
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.forbearance.hardship import tell_hardship
from disposal_teams.forbearance.live_seal import ask_live_seal, decide_live_seal
from disposal_teams.forbearance.models import HardshipKind
from valuation.reference_price import reference_price_of
from web.demo_city.cast import TEAM_COURT, person_at
from web.demo_city.history import City
from web.demo_city.logins import PASSWORD

PANEL = ("周审判长", "钱审判员", "孙审判员")
INSTALMENTS = (-3, 25, 55)
"""Days from today on which an instalment is due; the first is paid."""


async def be_humane(city: City) -> None:
    """A compromise that is being performed and an own sale whose window is open, as far as the city has assets for them."""
    try:
        async with city.database.begin(SYSTEM) as work:
            debtor = await _account(work, "debtor")
            creditor = await open_account(
                work,
                login="creditor",
                password_hash=hash_password(PASSWORD),
                display_name="申请执行人（演示）",
                roles={Role.CREDITOR},
                court_code=None,
                is_demo=True,
            )
            assets = await _ready(work, 2)
            for asset in assets:
                await _give_logins(work, asset, debtor, creditor)
            for asset, make in zip(assets, (_pay_by_instalments, _sell_by_himself), strict=False):
                await make(work, asset, as_actor(debtor))
    except DisposalError as refusal:
        city.refused.append(f"humane: {refusal}")
    await _spare_the_debtor(city)
    await run_due(city.database)


async def _spare_the_debtor(city: City) -> None:
    """A home that stays in use under its seal, and hardship that waits for an answer."""
    try:
        async with city.database.begin(SYSTEM) as work:
            debtor = as_actor(await _account(work, "debtor"))
            officer = await person_at(work, "officer", TEAM_COURT)
            rows = await work.session.exec(
                select(Asset)
                .join(Party, col(Party.case_id) == col(Asset.case_id))
                .where(
                    Party.account_id == debtor.account_id,
                    Party.role == PartyRole.DEBTOR,
                    Asset.state == AssetState.VALUATION,
                )
                .order_by(Asset.asset_no)
                .limit(1)
            )
            for asset in rows:
                own = Work(work.session, debtor, work.now)
                live = await ask_live_seal(
                    own, asset.id, use="本人和母亲居住", reason="母亲行动不便，处置完毕前请准许继续居住。"
                )
                await decide_live_seal(
                    Work(work.session, officer, work.now),
                    live.id,
                    allows=True,
                    decision="不影响评估和拍卖，准许居住至移交之日。",
                    every_days=30,
                )
                await tell_hardship(
                    own,
                    asset.case_id,
                    kind=HardshipKind.ILLNESS,
                    circumstances="母亲七十八岁，长期透析治疗，每月自付医疗费约三千元。",
                    needs="请保留每月医疗费和基本生活费，腾退前给予找房时间。",
                    evidence="苏州大学附属医院病历、医疗费发票（已送交法院）",
                )
    except DisposalError as refusal:
        city.refused.append(f"forbearance: {refusal}")


async def _account(work: Work, login: str) -> Account:
    return (await work.session.exec(select(Account).where(Account.login == login))).one()


async def _ready(work: Work, count: int) -> list[Asset]:
    """Assets of the team's court that wait to be listed, each of another case."""
    rows = await work.session.exec(
        select(Asset)
        .where(Asset.court_code == TEAM_COURT, Asset.state == AssetState.READY_TO_LIST)
        .order_by(col(Asset.created_at).desc(), col(Asset.id))
        .limit(count * 4)
    )
    found: dict[object, Asset] = {}
    for asset in rows:
        found.setdefault(asset.case_id, asset)
    return list(found.values())[:count]


async def _give_logins(work: Work, asset: Asset, debtor: Account, creditor: Account) -> None:
    for party in await parties_of(work, asset.case_id):
        if party.account_id is None and party.role in (PartyRole.DEBTOR, PartyRole.APPLICANT):
            party.account_id = debtor.id if party.role == PartyRole.DEBTOR else creditor.id
    await work.session.flush()


async def _pay_by_instalments(work: Work, asset: Asset, debtor: Actor) -> None:
    """Three instalments: the first is paid, of the second the debtor says so."""
    officer = await person_at(work, "officer", TEAM_COURT)
    panel = await person_at(work, "panel", TEAM_COURT)
    before = Work(work.session, officer, work.now - timedelta(days=9))
    today = day_in_court(work.now)
    plan = [PlanLine(today + timedelta(days=days), 30_000_000) for days in INSTALMENTS]
    made = await file_compromise(
        before,
        asset.id,
        terms="被执行人分三期付清全部债务九十万元，申请执行人同意履行期间不处置该标的物；任一期逾期的，恢复处置。",
        plan=plan,
        asked_ahead=False,
    )
    await decide_compromise(
        Work(work.session, panel, before.now), made.id, stops=True, members=PANEL,
        minutes="和解出于双方自愿，履行期间中止处置。", decided_on=day_in_court(before.now),
    )  # fmt: skip
    first, second, _ = await instalments_of(work, made.id)
    court = Work(work.session, officer, work.now)
    await note_payment(court, first.id, paid_on=first.due_on, proof="银行回单 20261")
    told = Work(work.session, debtor, work.now)
    await report_payment(told, made.id, second.id, note="今日提前转账三十万元，银行回单号 20388。")


async def _sell_by_himself(work: Work, asset: Asset, debtor: Actor) -> None:
    """Sixty days to sell at the reference price."""
    price = await reference_price_of(work, asset.id)
    if price is None:
        return
    panel = await person_at(work, "panel", TEAM_COURT)
    sale = await apply_for_self_sale(
        Work(work.session, debtor, work.now),
        asset.id,
        ground=SelfSaleGround.VALUE_TOO_LOW,
        price_fen=price.price_fen,
        reason="已委托两家中介挂牌，近期成交的同小区房屋价格更高，请求给予六十日。",
    )
    await allow_self_sale(
        Work(work.session, panel, work.now), sale.id, days=60, consents={}, members=PANEL,
        minutes="价格不低于参考价，不损害债权人，准许。", decided_on=day_in_court(work.now),
    )  # fmt: skip

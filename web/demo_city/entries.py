"""Entries that wait for somebody: an agent to confirm, a priority claim, a deposit in part, money that fits nothing."""

from datetime import timedelta

from sqlmodel import col, select

from auction.agents.papers import submit_agent_papers
from auction.barred.lists import declare_own, list_helper
from auction.barred.models import BarKind
from auction.listing.models import Lot, LotState
from auction.payments.models import BankLine, BankLineState
from auction.payments.suspended import propose_return
from auction.priority.claims import claim_priority
from auction.priority.decide import decide_claim
from auction.priority.models import PriorityKind
from auction.reconciliation.reconcile import reconcile
from auction.registration.buyers import OnBehalf, Principal
from auction.registration.register import register_for_lot
from core.documents import PLAIN_LETTER, render_pdf
from core.identity import SYSTEM
from core.outbox.run_due import run_due
from web.demo_city.cast import TEAM_COURT, Bidder, person_at
from web.demo_city.history import City
from web.demo_city.people import identity_number, person_name

MOST_LOTS = 4


async def settle_entries(city: City) -> None:
    """On lots of the team's court whose bidding is to come, with bidders that the newcomer does not log in as."""
    found = await _coming_lots(city)
    if not found:
        return
    lots = [found[place % len(found)] for place in range(MOST_LOTS)]
    agent, tenant, co_owner, hurried, stranger = city.bidders[-5:]
    await _agent_waits(city, lots[0], agent)
    await _claim_waits(city, lots[1], tenant)
    await _claim_confirmed(city, lots[2], co_owner)
    await _money_astray(city, lots[3], hurried, stranger)
    await _lists(city)
    await run_due(city.database)
    async with city.database.begin(SYSTEM) as work:
        await reconcile(work, TEAM_COURT)


async def _coming_lots(city: City) -> list[Lot]:
    async with city.database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Lot)
            .where(
                Lot.court_code == TEAM_COURT,
                Lot.state == LotState.PUBLISHED,
                col(Lot.starts_at) > city.now + timedelta(days=3),
            )
            .order_by(col(Lot.lot_no))
            .limit(MOST_LOTS)
        )
        return list(rows)


async def _agent_waits(city: City, lot: Lot, agent: Bidder) -> None:
    principal = Principal(person_name(city.random), identity_number(city.random))
    async with city.database.begin(agent.actor) as work:
        entry = await register_for_lot(work, lot.id, accepts_rules=True, on_behalf=OnBehalf((principal,)))
        letter = _letter(
            city,
            "授权委托书",
            f"{principal.name}委托{agent.name}参加“{lot.title}”（{lot.lot_no}）的网络司法拍卖，代理权限为报名、出价和签署有关文书。",
        )
        await submit_agent_papers(work, lot.id, [("授权委托书.pdf", letter)])
    await city.pay(lot.court_code, entry.virtual_account_no, entry.deposit_due_fen, principal.name)


async def _claim_waits(city: City, lot: Lot, tenant: Bidder) -> None:
    async with city.database.begin(tenant.actor) as work:
        await claim_priority(
            work,
            lot.id,
            kind=PriorityKind.TENANT,
            statement="房屋查封前已签订书面租赁合同并实际居住，租期未满，请求确认承租人的优先购买权。",
            files=[("租赁合同.pdf", _letter(city, "租赁合同（复印件）", f"承租人{tenant.name}。"))],
        )


async def _claim_confirmed(city: City, lot: Lot, co_owner: Bidder) -> None:
    async with city.database.begin(co_owner.actor) as work:
        claim = await claim_priority(
            work,
            lot.id,
            kind=PriorityKind.CO_OWNER,
            statement="与被执行人按份共有该房产，登记份额百分之五十。",
            files=[("不动产权证.pdf", _letter(city, "不动产权证（复印件）", f"共有人{co_owner.name}。"))],
        )
        panel = await person_at(work, "panel", TEAM_COURT)
    async with city.database.begin(panel) as work:
        await decide_claim(
            work,
            claim.id,
            confirm=True,
            order=1,
            members=["审判长甲", "审判员乙", "人民陪审员丙"],
            reason="登记资料载明其为按份共有人，依法享有优先购买权。",
        )
    await city.enter(lot, co_owner)


async def _money_astray(city: City, lot: Lot, hurried: Bidder, stranger: Bidder) -> None:
    """A deposit in part, its rest sent to a mistyped account, and two credits from people of other names."""
    async with city.database.begin(hurried.actor) as work:
        entry = await register_for_lot(work, lot.id, accepts_rules=True)
    part = entry.deposit_due_fen // 2
    await city.pay(lot.court_code, entry.virtual_account_no, part, hurried.name)
    await run_due(city.database)
    await city.pay(lot.court_code, "8000000000000001", entry.deposit_due_fen - part, hurried.name)
    await city.pay(lot.court_code, entry.virtual_account_no, 500_000, stranger.name)
    await city.pay(lot.court_code, "8000000000000002", 1_200_000, stranger.name)
    await run_due(city.database)
    async with city.database.begin(SYSTEM) as work:
        finance = await person_at(work, "finance", TEAM_COURT)
        line = await work.session.exec(
            select(BankLine.id).where(
                BankLine.court_code == TEAM_COURT,
                BankLine.state == BankLineState.SUSPENDED,
                BankLine.amount_fen == 1_200_000,
            )
        )
        line_id = line.first()
    if line_id is not None:
        async with city.database.begin(finance) as work:
            await propose_return(work, line_id, reason="收款账号不存在，经联系付款人确认为误付。")


async def _lists(city: City) -> None:
    async with city.database.begin(SYSTEM) as work:
        team = await person_at(work, "team", TEAM_COURT)
        officer = await person_at(work, "officer", TEAM_COURT)
    async with city.database.begin(team) as work:
        await list_helper(
            work,
            kind=BarKind.AUXILIARY_STAFF,
            name=person_name(city.random),
            number=identity_number(city.random),
            organisation="某拍卖辅助服务公司",
        )
    async with city.database.begin(officer) as work:
        await declare_own(
            work, relation="spouse", name=person_name(city.random), number=identity_number(city.random)
        )


def _letter(city: City, title: str, text: str) -> bytes:
    return render_pdf(
        PLAIN_LETTER,
        {
            "title": title,
            "court": "",
            "addressee": "",
            "paragraphs": [text],
            "facts": [],
            "closing": [],
            "is_demo": True,
            "date": city.now.date().isoformat(),
            "document_id": "",
            "version": 1,
            "case_no": "",
            "officer": "",
            "phone": "",
        },
        issued_at=city.now,
    )

"""The demo city's public side of enforcement: office phones of every court, the talent pool, and leads that came in."""

from sqlmodel import select

from core.database import Work
from core.identity import ANONYMOUS
from core.identity.models import Account
from disposal_teams.courts.queries import all_courts
from disposal_teams.leads.handle import answer_lead, give_lead, leads_of
from disposal_teams.leads.models import LeadResult
from disposal_teams.leads.report import report_lead
from disposal_teams.people.keep import add_phone, enter_talent
from disposal_teams.people.models import PhoneKind, Skill
from web.demo_city.cast import MIDDLE, TEAM_COURT, login_of, person_at
from web.demo_city.history import City

SKILLS = (
    (Skill.FINDING, Skill.SEALING),
    (Skill.EVICTION, Skill.SERVICE),
    (Skill.AUCTION, Skill.VALUATION),
    (Skill.SHARES, Skill.BANKRUPTCY),
)
LEADS = (
    ("某机械公司", "昨天下午在昆山某工业园区三号厂房看到该公司的两台数控机床正在装车。"),
    ("张某", "他每天早上八点左右在昆山某小区东门停车，车牌尾号见附注，白色轿车。"),
    ("李某", "听说他有钱，请法院查一查，具体情况不清楚。"),
)


async def open_public_channel(city: City) -> None:
    """Phones and skills for every court; three leads at one of them: new, being checked, answered."""
    async with city.database.begin(city.bidders[0].actor) as nobody:
        for number, court in enumerate(await all_courts(nobody)):
            keeper = Work(nobody.session, await person_at(nobody, "officer", court.code), nobody.now)
            base = f"0512-0000{number:02d}"
            lines = (
                (PhoneKind.DUTY, "执行局值班", "", f"{base}00", "全天"),
                (PhoneKind.CENTRE, "执行指挥中心", "", f"{base}01", "工作日 9:00–17:00"),
                (PhoneKind.OFFICER, "承办团队", "执行法官", f"{base}02", "工作日 9:00–17:00"),
            )
            for kind, name, post, phone, hours in lines:
                await add_phone(
                    keeper,
                    court.code,
                    kind=kind,
                    name=name,
                    post=post,
                    phone=phone,
                    hours=hours,
                    is_demo=True,
                )
            for post_name, skills in zip(
                ("team", "officer"), (SKILLS[number % 4], SKILLS[(number + 1) % 4]), strict=True
            ):
                account = await _account(nobody, post_name, court.code)
                await enter_talent(keeper, account.id, skills=skills)
        above = Work(nobody.session, await person_at(nobody, "officer", MIDDLE), nobody.now)
        expert = await _account(nobody, "officer", TEAM_COURT)
        await enter_talent(
            above, expert.id, skills=SKILLS[3], merits="办理股权处置案件三十余件", is_expert=True
        )
    await _take_leads(city)


async def _take_leads(city: City) -> None:
    async with city.database.begin(ANONYMOUS) as work:
        for number, (about, details) in enumerate(LEADS):
            await report_lead(
                work,
                court_code=TEAM_COURT,
                about=about,
                details=details,
                place=f"198.51.100.{number}",
                is_demo=True,
            )
        centre = Work(work.session, await person_at(work, "officer", TEAM_COURT), work.now)
        worker = Work(work.session, await person_at(work, "team", TEAM_COURT), work.now)
        first, second, third = sorted(await leads_of(centre, TEAM_COURT), key=lambda lead: lead.number)
        assert worker.actor.account_id is not None
        await give_lead(centre, second.id, worker.actor.account_id)
        await answer_lead(
            centre,
            third.id,
            result=LeadResult.TOO_VAGUE,
            answer="内容过于笼统，欢迎补充时间、地点后再次举报。",
        )
        assert first.due_at is not None


async def _account(work: Work, post: str, court_code: str) -> Account:
    found = await work.session.exec(select(Account).where(Account.login == login_of(post, court_code)))
    return found.one()

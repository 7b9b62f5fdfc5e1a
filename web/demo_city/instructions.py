"""Instructions between the courts of the demo city: one in each state that a newcomer should see."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import PLAIN_LETTER, render_pdf
from core.identity import Actor
from core.outbox.run_due import run_due
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import parties_of
from disposal_teams.instructions.carry_out import accept_result, report_result, start_work
from disposal_teams.instructions.draft import draft_instruction
from disposal_teams.instructions.files import Upload, attach_file
from disposal_teams.instructions.kinds import KINDS
from disposal_teams.instructions.models import Instruction, InstructionKind, Result, ReturnReason, Urgency
from disposal_teams.instructions.receive import assign, return_instruction, sign_in
from disposal_teams.instructions.send import submit_instruction
from disposal_teams.orders.issue import issue_order
from web.demo_city.cast import FIRST_COURT, MIDDLE, PRIORITY_COURT, TEAM_COURT, person_at
from web.demo_city.history import City

K = InstructionKind
STORY: tuple[tuple[str, str, InstructionKind, Urgency, str, str, str], ...] = (
    (PRIORITY_COURT, TEAM_COURT, K.FIND, Urgency.NORMAL, "核查被执行人名下车辆停放地点",
     "请到昆山某停车场核实车辆是否停放、车况和里程，并拍照。", "draft"),
    (PRIORITY_COURT, TEAM_COURT, K.FIND, Urgency.CRITICAL, "控制正在昆山出现的被执行人",
     "线索显示被执行人今日在昆山某市场，请立即派员核实并控制。", "sent"),
    (FIRST_COURT, TEAM_COURT, K.SERVE, Urgency.NORMAL, "送达执行裁定书",
     "受送达人现住昆山某小区，请直接送达并反馈送达回证。", "signed_in"),
    (PRIORITY_COURT, TEAM_COURT, K.FIND, Urgency.URGENT, "查找被执行人下落",
     "请向物业和社区了解被执行人是否居住，联系方式见案卷。", "in_progress"),
    (FIRST_COURT, TEAM_COURT, K.SERVE, Urgency.NORMAL, "送达评估结果告知书",
     "请送达昆山某公司，并反馈签收情况。", "returned"),
    (TEAM_COURT, FIRST_COURT, K.FIND, Urgency.NORMAL, "核实被执行人在吴中的租金收入",
     "请向承租人核实租金数额、支付方式和到期日。", "feedback"),
    (TEAM_COURT, PRIORITY_COURT, K.FIND, Urgency.NORMAL, "核实被执行人在虎丘的户籍地居住情况",
     "请向社区核实是否居住、有无其他住房。", "closed"),
)  # fmt: skip
LATER_THAN_DRAFT = ("sent", "signed_in", "in_progress", "returned", "feedback", "closed")


async def settle_instructions(city: City) -> None:
    """Send them, and carry each as far as its line of the story says."""
    for sender, receiver, kind, urgency, subject, request, until in STORY:
        async with city.database.begin(city.bidders[0].actor) as nobody:
            own = await _acting(nobody, "officer", sender)
            centre = await _acting(nobody, "officer", receiver)
            worker = await _acting(nobody, "team", receiver)
            case = await _newest_case(own, sender)
            parties = [party.id for party in await parties_of(own, case.id)]
            made = await draft_instruction(
                own,
                case_id=case.id,
                kind=kind,
                to_court=receiver,
                subject=subject,
                request=request,
                urgency=urgency,
                party_ids=parties,
            )
            for paper in KINDS[kind].papers:
                content = await _paper(own, paper.title, request)
                await attach_file(own, made.id, Upload(f"{paper.title}.pdf", content), paper=paper.code)
            if until in LATER_THAN_DRAFT:
                await submit_instruction(own, made.id)
                await carry(own, centre, worker, made, until)
    await _order(city)
    await run_due(city.database)


async def _order(city: City) -> None:
    """The court above sets a time limit in one case and has another enforced elsewhere."""
    async with city.database.begin(city.bidders[0].actor) as nobody:
        above = await _acting(nobody, "officer", MIDDLE)
        today = above.now.astimezone(COURT_ZONE).date()
        for court, kind, chosen, reason in (
            (PRIORITY_COURT, K.URGE, PRIORITY_COURT, "立案已逾六个月，财产线索明确，应当限期处置。"),
            (FIRST_COURT, K.DESIGNATE, TEAM_COURT, "财产位于昆山，由财产所在地法院执行更为便利。"),
        ):
            case = await _newest_case(above, court)
            await issue_order(
                above,
                case_id=case.id,
                kind=kind,
                chosen_court=chosen,
                reason=reason,
                due_on=today + timedelta(days=60),
                panel=("沈某", "陆某", "顾某"),
            )


ANSWER = "经走访核实，情况属实，详见工作记录。"


async def carry(
    own: Work, centre: Work, worker: Work, made: Instruction, until: str, *, answer: str = ANSWER
) -> None:
    """Carry an instruction as far as `until` says; `own` sent it, `centre` and `worker` are of the court that got it."""
    if until == "sent":
        return
    await sign_in(centre, made.id)
    if until == "returned":
        note = "缺少受送达人准确地址，请补充。"
        await return_instruction(centre, made.id, reason=ReturnReason.PAPERS_MISSING, note_text=note)
    if until in ("signed_in", "returned"):
        return
    await assign(centre, made.id, _account(worker.actor))
    await start_work(worker, made.id)
    if until == "in_progress":
        return
    record = await _paper(worker, "工作记录", answer)
    await attach_file(worker, made.id, Upload("工作记录.pdf", record))
    await report_result(worker, made.id, result=Result.DONE, feedback=answer)
    if until == "closed":
        await accept_result(own, made.id)


async def _acting(nobody: Work, post: str, court: str) -> Work:
    return Work(nobody.session, await person_at(nobody, post, court), nobody.now)


def _account(actor: Actor) -> UUID:
    assert actor.account_id is not None
    return actor.account_id


async def _newest_case(work: Work, court: str) -> EnforcementCase:
    found = await work.session.exec(
        select(EnforcementCase)
        .where(EnforcementCase.court_code == court)
        .order_by(col(EnforcementCase.id).desc())
        .limit(1)
    )
    return found.one()


async def _paper(work: Work, title: str, words: str) -> bytes:
    data = {
        "title": title,
        "court": "演示文书",
        "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
        "is_demo": True,
        "paragraphs": [words],
    }
    return await asyncio.to_thread(render_pdf, PLAIN_LETTER, data, issued_at=work.now)

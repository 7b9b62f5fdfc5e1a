"""The court's work on a lead: accept, give to somebody, answer. Each reading of a lead is recorded."""

from uuid import UUID

from sqlmodel import col, select

from core.audit import record
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import InvalidInput, NotFound
from core.i18n import msg
from core.identity import Permission, require
from core.identity.accounts import as_actor
from core.identity.models import Account
from core.identity.permissions import may
from core.legal_settings import legal
from core.notices import notify
from disposal_teams.cases.queries import case_by_number
from disposal_teams.instructions.progress import written
from disposal_teams.leads.models import OVER, Lead, LeadResult, LeadState
from disposal_teams.leads.report import CLOCK, Words, words_of
from disposal_teams.leads.rules import Step, next_state

PAGE = 100


async def leads_of(work: Work, court_code: str, *, only_open: bool = True) -> list[Lead]:
    """The court's leads, what is due first in front. Without their words."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(Lead).where(Lead.court_code == court_code)
    if only_open:
        query = query.where(col(Lead.due_at).is_not(None)).order_by(col(Lead.due_at), col(Lead.id))
    else:
        query = query.order_by(col(Lead.id).desc())
    return list(await work.session.exec(query.limit(PAGE)))


async def open_lead(work: Work, lead_id: UUID) -> tuple[Lead, Words]:
    """A lead with its words, for the command centre and who checks it; recorded (P-03). Raises `NotFound`."""
    lead = await work.session.get(Lead, lead_id)
    if lead is None or not _may_read(work, lead):
        raise NotFound(msg("没有找到该线索，或它不属于本院。"), rule="P-03")
    await record(work, "lead.read", stream=f"lead:{lead.id}", rule="P-03", person_id=work.actor.account_id)
    return lead, words_of(lead)


def _may_read(work: Work, lead: Lead) -> bool:
    if may(work.actor, Permission.DISPATCH_INSTRUCTION, court_code=lead.court_code):
        return True
    return work.actor.account_id is not None and work.actor.account_id == lead.handler_account_id


async def _locked(work: Work, lead_id: UUID) -> Lead:
    found = await work.session.exec(
        select(Lead).where(Lead.id == lead_id).with_for_update().execution_options(populate_existing=True)
    )
    lead = found.first()
    if lead is None or not _may_read(work, lead):
        raise NotFound(msg("没有找到该线索，或它不属于本院。"), rule="P-03")
    return lead


async def give_lead(work: Work, lead_id: UUID, account_id: UUID, *, case_no: str = "") -> Lead:
    """The command centre accepts it and gives it to somebody of the court, within a case if one is known."""
    lead = await _locked(work, lead_id)
    require(work.actor, Permission.DISPATCH_INSTRUCTION, court_code=lead.court_code)
    account = await work.session.get(Account, account_id)
    if (
        account is None
        or account.court_code != lead.court_code
        or account.disabled_at is not None
        or not may(as_actor(account), Permission.WORK_ON_INSTRUCTION)
    ):
        raise InvalidInput(
            msg("请选择本院可以办理的人员。"), fields={"handler": msg("请从列出的选项中选择。")}
        )
    case = await case_by_number(work, case_no) if case_no.strip() else None
    if case_no.strip() and (case is None or case.court_code != lead.court_code):
        raise InvalidInput(msg("案号有误。"), fields={"case_no": msg("本院没有登记该案件。")})
    after = next_state(LeadState(lead.state), Step.CHECK)
    await meet_deadline(work, CLOCK, subject_kind="lead", subject_id=lead.id, done_event="lead.accepted")
    lead.state, lead.handler_account_id, lead.case_id = after, account.id, case.id if case else None
    deadline = await open_deadline(
        work, CLOCK, subject_kind="lead", subject_id=lead.id, days=legal().lead_answer_days,
        owner_role="case_officer", owner_court=lead.court_code,
    )  # fmt: skip
    lead.due_at = deadline.due_at
    await record(work, "lead.given", stream=f"lead:{lead.id}", case_id=lead.case_id, handler=str(account.id))
    await notify(
        work, account_id=account.id, key=f"lead:{lead.id}:given", title=msg("线索已分派给您"),
        body=msg("请核查线索 {number} 并反馈。", number=lead.number), link=f"/court/leads/{lead.id}",
    )  # fmt: skip
    return lead


async def answer_lead(work: Work, lead_id: UUID, *, result: LeadResult, answer: str) -> Lead:
    """Answer: the reporter reads it with the code. Too vague, or another court's matter, may be said without checking."""
    answer = written(answer, "answer", msg("请写明给举报人的反馈。"))
    lead = await _locked(work, lead_id)
    result = LeadResult(result)
    step = Step.DROP if result in (LeadResult.TOO_VAGUE, LeadResult.NOT_THIS_COURT) else Step.ANSWER
    if step is Step.DROP:
        require(work.actor, Permission.DISPATCH_INSTRUCTION, court_code=lead.court_code)
    after = next_state(LeadState(lead.state), step)
    await meet_deadline(work, CLOCK, subject_kind="lead", subject_id=lead.id, done_event=f"lead.{after}")
    lead.due_at, lead.result, lead.answer, lead.answered_at = None, result, answer, work.now
    lead.state = after
    await record(work, "lead.answered", stream=f"lead:{lead.id}", case_id=lead.case_id, result=result.value)
    assert LeadState(lead.state) in OVER
    return lead

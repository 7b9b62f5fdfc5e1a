"""The six-month rule: the applicant goes to the court above, which orders, takes, sends elsewhere or dismisses (T-20)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.notices import notify
from disposal_teams.cases.models import CaseState, EnforcementCase, PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.progress import require_own, written
from disposal_teams.orders import rules
from disposal_teams.orders.issue import issue_order
from disposal_teams.orders.models import CourtOrder, InactionDecision, InactionRequest, InactionState
from disposal_teams.plain_text import clean_text


async def apply_to_superior(
    work: Work,
    case_id: UUID,
    *,
    reason: str,
    found_on: date | None = None,
    stopped_days: int = 0,
    applicant: str = "",
) -> InactionRequest:
    """Apply to the next higher court: the applicant on line, or somebody of either court who enters a paper under the name on it.

    Raises `RuleViolation` before six months have passed, `Conflict` while one is open, `InvalidInput`, `NotFound`.
    """
    case = await case_of(work, case_id)
    applicant = await _applicant(work, case, applicant)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=2000)
    applicant = clean_text(applicant, "applicant", fields, longest=80)
    today = work.now.astimezone(COURT_ZONE).date()
    if found_on is not None and found_on > today:
        fields["found_on"] = msg("日期不能晚于今天。")
    if not 0 <= stopped_days <= 3660:
        fields["stopped_days"] = msg("请填写 0 到 3660 之间的天数。")
    if fields:
        raise InvalidInput(msg("申请内容有误，请按提示修改。"), fields=fields, rule="T-20")
    superior = (await court_of(work, case.court_code)).superior_code
    if superior is None:
        raise RuleViolation("T-20", msg("该案件的上一级法院不在本平台，请向其直接申请。"))
    if case.state == CaseState.CLOSED:
        raise RuleViolation("T-20", msg("案件 {case_no} 已结案。", case_no=case.case_no))
    rules.check_six_months(today=today, filed_on=case.filed_on, found_on=found_on, stopped_days=stopped_days)
    request = InactionRequest(
        id=new_id(),
        case_id=case.id,
        court_code=case.court_code,
        superior_court=superior,
        account_id=None if work.actor.is_staff else work.actor.account_id,
        applicant=applicant,
        reason=reason,
        found_on=found_on,
        stopped_days=stopped_days,
        filed_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(request)
    except IntegrityError as error:
        raise Conflict(msg("该案已有一份申请正在审查。"), rule="T-20") from error
    await record(
        work,
        "inaction.applied",
        stream=f"case:{case.id}",
        rule="T-20",
        case_id=case.id,
        request=str(request.id),
    )
    await tell_court(
        work, superior, Role.INTERMEDIATE_COURT, key=f"inaction:{request.id}", title=msg("当事人申请督促执行"),
        body=msg("案件 {case_no} 已满六个月未执行完毕。", case_no=case.case_no), link="/supervision/orders",
    )  # fmt: skip
    return request


async def _applicant(work: Work, case: EnforcementCase, written_name: str) -> str:
    """The name of who applies. To anybody but an applicant of the case it does not exist (P-03)."""
    if work.actor.is_staff:
        require(work.actor, Permission.SEE_COURT_FILES, court_code=case.court_code)
        return written_name
    for party in await parties_of(work, case.id):
        if (
            party.role == PartyRole.APPLICANT
            and party.account_id is not None
            and party.account_id == work.actor.account_id
        ):
            return party.name
    raise NotFound(msg("没有找到该案件。"), rule="P-03")


async def decide_inaction(
    work: Work,
    request_id: UUID,
    *,
    decision: InactionDecision,
    reason: str,
    due_on: date | None = None,
    chosen_court: str = "",
    panel: Sequence[str] = (),
) -> InactionRequest:
    """Decide, and make the order that follows. The applicant is told in writing (T-20)."""
    reason = written(reason, "reason", msg("请写明决定理由。"), longest=2000)
    found = await work.session.exec(
        select(InactionRequest)
        .where(InactionRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    request = found.first()
    if request is None:
        raise NotFound(msg("没有找到该申请。"), rule="P-03")
    require_own(work, Permission.ORDER_COURTS, request.superior_court)
    if request.state != InactionState.FILED:
        raise Conflict(msg("该申请已经办结。"), rule="T-20")
    decision = InactionDecision(decision)
    order = await _order(work, request, decision, reason, due_on, chosen_court, panel)
    request.state, request.decision = InactionState.DECIDED, decision
    request.decided_why, request.decided_at = reason, work.now
    request.order_id = order.instruction_id if order else None
    await record(
        work, "inaction.decided", stream=f"case:{request.case_id}", rule="T-20", case_id=request.case_id,
        request=str(request.id), decision=decision.value, order=str(request.order_id or ""),
    )  # fmt: skip
    if request.account_id is not None:
        await notify(
            work, account_id=request.account_id, key=f"inaction:{request.id}:decided",
            title=msg("督促执行申请已有结果"),
            body=msg("{decision}。{reason}", decision=msg(rules.DECISION_LABELS[decision]), reason=reason[:300]),
            link="/my/inaction",
        )  # fmt: skip
    return request


async def _order(
    work: Work,
    request: InactionRequest,
    decision: InactionDecision,
    reason: str,
    due_on: date | None,
    chosen_court: str,
    panel: Sequence[str],
) -> CourtOrder | None:
    kind = rules.KIND_OF_DECISION[decision]
    if kind is None:
        return None
    if due_on is None:
        raise InvalidInput(msg("请写明期限。"), fields={"due_on": msg("此项必填。")}, rule="T-20")
    chosen = {
        InactionDecision.TIME_LIMIT: request.court_code,
        InactionDecision.TAKEN: request.superior_court,
    }.get(decision, chosen_court)
    return await issue_order(
        work, case_id=request.case_id, kind=kind, chosen_court=chosen, reason=reason, due_on=due_on, panel=panel,
        inaction_id=request.id,
    )  # fmt: skip

"""Instalments are paid, or a day passes without one: then the disposal goes on at the applicant's request (A-29)."""

from datetime import date
from uuid import UUID

from auction.compromise import rules
from auction.compromise.models import Compromise, CompromiseState, Instalment, ReportKind
from auction.compromise.queries import compromise_for_update, instalments_of, open_reports
from auction.compromise.stand_still import let_go_on
from auction.compromise.tell import note_compromise, tell_both
from core.database import Work
from core.deadlines import meet_deadline, waive_deadline
from core.deadlines.rules import day_in_court
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.plain_text import clean_text

S = CompromiseState
CLOCK = "instalment"


async def note_payment(work: Work, instalment_id: UUID, *, paid_on: date, proof: str) -> Instalment:
    """Note that an instalment was paid; with the last one the compromise is kept. Raises `InvalidInput`, `RuleViolation`,
    `Conflict` a second time, `NotPermitted`."""
    made, each = await _instalment(work, instalment_id)
    require(work.actor, Permission.DRAFT_LISTING, court_code=made.court_code)
    rules.check_state(made.state, S.IN_FORCE, S.LATE)
    if each.paid_on is not None:
        raise Conflict(msg("该期已登记付款。"), rule="A-29")
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if paid_on > day_in_court(work.now):
        fields["paid_on"] = msg("日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("付款登记有误，请按提示修改。"), fields=fields, rule="A-29")
    each.paid_on, each.proof = paid_on, proof
    await meet_deadline(
        work, "A-29", subject_kind=CLOCK, subject_id=each.id, done_event="compromise.instalment_paid"
    )
    await close_reports(work, made.id, founded=True, answer=proof, instalment_id=each.id)
    await note_compromise(
        work, made, "compromise.instalment_paid", position=each.position, amount_fen=each.amount_fen
    )
    plan = await instalments_of(work, made.id)
    if all(line.paid_on is not None for line in plan):
        made.state, made.ended_at = S.KEPT, work.now
        await close_reports(work, made.id, founded=False, answer="各期款项已付清")
        await note_compromise(work, made, "compromise.kept")
        await tell_both(
            work, made, key="kept", title=msg("执行和解已履行完毕"),
            body=msg("各期款项已付清，请依法撤回拍卖、解除查封并结案。"),
        )  # fmt: skip
    elif made.state == S.LATE and not any(
        line.paid_on is None and line.due_on < day_in_court(work.now) for line in plan
    ):
        made.state = S.IN_FORCE  # paid late, before the applicant asked: it is performed on
    return each


async def instalment_missed(work: Work, instalment_id: UUID) -> None:
    """The day has passed unpaid: the disposal goes on, or the applicant is told that it may ask. Repeating changes nothing."""
    made, each = await _instalment(work, instalment_id)
    if made.state != S.IN_FORCE or each.paid_on is not None:
        return
    made.state = rules.after_breach(asked_ahead=made.asked_ahead)
    await note_compromise(work, made, "compromise.breached", position=each.position)
    if made.state == S.RESUMED:
        await resume_disposal(work, made, "和解协议未按期履行，恢复处置")
        return
    await tell_both(
        work, made, key=f"late:{each.id}", title=msg("和解协议未按期履行"),
        body=msg("第 {position} 期款项逾期未付，申请执行人可以申请恢复处置。", position=each.position),
    )  # fmt: skip


async def resume_on_request(work: Work, compromise_id: UUID, *, note: str) -> Compromise:
    """The applicant asks for the disposal to go on after a breach (art. 9). Raises `InvalidInput`, `RuleViolation`,
    `NotPermitted`."""
    made = await compromise_for_update(work, compromise_id)
    require(work.actor, Permission.DRAFT_LISTING, court_code=made.court_code)
    rules.check_state(made.state, S.LATE)
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明申请恢复的日期和材料。"), fields=fields, rule="A-29")
    await resume_disposal(work, made, note)
    return made


async def resume_disposal(work: Work, made: Compromise, note: str) -> None:
    """The locked compromise was not performed: what still waits is answered and the disposal goes on (A-29)."""
    made.state = S.RESUMED
    made.ended_at, made.end_note = work.now, note
    for line in await instalments_of(work, made.id):
        await waive_deadline(
            work, "A-29", subject_kind=CLOCK, subject_id=line.id, reason="compromise.resumed"
        )
    await close_reports(work, made.id, founded=True, answer=note)
    await let_go_on(work, made, note=note)
    await note_compromise(work, made, "compromise.resumed")
    await tell_both(
        work, made, key="resumed", title=msg("和解未履行，恢复处置"), body=msg("法院恢复对标的物的处置。")
    )  # fmt: skip


async def close_reports(
    work: Work, compromise_id: UUID, *, founded: bool, answer: str, instalment_id: UUID | None = None
) -> None:
    """Answer what the parties told and what is settled by an act of the court: of one instalment, or all of it.

    What happened answers both kinds: a breach that is found means that a payment was not, and the other way round.
    """
    for report in await open_reports(work, compromise_id):
        is_payment = report.kind == ReportKind.PAID
        if instalment_id is not None and report.instalment_id != instalment_id:
            continue
        report.founded = founded if instalment_id is not None or not is_payment else not founded
        report.answer, report.answered_at = answer[:500], work.now
        report.answered_by = work.actor.account_id
    await work.session.flush()


async def _instalment(work: Work, instalment_id: UUID) -> tuple[Compromise, Instalment]:
    each = await work.session.get(Instalment, instalment_id)
    if each is None:
        raise NotFound(msg("没有找到该期款项。"))
    made = await compromise_for_update(work, each.compromise_id)
    await work.session.refresh(each)
    return made, each

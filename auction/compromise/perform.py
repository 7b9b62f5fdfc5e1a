"""Instalments are paid, or a day passes without one: then the disposal goes on at the applicant's request (A-29)."""

from datetime import date
from uuid import UUID

from auction.compromise import rules
from auction.compromise.models import Compromise, CompromiseState, Instalment
from auction.compromise.queries import compromise_for_update, instalments_of
from auction.compromise.stand_still import let_go_on
from core.audit import record
from core.database import Work
from core.deadlines import meet_deadline, waive_deadline
from core.deadlines.rules import day_in_court
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
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
    await _note(work, made, "compromise.instalment_paid", position=each.position, amount_fen=each.amount_fen)
    plan = await instalments_of(work, made.id)
    if all(line.paid_on is not None for line in plan):
        made.state, made.ended_at = S.KEPT, work.now
        await _note(work, made, "compromise.kept")
        await _tell(
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
    await _note(work, made, "compromise.breached", position=each.position)
    if made.state == S.RESUMED:
        await _resume(work, made, "和解协议未按期履行，恢复处置")
        return
    await _tell(
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
    made.state = S.RESUMED
    await _resume(work, made, note)
    return made


async def _resume(work: Work, made: Compromise, note: str) -> None:
    made.ended_at, made.end_note = work.now, note
    for line in await instalments_of(work, made.id):
        await waive_deadline(
            work, "A-29", subject_kind=CLOCK, subject_id=line.id, reason="compromise.resumed"
        )
    await let_go_on(work, made, note=note)
    await _note(work, made, "compromise.resumed")
    await _tell(
        work, made, key="resumed", title=msg("和解未履行，恢复处置"), body=msg("法院恢复对标的物的处置。")
    )  # fmt: skip


async def _instalment(work: Work, instalment_id: UUID) -> tuple[Compromise, Instalment]:
    each = await work.session.get(Instalment, instalment_id)
    if each is None:
        raise NotFound(msg("没有找到该期款项。"))
    made = await compromise_for_update(work, each.compromise_id)
    await work.session.refresh(each)
    return made, each


async def _note(work: Work, made: Compromise, event: str, **details: int) -> None:
    await record(
        work, event, stream=f"asset:{made.asset_id}", rule="A-29", asset_id=made.asset_id, case_id=made.case_id,
        compromise=str(made.id), details=details,
    )  # fmt: skip


async def _tell(work: Work, made: Compromise, *, key: str, title: Message, body: Message) -> None:
    asset = await work.session.get_one(Asset, made.asset_id)
    await tell_court(
        work, made.court_code, Role.CASE_OFFICER, Role.DISPOSAL_TEAM, key=f"compromise:{made.id}:{key}", title=title,
        body=body, link=f"/team/assets/{asset.asset_no}/compromise",
    )  # fmt: skip
    for party in await parties_of(work, made.case_id):
        if party.account_id is not None and party.role in (PartyRole.APPLICANT, PartyRole.DEBTOR):
            await notify(
                work, account_id=party.account_id, key=f"compromise:{made.id}:{key}", title=title, body=body
            )  # fmt: skip

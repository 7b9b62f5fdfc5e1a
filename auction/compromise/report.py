"""The parties tell the court on line how a compromise is performed, and the court answers (A-29)."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.compromise import rules
from auction.compromise.models import Compromise, CompromiseReport, CompromiseState, ReportKind
from auction.compromise.perform import resume_disposal
from auction.compromise.queries import compromise_for_update, instalments_of
from auction.compromise.tell import note_compromise, tell_parties
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = CompromiseState


async def report_breach(work: Work, compromise_id: UUID, *, note: str) -> CompromiseReport:
    """The applicant says what is not performed and asks for the disposal to go on (art. 9).

    Raises `NotFound` to anybody but an applicant of the case (P-03), `RuleViolation` when nothing is being performed,
    `InvalidInput`, `Conflict` while an earlier report waits for its answer.
    """
    made, party = await _own(work, compromise_id, PartyRole.APPLICANT)
    rules.check_state(made.state, S.IN_FORCE, S.LATE)
    return await _report(work, made, party, ReportKind.BREACH, note, None)


async def report_payment(
    work: Work, compromise_id: UUID, instalment_id: UUID, *, note: str
) -> CompromiseReport:
    """The debtor says that an instalment is paid, and by which proof; the court notes it. Raises as above."""
    made, party = await _own(work, compromise_id, PartyRole.DEBTOR)
    rules.check_state(made.state, S.IN_FORCE, S.LATE)
    unpaid = {line.id for line in await instalments_of(work, made.id) if line.paid_on is None}
    if instalment_id not in unpaid:
        raise InvalidInput(
            msg("付款说明有误，请按提示修改。"),
            fields={"instalment": msg("请选择尚未付清的一期。")},
            rule="A-29",
        )
    return await _report(work, made, party, ReportKind.PAID, note, instalment_id)


async def answer_report(work: Work, report_id: UUID, *, founded: bool, answer: str) -> CompromiseReport:
    """The court answers: a breach that is found lets the disposal go on at once, since the applicant has asked for it.

    A payment is found by noting it (`note_payment`), so that a report of one can only be answered as not found here. Raises
    `RuleViolation`, `Conflict` when it is answered, `InvalidInput`, `NotPermitted`.
    """
    report = await work.session.get(CompromiseReport, report_id)
    if report is None:
        raise NotFound(msg("没有找到该说明。"))
    made = await compromise_for_update(work, report.compromise_id)
    require(work.actor, Permission.DRAFT_LISTING, court_code=made.court_code)
    await work.session.refresh(report)
    if report.answered_at is not None:
        raise Conflict(msg("该说明已经答复。"), rule="A-29")
    rules.check_state(made.state, S.IN_FORCE, S.LATE)
    fields: dict[str, Message] = {}
    answer = clean_text(answer, "answer", fields, longest=500)
    if founded and report.kind == ReportKind.PAID:
        fields["founded"] = msg("款项已付的，请登记付款。")
    if fields:
        raise InvalidInput(msg("答复有误，请按提示修改。"), fields=fields, rule="A-29")
    report.founded, report.answer, report.answered_at = founded, answer, work.now
    report.answered_by = work.actor.account_id
    await work.session.flush()
    await note_compromise(work, made, "compromise.report_answered", founded=int(founded))
    if founded:
        await resume_disposal(work, made, answer)
    else:
        await tell_parties(work, made, key=f"answer:{report.id}", title=msg("法院对和解履行情况的答复"),
                           body=msg("法院答复：{answer}", answer=answer))  # fmt: skip
    return report


async def _report(
    work: Work, made: Compromise, party: Party, kind: ReportKind, note: str, instalment_id: UUID | None
) -> CompromiseReport:
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=500)
    if fields:
        raise InvalidInput(msg("说明有误，请按提示修改。"), fields=fields, rule="A-29")
    report = CompromiseReport(
        id=new_id(),
        compromise_id=made.id,
        instalment_id=instalment_id,
        party_id=party.id,
        kind=kind,
        note=note,
        reported_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(report)
    except IntegrityError as error:
        raise Conflict(msg("您此前的说明尚待法院答复，请勿重复提交。"), rule="A-29") from error
    await note_compromise(work, made, f"compromise.{kind}_reported")
    asset = await work.session.get_one(Asset, made.asset_id)
    title = (
        msg("申请执行人反映和解未履行") if kind is ReportKind.BREACH else msg("被执行人说明已付一期和解款")
    )
    await tell_court(
        work, made.court_code, Role.CASE_OFFICER, Role.DISPOSAL_TEAM, key=f"compromise-report:{report.id}",
        title=title, body=msg("“{title}”：{note}", title=asset.title, note=note[:200]),
        link=f"/team/assets/{asset.asset_no}/compromise",
    )  # fmt: skip
    return report


async def _own(work: Work, compromise_id: UUID, role: PartyRole) -> tuple[Compromise, Party]:
    made = await compromise_for_update(work, compromise_id)
    for party in await parties_of(work, made.case_id):
        own = party.account_id is not None and party.account_id == work.actor.account_id
        if own and party.role == role:
            return made, party
    raise NotFound(msg("没有找到该和解。"), rule="P-03")

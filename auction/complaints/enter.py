"""Import the complaints of the 12368 line, all or none, after a dry run; or enter one by hand (K-29)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import col, select

from auction.complaints.models import Complaint, Matter
from auction.complaints.rules import ComplaintRow, Problem, read_complaints
from auction.listing.models import Lot
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from disposal_teams.courts.queries import all_courts
from disposal_teams.plain_text import clean_text

STREAM = "complaints"


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file would bring: rows to be kept, tickets that are there already, and every problem."""

    new: Sequence[Complaint] = ()
    known: Sequence[str] = ()
    problems: Sequence[Problem] = field(default=())


async def examine_complaints(work: Work, content: bytes) -> Examined:
    """The dry run: reads, attributes and changes nothing. Raises `InvalidInput` for what is no table, `NotPermitted`."""
    require(work.actor, Permission.KEEP_INDICATORS)
    courts: dict[str, str] = {}
    for court in await all_courts(work):
        names = (court.code, court.name, court.short_name, court.short_name.removesuffix("法院"))
        courts |= dict.fromkeys(names, court.code)
    today = work.now.astimezone(COURT_ZONE).date()
    rows, problems = read_complaints(content, courts, today=today)
    known = set(
        await work.session.exec(
            select(Complaint.ticket_no).where(col(Complaint.ticket_no).in_([row.ticket_no for row in rows]))
        )
    )
    lots = await _lots(work, {row.lot_no for row in rows if row.lot_no})
    new = []
    for row in rows:
        if row.ticket_no in known:
            continue
        problem = _attribution(row, lots)
        if problem is not None:
            problems.append(problem)
            continue
        new.append(_made(work, row, lots.get(row.lot_no)))
    return Examined(new, sorted(known), sorted(problems, key=lambda each: (each.row, each.column)))


async def import_complaints(work: Work, content: bytes) -> Examined:
    """Keep every new row, or none while one has a problem. Tickets that are there already are left as they are.

    Raises `InvalidInput` when the file has problems (look at the dry run), `NotPermitted`.
    """
    found = await examine_complaints(work, content)
    if found.problems:
        said = msg("有 {count} 处问题，没有导入任何一行。", count=len(found.problems))
        raise InvalidInput(said, fields={"file": said}, rule="K-29")
    await _keep(work, found.new, "complaints.imported")
    return found


async def enter_complaint(
    work: Work, *, ticket_no: str, received_on: date, court: str, lot_no: str, matter: Matter, summary: str
) -> Complaint:
    """Enter one by hand. Raises `InvalidInput`, `Conflict` (a known ticket), `NotPermitted`."""
    require(work.actor, Permission.KEEP_INDICATORS)
    fields: dict[str, Message] = {}
    ticket_no = clean_text(ticket_no, "ticket_no", fields, longest=40)
    summary = clean_text(summary, "summary", fields, longest=500)
    lot_no = clean_text(lot_no, "lot_no", fields, longest=30, required=False)
    if received_on > work.now.astimezone(COURT_ZONE).date():
        fields["received_on"] = msg("日期不能晚于今天。")
    if court and court not in {each.code for each in await all_courts(work)}:
        fields["court"] = msg("请从列出的选项中选择。")
    row = ComplaintRow(0, ticket_no, received_on, court, lot_no, Matter(matter), summary)
    lots = await _lots(work, {lot_no} if lot_no else set())
    problem = _attribution(row, lots)
    if problem is not None:
        fields["lot_no" if lot_no else "court"] = problem.message
    if fields:
        raise InvalidInput(msg("投诉信息有误，请按提示修改。"), fields=fields, rule="K-29")
    known = await work.session.exec(select(Complaint.id).where(Complaint.ticket_no == ticket_no))
    if known.first() is not None:
        raise Conflict(msg("工单 {ticket} 已登记。", ticket=ticket_no), rule="K-29")
    made = _made(work, row, lots.get(lot_no))
    await _keep(work, [made], "complaints.entered")
    return made


async def _lots(work: Work, numbers: set[str]) -> dict[str, Lot]:
    rows = await work.session.exec(
        select(Lot).where(
            col(Lot.lot_no).in_(numbers), col(Lot.published_at).is_not(None), col(Lot.is_practice).is_(False)
        )
    )
    return {lot.lot_no: lot for lot in rows}


def _attribution(row: ComplaintRow, lots: dict[str, Lot]) -> Problem | None:
    """Why the complaint cannot be put to a court and lot, if so."""
    if not row.lot_no:
        return None if row.court else Problem(row.row, "法院", msg("没有拍品编号的，须写明法院。"))
    lot = lots.get(row.lot_no)
    if lot is None:
        return Problem(row.row, "拍品编号", msg("没有公告过的拍品 {lot}。", lot=row.lot_no))
    if row.court and row.court != lot.court_code:
        return Problem(row.row, "法院", msg("拍品 {lot} 不是该法院的。", lot=row.lot_no))
    return None


def _made(work: Work, row: ComplaintRow, lot: Lot | None) -> Complaint:
    return Complaint(
        id=new_id(), ticket_no=row.ticket_no, received_on=row.received_on,
        court_code=lot.court_code if lot is not None else row.court, lot_id=lot.id if lot is not None else None,
        matter=row.matter, summary=row.summary, entered_by=work.actor.account_id, entered_by_name=work.actor.name,
        entered_at=work.now,
    )  # fmt: skip


async def _keep(work: Work, made: Sequence[Complaint], event: str) -> None:
    work.session.add_all(made)
    await work.session.flush()
    if made:
        await record(
            work,
            event,
            stream=STREAM,
            rule="K-29",
            count=len(made),
            tickets=[each.ticket_no for each in made][:200],
        )

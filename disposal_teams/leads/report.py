"""Take a lead in, and tell the reporter what became of it. Whoever reports needs no account and no name."""

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

import msgspec
from sqlalchemy import text
from sqlmodel import select

from core.audit import record
from core.clock import COURT_ZONE
from core.crypto import FieldCipher
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Role
from core.ids import new_id
from core.legal_settings import legal
from core.settings import get_settings
from disposal_teams.courts.queries import all_courts
from disposal_teams.courts.tell import tell_court
from disposal_teams.leads.models import Lead, LeadState
from disposal_teams.leads.rules import new_code, plain_code
from disposal_teams.plain_text import clean_text

CLOCK = "LEAD"

also_kept_in(CLOCK, table=Lead, end="due_at")


class Words(msgspec.Struct, frozen=True):
    """What a lead says; sealed in the database."""

    about: str
    case_no: str
    details: str
    contact: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reporter keeps: the number, and the code that is shown this once."""

    number: str
    code: str


def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), "lead")


async def report_lead(
    work: Work,
    *,
    court_code: str,
    about: str,
    details: str,
    case_no: str = "",
    contact: str = "",
    place: str,
    is_demo: bool = False,
) -> Receipt:
    """Take in where a debtor or an asset is. `place`: the network address, used only to bound abuse.

    Raises `InvalidInput`; `RuleViolation` when one place, or everybody, has reported too much today.
    """
    fields: dict[str, Message] = {}
    about = clean_text(about, "about", fields, longest=80)
    details = clean_text(details, "details", fields, longest=2000)
    case_no = clean_text(case_no, "case_no", fields, longest=60, required=False)
    contact = clean_text(contact, "contact", fields, longest=80, required=False)
    if "details" not in fields and len(details) < 10:
        fields["details"] = msg("请写明时间、地点和具体情况，至少 10 个字。")
    if court_code not in {court.code for court in await all_courts(work)}:
        fields["court"] = msg("请从列出的选项中选择。")
    if fields:
        raise InvalidInput(msg("线索内容有误，请按提示修改。"), fields=fields)
    await _count(work, place)
    lead_id, code = new_id(), new_code()
    words = Words(about, case_no, details, contact)
    number = (await work.session.execute(text("SELECT nextval('lead_number_sequence')"))).scalar_one()
    lead = Lead(
        id=lead_id,
        number=f"XS{work.now.astimezone(COURT_ZONE).year}{number:06d}",
        court_code=court_code,
        words_sealed=_cipher().encrypt(msgspec.json.encode(words).decode(), bound_to=str(lead_id)),
        code_hash=_cipher().match_code(f"{lead_id}:{code}"),
        received_at=work.now,
        is_demo=is_demo,
    )
    deadline = await open_deadline(
        work, CLOCK, subject_kind="lead", subject_id=lead_id, days=legal().lead_accept_days,
        owner_role=Role.COMMAND_CENTRE, owner_court=court_code,
    )  # fmt: skip
    lead.due_at = deadline.due_at
    work.session.add(lead)
    await record(work, "lead.received", stream=f"lead:{lead_id}", number=lead.number, court=court_code)
    await tell_court(
        work, court_code, Role.COMMAND_CENTRE, key=f"lead:{lead_id}", title=msg("收到线索举报"),
        body=msg("线索 {number} 待受理。", number=lead.number), link=f"/court/leads/{lead_id}",
    )  # fmt: skip
    return Receipt(lead.number, code)


async def _count(work: Work, place: str) -> None:
    """Count one more from this place and from all; the row locks order those who come at one moment."""
    today = work.now.astimezone(COURT_ZONE).date()
    await work.session.execute(
        text("DELETE FROM lead_count WHERE on_day < :old"), {"old": today - timedelta(days=7)}
    )
    for key, most in ((f"{today}:{place}", legal().leads_per_place), (f"{today}:all", legal().leads_per_day)):
        counted = await work.session.execute(
            text(
                "INSERT INTO lead_count AS tally (on_day, place, count) VALUES (:day, :place, 1) "
                "ON CONFLICT (on_day, place) DO UPDATE SET count = tally.count + 1 RETURNING count"
            ),
            {"day": today, "place": _cipher().match_code(key)},
        )
        if counted.scalar_one() > most:
            raise RuleViolation(
                "LEAD",
                msg("今天提交的线索过多，请明天再提交。"),
                remedy=msg("紧急线索请拨打法院值班电话（见法院名录）。"),
            )


async def lead_of_reporter(work: Work, number: str, code: str) -> Lead:
    """The lead for whoever holds its code. A wrong code and an unknown number are told alike."""
    found = (await work.session.exec(select(Lead).where(Lead.number == number.strip().upper()[:20]))).first()
    expected = found.code_hash if found is not None else bytes(32)
    given = _cipher().match_code(f"{found.id if found else ''}:{plain_code(code)}")
    if found is None or not compare_digest(given, expected):
        raise NotFound(msg("没有找到该线索，请核对编号和查询码。"))
    return found


def words_of(lead: Lead) -> Words:
    """What the lead says, for a caller that has checked who reads."""
    plain = _cipher().decrypt(lead.words_sealed, bound_to=str(lead.id))
    return msgspec.json.decode(plain, type=Words)


def is_open(lead: Lead) -> bool:
    """Whether somebody still has to act on it."""
    return LeadState(lead.state) not in (LeadState.ANSWERED, LeadState.NOT_PURSUED)

"""Register a case and its parties."""

from datetime import date
from uuid import UUID

from sqlmodel import select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.money import LARGEST_FEN
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.cases.rules import course_of, filing_fault, parse_case_number
from disposal_teams.cases.sealing import match_code, seal_identity
from disposal_teams.plain_text import clean_text


async def register_case(
    work: Work,
    *,
    case_no: str,
    filed_on: date,
    cause: str,
    claim_fen: int = 0,
    officer_account_id: UUID | None = None,
    is_demo: bool = False,
) -> EnforcementCase:
    """Register a case under its court, which the number names. The claim is in fen.

    Raises `InvalidInput` (number, date, money), `Conflict` (number taken), `NotPermitted` (another court's case).
    """
    number = parse_case_number(case_no)
    require(work.actor, Permission.REGISTER_ASSET, court_code=number.court_code)
    if number.province != "苏":
        raise InvalidInput(msg("案号 {number} 不是本市法院的案件。", number=str(number)))
    fields: dict[str, Message] = {}
    cause = clean_text(cause, "cause", fields, longest=80)
    _check_claim(claim_fen, fields)
    today = work.now.astimezone(COURT_ZONE).date()
    if fault := filing_fault(number, filed_on, today=today):
        fields["filed_on"] = fault
    if fields:
        raise InvalidInput(msg("案件信息有误，请按提示修改。"), fields=fields)
    known = (
        await work.session.exec(select(EnforcementCase.id).where(EnforcementCase.case_no == str(number)))
    ).first()
    if known is not None:
        raise Conflict(msg("案件 {number} 已登记，请直接使用。", number=str(number)))
    case = EnforcementCase(
        id=new_id(),
        case_no=str(number),
        court_code=number.court_code,
        filed_on=filed_on,
        cause=cause,
        claim_fen=claim_fen,
        course=course_of(number.type),
        officer_account_id=officer_account_id,
        is_demo=is_demo,
        created_at=work.now,
    )
    work.session.add(case)
    await record(
        work, "case.registered", stream=f"case:{case.id}", case_id=case.id, flush=False, case_no=case.case_no
    )
    return case


async def add_party(
    work: Work,
    case: EnforcementCase,
    *,
    role: PartyRole,
    name: str,
    is_natural_person: bool = True,
    identity_number: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    account_id: UUID | None = None,
    is_reachable: bool = True,
    claim_fen: int = 0,
) -> Party:
    """Add a person to a case. The identity number is checked (GB 11643 / GB 32100) and kept sealed.

    Raises `InvalidInput`. The audit chain holds the role, never name or number.
    """
    require(work.actor, Permission.REGISTER_ASSET, court_code=case.court_code)
    fields: dict[str, Message] = {}
    name = clean_text(name, "name", fields, longest=80)
    phone = clean_text(phone or "", "phone", fields, longest=30, required=False) or None
    address = clean_text(address or "", "address", fields, longest=200, required=False) or None
    _check_claim(claim_fen, fields)
    party_id = new_id()
    sealed: bytes | None = None
    match: bytes | None = None
    if identity_number and identity_number.strip():
        try:
            sealed, match = seal_identity(
                identity_number, party_id=party_id, is_natural_person=is_natural_person
            )
        except InvalidInput as error:
            fields["identity_number"] = error.message
    if fields:
        raise InvalidInput(msg("当事人信息有误，请按提示修改。"), fields=fields)
    party = Party(
        id=party_id,
        case_id=case.id,
        role=PartyRole(role),
        name=name,
        is_natural_person=is_natural_person,
        identity_sealed=sealed,
        identity_match=match,
        phone=phone,
        address=address,
        account_id=account_id,
        is_reachable=is_reachable,
        claim_fen=claim_fen,
    )
    work.session.add(party)
    await record(
        work,
        "case.party_added",
        stream=f"case:{case.id}",
        case_id=case.id,
        flush=False,
        role=str(role),
        party=str(party_id),
    )
    return party


async def party_roles_of(work: Work, case_id: UUID, identity_number: str) -> list[PartyRole]:
    """What the holder of this identity number is in the case; empty for strangers (B-82).

    Compares keyed hashes: nothing is decrypted. Workers and staff of the registration desk only.
    """
    if not work.actor.is_staff and not work.actor.has(Role.SYSTEM, Role.BIDDER, Role.CREDITOR, Role.DEBTOR):
        raise NotFound(msg("没有找到该案件。"))
    rows = await work.session.exec(
        select(Party.role)
        .where(Party.case_id == case_id, Party.identity_match == match_code(identity_number))
        .distinct()
    )
    return [PartyRole(role) for role in rows]


def _check_claim(claim_fen: int, fields: dict[str, Message]) -> None:
    if not 0 <= claim_fen <= LARGEST_FEN:
        fields["claim_fen"] = msg("金额须为 0 至 10 万亿元。")

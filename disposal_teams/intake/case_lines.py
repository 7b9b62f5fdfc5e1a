"""Lines of a case file become cases with their parties, claims and links. Pure: what only the database knows is checked later."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from core.errors import InvalidInput
from core.i18n import msg
from core.identity_number import checked_credit_code, checked_identity_number
from core.money import LARGEST_FEN
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import CREDITORS, PartyRole
from disposal_teams.cases.rules import CaseNumber, filing_fault, parse_case_number
from disposal_teams.courts.rules import SUZHOU_COURTS
from disposal_teams.intake.cells import Cells
from disposal_teams.intake.columns import BODY, PERSON

ROLES = {label: role for role, label in PARTY_ROLE_LABELS.items()} | {str(role): role for role in PartyRole}
_PERSONS = {PERSON: True, BODY: False}
_COURTS = frozenset(court.code for court in SUZHOU_COURTS)
_DIVIDERS = re.compile(r"[、,，;；\n]+")
_OF_THE_CASE = ("filed_on", "cause", "claim_yuan", "linked_cases")
_OF_THE_CLAIM = ("principal_yuan", "interest_yuan", "doubled_interest_yuan")
MOST_LINKS = 20
MOST_RANK = 99


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A person of a case as the file gives it. `claim` is principal, interest, doubled interest in fen."""

    role: PartyRole
    name: str
    is_natural_person: bool
    identity_number: str
    phone: str
    address: str
    claim: tuple[int, int, int]
    rank: int | None


@dataclass(slots=True)
class CaseDraft:
    """A case as the file gives it. `cells` is its first line, where its own faults are told; `is_unclear`: what one of its
    persons is could not be read, so that nobody can say who is missing."""

    cells: Cells
    number: CaseNumber
    filed_on: date | None
    cause: str
    claim_fen: int | None
    linked: list[str]
    parties: list[PartyDraft] = field(default_factory=list)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    is_unclear: bool = False

    @property
    def court_code(self) -> str:
        """The court that the number names."""
        return self.number.court_code

    @property
    def claimed_fen(self) -> int:
        """What the case is about: as given, else what its applicants claim."""
        if self.claim_fen is not None:
            return self.claim_fen
        return sum(sum(party.claim) for party in self.parties if party.role is PartyRole.APPLICANT)


class CaseLines:
    """Takes line after line and gives a case as soon as its last line has come."""

    def __init__(self, *, court_code: str | None, today: date) -> None:
        self._court_code = court_code
        self._today = today
        self._current: CaseDraft | None = None
        self._seen: dict[str, int] = {}

    def take(self, cells: Cells) -> Iterator[CaseDraft]:
        """The case that ends before this line, if one does."""
        number = read_case_number(cells, "case_no", court_code=self._court_code)
        if number is None:
            yield from self.end()
            return
        if self._current is None or str(number) != str(self._current.number):
            yield from self.end()
            self._current = self._begin(cells, number)
        elif cells.has(*_OF_THE_CASE):
            self._compare(cells, self._current)
        self._take_party(cells, self._current)

    def end(self) -> Iterator[CaseDraft]:
        """The last case of the file."""
        draft, self._current = self._current, None
        if draft is None:
            return
        roles = {party.role for party in draft.parties}
        for role in (PartyRole.APPLICANT, PartyRole.DEBTOR):
            if role not in roles and not draft.is_unclear:
                draft.cells.fault(
                    "role",
                    msg(
                        "案件 {number} 没有{role}。",
                        number=str(draft.number),
                        role=msg(PARTY_ROLE_LABELS[role]),
                    ),
                    msg("请补一行该当事人。"),
                )
        if draft.claimed_fen > LARGEST_FEN:
            draft.cells.fault("claim_yuan", msg("金额过大，请核对单位是否为元。"), msg("请核对金额和单位。"))
        yield draft

    def _begin(self, cells: Cells, number: CaseNumber) -> CaseDraft:
        earlier = self._seen.setdefault(str(number), cells.row)
        if earlier != cells.row:
            cells.fault(
                "case_no",
                msg("案件已在第 {row} 行出现。", row=earlier),
                msg("同一案件的各行请放在一起，重复的案件请删除。"),
            )
        filed_on = cells.day("filed_on", required=True)
        if filed_on is not None and (fault := filing_fault(number, filed_on, today=self._today)):
            cells.fault("filed_on", fault, msg("请核对立案日期和案号。"))
        return CaseDraft(
            cells=cells,
            number=number,
            filed_on=filed_on,
            cause=cells.text("cause", longest=80, required=True),
            claim_fen=cells.fen("claim_yuan"),
            linked=_links(cells, str(number)),
        )

    def _compare(self, cells: Cells, draft: CaseDraft) -> None:
        """A case repeats its own data on a later line only if they are the same."""
        for name in _OF_THE_CASE:
            if cells.raw(name) and cells.raw(name) != draft.cells.raw(name):
                cells.fault(
                    name,
                    msg("与本案第一行（第 {row} 行）不同。", row=draft.cells.row),
                    msg("请改为一致，或留空。"),
                )

    def _take_party(self, cells: Cells, draft: CaseDraft) -> None:
        role = cells.one_of("role", ROLES, required=True)
        name = cells.text("name", longest=80, required=True)
        is_person = cells.one_of("person_kind", _PERSONS, required=True)
        identity = _identity(cells, is_person)
        amounts = [cells.fen(each) for each in _OF_THE_CLAIM]
        if role is not None and role not in CREDITORS:
            for each in (*_OF_THE_CLAIM, "rank"):
                if cells.raw(each):
                    cells.fault(each, msg("只有债权人才有债权。"), msg("请清空，或改正当事人地位。"))
        rank = cells.number("rank", least=1, most=MOST_RANK)
        phone = cells.text("phone", longest=30)
        address = cells.text("address", longest=200)
        for key in {("name", f"{role} {name}"), ("identity_number", identity)}:
            if not name or not key[1].strip() or role is None:
                continue
            row = draft.seen.setdefault(key, cells.row)
            if row != cells.row:
                cells.fault(
                    key[0],
                    msg("与本案第 {row} 行的当事人重复。", row=row),
                    msg("请删除其中一行，或核对证件号码。"),
                )
        if role is None or is_person is None:
            draft.is_unclear = True
        else:
            principal, interest, doubled = (amount or 0 for amount in amounts)
            draft.parties.append(
                PartyDraft(
                    role, name, is_person, identity, phone, address, (principal, interest, doubled), rank
                )
            )


def read_case_number(cells: Cells, name: str, *, court_code: str | None) -> CaseNumber | None:
    """The case number in this cell if it is one of the own court (of any court of the city for the operator) (P-03)."""
    if not cells.raw(name):
        cells.fault(name, msg("此项必填。"), msg("请补填或修改后重新上传。"))
        return None
    try:
        number = parse_case_number(cells.raw(name))
    except InvalidInput as error:
        cells.fault(name, error.message, msg("请按案号格式改正。"), rule="P-05")
        return None
    if number.province != "苏" or number.court_code not in _COURTS:
        cells.fault(
            name,
            msg("案号 {number} 不是本市法院的案件。", number=str(number)),
            msg("请删除该行，或改正案号。"),
        )
        return None
    if court_code is not None and number.court_code != court_code:
        cells.fault(
            name,
            msg("案号 {number} 属于其他法院。", number=str(number)),
            msg("请由该法院登记，本院只能导入本院案件。"),
            rule="P-03",
        )
        return None
    return number


def _links(cells: Cells, own: str) -> list[str]:
    found: dict[str, None] = {}
    for part in _DIVIDERS.split(cells.raw("linked_cases")):
        if not part.strip():
            continue
        try:
            found[str(parse_case_number(part))] = None
        except InvalidInput as error:
            cells.fault("linked_cases", error.message, msg("多个案号请用顿号分开。"), rule="P-05")
    if own in found:
        cells.fault("linked_cases", msg("案件不能与自身关联。"), msg("请删除本案案号。"))
    if len(found) > MOST_LINKS:
        cells.fault(
            "linked_cases", msg("关联案件最多 {most} 件。", most=MOST_LINKS), msg("请只填直接关联的案件。")
        )
    return list(found)


def _identity(cells: Cells, is_person: bool | None) -> str:
    number = cells.raw("identity_number")
    if not number or is_person is None:
        return ""
    if "e+" in number.lower():
        cells.fault(
            "identity_number",
            msg("证件号码保存成了数字，末几位已经丢失。"),
            msg("请把该列设为文本格式，重新填写完整号码。"),
        )
        return ""
    try:
        return checked_identity_number(number) if is_person else checked_credit_code(number)
    except InvalidInput as error:
        cells.fault("identity_number", error.message, msg("请核对证件号码和主体类型。"))
        return ""

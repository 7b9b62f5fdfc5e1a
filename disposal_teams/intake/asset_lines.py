"""Lines of an asset file become assets with their seals in order. Pure: what only the database knows is checked later."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.errors import RuleViolation
from core.i18n import msg
from disposal_teams.assets.labels import KIND_LABELS, SEAL_KIND_LABELS
from disposal_teams.assets.models import AssetKind, SealKind, SealState
from disposal_teams.assets.rules import ChainLink, check_order, check_seal_term, has_lapsed, latest_expiry
from disposal_teams.cases.rules import CaseNumber, filing_fault
from disposal_teams.intake.case_lines import read_case_number
from disposal_teams.intake.cells import Cells

_KINDS = {label: kind for kind, label in KIND_LABELS.items()} | {str(kind): kind for kind in AssetKind}
_SEAL_KINDS = {label: kind for kind, label in SEAL_KIND_LABELS.items()} | {
    str(kind): kind for kind in SealKind
}
_OF_THE_SEAL = (
    "sealed_on",
    "seal_until",
    "seal_kind",
    "seal_case_no",
    "seal_creditor",
    "seal_claim_yuan",
    "seal_priority",
)
_OF_THE_ASSET = (
    "case_no",
    "filed_on",
    "cause",
    "claim_yuan",
    "applicant",
    "debtor",
    "kind",
    "title",
    "location",
    "district",
    "registry_no",
    "owner_name",
    "area_m2",
)


@dataclass(frozen=True, slots=True)
class SealDraft:
    """A link of the chain as the file gives it; the claim in fen."""

    case_no: str
    court_code: str
    registered_on: date
    expires_on: date
    kind: SealKind
    creditor_name: str
    claim_fen: int
    has_priority_right: bool


@dataclass(slots=True)
class AssetDraft:
    """An asset as the file gives it. `cells` is its first line, where its own faults are told; money in fen."""

    cells: Cells
    source_key: str
    number: CaseNumber
    filed_on: date | None
    cause: str
    claim_fen: int
    applicant: str
    debtor: str
    kind: AssetKind
    title: str
    location: str
    district: str
    registry_no: str
    owner_name: str
    area_m2: Decimal | None
    seals: list[SealDraft] = field(default_factory=list)
    seal_rows: dict[str, int] = field(default_factory=dict)


class AssetLines:
    """Takes line after line and gives an asset as soon as its last line has come."""

    def __init__(self, *, court_code: str | None, today: date) -> None:
        self._court_code = court_code
        self._today = today
        self._current: AssetDraft | None = None
        self._current_key = ""
        self._seen: dict[str, int] = {}
        self._registry: dict[str, int] = {}

    def take(self, cells: Cells) -> Iterator[AssetDraft]:
        """The asset that ends before this line, if one does."""
        key = cells.text("source_key", longest=80, required=True)
        if not key or key != self._current_key:
            yield from self.end()
            self._current_key = key
            self._current = self._begin(cells, key)
        elif not self._continues(cells):
            return
        if self._current is not None and (cells.has(*_OF_THE_SEAL)):
            self._take_seal(cells, self._current)

    def end(self) -> Iterator[AssetDraft]:
        """The last asset of the file."""
        draft, self._current, self._current_key = self._current, None, ""
        if draft is not None:
            yield draft

    def _begin(self, cells: Cells, key: str) -> AssetDraft | None:
        if key:
            self._once(cells, self._seen, "source_key", key)
        number = read_case_number(cells, "case_no", court_code=self._court_code)
        filed_on = cells.day("filed_on")
        if number is not None and filed_on is not None:
            fault = filing_fault(number, filed_on, today=self._today)
            if fault is not None:
                cells.fault("filed_on", fault, msg("请核对立案日期和案号。"))
        kind = cells.one_of("kind", _KINDS, required=True)
        registry_no = cells.text("registry_no", longest=80)
        if registry_no:
            self._once(cells, self._registry, "registry_no", registry_no)
        cause, title = cells.text("cause", longest=80), cells.text("title", longest=200, required=True)
        applicant, debtor = cells.text("applicant", longest=80), cells.text("debtor", longest=80)
        location, district = cells.text("location", longest=200), cells.text("district", longest=40)
        owner_name = cells.text("owner_name", longest=80)
        claim_fen, area = cells.fen("claim_yuan") or 0, cells.area("area_m2")
        if number is None or kind is None:
            return None
        return AssetDraft(
            cells=cells, source_key=key, number=number, filed_on=filed_on, cause=cause, claim_fen=claim_fen,
            applicant=applicant, debtor=debtor, kind=kind, title=title, location=location, district=district,
            registry_no=registry_no, owner_name=owner_name, area_m2=area,
        )  # fmt: skip

    def _once(self, cells: Cells, seen: dict[str, int], name: str, value: str) -> None:
        row = seen.setdefault(value, cells.row)
        if row != cells.row:
            cells.fault(
                name,
                msg("与第 {row} 行重复。", row=row),
                msg("同一财产的各行请放在一起；不同的财产请用不同的编号。"),
                rule="A-04" if name == "registry_no" else "",
            )

    def _continues(self, cells: Cells) -> bool:
        """Whether the line adds a seal to the asset before it; it may repeat what that asset said, and nothing else."""
        draft = self._current
        if not cells.has(*_OF_THE_SEAL):
            cells.fault(
                "source_key",
                msg("编号与上一行相同，但没有查封。"),
                msg("请删除重复的行；另一个查封请填写查封日期和查封案号。"),
            )
            return False
        if draft is not None:
            for name in _OF_THE_ASSET:
                if cells.raw(name) and cells.raw(name) != draft.cells.raw(name):
                    cells.fault(
                        name,
                        msg("与该财产第一行（第 {row} 行）不同。", row=draft.cells.row),
                        msg("请改为一致，或留空。"),
                    )
        return True

    def _take_seal(self, cells: Cells, draft: AssetDraft) -> None:
        number = draft.number
        if cells.raw("seal_case_no"):
            found = read_case_number(cells, "seal_case_no", court_code=self._court_code)
            if found is None:
                return
            number = found
        registered_on = cells.day("sealed_on", required=True)
        expires_on = cells.day("seal_until")
        kind = cells.one_of("seal_kind", _SEAL_KINDS) or SealKind.ENFORCEMENT
        claim_fen = cells.fen("seal_claim_yuan")
        creditor = cells.text("seal_creditor", longest=80)
        priority = cells.yes("seal_priority")
        if registered_on is None:
            return
        if registered_on > self._today:
            cells.fault("sealed_on", msg("查封登记日不能晚于今天。"), msg("请核对查封日期。"), rule="A-04")
            return
        expires_on = expires_on or latest_expiry(draft.kind, registered_on)
        self._check_place(cells, draft, number, registered_on, expires_on)
        is_own = number == draft.number
        draft.seals.append(
            SealDraft(
                case_no=str(number),
                court_code=number.court_code,
                registered_on=registered_on,
                expires_on=expires_on,
                kind=kind,
                creditor_name=creditor or (draft.applicant if is_own else ""),
                claim_fen=claim_fen if claim_fen is not None else draft.claim_fen if is_own else 0,
                has_priority_right=priority,
            )
        )

    def _check_place(
        self, cells: Cells, draft: AssetDraft, number: CaseNumber, registered_on: date, expires_on: date
    ) -> None:
        """The seal's term and its place in the chain (A-01…A-04)."""
        try:
            check_seal_term(draft.kind, registered_on, expires_on)
        except RuleViolation as violation:
            cells.fault("seal_until", violation.message, msg("请核对查封日期和到期日。"), rule="A-02")
        links = [
            ChainLink(place, SealState.WAITING, seal.registered_on)
            for place, seal in enumerate(draft.seals, start=1)
        ]
        try:
            check_order(links, registered_on)
        except RuleViolation as violation:
            cells.fault("sealed_on", violation.message, msg("请按登记先后排列该财产的各行。"), rule="A-04")
        row = draft.seal_rows.setdefault(str(number), cells.row)
        if row != cells.row:
            cells.fault(
                "seal_case_no",
                msg("案件 {case_no} 对该财产的查封已在第 {row} 行。", case_no=str(number), row=row),
                msg("一个案件只有一个查封，请删除其中一行。"),
                rule="A-04",
            )
        if draft.seals:
            return
        if number.court_code != draft.number.court_code:
            cells.fault(
                "seal_case_no",
                msg("首先查封应由登记该标的物的法院办理。"),
                msg("请先由首封法院登记，再录入本院的轮候查封。"),
                rule="T-01",
            )
        if has_lapsed(expires_on=expires_on, today=self._today):
            cells.fault(
                "seal_until",
                msg("该查封已于 {day} 到期。", day=expires_on.isoformat()),
                msg("请先续封再登记，或删除已失效的查封。"),
                rule="A-03",
            )

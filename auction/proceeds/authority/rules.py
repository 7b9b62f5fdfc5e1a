"""The first-seal court divides; where its seal preserves, after its case is decided; after a transfer the new disposer (D-10,
T-05). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from auction.proceeds.authority.models import Leave
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg


class Basis(StrEnum):
    """Why a court divides, or why not yet."""

    FIRST_SEAL = "first_seal"
    TRANSFERRED = "transferred"
    NO_SEAL = "no_seal"
    CASE_UNDECIDED = "case_undecided"
    OTHER_COURT = "other_court"


BASIS_LABELS: dict[Basis, str] = {
    Basis.FIRST_SEAL: "首先查封的法院主持分配",
    Basis.TRANSFERRED: "处置权移交后，由受移送（指定、提级）的法院主持分配",
    Basis.NO_SEAL: "没有查封登记，由处置法院主持分配",
    Basis.CASE_UNDECIDED: "首封是保全查封，在该案裁判后分配",
    Basis.OTHER_COURT: "首封法院是其他法院，处置权没有移交",
}
LEAVE_LABELS: dict[Leave, str] = {
    Leave.CASE_DECIDED: "保全案件已经裁判",
    Leave.FIRST_COURT: "首封法院书面同意由本院分配",
    Leave.SUPERIOR: "共同上级法院决定由本院分配",
}
LIFTED_BY: dict[Basis, tuple[Leave, ...]] = {
    Basis.CASE_UNDECIDED: (Leave.CASE_DECIDED, Leave.SUPERIOR),
    Basis.OTHER_COURT: (Leave.FIRST_COURT, Leave.SUPERIOR),
}
"""What lets the disposing court divide all the same."""


@dataclass(frozen=True, slots=True)
class RestingSeal:
    """The seal on which the sale of one asset rested. `is_own_case`: it belongs to the case in which the asset was sold."""

    court_code: str
    case_no: str
    is_preservation: bool
    is_transferred: bool
    is_own_case: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """Which court divides, and on what it rests; `seal` is the one that decided it."""

    court_code: str
    basis: Basis
    seal: RestingSeal | None = None

    @property
    def must_wait(self) -> bool:
        """The court that has the money may not divide it without a paper more."""
        return self.basis in LIFTED_BY


def who_divides(disposer: str, seals: list[RestingSeal]) -> Authority:
    """By the seals of everything that was sold together: one of them that makes the court wait is enough."""
    found = [_by_seal(disposer, seal) for seal in seals]
    waiting = next((each for each in found if each.must_wait), None)
    return waiting or (found[0] if found else Authority(disposer, Basis.NO_SEAL))


def _by_seal(disposer: str, seal: RestingSeal) -> Authority:
    if seal.is_transferred:
        return Authority(disposer, Basis.TRANSFERRED, seal)
    if seal.court_code != disposer:
        return Authority(seal.court_code, Basis.OTHER_COURT, seal)
    if seal.is_preservation and not seal.is_own_case:
        return Authority(disposer, Basis.CASE_UNDECIDED, seal)
    return Authority(disposer, Basis.FIRST_SEAL, seal)


def check_may_divide(authority: Authority, leave: Leave | None) -> None:
    """Raise `RuleViolation` while the court must wait and no paper lifts it."""
    if not authority.must_wait or leave in LIFTED_BY[authority.basis]:
        return
    assert authority.seal is not None
    if authority.basis is Basis.CASE_UNDECIDED:
        raise RuleViolation(
            "D-10",
            msg("首先查封是 {case_no} 的保全查封，须在该案裁判后分配。", case_no=authority.seal.case_no),
            remedy=msg("案件已经裁判的，请在案款页登记裁判文书。"),
        )
    raise RuleViolation(
        "D-10",
        msg("首先查封的是 {code} 法院（{case_no}），应由其主持分配。", code=authority.court_code, case_no=authority.seal.case_no),
        remedy=msg("请商请移送，或者登记首封法院的书面同意、上级法院的决定。"),
    )  # fmt: skip


def check_leave(authority: Authority, leave: Leave, decided_on: date, today: date) -> None:
    """Raise unless this paper lifts what the court waits for: `RuleViolation` (nothing to lift), `InvalidInput` by field."""
    if not authority.must_wait:
        raise RuleViolation("D-10", msg("本院可以直接分配，无须登记。"))
    fields: dict[str, Message] = {}
    if leave not in LIFTED_BY[authority.basis]:
        fields["ground"] = msg("该依据不适用于本案的查封情况。")
    if decided_on > today:
        fields["leave_on"] = msg("日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("分配依据有误，请按提示修改。"), fields=fields, rule="D-10")

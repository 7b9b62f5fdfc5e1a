"""Rows by chance, the same ones for the same seed; and what a court has besides its sales: errands, endings, complaints."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from auction.complaints.models import Complaint
from auction.listing.models import Lot
from core.clock import COURT_ZONE
from core.database import Work
from core.ids import new_id
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.conclusions.models import CaseConclusion
from disposal_teams.courts.models import DisposalTeam
from disposal_teams.instructions.models import Instruction

DAY = timedelta(days=1)


class Chronicle:
    """Keeps rows until they are written; `now` is the end of the history."""

    def __init__(self, work: Work, seed: int, *, days: int = 170) -> None:
        self.work, self.chance, self.days = work, Random(seed), days
        self._apart = Random(seed + 7919)
        self.now = work.now
        self.courts: list[str] = []
        self.teams: dict[str, DisposalTeam] = {}
        self._count = seed * 100_000
        self._asked: set[UUID] = set()
        self._rows: list[SQLModel] = []
        self._assets: list[UUID] = []

    def number(self) -> int:
        """A number never given before."""
        self._count += 1
        return self._count

    def moment(self, since: datetime | None = None) -> datetime:
        """Some moment of the history, after `since`."""
        start = since or self.now - self.days * DAY
        seconds = max((self.now - start).total_seconds(), 1)
        return start + timedelta(seconds=self.chance.random() * seconds)

    def maybe(self, share: float) -> bool:
        """Yes with this likelihood."""
        return self.chance.random() < share

    def add(self, row: Any) -> Any:
        """Keep a row until `write`."""
        self._rows.append(row)
        return row

    def _errand(self, case: EnforcementCase) -> None:
        sent = self.moment()
        signed = self.moment(sent) if self.maybe(0.8) else None
        closed = self.moment(signed) if signed and self.maybe(0.7) else None
        self.add(
            Instruction(
                id=new_id(), number=f"N{self.number()}", kind="find",
                state="closed" if closed else "signed_in" if signed else "sent", from_court="05", to_court=case.court_code,
                case_id=case.id, subject="x", request="x", drafted_at=sent, sent_at=sent, signed_in_at=signed,
                closed_at=closed, due_at=None if closed else sent + 7 * DAY,
                acceptance="accepted" if closed else None, result="done" if closed else None,
                times_overdue=self.chance.choice([0, 0, 1]),
            )
        )  # fmt: skip

    def _endings(self, case: EnforcementCase, court: str) -> None:
        """Drawn apart, so that a seed's assets stay what they are."""
        kept, self.chance = self.chance, self._apart
        if self.maybe(0.6):
            self._conclusion(case)
        if self.maybe(0.4):
            self._complaint(court)
        self.chance = kept

    def _conclusion(self, case: EnforcementCase) -> None:
        case.course = self.chance.choice(["first", "first", "resumed"])
        proposed = self.moment()
        state = self.chance.choice(["proposed", "refused", "concluded", "concluded", "resumed"])
        way = (
            "no_result"
            if state == "resumed"
            else self.chance.choice(["fulfilled", "no_result", "struck_off"])
        )
        decided = None if state == "proposed" else self.moment(proposed)
        ended = decided if state in ("concluded", "resumed") else None
        applied = self.chance.choice([0, 500_000_00, 900_000_00])
        self.add(
            CaseConclusion(
                id=new_id(), case_id=case.id, court_code=case.court_code, way=way, ground="enforced", state=state, reason="x",
                applied_fen=applied, realised_fen=self.chance.randint(0, applied), had_property=self.maybe(0.7),
                members=["甲", "乙", "丙"], proposed_at=proposed, decided_at=decided,
                concluded_on=ended.astimezone(COURT_ZONE).date() if ended else None,
                resumed_at=self.now if state == "resumed" else None,
            )
        )  # fmt: skip

    def _complaint(self, court: str) -> None:
        lots = [row for row in self._rows if isinstance(row, Lot) and row.court_code == court]
        self.add(
            Complaint(
                id=new_id(), ticket_no=f"T{self.number()}", received_on=self.moment().astimezone(COURT_ZONE).date(),
                court_code=court, lot_id=self.chance.choice(lots).id if lots and self.maybe(0.7) else None,
                matter="delivery", summary="x", entered_at=self.now,
            )
        )  # fmt: skip

"""Go through a file from its first line to its last: drafts in batches, faults in a book. Pure."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from core.errors import InvalidInput
from core.i18n import msg
from core.tables import read_table
from disposal_teams.intake.asset_lines import AssetDraft, AssetLines
from disposal_teams.intake.case_lines import CaseDraft, CaseLines
from disposal_teams.intake.cells import Cells, Fault, read_heading
from disposal_teams.intake.columns import COLUMNS
from disposal_teams.intake.models import IntakeKind

MOST_FAULTS = 20_000
"""Faults beyond are counted and not kept: nobody mends more from one report."""

Draft = CaseDraft | AssetDraft


class FaultBook(list[Fault]):
    """The faults of a file: those not yet taken out of the book, and how many there were in all."""

    def __init__(self) -> None:
        super().__init__()
        self.total = 0
        self.rows: set[int] = set()

    def append(self, fault: Fault) -> None:
        """Note one."""
        self.total += 1
        self.rows.add(fault.row)
        if self.total <= MOST_FAULTS:
            super().append(fault)

    def take_out(self) -> list[Fault]:
        """Those noted since the last time, by row."""
        taken = sorted(self, key=lambda each: each.row)
        self.clear()
        return taken


class Reader:
    """Reads a file batch by batch; `rows` counts the lines with data so far."""

    def __init__(
        self, content: bytes, kind: IntakeKind, *, court_code: str | None, today: date, faults: FaultBook
    ) -> None:
        self.rows = 0
        self._faults = faults
        self._columns = COLUMNS[kind]
        self._lines: CaseLines | AssetLines = (
            CaseLines(court_code=court_code, today=today)
            if kind is IntakeKind.CASES
            else AssetLines(court_code=court_code, today=today)
        )
        self._drafts = self._read(content)

    def batch(self, size: int) -> list[Draft]:
        """The next drafts; empty at the end. What makes the rest of the file unreadable is a fault, too."""
        drafts: list[Draft] = []
        try:
            drafts.extend(islice(self._drafts, size))
        except InvalidInput as error:
            self._faults.append(
                Fault(0, "", "", "", error.message, error.remedy or msg("请改正后重新上传。"))
            )
            self._drafts = iter(())
        return drafts

    def _read(self, content: bytes) -> Iterator[Draft]:
        lines = read_table(content)
        heading = next(lines)
        places, faults = read_heading(heading, self._columns)
        for fault in faults:
            self._faults.append(fault)
        if any(column.required and column.name not in places for column in self._columns):
            return
        columns = {column.name: column for column in self._columns}
        for line in lines:
            self.rows += 1
            yield from self._lines.take(Cells(line, places, columns, self._faults))
        if not self.rows:
            raise InvalidInput(msg("文件中没有数据行。"))
        yield from self._lines.end()

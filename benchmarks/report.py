"""What was measured, as the table of benchmarks/RESULTS.md."""

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True, slots=True)
class Target:
    """A figure with what it must and should be. `most`: it has to stay below, otherwise above."""

    name: str
    value: float
    must: float
    aim: float
    most: bool = False
    unit: str = ""

    @property
    def row(self) -> str:
        """Its line of the table."""
        sign = "≤" if self.most else "≥"

        def met(limit: float) -> bool:
            return self.value <= limit if self.most else self.value >= limit

        verdict = "aim" if met(self.aim) else "must" if met(self.must) else "missed"
        return (
            f"| {self.name} | {self.value:.2f}{self.unit} | {sign} {self.must:g}{self.unit} | {sign} {self.aim:g}{self.unit} "
            f"| {verdict} |"
        )


@dataclass(slots=True)
class Report:
    """Grows while measurements end."""

    command: str
    targets: list[Target] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The whole report."""
        load = os.getloadavg()[0]
        return "\n".join(
            [
                "# Bidding, measured",
                "",
                (
                    f"`{self.command}` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores shared with the client, Python "
                    f"{platform.python_version()}, one web process, embedded PostgreSQL with fsync and synchronous commit on. "
                    f"Everything was measured in this one run, in turns, so that the ratios mean something; load average at the "
                    f"end: {load:.1f} (above the number of cores, other programs took part: give or take 30 %)."
                ),
                "",
                "| figure | measured | must | aim | met |",
                "|---|---|---|---|---|",
                *(target.row for target in self.targets),
                "",
                (
                    "| measurement | answers/s | accepted/s | p50, ms | p99, ms | web, µs of processor each | database, µs each "
                    "| answers per processor second | answers by status |"
                ),
                "|---|---|---|---|---|---|---|---|---|",
                *self.rows,
                "",
                *(f"- {note}" for note in self.notes),
                "",
            ]
        )

    def write(self) -> None:
        """Put the report in the place of the last one; what other commands measured stands below it and stays."""
        old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
        _, heading, others = old.partition("\n## ")
        RESULTS.write_text(self.text() + heading + others, encoding="utf-8")

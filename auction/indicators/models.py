from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class FlagState(StrEnum):
    """Where a red flag stands: nobody has acted, the court above has ordered something, the figure is in order again."""

    RAISED = "raised"
    ORDERED = "ordered"
    CLEARED = "cleared"


def _own_number() -> Any:
    return Column(BigInteger, Identity(always=True), primary_key=True)


class IndicatorMark(SQLModel, table=True):
    """A subject whose facts are to be found anew: it has changed (`due_at` NULL), or time alone will change them then.

    Triggers write it in the transaction of the change; the refresh takes it. Only ever added to, so writers never wait.
    """

    __tablename__ = "indicator_mark"
    __table_args__ = (
        Index("indicator_mark_due", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        Index("indicator_mark_changed", "id", postgresql_where=text("due_at IS NULL")),
        Index("indicator_mark_subject", "subject_id"),
    )

    id: int | None = Field(default=None, sa_column=_own_number())
    subject: str = Field(max_length=20)
    subject_id: UUID
    due_at: datetime | None = Field(default=None, sa_type=Timestamp)


class IndicatorFact(SQLModel, table=True):
    """What one raw row adds to one indicator of a court and month (the first day of the court's month)."""

    __tablename__ = "indicator_fact"
    __table_args__ = (
        Index("indicator_fact_subject", "subject_id", "base"),
        Index("indicator_fact_month", "indicator", "court_code", "month", "at", "id"),
        CheckConstraint("date_part('day', month) = 1", name="indicator_fact_of_a_month"),
    )

    id: int | None = Field(default=None, sa_column=_own_number())
    indicator: str = Field(max_length=8)
    base: str = Field(max_length=20)
    subject_id: UUID
    court_code: str = Field(max_length=8)
    team_id: UUID | None = None
    at: datetime = Field(sa_type=Timestamp)
    month: date
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)


class IndicatorFigure(SQLModel, table=True):
    """The sum of the facts of an indicator, court and month; `team_id` NULL is the court as a whole.

    `row_count`: facts that stand in the denominator; `fact_count`: all of them. `median`, `ninth_decile`: of the numerators, for
    times; `median_below`, `ninth_below`: how many facts lie below them, from where the next change moves them (`sums.py`).
    """

    __tablename__ = "indicator_figure"
    __table_args__ = (
        UniqueConstraint(
            "indicator", "court_code", "month", "team_id", name="indicator_figure_once",
            postgresql_nulls_not_distinct=True,
        ),
        Index("indicator_figure_month", "month", "indicator"),
    )  # fmt: skip

    id: int | None = Field(default=None, sa_column=_own_number())
    indicator: str = Field(max_length=8)
    court_code: str = Field(max_length=8)
    month: date
    team_id: UUID | None = None
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    row_count: int
    median: int | None = Field(default=None, sa_type=BigInteger)
    ninth_decile: int | None = Field(default=None, sa_type=BigInteger)
    fact_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    median_below: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    ninth_below: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class IndicatorSpread(SQLModel, table=True):
    """How many facts of an indicator, court and month have this numerator; the court as a whole has the team 0000…."""

    __tablename__ = "indicator_spread"

    indicator: str = Field(primary_key=True, max_length=8)
    court_code: str = Field(primary_key=True, max_length=8)
    month: date = Field(primary_key=True)
    team_id: UUID = Field(primary_key=True)
    value: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    count: int


class FrozenMonth(SQLModel, table=True):
    """A month that has been published. Nothing of it changes any more; what is found later stands as corrections."""

    __tablename__ = "indicator_frozen_month"

    month: date = Field(primary_key=True)
    frozen_at: datetime = Field(sa_type=Timestamp)
    frozen_by: UUID | None = None
    frozen_by_name: str = Field(max_length=80)
    weights_version: int
    ranking: list[Any] = Field(sa_type=Json)


class FrozenFigure(SQLModel, table=True):
    """A figure as it was published."""

    __tablename__ = "indicator_frozen_figure"
    __table_args__ = (
        UniqueConstraint(
            "month", "indicator", "court_code", "team_id", name="indicator_frozen_figure_once",
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    month: date = Field(foreign_key="indicator_frozen_month.month")
    indicator: str = Field(max_length=8)
    court_code: str = Field(max_length=8)
    team_id: UUID | None = None
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    row_count: int
    median: int | None = Field(default=None, sa_type=BigInteger)
    ninth_decile: int | None = Field(default=None, sa_type=BigInteger)


class FrozenFact(SQLModel, table=True):
    """A row behind a published figure, as it was then."""

    __tablename__ = "indicator_frozen_fact"
    __table_args__ = (Index("indicator_frozen_fact_month", "indicator", "court_code", "month", "at", "id"),)

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    indicator: str = Field(max_length=8)
    base: str = Field(max_length=20)
    subject_id: UUID
    court_code: str = Field(max_length=8)
    team_id: UUID | None = None
    at: datetime = Field(sa_type=Timestamp)
    month: date = Field(foreign_key="indicator_frozen_month.month")
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)


class Correction(SQLModel, table=True):
    """What a published figure would be by what was found later: the new figure, and the rows that made the difference.

    `because`: objects with base, subject_id, before and after (numerator and denominator, or null where the row did not count).
    `note` is added by the court above.
    """

    __tablename__ = "indicator_correction"
    __table_args__ = (Index("indicator_correction_of", "month", "indicator", "court_code", "found_at"),)

    id: UUID = Field(primary_key=True)
    month: date = Field(foreign_key="indicator_frozen_month.month")
    indicator: str = Field(max_length=8)
    court_code: str = Field(max_length=8)
    numerator_before: int = Field(sa_type=BigInteger)
    denominator_before: int = Field(sa_type=BigInteger)
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    row_count: int
    found_at: datetime = Field(sa_type=Timestamp)
    because: list[Any] = Field(sa_type=Json)
    note: str = Field(default="", max_length=500)
    noted_by_name: str = Field(default="", max_length=80)
    noted_at: datetime | None = Field(default=None, sa_type=Timestamp)


class WeightVersion(SQLModel, table=True):
    """A version of the weights, in force for every month from `from_month` until a later version; never changed.

    `weights`: objects with code, weight, method and target (see `rules.Weight`).
    """

    __tablename__ = "indicator_weights"
    __table_args__ = (
        CheckConstraint("version >= 1", name="indicator_weights_version_positive"),
        CheckConstraint("date_part('day', from_month) = 1", name="indicator_weights_from_a_month"),
    )

    version: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    from_month: date
    weights: list[Any] = Field(sa_type=Json)
    reason: str = Field(max_length=500)
    made_by: UUID | None = None
    made_by_name: str = Field(max_length=80)
    made_at: datetime = Field(sa_type=Timestamp)


class RedFlag(SQLModel, table=True):
    """A figure of a court beyond its threshold. One open per indicator and court."""

    __tablename__ = "red_flag"
    __table_args__ = (
        Index(
            "red_flag_one_open", "indicator", "court_code", unique=True,
            postgresql_where=text("state <> 'cleared'"),
        ),
        Index("red_flag_court", "court_code", "raised_at"),
        one_of("state", FlagState, table="red_flag"),
        CheckConstraint("(state = 'cleared') = (cleared_at IS NOT NULL)", name="red_flag_cleared_has_time"),
    )  # fmt: skip

    id: UUID = Field(primary_key=True)
    indicator: str = Field(max_length=8)
    court_code: str = Field(foreign_key="court.code", max_length=8)
    month: date
    comparison: str = Field(max_length=2)
    threshold: str = Field(max_length=20)
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    state: str = FlagState.RAISED
    raised_at: datetime = Field(sa_type=Timestamp)
    cleared_at: datetime | None = Field(default=None, sa_type=Timestamp)


class FlagOrder(SQLModel, table=True):
    """The order (督办) that the court above made on a red flag, and the figure before it and after."""

    __tablename__ = "red_flag_order"
    __table_args__ = (
        Index("red_flag_order_flag", "flag_id", "made_at"),
        Index("red_flag_order_unmeasured", "made_at", postgresql_where=text("measured_at IS NULL")),
        CheckConstraint(
            "(measured_at IS NULL) = (month_after IS NULL)", name="red_flag_order_measured_for_a_month"
        ),
    )

    instruction_id: UUID = Field(primary_key=True, foreign_key="court_order.instruction_id")
    flag_id: UUID = Field(foreign_key="red_flag.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    made_by: UUID | None = None
    made_by_name: str = Field(max_length=80)
    made_at: datetime = Field(sa_type=Timestamp)
    month_before: date
    numerator_before: int = Field(sa_type=BigInteger)
    denominator_before: int = Field(sa_type=BigInteger)
    month_after: date | None = None
    numerator_after: int | None = Field(default=None, sa_type=BigInteger)
    denominator_after: int | None = Field(default=None, sa_type=BigInteger)
    measured_at: datetime | None = Field(default=None, sa_type=Timestamp)

from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from core.columns import one_of


class CourtLevel(StrEnum):
    """Levels that take part on the platform."""

    INTERMEDIATE = "intermediate"
    BASIC = "basic"


class Court(SQLModel, table=True):
    """A court. `code` is the digits of its case numbers (rulebook §1: 苏05 is `05`, 虎丘 is `0505`)."""

    __tablename__ = "court"
    __table_args__ = (one_of("level", CourtLevel, table="court"),)

    code: str = Field(primary_key=True, max_length=8)
    name: str = Field(max_length=80)
    short_name: str = Field(max_length=20)
    level: str
    superior_code: str | None = Field(default=None, foreign_key="court.code")
    district: str = Field(max_length=40)
    supervision_phone: str = Field(default="", max_length=40)
    bank_name: str = Field(default="", max_length=80)
    bank_account_no: str = Field(default="", max_length=40)


class DisposalTeam(SQLModel, table=True):
    """A disposal team (资产处置团队) of one court."""

    __tablename__ = "disposal_team"

    id: UUID = Field(primary_key=True)
    court_code: str = Field(foreign_key="court.code", index=True)
    name: str = Field(max_length=60)
    is_demo: bool = False

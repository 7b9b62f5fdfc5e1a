from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class PhoneKind(StrEnum):
    """What a number in the directory is."""

    DUTY = "duty"
    CENTRE = "centre"
    OFFICER = "officer"


class Skill(StrEnum):
    """What somebody is good at, whatever the rank."""

    FINDING = "finding"
    SERVICE = "service"
    SEALING = "sealing"
    EVICTION = "eviction"
    VALUATION = "valuation"
    AUCTION = "auction"
    DISTRIBUTION = "distribution"
    SHARES = "shares"
    LAND = "land"
    BANKRUPTCY = "bankruptcy"
    COORDINATION = "coordination"


class OfficePhone(SQLModel, table=True):
    """A line of the public directory: an office phone, never a private one."""

    __tablename__ = "office_phone"
    __table_args__ = (
        one_of("kind", PhoneKind, table="office_phone"),
        Index("office_phone_court", "court_code", "kind", "name"),
        CheckConstraint("phone ~ '^[0-9][0-9 -]{2,28}$'", name="office_phone_is_a_number"),
    )

    id: UUID = Field(primary_key=True)
    court_code: str = Field(foreign_key="court.code", max_length=8)
    kind: str = PhoneKind.OFFICER
    name: str = Field(max_length=40)
    post: str = Field(default="", max_length=40)
    phone: str = Field(max_length=30)
    hours: str = Field(default="", max_length=60)
    updated_by: str = Field(max_length=80)
    updated_at: datetime = Field(sa_type=Timestamp)
    is_demo: bool = False


class Talent(SQLModel, table=True):
    """Somebody's place in the talent pool. `is_expert`: a member of the expert committee, whom every court may consult."""

    __tablename__ = "talent"
    __table_args__ = (Index("talent_court", "court_code"),)

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    court_code: str = Field(foreign_key="court.code", max_length=8)
    skills: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    is_expert: bool = False
    merits: str = Field(default="", max_length=500)
    updated_by: str = Field(max_length=80)
    updated_at: datetime = Field(sa_type=Timestamp)

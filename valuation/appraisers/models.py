from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, String, UniqueConstraint
from sqlmodel import Field, SQLModel


class AppraisalFirm(SQLModel, table=True):
    """A firm of the list (V-20). `kinds`: kinds of assets that its licence covers; `place`: where it is listed.

    `account_id` is the firm's own login, when it works through the portal.
    """

    __tablename__ = "appraisal_firm"
    __table_args__ = (
        UniqueConstraint("name", name="appraisal_firm_name"),
        UniqueConstraint("licence_no", name="appraisal_firm_licence"),
        UniqueConstraint("account_id", name="appraisal_firm_account"),
        CheckConstraint("cardinality(kinds) > 0", name="appraisal_firm_has_kinds"),
    )

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=80)
    licence_no: str = Field(max_length=60)
    licence_until: date
    kinds: list[str] = Field(sa_type=ARRAY(String))
    place: str = Field(default="", max_length=40)
    phone: str = Field(default="", max_length=40)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    listed_on: date
    removed_on: date | None = None
    removal_reason: str = Field(default="", max_length=200)
    is_demo: bool = False

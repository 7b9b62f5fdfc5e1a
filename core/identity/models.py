from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, LargeBinary, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Timestamp


class Account(SQLModel, table=True):
    """A person who can log in. Names of bidders are personal data: pages show them only to themselves and, after the
    end of bidding, as the law says (P-01)."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("login", name="account_login"), Index("account_court", "court_code"))

    id: UUID = Field(primary_key=True)
    login: str = Field(max_length=60)
    password_hash: str = Field(max_length=200)
    display_name: str = Field(max_length=80)
    roles: list[str] = Field(sa_type=ARRAY(String))
    court_code: str | None = Field(default=None, max_length=8)
    team_id: UUID | None = None
    phone: str | None = Field(default=None, max_length=30)
    real_name_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    identity_number_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    identity_match: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    identity_verified_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_demo: bool = False
    disabled_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)


class LoginSession(SQLModel, table=True):
    """An open session; only the hash of its token is kept."""

    __tablename__ = "login_session"
    __table_args__ = (
        Index("login_session_account", "account_id"),
        Index("login_session_expiry", "expires_at"),
    )

    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    account_id: UUID = Field(foreign_key="account.id")
    csrf_secret: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=Timestamp)
    expires_at: datetime = Field(sa_type=Timestamp)


class FailedLogin(SQLModel, table=True):
    """Failures within the last minutes, counted per login name to slow down guessing."""

    __tablename__ = "failed_login"
    __table_args__ = (Index("failed_login_recent", "login", "failed_at"),)

    id: UUID = Field(primary_key=True)
    login: str = Field(max_length=60)
    failed_at: datetime = Field(sa_type=Timestamp)

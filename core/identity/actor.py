"""Who acts: the roles of rulebook §1 and the actor that every use case receives."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Roles of rulebook §1."""

    BIDDER = "bidder"
    CREDITOR = "creditor"
    DEBTOR = "debtor"
    APPRAISER = "appraiser"
    AUXILIARY_BODY = "auxiliary_body"
    CLERK = "clerk"
    CASE_OFFICER = "case_officer"
    PANEL_MEMBER = "panel_member"
    DISPOSAL_TEAM = "disposal_team"
    COMMAND_CENTRE = "command_centre"
    BUREAU_DIRECTOR = "bureau_director"
    VICE_PRESIDENT = "vice_president"
    PRESIDENT = "president"
    FINANCE = "finance"
    OBJECTION_PANEL = "objection_panel"
    INTERMEDIATE_COURT = "intermediate_court"
    RISK_OFFICER = "risk_officer"
    PROCURATORATE = "procuratorate"
    SYSTEM = "system"


STAFF_ROLES = frozenset(
    {
        Role.CLERK,
        Role.CASE_OFFICER,
        Role.PANEL_MEMBER,
        Role.DISPOSAL_TEAM,
        Role.COMMAND_CENTRE,
        Role.BUREAU_DIRECTOR,
        Role.VICE_PRESIDENT,
        Role.PRESIDENT,
        Role.FINANCE,
        Role.OBJECTION_PANEL,
        Role.INTERMEDIATE_COURT,
        Role.RISK_OFFICER,
    }
)
"""Roles held by people of a court; B-80 bars them from bidding."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or the system itself, doing something. Anonymous visitors have no account."""

    account_id: UUID | None
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    court_code: str | None = None
    team_id: UUID | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether the actor belongs to a court."""
        return not self.roles.isdisjoint(STAFF_ROLES)


SYSTEM = Actor(None, "系统", frozenset({Role.SYSTEM}))
"""Background workers act as the system."""

ANONYMOUS = Actor(None, "")
"""A visitor of the public portal."""

"""Tell the court and the parties what has become of a compromise, and the audit chain of the asset."""

from auction.compromise.models import Compromise
from core.audit import record
from core.database import Work
from core.i18n import Message
from core.identity import Role
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court


async def note_compromise(work: Work, made: Compromise, event: str, **details: int) -> None:
    """Into the audit chain of the asset (A-29)."""
    await record(
        work, event, stream=f"asset:{made.asset_id}", rule="A-29", asset_id=made.asset_id, case_id=made.case_id,
        compromise=str(made.id), details=details,
    )  # fmt: skip


async def tell_both(work: Work, made: Compromise, *, key: str, title: Message, body: Message) -> None:
    """To the people of the court who act on it, and to the parties who made it."""
    asset = await work.session.get_one(Asset, made.asset_id)
    await tell_court(
        work, made.court_code, Role.CASE_OFFICER, Role.DISPOSAL_TEAM, key=f"compromise:{made.id}:{key}", title=title,
        body=body, link=f"/team/assets/{asset.asset_no}/compromise",
    )  # fmt: skip
    await tell_parties(work, made, key=key, title=title, body=body)


async def tell_parties(work: Work, made: Compromise, *, key: str, title: Message, body: Message) -> None:
    """To the parties who made it, where they have accounts."""
    for party in await parties_of(work, made.case_id):
        if party.account_id is not None and party.role in (PartyRole.APPLICANT, PartyRole.DEBTOR):
            await notify(
                work, account_id=party.account_id, key=f"compromise:{made.id}:{key}", title=title, body=body,
                link=f"/my/compromises/{made.id}",
            )  # fmt: skip

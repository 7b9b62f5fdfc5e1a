"""A case goes on in another court: the new case takes over parties, claims and assets, the old one is struck off (销案, T-12)."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.queries import asset_of
from disposal_teams.cases.models import CaseState, EnforcementCase, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.cases.register import add_party, register_case
from disposal_teams.cases.sealing import unseal_identity


async def carry_over_case(
    work: Work,
    old: EnforcementCase,
    *,
    case_no: str,
    court_code: str,
    assets: Iterable[UUID],
    due: Mapping[UUID, int] | None = None,
) -> EnforcementCase:
    """File the actor's court's case of this number for `old`. Assets that `court_code` already disposes of go with it. `due`:
    what a party is still owed, in fen, by its id in `old`; the others keep their claim.

    Raises `RuleViolation`, `InvalidInput` and `Conflict` for the number.
    """
    new = await register_case(
        work, case_no=case_no, filed_on=work.now.astimezone(COURT_ZONE).date(), cause=old.cause,
        claim_fen=old.claim_fen, officer_account_id=work.actor.account_id, is_demo=old.is_demo,
    )  # fmt: skip
    for party in await parties_of(work, old.id):
        number = unseal_identity(party.identity_sealed, party_id=party.id) if party.identity_sealed else None
        await add_party(
            work, new, role=PartyRole(party.role), name=party.name, is_natural_person=party.is_natural_person,
            identity_number=number, phone=party.phone, address=party.address, account_id=party.account_id,
            is_reachable=party.is_reachable, claim_fen=(due or {}).get(party.id, party.claim_fen),
        )  # fmt: skip
    await work.session.flush()
    for asset_id in sorted(assets):
        asset = await lock_asset(work, await asset_of(work, asset_id))
        if asset.case_id == old.id and asset.court_code == court_code:
            asset.case_id = new.id
    old.state = CaseState.CLOSED
    return new

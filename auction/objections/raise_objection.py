"""Object to a sale on its page: under one's real name, and with what the law asks about the sale (B-60 to B-64)."""

from auction.listing.models import Lot
from auction.objections.queries import bought_by_party, courts_that_acted
from auction.registration.real_name import own_identity
from core.database import Work
from core.identity.models import Account
from disposal_teams.assets.queries import asset_of
from disposal_teams.objections.models import Capacity, Objection, ObjectionKind
from disposal_teams.objections.submit import submit_objection


async def raise_objection(
    work: Work,
    lot: Lot,
    *,
    kind: ObjectionKind,
    capacity: Capacity,
    claim: str,
    reasons: str,
    evidence: str,
    act_court: str = "",
    filer_name: str = "",
) -> Objection:
    """Hand in an objection to a lot's sale; `act_court` counts only if that court has acted on the asset (B-64).

    People object under their confirmed name; `filer_name` is the name on a paper that a clerk enters.
    Raises what `submit_objection` raises.
    """
    account = await work.session.get(Account, work.actor.account_id) if work.actor.account_id else None
    name = filer_name if work.actor.is_staff else ""
    if account is not None and account.real_name_sealed is not None:
        name = own_identity(account)[0]
    asset = await asset_of(work, lot.asset_id)
    acted = await courts_that_acted(work, lot.asset_id, asset.court_code)
    return await submit_objection(
        work,
        lot.asset_id,
        kind=kind,
        capacity=capacity,
        claim=claim,
        reasons=reasons,
        evidence=evidence,
        lot_id=lot.id,
        act_court=act_court if act_court in acted else None,
        bought_by_party=await bought_by_party(work, lot.id),
        filer_name=name,
    )

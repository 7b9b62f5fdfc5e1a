"""Object to a sale on its page: under one's real name, and with what the law asks about the sale (B-60 to B-64)."""

from auction.listing.models import Lot
from auction.listing.parts import assets_of
from auction.objections.queries import bought_by_party, courts_that_acted
from auction.registration.real_name import own_identity
from core.database import Work
from core.identity.models import Account
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
    asset_no: str = "",
) -> Objection:
    """Hand in an objection to a lot's sale; `act_court` counts only if that court has acted on the asset (B-64).

    `asset_no` names the asset of a mixed lot that it is about, otherwise the leading one (B-61).
    People object under their confirmed name; `filer_name` is the name on a paper that a clerk enters.
    Raises what `submit_objection` raises.
    """
    account = await work.session.get(Account, work.actor.account_id) if work.actor.account_id else None
    name = filer_name if work.actor.is_staff else ""
    if account is not None and account.real_name_sealed is not None:
        name = own_identity(account)[0]
    assets = await assets_of(work, lot)
    asset = next((each for each in assets if each.asset_no == asset_no), assets[0])
    acted = await courts_that_acted(work, asset.id, asset.court_code)
    return await submit_objection(
        work,
        asset.id,
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

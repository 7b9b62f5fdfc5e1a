"""Background work of registration: thin, the use case stands beside."""

from auction.registration.live_claim import follow_live_claims
from core.database import Work
from core.outbox import every


@every(seconds=20)
async def renew_applicants_differences(work: Work) -> None:
    """Find the entries whose claim has changed (B-31)."""
    await follow_live_claims(work)

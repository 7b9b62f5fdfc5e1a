"""How an invented team completes a survey that it has begun: every line with its evidence, the lease and the home judged."""

from collections.abc import Mapping

from core.database import Work
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.surveys.conduct import (
    complete_survey,
    record_finding,
    record_lease_verdict,
    record_sole_home,
)
from disposal_teams.surveys.matrix import needs_lease_verdict, required_items
from disposal_teams.surveys.models import Survey
from disposal_teams.surveys.rules import HomeFacts, LeaseFacts

ORDINARY = "已查明，未见异常"


async def finish_survey(
    work: Work, asset: Asset, survey: Survey, *, evidence: str, findings: Mapping[str, str] | None = None
) -> None:
    """Nothing unusual is found but what `findings` say by item; `evidence` is where the papers lie."""
    kind = AssetKind(asset.kind)
    for item in required_items(kind, asset.attributes):
        await record_finding(
            work,
            survey,
            item=item.code,
            finding=(findings or {}).get(item.code, ORDINARY),
            evidence_kind=min(item.evidence),
            evidence_ref=evidence,
        )
    if needs_lease_verdict(kind):
        await record_lease_verdict(work, asset, LeaseFacts(claimed=False))
    if kind is AssetKind.REAL_ESTATE:
        await record_sole_home(work, asset, HomeFacts(is_necessary_home=False))
    await complete_survey(work, survey)

"""The paper of a judicial suggestion."""

from uuid import UUID

from core.database import Work
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from disposal_teams.suggestions.models import JudicialSuggestion


@task(queue="documents")
async def issue_suggestion(work: Work, *, suggestion_id: UUID) -> None:
    """Write the 司法建议书 (§10 no. 35)."""
    sent = await work.session.get_one(JudicialSuggestion, suggestion_id)
    asset = await work.session.get_one(Asset, sent.asset_id)
    case = await case_of(work, sent.case_id)
    await issue_letter(
        work,
        asset,
        "judicial_suggestion",
        addressee=sent.body,
        paragraphs=[
            f"本院在执行{case.case_no}一案、处置“{asset.title}”的过程中，发现下列问题：",
            sent.problem,
            f"为此，特建议：{sent.suggestion}",
            "以上建议请研究处理，并将处理结果函告本院。",
        ],
        facts=[["答复日期", f"{sent.reply_by.isoformat()}前"]],
        subject=f"suggestion:{sent.id}",
    )

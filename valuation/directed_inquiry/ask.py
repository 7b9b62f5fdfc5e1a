"""Ask the body (V-02, paper 4)."""

from datetime import datetime
from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import period_end
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from disposal_teams.plain_text import clean_text
from valuation.directed_inquiry.models import DirectedInquiry
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.queries import asset_of_valuation, valuation_for_update
from valuation.ways.enter import begin_valuation, open_step
from valuation.ways.rules import WayFacts

also_kept_in("V-02", table=DirectedInquiry, end="due_at", by="valuation_id")


async def begin_directed_inquiry(
    work: Work,
    asset_id: UUID,
    *,
    facts: WayFacts,
    agency: str,
    requirement: str = "",
    days: int | None = None,
) -> Valuation:
    """Start with a directed inquiry. Raises what `begin_valuation` and `ask_agency` raise."""
    valuation = await begin_valuation(work, asset_id, method=ValuationMethod.DIRECTED_INQUIRY, facts=facts)
    await ask_agency(work, valuation.id, agency=agency, requirement=requirement, days=days)
    return valuation


async def ask_agency(
    work: Work, valuation_id: UUID, *, agency: str, requirement: str = "", days: int | None = None
) -> DirectedInquiry:
    """Send the letter and set the period, in days (setting `directed_inquiry_days`); also when V-02 led here by itself.

    Raises `RuleViolation` (not in a directed inquiry), `Conflict` (asked already), `InvalidInput`.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if valuation.state != ValuationState.DIRECTED:
        raise RuleViolation("V-02", msg("该参考价程序不在定向询价阶段。"))
    if await work.session.get(DirectedInquiry, valuation_id) is not None:
        raise Conflict(msg("定向询价函已经发出。"), rule="V-02")
    fields: dict[str, Message] = {}
    agency = clean_text(agency, "agency", fields, longest=80)
    requirement = clean_text(requirement, "requirement", fields, longest=500, required=False)
    if fields:
        raise InvalidInput(msg("询价函没有发出，请按提示修改。"), fields=fields, rule="V-02")
    days = days or legal().directed_inquiry_days
    due_at = period_end(work.now, days=days)
    inquiry = DirectedInquiry(
        valuation_id=valuation_id,
        agency=agency,
        requirement=requirement or "请就下列财产的价格予以答复，并说明依据和有效期。",
        sent_at=work.now,
        due_at=due_at,
    )
    work.session.add(inquiry)
    await _start_clock(work, valuation, asset, due_at, days)
    await issue_inquiry_letter.later(work, key=str(valuation_id), valuation_id=valuation_id)
    return inquiry


async def _start_clock(work: Work, valuation: Valuation, asset: Asset, due_at: datetime, days: int) -> None:
    step = await open_step(work, valuation.id)
    assert step is not None
    step.due_at = due_at
    await open_deadline(
        work,
        "V-02",
        subject_kind="valuation",
        subject_id=valuation.id,
        owner_role=Role.APPRAISER,
        owner_court=asset.court_code,
        days=days,
        asset_id=asset.id,
        case_id=asset.case_id,
    )


@task(queue="documents")
async def issue_inquiry_letter(work: Work, *, valuation_id: UUID) -> None:
    """Write the 定向询价函 (§10 no. 4)."""
    asset = await asset_of_valuation(work, valuation_id)
    inquiry = await work.session.get(DirectedInquiry, valuation_id)
    assert inquiry is not None
    case = await case_of(work, asset.case_id)
    due = inquiry.due_at.astimezone(COURT_ZONE).date().isoformat()
    await issue_letter(
        work,
        asset,
        "directed_inquiry_letter",
        addressee=inquiry.agency,
        paragraphs=[
            f"本院在执行{case.case_no}一案中需确定下列财产的处置参考价，现向你单位定向询价。",
            inquiry.requirement,
        ],
        facts=[
            ["财产", asset.title],
            ["坐落", asset.location or "—"],
            ["权证号", asset.registry_no or "—"],
            ["答复期限", f"{due}前"],
        ],
    )

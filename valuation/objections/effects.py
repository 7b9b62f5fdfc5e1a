"""What a decided objection does to the price: the panel's ruling, the association's conclusion, the mean of an inquiry
(V-13, V-31)."""

from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.deadlines import meet_deadline
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.objections.followers import Occasion, on_objection
from disposal_teams.objections.models import Objection, ObjectionState, Outcome
from disposal_teams.plain_text import clean_text
from valuation.appraisal.demands import ask_the_firm, drop_report, open_demand, reporting_firm
from valuation.appraisal.entrust import end_engagement
from valuation.appraisal.models import DemandCause, EngagementState
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.objections import rules
from valuation.objections.answer import RUNNING, send_if_possible
from valuation.objections.models import (
    ObjectionGround,
    ReportObjection,
    ReportObjectionOutcome,
    ReportObjectionState,
    ReviewVerdict,
)
from valuation.objections.progress import (
    close,
    grounds_of,
    inquiries_meant,
    lock_report_objection,
    note,
    objections_of,
    require_state,
    settle_state,
    supersede,
)
from valuation.online_inquiry.models import PlatformInquiry
from valuation.online_inquiry.review import (
    carrying_inquiries,
    demand_corrections,
    set_mean,
)
from valuation.rules import AFTER_REPORT_STATES, MAX_PRICE_FEN
from valuation.unusual import looks_wrong
from valuation.ways.enter import fail_way
from valuation.ways.models import StepOutcome

O = ReportObjectionOutcome  # noqa: E741
OUTCOMES = {
    Outcome.FOUNDED: O.FOUNDED,
    Outcome.DISMISSED: O.DISMISSED,
    Outcome.NOT_ACCEPTED: O.NOT_ACCEPTED,
    Outcome.WITHDRAWN: O.WITHDRAWN,
}


@on_objection
async def apply_ruling(work: Work, ruled: Objection, occasion: Occasion) -> None:
    """Nothing can be done against the panel's ruling any more: let it take effect on the report. Repeating changes nothing."""
    if occasion is not Occasion.FINAL or ruled.outcome is None:
        return
    found = (
        await work.session.exec(select(ReportObjection.id).where(ReportObjection.objection_id == ruled.id))
    ).first()
    if found is None:
        return
    objection, valuation, asset = await lock_report_objection(work, found)
    if objection.state != ReportObjectionState.RULING or valuation.state not in RUNNING:
        return  # done already; or it waits until a stay is over (`apply_final_rulings`)
    outcome = OUTCOMES[Outcome(ruled.outcome)]
    grounds = grounds_of(objection)
    await note(work, asset, objection, "ruled", outcome=str(outcome))
    if outcome is O.FOUNDED and valuation.method == ValuationMethod.APPRAISAL:
        if rules.needs_next_firm(grounds):
            await close(work, objection, asset, O.FOUNDED)
            await next_firm(
                work, valuation, asset, reason="异议成立：评估机构、人员不具备资质或者程序严重违法"
            )
            return
        await _correct(work, valuation, asset, grounds)
    if outcome is not O.WITHDRAWN and not rules.TO_FIRM.isdisjoint(grounds):
        objection.state = ReportObjectionState.SENDING
        await work.session.flush()
        await send_if_possible(work, valuation, asset, objection)
    else:
        await close(work, objection, asset, outcome)
    await settle_inquiry(work, valuation, asset)
    await settle_state(work, valuation)


async def apply_final_rulings(work: Work, *, limit: int = 50) -> int:
    """Let rulings take effect that became final during a stay, or whose message was lost; returns how many. For the sweep."""
    waiting = await work.session.exec(
        select(Objection)
        .join(ReportObjection, col(ReportObjection.objection_id) == col(Objection.id))
        .join(Valuation, col(Valuation.id) == col(ReportObjection.valuation_id))
        .where(
            ReportObjection.state == ReportObjectionState.RULING,
            Objection.state == ObjectionState.FINAL,
            col(Valuation.state).in_(RUNNING),
        )
        .limit(limit)
    )
    found = waiting.all()
    for ruled in found:
        await apply_ruling(work, ruled, Occasion.FINAL)
    return len(found)


async def _correct(work: Work, valuation: Valuation, asset: Asset, grounds: set[ObjectionGround]) -> None:
    """A founded objection to basics or scope: the firm corrects its report in three days, and the court reviews it again."""
    if valuation.state in AFTER_REPORT_STATES:
        valuation.state = ValuationState.COURT_REVIEW
    if await open_demand(work, valuation.id) is not None:
        return
    wrong = ObjectionGround.WRONG_BASICS in grounds
    await ask_the_firm(
        work,
        valuation,
        asset,
        cause=DemandCause.WRONG_BASICS if wrong else DemandCause.EXCESS_OR_OMISSION,
        wanted="异议已裁定成立，请按裁定更正评估报告",
    )


async def next_firm(work: Work, valuation: Valuation, asset: Asset, *, reason: str) -> None:
    """The firm's report is gone; the next one is entrusted, or the parties choose again (V-23, V-31)."""
    engagement = await reporting_firm(work, valuation.id)
    assert engagement is not None  # a served report has a firm
    await supersede(work, valuation, asset)
    await drop_report(work, valuation)
    await end_engagement(work, valuation, asset, engagement, EngagementState.REPLACED, reason=reason)


async def settle_inquiry(work: Work, valuation: Valuation, asset: Asset) -> None:
    """Which platform reports carry the result by now, and their mean (V-13). Nothing to do for an appraisal.

    Some objected to: the mean of the others. All: the mean of those whose objections were dismissed; while one is undecided,
    the mean stands as it was. None left: they correct in three days, or an appraisal follows.
    """
    if valuation.method != ValuationMethod.ONLINE_INQUIRY or valuation.state not in AFTER_REPORT_STATES:
        return
    objections = await objections_of(work, valuation.id)
    carrying = await carrying_inquiries(work, valuation.id)
    for inquiry in carrying:
        meant = inquiries_meant(objections, inquiry.platform_code)
        inquiry.is_objected = bool(meant)
        inquiry.objection_dismissed = bool(meant) and all(_is_answered(each, inquiry) for each in meant)
    await work.session.flush()
    if all(each.is_objected for each in carrying) and any(each.is_open for each in objections):
        return
    if await set_mean(work, valuation, asset, carrying):
        return
    founded = [each for each in objections if each.outcome == O.FOUNDED]
    if any(rules.needs_next_firm(grounds_of(each)) for each in founded):
        await supersede(work, valuation, asset)
        valuation.price_fen = valuation.valid_until = None
        await fail_way(work, valuation, asset, StepOutcome.IMPOSSIBLE, note="对全部平台报告的异议均成立")
        return
    valuation.price_fen = valuation.valid_until = None
    valuation.state = ValuationState.COURT_REVIEW
    await demand_corrections(work, valuation, asset, carrying)


def _is_answered(objection: ReportObjection, inquiry: PlatformInquiry) -> bool:
    """Whether a report may carry the result in spite of the objection: dismissed, or corrected since it was found right."""
    if objection.outcome == O.FOUNDED and objection.closed_at is not None:
        return inquiry.delivered_at is not None and inquiry.delivered_at > objection.closed_at
    return objection.outcome == O.DISMISSED


async def record_technical_review(
    work: Work,
    objection_id: UUID,
    *,
    verdict: ReviewVerdict,
    conclusion: str,
    price_fen: int | None = None,
    is_confirmed: bool = False,
) -> ReportObjection:
    """The association has concluded (V-31): the report stands, another price binds, or the firm corrects in three days.

    `is_confirmed`: an amount that looks like a slip has been looked at again.
    Raises `RuleViolation` (no review under way), `InvalidInput` by field.
    """
    objection, valuation, asset = await lock_report_objection(work, objection_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    require_state(objection, ReportObjectionState.REVIEW)
    fields: dict[str, Message] = {}
    conclusion = clean_text(conclusion, "conclusion", fields, longest=2000)
    if wrong := rules.check_verdict(verdict, price_fen, most_fen=MAX_PRICE_FEN):
        fields["review_price"] = wrong
    elif (
        price_fen is not None and not is_confirmed and (unusual := looks_wrong(asset, price_fen)) is not None
    ):
        fields["review_price"] = unusual
    if fields:
        raise InvalidInput(msg("评审结论没有登记，请按提示修改。"), fields=fields, rule="V-31")
    if valuation.state in (ValuationState.STAYED, ValuationState.WITHDRAWN):
        require_state(objection)
    objection.verdict, objection.conclusion = verdict, conclusion
    objection.review_price_fen, objection.reviewed_at = price_fen, work.now
    await meet_deadline(
        work,
        "V-31评审",
        subject_kind="report_objection",
        subject_id=objection.id,
        done_event="report_objection.reviewed",
    )
    if price_fen is not None:
        valuation.price_fen = price_fen
        await note_valuation(
            work, asset, valuation.id, "valuation.price_by_review", "V-31", price_fen=price_fen
        )
    upheld = verdict is ReviewVerdict.UPHELD
    await close(work, objection, asset, O.DISMISSED if upheld else O.CORRECTED)
    await settle_state(work, valuation)
    if verdict is ReviewVerdict.FIRM_CORRECTS and await open_demand(work, valuation.id) is None:
        valuation.state = ValuationState.COURT_REVIEW
        await ask_the_firm(work, valuation, asset, cause=DemandCause.OTHER, wanted=conclusion[:500])
    return objection

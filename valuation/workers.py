"""Background work of valuation: thin, the use cases stand beside."""

from core.database import Work
from core.outbox import daily, every
from valuation.agreement.compare import end_due_agreements
from valuation.agreement.invite import issue_agreement_invitation
from valuation.appraisal.entrust import end_overdue_engagements, issue_engagement_letter
from valuation.appraisal.papers import issue_result_notice
from valuation.appraisal.remind import remind_firms
from valuation.directed_inquiry.ask import issue_inquiry_letter
from valuation.directed_inquiry.reply import end_due_inquiries
from valuation.expiry import expire_prices
from valuation.fees.count import count_unsold
from valuation.fix_price import fix_due_prices
from valuation.known_values import known_values
from valuation.objections.answer import end_due_answers
from valuation.objections.effects import apply_final_rulings
from valuation.objections.papers import issue_review_letter
from valuation.online_inquiry.entrust import entrust_waiting, issue_entrustment
from valuation.online_inquiry.review import end_due_corrections, end_due_platforms
from valuation.selection.begin import begin_waiting_selections
from valuation.selection.lottery import commit_due_draws

__all__ = [
    "close_objection_windows",
    "count_fees_of_unsold",
    "expire_old_prices",
    "go_on_with_appraisals",
    "go_on_with_inquiries",
    "go_on_with_objections",
    "issue_agreement_invitation",
    "issue_engagement_letter",
    "issue_entrustment",
    "issue_inquiry_letter",
    "issue_result_notice",
    "issue_review_letter",
    "known_values",
    "remind_of_reports",
]


@every(seconds=5)
async def close_objection_windows(work: Work) -> None:
    """Fix prices whose last objection window has closed (§11.2)."""
    await fix_due_prices(work)


@every(seconds=5)
async def go_on_with_inquiries(work: Work) -> None:
    """End agreements and inquiries whose period is over, and ask the platforms where V-02 has led to them (§12.2, worker 8)."""
    await end_due_agreements(work)
    await end_due_inquiries(work)
    await end_due_platforms(work)
    await end_due_corrections(work)
    await entrust_waiting(work)


@every(seconds=5)
async def go_on_with_appraisals(work: Work) -> None:
    """Open the choice of firms, commit draws, and replace firms that let their period pass (V-20, V-23)."""
    await begin_waiting_selections(work)
    await commit_due_draws(work)
    await end_overdue_engagements(work)


@every(seconds=5)
async def go_on_with_objections(work: Work) -> None:
    """Let final rulings take effect, review what a firm left unanswered, close what nobody contested (V-31, L-07)."""
    await apply_final_rulings(work)
    await end_due_answers(work)


@every(seconds=60)
async def count_fees_of_unsold(work: Work) -> None:
    """Where a disposal ended without a sale, the firm may claim its actual expense (V-25)."""
    await count_unsold(work)


@daily(at="00:10")
async def expire_old_prices(work: Work) -> None:
    """Mark prices whose validity has passed (V-34)."""
    await expire_prices(work)


@daily(at="09:00")
async def remind_of_reports(work: Work) -> None:
    """Remind the firms whose report is due soon (L-03)."""
    await remind_firms(work)

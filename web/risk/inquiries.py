"""Inquiries into collusion: asked for by the risk role, approved by a second person, then identities may be opened (P-01)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.registration.identity import BidderIdentity
from auction.risk_signals.decide_signal import close_inquiry, decide_inquiry, reveal_identities
from auction.risk_signals.models import InquiryState
from auction.risk_signals.queries import inquiries, inquiry_file
from auction.risk_signals.words import INQUIRY_LABELS
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Permission, Role, may
from core.identity.models import Account
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import WORDS
from web.rendering import page, see_other

ROLES = (Role.RISK_OFFICER, Role.VICE_PRESIDENT, Role.PRESIDENT)
TAGS = {"asked": "warn", "approved": "info", "refused": "", "closed": "good"}


@get("/risk/inquiries", include_in_schema=False)
async def list_inquiries(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What waits for approval, and what was decided."""
    actor = require_role(visitor, *ROLES)
    async with database.read(actor) as work:
        rows = await inquiries(work)
    return page(request, "risk/inquiries.html", rows=rows, inquiry_labels=INQUIRY_LABELS, inquiry_tags=TAGS)


async def _show(
    request: AnyRequest,
    work: Work,
    inquiry_id: UUID,
    form: Form,
    identities: list[tuple[str, BidderIdentity]] | None = None,
) -> Response[Any]:
    inquiry, lot = await inquiry_file(work, inquiry_id)
    people = (inquiry.asked_by, inquiry.decided_by)
    accounts = [await work.session.get(Account, person) for person in people if person is not None]
    may_see = may(work.actor, Permission.SEE_SIGNALS, court_code=inquiry.court_code)
    is_own = inquiry.asked_by == work.actor.account_id
    return page(
        request,
        "risk/inquiry.html",
        status=form.status,
        form=form,
        inquiry=inquiry,
        lot=lot,
        names={account.id: account.display_name for account in accounts if account is not None},
        identities=identities,
        may_decide=inquiry.state == InquiryState.ASKED
        and not is_own
        and may(work.actor, Permission.APPROVE_INQUIRY, court_code=inquiry.court_code),
        may_open=inquiry.state == InquiryState.APPROVED and may_see and is_own,
        may_close=inquiry.state == InquiryState.APPROVED and may_see,
        may_see_signals=may_see,
        inquiry_labels=INQUIRY_LABELS,
        inquiry_tags=TAGS,
        server_time=work.now,
        **WORDS,
    )


@get("/risk/inquiries/{inquiry_id:uuid}", include_in_schema=False)
async def show_inquiry(
    request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID
) -> Response[Any]:
    """One inquiry: the request, its codes, what may be done. Never an identity."""
    actor = require_role(visitor, *ROLES)
    async with database.read(actor) as work:
        return await _show(request, work, inquiry_id, Form.blank())


@post("/risk/inquiries/{inquiry_id:uuid}/decide", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID
) -> Response[Any]:
    """Approve or refuse."""
    actor = require_role(visitor, *ROLES)
    form = await read_form(request)
    verdict = form.choice("verdict", ("approve", "refuse"))
    reason = form.text("reason", longest=1000, lines=True)
    try:
        if not form.is_bad:
            async with database.begin(actor) as work:
                await decide_inquiry(work, inquiry_id, approve=verdict == "approve", reason=reason)
            return see_other(request, f"/risk/inquiries/{inquiry_id}", said=msg("审批已记录。"))
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, inquiry_id, form)


@post("/risk/inquiries/{inquiry_id:uuid}/identities", include_in_schema=False, status_code=200)
async def open_identities(
    request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID
) -> Response[Any]:
    """Open the identities of an approved inquiry. They stand in this answer alone; each opening is on record."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    async with database.begin(actor) as work:
        opened = await reveal_identities(work, inquiry_id)
        return await _show(request, work, inquiry_id, Form.blank(), opened)


@post("/risk/inquiries/{inquiry_id:uuid}/close", include_in_schema=False)
async def close(request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID) -> Response[Any]:
    """End the inquiry with its result."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    form = await read_form(request)
    verdict = form.choice("confirmed", ("yes", "no"))
    result = form.text("reason", longest=1000, lines=True)
    try:
        if not form.is_bad:
            async with database.begin(actor) as work:
                await close_inquiry(work, inquiry_id, confirmed=verdict == "yes", result=result)
            return see_other(
                request, f"/risk/inquiries/{inquiry_id}", said=msg("调查已办结，身份信息已重新封存。")
            )
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, inquiry_id, form)


route_handlers = [list_inquiries, show_inquiry, decide, open_identities, close]

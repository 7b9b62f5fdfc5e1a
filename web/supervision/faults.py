"""Faults of the service for the intermediate court: the evidence, the lots, the review (B-47, B-50)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.service_faults.models import FaultKind, Review
from auction.service_faults.policy import Scope
from auction.service_faults.queries import fault_file, newest_faults
from auction.service_faults.review import review_fault
from auction.service_faults.wording import KIND_LABELS, RULES, SCOPE_LABELS, limit_of
from core.database import Database, Work
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Role
from core.notices.notify import from_json
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import STATE_TAGS, STATES
from web.rendering import page, see_other

REVIEW_LABELS: dict[Review, Message] = {
    Review.CONFIRMED: msg("确认故障成立"),
    Review.OVERRULED: msg("认定故障不成立，尽快恢复"),
    Review.POSTPONED: msg("改期恢复"),
}
READINGS_SHOWN = 60


@get("/supervision/faults", include_in_schema=False)
async def faults_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every fault, the running ones first."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    async with database.read(actor) as work:
        return page(
            request,
            "supervision/faults.html",
            faults=await newest_faults(work, limit=200),
            reason_of=from_json,
            kinds=KIND_LABELS,
            rules=RULES,
            server_time=work.now,
        )


@get("/supervision/faults/{fault_id:uuid}", include_in_schema=False)
async def fault_page(
    request: AnyRequest, database: Database, visitor: Visitor, fault_id: UUID
) -> Response[Any]:
    """One fault with its evidence and the form of the review."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    async with database.read(actor) as work:
        return await _show(request, work, fault_id, Form.blank())


@post("/supervision/faults/{fault_id:uuid}/review", include_in_schema=False)
async def review(request: AnyRequest, database: Database, visitor: Visitor, fault_id: UUID) -> Response[Any]:
    """Review."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    said = form.choice("review", Review)
    reason = form.text("reason", longest=1000, lines=True)
    resumes_at = form.moment("resumes_at", required=False)
    try:
        if said is None or form.is_bad:
            raise InvalidInput(msg("复核意见有误，请按提示修改。"), fields=form.errors, rule="B-50")
        async with database.begin(actor) as work:
            await review_fault(work, fault_id, said, reason=reason, resumes_at=resumes_at)
        return see_other(request, f"/supervision/faults/{fault_id}", said=msg("复核意见已记录。"))
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, fault_id, form)


async def _show(request: AnyRequest, work: Work, fault_id: UUID, form: Form) -> Response[Any]:
    file = await fault_file(work, fault_id)
    fault = file.fault
    return page(
        request,
        "supervision/fault.html",
        status=form.status,
        file=file,
        fault=fault,
        kind=KIND_LABELS[FaultKind(fault.kind)],
        rule=RULES[FaultKind(fault.kind)],
        scope=SCOPE_LABELS[Scope(fault.scope)],
        reason=from_json(fault.reason),
        limit=limit_of(file.policy, FaultKind(fault.kind)),
        readings=file.readings[-READINGS_SHOWN:],
        review_labels=REVIEW_LABELS,
        states=STATES,
        state_tags=STATE_TAGS,
        form=form,
        server_time=work.now,
    )


route_handlers = [faults_page, fault_page, review]

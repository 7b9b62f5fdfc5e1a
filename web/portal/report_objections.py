"""A person's own page of a result: the report, the own five days, the objection and what comes of it (V-30, V-31, V-32)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor
from valuation.concerned import own_matters
from valuation.models import ValuationMethod
from valuation.objections import rules
from valuation.objections.answer import accept_answer, contest_answer
from valuation.objections.models import ObjectionGround
from valuation.objections.object import object_to_report, withdraw_report_objection
from valuation.objections.queries import own_result
from valuation.rules import STATE_LABELS
from valuation.ways.rules import METHOD_LABELS
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other

STEPS = {
    "withdraw": msg("您已撤回异议。"),
    "accept": msg("您已接受评估机构的说明，异议办结。"),
    "contest": msg("已提交，法院将委托行业协会进行专业技术评审。"),
}


@get("/my/reports", include_in_schema=False)
async def home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Every search for a price that concerns the reader."""
    async with database.read(require_login(visitor)) as work:
        matters = await own_matters(work)
        now = work.now
    return page(
        request,
        "my/reports.html",
        matters=matters,
        server_time=now,
        method_labels=METHOD_LABELS,
        state_labels={str(state): msg(label) for state, label in STATE_LABELS.items()},
    )


@get("/my/reports/{valuation_id:uuid}", include_in_schema=False)
async def show(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """The result, and the form to object while the window is open."""
    return await _show(request, database, require_login(visitor), valuation_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, valuation_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        own = await own_result(work, valuation_id)
        now = work.now
    ends_at = own.service.window_ends_at
    return page(
        request,
        "my/report.html",
        status=form.status,
        form=form,
        own=own,
        valuation=own.valuation,
        subject=own.asset,
        is_open=ends_at is not None and now < ends_at and own.objection is None,
        **objection_words(ValuationMethod(own.valuation.method)),
    )


def objection_words(method: ValuationMethod) -> dict[str, Any]:
    """The words that pages with objections show; for an inquiry without the grounds that only an appraisal knows."""
    grounds = {
        ground: label
        for ground, label in rules.GROUND_LABELS.items()
        if method is ValuationMethod.APPRAISAL or ground in rules.TO_PANEL
    }
    return {
        "grounds": grounds,
        "ground_labels": rules.GROUND_LABELS,
        "objection_states": rules.STATE_LABELS,
        "objection_outcomes": rules.OUTCOME_LABELS,
        "verdict_labels": rules.VERDICT_LABELS,
        "supervision": rules.SUPERVISION,
    }


def read_objection(form: Form) -> dict[str, Any]:
    """What a form of an objection says."""
    known = set(ObjectionGround)
    chosen = form.many("grounds")
    if not set(chosen) <= known:
        form.errors["grounds"] = msg("请从列出的选项中选择。")
    return {
        "grounds": [ObjectionGround(each) for each in chosen if each in known],
        "reasons": form.text("reasons", longest=2000, lines=True),
        "platforms": form.many("platforms"),
    }


@post("/my/reports/{valuation_id:uuid}", include_in_schema=False)
async def file_objection(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Object in the own window."""
    actor = require_login(visitor)
    form = await read_form(request)
    said = read_objection(form)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                own = await own_result(work, valuation_id)
                await object_to_report(work, valuation_id, own.party.id, **said)
            return see_other(request, f"/my/reports/{valuation_id}", said=msg("异议已提交。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, valuation_id, form)


@post("/my/reports/{valuation_id:uuid}/{name:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID, name: str
) -> Response[Any]:
    """Withdraw the objection, accept the firm's answer, or contest it."""
    actor = require_login(visitor)
    form = await read_form(request)
    if name not in STEPS:
        raise NotFound(msg("没有找到该异议。"))
    reason = form.text("reason", longest=1000, lines=True) if name == "contest" else ""
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                objection = (await own_result(work, valuation_id)).objection
                if objection is None:
                    raise NotFound(msg("没有找到该异议。"))
                if name == "withdraw":
                    await withdraw_report_objection(work, objection.id)
                elif name == "accept":
                    await accept_answer(work, objection.id)
                else:
                    await contest_answer(work, objection.id, reason=reason)
            return see_other(request, f"/my/reports/{valuation_id}", said=STEPS[name])
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, valuation_id, form)


route_handlers = [home, show, file_objection, take_step]

"""Publishing months, explaining corrections, and the versions of the weights (chapter 9)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.indicators.corrections import explain_correction
from auction.indicators.definitions import BY_CODE, INDICATORS, Better
from auction.indicators.figures import corrections, frozen_months
from auction.indicators.freeze import freeze_month
from auction.indicators.rules import METHOD_LABELS, Method, Period, Weight, add_months, month_of
from auction.indicators.weights import next_free_month, set_weights, weight_versions, weights_for
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Role
from core.legal_settings import legal
from disposal_teams.courts.queries import court_names
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.supervision import indicator_views as views
from web.supervision.indicators import words
from web.team.labels import shown

MONTHS, WEIGHTS = "/supervision/indicator-months", "/supervision/indicator-weights"
CHOICES = [each for each in INDICATORS if each.has_data and each.better is not Better.NEITHER]


@get(MONTHS, include_in_schema=False)
async def months_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Published months and corrections."""
    return await _months(request, database, require_role(visitor, Role.INTERMEDIATE_COURT), Form.blank())


async def _months(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        frozen = await frozen_months(work)
        found = await corrections(work)
        names = await court_names(work)
        this = month_of(work.now)
    free = [add_months(this, -step) for step in range(1, 13) if add_months(this, -step) not in frozen]
    return page(
        request, "indicators/months.html", status=form.status, form=form, months=list(frozen.values()),
        corrections=found, courts=names, by_code=BY_CODE, freeze_day=legal().indicator_freeze_day,
        can_freeze=[(Period(month, 1).name, Period(month, 1).name) for month in free], **words(),
    )  # fmt: skip


@post(MONTHS, include_in_schema=False)
async def freeze(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Publish a month before its day."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    name = form.text("month", longest=10)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await freeze_month(work, views.one_month(name))
            return see_other(request, MONTHS, said=msg("{month} 的指标和排名已经发布。", month=name))
        except DisposalError as error:
            form.refuse(error)
    return await _months(request, database, actor, form)


@post("/supervision/indicator-corrections/{correction_id:uuid}", include_in_schema=False)
async def explain(
    request: AnyRequest, database: Database, visitor: Visitor, correction_id: UUID
) -> Response[Any]:
    """Say why a published figure was corrected."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    note = form.text("note", longest=500)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await explain_correction(work, correction_id, note=note)
            return see_other(request, MONTHS, said=msg("更正说明已保存。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _months(request, database, actor, form)


@get(WEIGHTS, include_in_schema=False)
async def weights_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The weights in force, as a form, and the versions."""
    return await _weights(request, database, require_role(visitor, Role.INTERMEDIATE_COURT), None)


async def _weights(request: AnyRequest, database: Database, actor: Actor, form: Form | None) -> Response[Any]:
    async with database.read(actor) as work:
        versions = await weight_versions(work)
        frozen = await frozen_months(work)
        this = month_of(work.now)
        _, now = await weights_for(work, add_months(this, 24))
    first = next_free_month(next(iter(frozen), None), this)
    months = [
        add_months(first, step) for step in range(18) if add_months(first, step) <= add_months(this, 12)
    ]
    if form is None:
        values: dict[str, Any] = {
            "after": versions[0].version if versions else 0,
            "from_month": Period(this, 1).name,
        }
        for each in now:
            values |= {f"weight-{each.code}": each.weight, f"method-{each.code}": str(each.method)}
            values |= {f"target-{each.code}": each.target}
        form = Form.blank(**values)
    return page(
        request, "indicators/weights.html", status=form.status, form=form, versions=versions, choices=CHOICES,
        methods=shown(request, [(str(each), label) for each, label in METHOD_LABELS.items()]),
        months=[(Period(month, 1).name, Period(month, 1).name) for month in months], unit_labels=views.UNIT_LABELS,
    )  # fmt: skip


@post(WEIGHTS, include_in_schema=False)
async def save_weights(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Make the next version."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    weights = []
    for each in CHOICES:
        if form.value(f"weight-{each.code}").strip():
            method = form.choice(f"method-{each.code}", Method)
            weight = form.integer(f"weight-{each.code}", least=0, most=1000)
            target = form.text(f"target-{each.code}", required=False, longest=12)
            weights.append(Weight(each.code, weight, method or Method.PERCENTILE, target))
    after = form.integer("after", least=0, most=1_000_000)
    name, reason = form.text("from_month", longest=10), form.text("reason", longest=500)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                made = await set_weights(
                    work, weights, from_month=views.one_month(name), reason=reason, after=after
                )
            return see_other(request, WEIGHTS, said=msg("权重第 {version} 版已公布。", version=made.version))
        except DisposalError as error:
            form.refuse(error)
    return await _weights(request, database, actor, form)


route_handlers = [months_page, freeze, explain, weights_page, save_weights]

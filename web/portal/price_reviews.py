"""A person of the case asks the court above to review a price, where no objection is accepted (V-32)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor
from valuation.objections.rules import SUPERVISION
from valuation.supervision.models import SupervisionGround
from valuation.supervision.queries import own_supervision
from valuation.supervision.review import ask_supervision
from valuation.supervision.rules import GROUND_LABELS, OUTCOME_LABELS
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

WORDS = {
    "supervision_grounds": GROUND_LABELS,
    "supervision_outcomes": OUTCOME_LABELS,
    "supervision": SUPERVISION,
}


@get("/my/price-reviews/{valuation_id:uuid}", include_in_schema=False)
async def show_review(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """What may be asked, and what was decided."""
    return await _show(request, database, require_login(visitor), valuation_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, valuation_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        own = await own_supervision(work, valuation_id)
    return page(
        request,
        "my/price_review.html",
        status=form.status,
        form=form,
        own=own,
        may_ask=own.asset.first_listed_at is None and all(each.outcome for each in own.requests),
        supervision_options=shown(
            request, [(each, GROUND_LABELS[SupervisionGround(each)]) for each in own.grounds]
        ),
        **WORDS,
    )


@post("/my/price-reviews/{valuation_id:uuid}", include_in_schema=False)
async def ask_review(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Ask."""
    actor = require_login(visitor)
    form = await read_form(request)
    ground = form.choice("ground", SupervisionGround)
    evidence = form.text("evidence", longest=2000, lines=True)
    if ground is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                own = await own_supervision(work, valuation_id)
                await ask_supervision(work, valuation_id, own.party.id, ground=ground, evidence=evidence)
            return see_other(
                request, f"/my/price-reviews/{valuation_id}", said=msg("申请已提交，由上级法院审查。")
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, valuation_id, form)


route_handlers = [show_review, ask_review]

"""After an unsold sell-off: the panel decides what becomes of the asset (X-09, X-12)."""

from typing import Any

from litestar import Response, get, post

from auction.in_kind.queries import offer_of_lot
from auction.in_kind.rules import STATE_LABELS as OFFER_LABELS
from auction.listing.models import LotState
from auction.listing.queries import lots_of_asset
from auction.unsold.decide import decide_unsold
from auction.unsold.models import UnsoldChoice
from auction.unsold.queries import decisions_on
from auction.unsold.rules import CHANGE_LABELS, CHOICE_LABELS
from core.clock import COURT_ZONE
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.labels import STATE_LABELS
from disposal_teams.assets.queries import open_own_asset
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import OFFER_TAGS, WORDS
from web.rendering import page, see_other, translated
from web.team.fields import panel_members
from web.team.labels import TAG_OF_STATE


@get("/team/assets/{asset_no:str}/unsold", include_in_schema=False)
async def show_unsold(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """What may follow, and what was decided."""
    return await _show(request, database, require_staff(visitor), asset_no, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form | None
) -> Response[Any]:
    async with database.begin(actor) as work:
        asset = await open_own_asset(work, asset_no)
        runs = await lots_of_asset(work, asset.id)
        last = runs[-1] if runs else None
        offer = await offer_of_lot(work, last.id) if last is not None else None
        decisions = await decisions_on(work, asset.id)
        today = work.now.astimezone(COURT_ZONE).date().isoformat()
    return page(
        request,
        "unsold/decide.html",
        status=form.status if form else 200,
        form=form or Form.blank(decided_on=today),
        subject=asset,
        last=last,
        offer=offer,
        decisions=decisions,
        is_unsold=last is not None and last.state == LotState.SELLOFF_FAILED,
        may_decide=may(actor, Permission.RECORD_PANEL_DECISION, court_code=asset.court_code),
        choices=[(str(each), translated(request, msg(label))) for each, label in CHOICE_LABELS.items()],
        changes=[(each, translated(request, msg(label))) for each, label in CHANGE_LABELS.items()],
        choice_labels=CHOICE_LABELS,
        change_labels=CHANGE_LABELS,
        state_labels=STATE_LABELS,
        asset_tags=TAG_OF_STATE,
        offer_labels=OFFER_LABELS,
        offer_tags=OFFER_TAGS,
        **WORDS,
    )


@post("/team/assets/{asset_no:str}/unsold", include_in_schema=False)
async def decide(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Record the decision."""
    actor = require_staff(visitor)
    form = await read_form(request)
    choice = form.choice("choice", UnsoldChoice)
    ground = form.choice("ground", CHANGE_LABELS, required=False) or ""
    reason = form.text("reason", longest=1000, lines=True)
    members = panel_members(form)
    decided_on = form.day("decided_on")
    if not form.is_bad and choice is not None and decided_on is not None:
        try:
            async with database.begin(actor) as work:
                asset = await open_own_asset(work, asset_no)
                await decide_unsold(
                    work,
                    asset.id,
                    choice=choice,
                    ground=ground,
                    reason=reason,
                    members=members,
                    decided_on=decided_on,
                )
            return see_other(request, f"/team/assets/{asset_no}/unsold", said=msg("后续处理的决定已记录。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, asset_no, form)


route_handlers = [show_unsold, decide]

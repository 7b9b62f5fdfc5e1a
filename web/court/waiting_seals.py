"""Register the court's waiting seal on an asset of another court, found by its registry number (A-04)."""

from typing import Any

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from disposal_teams.assets.models import SealKind
from disposal_teams.assets.queries import asset_by_identifier
from disposal_teams.assets.seal import record_seal
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.labels import SEAL_KIND_OPTIONS, shown


def _page(request: AnyRequest, form: Form) -> Response[Any]:
    return page(
        request,
        "court/waiting_seal_form.html",
        status=form.status,
        form=form,
        seal_kinds=shown(request, SEAL_KIND_OPTIONS),
    )


@get("/court/waiting-seals/new", include_in_schema=False)
async def waiting_seal_form(request: AnyRequest, visitor: Visitor) -> Response[Any]:
    """The form."""
    require_staff(visitor)
    return _page(request, Form.blank(seal_kind="enforcement"))


@post("/court/waiting-seals", include_in_schema=False)
async def add_waiting_seal(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Record the seal; the file of the asset stays closed to the court (P-03)."""
    actor = require_staff(visitor)
    form = await read_form(request)
    identifier = form.text("identifier", longest=80)
    case_no = form.text("case_no", longest=60)
    registered_on = form.day("registered_on")
    expires_on = form.day("expires_on", required=False)
    kind = form.choice("seal_kind", SealKind)
    claim_fen = form.yuan("claim", required=False)
    if not form.is_bad and registered_on is not None:
        try:
            async with database.begin(actor) as work:
                subject = await asset_by_identifier(work, identifier)
                if subject is None:
                    raise NotFound(
                        msg(
                            "没有找到权证号或编号为 {identifier} 的标的物。请核对，或由首封法院先登记。",
                            identifier=identifier,
                        )
                    )
                seal = await record_seal(
                    work,
                    subject,
                    case_no=case_no,
                    registered_on=registered_on,
                    expires_on=expires_on,
                    kind=kind or SealKind.ENFORCEMENT,
                    claim_fen=claim_fen,
                    has_priority_right=form.flag("has_priority_right"),
                    is_registered=not form.flag("is_unregistered"),
                )
            said = msg("已登记为第 {position} 顺位轮候查封。", position=seal.position)
            return see_other(request, "/court", said=said)
        except DisposalError as error:
            form.refuse(error)
    return _page(request, form)


route_handlers = [waiting_seal_form, add_waiting_seal]

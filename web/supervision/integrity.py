"""What the self-check found, for the intermediate court: each fault stays until somebody has explained it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.transparency.alarm import explain_fault
from auction.transparency.models import FaultKind
from auction.transparency.queries import faults, log_health
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Role
from web.access.guards import require_role
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other

PATH = "/supervision/integrity"

FAULTS: dict[FaultKind, Message] = {
    FaultKind.BID_CHANGED: msg("出价记录与已公布的哈希链不符"),
    FaultKind.BIDS_MISSING: msg("已公布的出价记录缺失"),
    FaultKind.BIDDER_DIFFERS: msg("竞买代码与报名记录不符"),
    FaultKind.DECISION_DIFFERS: msg("出价裁定或结束时间与规则重算结果不符"),
    FaultKind.STANDING_DIFFERS: msg("竞价当前状态与出价记录不符"),
    FaultKind.TERMS_CHANGED: msg("竞价规则与已公布的不符"),
    FaultKind.RESULT_DIFFERS: msg("成交结果与已公布的不符"),
    FaultKind.LEAF_CHANGED: msg("公开日志条目被改动"),
    FaultKind.CHECKPOINT_CHANGED: msg("检查点被改动或签名不符"),
    FaultKind.LOG_CUT_OFF: msg("公开日志、检查点或标的监视缺失"),
    FaultKind.AUDIT_CHANGED: msg("审计记录被改动"),
    FaultKind.TIME_STAMP_INVALID: msg("检查点的时间戳无效"),
    FaultKind.CEILING_CHANGED: msg("委托限价记录与公开日志中的承诺值不符"),
}


@get(PATH, include_in_schema=False)
async def integrity_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Open faults with the form to explain each, explained ones, and how far the self-check has come."""
    require_role(visitor, Role.INTERMEDIATE_COURT)
    return await _page(request, database, visitor, Form.blank())


@post("/supervision/integrity/{fault_id:uuid}", include_in_schema=False)
async def explain(request: AnyRequest, database: Database, visitor: Visitor, fault_id: UUID) -> Response[Any]:
    """Say what was found out about a fault."""
    actor = require_role(visitor, Role.INTERMEDIATE_COURT)
    form = await read_form(request)
    explanation = form.text("explanation", longest=1000, lines=True)
    if form.is_bad:
        return await _page(request, database, visitor, form, refused=fault_id)
    try:
        async with database.begin(actor) as work:
            await explain_fault(work, fault_id, explanation=explanation)
        return see_other(request, PATH, said=msg("核查结论已记录。同一问题再次出现时会重新报警。"))
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    return await _page(request, database, visitor, form, refused=fault_id)


async def _page(
    request: AnyRequest, database: Database, visitor: Visitor, form: Form, *, refused: UUID | None = None
) -> Response[Any]:
    async with database.read(visitor.actor) as work:
        health = await log_health(work)
        open_, explained = await faults(work, explained=False), await faults(work, explained=True)
    return page(
        request,
        "supervision/integrity.html",
        status=form.status,
        form=form,
        refused_id=refused,
        health=health,
        open_faults=open_,
        explained=explained,
        labels={str(kind): label for kind, label in FAULTS.items()},
    )


route_handlers = [integrity_page, explain]

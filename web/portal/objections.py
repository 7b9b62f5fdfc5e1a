"""Object to a sale, and follow one's objection: supplement, withdraw, ask the court above (B-60, B-61)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.listing.catalogue import lot_page
from auction.objections.queries import courts_that_acted
from auction.objections.raise_objection import raise_objection
from core.database import Database
from core.documents import document_by_id
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor
from disposal_teams.assets.queries import asset_of
from disposal_teams.courts.queries import court_names
from disposal_teams.objections import rules
from disposal_teams.objections.models import Capacity, ObjectionKind, ObjectionState, Outcome
from disposal_teams.objections.queries import followed_objection, own_objections
from disposal_teams.objections.review import ask_reconsideration
from disposal_teams.objections.submit import supplement_objection, withdraw_objection
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import paper_answer
from web.rendering import page, see_other
from web.team.labels import shown

WORDS: dict[str, Any] = {
    "kind_labels": {kind: msg(label) for kind, label in rules.KIND_LABELS.items()},
    "capacity_labels": {capacity: msg(label) for capacity, label in rules.CAPACITY_LABELS.items()},
    "state_labels": {state: msg(label) for state, label in rules.STATE_LABELS.items()},
    "outcome_labels": {outcome: msg(label) for outcome, label in rules.OUTCOME_LABELS.items()},
    "remedy_labels": {remedy: msg(label) for remedy, label in rules.REMEDY_LABELS.items()},
    "objection_tags": {ObjectionState.FINAL: "", ObjectionState.FILED: "warn"},
}
"""What the templates of objections need."""


@get("/lots/{lot_no:str}/objection", include_in_schema=False)
async def objection_form(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """The form."""
    actor = require_login(visitor)
    return await _form(request, database, actor, lot_no, Form.blank())


async def _form(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        found = await lot_page(work, lot_no)
        acted = await courts_that_acted(work, found.lot.asset_id, found.asset.court_code)
        names = await court_names(work)
        now = work.now
    return page(
        request,
        "objections/new.html",
        status=form.status,
        form=form,
        lot=found.lot,
        parts=[(part["asset_no"], part["title"]) for part in found.parts],
        court=found.court,
        kinds=shown(request, [(str(kind), msg(label)) for kind, label in rules.KIND_LABELS.items()]),
        capacities=shown(request, [(str(each), msg(label)) for each, label in rules.CAPACITY_LABELS.items()]),
        courts=shown(request, [(code, msg(names[code])) for code in acted]),
        server_time=now,
    )


@post("/lots/{lot_no:str}/objection", include_in_schema=False)
async def hand_in_objection(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Hand it in."""
    actor = require_login(visitor)
    form = await read_form(request)
    kind = form.choice("kind", tuple(ObjectionKind))
    capacity = form.choice("capacity", tuple(Capacity))
    claim = form.text("claim", longest=500, lines=True)
    reasons = form.text("reasons", longest=2000, lines=True)
    evidence = form.text("evidence", required=False, longest=1000, lines=True)
    act_court = form.text("act_court", required=False, longest=8)
    asset_no = form.text("asset_no", required=False, longest=30)
    form.flag("true_statement", required=True)
    if kind is not None and capacity is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                found = await lot_page(work, lot_no)
                made = await raise_objection(
                    work,
                    found.lot,
                    kind=kind,
                    capacity=capacity,
                    claim=claim,
                    reasons=reasons,
                    evidence=evidence,
                    act_court=act_court,
                    asset_no=asset_no,
                )
            return see_other(
                request, f"/my/objections/{made.id}", said=msg("异议已提交，法院三日内决定是否立案。")
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _form(request, database, actor, lot_no, form)


@get("/my/objections", include_in_schema=False)
async def my_objections(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What the person has raised."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        rows = [(each, await asset_of(work, each.asset_id)) for each in await own_objections(work)]
        now = work.now
    return page(request, "objections/mine.html", rows=rows, server_time=now, **WORDS)


@get("/my/objections/{objection_id:uuid}", include_in_schema=False)
async def my_objection(
    request: AnyRequest, database: Database, visitor: Visitor, objection_id: UUID
) -> Response[Any]:
    """One objection, for its filer or a party of the case."""
    actor = require_login(visitor)
    return await _show(request, database, actor, objection_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, objection_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        objection = await followed_objection(work, objection_id)
        asset = await asset_of(work, objection.asset_id)
        names = await court_names(work)
        now = work.now
    is_filer = objection.filer_account_id == actor.account_id
    goes_up = objection.outcome is not None and not rules.goes_to_suit(
        ObjectionKind(objection.kind), Outcome(objection.outcome)
    )
    return page(
        request,
        "objections/my_objection.html",
        status=form.status,
        form=form,
        objection=objection,
        subject=asset,
        courts=names,
        next_step=rules.next_step(ObjectionState(objection.state), ObjectionKind(objection.kind)),
        is_filer=is_filer,
        may_supplement=is_filer
        and objection.supplement_asked_at is not None
        and objection.supplemented_at is None
        and objection.state == ObjectionState.FILED,
        may_withdraw=is_filer and objection.state in (ObjectionState.FILED, ObjectionState.UNDER_REVIEW),
        may_ask=objection.state == ObjectionState.RULED and objection.served_at is not None and goes_up,
        server_time=now,
        **WORDS,
    )


@post("/my/objections/{objection_id:uuid}/{step:str}", include_in_schema=False)
async def my_step(
    request: AnyRequest, database: Database, visitor: Visitor, objection_id: UUID, step: str
) -> Response[Any]:
    """Supplement, withdraw, or ask the court above."""
    actor = require_login(visitor)
    form = await read_form(request)
    said: Message
    try:
        async with database.begin(actor) as work:
            if step == "supplement":
                await supplement_objection(work, objection_id, evidence=form.text("evidence", lines=True))
                said = msg("补充材料已提交。")
            elif step == "withdraw":
                await withdraw_objection(work, objection_id)
                said = msg("异议已撤回。")
            elif step == "reconsideration":
                await ask_reconsideration(work, objection_id, reasons=form.text("reasons", lines=True))
                said = msg("复议申请已提交上一级法院。")
            else:
                raise NotFound(msg("没有这个步骤。"))
        return see_other(request, f"/my/objections/{objection_id}", said=said)
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    return await _show(request, database, actor, objection_id, form)


@get("/my/objections/{objection_id:uuid}/papers/{document_id:uuid}", include_in_schema=False)
async def my_paper(
    database: Database, visitor: Visitor, objection_id: UUID, document_id: UUID
) -> Response[Any]:
    """A ruling, for the filer and the parties."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        objection = await followed_objection(work, objection_id)
        if document_id not in (objection.ruling_document_id, objection.review_document_id):
            raise NotFound(msg("没有找到该文书。"))
        paper = await document_by_id(work, document_id)
    return paper_answer(paper)


route_handlers = [
    objection_form,
    hand_in_objection,
    my_objections,
    my_objection,
    my_step,
    my_paper,
]

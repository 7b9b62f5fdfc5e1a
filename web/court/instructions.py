"""The court's post of instructions: inbox, outbox, many at once, and a new one begun from a case or an asset (T-25)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.errors import DisposalError, InvalidInput
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.queries import asset_by_number, assets_of_case, assets_sealed_for
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.queries import open_case_file, parties_of
from disposal_teams.courts.queries import court_names
from disposal_teams.instructions.draft import draft_instruction
from disposal_teams.instructions.kinds import KINDS
from disposal_teams.instructions.models import InstructionKind, InstructionState, Urgency
from disposal_teams.instructions.queries import (
    Box,
    Filter,
    Position,
    box_counts,
    box_page,
    colleagues,
)
from disposal_teams.instructions.receive import MOST_AT_ONCE, assign_many, sign_in_many
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.court.instruction_words import WORDS, choices
from web.forms import Form, query_form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

ROWS = 50
FILTERS = ("box", "state", "kind", "urgency", "overdue", "number")


@get("/court/instructions", include_in_schema=False)
async def instruction_box(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Inbox or outbox of the court with its figures, what is due first in front."""
    return await _box(request, database, require_staff(visitor), Form.blank())


async def _box(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    query = query_form(request)
    box = query.choice("box", Box, required=False) or Box.IN
    wanted = Filter(
        state=query.choice("state", InstructionState, required=False),
        kind=query.choice("kind", InstructionKind, required=False),
        urgency=query.choice("urgency", Urgency, required=False),
        only_overdue=query.flag("overdue"),
        number=query.text("number", required=False, longest=40),
    )
    court = actor.court_code or ""
    async with database.read(actor) as work:
        found = await box_page(work, court, box, wanted, after=_position(query), limit=ROWS)
        counts = await box_counts(work, court, box)
        dispatches = box is Box.IN and may(actor, Permission.DISPATCH_INSTRUCTION, court_code=court)
        people = await colleagues(work, court) if dispatches and found.rows else []
        names = await court_names(work)
        now = work.now
    kept = {name: query.value(name) for name in FILTERS if query.value(name)}
    following = None
    if found.after is not None:
        due = found.after.due_at.isoformat() if found.after.due_at else ""
        following = "/court/instructions?" + urlencode({**kept, "due": due, "after": str(found.after.id)})
    return page(
        request,
        "instructions/box.html",
        status=form.status,
        form=form if form.refused else query,
        box=box,
        rows=found.rows,
        counts=counts,
        open_states=[state for state in counts.by_state if state != InstructionState.DRAFT],
        drafts=counts.by_state.get(InstructionState.DRAFT, 0),
        next_href=following,
        first_href="/court/instructions?" + urlencode(kept) if query.value("after") else None,
        people=people,
        dispatches=dispatches,
        most=MOST_AT_ONCE,
        courts=names,
        now=now,
        server_time=now,
        **choices(request),
        **WORDS,
    )


def _position(query: Form) -> Position | None:
    if not query.value("after"):
        return None
    after = query.identifier("after")
    try:
        due = datetime.fromisoformat(query.value("due")) if query.value("due") else None
    except ValueError:
        due = None
    if due is not None and due.tzinfo is None:
        due = None
    return Position(due, after) if after is not None else None


@post("/court/instructions/many", include_in_schema=False)
async def many_at_once(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The command centre signs in, or gives to one person, everything that is ticked."""
    actor = require_staff(visitor)
    form = await read_form(request)
    chosen = form.identifiers("instruction")
    to_assign = form.value("act") == "assign"
    person = form.identifier("assignee") if to_assign else None
    if form.is_bad:
        form.refuse(InvalidInput(msg("请勾选指令；分派时还须选择承办人。"), fields=form.errors))
        return await _box(request, database, actor, form)
    try:
        async with database.begin(actor) as work:
            if person is not None:
                done, refused = await assign_many(work, chosen, person)
            else:
                done, refused = await sign_in_many(work, chosen)
    except DisposalError as error:
        form.refuse(error)
        return await _box(request, database, actor, form)
    return see_other(request, "/court/instructions", said=_said(done, refused))


def _said(done: int, refused: list[Message]) -> Message:
    if refused:
        return msg("已办理 {done} 份，{left} 份未办理：{why}", done=done, left=len(refused), why=refused[0])
    return msg("已办理 {done} 份。", done=done)


@get("/court/instructions/new", include_in_schema=False)
async def instruction_form(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """A new instruction, with the parties, the asset and the papers of the case to choose from."""
    actor = require_staff(visitor)
    query = query_form(request)
    form = Form.blank(
        case=query.value("case")[:40],
        asset=query.value("asset")[:30],
        kind=query.value("kind")[:20] or str(InstructionKind.FIND),
        urgency=str(Urgency.NORMAL),
        to_court=query.value("to")[:8],
    )
    return await _form_page(request, database, actor, form)


async def _form_page(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        case_id = form.identifier("case")
        if case_id is None:
            return see_other(request, "/team/cases", said=msg("请从案件页面发起指令。"))
        case = await open_case_file(work, case_id)
        names = await court_names(work)
        parties = await parties_of(work, case.id)
        own = await assets_of_case(work, case.id)
        waited = await assets_sealed_for(work, case.case_no)
        assets = {each.id: each for each in [*own, *waited]}.values()
        kind = next((each for each in InstructionKind if each == form.value("kind")), InstructionKind.FIND)
    return page(
        request,
        "instructions/new.html",
        status=form.status,
        form=form,
        case=case,
        parties=parties,
        assets=[(each.asset_no, f"{each.asset_no} {each.title}") for each in assets],
        court_options=shown(
            request, [(code, msg(name)) for code, name in names.items() if code != case.court_code]
        ),
        chosen_kind=KINDS[kind],
        role_labels=PARTY_ROLE_LABELS,
        **choices(request),
        **WORDS,
    )


@post("/court/instructions", include_in_schema=False)
async def create_instruction(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Keep the draft; papers are added and it is sent from its own page."""
    actor = require_staff(visitor)
    form = await read_form(request)
    case_id = form.identifier("case")
    kind = form.choice("kind", InstructionKind)
    urgency = form.choice("urgency", Urgency)
    to_court = form.text("to_court", longest=8)
    subject = form.text("subject", longest=120)
    request_text = form.text("request", longest=2000, lines=True)
    linked = form.text("linked_case_no", required=False, longest=60)
    wanted_on = form.day("wanted_on", required=False)
    parties = [UUID(each) for each in form.many("party") if _is_uuid(each)]
    if case_id is not None and kind is not None and urgency is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                made = await draft_instruction(
                    work,
                    case_id=case_id,
                    kind=kind,
                    to_court=to_court,
                    subject=subject,
                    request=request_text,
                    urgency=urgency,
                    asset_id=await _asset_id(work, form),
                    party_ids=parties,
                    wanted_on=wanted_on,
                    linked_case_no=linked,
                )
            return see_other(
                request, f"/court/instructions/{made.id}", said=msg("已保存草稿。核对材料后提交发出。")
            )
        except DisposalError as error:
            form.refuse(error)
    return await _form_page(request, database, actor, form)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def _asset_id(work: Work, form: Form) -> UUID | None:
    number = form.text("asset", required=False, longest=30)
    if not number:
        return None
    asset = await asset_by_number(work, number)
    if asset is None:
        raise InvalidInput(
            msg("指令内容有误，请按提示修改。"), fields={"asset": msg("请从列出的选项中选择。")}
        )
    return asset.id


route_handlers = [instruction_box, many_at_once, instruction_form, create_instruction]

"""Cases of the court and their parties."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.errors import DisposalError
from core.i18n import msg
from core.identity import Permission, may
from core.identity_number import masked_number
from disposal_teams.assets.labels import KIND_LABELS, STATE_LABELS
from disposal_teams.assets.queries import assets_of_case
from disposal_teams.cases.correct_claim import correct_claim
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import CREDITORS, PartyRole
from disposal_teams.cases.queries import cases_of_court, claims_of, linked_cases, open_case_file, parties_of
from disposal_teams.cases.register import add_party, register_case
from disposal_teams.cases.sealing import unseal_identity
from disposal_teams.conclusions.models import ConclusionState
from disposal_teams.conclusions.queries import conclusions_of, conclusions_of_court
from disposal_teams.conclusions.rules import WAY_LABELS
from disposal_teams.courts.queries import court_names, court_of
from disposal_teams.instructions.kinds import KIND_LABELS as INSTRUCTION_KIND_LABELS
from disposal_teams.instructions.progress import may_own
from disposal_teams.instructions.queries import instructions_of
from disposal_teams.instructions.rules import STATE_LABELS as INSTRUCTION_STATE_LABELS
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out, named_among
from web.forms import Form, query_form, read_form
from web.rendering import page, see_other
from web.team.labels import (
    CASE_STATE_LABELS,
    COURSE_LABELS,
    PARTY_ROLE_OPTIONS,
    TAG_OF_STATE,
    shown,
)


@get("/team/cases", include_in_schema=False)
async def case_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The court's cases, newest first, with the form for a new one."""
    actor = require_staff(visitor)
    form = query_form(request)
    return await _list_page(request, database, actor.court_code or "", form, visitor)


async def _list_page(
    request: AnyRequest, database: Database, court_code: str, form: Form, visitor: Visitor
) -> Response[Any]:
    query = query_form(request)
    search = query.text("q", required=False, longest=60)
    after = query.identifier("after") if query.value("after") else None
    async with database.read(visitor.actor) as work:
        found = await cases_of_court(work, court_code, search=search, after=after, limit=30)
        court = await court_of(work, court_code)
        proposed = await conclusions_of_court(work, court_code, ConclusionState.PROPOSED)
    kept = {"q": search} if search else {}
    following = {**kept, "after": str(found.next_after)}
    return page(
        request,
        "team/cases.html",
        status=form.status,
        form=form,
        cases=found.cases,
        proposed=proposed,
        way_labels=WAY_LABELS,
        case_states=CASE_STATE_LABELS,
        court=court,
        search=search,
        next_href=f"/team/cases?{urlencode(following)}" if found.next_after else None,
        first_href="/team/cases?" + urlencode(kept) if after else None,
        may_register=may(visitor.actor, Permission.REGISTER_ASSET, court_code=court_code),
    )


@post("/team/cases", include_in_schema=False)
async def create_case(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Register a case."""
    actor = require_staff(visitor)
    form = await read_form(request)
    case_no = form.text("case_no", longest=60)
    filed_on = form.day("filed_on")
    cause = form.text("cause", longest=80)
    claim_fen = form.yuan("claim_fen", required=False)
    if filed_on is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                case = await register_case(
                    work, case_no=case_no, filed_on=filed_on, cause=cause, claim_fen=claim_fen
                )
            return see_other(request, f"/team/cases/{case.id}", said=msg("案件已登记。"))
        except DisposalError as error:
            form.refuse(error)
    return await _list_page(request, database, actor.court_code or "", form, visitor)


@get("/team/cases/{case_id:uuid}", include_in_schema=False)
async def case_page(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """A case with its parties and assets."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        return await _case_page(request, work, case_id, Form.blank(role="applicant", is_natural_person="1"))


async def _case_page(request: AnyRequest, work: Work, case_id: UUID, form: Form) -> Response[Any]:
    case = await open_case_file(work, case_id)
    parties = await parties_of(work, case.id)
    numbers = {
        party.id: masked_number(unseal_identity(party.identity_sealed, party_id=party.id))
        for party in parties
        if party.identity_sealed is not None
    }
    return page(
        request,
        "team/case.html",
        status=form.status,
        form=form,
        case=case,
        parties=parties,
        claims=await claims_of(work, case.id),
        linked=await linked_cases(work, case),
        creditors=[(party.id, party.name) for party in parties if party.role in CREDITORS],
        numbers=numbers,
        role_labels=PARTY_ROLE_LABELS,
        roles=shown(request, PARTY_ROLE_OPTIONS),
        assets=await assets_of_case(work, case.id),
        courts=await court_names(work),
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        state_tags=TAG_OF_STATE,
        instructions=await instructions_of(work, case_id=case.id),
        instruction_kinds=INSTRUCTION_KIND_LABELS,
        instruction_states=INSTRUCTION_STATE_LABELS,
        may_instruct=may_own(work, Permission.SEND_INSTRUCTION, case.court_code),
        course_labels=COURSE_LABELS,
        case_states=CASE_STATE_LABELS,
        way_labels=WAY_LABELS,
        concluded=next(
            (each for each in await conclusions_of(work, case.id) if each.concluded_on is not None), None
        ),
        may_register=may(work.actor, Permission.REGISTER_ASSET, court_code=case.court_code),
    )


@post("/team/cases/{case_id:uuid}/parties", include_in_schema=False)
async def create_party(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """Add a person to the case."""
    actor = require_staff(visitor)
    form = await read_form(request)
    role = form.choice("role", PartyRole)
    name = form.text("name", longest=80)
    number = form.text("identity_number", required=False, longest=30)
    phone = form.text("phone", required=False, longest=30)
    address = form.text("address", required=False, longest=200)
    claim_fen = form.yuan("claim_fen", required=False)

    async def act(work: Work) -> None:
        assert role is not None
        await add_party(
            work,
            await open_case_file(work, case_id),
            role=role,
            name=name,
            is_natural_person=form.flag("is_natural_person"),
            identity_number=number,
            phone=phone,
            address=address,
            is_reachable=not form.flag("unreachable"),
            claim_fen=claim_fen,
        )

    if await carried_out(database, actor, form, act):
        return see_other(request, f"/team/cases/{case_id}", said=msg("当事人已登记。"))
    async with database.read(actor) as work:
        return await _case_page(request, work, case_id, form)


@post("/team/cases/{case_id:uuid}/claims", include_in_schema=False)
async def change_claim(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """Correct what a creditor still claims."""
    actor = require_staff(visitor)
    form = await read_form(request)
    party_id = form.identifier("party_id")
    claim_fen = form.yuan("new_claim")
    reason = form.text("claim_reason", longest=200)

    async def act(work: Work) -> None:
        case = await open_case_file(work, case_id)
        own = named_among(await parties_of(work, case.id), party_id, msg("没有找到该当事人。"))
        await correct_claim(work, own, claim_fen=claim_fen, reason=reason)

    if await carried_out(database, actor, form, act):
        return see_other(request, f"/team/cases/{case_id}", said=msg("债权数额已更正。"))
    async with database.read(actor) as work:
        return await _case_page(request, work, case_id, form)


route_handlers = [case_list, create_case, case_page, create_party, change_claim]

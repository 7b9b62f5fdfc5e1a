"""Assets of the court: list, registration with seal, the file, the seal chain."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from auction.listing.queries import lots_of_asset
from core.database import Database, Work
from core.deadlines.rules import day_in_court
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, Role, may
from core.legal_settings import legal
from disposal_teams.assets.labels import (
    KIND_LABELS,
    LEASE_LABELS,
    SEAL_KIND_LABELS,
    SEAL_STATE_LABELS,
    SOLE_HOME_LABELS,
    STATE_LABELS,
)
from disposal_teams.assets.models import Asset, AssetKind, AssetState, SealKind
from disposal_teams.assets.queries import asset_file, asset_of, open_own_asset, papers_of_asset, work_list
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.rules import IN_FORCE
from disposal_teams.assets.seal import record_seal, release_seal, renew_seal
from disposal_teams.assets.story import tell
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import case_by_number, case_of, parties_of
from disposal_teams.cases.register import register_case
from disposal_teams.cases.rules import normalise_case_number
from disposal_teams.courts.queries import court_names, teams_of
from disposal_teams.forbearance.queries import hardships_to_mind, live_seal_in_force
from disposal_teams.forbearance.rules import HARDSHIP_KIND_LABELS, HARDSHIP_LABELS
from disposal_teams.instructions.kinds import KIND_LABELS as INSTRUCTION_KIND_LABELS
from disposal_teams.instructions.progress import may_own
from disposal_teams.instructions.queries import instructions_of
from disposal_teams.instructions.rules import STATE_LABELS as INSTRUCTION_STATE_LABELS
from disposal_teams.surveys.conduct import latest_survey, lines_of, open_survey
from disposal_teams.surveys.matrix import required_items
from disposal_teams.surveys.rules import is_fresh
from disposal_teams.transfers.queries import court_moves, transfers_of_asset
from disposal_teams.transfers.rules import STATE_LABELS as TRANSFER_STATE_LABELS
from valuation.reference_price import reference_price_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.portal.words import ROUNDS
from web.portal.words import STATES as RUN_STATES
from web.rendering import page, refusal, see_other
from web.team.course import course_of
from web.team.fields import as_refusal, square_metres
from web.team.labels import (
    KIND_OPTIONS,
    SEAL_KIND_OPTIONS,
    STATE_OPTIONS,
    TAG_OF_STATE,
    shown,
)

PAGE = 30


NEWEST, EVERYTHING = 100, 5000
"""Events of the story that a page shows at first, and when all are asked for."""


@get("/team/assets", include_in_schema=False)
async def asset_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The work list with filters and search; the intermediate court may look at any court."""
    actor = require_staff(visitor)
    form = query_form(request)
    state = form.choice("state", AssetState, required=False)
    kind = form.choice("kind", AssetKind, required=False)
    search = form.text("q", required=False, longest=60)
    after = form.identifier("after") if form.value("after") else None
    court = _court_asked_for(actor, form)
    async with database.read(actor) as work:
        found = await work_list(
            work, court_code=court, state=state, kind=kind, search=search, after=after, limit=PAGE
        )
        names = await court_names(work)
    return page(
        request,
        "team/assets.html",
        form=form,
        assets=found.assets,
        next_href=_more(form, found.next_after),
        first_href=_more(form, None) if after else None,
        court=court,
        courts=names,
        sees_all=actor.has(Role.INTERMEDIATE_COURT),
        kinds_shown=shown(request, KIND_OPTIONS),
        states_shown=shown(request, STATE_OPTIONS),
        courts_shown=shown(request, [(code, msg(name)) for code, name in names.items()]),
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        state_tags=TAG_OF_STATE,
    )


def _court_asked_for(actor: Actor, form: Form) -> str | None:
    if not actor.has(Role.INTERMEDIATE_COURT):
        return actor.court_code
    return form.text("court", required=False, longest=8) or None


def _more(form: Form, after: UUID | None) -> str | None:
    kept = {name: form.value(name) for name in ("court", "state", "kind", "q") if form.value(name)}
    if after is not None:
        kept["after"] = str(after)
    elif not form.value("after"):
        return None
    return "/team/assets" + (f"?{urlencode(kept)}" if kept else "")


@get("/team/assets/new", include_in_schema=False)
async def asset_form(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The form for registering an asset with its first seal."""
    actor = require_staff(visitor)
    form = Form.blank(
        kind="real_estate", seal_kind="enforcement", case_no=query_form(request).value("case")[:60]
    )
    return await _form_page(request, database, actor, form)


async def _form_page(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        teams = await teams_of(work, actor.court_code or "")
    return page(
        request,
        "team/asset_form.html",
        form=form,
        status=form.status,
        kinds=shown(request, KIND_OPTIONS),
        seal_kinds=shown(request, SEAL_KIND_OPTIONS),
        teams=[(str(team.id), team.name) for team in teams],
    )


@post("/team/assets", include_in_schema=False)
async def create_asset(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Register the case if it is new, the asset, and its seal, all in one transaction."""
    actor = require_staff(visitor)
    form = await read_form(request)
    case_no = form.text("case_no", longest=60)
    filed_on = form.day("filed_on", required=False)
    cause = form.text("cause", required=False, longest=80)
    claim_fen = form.yuan("claim", required=False)
    kind = form.choice("kind", AssetKind)
    title = form.text("title", longest=200)
    location = form.text("location", required=False, longest=200)
    district = form.text("district", required=False, longest=40)
    registry_no = form.text("registry_no", required=False, longest=80)
    owner_name = form.text("owner_name", required=False, longest=80)
    area = square_metres(form, "area_m2")
    team_id = form.identifier("team_id") if form.value("team_id") else None
    attributes = {name: True for name in ("under_construction", "is_food") if form.flag(name)}
    sealed_on = form.day("sealed_on", required=False)
    expires_on = form.day("expires_on", required=False)
    seal_kind = form.choice("seal_kind", SealKind)
    if not form.is_bad and kind is not None:
        try:
            async with database.begin(actor) as work:
                case = await case_by_number(work, normalise_case_number(case_no))
                if case is None:
                    case = await _new_case(work, form, case_no, filed_on, cause, claim_fen)
                if case is not None:
                    made = await register_asset(
                        work,
                        case=case,
                        kind=kind,
                        title=title,
                        location=location,
                        district=district,
                        registry_no=registry_no,
                        owner_name=owner_name,
                        area_m2=area,
                        team_id=team_id,
                        attributes=attributes,
                    )
                    if sealed_on is not None:
                        await record_seal(
                            work,
                            made,
                            case_no=case.case_no,
                            registered_on=sealed_on,
                            expires_on=expires_on,
                            kind=seal_kind or SealKind.ENFORCEMENT,
                            claim_fen=case.claim_fen,
                        )
            if case is not None:
                return see_other(
                    request,
                    f"/team/assets/{made.asset_no}",
                    said=msg("标的物 {number} 已登记。", number=made.asset_no),
                )
        except DisposalError as error:
            form.refuse(error)
    return await _form_page(request, database, actor, form)


async def _new_case(
    work: Work, form: Form, case_no: str, filed_on: Any, cause: str, claim_fen: int
) -> EnforcementCase | None:
    if filed_on is None:
        form.errors["filed_on"] = msg("该案件尚未登记，请填写立案日期。")
    if not cause:
        form.errors["cause"] = msg("该案件尚未登记，请填写案由。")
    if form.errors:
        return None
    return await register_case(work, case_no=case_no, filed_on=filed_on, cause=cause, claim_fen=claim_fen)


@get("/team/assets/{asset_no:str}", include_in_schema=False)
async def asset_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The file of an asset. Reading another court's file is recorded, therefore a writing transaction (P-03)."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        everything = query_form(request).value("all") == "1"
        return await _file_page(request, work, subject, Form.blank(), everything=everything)


async def _file_page(
    request: AnyRequest, work: Work, subject: Asset, form: Form, *, everything: bool = False
) -> Response[Any]:
    actor = work.actor
    shown_events = EVERYTHING if everything else NEWEST
    file = await asset_file(work, subject, limit=shown_events)
    names, transfers = await court_names(work), await transfers_of_asset(work, subject.id)
    moves, runs = await court_moves(work, subject.id), await lots_of_asset(work, subject.id)
    case = await case_of(work, subject.case_id)
    survey = await latest_survey(work, subject.id)
    today = day_in_court(work.now)
    return page(
        request,
        "team/asset.html",
        status=form.status,
        form=form,
        subject=subject,
        seals=file.seals,
        story=tell(file.timeline),
        case=case,
        parties=await parties_of(work, case.id),
        party_labels=PARTY_ROLE_LABELS,
        survey=survey,
        survey_fresh=survey is not None
        and is_fresh(survey.surveyed_on, max(today, survey.surveyed_on), days=legal().survey_fresh_days),
        survey_lines=len(await lines_of(work, survey.id)) if survey else 0,
        survey_needed=len(required_items(AssetKind(subject.kind), subject.attributes)),
        open_survey=await open_survey(work, subject.id),
        price=await reference_price_of(work, subject.id),
        live_seal=await live_seal_in_force(work, subject.id),
        hardships=await hardships_to_mind(work, case.id),
        hardship_kinds=HARDSHIP_KIND_LABELS,
        hardship_labels=HARDSHIP_LABELS,
        runs=list(reversed(runs)),
        rounds=ROUNDS,
        run_states=RUN_STATES,
        papers=await papers_of_asset(work, subject.id),
        transfers=transfers,
        course=course_of(
            names,
            registered_at=subject.created_at,
            first_court=str(moves[0].details["before"]) if moves else subject.court_code,
            moves=moves,
            transfers=transfers,
            runs=runs,
        ),
        has_more=len(file.timeline) == shown_events and not everything,
        transfer_labels=TRANSFER_STATE_LABELS,
        instructions=await instructions_of(work, asset_id=subject.id),
        instruction_kinds=INSTRUCTION_KIND_LABELS,
        instruction_states=INSTRUCTION_STATE_LABELS,
        may_instruct=may_own(work, Permission.SEND_INSTRUCTION, subject.court_code),
        courts=names,
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        state_tags=TAG_OF_STATE,
        lease_labels=LEASE_LABELS,
        home_labels=SOLE_HOME_LABELS,
        seal_kind_labels=SEAL_KIND_LABELS,
        seal_state_labels=SEAL_STATE_LABELS,
        seal_kinds=shown(request, SEAL_KIND_OPTIONS),
        in_force={str(state) for state in IN_FORCE},
        may_seal=may(actor, Permission.RECORD_SEAL, court_code=subject.court_code),
        may_survey=may(actor, Permission.SURVEY_ASSET, court_code=subject.court_code),
        today=today,
    )


@post("/team/assets/{asset_no:str}/seals", include_in_schema=False)
async def add_seal(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Record a seal at the end of the chain."""
    actor = require_staff(visitor)
    form = await read_form(request)
    case_no = form.text("case_no", longest=60)
    registered_on = form.day("registered_on")
    expires_on = form.day("expires_on", required=False)
    kind = form.choice("seal_kind", SealKind)
    creditor = form.text("creditor_name", required=False, longest=80)
    claim_fen = form.yuan("claim", required=False)
    if not form.is_bad and registered_on is not None:
        try:
            async with database.begin(actor) as work:
                subject = await open_own_asset(work, asset_no)
                await record_seal(
                    work,
                    subject,
                    case_no=case_no,
                    registered_on=registered_on,
                    expires_on=expires_on,
                    kind=kind or SealKind.ENFORCEMENT,
                    creditor_name=creditor,
                    claim_fen=claim_fen,
                    has_priority_right=form.flag("has_priority_right"),
                    is_registered=not form.flag("is_unregistered"),
                )
            return see_other(request, f"/team/assets/{asset_no}", said=msg("查封已登记。"))
        except NotFound:
            raise
        except DisposalError as error:
            refusal(request, error, form)
    async with database.begin(actor) as work:
        return await _file_page(request, work, await open_own_asset(work, asset_no), form)


@post("/team/seals/{seal_id:uuid}/renew", include_in_schema=False)
async def renew(request: AnyRequest, database: Database, visitor: Visitor, seal_id: UUID) -> Response[Any]:
    """Prolong a seal."""
    actor = require_staff(visitor)
    form = await read_form(request)
    until = form.day("new_expires_on")
    asked_on = form.day("asked_on", required=False)
    if until is None or form.is_bad:
        raise as_refusal(form)
    async with database.begin(actor) as work:
        seal = await renew_seal(
            work,
            seal_id,
            new_expires_on=until,
            reason=form.text("reason", required=False, longest=200),
            asked_on=asked_on,
        )
        subject = await asset_of(work, seal.asset_id)
    return see_other(request, f"/team/assets/{subject.asset_no}", said=msg("续封已登记。"))


@post("/team/seals/{seal_id:uuid}/release", include_in_schema=False)
async def release(request: AnyRequest, database: Database, visitor: Visitor, seal_id: UUID) -> Response[Any]:
    """Lift a seal."""
    actor = require_staff(visitor)
    form = await read_form(request)
    reason = form.text("reason", longest=200)
    if form.is_bad:
        raise as_refusal(form)
    async with database.begin(actor) as work:
        seal = await release_seal(work, seal_id, reason=reason)
        subject = await asset_of(work, seal.asset_id)
        own = may(actor, Permission.SEE_COURT_FILES, court_code=subject.court_code)
    return see_other(
        request, f"/team/assets/{subject.asset_no}" if own else "/team/assets", said=msg("查封已解除。")
    )


route_handlers = [asset_list, asset_form, create_asset, asset_page, add_seal, renew, release]

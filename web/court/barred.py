"""Who may not bid: declarations of staff, the team's lists, the default list, and hits for the restricted role (B-80…B-82)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.barred.decide_hit import decide_hit
from auction.barred.defaults import default_list
from auction.barred.hits import hits_of_court
from auction.barred.lists import (
    RELATIONS,
    TEAM_KINDS,
    declare_own,
    end_entry,
    helpers_of_court,
    list_helper,
    own_declarations,
)
from auction.barred.models import BarKind, HitStage, HitState
from auction.barred.rules import KIND_LABELS
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Role
from core.legal_settings import legal
from disposal_teams.assets.queries import asset_by_number
from disposal_teams.cases.queries import case_by_number
from disposal_teams.courts.queries import court_names
from web.access.guards import require_role, require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other

LISTERS = (Role.CLERK, Role.DISPOSAL_TEAM)
KINDS: dict[BarKind, Message] = {kind: msg(label) for kind, label in KIND_LABELS.items()}
RELATION_WORDS: dict[str, Message] = {code: msg(label) for code, label in RELATIONS.items()}
STAGES = {
    HitStage.REGISTRATION: msg("报名时"),
    HitStage.QUALIFICATION: msg("取得资格前"),
    HitStage.CONFIRMATION: msg("成交确认前"),
}
HIT_STATES = {
    HitState.NOTED: msg("已拒绝"),
    HitState.OPEN: msg("待核查"),
    HitState.CLEARED: msg("已排除"),
    HitState.UPHELD: msg("属实"),
}
HIT_TAGS = {HitState.OPEN: "bad", HitState.CLEARED: "good", HitState.UPHELD: "warn"}
REASONS = {
    "no_loan": msg("未能取得贷款"),
    "not_qualified": msg("不具备购房资格"),
    "price_regret": msg("认为价格过高"),
    "title_defect": msg("主张标的物存在瑕疵"),
    "other": msg("其他原因"),
}
FIELD_LABELS = {
    "relation": msg("关系"),
    "name": msg("姓名"),
    "number": msg("身份证号码"),
    "organisation": msg("单位"),
    "kind": msg("名单类别"),
    "asset_no": msg("标的物编号"),
    "case_no": msg("案号"),
    "reason": msg("核查结论"),
}


@get("/court/declarations", include_in_schema=False)
async def declarations(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What a person of the court has declared."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        return await _declarations(request, work, Form.blank())


async def _declarations(request: AnyRequest, work: Work, form: Form) -> Response[Any]:
    return page(
        request,
        "court/declarations.html",
        status=form.status,
        form=form,
        declared=await own_declarations(work),
        relations=RELATION_WORDS,
        city_wide=legal().staff_barred_city_wide,
        field_labels=FIELD_LABELS,
        server_time=work.now,
    )


@post("/court/declarations", include_in_schema=False)
async def declare(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Declare oneself or a near relative."""
    actor = require_staff(visitor)
    form = await read_form(request)
    relation = form.choice("relation", RELATIONS)
    name, number = form.text("name", longest=80), form.text("number", longest=30)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await declare_own(work, relation=relation or "", name=name, number=number)
            return see_other(request, "/court/declarations", said=msg("申报已登记。"))
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _declarations(request, work, form)


@post("/court/declarations/{entry_id:uuid}/end", include_in_schema=False)
async def end_declaration(
    request: AnyRequest, database: Database, visitor: Visitor, entry_id: UUID
) -> Response[Any]:
    """End one's own declaration."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        await end_entry(work, entry_id)
    return see_other(request, "/court/declarations", said=msg("该项申报已终止。"))


@get("/court/barred", include_in_schema=False)
async def lists(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The helpers that the court has listed."""
    actor = require_role(visitor, *LISTERS)
    async with database.read(actor) as work:
        return await _lists(request, work, Form.blank())


async def _lists(request: AnyRequest, work: Work, form: Form) -> Response[Any]:
    return page(
        request,
        "court/barred.html",
        status=form.status,
        form=form,
        listed=await helpers_of_court(work, work.actor.court_code or ""),
        kinds={kind: KINDS[kind] for kind in TEAM_KINDS},
        field_labels=FIELD_LABELS,
        server_time=work.now,
    )


@post("/court/barred", include_in_schema=False)
async def add_to_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """List a helper, or somebody in conflict with a case."""
    actor = require_role(visitor, *LISTERS)
    form = await read_form(request)
    kind = form.choice("kind", TEAM_KINDS)
    name, number = form.text("name", longest=80), form.text("number", longest=30)
    organisation = form.text("organisation", required=False, longest=80)
    asset_no = form.text("asset_no", required=False, longest=30)
    case_no = form.text("case_no", required=False, longest=40)
    if not form.is_bad and kind is not None:
        try:
            async with database.begin(actor) as work:
                asset = await asset_by_number(work, asset_no) if asset_no else None
                case = await case_by_number(work, case_no) if case_no else None
                if asset_no and asset is None:
                    form.errors["asset_no"] = msg("没有找到该标的物。")
                if case_no and case is None:
                    form.errors["case_no"] = msg("没有找到该案件。")
                if not form.is_bad:
                    await list_helper(
                        work,
                        kind=kind,
                        name=name,
                        number=number,
                        organisation=organisation,
                        asset_id=asset.id if asset else None,
                        case_id=case.id if case else None,
                    )
            if not form.is_bad:
                return see_other(request, "/court/barred", said=msg("名单已登记。"))
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _lists(request, work, form)


@post("/court/barred/{entry_id:uuid}/end", include_in_schema=False)
async def take_off_list(
    request: AnyRequest, database: Database, visitor: Visitor, entry_id: UUID
) -> Response[Any]:
    """Take a helper off the list."""
    actor = require_role(visitor, *LISTERS)
    async with database.begin(actor) as work:
        await end_entry(work, entry_id)
    return see_other(request, "/court/barred", said=msg("已从名单中移出。"))


@get("/court/defaults", include_in_schema=False)
async def defaults(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The default list of the city."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        return page(
            request,
            "court/defaults.html",
            listed=await default_list(work),
            courts=await court_names(work),
            scope=legal().default_bar_scope,
            months=legal().default_list_months,
            reasons=REASONS,
            now=work.now,
            server_time=work.now,
        )


@get("/court/barred-hits", include_in_schema=False)
async def hits(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Hits against the lists, for the restricted role."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    async with database.read(actor) as work:
        return await _hits(request, work, Form.blank())


async def _hits(request: AnyRequest, work: Work, form: Form) -> Response[Any]:
    return page(
        request,
        "court/barred_hits.html",
        status=form.status,
        form=form,
        hits=await hits_of_court(work),
        kinds=KINDS,
        stages=STAGES,
        hit_states=HIT_STATES,
        hit_tags=HIT_TAGS,
        field_labels=FIELD_LABELS,
        server_time=work.now,
    )


@post("/court/barred-hits/{hit_id:uuid}", include_in_schema=False)
async def decide(request: AnyRequest, database: Database, visitor: Visitor, hit_id: UUID) -> Response[Any]:
    """Clear a hit, or let it stand."""
    actor = require_role(visitor, Role.RISK_OFFICER)
    form = await read_form(request)
    stands = form.choice("decision", ("clear", "stand")) == "stand"
    reason = form.text("reason", longest=500)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await decide_hit(work, hit_id, stands=stands, reason=reason)
            said = msg("已认定属实，请依法办理撤销。") if stands else msg("已排除，成交确认继续。")
            return see_other(request, "/court/barred-hits", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _hits(request, work, form)


route_handlers = [
    declarations,
    declare,
    end_declaration,
    lists,
    add_to_list,
    take_off_list,
    defaults,
    hits,
    decide,
]

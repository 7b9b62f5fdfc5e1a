"""The court keeps its public phones and its talent pool; every court sees the expert committee."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database
from core.errors import DisposalError
from core.i18n import msg
from core.identity import STAFF_ROLES, Actor, Permission, may
from disposal_teams.courts.queries import court_names, staff_of
from disposal_teams.people.keep import add_phone, enter_talent, remove_phone
from disposal_teams.people.models import PhoneKind, Skill
from disposal_teams.people.queries import directory, expert_committee, pool_of, pool_of_all_courts
from disposal_teams.people.rules import PHONE_LABELS, SKILL_LABELS
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

PAGE = "/court/people"


@get(PAGE, include_in_schema=False)
async def people_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Phones, pool and experts."""
    return await _show(request, database, require_staff(visitor), Form.blank(kind="officer"))


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    court = actor.court_code or ""
    async with database.read(actor) as work:
        phones = (await directory(work, court)).get(court, [])
        pool = await pool_of(work, court)
        experts = await expert_committee(work)
        keeps = may(actor, Permission.KEEP_PEOPLE, court_code=court)
        staff = await staff_of(work, court, *STAFF_ROLES) if keeps else []
        names_experts = may(actor, Permission.ORDER_COURTS)
        if names_experts:
            own = {each.id for each in staff}
            others = [each.account for each in await pool_of_all_courts(work)]
            staff = [*staff, *(each for each in others if each.id not in own)]
        names = await court_names(work)
    return page(
        request,
        "people/people.html",
        status=form.status,
        form=form,
        phones=phones,
        pool=pool,
        experts=experts,
        keeps=keeps,
        staff=staff,
        courts=names,
        names_experts=names_experts,
        phone_labels=PHONE_LABELS,
        skill_labels=SKILL_LABELS,
        phone_kinds=shown(request, [(str(each), msg(label)) for each, label in PHONE_LABELS.items()]),
        skill_options=shown(request, [(str(each), msg(label)) for each, label in SKILL_LABELS.items()]),
    )


@post(PAGE + "/phones", include_in_schema=False)
async def publish_phone(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Publish an office phone."""
    actor = require_staff(visitor)
    form = await read_form(request)
    kind = form.choice("kind", PhoneKind)
    name, phone = form.text("name", longest=40), form.text("phone", longest=40)
    post_, hours = (
        form.text("post", required=False, longest=40),
        form.text("hours", required=False, longest=60),
    )
    if kind is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await add_phone(
                    work, actor.court_code or "", kind=kind, name=name, phone=phone, post=post_, hours=hours
                )
            return see_other(request, PAGE, said=msg("已公开在法院名录。"))
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


@post(PAGE + "/phones/{phone_id:uuid}/remove", include_in_schema=False)
async def withdraw_phone(
    request: AnyRequest, database: Database, visitor: Visitor, phone_id: UUID
) -> Response[Any]:
    """Take a phone out of the directory."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        await remove_phone(work, phone_id)
    return see_other(request, PAGE, said=msg("已从法院名录移除。"))


@post(PAGE + "/pool", include_in_schema=False)
async def put_into_pool(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Enter somebody with the skills, or change them."""
    actor = require_staff(visitor)
    form = await read_form(request)
    account = form.identifier("account")
    skills = [skill for skill in Skill if skill in form.many("skills")]
    merits = form.text("merits", required=False, longest=500, lines=True)
    chosen = form.flag("is_expert") if may(actor, Permission.ORDER_COURTS) else None
    if account is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await enter_talent(work, account, skills=skills, merits=merits, is_expert=chosen)
            return see_other(request, PAGE, said=msg("人才库已更新。"))
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, form)


route_handlers = [people_page, publish_phone, withdraw_phone, put_into_pool]

"""The survey table of an asset: findings with evidence, the lease, the home, completion (A-11…A-17)."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post

from core.database import Database, Work
from core.deadlines.rules import day_in_court
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Permission, may
from disposal_teams.assets.labels import KIND_LABELS, LEASE_LABELS, SOLE_HOME_LABELS, STATE_LABELS
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.courts.queries import court_names
from disposal_teams.surveys.conduct import (
    begin_survey,
    complete_survey,
    latest_survey,
    lines_of,
    open_survey,
    record_finding,
    record_lease_verdict,
    record_sole_home,
)
from disposal_teams.surveys.matrix import EVIDENCE_LABELS, needs_lease_verdict, required_items
from disposal_teams.surveys.models import EvidenceKind, Survey
from disposal_teams.surveys.rules import HomeFacts, LeaseFacts
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other, translated
from web.team.labels import TAG_OF_STATE


async def _page(request: AnyRequest, work: Work, subject: Asset, form: Form) -> Response[Any]:
    kind = AssetKind(subject.kind)
    items = required_items(kind, subject.attributes)
    current = await open_survey(work, subject.id)
    done = await latest_survey(work, subject.id)
    shown = current or done
    lines = {line.item: line for line in await lines_of(work, shown.id)} if shown else {}
    for item in items:
        line = lines.get(item.code)
        if line is not None and f"finding-{item.code}" not in form.values:
            form.values[f"finding-{item.code}"] = line.finding
            form.values[f"kind-{item.code}"] = line.evidence_kind
            form.values[f"ref-{item.code}"] = line.evidence_ref
    return page(
        request,
        "team/survey.html",
        status=form.status,
        form=form,
        subject=subject,
        items=items,
        lines=lines,
        current=current,
        done=done,
        missing=sum(1 for item in items if item.code not in lines),
        evidence={
            item.code: [
                (str(each), translated(request, EVIDENCE_LABELS[each]))
                for each in EvidenceKind
                if each in item.evidence
            ]
            for item in items
        },
        evidence_labels=EVIDENCE_LABELS,
        judges_lease=needs_lease_verdict(kind),
        judges_home=kind is AssetKind.REAL_ESTATE,
        lease_labels=LEASE_LABELS,
        home_labels=SOLE_HOME_LABELS,
        kind_labels=KIND_LABELS,
        state_labels=STATE_LABELS,
        state_tags=TAG_OF_STATE,
        courts=await court_names(work),
        may_survey=may(work.actor, Permission.SURVEY_ASSET, court_code=subject.court_code),
        names={f"finding-{item.code}": translated(request, item.label) for item in items},
    )


@get("/team/assets/{asset_no:str}/survey", include_in_schema=False)
async def survey_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The open survey, or the newest completed one, or the form that begins one."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        form = Form.blank(surveyor_names=actor.name, surveyed_on=day_in_court(work.now).isoformat())
        return await _page(request, work, subject, form)


@post("/team/assets/{asset_no:str}/survey", include_in_schema=False)
async def begin(request: AnyRequest, database: Database, visitor: Visitor, asset_no: str) -> Response[Any]:
    """Begin a survey."""
    form = await read_form(request)
    names = form.text("surveyor_names", longest=80)
    on = form.day("surveyed_on")

    async def act(work: Work, subject: Asset) -> None:
        await begin_survey(work, subject, surveyor_names=names, surveyed_on=on)

    return await _do(request, database, visitor, asset_no, form, act, msg("已开始调查，请逐项填写。"))


@post("/team/assets/{asset_no:str}/survey/lines", include_in_schema=False)
async def save_lines(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Save every line that has been filled in; `complete` closes the table as well."""
    form = await read_form(request)

    async def act(work: Work, subject: Asset) -> None:
        survey = await _open_one(work, subject)
        known = {line.item: line for line in await lines_of(work, survey.id)}
        for item in required_items(AssetKind(subject.kind), subject.attributes):
            finding = form.text(f"finding-{item.code}", required=False, longest=1000, lines=True)
            reference = form.text(f"ref-{item.code}", required=bool(finding), longest=200)
            evidence = form.choice(f"kind-{item.code}", EvidenceKind, required=bool(finding))
            if not finding or evidence is None or form.is_bad:
                continue
            line = known.get(item.code)
            if line and (line.finding, line.evidence_kind, line.evidence_ref) == (
                finding,
                evidence,
                reference,
            ):
                continue
            try:
                await record_finding(
                    work,
                    survey,
                    item=item.code,
                    finding=finding,
                    evidence_kind=evidence,
                    evidence_ref=reference,
                )
            except DisposalError:
                form.errors[f"kind-{item.code}"] = msg("这种证据不能证明该项，请换用其他证据。")
        if not form.is_bad and form.value("complete"):
            await complete_survey(work, survey)

    said = msg("调查表已完成。") if form.value("complete") else msg("已保存。")
    return await _do(request, database, visitor, asset_no, form, act, said)


@post("/team/assets/{asset_no:str}/survey/lease", include_in_schema=False)
async def save_lease(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Judge the lease from the facts (A-17)."""
    form = await read_form(request)
    facts = LeaseFacts(
        claimed=form.flag("lease_claimed"),
        written=form.flag("lease_written"),
        contract_on=form.day("lease_contract_on", required=False),
        possession_since=form.day("lease_possession_since", required=False),
        lease_until=form.day("lease_until", required=False),
        mortgaged_on=form.day("lease_mortgaged_on", required=False),
        collusive_or_absurd=form.flag("lease_collusive"),
        removed_by_ruling=form.flag("lease_removed"),
        objection_pending=form.flag("lease_objection"),
    )

    async def act(work: Work, subject: Asset) -> None:
        await record_lease_verdict(work, subject, facts)

    return await _do(request, database, visitor, asset_no, form, act, msg("租赁已认定。"))


@post("/team/assets/{asset_no:str}/survey/home", include_in_schema=False)
async def save_home(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """Judge from the facts whether the home may be auctioned (A-08)."""
    form = await read_form(request)
    facts = HomeFacts(
        is_necessary_home=form.flag("home_necessary"),
        other_home_in_family=form.flag("home_other"),
        sold_away_after_title=form.flag("home_sold_away"),
        replacement_housing=form.flag("home_housing"),
        rent_months=form.integer("home_rent_months", least=0, most=200, required=False),
        title_orders_delivery=form.flag("home_delivery"),
        grace_ends_on=form.day("home_grace", required=False),
    )

    async def act(work: Work, subject: Asset) -> None:
        decision = await record_sole_home(work, subject, facts)
        if not decision.allowed:
            form.errors["home_necessary"] = decision.reason

    return await _do(request, database, visitor, asset_no, form, act, msg("住房情况已认定。"))


async def _do(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    asset_no: str,
    form: Form,
    act: Callable[[Work, Asset], Awaitable[None]],
    said: Message,
) -> Response[Any]:
    """Run one act on the asset; show the page again with what is wrong, or go back to it."""
    actor = require_staff(visitor)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await act(work, await open_own_asset(work, asset_no))
            if not form.is_bad:
                return see_other(request, f"/team/assets/{asset_no}/survey", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.begin(actor) as work:
        return await _page(request, work, await open_own_asset(work, asset_no), form)


async def _open_one(work: Work, subject: Asset) -> Survey:
    survey = await open_survey(work, subject.id)
    if survey is None:
        raise NotFound(msg("没有正在填写的调查表，请先开始调查。"))
    return survey


route_handlers = [survey_page, begin, save_lines, save_lease, save_home]

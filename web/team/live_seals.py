"""A live seal at the court: the request, the decision with its conditions, reports of use, the end."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.deadlines.rules import day_in_court
from core.documents import documents_of
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import open_own_asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.forbearance import rules
from disposal_teams.forbearance.live_seal import (
    ask_live_seal,
    decide_live_seal,
    end_live_seal,
    grant_live_seal,
    report_use,
)
from disposal_teams.forbearance.models import LiveSealState
from disposal_teams.forbearance.queries import live_seals_of, reports_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page
from web.team.asset_steps import Act, take_on_asset

BASE = "/team/assets/{asset_no:str}/live-seal"
S = LiveSealState
TAGS = {S.FILED: "warn", S.IN_FORCE: "info", S.REFUSED: "bad", S.ENDED: ""}
OPEN = (S.FILED, S.IN_FORCE)


@get(BASE, include_in_schema=False)
async def live_seal_page(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """What is open, its reports, and what was before."""
    return await _show(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        lives = await live_seals_of(work, subject.id)
        current = next((live for live in lives if live.state in OPEN), None)
        reports = await reports_of(work, current.id) if current else []
        parties = await parties_of(work, subject.case_id)
        papers = await documents_of(work, asset_id=subject.id)
        today = day_in_court(work.now)
    form.values.setdefault("every_days", "30")
    return page(
        request,
        "forbearance/live_seal.html",
        status=form.status,
        form=form,
        subject=subject,
        current=current,
        earlier=[live for live in lives if live is not current],
        reports=reports,
        debtors=[(str(each.id), each.name) for each in parties if each.role == PartyRole.DEBTOR],
        names={each.id: each.name for each in parties},
        papers=[paper for paper in papers if paper.subject.startswith("live_seal:")],
        today=today,
        conditions=[*rules.CONDITIONS, *([rules.INSURANCE] if current and current.must_insure else [])],
        live_labels=rules.LIVE_SEAL_LABELS,
        live_tags=TAGS,
        least=rules.EVERY_LEAST,
        most=rules.EVERY_MOST,
        may_enter=may(actor, Permission.REGISTER_ASSET, court_code=subject.court_code),
        may_decide=may(actor, Permission.ISSUE_RULING, court_code=subject.court_code),
    )


@post(BASE + "/{step:str}", include_in_schema=False)
async def live_seal_step(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, step: str
) -> Response[Any]:
    """Write a request down, decide, allow without a request, take a report, end it."""
    actor = require_staff(visitor)
    form = await read_form(request)
    steps = {"ask": _ask, "decide": _decide, "grant": _grant, "report": _report, "end": _end}
    if step not in steps:
        raise NotFound(msg("没有找到该页面。"))
    act = steps[step](form)
    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show, said=msg("已记录。"), page="live-seal"
    )


def _ask(form: Form) -> Act:
    party_id = form.identifier("debtor")
    use = form.text("use", longest=500)
    reason = form.text("reason", longest=1000, lines=True)

    async def act(work: Work, asset: Asset) -> None:
        await ask_live_seal(work, asset.id, use=use, reason=reason, party_id=party_id)

    return act


def _terms(form: Form, *, needed: bool) -> dict[str, Any]:
    must_insure = form.flag("must_insure")
    return {
        "decision": form.text("decision", longest=1000, lines=True),
        "every_days": form.integer(
            "every_days", least=rules.EVERY_LEAST, most=rules.EVERY_MOST, required=needed
        ),
        "must_insure": must_insure,
        "insured_until": form.day("insured_until", required=needed and must_insure),
        "conditions": form.text("conditions", required=False, longest=1000, lines=True),
    }


def _decide(form: Form) -> Act:
    allows = form.choice("outcome", ("allow", "refuse")) == "allow"
    terms = _terms(form, needed=allows)

    async def act(work: Work, asset: Asset) -> None:
        await decide_live_seal(work, await _open(work, asset), allows=allows, **terms)

    return act


def _grant(form: Form) -> Act:
    use = form.text("use", longest=500)
    terms = _terms(form, needed=True)

    async def act(work: Work, asset: Asset) -> None:
        await grant_live_seal(work, asset.id, use=use, **terms)

    return act


def _report(form: Form) -> Act:
    report = form.text("report", longest=1000, lines=True)
    insured_until = form.day("insured_until", required=False)

    async def act(work: Work, asset: Asset) -> None:
        await report_use(work, await _open(work, asset), report=report, insured_until=insured_until)

    return act


def _end(form: Form) -> Act:
    note = form.text("note", longest=500)
    is_breach = form.choice("outcome", ("breach", "over")) == "breach"

    async def act(work: Work, asset: Asset) -> None:
        await end_live_seal(work, await _open(work, asset), note=note, is_breach=is_breach)

    return act


async def _open(work: Work, asset: Asset) -> UUID:
    for live in await live_seals_of(work, asset.id):
        if live.state in OPEN:
            return live.id
    raise NotFound(msg("没有找到该活封。"))


route_handlers = [live_seal_page, live_seal_step]

"""The conclusion of a case: what is open, the proposal, the decision, the first court's state, resumption (§11.9, T-13)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.conclusions.conclude import decide_conclusion, propose_conclusion
from auction.conclusions.facts import standing_of
from auction.conclusions.resume import resume_with_the_rest
from auction.proceeds.outstanding import outstanding_of
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.documents import documents_of
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission
from disposal_teams.assets.labels import STATE_LABELS as ASSET_LABELS
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.cases.queries import open_case_file
from disposal_teams.conclusions import rules
from disposal_teams.conclusions.facts import newest_check
from disposal_teams.conclusions.first_court import check_first_court
from disposal_teams.conclusions.models import ConclusionState, Ground, ResumeGround, Way
from disposal_teams.conclusions.papers import PAPERS
from disposal_teams.conclusions.queries import conclusions_of, resumed_from, searches_of
from disposal_teams.courts.queries import court_names
from disposal_teams.instructions.progress import may_own
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import named_among
from web.forms import Form, query_form, read_form
from web.rendering import page
from web.team.case_steps import take_on_case
from web.team.fields import panel_members
from web.team.labels import shown

BASE = "/team/cases/{case_id:uuid}"
TAGS = {
    ConclusionState.PROPOSED: "warn",
    ConclusionState.REFUSED: "bad",
    ConclusionState.CONCLUDED: "good",
    ConclusionState.RESUMED: "info",
}
WAYS = [(str(way), msg(label)) for way, label in rules.WAY_LABELS.items()]
RESUME_GROUNDS = [(str(ground), msg(label)) for ground, label in rules.RESUME_LABELS.items()]


@get(BASE + "/conclusion", include_in_schema=False)
async def conclusion_page(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """The list for the chosen way, and what the reader may do."""
    actor = require_staff(visitor)
    wanted = query_form(request).value("way")
    way = wanted if wanted in set(Way) else str(Way.FULFILLED)
    async with database.read(actor) as work:
        found = await _found(work, case_id, query_form(request))
        return await _show(request, work, case_id, Form.blank(way=way, **found))


async def _found(work: Work, case_id: UUID, query: Form) -> dict[str, str]:
    """The form of a resumption, filled in by the search that found property."""
    search_id = query.identifier("search") if query.value("search") else None
    await open_case_file(work, case_id)
    found = next((each for each in await searches_of(work, case_id) if each.id == search_id), None)
    return {"resume_ground": str(ResumeGround.PROPERTY_FOUND), "note": found.findings[:1000]} if found else {}


async def _show(request: AnyRequest, work: Work, case_id: UUID, form: Form) -> Response[Any]:
    case = await open_case_file(work, case_id)
    way = Way(form.value("way")) if form.value("way") in set(Way) else Way.FULFILLED
    standing = await standing_of(work, case)
    made = await conclusions_of(work, case.id)
    today = work.now.astimezone(COURT_ZONE).date()
    proposed = next((each for each in made if each.state == ConclusionState.PROPOSED), None)
    if proposed is not None:
        way = Way(proposed.way)
    other_fen = proposed.other_fen if proposed is not None else _typed_fen(form)
    lines = rules.check_list(way, standing.open, standing.amounts(other_fen), now=work.now, today=today)
    names = await court_names(work)
    papers = [each for each in await documents_of(work, case_id=case.id) if each.kind in PAPERS]
    return page(
        request,
        "conclusions/desk.html",
        status=form.status,
        form=form,
        case=case,
        way=way,
        ways=shown(request, WAYS),
        way_labels=rules.WAY_LABELS,
        grounds=shown(request, [(str(each), msg(rules.GROUND_LABELS[each])) for each in rules.GROUNDS[way]]),
        ground_labels=rules.GROUND_LABELS,
        is_ruled=way in rules.RULED,
        lines=[replace(line, id=line.key) for line in lines],
        red=len(rules.red(lines)),
        repairs=_repairs(case, standing.facts.waited),
        standing=standing,
        amounts=standing.amounts(other_fen),
        waited=[(each, await newest_check(work, case.id, each.asset.id)) for each in standing.facts.waited],
        check_days=rules.CHECK_DAYS,
        asset_labels=ASSET_LABELS,
        courts=names,
        made=made,
        proposed=proposed,
        state_labels=rules.STATE_LABELS,
        state_tags=TAGS,
        resume_labels=rules.RESUME_LABELS,
        resume_grounds=shown(request, RESUME_GROUNDS),
        papers=papers,
        before=await resumed_from(work, case.id),
        is_closed=case.state == CaseState.CLOSED,
        ended=next((each for each in made if each.state == ConclusionState.CONCLUDED), None),
        may_propose=may_own(work, Permission.CONCLUDE_CASE, case.court_code),
        may_decide=may_own(work, Permission.APPROVE_CONCLUSION, case.court_code)
        and (proposed is None or proposed.proposed_by != work.actor.account_id),
    )


def _typed_fen(form: Form) -> int:
    """The other amount as it was typed, for the list of a refused form; 0 while it cannot be read."""
    typed = Form({"other_fen": form.value("other_fen")})
    return typed.yuan("other_fen", required=False) if form.value("other_fen") else 0


def _repairs(case: EnforcementCase, waited: Any) -> dict[str, tuple[str, Message]]:
    """Where each red line is repaired."""
    own = f"/team/cases/{case.id}"
    found: dict[str, tuple[str, Message]] = {
        "lots": (f"{own}#assets", msg("查看标的物")),
        "sales": (f"{own}#assets", msg("查看标的物")),
        "offers": (f"{own}#assets", msg("查看标的物")),
        "compromises": (f"{own}#assets", msg("查看标的物")),
        "assets": (f"{own}#assets", msg("查看标的物")),
        "seals": (f"{own}#assets", msg("查看标的物")),
        "money": ("/team/proceeds", msg("查看案款")),
        "instructions": ("/court/instructions", msg("查看指令")),
        "transfers": ("/court", msg("查看移送")),
        "objections": ("/court/objections", msg("查看异议")),
    }
    for each in waited:
        number = each.asset.asset_no
        found[f"checked:{number}"] = ("#waited", msg("在线核查"))
        found[f"asked:{number}"] = (f"/court/transfers/new?asset={number}", msg("商请移送"))
        found[f"letter:{number}"] = (
            f"/court/instructions/new?case={case.id}&kind=participate&asset={number}&to={each.asset.court_code}",
            msg("发参与分配函"),
        )
    return found


async def _act(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    case_id: UUID,
    form: Form,
    act: Callable[[Work], Awaitable[Any]],
    said: Message,
    to: str = "",
) -> Response[Any]:
    """`to`: the part of the page to go to."""
    return await take_on_case(
        request, database, actor, case_id, form, act, show=_show, said=said, page=f"conclusion{to}"
    )


@post(BASE + "/conclusion", include_in_schema=False)
async def propose(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Propose to conclude."""
    actor = require_staff(visitor)
    form = await read_form(request)
    way = form.choice("way", Way)
    ground = form.choice("ground", Ground)
    reason = form.text("reason", longest=2000, lines=True)
    other_fen = form.yuan("other_fen", required=False)
    note = form.text("other_note", required=False, longest=300)
    minutes = form.text("minutes", required=False, longest=2000, lines=True)
    members = panel_members(form) if way in rules.RULED else []

    async def act(work: Work) -> None:
        assert way is not None
        assert ground is not None
        await propose_conclusion(
            work, case_id, way=way, ground=ground, reason=reason, other_fen=other_fen, other_note=note,
            members=members, minutes=minutes,
        )  # fmt: skip

    said = msg("已提交，等待局长或者分管院领导审批。")
    return await _act(request, database, actor, case_id, form, act, said)


@post(BASE + "/conclusion/decision", include_in_schema=False)
async def decide(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Approve or refuse what was proposed."""
    actor = require_staff(visitor)
    form = await read_form(request)
    conclusion_id = form.identifier("conclusion_id")
    is_approved = form.value("verdict") == "approve"
    why = form.text("why", required=False, longest=500)

    async def act(work: Work) -> None:
        own = named_among(await conclusions_of(work, case_id), conclusion_id, msg("没有找到该结案申请。"))
        await decide_conclusion(work, own, is_approved=is_approved, why=why)

    said = msg("已结案，文书已制作并送达。") if is_approved else msg("未批准，已退回承办人。")
    return await _act(request, database, actor, case_id, form, act, said)


@post(BASE + "/first-court", include_in_schema=False)
async def look(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Look on line at the state of an asset at the court that disposes of it."""
    actor = require_staff(visitor)
    form = await read_form(request)
    asset_id = form.identifier("asset_id")
    form.values["way"] = str(Way.NO_RESULT)

    async def act(work: Work) -> None:
        if asset_id is None:
            raise NotFound(msg("没有找到该标的物。"))
        await check_first_court(work, case_id, asset_id)

    said = msg("已核查并留痕，二十日内有效。")
    return await _act(request, database, actor, case_id, form, act, said, to=f"?way={Way.NO_RESULT}#waited")


@post(BASE + "/resumption", include_in_schema=False)
async def resume(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """Resume a case that ended without full result."""
    actor = require_staff(visitor)
    form = await read_form(request)
    case_no = form.text("case_no", longest=60)
    ground = form.choice("resume_ground", ResumeGround)
    note = form.text("note", longest=1000, lines=True)

    async def act(work: Work) -> None:
        assert ground is not None
        await resume_with_the_rest(work, case_id, case_no=case_no, ground=ground, note=note)

    return await _act(
        request, database, actor, case_id, form, act, msg("已恢复执行，请在新案件中登记发现的财产。")
    )


@get(BASE + "/outstanding", include_in_schema=False)
async def outstanding_page(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """What stays due to every creditor of the case (D-06)."""
    async with database.read(require_staff(visitor)) as work:
        case = await open_case_file(work, case_id)
        lines = await outstanding_of(work, case)
        made = await conclusions_of(work, case.id)
        return page(
            request,
            "conclusions/outstanding.html",
            case=case,
            lines=lines,
            due_fen=sum(each.due_fen for each in lines),
            claimed_fen=sum(each.claimed_fen for each in lines),
            received_fen=sum(each.received_fen for each in lines),
            ended=next((each for each in made if each.state == ConclusionState.CONCLUDED), None),
            way_labels=rules.WAY_LABELS,
            before=await resumed_from(work, case.id),
        )


route_handlers = [conclusion_page, propose, decide, look, resume, outstanding_page]

"""The half-yearly search of cases that ended without full result: what is due, what was found, the result of one (D-06)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from core.database import Database, Work
from core.documents import documents_of
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission
from disposal_teams.cases.queries import open_case_file
from disposal_teams.conclusions.models import ConclusionState, SearchChannel, SearchState
from disposal_teams.conclusions.queries import conclusions_of, searches_of, searches_of_court
from disposal_teams.conclusions.search import drop_search, record_search
from disposal_teams.conclusions.search_rules import CHANNEL_LABELS, MOST, STATE_LABELS
from disposal_teams.courts.queries import court_of
from disposal_teams.instructions.progress import may_own
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import named_among
from web.forms import Form, query_form, read_form
from web.rendering import page
from web.team.case_steps import take_on_case

TAGS = {
    SearchState.DUE: "info",
    SearchState.NOTHING: "",
    SearchState.FOUND: "warn",
    SearchState.CANCELLED: "",
}
SHOWN = (SearchState.FOUND, SearchState.DUE, SearchState.NOTHING)
PAGE = 50
LABELS: dict[str, Any] = {"search_labels": STATE_LABELS, "search_tags": TAGS, "most": MOST}


@get("/team/searches", include_in_schema=False)
async def search_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The court's searches in one state, what is due first leading."""
    actor = require_staff(visitor)
    if actor.court_code is None:
        raise NotFound(msg("您的账号没有关联法院，请联系管理员。"))
    query = query_form(request)
    wanted = query.value("state")
    state = SearchState(wanted) if wanted in {str(each) for each in SHOWN} else SearchState.DUE
    start = int(query.value("from")) if query.value("from").isdecimal() else 0
    async with database.read(actor) as work:
        rows = await searches_of_court(work, actor.court_code, state=state, limit=PAGE + 1, offset=start)
        return page(
            request,
            "conclusions/search_list.html",
            court=await court_of(work, actor.court_code),
            rows=rows[:PAGE],
            state=state,
            states=[(str(each), msg(STATE_LABELS[each])) for each in SHOWN],
            next_href=f"/team/searches?state={state}&from={start + PAGE}" if len(rows) > PAGE else None,
            server_time=work.now,
            today=work.now.date(),
            **LABELS,
        )


@get("/team/cases/{case_id:uuid}/searches", include_in_schema=False)
async def case_searches(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """The searches of one case, and the form for the one that is due."""
    async with database.read(require_staff(visitor)) as work:
        return await _show(request, work, case_id, Form.blank())


async def _show(request: AnyRequest, work: Work, case_id: UUID, form: Form) -> Response[Any]:
    case = await open_case_file(work, case_id)
    searches = await searches_of(work, case.id)
    made = await conclusions_of(work, case.id)
    return page(
        request,
        "conclusions/searches.html",
        status=form.status,
        form=form,
        case=case,
        searches=searches,
        due=next((each for each in searches if each.state == SearchState.DUE), None),
        found=next((each for each in searches if each.state == SearchState.FOUND), None),
        ended=next((each for each in made if each.state == ConclusionState.CONCLUDED), None),
        channels=[(str(each), msg(label)) for each, label in CHANNEL_LABELS.items()],
        channel_labels=CHANNEL_LABELS,
        papers=[
            each
            for each in await documents_of(work, case_id=case.id)
            if each.kind == "property_search_notice"
        ],
        may_search=may_own(work, Permission.CONCLUDE_CASE, case.court_code),
        may_drop=may_own(work, Permission.APPROVE_CONCLUSION, case.court_code),
        server_time=work.now,
        **LABELS,
    )


async def _answer(
    request: AnyRequest, database: Database, actor: Actor, case_id: UUID, form: Form, act: Any, said: Message
) -> Response[Any]:
    search_id = form.identifier("search")

    async def whole(work: Work) -> None:
        await act(
            work, named_among(await searches_of(work, case_id), search_id, msg("没有找到该次财产查询。"))
        )

    return await take_on_case(
        request, database, actor, case_id, form, whole, show=_show, said=said, page="searches"
    )


@post("/team/cases/{case_id:uuid}/searches", include_in_schema=False)
async def take_result(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """Write down what was found."""
    form = await read_form(request)
    channels = [each for each in SearchChannel if form.flag(f"channel_{each}")]
    found = form.value("verdict") == "found"
    findings = form.text("findings", required=False, longest=2000, lines=True)

    async def act(work: Work, search_id: UUID) -> None:
        await record_search(work, search_id, channels=channels, found=found, findings=findings)

    said = msg("已登记并告知申请执行人，请恢复执行。") if found else msg("已登记并告知申请执行人。")
    return await _answer(request, database, require_staff(visitor), case_id, form, act, said)


@post("/team/cases/{case_id:uuid}/searches/drop", include_in_schema=False)
async def drop(request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID) -> Response[Any]:
    """What was found does not resume the case."""
    form = await read_form(request)
    why = form.text("why", longest=500)

    async def act(work: Work, search_id: UUID) -> None:
        await drop_search(work, search_id, why=why)

    return await _answer(
        request, database, require_staff(visitor), case_id, form, act, msg("已登记，继续定期查询。")
    )


route_handlers = [search_list, case_searches, take_result, drop]

"""The objection panel's desk: what has come in, what is under review, rulings, and the reviews of courts below (§4.7, §11.8)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.revocation.grounds import REVOCATION_GROUNDS
from core.database import Database, Work
from core.deadlines import DeadlineState
from core.deadlines.queries import deadlines_of
from core.documents import document_by_id
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.queries import asset_of
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_names
from disposal_teams.objections import rules
from disposal_teams.objections.accept import (
    accept_objection,
    ask_supplement,
    panel_candidates,
    record_parties_notified,
    refuse_objection,
)
from disposal_teams.objections.models import Objection, ObjectionKind, ObjectionState, Outcome, Remedy
from disposal_teams.objections.queries import objections_of_court, open_objection_file
from disposal_teams.objections.review import decide_reconsideration, extend_review
from disposal_teams.objections.rule import record_service, rule_objection
from disposal_teams.objections.stay import continue_sale, decide_stay
from disposal_teams.objections.suit import record_judgment, record_suit
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.papers import paper_answer
from web.portal.objections import WORDS
from web.rendering import page, see_other
from web.team.labels import shown

S = ObjectionState
Step = Callable[[Work, UUID], Awaitable[object]]


@get("/court/objections", include_in_schema=False)
async def objection_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What the court decides or reviews, the oldest first."""
    actor = require_staff(visitor)
    show_all = query_form(request).value("show") == "all"
    async with database.read(actor) as work:
        found = await objections_of_court(work, actor.court_code or "", only_open=not show_all)
        rows = [(each, await asset_of(work, each.asset_id), await _due(work, each)) for each in found]
        names = await court_names(work)
        now = work.now
    return page(
        request,
        "objections/list.html",
        rows=rows,
        courts=names,
        show_all=show_all,
        may_enter=may(actor, Permission.RECORD_OBJECTION, court_code=actor.court_code),
        server_time=now,
        **WORDS,
    )


async def _clocks(work: Work, objection: Objection) -> list[Any]:
    clocks = await deadlines_of(work, asset_id=objection.asset_id)
    return [clock for clock in clocks if clock.subject_id == objection.id]


async def _due(work: Work, objection: Objection) -> Any:
    running = [
        clock.due_at for clock in await _clocks(work, objection) if clock.state == DeadlineState.RUNNING
    ]
    return min(running, default=None)


@get("/court/objections/{objection_id:uuid}", include_in_schema=False)
async def objection_page(
    request: AnyRequest, database: Database, visitor: Visitor, objection_id: UUID
) -> Response[Any]:
    """One objection and what can be done now."""
    return await _show(request, database, require_staff(visitor), objection_id, Form.blank(), "")


def possible_steps(objection: Objection, actor: Actor) -> set[str]:
    """What the actor may do with it as it stands; each step is checked again where it is taken. Pure."""
    state, kind = S(objection.state), ObjectionKind(objection.kind)
    handles = may(actor, Permission.HANDLE_OBJECTION, court_code=objection.court_code)
    records = may(actor, Permission.RECORD_OBJECTION, court_code=objection.court_code)
    sits = handles and actor.account_id in objection.panel_accounts
    steps = {
        "accept": handles and state is S.FILED,
        "refuse": handles and state is S.FILED,
        "supplement": handles and state is S.FILED and objection.supplement_asked_at is None,
        "notified": handles and state is S.UNDER_REVIEW,
        "rule": sits and state is S.UNDER_REVIEW,
        "stay": handles and not objection.stays_sale and rules.may_stay_by_decision(kind, state),
        "continue": handles
        and objection.stays_sale
        and (kind is ObjectionKind.CONDUCT or state in (S.SUIT, S.SUIT_WINDOW)),
        "served": records and state is S.RULED and objection.served_at is None,
        "sued": records and state is S.SUIT_WINDOW,
        "judged": handles and state is S.SUIT,
        "review": state is S.RECONSIDERATION
        and may(actor, Permission.HANDLE_OBJECTION, court_code=objection.review_court),
        "extend": state is S.RECONSIDERATION
        and not objection.review_extended
        and may(actor, Permission.EXTEND_STAY, court_code=objection.review_court),
    }
    return {name for name, possible in steps.items() if possible}


async def _show(
    request: AnyRequest, database: Database, actor: Actor, objection_id: UUID, form: Form, step: str
) -> Response[Any]:
    async with database.read(actor) as work:
        objection = await open_objection_file(work, objection_id)
        steps = possible_steps(objection, actor)
        context = {
            "subject": await asset_of(work, objection.asset_id),
            "case": await case_of(work, objection.case_id),
            "candidates": await panel_candidates(work, objection) if "accept" in steps else [],
            "clocks": await _clocks(work, objection),
            "courts": await court_names(work),
            "server_time": work.now,
        }
    third_party = objection.kind == ObjectionKind.THIRD_PARTY
    return page(
        request,
        "objections/file.html",
        status=form.status,
        form=form,
        objection=objection,
        steps=steps,
        tried=step,
        outcomes=shown(
            request,
            [(str(each), msg(rules.OUTCOME_LABELS[each])) for each in (Outcome.FOUNDED, Outcome.DISMISSED)],
        ),
        remedies=shown(
            request,
            [
                (str(remedy), msg(label))
                for remedy, label in rules.REMEDY_LABELS.items()
                if not (third_party and remedy is Remedy.CORRECT_ACT)
            ],
        ),
        revocation_options=shown(request, [(code, msg(text)) for code, text in REVOCATION_GROUNDS.items()]),
        clock_titles=CLOCK_TITLES,
        **context,
        **WORDS,
    )


CLOCK_TITLES = {
    rules.FILING: msg("决定是否立案"),
    rules.NOTICE: msg("通知当事人"),
    rules.SUPPLEMENT: msg("异议人补充材料"),
    "L-35": msg("异议裁定"),
    "L-36": msg("异议裁定"),
    rules.ASKING: msg("申请复议期限"),
    rules.REVIEW: msg("复议裁定"),
    rules.SUIT_WINDOW: msg("起诉期限"),
}


def _ruling(form: Form) -> dict[str, Any]:
    return {
        "outcome": form.choice("outcome", (Outcome.FOUNDED, Outcome.DISMISSED)),
        "remedy": form.choice("remedy", tuple(Remedy), required=False),
        "revocation_ground": form.choice("revocation_ground", REVOCATION_GROUNDS, required=False),
        "finding": form.text("finding", longest=2000, lines=True),
    }


def _read_step(step: str, form: Form) -> tuple[Step, Message]:
    """The use case of a step with what was typed; faults stand in the form. Raises `NotFound` for an unknown step."""
    readers: dict[str, tuple[Any, Callable[[], dict[str, Any]], Message]] = {
        "accept": (
            accept_objection,
            lambda: {"number": form.text("number", longest=40), "panel_accounts": _chosen(form)},
            msg("异议已立案，十五日裁定期限开始计算。"),
        ),
        "refuse": (
            refuse_objection,
            lambda: {"finding": form.text("finding", longest=2000, lines=True)},
            msg("不予受理裁定已作出，请登记送达。"),
        ),
        "supplement": (
            ask_supplement,
            lambda: {"wanted": form.text("wanted", longest=500, lines=True)},
            msg("已要求异议人补充材料。"),
        ),
        "notified": (
            record_parties_notified,
            lambda: {"proof": form.text("proof", longest=200)},
            msg("通知情况已登记。"),
        ),
        "rule": (rule_objection, lambda: _ruling(form), msg("裁定已作出，请登记送达。")),
        "stay": (
            decide_stay,
            lambda: {
                "reason": form.text("reason", longest=500, lines=True),
                "security_fen": form.yuan("security", required=False),
            },
            msg("已决定暂缓拍卖。"),
        ),
        "continue": (
            continue_sale,
            lambda: {
                "reason": form.text("reason", longest=500, lines=True),
                "security_fen": form.yuan("security"),
            },
            msg("已准许继续处置。"),
        ),
        "served": (
            record_service,
            lambda: {"served_at": form.moment("served_at"), "proof": form.text("proof", longest=200)},
            msg("送达已登记，期限开始计算。"),
        ),
        "sued": (
            record_suit,
            lambda: {"case_no": form.text("case_no", longest=60), "brought_at": form.moment("brought_at")},
            msg("起诉已登记。"),
        ),
        "judged": (
            record_judgment,
            lambda: {
                "judgment_no": form.text("judgment_no", longest=60),
                "claim_upheld": form.choice("upheld", ("yes", "no")) == "yes",
            },
            msg("判决已登记，结果正在执行。"),
        ),
        "review": (decide_reconsideration, lambda: _ruling(form), msg("复议裁定已作出。")),
        "extend": (
            extend_review,
            lambda: {"reason": form.text("reason", longest=500, lines=True)},
            msg("复议期限已延长三十日。"),
        ),
    }
    if step not in readers:
        raise NotFound(msg("没有这个步骤。"))
    use_case, read, said = readers[step]
    answers = read()

    async def run(work: Work, objection_id: UUID) -> object:
        return await use_case(work, objection_id, **answers)

    return run, said


def _chosen(form: Form) -> list[UUID]:
    chosen = []
    for value in form.many("panel", most=9):
        try:
            chosen.append(UUID(value))
        except ValueError:
            form.errors["panel"] = msg("请从列出的选项中选择。")
    return chosen


@post("/court/objections/{objection_id:uuid}/{step:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, objection_id: UUID, step: str
) -> Response[Any]:
    """Take a step."""
    actor = require_staff(visitor)
    form = await read_form(request)
    run, said = _read_step(step, form)
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                await open_objection_file(work, objection_id)
                await run(work, objection_id)
            return see_other(request, f"/court/objections/{objection_id}", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, objection_id, form, step)


@get("/court/objections/{objection_id:uuid}/papers/{document_id:uuid}", include_in_schema=False)
async def paper_of_objection(
    database: Database, visitor: Visitor, objection_id: UUID, document_id: UUID
) -> Response[Any]:
    """A ruling, for the courts that decide on the objection."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        objection = await open_objection_file(work, objection_id)
        if document_id not in (objection.ruling_document_id, objection.review_document_id):
            raise NotFound(msg("没有找到该文书。"))
        paper = await document_by_id(work, document_id)
    return paper_answer(paper)


route_handlers = [objection_list, objection_page, take_step, paper_of_objection]

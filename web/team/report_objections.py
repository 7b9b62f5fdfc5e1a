"""The desk's steps in objections to reports: what came on paper, to the firm and back, the association's conclusion."""

from typing import Any
from uuid import UUID

from litestar import Response, post

from core.database import Database, Work
from core.errors import NotFound
from core.i18n import Message, msg
from valuation.objections.answer import accept_answer, answer_objection, contest_answer, send_to_firm
from valuation.objections.effects import record_technical_review
from valuation.objections.models import ReportObjection, ReviewVerdict
from valuation.objections.object import object_to_report, withdraw_report_objection
from valuation.supervision.models import SupervisionGround
from valuation.supervision.review import ask_supervision
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.report_objections import read_objection
from web.team.valuation import Step, do_step

STEPS: dict[str, Message] = {
    "send": msg("已登记送交评估机构，五日内说明。"),
    "answer": msg("已登记评估机构的说明。"),
    "accept": msg("已登记异议人接受说明，异议办结。"),
    "contest": msg("已登记异议人的不同意见，转入专业技术评审。"),
    "review": msg("已登记专业技术评审结论。"),
    "withdraw": msg("已登记异议人撤回异议。"),
}


@post("/team/valuations/{valuation_id:uuid}/objections", include_in_schema=False)
async def enter_objection(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Enter an objection that came on paper."""
    form = await read_form(request)
    party_id = form.identifier("party_id")
    paper_ref = form.text("paper_ref", longest=120)
    said = read_objection(form)

    async def step(work: Work) -> None:
        assert party_id is not None
        await object_to_report(work, valuation_id, party_id, paper_ref=paper_ref, **said)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("异议已登记。"))


@post("/team/valuations/{valuation_id:uuid}/supervision", include_in_schema=False)
async def enter_supervision(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Enter a request for supervision that came on paper (V-32)."""
    form = await read_form(request)
    party_id = form.identifier("party_id")
    ground = form.choice("ground", SupervisionGround)
    evidence = form.text("evidence", longest=2000, lines=True)
    paper_ref = form.text("paper_ref", longest=120)

    async def step(work: Work) -> None:
        assert party_id is not None
        assert ground is not None
        await ask_supervision(
            work, valuation_id, party_id, ground=ground, evidence=evidence, paper_ref=paper_ref
        )

    said = msg("已登记，由上级法院审查。")
    return await do_step(request, database, visitor, valuation_id, form, step, said)


@post("/team/report-objections/{objection_id:uuid}/{name:str}", include_in_schema=False)
async def objection_step(
    request: AnyRequest, database: Database, visitor: Visitor, objection_id: UUID, name: str
) -> Response[Any]:
    """A step in an objection, recorded by the court."""
    form = await read_form(request)
    async with database.read(require_staff(visitor)) as work:
        objection = await work.session.get(ReportObjection, objection_id)
    if objection is None or name not in STEPS:
        raise NotFound(msg("没有找到该异议。"))
    step = _step_of(form, objection_id, name)
    return await do_step(request, database, visitor, objection.valuation_id, form, step, STEPS[name])


def _step_of(form: Form, objection_id: UUID, name: str) -> Step:
    answer = form.text("answer", longest=2000, lines=True) if name == "answer" else ""
    reason = form.text("reason", longest=1000, lines=True) if name == "contest" else ""
    verdict = form.choice("verdict", ReviewVerdict) if name == "review" else None
    conclusion = form.text("conclusion", longest=2000, lines=True) if name == "review" else ""
    price_fen = form.yuan("review_price", required=False) or None if name == "review" else None

    async def step(work: Work) -> Any:
        match name:
            case "send":
                return await send_to_firm(work, objection_id)
            case "answer":
                return await answer_objection(work, objection_id, answer=answer)
            case "accept":
                return await accept_answer(work, objection_id)
            case "contest":
                return await contest_answer(work, objection_id, reason=reason)
            case "withdraw":
                return await withdraw_report_objection(work, objection_id)
            case _:
                assert verdict is not None
                return await record_technical_review(
                    work,
                    objection_id,
                    verdict=verdict,
                    conclusion=conclusion,
                    price_fen=price_fen,
                    is_confirmed=form.flag("price_confirmed"),
                )

    return step


route_handlers = [enter_objection, enter_supervision, objection_step]

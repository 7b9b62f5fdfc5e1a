"""The desk's steps in the ways before an appraisal: agreement, directed inquiry, online inquiry."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, get, post

from core.database import Database, Work
from core.errors import DisposalError
from core.i18n import msg
from valuation.agreement.compare import confirm_agreed_price
from valuation.agreement.submit_price import submit_price
from valuation.directed_inquiry.ask import ask_agency
from valuation.directed_inquiry.reply import record_reply
from valuation.expiry import reissue_price
from valuation.online_inquiry.deliver import ask_extension, deliver_report, record_platform_refusal
from valuation.online_inquiry.exchange import LARGEST_REPORT_BYTES, PlatformReport, read_report
from valuation.online_inquiry.models import ReportFault
from valuation.online_inquiry.queries import entrustment_for_court, valuation_of_inquiry
from valuation.online_inquiry.review import finish_review, review_report
from valuation.stay import (
    STAY_GROUNDS,
    WITHDRAWAL_GROUNDS,
    resume_valuation,
    stay_valuation,
    withdraw_valuation,
)
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.team.valuation import do_step

CLEAN = "clean"


@post("/team/valuations/{valuation_id:uuid}/agreement", include_in_schema=False)
async def enter_price(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Enter a party's price, or refusal, from its paper."""
    form = await read_form(request)
    party_id = form.identifier("party_id")
    refuses = form.flag("refuses")
    price_fen = None if refuses else form.yuan("agreed_price", least_fen=1)
    paper_ref = form.text("paper_ref", longest=120)

    async def step(work: Work) -> None:
        assert party_id is not None
        await submit_price(work, valuation_id, party_id, price_fen=price_fen, paper_ref=paper_ref)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已登记，价格加密保存。"))


@post("/team/valuations/{valuation_id:uuid}/agreement/confirm", include_in_schema=False)
async def confirm(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Whether the agreed price harms others."""
    form = await read_form(request)
    verdict = form.choice("verdict", ("harmless", "harmful"))

    async def step(work: Work) -> None:
        await confirm_agreed_price(work, valuation_id, harms_nobody=verdict == "harmless")

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已登记审查结论。"))


@post("/team/valuations/{valuation_id:uuid}/directed", include_in_schema=False)
async def ask(request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID) -> Response[Any]:
    """Send the letter when V-02 led here by itself."""
    form = await read_form(request)
    agency = form.text("agency", longest=80)

    async def step(work: Work) -> None:
        await ask_agency(work, valuation_id, agency=agency)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("定向询价函已发出。"))


@post("/team/valuations/{valuation_id:uuid}/directed/reply", include_in_schema=False)
async def reply(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Record what the body answered."""
    form = await read_form(request)
    unable = form.flag("unable")
    price_fen = None if unable else form.yuan("reply_price", least_fen=1)
    reply_no = form.text("reply_no", longest=60)
    basis = form.text("basis", longest=300)
    valid_until = form.day("reply_valid_until", required=False)

    async def step(work: Work) -> None:
        await record_reply(
            work,
            valuation_id,
            price_fen=price_fen,
            reply_no=reply_no,
            basis=basis,
            valid_until=valid_until,
            is_confirmed=form.flag("price_confirmed"),
        )

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已登记答复。"))


@get("/team/inquiries/{inquiry_id:uuid}/entrustment.json", include_in_schema=False)
async def entrustment(database: Database, visitor: Visitor, inquiry_id: UUID) -> Response[bytes]:
    """The entrustment to one platform as a file, for platforms that take no interface."""
    async with database.read(require_staff(visitor)) as work:
        body = msgspec.json.encode(await entrustment_for_court(work, inquiry_id))
    return Response(
        body,
        media_type=MediaType.JSON,
        headers={"content-disposition": f'attachment; filename="entrustment-{inquiry_id}.json"'},
    )


@post("/team/inquiries/{inquiry_id:uuid}/report", include_in_schema=False)
async def report(
    request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID
) -> Response[Any]:
    """A platform's report: its JSON file, or filled in by hand."""
    form = await read_form(request)
    valuation_id = await _valuation_id(database, visitor, inquiry_id)
    delivered: PlatformReport | None = None
    if form.value("by") == "file":
        upload = await form.upload("report_file", most_bytes=LARGEST_REPORT_BYTES)
        try:
            delivered = read_report(upload[1]) if upload is not None else None
        except DisposalError as error:
            form.refuse(error)
            form.errors["report_file"] = error.message
    else:
        valid_until = form.day("inquiry_valid_until")
        values = (form.text("report_no", longest=60), form.yuan("inquiry_price", least_fen=1))
        method = form.text("method", longest=300)
        if not form.is_bad and valid_until is not None:
            delivered = PlatformReport(values[0], values[1], valid_until, method)

    async def step(work: Work) -> None:
        assert delivered is not None
        await deliver_report(work, inquiry_id, delivered)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("报告已登记。"))


@post("/team/inquiries/{inquiry_id:uuid}/extension", include_in_schema=False)
async def extension(
    request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID
) -> Response[Any]:
    """The platform asks for more time."""
    form = await read_form(request)
    valuation_id = await _valuation_id(database, visitor, inquiry_id)

    async def step(work: Work) -> None:
        await ask_extension(work, inquiry_id)

    said = msg("已登记延期申请；期限届满时没有任何平台出具报告的，延长三日。")
    return await do_step(request, database, visitor, valuation_id, form, step, said)


@post("/team/inquiries/{inquiry_id:uuid}/refusal", include_in_schema=False)
async def refusal(
    request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID
) -> Response[Any]:
    """The platform refuses, or takes its report back."""
    form = await read_form(request)
    valuation_id = await _valuation_id(database, visitor, inquiry_id)
    withdrew = form.flag("withdrew")

    async def step(work: Work) -> None:
        await record_platform_refusal(work, inquiry_id, withdrew=withdrew)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已登记。"))


@post("/team/inquiries/{inquiry_id:uuid}/review", include_in_schema=False)
async def review(
    request: AnyRequest, database: Database, visitor: Visitor, inquiry_id: UUID
) -> Response[Any]:
    """The court's check of one report."""
    form = await read_form(request)
    valuation_id = await _valuation_id(database, visitor, inquiry_id)
    verdict = form.choice("verdict", (CLEAN, *ReportFault))

    async def step(work: Work) -> None:
        fault = None if verdict == CLEAN else ReportFault(str(verdict))
        await review_report(work, inquiry_id, fault=fault)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已登记审查结论。"))


@post("/team/valuations/{valuation_id:uuid}/inquiry/finish", include_in_schema=False)
async def finish(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Draw the conclusion from the checks."""
    form = await read_form(request)

    async def step(work: Work) -> None:
        await finish_review(work, valuation_id)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("审查已结束。"))


@post("/team/valuations/{valuation_id:uuid}/stay", include_in_schema=False)
async def stay(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Stop the search for a while."""
    form = await read_form(request)
    ground, reason = form.choice("ground", STAY_GROUNDS), form.text("stay_reason", longest=200)

    async def step(work: Work) -> None:
        await stay_valuation(work, valuation_id, ground=str(ground), reason=reason)

    return await do_step(
        request, database, visitor, valuation_id, form, step, msg("已暂缓，各项期限停止计算。")
    )


@post("/team/valuations/{valuation_id:uuid}/resume", include_in_schema=False)
async def resume(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Let it go on."""
    form = await read_form(request)

    async def step(work: Work) -> None:
        await resume_valuation(work, valuation_id)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已恢复，各项期限顺延。"))


@post("/team/valuations/{valuation_id:uuid}/withdraw", include_in_schema=False)
async def withdraw(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """End it without a price."""
    form = await read_form(request)
    ground, reason = form.choice("ground", WITHDRAWAL_GROUNDS), form.text("stay_reason", longest=200)

    async def step(work: Work) -> None:
        await withdraw_valuation(work, valuation_id, ground=str(ground), reason=reason)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已撤回，可以重新启动。"))


@post("/team/valuations/{valuation_id:uuid}/reissue", include_in_schema=False)
async def reissue(
    request: AnyRequest, database: Database, visitor: Visitor, valuation_id: UUID
) -> Response[Any]:
    """Have an expired price issued anew."""
    form = await read_form(request)

    async def step(work: Work) -> None:
        await reissue_price(work, valuation_id)

    return await do_step(request, database, visitor, valuation_id, form, step, msg("已通知重新出具。"))


async def _valuation_id(database: Database, visitor: Visitor, inquiry_id: UUID) -> UUID:
    async with database.read(require_staff(visitor)) as work:
        return await valuation_of_inquiry(work, inquiry_id)


route_handlers = [
    enter_price, confirm, ask, reply, entrustment, report, extension, refusal, review, finish,
    stay, resume, withdraw, reissue,
]  # fmt: skip

"""The payout desk: payees' accounts, sheets with a second person, files for the bank and its answers, delays (M-03 to M-07)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.proceeds.payout.approve import decide_sheet, propose_sheet, set_payee
from auction.proceeds.payout.bank_file import (
    Taken,
    file_content,
    make_payout_file,
    read_results,
    take_results,
    try_again,
)
from auction.proceeds.payout.delay import ask_delay, decide_delay, end_delay
from auction.proceeds.payout.deposit import deposit_payout, release_deposited
from auction.proceeds.payout.models import DelayGround
from auction.proceeds.payout.queries import (
    approved_payouts,
    delays_of,
    desk_of_court,
    files_of_court,
    payout_file_of,
    payouts_of,
    sheets_of,
)
from auction.proceeds.payout.rules import DELAY_LABELS, GROUND_LABELS, KIND_LABELS
from auction.proceeds.payout.rules import STATE_LABELS as PAYOUT_LABELS
from auction.proceeds.queries import owned_since
from auction.proceeds.rules import STATE_LABELS
from auction.proceeds.unwind import note_recovery, returned_money
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines.queries import deadlines_about
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, Role, may
from core.ledger.queries import account_balances
from disposal_teams.courts.queries import court_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out, named_among
from web.finance.home import court_code_of
from web.finance.labels import ACCOUNT_LABELS
from web.forms import Form, read_form
from web.papers import download
from web.portal.proceeds import read_account
from web.rendering import page, see_other, translated
from web.team.labels import deadline_title
from web.team.proceeds import TAGS

PAYOUT_TAGS = {
    "ready": "warn",
    "proposed": "warn",
    "approved": "info",
    "sent": "info",
    "paid": "good",
    "bounced": "bad",
    "deposited": "warn",
}
WORDS_HERE: dict[str, Any] = {
    "payout_labels": PAYOUT_LABELS,
    "payout_tags": PAYOUT_TAGS,
    "kind_labels": KIND_LABELS,
    "ground_labels": GROUND_LABELS,
    "delay_labels": DELAY_LABELS,
    "proceeds_labels": STATE_LABELS,
    "proceeds_tags": TAGS,
}
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DESK = "/finance/payouts/{proceeds_id:uuid}"
Act = Callable[[Work], Awaitable[object]]


@get("/finance/payouts", include_in_schema=False)
async def desk_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What is to be paid out, what waits for a file, and the files for the bank."""
    return await _show_desk(request, database, require_staff(visitor), Form.blank())


async def _show_desk(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    form: Form,
    *,
    taken: Taken | None = None,
    faults: list[tuple[int, str]] | None = None,
) -> Response[Any]:
    code = court_code_of(actor)
    async with database.read(actor) as work:
        files = await desk_of_court(work, code)
        return page(
            request,
            "finance/payouts.html",
            status=422 if faults else form.status,
            form=form,
            court=await court_of(work, code),
            files=files,
            due={each.id: await deadlines_about(work, "proceeds", each.id) for each, _ in files[:100]},
            approved=await approved_payouts(work, code),
            bank_files=await files_of_court(work, code),
            is_finance=may(actor, Permission.RECORD_BANK_LINE, court_code=code),
            taken=taken,
            faults=faults or [],
            server_time=work.now,
            **WORDS_HERE,
        )


@post("/finance/payouts/files", include_in_schema=False)
async def make_file(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """One file of everything approved."""
    actor = require_staff(visitor)
    form = Form.blank()
    try:
        async with database.begin(actor) as work:
            await make_payout_file(work, court_code_of(actor))
        return see_other(request, "/finance/payouts", said=msg("付款文件已生成，请下载并提交银行。"))
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    return await _show_desk(request, database, actor, form)


@get("/finance/payouts/files/{file_id:uuid}/{kind:str}", include_in_schema=False)
async def get_file(database: Database, visitor: Visitor, file_id: UUID, kind: str) -> Response[Any]:
    """A file for the bank, as CSV or XLSX."""
    actor = require_staff(visitor)
    if kind not in MEDIA:
        raise NotFound(msg("没有找到该付款文件。"))
    async with database.read(actor) as work:
        name, content = await file_content(work, file_id, kind)
    return download(content, name=name, media_type=MEDIA[kind])


@post("/finance/payouts/results", include_in_schema=False)
async def take(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The bank's answers."""
    actor = require_staff(visitor)
    form = await read_form(request)
    upload = await form.upload("results", most_bytes=2_000_000)
    taken: Taken | None = None
    faults: list[tuple[int, str]] = []
    if upload is not None:
        results, faults = read_results(upload[1].decode("utf-8-sig", errors="replace"))
        try:
            if not faults:
                async with database.begin(actor) as work:
                    taken = await take_results(work, court_code_of(actor), results)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show_desk(request, database, actor, form, taken=taken, faults=faults)


@get(DESK, include_in_schema=False)
async def file_page(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """The payments of one distribution."""
    return await _show(request, database, require_staff(visitor), proceeds_id, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, proceeds_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        proceeds = await payout_file_of(work, proceeds_id)
        form.values.setdefault("review_on", "")
        balances = await account_balances(work, case_id=proceeds.case_id)
        is_finance = may(actor, Permission.RECORD_BANK_LINE, court_code=proceeds.court_code)
        return page(
            request,
            "finance/payout.html",
            status=form.status,
            form=form,
            file=proceeds,
            payouts=await payouts_of(work, proceeds.id),
            sheets=await sheets_of(work, proceeds.id),
            delays=await delays_of(work, proceeds.id),
            owned_since=await owned_since(work, proceeds),
            balances=[each for each in balances if each.balance_fen],
            account_labels=ACCOUNT_LABELS,
            clocks=[
                (each, deadline_title(each.rule))
                for each in await deadlines_about(work, "proceeds", proceeds.id)
            ],
            ground_options=[
                (str(key), translated(request, msg(text))) for key, text in GROUND_LABELS.items()
            ],
            is_finance=is_finance,
            come_back=await returned_money(work, proceeds.court_code) if is_finance else [],
            is_leader=may(actor, Permission.RELEASE_MONEY, court_code=proceeds.court_code),
            may_approve=actor.has(Role.FINANCE, Role.BUREAU_DIRECTOR, Role.VICE_PRESIDENT, Role.PRESIDENT),
            actor_id=actor.account_id,
            today=work.now.astimezone(COURT_ZONE).date(),
            server_time=work.now,
            **WORDS_HERE,
        )


async def _take_step(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    proceeds_id: UUID,
    form: Form,
    act: Act,
    said: Message,
) -> Response[Any]:
    actor = require_staff(visitor)

    async def whole(work: Work) -> None:
        await payout_file_of(work, proceeds_id)
        await act(work)

    if await carried_out(database, actor, form, whole):
        return see_other(request, f"/finance/payouts/{proceeds_id}", said=said)
    return await _show(request, database, actor, proceeds_id, form)


async def _payout(work: Work, proceeds_id: UUID, payout_id: UUID | None) -> UUID:
    return named_among(await payouts_of(work, proceeds_id), payout_id, msg("没有找到该笔付款。"))


@post(DESK + "/account", include_in_schema=False)
async def enter_account(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Where one payment goes."""
    form = await read_form(request)
    payout, account = form.identifier("payee_of"), read_account(form)

    async def act(work: Work) -> None:
        await set_payee(work, await _payout(work, proceeds_id, payout), account)

    return await _take_step(request, database, visitor, proceeds_id, form, act, msg("收款账户已核对。"))


@post(DESK + "/sheets", include_in_schema=False)
async def propose(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID
) -> Response[Any]:
    """Put payments on a sheet."""
    form = await read_form(request)
    payouts, note = form.identifiers("payout"), form.text("note", required=False, longest=300)

    async def act(work: Work) -> None:
        await propose_sheet(work, proceeds_id, payouts, note=note)

    return await _take_step(
        request, database, visitor, proceeds_id, form, act, msg("已提出发放，待另一人批准。")
    )


@post(DESK + "/sheets/{sheet_id:uuid}", include_in_schema=False)
async def decide(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID, sheet_id: UUID
) -> Response[Any]:
    """A second person approves or declines."""
    form = await read_form(request)
    verdict = form.choice("verdict", ("approve", "decline"))
    note = form.text("decision_note", required=False, longest=300)

    async def act(work: Work) -> None:
        if sheet_id not in {each.id for each in await sheets_of(work, proceeds_id)}:
            raise NotFound(msg("没有找到该发放申请。"))
        await decide_sheet(work, sheet_id, approve=verdict == "approve", note=note)

    return await _take_step(request, database, visitor, proceeds_id, form, act, msg("审批意见已记录。"))


@post(DESK + "/payments/{payout_id:uuid}/{step:str}", include_in_schema=False)
async def step_of_payment(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID, payout_id: UUID, step: str
) -> Response[Any]:
    """Pay a bounced one again, deposit one, release it, note that it came back."""
    form = await read_form(request)
    if step not in ("again", "deposit", "release", "recovery"):
        raise NotFound(msg("没有这个步骤。"))
    because = form.text("deposit_because", longest=300) if step == "deposit" else ""
    line = form.identifier("line") if step == "recovery" else None

    async def act(work: Work) -> None:
        payout = await _payout(work, proceeds_id, payout_id)
        if step == "again":
            await try_again(work, payout)
        elif step == "deposit":
            await deposit_payout(work, payout, because=because)
        elif step == "release":
            await release_deposited(work, payout)
        else:
            if line is None:
                raise NotFound(msg("没有找到该笔流水。"))
            await note_recovery(work, payout, line)

    return await _take_step(request, database, visitor, proceeds_id, form, act, msg("已登记。"))


@post(DESK + "/delays", include_in_schema=False)
async def ask(request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID) -> Response[Any]:
    """Ask for a delay."""
    form = await read_form(request)
    ground, reason = form.choice("ground", DelayGround), form.text("delay_reason", longest=500)
    review_on = form.day("review_on")

    async def act(work: Work) -> None:
        assert ground is not None
        assert review_on is not None
        await ask_delay(work, proceeds_id, ground=ground, reason=reason, review_on=review_on)

    return await _take_step(
        request, database, visitor, proceeds_id, form, act, msg("延缓申请已提出，待审批。")
    )


@post(DESK + "/delays/{delay_id:uuid}", include_in_schema=False)
async def step_of_delay(
    request: AnyRequest, database: Database, visitor: Visitor, proceeds_id: UUID, delay_id: UUID
) -> Response[Any]:
    """Decide a delay, or note that its ground has gone."""
    form = await read_form(request)
    verdict = form.choice("verdict", ("allow", "refuse", "end"))
    note = form.text("delay_note", required=verdict == "end", longest=300)

    async def act(work: Work) -> None:
        if delay_id not in {each.id for each in await delays_of(work, proceeds_id)}:
            raise NotFound(msg("没有找到该延缓申请。"))
        if verdict == "end":
            await end_delay(work, delay_id, note=note)
        else:
            await decide_delay(work, delay_id, allow=verdict == "allow", note=note)

    return await _take_step(request, database, visitor, proceeds_id, form, act, msg("已登记。"))


route_handlers = [
    desk_page,
    make_file,
    get_file,
    take,
    file_page,
    enter_account,
    propose,
    decide,
    step_of_payment,
    ask,
    step_of_delay,
]

"""After the sale, in the court: ruling, service, registry, default. Clearing and delivery have a page of their own."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.approvals.models import TransferApproval
from auction.approvals.rules import BEFORE_RULING
from auction.approvals.rules import STATE_LABELS as APPROVAL_LABELS
from auction.delivery.queries import hand_over_of
from auction.delivery.rules import RECEIPT_LABELS
from auction.delivery.rules import STATE_LABELS as CLEARING_LABELS
from auction.forfeiture.models import ForfeitState
from auction.forfeiture.queries import forfeit_file
from auction.forfeiture.rules import RESULT_LABELS
from auction.forfeiture.rules import STATE_LABELS as FORFEIT_LABELS
from auction.forfeiture.use_deposit import use_deposit
from auction.grace.models import BalanceGrace, GraceState
from auction.grace.rules import STATE_LABELS as GRACE_LABELS
from auction.grace.rules import latest_day
from auction.listing.models import Lot, LotState
from auction.listing.parts import shown_parts
from auction.loans.enter_loan import loan_of
from auction.proceeds.queries import proceeds_of_lot
from auction.proceeds.rules import STATE_LABELS as PROCEEDS_LABELS
from auction.purchase_limits.models import ProofSource
from auction.purchase_limits.proofs import handed_in_file, proofs_of, record_proof, ruling_gap
from auction.registration.models import Registration
from auction.revocation.grounds import REVOCATION_GROUNDS
from auction.revocation.queries import revocation_of
from auction.risk_signals.queries import price_warnings
from auction.risk_signals.words import EXPLAINED
from auction.settlement.default import REASONS, declare_default
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.queries import open_sale_file, papers_of_lot, sales_of_court
from auction.settlement.rules import STATE_LABELS, TRANSITIONS
from auction.settlement.ruling import issue_ruling, send_registry_notice, serve_ruling
from core.audit import history
from core.database import Database, Work
from core.deadlines.queries import deadlines_of
from core.errors import DisposalError, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from core.legal_settings import legal
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.papers import file_answer
from web.portal.my import SALE_TAGS, steps_of
from web.portal.words import WORDS
from web.rendering import page, see_other, translated
from web.team.fields import panel_members
from web.team.labels import deadline_title
from web.team.proceeds import TAGS as PROCEEDS_TAGS
from web.team.timeline import story_of

REASON_LABELS = {
    "no_loan": msg("未能取得贷款"),
    "not_qualified": msg("不具备购房资格"),
    "price_regret": msg("认为价格过高"),
    "title_defect": msg("主张标的物存在瑕疵"),
    "other": msg("其他原因"),
}
S = SettlementState
_STEPS: dict[str, tuple[Callable[[Work, UUID], Awaitable[Settlement]], Message]] = {
    "ruling": (issue_ruling, msg("成交裁定已作出。")),
    "service": (serve_ruling, msg("裁定送达已登记，所有权自送达时转移。")),
    "registry": (send_registry_notice, msg("协助执行通知书已发出。")),
}


@get("/team/settlements", include_in_schema=False)
async def settlement_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The court's sales with what is due next."""
    actor = require_staff(visitor)
    if actor.court_code is None:
        raise NotFound(msg("您的账号没有关联法院，请联系管理员。"))
    form = query_form(request)
    state = form.choice("state", SettlementState, required=False)
    async with database.read(actor) as work:
        sales = [] if form.is_bad else await sales_of_court(work, actor.court_code, state=state)
        return page(
            request,
            "settlement/list.html",
            status=422 if form.is_bad else 200,
            form=form,
            sales=sales,
            due={sale.lot.id: _due_at(sale.settlement) for sale in sales},
            court=await court_of(work, actor.court_code),
            state_options=[
                (str(each), translated(request, msg(label))) for each, label in STATE_LABELS.items()
            ],
            sale_labels=STATE_LABELS,
            sale_tags=SALE_TAGS,
            server_time=work.now,
        )


def _due_at(settlement: Settlement) -> Any:
    return settlement.balance_due_at if settlement.state == S.AWAIT_BALANCE else None


async def _show(request: AnyRequest, work: Work, lot_no: str, form: Form) -> Response[Any]:
    sale = await open_sale_file(work, lot_no)
    lot, settlement, actor = sale.lot, sale.settlement, work.actor
    following = TRANSITIONS[S(settlement.state)]

    def allowed(permission: Permission, wanted: SettlementState) -> bool:
        return wanted in following and may(actor, permission, court_code=lot.court_code)

    return page(
        request,
        "settlement/sale.html",
        status=form.status,
        form=form,
        lot=lot,
        sale=settlement,
        court=await court_of(work, lot.court_code),
        steps=steps_of(settlement.state),
        may_rule=allowed(Permission.ISSUE_RULING, S.RULING_ISSUED),
        may_serve=allowed(Permission.ISSUE_RULING, S.RULING_SERVED),
        may_notify=allowed(Permission.ISSUE_RULING, S.TRANSFER_NOTICE_SENT)
        or (
            settlement.state == S.DELIVERED
            and settlement.transfer_notice_sent_at is None
            and may(actor, Permission.ISSUE_RULING, court_code=lot.court_code)
        ),
        may_deliver=allowed(Permission.RECORD_DELIVERY, S.DELIVERED),
        may_sign=may(actor, Permission.SIGN_EVICTION, court_code=lot.court_code),
        parts=await shown_parts(work, lot),
        hand_over=await hand_over_of(work, sale),
        clearing_labels=CLEARING_LABELS,
        receipt_labels=RECEIPT_LABELS,
        may_revoke=lot.state in (LotState.SOLD, LotState.DEFAULTED)
        and allowed(Permission.REVOKE_SALE, S.REVOKED),
        revocation=await revocation_of(work, lot.id),
        revocation_grounds={code: msg(label) for code, label in REVOCATION_GROUNDS.items()},
        may_default=allowed(Permission.RECORD_PANEL_DECISION, S.DEFAULTED),
        is_overdue=work.now >= settlement.balance_due_at,
        reasons=[(key, translated(request, label)) for key, label in REASON_LABELS.items()],
        reason_labels=REASON_LABELS,
        papers=await papers_of_lot(work, lot),
        proceeds=await proceeds_of_lot(work, lot.id),
        proceeds_labels=PROCEEDS_LABELS,
        proceeds_tags=PROCEEDS_TAGS,
        purchase_gap=await ruling_gap(
            work, await work.session.get_one(Registration, settlement.registration_id), lot
        )
        if settlement.state == S.PAID_FULL
        else None,
        proofs=await proofs_of(work, settlement.registration_id),
        **await _balance_context(work, lot, settlement, actor),
        **await _forfeit_context(work, lot, actor),
        clocks=[(each, deadline_title(each.rule)) for each in await deadlines_of(work, lot_id=lot.id)],
        story=story_of(await history(work, lot_id=lot.id, limit=120)),
        price_warnings=await price_warnings(work, lot),
        price_words=EXPLAINED,
        sale_labels=STATE_LABELS,
        sale_tags=SALE_TAGS,
        server_time=work.now,
        **WORDS,
    )


async def _balance_context(work: Work, lot: Lot, settlement: Settlement, actor: Actor) -> dict[str, Any]:
    """More time, the loan, and the approval of a sale before its ruling (B-70, B-75, B-76)."""
    grace = await work.session.get(BalanceGrace, lot.id)
    awaited = settlement.state == S.AWAIT_BALANCE
    most = legal().balance_grace_days_most
    return {
        "grace": grace,
        "grace_labels": GRACE_LABELS,
        "grace_latest": latest_day(settlement.balance_due_at, most_days=most),
        "may_ask_grace": awaited
        and grace is None
        and most > 0
        and may(actor, Permission.CONFIRM_BIDDER, court_code=lot.court_code),
        "may_grant": awaited
        and grace is not None
        and grace.state == GraceState.ASKED
        and may(actor, Permission.GRANT_GRACE, court_code=lot.court_code),
        "loan": await loan_of(work, lot.id),
        "approval": await work.session.get(TransferApproval, lot.id),
        "approval_labels": APPROVAL_LABELS,
        "may_note_approval": settlement.state in BEFORE_RULING
        and may(actor, Permission.ISSUE_RULING, court_code=lot.court_code),
    }


async def _forfeit_context(work: Work, lot: Lot, actor: Actor) -> dict[str, Any]:
    """The forfeited deposit of a defaulted sale, and whether its use can be decided now (B-34)."""
    file = await forfeit_file(work, lot.id)
    return {
        "forfeit": file,
        "forfeit_labels": FORFEIT_LABELS,
        "result_labels": RESULT_LABELS,
        "result_lot": await work.session.get(Lot, file.result.lot_id)
        if file and file.result and file.result.lot_id
        else None,
        "may_use": file is not None
        and file.result is not None
        and file.forfeited.state in {ForfeitState.HELD, ForfeitState.PROPOSED}
        and may(actor, Permission.RECORD_PANEL_DECISION, court_code=lot.court_code),
        "claim_fen": (await case_of(work, lot.case_id)).claim_fen,
        "claims_by_default": legal().claim_shortfall,
    }


@get("/team/settlements/{lot_no:str}", include_in_schema=False)
async def settlement_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """One sale: state, steps, papers, timeline."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        return await _show(request, work, lot_no, Form.blank())


async def act_on_sale(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    lot_no: str,
    form: Form,
    use_case: Callable[[Work, UUID], Awaitable[Settlement]],
    said: Message,
) -> Response[Any]:
    """Do something with a sale of the own court, and go back to its page."""
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                sale = await open_sale_file(work, lot_no)
                await use_case(work, sale.lot.id)
            return see_other(request, f"/team/settlements/{lot_no}", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, lot_no, form)


@post("/team/settlements/{lot_no:str}/{step:str}", include_in_schema=False)
async def take_step(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, step: str
) -> Response[Any]:
    """Make the ruling, record its service, ask the registry."""
    actor = require_staff(visitor)
    if step not in _STEPS:
        raise NotFound(msg("没有这个步骤。"))
    use_case, said = _STEPS[step]
    return await act_on_sale(request, database, actor, lot_no, Form.blank(), use_case, said)


@post("/team/settlements/{lot_no:str}/default", include_in_schema=False)
async def default(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Declare the buyer in default."""
    actor = require_staff(visitor)
    form = await read_form(request)
    reason = form.choice("reason", REASONS)
    claims = form.flag("claim_shortfall")

    async def declare(work: Work, lot_id: UUID) -> Settlement:
        if reason is None:
            raise InvalidInput(msg("请选择悔拍原因。"))
        return await declare_default(work, lot_id, reason=reason, claim_shortfall=claims)

    return await act_on_sale(
        request, database, actor, lot_no, form, declare, msg("已认定悔拍，保证金不予退还。")
    )


@post("/team/settlements/{lot_no:str}/forfeit", include_in_schema=False)
async def use_forfeited(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Use the forfeited deposit in the order of the law."""
    actor = require_staff(visitor)
    form = await read_form(request)
    costs, case_debt = form.yuan("costs"), form.yuan("case_debt")
    linked_debt = form.yuan("linked_debt", required=False)
    note = form.text("note", longest=1000, lines=True)
    members = panel_members(form)
    decided_on = form.day("decided_on")

    async def use(work: Work, lot_id: UUID) -> Settlement:
        assert decided_on is not None
        await use_deposit(
            work,
            lot_id,
            costs_fen=costs,
            case_debt_fen=case_debt,
            linked_debt_fen=linked_debt,
            note=note,
            members=members,
            decided_on=decided_on,
        )
        return await work.session.get_one(Settlement, lot_id)

    return await act_on_sale(request, database, actor, lot_no, form, use, msg("保证金已按顺序使用。"))


@post("/team/settlements/{lot_no:str}/proof", include_in_schema=False)
async def note_proof(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Record what the housing authority says of the buyer's qualification, before the ruling (B-17)."""
    actor = require_staff(visitor)
    form = await read_form(request)
    as_of = form.day("as_of")
    number = form.text("number", longest=80)
    verdict = form.choice("verdict", ("yes", "no"))

    async def note(work: Work, lot_id: UUID) -> Settlement:
        assert as_of is not None
        settlement = await work.session.get_one(Settlement, lot_id)
        await record_proof(
            work,
            await work.session.get_one(Registration, settlement.registration_id),
            await work.session.get_one(Lot, lot_id),
            source=ProofSource.HOUSING_AUTHORITY,
            as_of=as_of,
            may_buy=verdict == "yes",
            number=number,
        )
        return settlement

    return await act_on_sale(request, database, actor, lot_no, form, note, msg("购房资格证明已登记。"))


@get("/team/settlements/{lot_no:str}/proofs/{file_id:uuid}", include_in_schema=False)
async def proof_file(database: Database, visitor: Visitor, lot_no: str, file_id: UUID) -> Response[Any]:
    """A certificate that the buyer has handed in."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        sale = await open_sale_file(work, lot_no)
        file = await handed_in_file(work, sale.lot, sale.settlement.registration_id, file_id)
    return file_answer(file)


route_handlers = [settlement_list, settlement_page, take_step, default, use_forfeited, note_proof, proof_file]

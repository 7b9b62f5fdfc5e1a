"""Transfers of the disposal right as both courts see them: request, answer, supplement, recall (T-03…T-11)."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

import auction.compromise.follow_disposal
import auction.listing.follow_disposal
import auction.self_sale.follow_disposal  # noqa: F401 - and own sales end
import valuation.known_values  # noqa: F401 - it tells the room of transfers what assets are worth
from auction.disposal_results.models import DisposalResult
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, Role, may
from core.legal_settings import legal
from core.money import yuan
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import (
    RegistryView,
    asset_by_number,
    asset_of,
    note_cross_court_read,
    registry_view,
)
from disposal_teams.assets.story import tell
from disposal_teams.cases.queries import case_by_number, case_of
from disposal_teams.cases.rules import normalise_case_number
from disposal_teams.courts.queries import court_names
from disposal_teams.transfers import handover_rules
from disposal_teams.transfers.answer import (
    consent_transfer,
    receive_request,
    refuse_transfer,
    return_for_supplement,
    supplement_request,
)
from disposal_teams.transfers.complete_handover import hand_over_of, may_receive_files
from disposal_teams.transfers.escalate import weigh
from disposal_teams.transfers.leave import may_allow
from disposal_teams.transfers.models import (
    OPEN_TRANSFER_STATES,
    RefusalReason,
    TransferBasis,
    TransferRequest,
    TransferState,
)
from disposal_teams.transfers.queries import papers_of_transfer, running_clock, trace_of
from disposal_teams.transfers.request import recall_transfer, request_of, request_transfer
from disposal_teams.transfers.rules import BASIS_LABELS, DECISION_LABELS, REFUSAL_LABELS, STATE_LABELS
from disposal_teams.transfers.statement import CaseStatement, statement_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.rendering import page, see_other
from web.team.labels import shown

BASES = [(str(basis), msg(label)) for basis, label in BASIS_LABELS.items()]
REFUSALS = [(str(reason), msg(label)) for reason, label in REFUSAL_LABELS.items()]


DECISIONS = [(str(decision), msg(label)) for decision, label in DECISION_LABELS.items()]


@get("/court/transfers/new", include_in_schema=False)
async def request_form(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The form of the 商请移送执行函. Shows of the asset only what the registry tells (P-03)."""
    actor = require_staff(visitor)
    query = query_form(request)
    wanted = query.value("basis")
    basis = wanted if wanted in set(TransferBasis) else str(TransferBasis.ANY_WAITING_COURT)
    form = Form.blank(asset_no=query.value("asset")[:30], basis=basis)
    return await _request_page(request, database, actor, form)


async def _request_page(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    async with database.read(actor) as work:
        view = await registry_view(work, form.value("asset_no"), actor.court_code or "")
        if view is not None and not form.value("case_no"):
            await _fill_in(work, form, view)
        names = await court_names(work)
    return page(
        request,
        "court/transfer_form.html",
        status=form.status,
        form=form,
        view=view,
        courts=names,
        bases=shown(request, BASES),
        province_days=legal().transfer_answer_days_province,
        national_days=legal().transfer_answer_days_national,
    )


async def _fill_in(work: Work, form: Form, view: RegistryView) -> None:
    """What the register knows of our own case goes into the blank form; people correct it."""
    form.values["case_no"] = view.own_case_no
    case = await case_by_number(work, view.own_case_no)
    if case is None or case.court_code != work.actor.court_code:
        return
    known = (await statement_of(work, case)).as_stored()
    form.values.update({name: value for name, value in known.items() if value})
    if case.claim_fen:
        form.values["claim_fen"] = yuan(case.claim_fen).replace(",", "")


@post("/court/transfers", include_in_schema=False)
async def send_request(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Sign and send the letter."""
    actor = require_staff(visitor)
    form = await read_form(request)
    asset_no = form.text("asset_no", longest=30)
    case_no = form.text("case_no", longest=60)
    basis = form.choice("basis", TransferBasis)
    reason = form.text("reason", longest=1000, lines=True)
    claim_fen = form.yuan("claim_fen")
    title = form.text("effective_title", required=False, longest=200)
    right = form.text("right_note", required=False, longest=200)
    value = form.yuan("estimated_value", required=False)
    prior = form.yuan("prior_claims", required=False)
    statement = CaseStatement(
        security=form.text("security", required=False, longest=1000, lines=True),
        progress=form.text("progress", required=False, longest=1000, lines=True),
        officer=form.text("officer", required=False, longest=80),
        officer_phone=form.text("officer_phone", required=False, longest=40),
        applicant=form.text("applicant", required=False, longest=300),
    )
    if basis is not None and not form.is_bad:
        try:
            async with database.begin(actor) as work:
                subject = await _asset_to_ask_for(work, asset_no)
                case = await case_by_number(work, normalise_case_number(case_no))
                if case is None or case.court_code != actor.court_code:
                    raise NotFound(msg("本院没有登记案件 {case_no}，请先登记案件。", case_no=case_no))
                sent = await request_transfer(
                    work,
                    asset=subject,
                    requesting_case=case,
                    basis=basis,
                    reason=reason,
                    claim_fen=claim_fen,
                    effective_title=title,
                    right_note=right,
                    estimated_value_fen=value or None,
                    prior_claims_fen=prior,
                    statement=statement if any(statement.as_stored().values()) else None,
                )
            return see_other(
                request, f"/court/transfers/{sent.id}", said=msg("商请移送执行函已送达首封法院。")
            )
        except DisposalError as error:
            form.refuse(error)
    return await _request_page(request, database, actor, form)


async def _asset_to_ask_for(work: Work, asset_no: str) -> Asset:
    """Only an asset on which the court waits can be named; any other is as unknown as a missing one (P-03)."""
    view = await registry_view(work, asset_no, work.actor.court_code or "")
    subject = await asset_by_number(work, asset_no) if view is not None else None
    if subject is None:
        raise NotFound(
            msg("没有找到本院轮候查封的标的物 {asset_no}。请先登记轮候查封。", asset_no=asset_no), rule="P-03"
        )
    return subject


@get("/court/transfers/{transfer_id:uuid}", include_in_schema=False)
async def transfer_page(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """One request as both courts see it, with the same clock."""
    actor = require_staff(visitor)
    async with database.begin(actor) as work:
        return await transfer_view(request, work, await request_of(work, transfer_id), Form.blank())


async def transfer_view(
    request: AnyRequest,
    work: Work,
    transfer: TransferRequest,
    form: Form,
    template: str = "court/transfer.html",
) -> Response[Any]:
    """The page of a request; the reading of another court's matter is recorded (P-03)."""
    actor = work.actor
    subject = await asset_of(work, transfer.asset_id)
    if actor.court_code != subject.court_code:
        await note_cross_court_read(work, subject)
    state = TransferState(transfer.state)
    own_first = may(actor, Permission.ANSWER_TRANSFER, court_code=transfer.first_court_code)
    own_request = may(actor, Permission.REQUEST_TRANSFER, court_code=transfer.requesting_court_code)
    answerable = state in {TransferState.REQUESTED, TransferState.RECEIVED}
    return page(
        request,
        template,
        status=form.status,
        form=form,
        subject=subject,
        sees_file=may(actor, Permission.SEE_COURT_FILES, court_code=subject.court_code),
        requesting_case=await case_of(work, transfer.requesting_case_id),
        basis_label=BASIS_LABELS[TransferBasis(transfer.basis)],
        refusal_labels=REFUSAL_LABELS,
        decision_labels=DECISION_LABELS,
        refusals=shown(request, REFUSALS),
        decisions=shown(request, DECISIONS),
        factors=await weigh(work, transfer),
        seen=str(state),
        item_options=shown(request, [(code, msg(label)) for code, label in handover_rules.LABELS.items()]),
        surplus_known=transfer.surplus_fen is not None,
        papers=await papers_of_transfer(work, transfer.id),
        result=await work.session.get(DisposalResult, transfer.id),
        may_allow=may_allow(work, transfer)
        and state in OPEN_TRANSFER_STATES
        and transfer.publish_leave_at is None,
        **await panel_of(work, transfer),
        may_receive=own_first and state is TransferState.REQUESTED,
        may_refuse=own_first and answerable,
        may_consent=own_first
        and subject.court_code == transfer.first_court_code
        and state in {*_ANSWERABLE_LATE, TransferState.REQUESTED, TransferState.RECEIVED},
        may_return=own_first and answerable and transfer.supplement_note is None,
        may_supplement=own_request and state is TransferState.RETURNED_FOR_SUPPLEMENT,
        may_recall=own_request and state in OPEN_TRANSFER_STATES,
        may_decide=may(actor, Permission.DECIDE_TRANSFER) and state is TransferState.COORDINATING,
        is_superior=actor.has(Role.INTERMEDIATE_COURT),
    )


async def panel_of(work: Work, transfer: TransferRequest) -> dict[str, Any]:
    """State, clock, files and trace of a transfer, as its page shows them and asks for them again."""
    opened = await hand_over_of(work, transfer.id)
    items = handover_rules.read_items(opened.items) if opened is not None else []
    waiting = {handover_rules.ItemState.PENDING, handover_rules.ItemState.MISSING}
    actor = work.actor
    unsigned = opened is not None and opened.confirmed_at is None
    return {
        "transfer": transfer,
        "courts": await court_names(work),
        "labels": STATE_LABELS,
        "clock_due": running_clock(transfer),
        "opened": opened,
        "items": items,
        "open_items": [item for item in items if item.state in waiting],
        "item_labels": handover_rules.LABELS,
        "item_states": handover_rules.STATE_LABELS,
        "may_deliver": unsigned
        and opened is not None
        and may(actor, Permission.ANSWER_TRANSFER, court_code=opened.from_court)
        and any(item.state in waiting for item in items),
        "may_sign": unsigned and opened is not None and may_receive_files(work, opened),
        "trace": tell(await trace_of(work, transfer)),
        "now": work.now,
        "server_time": work.now,
    }


_ANSWERABLE_LATE = frozenset({TransferState.SILENT, TransferState.COORDINATING})

Act = Callable[[Work, TransferRequest, Form], Awaitable[object]]
View = Callable[[AnyRequest, Work, TransferRequest, Form], Awaitable[Response[Any]]]


async def take_step(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    transfer_id: UUID,
    act: Act,
    said: Message,
    *,
    view: View | None = None,
    back_to: str | None = None,
) -> Response[Any]:
    """One act of the actor's court on the transfer; a refusal is shown above the form it was sent from."""
    actor = require_staff(visitor)
    form = await read_form(request)
    try:
        async with database.begin(actor) as work:
            await act(work, await request_of(work, transfer_id), form)
        return see_other(request, back_to or f"/court/transfers/{transfer_id}", said=said)
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    async with database.begin(actor) as work:
        return await (view or transfer_view)(request, work, await request_of(work, transfer_id), form)


@post("/court/transfers/{transfer_id:uuid}/receive", include_in_schema=False)
async def receive(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Sign the letter in."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        await receive_request(work, transfer)

    return await take_step(request, database, visitor, transfer_id, act, msg("已签收。"))


@post("/court/transfers/{transfer_id:uuid}/consent", include_in_schema=False)
async def consent(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Hand the asset over."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        await consent_transfer(
            work, transfer, note=form.text("note", required=False, longest=1000, lines=True)
        )

    return await take_step(
        request, database, visitor, transfer_id, act, msg("已出具移送执行函，处置权已移交。")
    )


@post("/court/transfers/{transfer_id:uuid}/refuse", include_in_schema=False)
async def refuse(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Say no, with the reason."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        code = form.choice("code", RefusalReason) or RefusalReason.OTHER
        await refuse_transfer(
            work, transfer, code=code, reason=form.text("reason", required=False, longest=1000, lines=True)
        )

    return await take_step(
        request, database, visitor, transfer_id, act, msg("已复函。争议将自动报请共同上级法院协调。")
    )


@post("/court/transfers/{transfer_id:uuid}/return", include_in_schema=False)
async def send_back(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Ask once for missing papers."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        missing = form.text("missing", required=False, longest=1000, lines=True)
        await return_for_supplement(work, transfer, missing=missing)

    return await take_step(request, database, visitor, transfer_id, act, msg("已退回补正，期限暂停。"))


@post("/court/transfers/{transfer_id:uuid}/supplement", include_in_schema=False)
async def supplement(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Add what was missing."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        await supplement_request(
            work, transfer, added=form.text("added", required=False, longest=1000, lines=True)
        )

    return await take_step(request, database, visitor, transfer_id, act, msg("已补正，期限继续计算。"))


@post("/court/transfers/{transfer_id:uuid}/recall", include_in_schema=False)
async def recall(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> Response[Any]:
    """Take the request back."""

    async def act(work: Work, transfer: TransferRequest, form: Form) -> None:
        await recall_transfer(
            work, transfer, reason=form.text("recall_reason", required=False, longest=1000, lines=True)
        )

    return await take_step(request, database, visitor, transfer_id, act, msg("已撤回商请。"))


route_handlers = [
    request_form,
    send_request,
    transfer_page,
    receive,
    consent,
    refuse,
    send_back,
    supplement,
    recall,
]

"""The right to buy first: what it is, the own claim with its papers, the panel's answer (B-20 to B-25, B-44)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.listing.models import Lot
from auction.priority.claims import (
    PURPOSE,
    claim_priority,
    open_claim,
    own_claim,
    own_claims,
    window_of,
    withdraw_claim,
)
from auction.priority.models import ClaimState, PriorityKind
from auction.priority.rules import KIND_LABELS, STATE_LABELS
from auction.registration.buyers import Principal
from core.database import Database, Work
from core.errors import DisposalError, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity.models import Account
from core.legal_settings import legal
from core.sealed_files import open_file
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.papers import file_answer
from web.portal.entry_form import FIELD_LABELS, read_files, read_principal
from web.portal.registration import public_lot
from web.portal.words import WORDS
from web.rendering import page, see_other

KIND_OPTIONS: dict[PriorityKind, Message] = {kind: msg(label) for kind, label in KIND_LABELS.items()}
STATE_WORDS: dict[ClaimState, Message] = {state: msg(label) for state, label in STATE_LABELS.items()}
STATE_TAGS = {
    ClaimState.CLAIMED: "info",
    ClaimState.CONFIRMED: "good",
    ClaimState.REFUSED: "bad",
    ClaimState.LAPSED: "warn",
}


async def _show(request: AnyRequest, work: Work, lot: Lot, form: Form) -> Response[Any]:
    form.values.setdefault("holder", "self")
    account = await work.session.get(Account, work.actor.account_id) if work.actor.account_id else None
    claims = [(claim, open_claim(claim)) for claim, of in await own_claims(work) if of.id == lot.id]
    try:
        window = await window_of(work, lot)
    except RuleViolation:
        window = None
    standing = await own_claim(work, lot.id)
    return page(
        request,
        "registration/priority.html",
        status=form.status,
        form=form,
        lot=lot,
        claims=claims,
        standing=standing,
        window=window,
        is_open=window is not None and work.now < window.decide_until,
        may_withdraw=standing is not None and window is not None and work.now < window.decide_until,
        is_confirmed=account is not None and account.identity_verified_at is not None,
        hours=legal().priority_claim_hours,
        rights=KIND_OPTIONS,
        state_words=STATE_WORDS,
        claim_tags=STATE_TAGS,
        field_labels=FIELD_LABELS,
        server_time=work.now,
        **WORDS,
    )


@get("/lots/{lot_no:str}/priority", include_in_schema=False)
async def priority_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Who comes first and how to claim it; for who has claimed, where it stands."""
    async with database.read(visitor.actor) as work:
        return await _show(request, work, await public_lot(work, lot_no), Form.blank())


@post("/lots/{lot_no:str}/priority", include_in_schema=False)
async def claim(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Claim with papers."""
    actor = require_login(visitor)
    form = await read_form(request)
    kind = form.choice("kind", PriorityKind)
    statement = form.text("statement", longest=1000, lines=True)
    holder: Principal | None = None
    if form.choice("holder", ("self", "other"), required=False) == "other":
        holder = read_principal(form, 1)
    files = await read_files(form)
    if not form.is_bad and kind is not None:
        try:
            async with database.begin(actor) as work:
                lot = await public_lot(work, lot_no)
                await claim_priority(work, lot.id, kind=kind, statement=statement, files=files, holder=holder)
            return see_other(
                request, f"/lots/{lot_no}/priority", said=msg("申请已提交，合议庭将在开拍前决定。")
            )
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, await public_lot(work, lot_no), form)


@post("/lots/{lot_no:str}/priority/withdraw", include_in_schema=False)
async def withdraw(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Take the claim back."""
    actor = require_login(visitor)
    form = Form.blank()
    try:
        async with database.begin(actor) as work:
            lot = await public_lot(work, lot_no)
            await withdraw_claim(work, lot.id)
        return see_other(
            request, f"/lots/{lot_no}/priority", said=msg("申请已撤回，您可以作为普通竞买人参加。")
        )
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, await public_lot(work, lot_no), form)


@get("/lots/{lot_no:str}/priority/files/{file_id:uuid}", include_in_schema=False)
async def own_file(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, file_id: UUID
) -> Response[Any]:
    """A file of the own claim. Anybody else's is as unknown as a missing one."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        lot = await public_lot(work, lot_no)
        for each, of in await own_claims(work):
            if of.id == lot.id and file_id in open_claim(each).files:
                return file_answer(await open_file(work, file_id, purpose=PURPOSE))
    raise NotFound(msg("没有找到该文件。"))


route_handlers = [priority_page, claim, withdraw, own_file]

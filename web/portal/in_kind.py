"""Taking in kind, for those who are asked, and the draw for everybody who wants to check it."""

from typing import Any

from litestar import MediaType, Response, get, post

from auction.in_kind.answer import answer_online
from auction.in_kind.models import Answer, InKindInquiry, InKindOffer, OfferState
from auction.in_kind.queries import drawn_offer, offer_file, own_inquiry
from auction.in_kind.rules import ANSWER_LABELS, STATE_LABELS
from auction.listing.disclosure import read_disclosure
from core.database import Database
from core.errors import DisposalError, NotFound
from core.fair_draw import commitment
from core.i18n import msg
from core.identity import Actor
from core.identity_number import masked_name
from disposal_teams.courts.queries import court_of
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import OFFER_TAGS, WORDS
from web.rendering import page, see_other


@get("/my/in-kind/{lot_no:str}", include_in_schema=False)
async def show_inquiry(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """What the creditor is asked, until when, and how it stands."""
    return await _show(request, database, require_login(visitor), lot_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        own = await own_inquiry(work, lot_no)
        file = await offer_file(work, own.offer)
        court = await court_of(work, own.lot.court_code)
        now = work.now
    return page(
        request,
        "in_kind/own.html",
        status=form.status,
        form=form,
        own=own.inquiry,
        offer=own.offer,
        lot=own.lot,
        file=file,
        court=court,
        is_taker=own.offer.taker_inquiry_id == own.inquiry.id,
        is_open=own.offer.state == OfferState.OPEN
        and file.window_ends_at is not None
        and now < file.window_ends_at,
        missing_fen=own.offer.difference_fen - own.offer.difference_paid_fen,
        disclosure=read_disclosure(own.lot.disclosure),
        offer_labels=STATE_LABELS,
        offer_tags=OFFER_TAGS,
        answer_labels=ANSWER_LABELS,
        server_time=now,
        **WORDS,
    )


@post("/my/in-kind/{lot_no:str}", include_in_schema=False)
async def answer(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Take or refuse."""
    actor = require_login(visitor)
    form = await read_form(request)
    chosen = form.choice("answer", Answer)
    if chosen is Answer.TAKE:
        form.flag("consent", required=True)
    if not form.is_bad and chosen is not None:
        try:
            async with database.begin(actor) as work:
                await answer_online(work, lot_no, answer=chosen)
            return see_other(request, f"/my/in-kind/{lot_no}", said=msg("您的答复已收到。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, lot_no, form)


def draw_record(offer: InKindOffer, lot_no: str, drawn: list[InKindInquiry]) -> dict[str, Any]:
    """Everything that recomputing the draw needs. Tickets carry no names."""
    assert offer.draw_secret is not None
    return {
        "version": "disposal-draw/1",
        "lot_no": lot_no,
        "purpose": str(offer.id),
        "commitment": offer.draw_commitment.hex(),
        "secret": offer.draw_secret.hex(),
        "public_value_source": offer.draw_source,
        "public_value": offer.draw_value,
        "order": [str(line.id) for line in drawn],
    }


@get("/lots/{lot_no:str}/draw", include_in_schema=False)
async def show_draw(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """The draw among creditors of the same rank, with how to recompute it."""
    async with database.read(visitor.actor) as work:
        offer, lot, drawn = await drawn_offer(work, lot_no)
    assert offer.draw_secret is not None
    return page(
        request,
        "in_kind/draw.html",
        lot=lot,
        offer=offer,
        drawn=[(line, masked_name(line.creditor_name)) for line in drawn],
        record=draw_record(offer, lot_no, drawn),
        holds=commitment(str(offer.id), offer.draw_secret) == offer.draw_commitment,
        **WORDS,
    )


@get("/lots/{lot_no:str}/draw.json", include_in_schema=False)
async def draw_file(database: Database, visitor: Visitor, lot_no: str) -> Response[dict[str, Any]]:
    """The same for programs."""
    async with database.read(visitor.actor) as work:
        offer, lot, drawn = await drawn_offer(work, lot_no)
    return Response(draw_record(offer, lot.lot_no, drawn), media_type=MediaType.JSON)


route_handlers = [show_inquiry, answer, show_draw, draw_file]

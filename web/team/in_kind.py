"""Taking in kind, in the court: the list of inquiries, one inquiry, answers on paper, ranks, the draw, the ruling."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post

from auction.in_kind.answer import correct_rank, record_answer
from auction.in_kind.draw_lots import draw_lots
from auction.in_kind.models import Answer, OfferState
from auction.in_kind.queries import OfferFile, offers_of_court, open_offer_file
from auction.in_kind.rules import ANSWER_LABELS, STATE_LABELS, TRANSITIONS
from auction.in_kind.ruling import (
    record_in_kind_delivery,
    rule_in_kind,
    send_in_kind_registry_notice,
    serve_in_kind_ruling,
)
from auction.listing.catalogue import papers_of_lot
from core.audit import history
from core.database import Database, Work
from core.deadlines.queries import deadlines_of
from core.errors import DisposalError, NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.portal.words import OFFER_TAGS, WORDS
from web.rendering import page, see_other, translated
from web.team.labels import deadline_title
from web.team.timeline import story_of

S = OfferState
_AFTER_SERVICE = frozenset({"assistance_notice", "delivery_record"})
UseCase = Callable[[Work, OfferFile], Awaitable[Message]]


@get("/team/in-kind", include_in_schema=False)
async def offer_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The inquiries of the own court, newest first."""
    actor = require_staff(visitor)
    form = query_form(request)
    state = form.choice("state", OfferState, required=False)
    async with database.read(actor) as work:
        rows = (
            []
            if form.is_bad
            else await offers_of_court(work, actor.court_code or "", states=(state,) if state else ())
        )
    return page(
        request,
        "in_kind/list.html",
        status=422 if form.is_bad else 200,
        form=form,
        rows=rows,
        state_options=[(str(each), translated(request, msg(label))) for each, label in STATE_LABELS.items()],
        offer_labels=STATE_LABELS,
        offer_tags=OFFER_TAGS,
        **WORDS,
    )


@get("/team/lots/{lot_no:str}/in-kind", include_in_schema=False)
async def show_offer(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """One inquiry with its creditors."""
    return await _show(request, database, require_staff(visitor), lot_no, Form.blank())


async def _show(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        file = await open_offer_file(work, lot_no)
        papers = await papers_of_lot(work, file.lot.id)
        clocks = [
            each for each in await deadlines_of(work, lot_id=file.lot.id) if each.subject_kind == "in_kind"
        ]
        story = story_of(await history(work, lot_id=file.lot.id, limit=120))
        now = work.now
    following = TRANSITIONS[S(file.offer.state)]
    rules_here = may(actor, Permission.ISSUE_RULING, court_code=file.lot.court_code)
    return page(
        request,
        "in_kind/offer.html",
        status=form.status,
        form=form,
        file=file,
        offer=file.offer,
        lot=file.lot,
        subject=file.asset,
        unanswered=[each for each in file.inquiries if each.answer is None or file.offer.state == S.OPEN],
        may_record=may(actor, Permission.NOTIFY_PARTIES, court_code=file.lot.court_code)
        and file.offer.state in {S.OPEN, S.DECLINED},
        may_rank=rules_here and file.offer.state in {S.OPEN, S.DRAWING} and file.offer.drawn_at is None,
        may_draw=rules_here and file.offer.state == S.DRAWING,
        may_rule=rules_here and S.RULED in following,
        may_serve=rules_here and S.SERVED in following,
        may_notify=rules_here
        and file.offer.state == S.SERVED
        and not any(paper.kind == "assistance_notice" for paper in papers),
        may_deliver=file.asset.state == AssetState.IN_KIND_RULED
        and file.offer.state == S.SERVED
        and may(actor, Permission.RECORD_DELIVERY, court_code=file.lot.court_code),
        papers=[each for each in papers if each.kind.startswith("in_kind") or each.kind in _AFTER_SERVICE],
        clocks=[(each, deadline_title(each.rule)) for each in clocks],
        story=story,
        offer_labels=STATE_LABELS,
        offer_tags=OFFER_TAGS,
        answer_labels=ANSWER_LABELS,
        answers=[(str(each), translated(request, msg(label))) for each, label in ANSWER_LABELS.items()],
        party_labels=PARTY_ROLE_LABELS,
        server_time=now,
        **WORDS,
    )


async def _act(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form, use_case: UseCase
) -> Response[Any]:
    if not form.is_bad:
        try:
            async with database.begin(actor) as work:
                said = await use_case(work, await open_offer_file(work, lot_no))
            return see_other(request, f"/team/lots/{lot_no}/in-kind", said=said)
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await _show(request, database, actor, lot_no, form)


@post("/team/lots/{lot_no:str}/in-kind/answers", include_in_schema=False)
async def note_answer(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Record an answer on paper."""
    actor = require_staff(visitor)
    form = await read_form(request)
    inquiry_id = form.identifier("inquiry_id")
    answer = form.choice("answer", Answer)
    proof = form.text("proof", longest=200)
    posted_at = form.moment("posted_at", required=False)

    async def write(work: Work, file: OfferFile) -> Message:
        _own(file, inquiry_id)
        assert inquiry_id is not None
        assert answer is not None
        await record_answer(work, inquiry_id, answer=answer, proof=proof, posted_at=posted_at)
        return msg("答复已登记。")

    return await _act(request, database, actor, lot_no, form, write)


@post("/team/lots/{lot_no:str}/in-kind/ranks", include_in_schema=False)
async def change_rank(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Correct a creditor's rank and claim."""
    actor = require_staff(visitor)
    form = await read_form(request)
    inquiry_id = form.identifier("inquiry_id")
    rank = form.integer("rank", least=1, most=99)
    claim_fen = form.yuan("claim")
    reason = form.text("reason", longest=200)

    async def write(work: Work, file: OfferFile) -> Message:
        _own(file, inquiry_id)
        assert inquiry_id is not None
        await correct_rank(work, inquiry_id, rank=rank, claim_fen=claim_fen, reason=reason)
        return msg("顺位和债权额已更正。")

    return await _act(request, database, actor, lot_no, form, write)


def _own(file: OfferFile, inquiry_id: object) -> None:
    if inquiry_id not in {each.id for each in file.inquiries}:
        raise NotFound(msg("没有找到该债权人的征询记录。"))


@post("/team/lots/{lot_no:str}/in-kind/draw", include_in_schema=False)
async def draw(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Hold the draw."""
    actor = require_staff(visitor)
    form = await read_form(request)
    value = form.text("public_value", longest=40)

    async def hold(work: Work, file: OfferFile) -> Message:
        await draw_lots(work, file.offer.id, public_value=value)
        return msg("抽签已完成，结果可由任何人复算。")

    return await _act(request, database, actor, lot_no, form, hold)


@post("/team/lots/{lot_no:str}/in-kind/ruling", include_in_schema=False)
async def rule(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Make the ruling."""
    actor = require_staff(visitor)

    async def make(work: Work, file: OfferFile) -> Message:
        await rule_in_kind(work, file.offer.id)
        return msg("抵债裁定已作出。")

    return await _act(request, database, actor, lot_no, Form.blank(), make)


@post("/team/lots/{lot_no:str}/in-kind/service", include_in_schema=False)
async def serve(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Record the service of the ruling."""
    actor = require_staff(visitor)

    async def note(work: Work, file: OfferFile) -> Message:
        await serve_in_kind_ruling(work, file.offer.id)
        return msg("裁定送达已登记，所有权自送达时转移。")

    return await _act(request, database, actor, lot_no, Form.blank(), note)


@post("/team/lots/{lot_no:str}/in-kind/registry", include_in_schema=False)
async def registry(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Ask the registry."""
    actor = require_staff(visitor)

    async def send(work: Work, file: OfferFile) -> Message:
        await send_in_kind_registry_notice(work, file.offer.id)
        return msg("协助执行通知书已发出。")

    return await _act(request, database, actor, lot_no, Form.blank(), send)


@post("/team/lots/{lot_no:str}/in-kind/delivery", include_in_schema=False)
async def deliver(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Record the hand-over."""
    actor = require_staff(visitor)
    form = await read_form(request)
    note = form.text("note", longest=2000, lines=True)

    async def hand_over(work: Work, file: OfferFile) -> Message:
        await record_in_kind_delivery(work, file.offer.id, note=note)
        return msg("交付已登记。")

    return await _act(request, database, actor, lot_no, form, hand_over)


route_handlers = [
    offer_list,
    show_offer,
    note_answer,
    change_rank,
    draw,
    rule,
    serve,
    registry,
    deliver,
]

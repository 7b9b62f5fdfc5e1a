"""Stop a lot, let it go on, withdraw or end it: question pages with check-your-answers (B-50 to B-54, B-57)."""

from typing import Any

from litestar import Response, get, post

from auction.listing.models import ON_SHOW_STATES, Lot, LotBidding, LotState
from auction.listing.queries import open_lot_file
from auction.revocation.grounds import REVOCATION_GROUNDS
from auction.suspension.grounds import BANKRUPTCY_REFERENCE, GROUNDS, STAY_KIND_LABELS
from auction.suspension.models import Stay
from auction.suspension.queries import stays_of
from auction.suspension.rules import earliest_resumption
from auction.withdrawal.bankruptcy import CONSENT_LABELS
from auction.withdrawal.grounds import END_GROUNDS, WITHDRAWAL_GROUNDS
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Actor, may, require
from core.legal_settings import legal
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.portal.words import STAY_WORDS, WORDS
from web.rendering import page, see_other
from web.team.labels import shown
from web.team.questions import Question, take
from web.team.stop_questions import COURT_KINDS, OF_PUBLISHED, QUESTIONS


def possible_acts(lot: Lot, bidding: LotBidding | None, stays: list[Stay], now: Any) -> list[str]:
    """What may be done with the run as it stands, in the order in which a page offers it. Pure."""
    state = LotState(lot.state)
    in_force = [stay for stay in stays if stay.in_force]
    acts = []
    if state is LotState.PAUSED:
        if any(stay.ground == BANKRUPTCY_REFERENCE for stay in in_force):
            acts.append("bankruptcy-answer")
        acts.append("ground-ended" if in_force else "resume")
    if state in ON_SHOW_STATES and bidding is not None and not bidding.is_over(now):
        acts += ["stop", "bankruptcy", "end" if bidding.has_begun(now) else "withdraw"]
    elif state in {LotState.DRAFT, LotState.NOTIFYING}:
        acts.append("withdraw")
    elif state in {LotState.SOLD, LotState.DEFAULTED}:
        acts.append("revoke")
    return acts


def _question(act: str) -> Question:
    question = QUESTIONS.get(act)
    if question is None:
        raise NotFound(msg("没有这个步骤。"))
    return question


@get("/team/lots/{lot_no:str}/acts/{act:str}", include_in_schema=False)
async def ask(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, act: str
) -> Response[Any]:
    """The question."""
    actor = require_staff(visitor)
    return await _page(request, database, actor, lot_no, _question(act), Form.blank())


@post("/team/lots/{lot_no:str}/acts/{act:str}", include_in_schema=False)
async def answer(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str, act: str
) -> Response[Any]:
    """The answers: shown for checking, then done."""
    actor = require_staff(visitor)
    question, form = _question(act), await read_form(request)
    outcome, said = await take(database, actor, lot_no, question, form)
    if outcome == "done":
        return see_other(request, f"/team/lots/{lot_no}", said=said)
    return await _page(request, database, actor, lot_no, question, form, checking=outcome == "check")


async def _page(
    request: AnyRequest,
    database: Database,
    actor: Actor,
    lot_no: str,
    question: Question,
    form: Form,
    *,
    checking: bool = False,
) -> Response[Any]:
    async with database.read(actor) as work:
        lot = await open_lot_file(work, lot_no)
        require(actor, question.permission, court_code=lot.court_code)
        context = await _standing(work, lot)
    answers = question.shown(question.read(form)) if checking else {}
    return page(
        request,
        "stops/question.html",
        status=form.status,
        form=form,
        question=question,
        consequences=[each for each in question.consequences if lot.published_at or each not in OF_PUBLISHED],
        checking=checking,
        answers=[(question.labels[name], value) for name, value in answers.items() if value],
        lot=lot,
        kind_options=shown(request, [(str(kind), msg(STAY_KIND_LABELS[kind])) for kind in COURT_KINDS]),
        stay_grounds_of={
            kind: [(code, msg(ground.label)) for code, ground in GROUNDS.items() if kind in ground.kinds]
            for kind in COURT_KINDS
        },
        withdrawal_grounds=shown(request, [(code, msg(text)) for code, text in WITHDRAWAL_GROUNDS.items()]),
        end_grounds=shown(request, [(code, msg(text)) for code, text in END_GROUNDS.items()]),
        revocation_options=shown(request, [(code, msg(text)) for code, text in REVOCATION_GROUNDS.items()]),
        consents=shown(request, [(code, msg(text)) for code, text in CONSENT_LABELS.items()]),
        **context,
        **WORDS,
        **STAY_WORDS,
    )


async def _standing(work: Work, lot: Lot) -> dict[str, Any]:
    bidding = await work.session.get(LotBidding, lot.id)
    stays = await stays_of(work, lot.id)
    return {
        "bidding": bidding,
        "stays": stays,
        "possible": possible_acts(lot, bidding, stays, work.now),
        "earliest": earliest_resumption(work.now, notice_hours=legal().resume_notice_hours),
        "server_time": work.now,
    }


async def acts_of(work: Work, lot: Lot) -> dict[str, Any]:
    """What the lot's page shows of stops, and the acts that the actor may choose."""
    standing = await _standing(work, lot)
    return {
        "stays": standing["stays"],
        "acts": [
            QUESTIONS[act]
            for act in standing["possible"]
            if may(work.actor, QUESTIONS[act].permission, court_code=lot.court_code)
        ],
    }


route_handlers = [ask, answer]

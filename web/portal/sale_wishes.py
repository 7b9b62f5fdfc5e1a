"""How several assets be sold: what a party asks and the court answers; the applicant's word on a sale without surplus."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.worth_selling import rules
from auction.worth_selling.models import Wish
from auction.worth_selling.no_surplus import answer_online
from auction.worth_selling.queries import own_cases, own_tests, own_wishes
from auction.worth_selling.wishes import MAY_ASK, ask, open_assets, withdraw
from core.database import Database, Work
from core.i18n import Message, msg
from core.identity import Actor
from disposal_teams.cases.models import PartyRole
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, query_form, read_form
from web.rendering import page, see_other, translated
from web.team.worth import OUTCOME_TAGS, WISH_TAGS, chosen_order

OWN = "/my/sale-wishes"


@get(OWN, include_in_schema=False)
async def own_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What waits for an answer, what was asked for, and the form of one case."""
    return await _show(request, database, require_login(visitor), Form.blank())


async def _show(request: AnyRequest, database: Database, actor: Actor, form: Form) -> Response[Any]:
    wanted = form.value("case") or query_form(request).value("case")
    async with database.read(actor) as work:
        cases = await own_cases(work, frozenset(MAY_ASK))
        current = next((case for case in cases if str(case.id) == wanted), cases[0] if cases else None)
        choosable = await open_assets(work, current.id) if current else []
        wishes = await own_wishes(work)
        titles = {
            asset.id: asset.title
            for case_id in {wish.case_id for wish, _ in wishes}
            for asset in await open_assets(work, case_id)
        }
        tests = await own_tests(work)
        as_debtor = {case.id for case in await own_cases(work, frozenset({PartyRole.DEBTOR}))}
    return page(
        request,
        "worth/own.html",
        status=form.status,
        form=form,
        cases=cases,
        current=current,
        choosable=choosable,
        wishes=[wish for wish, _ in wishes],
        titles=titles,
        tests=tests,
        wish_options=[
            (str(wish), translated(request, msg(label)))
            for wish, label in rules.WISH_LABELS.items()
            if (current and current.id in as_debtor) or wish is not Wish.ALL
        ],
        wish_labels=rules.WISH_LABELS,
        wish_states=rules.WISH_STATE_LABELS,
        wish_tags=WISH_TAGS,
        line_labels=rules.LINE_LABELS,
        outcome_labels=rules.OUTCOME_LABELS,
        outcome_tags=OUTCOME_TAGS,
    )


@post(OWN, include_in_schema=False)
async def file_wish(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Ask."""
    form = await read_form(request)
    case_id = form.identifier("case")
    wish = form.choice("wish", Wish)
    reason = form.text("reason", longest=1000, lines=True)
    order = chosen_order(form)

    async def act(work: Work) -> None:
        assert case_id is not None
        assert wish is not None
        await ask(work, case_id, wish=wish, asset_ids=order, reason=reason)

    return await _take(request, database, visitor, form, act, msg("申请已送达法院，结果将通知您。"))


@post(OWN + "/{wish_id:uuid}/withdraw", include_in_schema=False)
async def take_back(
    request: AnyRequest, database: Database, visitor: Visitor, wish_id: UUID
) -> Response[Any]:
    """Take it back."""

    async def act(work: Work) -> None:
        await withdraw(work, wish_id)

    form = await read_form(request)
    return await _take(request, database, visitor, form, act, msg("申请已撤回。"))


@post(OWN + "/tests/{test_id:uuid}", include_in_schema=False)
async def answer_test(
    request: AnyRequest, database: Database, visitor: Visitor, test_id: UUID
) -> Response[Any]:
    """The applicant wants the sale although nothing may be left, or not."""
    form = await read_form(request)
    goes_on = form.choice("outcome", ("go_on", "stop")) == "go_on"

    async def act(work: Work) -> None:
        await answer_online(work, test_id, goes_on=goes_on)

    return await _take(request, database, visitor, form, act, msg("您的答复已送达法院。"))


async def _take(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    form: Form,
    act: Callable[[Work], Awaitable[None]],
    said: Message,
) -> Response[Any]:
    actor = require_login(visitor)
    if await carried_out(database, actor, form, act):
        return see_other(request, OWN, said=said)
    return await _show(request, database, actor, form)


route_handlers = [own_page, file_wish, take_back, answer_test]

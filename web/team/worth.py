"""Is it worth selling: assets without surplus, cases that hold too much, what parties ask for (A-23, A-24, A-25)."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post

from auction.worth_selling import rules
from auction.worth_selling.figures import (
    case_figures,
    costs_of,
    measures_of,
    surplus_figures,
    tests_of,
    wishes_of_case,
)
from auction.worth_selling.measures import decide_measure, end_measure
from auction.worth_selling.models import Way, Wish, WishState
from auction.worth_selling.no_surplus import MOST_LINES, ask_applicant, note_answer, note_receipt, record_test
from auction.worth_selling.queries import assets_without_surplus, cases_with_excess, waiting_wishes
from auction.worth_selling.wishes import MAY_ASK, answer, ask, open_assets
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.deadlines.queries import deadlines_of
from core.documents import documents_of
from core.errors import NotFound
from core.i18n import Message, msg
from core.identity import Actor, Permission, may
from core.legal_settings import legal
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import assets_of_case, open_own_asset
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import open_case_file, parties_of
from disposal_teams.surveys.rules import SurplusOutcome
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.carry_out import carried_out
from web.forms import Form, read_form
from web.rendering import page, see_other, translated
from web.team.asset_steps import take_on_asset
from web.team.fields import panel_members

ASSET = "/team/assets/{asset_no:str}/worth"
CASE = "/team/cases/{case_id:uuid}/worth"
HAND_LINES = 2
OUTCOME_TAGS = {
    SurplusOutcome.CLEAR: "good",
    SurplusOutcome.NOT_APPLICABLE: "good",
    SurplusOutcome.ASK_APPLICANT: "bad",
    SurplusOutcome.GO_ON_ABOVE: "warn",
    SurplusOutcome.STOP: "bad",
}
WISH_TAGS = {WishState.FILED: "warn", WishState.ACCEPTED: "good", WishState.REFUSED: "bad"}
assert HAND_LINES <= MOST_LINES


@get("/team/worth", include_in_schema=False)
async def worth_list(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The court's lists: no surplus, excess, requests that wait."""
    actor = require_staff(visitor)
    court_code = actor.court_code or ""
    async with database.read(actor) as work:
        without = await assets_without_surplus(work, court_code)
        excess = await cases_with_excess(work, court_code)
        wishes = await waiting_wishes(work, court_code)
    return page(
        request,
        "worth/list.html",
        without=without,
        excess=excess,
        wishes=wishes,
        outcome_labels=rules.OUTCOME_LABELS,
        outcome_tags=OUTCOME_TAGS,
        wish_labels=rules.WISH_LABELS,
        way_labels=rules.WAY_LABELS,
    )


@get(ASSET, include_in_schema=False)
async def asset_worth(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str
) -> Response[Any]:
    """The no-surplus test of one asset, line by line."""
    return await _show_asset(request, database, require_staff(visitor), asset_no, Form.blank())


async def _show_asset(
    request: AnyRequest, database: Database, actor: Actor, asset_no: str, form: Form
) -> Response[Any]:
    async with database.begin(actor) as work:
        subject = await open_own_asset(work, asset_no)
        figures = await surplus_figures(work, subject)
        tests = await tests_of(work, subject.id)
        newest = tests[0] if tests else None
        clocks = [each for each in await deadlines_of(work, asset_id=subject.id) if each.rule == "L-27"]
        papers = await documents_of(work, asset_id=subject.id)
        now = work.now
    decision = rules.surplus_of(
        figures,
        goes_on=newest.goes_on if newest else None,
        test_first_rank=legal().no_surplus_check_for_first_rank,
    )
    by_hand = [
        line for line in figures.lines if line.kind in (rules.LineKind.OTHER_PRIOR, rules.LineKind.OTHER_COST)
    ]
    for place, line in enumerate(by_hand, start=1):
        form.values.setdefault(f"kind{place}", str(line.kind))
        form.values.setdefault(f"text{place}", line.text)
        form.values.setdefault(f"amount{place}", f"{line.amount_fen / 100:.2f}")
    form.values.setdefault("received_at", now.astimezone(COURT_ZONE).strftime("%Y-%m-%dT%H:%M"))
    return page(
        request,
        "worth/asset.html",
        status=form.status,
        form=form,
        subject=subject,
        figures=figures,
        decision=decision,
        tests=tests,
        newest=newest,
        clock=clocks[-1] if clocks else None,
        papers=[paper for paper in papers if paper.subject.startswith("surplus_test:")],
        now=now,
        numbers=range(1, max(HAND_LINES, len(by_hand) + 1) + 1),
        line_labels=rules.LINE_LABELS,
        hand_kinds=[
            (str(kind), translated(request, msg(rules.LINE_LABELS[kind])))
            for kind in (rules.LineKind.OTHER_COST, rules.LineKind.OTHER_PRIOR)
        ],
        prior=rules.PRIOR,
        outcome_labels=rules.OUTCOME_LABELS,
        outcome_tags=OUTCOME_TAGS,
        may_enter=may(actor, Permission.DRAFT_LISTING, court_code=subject.court_code),
    )


@post(ASSET + "/{step:str}", include_in_schema=False)
async def asset_step(
    request: AnyRequest, database: Database, visitor: Visitor, asset_no: str, step: str
) -> Response[Any]:
    """Record the test, ask the applicant, note the receipt or the answer."""
    actor = require_staff(visitor)
    form = await read_form(request)
    said: Message
    if step == "test":
        lines = _hand_lines(form)
        said = msg("测算已记录。")
    elif step == "ask":
        said = msg("无益拍卖通知书已制作，申请执行人收到后五日内答复。")
    elif step == "receipt":
        received_at = form.moment("received_at")
        said = msg("签收已登记，五日期限开始计算。")
    elif step == "answer":
        goes_on = form.choice("outcome", ("go_on", "stop")) == "go_on"
        proof = form.text("proof", longest=200)
        said = msg("答复已登记。")
    else:
        raise NotFound(msg("没有找到该页面。"))

    async def act(work: Work, asset: Asset) -> None:
        if step == "test":
            await record_test(work, asset.id, by_hand=lines)
        elif step == "ask":
            await ask_applicant(work, asset.id)
        elif step == "receipt":
            assert received_at is not None
            await note_receipt(work, asset.id, received_at=received_at)
        else:
            await note_answer(work, asset.id, goes_on=goes_on, proof=proof)

    return await take_on_asset(
        request, database, actor, asset_no, form, act, show=_show_asset, said=said, page="worth"
    )


def _hand_lines(form: Form) -> list[rules.Line]:
    lines = []
    for number in range(1, MOST_LINES + 1):
        if form.value(f"text{number}") or form.value(f"amount{number}"):
            kind = form.choice(f"kind{number}", (rules.LineKind.OTHER_COST, rules.LineKind.OTHER_PRIOR))
            text = form.text(f"text{number}", longest=100)
            fen = form.yuan(f"amount{number}", least_fen=1)
            if kind is not None:
                lines.append(rules.Line(kind, text, fen))
    return lines


@get(CASE, include_in_schema=False)
async def case_worth(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID
) -> Response[Any]:
    """What a case needs and holds, what may be left out, and what its parties ask for."""
    return await _show_case(request, database, require_staff(visitor), case_id, Form.blank())


async def _show_case(
    request: AnyRequest, database: Database, actor: Actor, case_id: UUID, form: Form
) -> Response[Any]:
    async with database.read(actor) as work:
        case = await open_case_file(work, case_id)
        figures = await case_figures(work, case)
        assets = {asset.id: asset for asset in await assets_of_case(work, case.id)}
        costs = {
            asset_id: sum(line.amount_fen for line in await costs_of(work, asset_id)) for asset_id in assets
        }
        parties = await parties_of(work, case.id)
        measures = await measures_of(work, case.id)
        wishes = await wishes_of_case(work, case.id)
        choosable = await open_assets(work, case.id)
        today = work.now.astimezone(COURT_ZONE).date()
    form.values.setdefault("decided_on", today.isoformat())
    return page(
        request,
        "worth/case.html",
        status=form.status,
        form=form,
        case=case,
        figures=figures,
        proposals={each.asset_id: each for each in rules.proposals(figures)},
        assets=assets,
        costs=costs,
        measures=measures,
        wishes=wishes,
        choosable=choosable,
        parties={party.id: party for party in parties},
        askers=[
            (
                str(party.id),
                f"{party.name}（{translated(request, msg(PARTY_ROLE_LABELS[PartyRole(party.role)]))}）",
            )
            for party in parties
            if party.role in MAY_ASK
        ],
        ways=[(str(way), translated(request, msg(label))) for way, label in rules.WAY_LABELS.items()],
        way_labels=rules.WAY_LABELS,
        wish_options=[
            (str(wish), translated(request, msg(label))) for wish, label in rules.WISH_LABELS.items()
        ],
        wish_labels=rules.WISH_LABELS,
        wish_states=rules.WISH_STATE_LABELS,
        wish_tags=WISH_TAGS,
        may_enter=may(actor, Permission.DRAFT_LISTING, court_code=case.court_code),
        may_decide=may(actor, Permission.RECORD_PANEL_DECISION, court_code=case.court_code),
    )


@post(CASE + "/{step:str}", include_in_schema=False)
async def case_step(
    request: AnyRequest, database: Database, visitor: Visitor, case_id: UUID, step: str
) -> Response[Any]:
    """Decide on an asset, sell one held back after all, write a paper request down, or answer one."""
    actor = require_staff(visitor)
    form = await read_form(request)
    readers = {"measure": _measure, "end": _end, "wish": _wish, "answer": _answer}
    if step not in readers:
        raise NotFound(msg("没有找到该页面。"))
    act = readers[step](form, case_id)

    async def whole(work: Work) -> None:
        await open_case_file(work, case_id)
        await act(work)

    if await carried_out(database, actor, form, whole):
        return see_other(request, f"/team/cases/{case_id}/worth", said=msg("已记录。"))
    return await _show_case(request, database, actor, case_id, form)


def _measure(form: Form, case_id: UUID) -> Any:
    asset_id = form.identifier("asset")
    way = form.choice("way", Way)
    units = form.integer("units", least=1, most=10**12, required=way is Way.PART) or None
    reason = form.text("reason", longest=1000, lines=True)
    members = panel_members(form)
    decided_on = form.day("decided_on")

    async def act(work: Work) -> None:
        assert asset_id is not None
        assert way is not None
        assert decided_on is not None
        await _of_case(work, case_id, asset_id)
        await decide_measure(
            work, asset_id, way=way, units=units, reason=reason, members=members, decided_on=decided_on
        )

    return act


def _end(form: Form, case_id: UUID) -> Any:
    asset_id = form.identifier("asset")
    note = form.text("note", longest=500)

    async def act(work: Work) -> None:
        assert asset_id is not None
        await _of_case(work, case_id, asset_id)
        await end_measure(work, asset_id, note=note)

    return act


def _wish(form: Form, case_id: UUID) -> Any:
    party_id = form.identifier("party")
    wish = form.choice("wish", Wish)
    reason = form.text("wish_reason", longest=1000, lines=True)
    order = chosen_order(form)

    async def act(work: Work) -> None:
        assert wish is not None
        await ask(work, case_id, wish=wish, asset_ids=order, reason=reason, party_id=party_id)

    return act


def chosen_order(form: Form) -> list[UUID]:
    """The assets that were given a place (`place_<id>`), in the order of their places."""
    placed = []
    for name in form.values:
        if name.startswith("place_") and form.value(name):
            place = form.integer(name, least=1, most=99)
            try:
                placed.append((place, UUID(name.removeprefix("place_"))))
            except ValueError:
                form.errors[name] = msg("请从列出的选项中选择。")
    return [asset_id for _, asset_id in sorted(placed)]


def _answer(form: Form, case_id: UUID) -> Any:
    wish_id = form.identifier("wish_id")
    accepts = form.choice("outcome", ("accept", "refuse")) == "accept"
    text = form.text("answer", longest=1000, lines=True)

    async def act(work: Work) -> None:
        assert wish_id is not None
        if wish_id not in {wish.id for wish in await wishes_of_case(work, case_id)}:
            raise NotFound(msg("没有找到该申请。"))
        await answer(work, wish_id, accepts=accepts, text=text)

    return act


async def _of_case(work: Work, case_id: UUID, asset_id: UUID) -> None:
    if asset_id not in {asset.id for asset in await assets_of_case(work, case_id)}:
        raise NotFound(msg("没有找到该标的物。"))


route_handlers = [worth_list, asset_worth, asset_step, case_worth, case_step]

"""An applicant who would get nothing is asked, a case that holds too much gives some back, and parties say how to sell."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

import auction.worth_selling.workers  # noqa: F401 - it answers for who stays silent
from auction.listing.checklist_facts import checklist_of
from auction.listing.models import Lot
from auction.worth_selling import rules
from auction.worth_selling.figures import case_figures, newest_test
from auction.worth_selling.measures import decide_measure, end_measure
from auction.worth_selling.models import Way, Wish, WishState
from auction.worth_selling.no_surplus import (
    answer_online,
    ask_applicant,
    note_answer,
    note_receipt,
    record_test,
)
from auction.worth_selling.queries import (
    assets_without_surplus,
    cases_with_excess,
    own_tests,
    own_wishes,
    waiting_wishes,
)
from auction.worth_selling.wishes import answer, ask, withdraw
from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.deadlines.rules import day_in_court
from core.deadlines.workers import sweep_deadlines
from core.documents import Document
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from disposal_teams.assets.models import AssetState, Seal, SealState
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import Party
from tests.auction.listing.workshop import (
    PANEL,
    STRANGER,
    TEAM,
    YUAN,
    at,
    by,
    further_asset,
    later,
    ready_lot,
    valued,
    valued_asset,
)
from tests.disposal_teams.city import HUQIU, KUNSHAN

JUDGE = Actor(new_id(), "承办法官", frozenset({Role.CASE_OFFICER}), KUNSHAN)


async def on_line(work: Work, party: Party, login: str) -> Work:
    """The party with an account."""
    account = await open_account(
        work, login=login, password_hash="x", display_name=login, roles={Role.CREDITOR}, court_code=None
    )
    party.account_id = account.id
    await work.session.flush()
    return by(work, Actor(account.id, login, frozenset({Role.CREDITOR})))


def panel(work: Work) -> dict[str, Any]:
    return {
        "members": ["审判长", "审判员甲", "审判员乙"],
        "decided_on": day_in_court(work.now),
        "reason": "其余足够",
    }


async def problem_of(work: Work, lot: Lot, line_id: str) -> bool:
    (line,) = [line for line in await checklist_of(by(work, TEAM), lot) if line.id == line_id]
    return not line.ok


async def test_A23_L27_the_applicant_is_asked_and_the_sale_waits_for_the_answer(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    assert not await problem_of(team, lot, "no_surplus")
    assert await assets_without_surplus(team, KUNSHAN) == []
    (own,) = await seals_of(work, made.asset.id)
    work.session.add(
        Seal(
            id=new_id(), asset_id=made.asset.id, position=2, court_code=HUQIU, case_no="（2026）苏0505执77号",
            creditor_name="抵押银行", claim_fen=690_000 * YUAN, has_priority_right=True, state=SealState.WAITING,
            registered_on=own.registered_on, expires_on=own.expires_on,
        )
    )  # fmt: skip
    await work.session.flush()
    assert not await problem_of(team, lot, "no_surplus"), "ten thousand yuan would be left"
    with pytest.raises(RuleViolation):
        await ask_applicant(team, made.asset.id)
    with pytest.raises(InvalidInput):
        await record_test(team, made.asset.id, by_hand=[rules.Line(rules.LineKind.OTHER_COST, "", 0)])
    tax = rules.Line(rules.LineKind.OTHER_COST, "预计税费", 30_000 * YUAN)
    with pytest.raises(NotPermitted):
        await record_test(by(team, STRANGER), made.asset.id, by_hand=[tax])
    test = await record_test(team, made.asset.id, by_hand=[tax])
    assert (test.outcome, test.surplus_fen) == ("ask_applicant", -20_000 * YUAN)
    assert await problem_of(team, lot, "no_surplus"), "the draft alone does not answer for the applicant"
    (row,) = await assets_without_surplus(team, KUNSHAN)
    assert (row.asset.id, row.decision.surplus_fen) == (made.asset.id, -20_000 * YUAN)

    applicant = await on_line(team, made.applicant, "applicant")
    await ask_applicant(team, made.asset.id)
    with pytest.raises(Conflict):
        await record_test(team, made.asset.id, by_hand=[tax])
    (clock,) = list(await work.session.exec(select(Deadline).where(Deadline.rule == "L-27")))
    assert clock.state == DeadlineState.RUNNING
    papers = await work.session.exec(
        select(Document.kind).where(Document.subject == f"surplus_test:{test.id}")
    )
    assert list(papers) == ["no_surplus_notice"]
    with pytest.raises(NotFound):
        await answer_online(by(team, Actor(new_id(), "x", frozenset({Role.CREDITOR}))), test.id, goes_on=True)
    assert [own_test.id for own_test, _ in await own_tests(applicant)] == [test.id]
    await answer_online(applicant, test.id, goes_on=True)
    with pytest.raises(Conflict):
        await answer_online(applicant, test.id, goes_on=False)
    await work.session.refresh(clock)
    assert clock.state == DeadlineState.MET
    assert await problem_of(team, lot, "no_surplus"), "it goes on only above that sum"
    lot.starting_price_fen = 720_000 * YUAN
    assert await problem_of(team, lot, "no_surplus"), "equal is not above"
    lot.starting_price_fen += YUAN
    assert not await problem_of(team, lot, "no_surplus")

    lot.starting_price_fen = 600_000 * YUAN
    again = await record_test(team, made.asset.id, by_hand=[tax])
    assert again.outcome == "go_on_above", "the answer that was given stays"


async def test_L27_silence_for_five_days_ends_it_and_paper_starts_with_the_receipt(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    dear = rules.Line(rules.LineKind.OTHER_PRIOR, "建设工程价款", 800_000 * YUAN)
    test = await record_test(team, made.asset.id, by_hand=[dear])
    await ask_applicant(team, made.asset.id)
    with pytest.raises(InvalidInput):
        await note_receipt(team, made.asset.id, received_at=team.now + timedelta(days=1))
    got = later(team, days=2)
    await note_receipt(got, made.asset.id, received_at=got.now)
    (clock,) = list(await work.session.exec(select(Deadline).where(Deadline.rule == "L-27")))
    assert clock.due_at - got.now >= timedelta(days=5)
    await sweep_deadlines(at(work, clock.due_at))
    await work.session.refresh(test)
    assert (test.goes_on, test.outcome) == (False, "stop")
    assert await problem_of(team, lot, "no_surplus")
    with pytest.raises(Conflict):
        await note_answer(at(work, clock.due_at), made.asset.id, goes_on=True, proof="信函")
    newest = await newest_test(work, made.asset.id)
    assert newest is not None
    assert newest.answer_proof == "逾期未答复"


async def test_A24_a_case_that_holds_too_much_gives_back_what_it_does_not_need(work: Work) -> None:
    team, home, _ = await valued_asset(work)
    car = await further_asset(team, home)
    team, _ = await valued(team, car, price_fen=200_000 * YUAN, mark="乙")
    home.case.claim_fen = 600_000 * YUAN
    await work.session.flush()
    figures = await case_figures(team, home.case)
    assert figures.held_fen == 840_000 * YUAN, "each at the lowest start of a first auction"
    (row,) = await cases_with_excess(team, KUNSHAN)
    assert [(each.asset_id, each.way) for each in row.proposals] == [(car.asset.id, Way.HOLD_BACK)]
    court = by(team, PANEL)
    with pytest.raises(NotPermitted):
        await decide_measure(team, car.asset.id, way=Way.HOLD_BACK, units=None, **panel(team))
    with pytest.raises(InvalidInput) as needed:
        await decide_measure(court, home.asset.id, way=Way.RELEASE, units=None, **panel(team))
    assert "way" in needed.value.fields
    with pytest.raises(InvalidInput):
        await decide_measure(court, car.asset.id, way=Way.PART, units=3, **panel(team))
    await decide_measure(court, car.asset.id, way=Way.HOLD_BACK, units=None, **panel(team))
    with pytest.raises(Conflict):
        await decide_measure(court, car.asset.id, way=Way.RELEASE, units=None, **panel(team))
    assert await cases_with_excess(team, KUNSHAN) == []
    with pytest.raises(InvalidInput):
        await end_measure(court, car.asset.id, note="")
    await end_measure(court, car.asset.id, note="房产流拍，不足清偿")
    await decide_measure(court, car.asset.id, way=Way.RELEASE, units=None, **panel(team))
    await work.session.refresh(car.asset)
    assert {seal.state for seal in await seals_of(work, car.asset.id)} == {SealState.RELEASED}
    assert car.asset.state == AssetState.UNSOLD_RELEASED
    with pytest.raises(RuleViolation):
        await end_measure(court, car.asset.id, note="又要")
    kinds = await work.session.exec(select(Document.kind).where(Document.asset_id == car.asset.id))
    assert {"release_ruling", "release_notice"} <= set(kinds)


async def test_A24_A25_parties_ask_how_to_sell_and_an_accepted_order_binds_the_publication(
    work: Work,
) -> None:
    team, home, lot = await ready_lot(work)
    car = await further_asset(team, home)
    debtor = await on_line(team, home.debtor, "debtor")
    ids = [car.asset.id, home.asset.id]
    with pytest.raises(InvalidInput):
        await ask(debtor, home.case.id, wish=Wish.IN_ORDER, asset_ids=[new_id()], reason="先卖车")
    with pytest.raises(NotFound):
        await ask(by(team, Actor(new_id(), "x", frozenset({Role.BIDDER}))), home.case.id,
                  wish=Wish.TOGETHER, asset_ids=ids, reason="x")  # fmt: skip
    filed = await ask(debtor, home.case.id, wish=Wish.IN_ORDER, asset_ids=ids, reason="先卖车，够了就不卖房")
    with pytest.raises(Conflict):
        await ask(debtor, home.case.id, wish=Wish.IN_ORDER, asset_ids=ids, reason="再次")
    assert [each.id for each, _ in await waiting_wishes(team, KUNSHAN)] == [filed.id]
    with pytest.raises(NotPermitted):
        await answer(by(team, STRANGER), filed.id, accepts=True, text="同意")
    assert not await problem_of(team, lot, "excess")
    await answer(team, filed.id, accepts=True, text="车辆价值接近债权，先行处置")
    with pytest.raises(RuleViolation):
        await answer(team, filed.id, accepts=False, text="又改")
    assert await problem_of(team, lot, "excess"), "the car comes first"
    car.asset.state = AssetState.OTHER_MEASURE
    await work.session.flush()
    assert not await problem_of(team, lot, "excess")
    together = await ask(debtor, home.case.id, wish=Wish.ALL, asset_ids=[], reason="同意全部拍卖")
    await withdraw(debtor, together.id)
    assert [each.state for each, _ in await own_wishes(debtor)] == [WishState.WITHDRAWN, WishState.ACCEPTED]
    paper = await ask(
        by(team, JUDGE), home.case.id, wish=Wish.ALL, asset_ids=[], reason="同意", party_id=home.debtor.id
    )
    with pytest.raises(RuleViolation, match="P-05"):
        await answer(by(team, JUDGE), paper.id, accepts=True, text="同意")
    await answer(team, paper.id, accepts=True, text="依被执行人书面申请")
    with pytest.raises(RuleViolation, match="A-24"):
        await decide_measure(by(team, PANEL), home.asset.id, way=Way.HOLD_BACK, units=None, **panel(team))

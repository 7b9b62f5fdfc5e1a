"""What remains where no objection is accepted: the review of a price by the court above (V-32, art. 25)."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from disposal_teams.assets.models import AssetState
from tests.auction.listing.workshop import (
    KEEPER,
    STRANGER,
    TEAM,
    VALUE,
    Surveyed,
    by,
    later,
    surveyed_asset,
    valued_asset,
)
from valuation.agreement.invite import begin_agreement
from valuation.agreement.submit_price import submit_price
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.supervision.models import SupervisionGround, SupervisionOutcome
from valuation.supervision.queries import own_supervision, supervision_rows
from valuation.supervision.review import ask_supervision, decide_supervision
from valuation.supervision.rules import check_request, grounds_for
from valuation.ways.rules import WayFacts

G = SupervisionGround
M = ValuationMethod
PAPER = {"evidence": "录音及聊天记录证明被胁迫", "paper_ref": "卷5"}


@pytest.mark.parametrize("method", list(M))
@pytest.mark.parametrize("ground", list(G))
def test_V32_each_way_has_its_grounds(method: ValuationMethod, ground: SupervisionGround) -> None:
    def asked(**other: object) -> None:
        facts = {"is_noticed": False, "has_open": False, "objection_handled": True, **other}
        check_request(method, ValuationState.FIXED, ground, **facts)  # type: ignore[arg-type]

    if ground not in grounds_for(method):
        with pytest.raises(RuleViolation, match="V-32"):
            asked()
        return
    asked()
    for fact in ("is_noticed", "has_open"):
        with pytest.raises(RuleViolation, match="V-32"):
            asked(**{fact: True})
    if ground is G.WRONG_HANDLING:
        with pytest.raises(RuleViolation, match="异议"):
            asked(objection_handled=False)


@pytest.mark.parametrize(
    "state", [ValuationState.NEGOTIATING, ValuationState.EXPIRED, ValuationState.WITHDRAWN]
)
def test_V32_there_must_be_a_result(state: ValuationState) -> None:
    with pytest.raises(RuleViolation, match="V-32"):
        check_request(
            M.AGREEMENT, state, G.COLLUSION, is_noticed=False, has_open=False, objection_handled=False
        )


async def agreed(work: Work) -> tuple[Work, Surveyed, Valuation]:
    """A price that both parties named."""
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await begin_agreement(team, made.asset.id, facts=WayFacts())
    for party in (made.applicant, made.debtor):
        await submit_price(team, valuation.id, party.id, price_fen=VALUE, paper_ref="卷")
    assert valuation.state == ValuationState.FIXED
    return team, made, valuation


async def test_V32_an_agreed_price_is_set_aside_by_the_court_above(work: Work) -> None:
    team, made, valuation = await agreed(work)
    with pytest.raises(NotPermitted):
        await ask_supervision(by(team, STRANGER), valuation.id, made.debtor.id, ground=G.COLLUSION, **PAPER)
    with pytest.raises(InvalidInput) as refused:
        await ask_supervision(team, valuation.id, made.debtor.id, ground=G.COLLUSION, evidence=" ")
    assert set(refused.value.fields) == {"evidence", "paper_ref"}
    with pytest.raises(RuleViolation, match="V-32"):
        await ask_supervision(team, valuation.id, made.debtor.id, ground=G.FALSE_RESULT, **PAPER)
    asked = await ask_supervision(team, valuation.id, made.debtor.id, ground=G.FRAUD_OR_DURESS, **PAPER)
    with pytest.raises(RuleViolation, match="V-32"):
        await ask_supervision(team, valuation.id, made.debtor.id, ground=G.COLLUSION, **PAPER)
    (row,) = await supervision_rows(by(team, KEEPER))
    assert (row.request.id, row.party.name) == (asked.id, "王小明")
    with pytest.raises(NotPermitted):
        await decide_supervision(team, asked.id, outcome=SupervisionOutcome.SET_ASIDE, reasons="属实")
    above = by(later(team, days=3), KEEPER)
    with pytest.raises(InvalidInput):
        await decide_supervision(above, asked.id, outcome=SupervisionOutcome.SET_ASIDE, reasons="")
    await decide_supervision(above, asked.id, outcome=SupervisionOutcome.SET_ASIDE, reasons="胁迫属实")
    assert (valuation.state, made.asset.state) == (ValuationState.WITHDRAWN, AssetState.VALUATION)
    with pytest.raises(Conflict):
        await decide_supervision(above, asked.id, outcome=SupervisionOutcome.STANDS, reasons="再议")
    clock = (await team.session.exec(select(Deadline).where(Deadline.rule == "V-32"))).one()
    assert clock.state == DeadlineState.MET
    again = await begin_agreement(by(above, TEAM), made.asset.id, facts=WayFacts())
    assert again.is_current


async def test_V32_without_proof_the_price_stands_and_after_the_notice_nothing_is_set_aside(
    work: Work,
) -> None:
    team, made, valuation = await agreed(work)
    asked = await ask_supervision(team, valuation.id, made.debtor.id, ground=G.COLLUSION, **PAPER)
    await decide_supervision(
        by(team, KEEPER), asked.id, outcome=SupervisionOutcome.STANDS, reasons="证据不足"
    )
    assert valuation.state == ValuationState.FIXED
    second = await ask_supervision(team, valuation.id, made.applicant.id, ground=G.COLLUSION, **PAPER)
    made.asset.first_listed_at = team.now
    with pytest.raises(RuleViolation, match="V-32"):
        await ask_supervision(team, valuation.id, made.debtor.id, ground=G.COLLUSION, **PAPER)
    with pytest.raises(RuleViolation, match="先依法停止"):
        await decide_supervision(
            by(team, KEEPER), second.id, outcome=SupervisionOutcome.SET_ASIDE, reasons="属实"
        )


async def test_V32_an_appraisal_needs_an_objection_that_was_handled(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    with pytest.raises(RuleViolation, match="没有可以审查"):
        await ask_supervision(team, valuation.id, made.debtor.id, ground=G.WRONG_HANDLING, **PAPER)


async def test_V32_a_person_sees_and_asks_for_itself_only(work: Work) -> None:
    team, made, valuation = await agreed(work)
    account = await open_account(
        work, login="debtor", password_hash="x", display_name="王小明", roles={Role.DEBTOR}
    )
    made.debtor.account_id = account.id
    await work.session.flush()
    own = by(later(team, hours=1), Actor(account.id, "王小明", frozenset({Role.DEBTOR}), None))
    await ask_supervision(own, valuation.id, made.debtor.id, ground=G.COLLUSION, evidence="串通证据")
    assert [each.evidence for each in (await own_supervision(own, valuation.id)).requests] == ["串通证据"]
    with pytest.raises(NotFound):
        await own_supervision(by(team, Actor(new_id(), "他人", frozenset({Role.DEBTOR}), None)), valuation.id)
    assert timedelta(days=30) <= (await own_supervision(own, valuation.id)).requests[0].due_at - own.now

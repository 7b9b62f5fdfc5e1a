"""Judicial suggestions: a problem told to the body that can mend it, with an answer by a date (§10 no. 35)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.documents import documents_of
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from disposal_teams.assets.models import Asset
from disposal_teams.courts.establish import establish_courts
from disposal_teams.suggestions.models import BodyKind, JudicialSuggestion
from disposal_teams.suggestions.suggest import note_answer, send_suggestion, suggestions_of
from disposal_teams.suggestions.workers import issue_suggestion
from tests.disposal_teams.city import DIRECTOR, HUQIU, WUZHONG, acting, make_asset, make_case, person


async def sent(work: Work) -> tuple[Asset, JudicialSuggestion]:
    """One to the registry."""
    await establish_courts(work)
    asset = await make_asset(work, await make_case(work, HUQIU, 1))
    director = acting(work, person(HUQIU, *DIRECTOR))
    suggestion = await send_suggestion(
        director,
        asset,
        body_kind=BodyKind.REGISTRY,
        body="某不动产登记中心",
        problem="查封登记未按送达顺序办理。",
        suggestion="完善登记流程",
        reply_by=(work.now.astimezone(COURT_ZONE) + timedelta(days=60)).date(),
    )
    return asset, suggestion


async def test_section_10_no_35_a_suggestion_is_a_paper_with_a_clock_and_an_answer(work: Work) -> None:
    asset, suggestion = await sent(work)
    await issue_suggestion(work, suggestion_id=suggestion.id)
    (paper,) = await documents_of(work, asset_id=asset.id)
    assert paper.title == "司法建议书"
    officer = acting(work, person(HUQIU))
    today = work.now.astimezone(COURT_ZONE).date()
    with pytest.raises(InvalidInput) as wrong:
        await note_answer(officer, asset, suggestion.id, answer="", answered_on=today + timedelta(days=1))
    assert set(wrong.value.fields) == {"answer", "answered_on"}
    await note_answer(officer, asset, suggestion.id, answer="已整改", answered_on=today)
    clock = (await work.session.exec(select(Deadline).where(Deadline.rule == "§10-35"))).one()
    assert clock.state == DeadlineState.MET
    with pytest.raises(RuleViolation, match="已经登记"):
        await note_answer(officer, asset, suggestion.id, answer="x", answered_on=today)
    assert [each.answer for each in await suggestions_of(work, asset.id)] == ["已整改"]


async def test_only_the_own_director_sends_one(work: Work) -> None:
    asset, suggestion = await sent(work)
    today = work.now.astimezone(COURT_ZONE).date()
    values: dict[str, Any] = {
        "body_kind": BodyKind.TAX,
        "body": "甲",
        "problem": "x",
        "suggestion": "y",
        "reply_by": today,
    }
    for stranger in (person(HUQIU), person(WUZHONG, *DIRECTOR)):
        with pytest.raises(NotPermitted):
            await send_suggestion(acting(work, stranger), asset, **values)
    with pytest.raises(InvalidInput) as late:
        await send_suggestion(acting(work, person(HUQIU, *DIRECTOR)), asset, **values)
    assert set(late.value.fields) == {"reply_by"}
    other = await make_asset(work, await make_case(work, HUQIU, 2))
    with pytest.raises(NotFound):
        await note_answer(acting(work, person(HUQIU)), other, suggestion.id, answer="x", answered_on=today)

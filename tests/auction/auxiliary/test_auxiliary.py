"""Auxiliary work is given to listed bodies only, and the debtor bears what it cost (B-04)."""

from uuid import UUID

import pytest

from auction.auxiliary.keep_list import bodies_of, exclude_body, list_body
from auction.auxiliary.models import AuxiliaryBody, WorkKind, WorkState
from auction.auxiliary.order import cost_of, end_work, order_work, works_of
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from tests.auction.listing.workshop import STRANGER, TEAM, YUAN, Surveyed, by, surveyed_asset
from tests.disposal_teams.city import KUNSHAN

DIRECTOR = Actor(None, "局长", frozenset({Role.BUREAU_DIRECTOR}), KUNSHAN)


async def listed(work: Work, name: str = "苏州影像", *kinds: WorkKind) -> AuxiliaryBody:
    """A body on the list of 昆山, for pictures unless told otherwise."""
    return await list_body(
        by(work, DIRECTOR), KUNSHAN, name=name, kinds=kinds or (WorkKind.PICTURES,), selected_how="公开招标"
    )


async def ordered(work: Work, made: Surveyed, body_id: UUID, *, kind: WorkKind = WorkKind.PICTURES) -> UUID:
    """An order for 1,200 yuan."""
    return (
        await order_work(
            by(work, TEAM), made.asset, body_id, kind=kind, task="拍摄室内视频", cost_fen=1_200 * YUAN
        )
    ).id


async def test_B04_work_is_ordered_done_and_its_cost_borne_by_the_debtor(work: Work) -> None:
    made = await surveyed_asset(work)
    body = await listed(work)
    first, second = await ordered(work, made, body.id), await ordered(work, made, body.id)
    assert await cost_of(work, made.asset.id) == 0, "nothing is done yet"
    await end_work(by(work, TEAM), made.asset, first, done=True, result="已交付", cost_fen=1_000 * YUAN)
    await end_work(by(work, TEAM), made.asset, second, done=False, result="改由法院自行拍摄")
    assert await cost_of(work, made.asset.id) == 1_000 * YUAN
    assert [order.state for order, _ in await works_of(work, made.asset.id)] == [
        WorkState.DONE,
        WorkState.CANCELLED,
    ]
    with pytest.raises(RuleViolation, match="已经结束"):
        await end_work(by(work, TEAM), made.asset, first, done=False, result="x")


async def test_B04_only_a_listed_body_works_and_only_what_it_is_listed_for(work: Work) -> None:
    made = await surveyed_asset(work)
    body = await listed(work)
    with pytest.raises(RuleViolation, match="不承担"):
        await ordered(work, made, body.id, kind=WorkKind.STORAGE)
    await exclude_body(by(work, DIRECTOR), body.id, because="泄露看样人信息")
    with pytest.raises(RuleViolation, match="除名") as refused:
        await ordered(work, made, body.id)
    assert refused.value.rule == "B-04"
    with pytest.raises(InvalidInput) as wrong:
        await ordered(work, made, made.asset.id)
    assert set(wrong.value.fields) == {"body"}


async def test_B04_the_director_keeps_the_list(work: Work) -> None:
    await surveyed_asset(work)
    body = await listed(work)
    with pytest.raises(Conflict):
        await listed(work)
    with pytest.raises(NotPermitted):
        await list_body(by(work, TEAM), KUNSHAN, name="甲", kinds=["pictures"], selected_how="x")
    with pytest.raises(NotFound):
        await exclude_body(by(work, STRANGER), body.id, because="x")
    with pytest.raises(InvalidInput) as wrong:
        await list_body(by(work, DIRECTOR), KUNSHAN, name="", kinds=["judging"], selected_how="x")
    assert set(wrong.value.fields) == {"name", "kinds"}, "what the court does itself is no kind"
    await exclude_body(by(work, DIRECTOR), body.id, because="迟延交付")
    with pytest.raises(Conflict):
        await exclude_body(by(work, DIRECTOR), body.id, because="x")
    (shown,) = await bodies_of(by(work, TEAM), KUNSHAN)
    assert shown.excluded_because == "迟延交付"

"""The inbox and outbox of a court, and many instructions at once (T-25, P-03)."""

import pytest

from core.database import Work
from core.errors import NotPermitted
from disposal_teams.instructions.models import (
    InstructionState,
    Urgency,
)
from disposal_teams.instructions.queries import Box, Filter, box_counts, box_page, proposals
from disposal_teams.instructions.receive import (
    assign_many,
    sign_in_many,
)
from tests.disposal_teams.city import HUQIU, WUZHONG, acting
from tests.disposal_teams.instruction_city import (
    drafted,
    sent,
    settle,
    under_way,
)

S = InstructionState


async def test_P03_what_has_not_been_sent_is_nobody_elses_business(work: Work) -> None:
    people = await settle(work)
    await drafted(work, people)
    theirs = acting(work, people.centre)
    assert not (await box_page(theirs, WUZHONG, Box.IN)).rows
    for state in (S.DRAFT, S.AWAITING_APPROVAL, S.WITHDRAWN):
        assert not (await box_page(theirs, WUZHONG, Box.IN, Filter(state=state))).rows
    with pytest.raises(NotPermitted):
        await box_page(theirs, HUQIU, Box.OUT)


async def test_the_boxes_show_what_is_due_first_page_by_page_and_count(work: Work) -> None:
    people = await settle(work)
    made = [await sent(work, people) for _ in range(3)]
    made.append(await under_way(work, people, urgency=Urgency.CRITICAL))
    centre = acting(work, people.centre)
    seen, after = [], None
    for _ in range(4):
        page = await box_page(centre, WUZHONG, Box.IN, after=after, limit=1)
        seen += [each.id for each in page.rows]
        after = page.after
    assert after is None
    assert seen == [each.id for each in (made[3], *made[:3])]
    counts = await box_counts(centre, WUZHONG, Box.IN)
    assert (counts.by_state[S.SENT], counts.by_state[S.IN_PROGRESS], counts.overdue) == (3, 1, 0)
    critical = await box_page(centre, WUZHONG, Box.IN, Filter(urgency=Urgency.CRITICAL))
    assert [each.id for each in critical.rows] == [made[3].id]
    by_number = await box_page(centre, WUZHONG, Box.IN, Filter(number=made[1].number or ""))
    assert [each.id for each in by_number.rows] == [made[1].id]
    out = await box_page(acting(work, people.officer), HUQIU, Box.OUT)
    assert len(out.rows) == 4


async def test_the_dispatcher_signs_in_and_assigns_many_at_once(work: Work) -> None:
    people = await settle(work)
    made = [await sent(work, people) for _ in range(3)]
    busy = await under_way(work, people)
    centre = acting(work, people.centre)
    proposed = await proposals(centre, made[0])
    assert [(each.account.display_name, each.load) for each in proposed] == [
        ("吴中另一人", 0),
        ("吴中专员", 1),
    ]
    assert (await sign_in_many(centre, [made[0].id]))[0] == 1
    assert people.other.account_id is not None
    done, refused = await assign_many(centre, [*(each.id for each in made), busy.id], people.other.account_id)
    assert (done, refused) == (4, [])
    assert {each.assignee_account_id for each in made} == {people.other.account_id}
    done, refused = await sign_in_many(centre, [made[0].id])
    assert (done, len(refused)) == (0, 1)

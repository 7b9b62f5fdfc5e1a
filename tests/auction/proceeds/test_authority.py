"""Which court divides the money (D-10), and that no plan is drafted before it may."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.proceeds.authority.decide import authority_over, enter_leave
from auction.proceeds.authority.models import Leave
from auction.proceeds.authority.rules import (
    LIFTED_BY,
    Basis,
    RestingSeal,
    check_leave,
    check_may_divide,
    who_divides,
)
from auction.proceeds.costs import settle_costs
from auction.proceeds.plan.divide import Sharing
from auction.proceeds.plan.draft import draft_plan
from core.audit import history
from core.database import Database
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM
from disposal_teams.assets.models import SealKind, SealState
from disposal_teams.assets.seal import seals_of
from tests.auction.proceeds.conftest import Money
from tests.auction.proceeds.test_plan import set_claims
from tests.disposal_teams.city import HUQIU

TODAY = date(2026, 3, 2)
seals = st.builds(
    RestingSeal,
    st.sampled_from(["0583", "0505"]),
    st.just("案号"),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def resting(court: str = "0583", **facts: bool) -> RestingSeal:
    return RestingSeal(
        court, "案号", **{"is_preservation": False, "is_transferred": False, "is_own_case": False, **facts}
    )


def test_D10_the_first_sealing_court_divides_and_after_a_transfer_the_new_disposer() -> None:
    assert who_divides("0583", [resting()]).basis is Basis.FIRST_SEAL
    assert who_divides("0583", [resting(is_preservation=True, is_own_case=True)]).basis is Basis.FIRST_SEAL
    assert who_divides("0583", [resting(is_preservation=True)]).basis is Basis.CASE_UNDECIDED
    other = who_divides("0583", [resting("0505")])
    assert (other.court_code, other.basis) == ("0505", Basis.OTHER_COURT)
    moved = who_divides("0583", [resting("0505", is_transferred=True, is_preservation=True)])
    assert (moved.court_code, moved.basis) == ("0583", Basis.TRANSFERRED), (
        "its unconfirmed share is reserved (D-11)"
    )
    assert who_divides("0583", []).basis is Basis.NO_SEAL
    assert who_divides("0583", [resting(), resting("0505")]).must_wait, "sold together: one seal is enough"


@given(st.lists(seals, max_size=4), st.sampled_from([None, *Leave]))
def test_D10_a_court_divides_at_once_or_by_a_paper_that_lifts_what_it_waits_for(
    chain: list[RestingSeal], leave: Leave | None
) -> None:
    authority = who_divides("0583", chain)
    may = not authority.must_wait or leave in LIFTED_BY[authority.basis]
    if may:
        check_may_divide(authority, leave)
    else:
        with pytest.raises(RuleViolation, match="D-10"):
            check_may_divide(authority, leave)
    assert authority.must_wait or authority.court_code == "0583"


def test_D10_a_paper_is_entered_only_where_one_is_needed_and_of_the_right_kind() -> None:
    with pytest.raises(RuleViolation, match="D-10"):
        check_leave(who_divides("0583", [resting()]), Leave.SUPERIOR, TODAY, TODAY)
    waiting = who_divides("0583", [resting(is_preservation=True)])
    for leave, day in ((Leave.FIRST_COURT, TODAY), (Leave.CASE_DECIDED, TODAY + timedelta(days=1))):
        with pytest.raises(InvalidInput):
            check_leave(waiting, leave, day, TODAY)
    check_leave(waiting, Leave.CASE_DECIDED, TODAY, TODAY)


async def test_D10_no_plan_is_drafted_while_another_court_is_to_divide_until_its_consent_is_entered(
    database: Database, money: Money
) -> None:
    await set_claims(database, money, own_fen=600_000_00)
    async with database.begin(SYSTEM) as work:
        first = (await seals_of(work, money.proceeds.asset_id))[0]
        first.court_code, first.case_no, first.kind = HUQIU, "（2025）苏0505执保7号", SealKind.PRESERVATION
        assert SealState.EFFECTIVE in {first.state, first.state_before_ruling}
    async with database.begin(money.officer) as work:
        await settle_costs(work, money.proceeds.id)
    with pytest.raises(RuleViolation, match="0505"):
        async with database.begin(money.officer) as work:
            await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
    paper = {
        "ground": Leave.FIRST_COURT,
        "paper_ref": "虎丘区人民法院复函",
        "decided_on": TODAY - timedelta(days=30),
    }
    with pytest.raises(NotPermitted):
        async with database.begin(money.finance) as work:
            await enter_leave(work, money.proceeds.id, **paper)  # type: ignore[arg-type]
    async with database.begin(money.officer) as work:
        for wrong in ({"paper_ref": " "}, {"ground": Leave.CASE_DECIDED}):
            with pytest.raises(InvalidInput):
                await enter_leave(work, money.proceeds.id, **{**paper, **wrong})  # type: ignore[arg-type]
        await enter_leave(work, money.proceeds.id, **paper)  # type: ignore[arg-type]
        with pytest.raises(Conflict):
            await enter_leave(work, money.proceeds.id, **paper)  # type: ignore[arg-type]
        assert (await authority_over(work, money.proceeds)).court_code == HUQIU
        plan = await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
    assert plan.version == 1
    async with database.read(SYSTEM) as work:
        events = {
            each.event: each.rule for each in await history(work, stream=f"proceeds:{money.proceeds.id}")
        }
    assert events["proceeds.division_allowed"] == "D-10"

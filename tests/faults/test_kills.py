"""Two hundred kills of real processes while people bid and lots end: nothing lost, nothing invented, everything once.

A run is a lot of its own, two to four bidders over HTTP, and one kill at an instant that the seed gives. `make soak` plays
them with the processes started as in production, and as many more as wanted.
"""

import pytest

from tests.faults.conftest import UNWATCHED, WATCHED
from tests.faults.kills import Victim, plan_of
from tests.faults.session import Outcome

pytestmark = [pytest.mark.faults, pytest.mark.slow]


@pytest.mark.parametrize("seed", UNWATCHED)
def test_B47_a_kill_loses_no_bid_and_doubles_nothing(unwatched: Outcome, seed: int) -> None:
    faults = unwatched.runs[UNWATCHED.index(seed)].faults
    assert not faults, "\n".join([str(plan_of(seed)), *faults])


@pytest.mark.parametrize("seed", WATCHED)
def test_B50_a_kill_under_the_fault_policy_loses_no_bid_and_doubles_nothing(
    watched: Outcome, seed: int
) -> None:
    faults = watched.runs[WATCHED.index(seed)].faults
    assert not faults, "\n".join([str(plan_of(seed)), *faults])


def test_M11_money_balances_and_every_chain_holds_after_all_kills(
    unwatched: Outcome, watched: Outcome
) -> None:
    assert unwatched.faults == []
    assert watched.faults == []


def test_M04_M06_no_kill_loses_or_doubles_a_payout(unwatched: Outcome, watched: Outcome) -> None:
    assert unwatched.payout_faults == []
    assert watched.payout_faults == []


def test_the_kills_hit_something(unwatched: Outcome, watched: Outcome) -> None:
    """A session in which everything was killed between the bids would prove nothing."""
    for outcome in (unwatched, watched):
        asked = outcome.crowd.asked
        print(outcome.summary())
        assert {plan_of(run.seed).victim for run in outcome.runs} == set(Victim)
        assert sum(each.accepted for each in asked) >= len(outcome.runs) / 2
        assert sum(bool(each.unanswered or each.uncertain) for each in asked) >= len(asked) / 20
        assert outcome.revivals >= len(outcome.runs) / 2

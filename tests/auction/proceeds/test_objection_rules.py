"""Whatever comes of the objections: what is paid at once is never too much, and the rest is what the suit is about (M-07)."""

from hypothesis import given
from hypothesis import strategies as st

from auction.proceeds.objections.models import Demand, PlanObjectionState
from auction.proceeds.objections.rules import OPEN, STATE_LABELS, Change, changed, subsets, undisputed
from auction.proceeds.payout.models import PayoutState
from auction.proceeds.payout.rules import TRANSITIONS, all_over
from auction.proceeds.plan.divide import Claim, Rank, Sharing, divide

AMOUNTS = st.integers(0, 5_000)
IDS = ("a", "b", "c", "d")


@st.composite
def disputes(draw: st.DrawFn) -> tuple[int, list[Claim], list[Change]]:
    """Money, four claims, and up to three objections."""
    ranks = st.sampled_from((Rank.ORDINARY, Rank.SECURED, Rank.TAX))
    claims = [
        Claim(each, draw(ranks), draw(AMOUNTS), draw(AMOUNTS), part=0, seals=((0, place + 1),))
        for place, each in enumerate(IDS)
    ]
    changes = [
        Change(draw(st.sampled_from(IDS)), draw(st.sampled_from(Demand)), draw(AMOUNTS), draw(ranks))
        for _ in range(draw(st.integers(1, 3)))
    ]
    return draw(st.integers(0, 15_000)), claims, changes


@given(disputes(), st.sampled_from(Sharing))
def test_M07_the_undisputed_part_is_in_every_outcome(
    dispute: tuple[int, list[Claim], list[Change]], sharing: Sharing
) -> None:
    money, claims, changes = dispute
    outcomes = [
        divide([money], [], changed(claims, choice), sharing=sharing).given() for choice in subsets(changes)
    ]
    assert len(outcomes) == 2 ** len(changes)
    sure = undisputed(outcomes)
    for each in outcomes:
        assert all(amount <= each.get(subject, 0) for subject, amount in sure.items())
    assert sum(sure.values()) <= money


def test_D23_a_change_is_of_one_claim_alone() -> None:
    claims = [Claim("a", Rank.ORDINARY, 50), Claim("b", Rank.ORDINARY, 50)]
    assert [each.id for each in changed(claims, [Change("a", Demand.EXCLUDE)])] == ["b"]
    assert changed(claims, [Change("a", Demand.AMOUNT, 20)])[0].title_fen == 20
    raised = changed(claims, [Change("b", Demand.RANK, rank=Rank.SECURED)])
    assert (raised[1].rank, raised[1].part) == (Rank.SECURED, 0)
    assert divide([60], [], raised, sharing=Sharing.PRO_RATA).given() == {"b": 50, "a": 10}


def test_D23_every_state_of_an_objection_has_its_words() -> None:
    assert set(STATE_LABELS) == set(PlanObjectionState)
    assert set(OPEN) < set(STATE_LABELS)


@given(st.lists(st.sampled_from(list(PayoutState)), max_size=30))
def test_M04_nothing_leaves_paid_and_what_is_paid_was_approved_and_sent(wanted: list[PayoutState]) -> None:
    """Any walk through the machine: paid is reached over approved and sent only, and is the end."""
    state, way = PayoutState.READY, [PayoutState.READY]
    for each in wanted:
        if each in TRANSITIONS[state]:
            state = each
            way.append(each)
    if PayoutState.PAID in way:
        assert way[-3:] == [PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID]
        assert PayoutState.PROPOSED in way
        assert all_over([PayoutState.PAID])

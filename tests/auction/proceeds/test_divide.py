"""The order of payment: by examples, and by what must hold for any claims at all."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.proceeds.plan.divide import (
    SPECIAL,
    Bonus,
    Claim,
    Cost,
    CostKind,
    Division,
    Rank,
    Sharing,
    divide,
)
from auction.proceeds.reckon import doubled_interest_fen, enforcement_fee_fen, further_fee_fen
from core.money import percent_of

PRO_RATA, BY_SEAL = Sharing.PRO_RATA, Sharing.BY_SEAL
YUAN, WAN = 100, 1_000_000


def claim(id_: str, title_fen: int, rank: Rank = Rank.ORDINARY, **more: object) -> Claim:
    """A claim with what matters."""
    if rank in SPECIAL:
        more = {"part": 0, "since": date(2020, 1, 1), **more}
    return Claim(id_, rank, title_fen, **more)  # type: ignore[arg-type]


def test_D01_costs_come_first_in_their_order() -> None:
    costs = [
        Cost("rent", CostKind.RENT, 30),
        Cost("fee", CostKind.FEE, 20),
        Cost("tax", CostKind.TAX, 50),
        Cost("storage", CostKind.COST, 40),
    ]
    given = divide([120], costs, [claim("a", 100)], sharing=PRO_RATA).given()
    assert given == {"tax": 50, "storage": 40, "fee": 20, "rent": 10, "a": 0}


def test_D02_construction_before_mortgages_and_these_by_registration() -> None:
    claims = [
        claim("late", 50, Rank.SECURED, since=date(2021, 1, 1)),
        claim("early", 50, Rank.SECURED, since=date(2019, 1, 1)),
        claim("builder", 30, Rank.CONSTRUCTION),
        claim("loose-a", 30, Rank.SECURED, is_registered=False),
        claim("loose-b", 10, Rank.SECURED, is_registered=False),
        claim("buyer", 10, Rank.HOME_BUYER),
    ]
    division = divide([160], [], claims, sharing=PRO_RATA)
    assert division.given() == {
        "buyer": 10,
        "builder": 30,
        "early": 50,
        "late": 50,
        "loose-a": 15,
        "loose-b": 5,
    }
    assert [line.subject for line in division.lines[:4]] == ["buyer", "builder", "early", "late"]


def test_D02_a_tax_beats_a_mortgage_only_when_it_arose_before_and_always_the_unsecured() -> None:
    mortgage = claim("bank", 80, Rank.SECURED, since=date(2020, 6, 1))
    old = claim("old", 30, Rank.TAX, part=0, since=date(2020, 5, 31))
    new = claim("new", 30, Rank.TAX, part=0, since=date(2020, 6, 1))
    assert divide([100], [], [mortgage, old, claim("x", 50)], sharing=PRO_RATA).given()["old"] == 30
    given = divide([100], [], [mortgage, new, claim("x", 50)], sharing=PRO_RATA).given()
    assert (given["bank"], given["new"], given["x"]) == (80, 20, 0)


def test_D03_a_persons_creditors_share_in_proportion_a_companys_by_seal() -> None:
    claims = [claim("first", 60, seals=((0, 1),)), claim("second", 60, seals=((0, 2),)), claim("none", 60)]
    assert divide([90], [], claims, sharing=PRO_RATA).given() == {"first": 30, "second": 30, "none": 30}
    by_seal = divide([90], [], claims, sharing=BY_SEAL).given()
    assert (by_seal["first"], by_seal["second"], by_seal["none"]) == (60, 30, 0)


def test_D03_creditors_of_one_title_share_the_place_of_its_seal() -> None:
    claims = [
        claim("wife", 30, group="(2025)1", seals=((0, 1),)),
        claim("son", 60, group="(2025)1"),
        claim("other", 50, seals=((0, 2),)),
    ]
    assert divide([45], [], claims, sharing=BY_SEAL).given()["son"] == 30


def test_D02_what_a_security_does_not_yield_is_claimed_on_by_its_title() -> None:
    bank = claim("bank", 100, Rank.SECURED, part=0)
    claims = [bank, claim("other", 50)]
    given = divide([50, 50], [], claims, sharing=PRO_RATA).given()
    assert given == {"bank": 75, "other": 25}, "50 of the own part, then 50 with 50 in proportion"
    assert divide([50, 50], [], [replace(bank, has_title=False), claims[1]], sharing=PRO_RATA).given() == {
        "bank": 50,
        "other": 50,
    }


def test_D04_the_first_seal_gets_more_only_where_it_is_set_and_money_is_short() -> None:
    claims = [claim("first", 100), claim("other", 100)]
    of_claim = divide([100], [], claims, sharing=PRO_RATA, bonus=Bonus("first", "20"))
    assert of_claim.given() == {"first": 20 + 36, "other": 44}
    of_residue = divide([50], [], claims, sharing=PRO_RATA, bonus=Bonus("first", "20", of_residue=True))
    assert of_residue.given()["first"] == 10 + 19
    assert divide([200], [], claims, sharing=PRO_RATA, bonus=Bonus("first", "20")).given()["first"] == 100


def test_D05_M10_doubled_interest_after_all_titles_then_fines_then_confiscation() -> None:
    claims = [
        claim("a", 50, doubled_fen=20),
        claim("fine", 30, Rank.FINE),
        claim("all", 90, Rank.CONFISCATION),
        claim("b", 50),
        claim("hurt", 10, Rank.MEDICAL),
        claim("victim", 15, Rank.VICTIM),
    ]
    order = [line.level for line in divide([1000], [], claims, sharing=PRO_RATA).lines]
    assert order == ["medical", "victim", "ordinary", "ordinary", "doubled", "fine", "confiscation"]
    given = divide([155], [], claims, sharing=PRO_RATA).given()
    assert (given["a"], given["fine"], given["all"]) == (70, 10, 0)


def test_D07_leftover_fen_go_by_largest_remainder() -> None:
    claims = [claim(each, 1) for each in ("a", "b", "c")]
    assert divide([2], [], claims, sharing=PRO_RATA).given() == {"a": 1, "b": 1, "c": 0}


def test_D11_an_unconfirmed_claim_is_reckoned_and_reserved() -> None:
    claims = [claim("open", 60, is_confirmed=False), claim("firm", 60)]
    lines = divide([60], [], claims, sharing=PRO_RATA).lines
    assert {line.subject: (line.given_fen, line.is_reserved) for line in lines} == {
        "open": (30, True),
        "firm": (30, False),
    }


def test_B03_each_part_of_a_mixed_lot_pays_the_rights_on_it() -> None:
    claims = [
        claim("house bank", 80, Rank.SECURED, part=0, has_title=False),
        claim("car bank", 80, Rank.SECURED, part=1, has_title=False),
        claim("seal on the car", 40, seals=((1, 1),)),
        claim("seal on the house", 40, seals=((0, 1),)),
    ]
    given = divide([100, 50], [Cost("c", CostKind.COST, 10, part=1)], claims, sharing=BY_SEAL).given()
    assert given["house bank"] == 80
    assert given["car bank"] == 40
    assert given["seal on the house"] == 20
    assert "seal on the car" not in given or given["seal on the car"] == 0


@pytest.mark.parametrize(
    ("executed", "fee"),
    [
        (0, 0),
        (1 * YUAN, 50 * YUAN),
        (1 * WAN, 50 * YUAN),
        (50 * WAN, 50 * YUAN + 7_350 * YUAN),
        (500 * WAN, 7_400 * YUAN + 45_000 * YUAN),
        (1000 * WAN, 52_400 * YUAN + 25_000 * YUAN),
        (2000 * WAN, 77_400 * YUAN + 10_000 * YUAN),
    ],
)
def test_M09_the_enforcement_fee_by_bands(executed: int, fee: int) -> None:
    assert enforcement_fee_fen(executed) == fee


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_M09_two_sales_of_a_case_cost_what_one_would(first: int, second: int) -> None:
    assert enforcement_fee_fen(first) + further_fee_fen(first, second) == enforcement_fee_fen(first + second)


def test_M10_doubled_interest_counts_days_less_stops() -> None:
    since, until = date(2026, 1, 1), date(2026, 1, 31)
    assert doubled_interest_fen(100_000 * YUAN, since=since, until=until) == 525 * YUAN
    stops = [(date(2026, 1, 11), date(2026, 1, 21)), (date(2026, 1, 15), date(2026, 1, 18))]
    assert doubled_interest_fen(100_000 * YUAN, since=since, until=until, stops=stops) == 350 * YUAN
    assert doubled_interest_fen(100, since=until, until=since) == 0


AMOUNTS = st.integers(0, 5_000)
Estate = tuple[list[int], list[Cost], list[Claim], Sharing, Bonus | None]


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """Any money, costs and claims."""
    parts = draw(st.lists(AMOUNTS, min_size=1, max_size=3))
    places = st.one_of(st.none(), st.integers(0, len(parts) - 1))
    costs = [
        Cost(f"cost{number}", draw(st.sampled_from(CostKind)), draw(AMOUNTS), draw(places))
        for number in range(draw(st.integers(0, 4)))
    ]
    claims = []
    for number in range(draw(st.integers(1, 7))):
        rank = draw(st.sampled_from(Rank))
        at = draw(st.integers(0, len(parts) - 1))
        seal = draw(st.one_of(st.just(()), st.just(((at, number + 1),))))
        claims.append(
            Claim(
                f"claim{number}",
                rank,
                draw(AMOUNTS),
                draw(AMOUNTS),
                part=at if rank in SPECIAL or draw(st.booleans()) else None,
                since=date(2020, 1, draw(st.integers(1, 9))),
                is_registered=draw(st.booleans()),
                has_title=draw(st.booleans()),
                is_confirmed=draw(st.booleans()),
                seals=seal,
                group=draw(st.sampled_from(("", "t1", "t2"))),
            )
        )
    sharing = draw(st.sampled_from(Sharing))
    bonus = draw(
        st.one_of(
            st.none(), st.builds(Bonus, st.just("claim0"), st.sampled_from(("0", "7.5", "20")), st.booleans())
        )
    )
    return parts, costs, claims, sharing, bonus


def run(estate: Estate) -> Division:
    """Divide it."""
    parts, costs, claims, sharing, bonus = estate
    return divide(parts, costs, claims, sharing=sharing, bonus=bonus)


@given(estates())
def test_D07_no_fen_is_lost_and_nobody_gets_more_than_is_owed(estate: Estate) -> None:
    parts, costs, claims, _, _ = estate
    division = run(estate)
    given = division.given()
    assert sum(given.values()) + division.surplus_fen == sum(parts)
    owed = {each.id: each.amount_fen for each in costs} | {
        each.id: each.title_fen + each.doubled_fen for each in claims
    }
    assert all(0 <= amount <= owed[subject] for subject, amount in given.items())
    if division.surplus_fen:
        full = {each.id for each in claims if each.has_title or each.rank not in SPECIAL}
        assert all(given.get(subject, 0) == owed[subject] for subject in full)
    for line in division.lines:
        assert line.given_fen <= line.wanted_fen <= line.asked_fen
        assert line.asked_fen <= line.there_fen or line.given_fen <= line.there_fen


@given(estates(), st.integers(0, 10**6))
def test_D07_the_order_of_the_files_changes_nothing(estate: Estate, seed: int) -> None:
    parts, costs, claims, sharing, bonus = estate
    shuffled = list(claims)
    Random(seed).shuffle(shuffled)
    assert divide(parts, costs[::-1], shuffled, sharing=sharing, bonus=bonus).given() == run(estate).given()


@given(
    st.lists(AMOUNTS, min_size=1, max_size=6),
    st.integers(0, 20_000),
    st.integers(0, 5_000),
    st.sampled_from(Sharing),
)
def test_D03_more_money_gives_nobody_less(
    amounts: list[int], money: int, more: int, sharing: Sharing
) -> None:
    claims = [
        claim(f"c{number}", each, doubled_fen=each // 3, seals=((0, number + 1),))
        for number, each in enumerate(amounts)
    ]
    before = divide([money], [], claims, sharing=sharing).given()
    after = divide([money + more], [], claims, sharing=sharing).given()
    # Largest remainders may move one fen between two creditors of a level; never more.
    assert all(after.get(subject, 0) >= amount - 2 for subject, amount in before.items())


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=8), st.integers(1, 10**9))
def test_D03_in_proportion_to_the_fen(amounts: list[int], money: int) -> None:
    claims = [claim(f"c{number}", each) for number, each in enumerate(amounts)]
    given = divide([money], [], claims, sharing=PRO_RATA).given()
    total = sum(amounts)
    for number, each in enumerate(amounts):
        exact = each * min(money, total) / total
        assert abs(given[f"c{number}"] - exact) < 1.001


@given(estates())
def test_D04_the_bonus_never_exceeds_its_percentage(estate: Estate) -> None:
    _, _, claims, _, bonus = estate
    for line in run(estate).lines:
        if line.level == "bonus":
            assert bonus is not None
            own = next(each for each in claims if each.id == bonus.claim_id)
            base = line.there_fen if bonus.of_residue else own.title_fen
            assert line.given_fen <= percent_of(base, bonus.percent, "floor")

"""What follows from a seal: rank of registered ones, excess, preservation turning, notices, partition (A-05…A-07, A-09, A-10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.database import Work
from core.deadlines.models import Deadline
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import Role
from disposal_teams.assets.models import AssetKind, AssetState, SealKind, SealState
from disposal_teams.assets.rules import (
    IN_FORCE,
    LIVING,
    ChainLink,
    check_order,
    check_turn,
    gives_way,
    last_day_to_ask,
)
from disposal_teams.assets.seal import record_seal, renew_seal, seals_of
from disposal_teams.assets.turn_seal import turn_into_enforcement
from disposal_teams.cases.link import link_case
from disposal_teams.cases.register import register_case
from disposal_teams.courts.establish import establish_courts
from disposal_teams.intake.models import IntakeKind
from disposal_teams.seal_duties.models import Concerned
from disposal_teams.seal_duties.notices import (
    duties_of,
    end_partition_suit,
    enter_concerned,
    file_partition_suit,
    note_received,
    note_sent,
)
from disposal_teams.seal_duties.rules import Needed, SealedValue, check_receipt, judge_seals, secured_amount
from disposal_teams.seal_duties.scope import Worth, check_excess, checks_of, sealed_assets
from tests.disposal_teams.city import HUQIU, WUZHONG, acting, days_ago, make_asset, make_case, person
from tests.disposal_teams.intake_files import CASE, DEBTOR, cases, loaded, this_year

sums = st.integers(0, 10**9)
links = st.lists(
    st.builds(
        ChainLink,
        st.integers(1, 9),
        st.sampled_from(SealState),
        st.dates(date(2020, 1, 1), date(2026, 1, 1)),
        st.booleans(),
    ),
    unique_by=lambda link: link.position,
)


@given(links, st.booleans())
def test_A05_only_a_registered_seal_goes_before_others_and_only_before_living_unregistered_ones(
    chain: list[ChainLink], is_registered: bool
) -> None:
    behind = gives_way(chain, is_registered=is_registered)
    assert all(
        (link.position in behind) == (is_registered and not link.is_registered and link.state in LIVING)
        for link in chain
    )


def test_A05_the_order_of_registration_counts_among_seals_of_one_class() -> None:
    chain = [ChainLink(1, SealState.EFFECTIVE, date(2026, 3, 1), is_registered=False)]
    check_order(chain, date(2026, 2, 1), is_registered=True)
    with pytest.raises(RuleViolation, match="A-04"):
        check_order(chain, date(2026, 2, 1), is_registered=False)


@given(st.lists(st.tuples(sums, st.booleans()), max_size=8), sums, sums)
def test_A06_what_is_needed_is_sealed_and_nothing_beyond_unless_it_is_whole(
    assets: list[tuple[int, bool]], claim_fen: int, costs_fen: int
) -> None:
    values = [SealedValue(str(place), value, whole) for place, (value, whole) in enumerate(assets)]
    verdicts = judge_seals(values, claim_fen=claim_fen, costs_fen=costs_fen)
    needed = claim_fen + costs_fen
    kept = [each for each in values if verdicts[each.key] is not Needed.EXCESS]
    covered = 0
    for each in kept:
        assert covered < needed
        covered += each.value_fen
        assert covered <= needed or each.is_indivisible
        assert (verdicts[each.key] is Needed.WHOLE_NEEDED) == (covered > needed)


@given(st.sampled_from(SealState), st.booleans(), st.booleans(), st.booleans())
def test_A07_a_living_preservation_seal_turns_in_a_case_of_enforcement_of_its_court(
    state: SealState, is_preservation: bool, same_court: bool, enforces: bool
) -> None:
    if is_preservation and same_court and enforces and state in LIVING:
        check_turn(is_preservation=True, state=state, same_court=True, enforces=True)
        return
    with pytest.raises(RuleViolation, match="A-07"):
        check_turn(is_preservation=is_preservation, state=state, same_court=same_court, enforces=enforces)


@given(sums, sums, sums)
def test_A09_what_is_secured_grows_no_more_once_the_notice_is_received(
    owed: int, more: int, highest: int
) -> None:
    fixed = secured_amount(owed_at_receipt_fen=owed, highest_fen=highest)
    assert fixed <= min(owed, highest)
    assert fixed == min(owed, highest) <= secured_amount(owed_at_receipt_fen=owed + more, highest_fen=highest)
    today = date(2026, 5, 1)
    for sent_on, received_on in ((None, today), (today, today - timedelta(1)), (today, today + timedelta(1))):
        with pytest.raises(RuleViolation, match="A-09"):
            check_receipt(sent_on=sent_on, received_on=received_on, today=today)


async def test_A05_a_registered_seal_takes_the_place_of_one_that_is_not(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    other = await make_case(work, WUZHONG, 2)
    asset = await make_asset(work, case, sealed_ago=None, kind=AssetKind.VEHICLE)
    team = acting(work, person(HUQIU))
    first = await record_seal(
        team, asset, case_no=case.case_no, registered_on=days_ago(work, 20), is_registered=False
    )
    waiting = await record_seal(
        team, asset, case_no=(await make_case(work, HUQIU, 3)).case_no, registered_on=days_ago(work, 15),
        is_registered=False,
    )  # fmt: skip
    registered = await record_seal(
        acting(work, person(WUZHONG)), asset, case_no=other.case_no, registered_on=days_ago(work, 18)
    )
    assert [(seal.id, seal.position, seal.state) for seal in await seals_of(work, asset.id)] == [
        (registered.id, 1, SealState.EFFECTIVE),
        (first.id, 2, SealState.WAITING),
        (waiting.id, 3, SealState.WAITING),
    ]
    await work.session.refresh(asset)
    assert (asset.court_code, asset.case_id) == (WUZHONG, other.id)
    asset.state = AssetState.LISTED
    registered.is_registered = False
    await work.session.flush()
    with pytest.raises(RuleViolation, match="A-05"):
        await record_seal(
            team, asset, case_no=(await make_case(work, HUQIU, 4)).case_no, registered_on=days_ago(work, 1)
        )


async def test_A06_the_seals_of_a_case_are_held_against_its_claim(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)  # claims 100_000_000 fen
    assets = [await make_asset(work, case, sealed_ago=ago) for ago in (30, 20, 10)]
    team = acting(work, person(HUQIU))
    assert [asset.id for asset, _ in await sealed_assets(team, case)] == [asset.id for asset in assets]
    worth = dict(
        zip(
            (asset.asset_no for asset in assets),
            map(Worth, (60_000_000, 30_000_000, 50_000_000)),
            strict=True,
        )
    )
    with pytest.raises(RuleViolation, match="A-06"):
        await check_excess(team, case, worth, costs_fen=2_000_000)
    check = await check_excess(team, case, worth, costs_fen=2_000_000, reason="已通知解除第三项查封")
    assert [line["verdict"] for line in check.lines] == ["needed", "needed", "excess"]
    worth[assets[2].asset_no] = Worth(50_000_000, is_indivisible=True)
    check = await check_excess(team, case, worth, costs_fen=2_000_000)
    assert [line["verdict"] for line in check.lines] == ["needed", "needed", "whole_needed"]
    assert len(await checks_of(team, case)) == 2
    with pytest.raises(InvalidInput):
        await check_excess(team, case, {}, costs_fen=0)
    for stranger in (person(WUZHONG), person(HUQIU, Role.FINANCE)):
        with pytest.raises(NotPermitted):
            await check_excess(acting(work, stranger), case, worth, costs_fen=0)


async def test_A07_a_preservation_seal_turns_when_enforcement_starts_and_its_term_runs_on(work: Work) -> None:
    await establish_courts(work)
    preserving = await make_case(work, HUQIU, 8, kind="执保", filed_ago=300)
    team = acting(work, person(HUQIU))
    seals = []
    for _ in range(3):
        asset = await make_asset(work, preserving, sealed_ago=None)
        seals.append(
            await record_seal(
                team, asset, case_no=preserving.case_no, registered_on=days_ago(work, 200),
                kind=SealKind.PRESERVATION,
            )
        )  # fmt: skip
    before = [seal.expires_on for seal in seals]
    late = last_day_to_ask(before[0]) + timedelta(days=1)
    await renew_seal(
        team, seals[2].id, new_expires_on=before[2] + timedelta(days=30), reason="申请续行", asked_on=late
    )
    enforcing = await make_case(work, HUQIU, 9, filed_ago=100)
    await turn_into_enforcement(team, seals[0].id, enforcing)
    with pytest.raises(RuleViolation, match="A-07"):
        await turn_into_enforcement(team, seals[0].id, enforcing)
    with pytest.raises(RuleViolation, match="A-07"):
        await turn_into_enforcement(team, seals[1].id, preserving)
    assert await link_case(team, enforcing, case_no=preserving.case_no) == 2
    with pytest.raises(Conflict):
        await link_case(team, enforcing, case_no=preserving.case_no)
    for seal, expires_on in zip(seals[:2], before[:2], strict=True):
        await work.session.refresh(seal)
        assert (seal.kind, seal.case_no, seal.expires_on) == (
            SealKind.ENFORCEMENT,
            enforcing.case_no,
            expires_on,
        )
        assert SealState(seal.state) in IN_FORCE


async def test_A07_a_case_that_comes_with_a_file_takes_over_what_was_preserved_for_it(work: Work) -> None:
    await establish_courts(work)
    case, debtor = this_year(work, CASE), this_year(work, DEBTOR)
    year = work.now.year - 2
    filed_on = date(year, 6, 1)
    preserving = await register_case(
        acting(work, person(HUQIU)), case_no=f"（{year}）苏0505执保8号", filed_on=filed_on, cause="保全"
    )
    asset = await make_asset(work, preserving, sealed_ago=None)
    seal = await record_seal(
        acting(work, person(HUQIU)), asset, case_no=preserving.case_no, registered_on=filed_on,
        kind=SealKind.PRESERVATION,
    )  # fmt: skip
    await loaded(work, IntakeKind.CASES, cases(case, debtor))
    await work.session.refresh(seal)
    assert (seal.kind, seal.case_no) == (SealKind.ENFORCEMENT, f"（{year + 1}）苏0505执1号")


async def test_A09_A10_mortgagees_and_co_owners_are_told_and_a_partition_suit_stops_execution(
    work: Work,
) -> None:
    await establish_courts(work)
    asset = await make_asset(work, await make_case(work, HUQIU, 1))
    team = acting(work, person(HUQIU))
    bank = await enter_concerned(
        team, asset, kind=Concerned.MORTGAGEE, name="苏州某银行", is_maximum_amount=True
    )
    wife = await enter_concerned(team, asset, kind=Concerned.CO_OWNER, name="李某", share="二分之一")
    with pytest.raises(Conflict):
        await enter_concerned(team, asset, kind=Concerned.CO_OWNER, name="李某")
    clocks = {each.rule: each for each in await work.session.exec(select(Deadline))}
    assert clocks.keys() >= {"A-09", "A-10"}
    with pytest.raises(RuleViolation, match="A-09"):
        await note_received(team, asset, bank.id, received_on=days_ago(work, 0))
    await note_sent(team, asset, bank.id, sent_on=days_ago(work, 1), sent_by="邮寄")
    await work.session.refresh(clocks["A-09"])
    assert clocks["A-09"].state == "met"
    with pytest.raises(InvalidInput):
        await note_received(team, asset, bank.id, received_on=days_ago(work, 0))
    await note_received(
        team, asset, bank.id, received_on=days_ago(work, 0), owed_fen=70_000_000, highest_fen=60_000_000
    )
    assert bank.secured_fen == 60_000_000
    await note_sent(team, asset, wife.id, sent_on=days_ago(work, 0), sent_by="直接送达")
    before = asset.state
    suit = await file_partition_suit(
        team, asset, plaintiff="李某", court_case="（2026）苏0505民初1号", filed_on=days_ago(work, 0)
    )
    await work.session.refresh(asset)
    assert asset.state == AssetState.SUSPENDED
    with pytest.raises(Conflict):
        await file_partition_suit(team, asset, plaintiff="x", court_case="x", filed_on=days_ago(work, 0))
    with pytest.raises(NotPermitted):
        await duties_of(acting(work, person(WUZHONG)), asset)
    await end_partition_suit(team, asset, suit.id, outcome="各半", ended_on=days_ago(work, 0))
    await work.session.refresh(asset)
    assert asset.state == before
    with pytest.raises(Conflict):
        await end_partition_suit(team, asset, suit.id, outcome="各半", ended_on=days_ago(work, 0))

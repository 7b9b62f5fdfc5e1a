"""The stored figures are those that an independent count of the raw rows finds, however the rows came to be (K-01…K-29)."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from auction.indicators.definitions import BY_CODE, INDICATORS
from auction.indicators.refresh import count_again, refresh, refresh_all
from auction.indicators.self_check import NIGHTS, check_figures, recount
from core.database import Work
from tests.auction.indicators.by_hand import Counted, count, whole
from tests.auction.indicators.raw_history import Historian


async def stored(work: Work) -> Counted:
    """Every figure."""
    rows = await work.session.execute(
        text(
            "SELECT indicator, court_code, month, team_id, numerator, denominator, row_count FROM indicator_figure"
        )
    )
    return {
        (row.indicator, row.court_code, row.month, row.team_id): (
            row.numerator,
            row.denominator,
            row.row_count,
        )
        for row in rows
    }


async def check(work: Work) -> None:
    """What is stored is what is counted by hand, medians and deciles too."""
    hand = await count(work, work.now)
    mine, theirs = await stored(work), whole(hand.sums.items())
    wrong = {
        key: (mine.get(key), theirs.get(key))
        for key in mine.keys() | theirs.keys()
        if mine.get(key) != theirs.get(key)
    }
    assert not wrong, dict(list(wrong.items())[:8])
    rows = await work.session.execute(
        text(
            "SELECT indicator, court_code, month, median, ninth_decile FROM indicator_figure "
            "WHERE team_id IS NULL AND median IS NOT NULL"
        )
    )
    for row in rows:
        assert BY_CODE[row.indicator].spread
        values = sorted(hand.spread[row.indicator, row.court_code, row.month])
        assert row.median == values[(len(values) - 1) // 2]
        assert row.ninth_decile == values[-(-len(values) * 9 // 10) - 1]


@pytest.mark.parametrize("seed", [1, 2])
async def test_K01_to_K28_an_independent_count_of_the_raw_rows_finds_the_stored_figures(
    work: Work, seed: int
) -> None:
    """Proves K-01, K-02, K-03, K-04, K-05, K-06, K-07, K-08, K-09, K-10, K-11, K-13,
    K-12, K-14, K-15, K-16, K-17, K-18, K-19, K-20, K-21, K-22, K-23, K-24, K-25, K-26, K-27, K-28, K-29."""
    history = Historian(work, seed)
    await history.begin()
    await history.live(40)
    await refresh_all(work)
    await check(work)
    counted = {code for code, *_ in await stored(work)}
    assert counted == {each.code for each in INDICATORS if each.has_data}, (
        "the history holds something of everything"
    )
    for _ in range(2):
        await history.stir(12)
        await refresh_all(work)
        await check(work)
    later = Work(work.session, work.actor, work.now + timedelta(days=40), None)
    await refresh_all(later)  # time alone: letters and rulings fall due, breaches go on into further months
    await check(later)


async def test_K01_a_refresh_looks_at_what_has_changed_and_counting_all_again_changes_nothing(
    work: Work,
) -> None:
    history = Historian(work, 7)
    await history.begin()
    await history.live(30)
    first = await refresh_all(work)
    assert first.subjects > 100
    assert (await refresh(work)).subjects == 0
    before = await stored(work)
    await count_again(work)
    again = await refresh_all(work)
    assert again.subjects > 80
    assert not again.keys, "no figure is another one"
    assert await stored(work) == before
    await work.session.execute(
        text("UPDATE lot SET state = 'revoked' WHERE id = (SELECT id FROM lot WHERE state = 'sold' LIMIT 1)")
    )
    one = await refresh(work)
    assert one.subjects == 2, "the lot and its asset"
    assert {court for _, court, _ in one.keys} <= set(history.courts)
    await check(work)


def test_K27_what_the_product_does_not_keep_is_said_and_never_counted() -> None:
    silent = {each.code: each.missing for each in INDICATORS if not each.has_data}
    assert {code[:4] for code in silent} == {"K-27"}
    assert all(silent.values())
    assert all(bool(each.parts) == each.has_data for each in INDICATORS)
    assert {each.rule for each in INDICATORS} == {f"K-{number:02}" for number in range(1, 30)}


async def test_K01_the_nightly_check_finds_and_mends_wrong_sums_and_facts_that_nobody_told_of(
    work: Work,
) -> None:
    history = Historian(work, 5)
    await history.begin()
    await history.live(25)
    await refresh_all(work)
    assert await recount(work) == (), "adding and taking away gives what counting gives"
    before = await stored(work)
    for spoil in (
        "UPDATE indicator_figure SET numerator = numerator + 1 WHERE id = (SELECT max(id) FROM indicator_figure)",
        "DELETE FROM indicator_figure WHERE id = (SELECT min(id) FROM indicator_figure WHERE median IS NOT NULL)",
        "UPDATE indicator_figure SET ninth_decile = ninth_decile + 1 WHERE indicator = 'K-14' AND team_id IS NULL",
    ):
        await work.session.execute(text(spoil))
    found = await check_figures(work)
    assert {code for code, _, _ in found.wrong_sums} >= {"K-14"}
    assert found.missed_facts == ()
    assert await stored(work) == before
    await check(work)
    await history.stir(8)  # what was made anew is a sound ground for the next changes
    await refresh_all(work)
    await check(work)
    assert (await check_figures(work)).is_clean
    await work.session.execute(text("SET LOCAL session_replication_role = replica"))
    await work.session.execute(
        text("UPDATE lot SET state = 'failed', final_price_fen = NULL WHERE state = 'sold'")
    )
    await work.session.execute(text("SET LOCAL session_replication_role = origin"))
    missed = 0
    for night in range(NIGHTS):
        later = Work(work.session, work.actor, work.now + timedelta(days=night), None)
        missed += len((await check_figures(later)).missed_facts)
    assert missed > 0
    await refresh_all(work)
    assert (await refresh(work)).subjects == 0

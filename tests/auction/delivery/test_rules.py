"""What a notice to leave, a plan of force and a record of hand-over must say (B-72), with plain facts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from auction.delivery import rules
from auction.delivery.models import Capacity, ClearedHow, ClearingState, GoodsTaker, Receipt
from auction.delivery.rules import Goods, Present
from core.errors import InvalidInput, RuleViolation
from disposal_teams.assets.models import AssetKind
from tests.auction.market import hand_over

NOW = datetime(2026, 3, 20, 2, 0, tzinfo=UTC)
SERVED = NOW - timedelta(days=3)
COURT, WITNESS = Present("甲", Capacity.COURT), Present("乙", Capacity.GRASSROOTS)


def test_B72_the_occupants_get_a_fair_day_and_helpers_are_named() -> None:
    good = {"occupants": "某人", "helpers": "某居委会", "now": NOW, "least_days": 5}
    assert rules.notice_problems(leave_by=date(2026, 3, 25), **good) == {}  # type: ignore[arg-type]
    assert set(rules.notice_problems(leave_by=date(2026, 3, 24), **good)) == {"leave_by"}  # type: ignore[arg-type]
    assert set(rules.notice_problems(leave_by=date(2027, 3, 24), **good)) == {"leave_by"}  # type: ignore[arg-type]
    bad = {**good, "occupants": " ", "helpers": ""}
    assert set(rules.notice_problems(leave_by=date(2026, 3, 25), **bad)) == {"occupants", "helpers"}  # type: ignore[arg-type]


def test_B72_force_waits_for_the_end_of_the_set_day() -> None:
    later = datetime(2026, 3, 26, 1, 0, tzinfo=UTC)
    with pytest.raises(RuleViolation, match="B-72"):
        rules.check_plan_time(
            leave_by=date(2026, 3, 25), forced_at=later, now=datetime(2026, 3, 25, 15, 59, tzinfo=UTC)
        )
    rules.check_plan_time(
        leave_by=date(2026, 3, 25), forced_at=later, now=datetime(2026, 3, 25, 16, 0, tzinfo=UTC)
    )
    with pytest.raises(InvalidInput):
        rules.check_plan_time(leave_by=date(2026, 3, 25), forced_at=later, now=later)


@pytest.mark.parametrize("state", sorted(set(ClearingState) - {ClearingState.PLANNED}))
def test_B72_no_force_without_a_plan(state: ClearingState) -> None:
    with pytest.raises(RuleViolation, match="B-72"):
        rules.check_forced(state)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": (COURT,)}, "people"),
        ({"people": (WITNESS,)}, "people"),
        ({"taker": GoodsTaker.NONE}, "goods_taker"),
        ({"goods": ()}, "goods"),
        ({"taken_by": " "}, "goods_taken_by"),
        ({"cleared_at": NOW + timedelta(minutes=1)}, "cleared_at"),
        ({"cleared_at": SERVED - timedelta(minutes=1)}, "cleared_at"),
    ],
)
def test_B72_goods_moved_out_go_to_the_debtor_by_a_list(changes: dict[str, object], field: str) -> None:
    good: dict[str, object] = {
        "how": ClearedHow.FORCED,
        "cleared_at": NOW,
        "people": (COURT, WITNESS),
        "goods": (Goods("沙发", "1", "旧"),),
        "taker": GoodsTaker.DEBTOR,
        "taken_by": "王小明",
        "earliest": SERVED,
        "now": NOW,
    }
    assert rules.clearing_problems(**good) == {}  # type: ignore[arg-type]
    assert set(rules.clearing_problems(**{**good, **changes})) == {field}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        (AssetKind.REAL_ESTATE, {"keys": ""}, "keys"),
        (AssetKind.REAL_ESTATE, {"water": ""}, "water"),
        (AssetKind.VEHICLE, {"mileage": ""}, "mileage"),
        (AssetKind.GOODS, {"goods": ()}, "goods"),
        (AssetKind.LAND, {"people": (COURT, WITNESS)}, "people"),
        (AssetKind.LAND, {"people": (COURT, Present("丙", Capacity.BUYER_AGENT))}, "people"),
        (AssetKind.LAND, {"delivered_at": NOW + timedelta(seconds=1)}, "delivered_at"),
        (AssetKind.LAND, {"delivered_at": SERVED - timedelta(minutes=1)}, "delivered_at"),
    ],
)
def test_B72_a_record_names_people_witnesses_keys_meters_and_goods(
    kind: AssetKind, changes: dict[str, object], field: str
) -> None:
    full = hand_over(NOW, mileage="42000", goods=(Goods("车床", "1台", "可用"),))
    assert rules.hand_over_problems(full, kind=kind, served_at=SERVED, now=NOW) == {}
    lacking = hand_over(NOW, **{"mileage": "42000", "goods": full.goods, **changes})
    assert set(rules.hand_over_problems(lacking, kind=kind, served_at=SERVED, now=NOW)) == {field}


def test_B72_a_share_is_handed_over_without_witnesses() -> None:
    people = (COURT, Present("丙", Capacity.BUYER))
    papers_only = hand_over(NOW, people=people, keys="", water="", power="")
    assert rules.hand_over_problems(papers_only, kind=AssetKind.SHARES, served_at=SERVED, now=NOW) == {}


def test_B72_the_buyer_signs_once_and_says_what_is_wrong() -> None:
    rules.check_receipt(receipt=Receipt.RECEIVED, before=None, reservations="")
    with pytest.raises(InvalidInput):
        rules.check_receipt(receipt=Receipt.RESERVED, before=None, reservations=" ")
    with pytest.raises(RuleViolation):
        rules.check_receipt(receipt=Receipt.RECEIVED, before="reserved", reservations="")


def test_lists_are_typed_line_by_line() -> None:
    problems: dict[str, object] = {}
    people = rules.parsed_people("张三，买受人\n\n李四, 邻居\n", problems)  # type: ignore[arg-type]
    assert people == (Present("张三", Capacity.BUYER), Present("李四", Capacity.OTHER))
    goods = rules.parsed_goods("沙发\n电视,1台，完好，未试机", problems)  # type: ignore[arg-type]
    assert goods == (Goods("沙发", "", ""), Goods("电视", "1台", "完好，未试机"))
    assert problems == {}
    assert rules.parsed_people("张三", problems) == ()  # type: ignore[arg-type]
    assert rules.parsed_goods("件\n" * 301, problems) == ()  # type: ignore[arg-type]
    assert set(problems) == {"people", "goods"}

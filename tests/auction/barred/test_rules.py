"""Whom a list bars from which sale (B-80, B-81), and the deposit that a default suggests (B-30, B-35)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from auction.barred.models import BarKind
from auction.barred.rules import BarPolicy, Listed, SaleFacts, bars, deposit_hint

NOW = datetime(2026, 5, 1, tzinfo=UTC)
ASSET, OTHER, CASE = UUID(int=1), UUID(int=2), UUID(int=3)
SALE = SaleFacts("0583", "05", ASSET, CASE)
CITY, COURT = BarPolicy(staff_city_wide=True), BarPolicy(staff_city_wide=False)


def barred(listed: Listed, policy: BarPolicy = CITY) -> bool:
    return bars([listed], SALE, policy, now=NOW) == [listed.kind]


@pytest.mark.parametrize("kind", [BarKind.COURT_STAFF, BarKind.STAFF_RELATIVE, BarKind.AUXILIARY_STAFF])
def test_B80_people_of_the_selling_court_and_the_one_above_it_are_always_barred(kind: BarKind) -> None:
    for policy in (CITY, COURT):
        assert barred(Listed(kind, "0583"), policy)
        assert barred(Listed(kind, "05"), policy)
    assert barred(Listed(kind, "0505"), CITY)
    assert not barred(Listed(kind, "0505"), COURT)


def test_B80_the_platform_is_barred_everywhere() -> None:
    assert barred(Listed(BarKind.PLATFORM_STAFF, "0505"), COURT)


def test_B81_appraisers_are_barred_from_what_they_valued_unless_the_setting_allows_them() -> None:
    assert barred(Listed(BarKind.APPRAISER, "0583", asset_id=ASSET))
    assert not barred(Listed(BarKind.APPRAISER, "0583", asset_id=OTHER))
    assert not barred(Listed(BarKind.APPRAISER, "0583", asset_id=ASSET), BarPolicy(appraisers=False))


def test_B82_a_conflict_bars_from_its_case() -> None:
    assert barred(Listed(BarKind.CASE_CONFLICT, "0583", case_id=CASE))
    assert not barred(Listed(BarKind.CASE_CONFLICT, "0583", case_id=uuid4()))


@pytest.mark.parametrize(
    ("scope", "same_asset", "same_court", "elsewhere"),
    [("asset", True, False, False), ("court", True, True, False), ("city", True, True, True)],
)
def test_B81_a_default_bars_from_its_re_auction_for_ever_and_from_more_where_the_policy_says_so(
    scope: str, same_asset: bool, same_court: bool, elsewhere: bool
) -> None:
    policy = BarPolicy(default_scope=scope)
    until = NOW + timedelta(days=1)

    def default(court: str, asset: UUID, until: datetime) -> bool:
        return barred(Listed(BarKind.DEFAULTED, court, asset, until=until), policy)

    assert default("0505", ASSET, until) is same_asset
    assert default("0583", OTHER, until) is same_court
    assert default("0505", OTHER, until) is elsewhere
    assert default("0583", ASSET, NOW), "its own asset never expires"
    assert not default("0583", OTHER, NOW), "the list does"


def test_B35_a_default_suggests_the_higher_deposit() -> None:
    assert deposit_hint(0, usual_percent="10", raised_percent="20")[0] == "10"
    assert deposit_hint(2, usual_percent="10", raised_percent="20")[0] == "20"

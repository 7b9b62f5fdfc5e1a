"""The law of objections (B-60 to B-64, P-04), without a database."""

import pytest

from core.errors import RuleViolation
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.models import CaseState, PartyRole
from disposal_teams.objections import rules
from disposal_teams.objections.models import Capacity, ObjectionKind, ObjectionState, Outcome, Remedy

K, C, S = ObjectionKind, Capacity, ObjectionState
SUPERIORS = {"05": None, "0505": "05", "0506": "05"}


def is_refused(check: object, *args: object, **facts: object) -> str | None:
    """The rule by which a check refuses."""
    try:
        check(*args, **facts)  # type: ignore[operator]
    except RuleViolation as error:
        return error.rule
    return None


@pytest.mark.parametrize("capacity", Capacity)
def test_B60_B61_a_claim_to_the_asset_is_a_third_partys_and_only_that(capacity: Capacity) -> None:
    claims = capacity is C.THIRD_PARTY
    assert is_refused(rules.check_kind, K.THIRD_PARTY, capacity) == (None if claims else "B-61")
    assert is_refused(rules.check_kind, K.CONDUCT, capacity) == ("B-61" if claims else None)


@pytest.mark.parametrize(
    ("capacity", "roles", "rule"),
    [
        (C.PARTY, {PartyRole.DEBTOR}, None),
        (C.PARTY, {PartyRole.TENANT}, "B-63"),
        (C.PARTY, set(), "B-63"),
        (C.THIRD_PARTY, {PartyRole.APPLICANT}, "B-61"),
        (C.THIRD_PARTY, {PartyRole.TENANT}, None),
        (C.WAITING_SEAL_CREDITOR, set(), None),
        (C.WOULD_BE_BIDDER, set(), None),
        (C.PRIORITY_PURCHASER, {PartyRole.CO_OWNER}, None),
    ],
)
def test_B63_who_may_object(capacity: Capacity, roles: set[PartyRole], rule: str | None) -> None:
    assert is_refused(rules.check_capacity, capacity, roles) == rule


@pytest.mark.parametrize("asset", AssetState)
@pytest.mark.parametrize("kind", ObjectionKind)
def test_B62_until_when_an_objection_may_be_raised(kind: ObjectionKind, asset: AssetState) -> None:
    passed = asset in {AssetState.RULED, AssetState.DELIVERED, AssetState.CLOSED}
    open_case = rules.Progress(CaseState.OPEN, asset)
    by_party = rules.Progress(CaseState.OPEN, asset, bought_by_party=True)
    closed = rules.Progress(CaseState.CLOSED, asset, bought_by_party=True)
    late = "B-62" if kind is K.THIRD_PARTY and passed else None
    assert is_refused(rules.check_in_time, kind, open_case) == late
    assert is_refused(rules.check_in_time, kind, by_party) is None
    assert is_refused(rules.check_in_time, kind, closed) == "B-62"


@pytest.mark.parametrize(
    ("act", "now", "decides"),
    [
        ("0505", "0505", "0505"),
        ("0505", "0506", "0506"),
        ("05", "0505", "05"),
        ("0505", "05", "05"),
    ],
)
def test_B64_the_court_in_charge_decides_except_on_its_superiors_acts(
    act: str, now: str, decides: str
) -> None:
    assert rules.deciding_court(act_court=act, current_court=now, superiors=SUPERIORS) == decides


def test_P04_who_handled_the_case_does_not_sit() -> None:
    panel = {"1": "甲（裁判）", "2": "乙", "3": "丙"}
    assert is_refused(rules.check_panel, panel, handlers=set()) is None
    for handler in ("2", "甲", "丙"):
        assert is_refused(rules.check_panel, panel, handlers={handler}) == "P-04"
    for size in (1, 2):
        assert is_refused(rules.check_panel, dict(list(panel.items())[:size]), handlers=set()) == "P-05"


@pytest.mark.parametrize(
    ("kind", "outcome", "remedy", "ground", "rule"),
    [
        (K.CONDUCT, Outcome.DISMISSED, None, None, None),
        (K.CONDUCT, Outcome.DISMISSED, Remedy.CORRECT_ACT, None, "B-60"),
        (K.CONDUCT, Outcome.FOUNDED, None, None, "B-60"),
        (K.CONDUCT, Outcome.FOUNDED, Remedy.CORRECT_ACT, None, None),
        (K.CONDUCT, Outcome.FOUNDED, Remedy.REVOKE_SALE, None, "B-55"),
        (K.CONDUCT, Outcome.FOUNDED, Remedy.REVOKE_SALE, "collusion", None),
        (K.CONDUCT, Outcome.FOUNDED, Remedy.STOP_SALE, "collusion", "B-55"),
        (K.THIRD_PARTY, Outcome.FOUNDED, Remedy.CORRECT_ACT, None, "B-61"),
        (K.THIRD_PARTY, Outcome.FOUNDED, Remedy.STOP_SALE, None, None),
        (K.CONDUCT, Outcome.WITHDRAWN, None, None, "B-60"),
    ],
)
def test_B60_a_ruling_says_what_follows(
    kind: ObjectionKind, outcome: Outcome, remedy: Remedy | None, ground: str | None, rule: str | None
) -> None:
    assert is_refused(rules.check_ruling, kind, outcome, remedy, revocation_ground=ground) == rule


@pytest.mark.parametrize("state", ObjectionState)
@pytest.mark.parametrize("kind", ObjectionKind)
def test_B61_nothing_is_disposed_of_during_a_third_partys_review(
    kind: ObjectionKind, state: ObjectionState
) -> None:
    may_go_on = kind is K.CONDUCT or state in (S.SUIT, S.SUIT_WINDOW)
    facts = {"stays_sale": True, "security_fen": 1}
    assert (is_refused(rules.check_continue, kind, state, **facts) is None) is may_go_on
    assert is_refused(rules.check_continue, kind, state, **{**facts, "security_fen": 0})
    assert is_refused(rules.check_continue, kind, state, **{**facts, "stays_sale": False})
    decides = kind is K.CONDUCT and state in (S.UNDER_REVIEW, S.RULED, S.RECONSIDERATION)
    assert rules.may_stay_by_decision(kind, state) is decides


@pytest.mark.parametrize("current", ObjectionState)
def test_11_8_every_way_that_the_rulebook_does_not_have_is_refused(current: ObjectionState) -> None:
    for wanted in ObjectionState:
        expected = None if wanted in rules.TRANSITIONS[current] else "§11.8"
        assert is_refused(rules.check_transition, current, wanted) == expected
    assert set(rules.STATE_LABELS) == set(rules.TRANSITIONS) == set(ObjectionState)

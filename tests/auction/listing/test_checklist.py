"""The publish checklist of §12.3 as data: each line red for its own cause alone, and green after the repair (B-12 to B-17)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from auction.listing.checklist import run_checklist
from auction.listing.disclosure import (
    PUBLICITY_LABELS,
    SPECIAL_WARNINGS,
    USUAL_TAXES,
    Delivery,
    Disclosure,
    Fact,
    Tax,
)
from auction.listing.models import Round
from auction.listing.price_basis import PriceBasis
from auction.listing.publish_facts import PanelFacts, PriceFacts, PublishFacts, SurveyFacts
from auction.listing.queries import Position
from auction.listing.rules import Notified
from auction.listing.special_disclosures import SPECIAL_ITEMS, special_gap, special_items
from auction.platforms.rules import Platform
from core.clock import COURT_ZONE
from core.i18n import msg
from core.legal_settings import LegalSettings
from disposal_teams.assets.models import AssetKind, LeaseStatus, SoleHome

YUAN = 100
TODAY = date(2026, 3, 2)
START = datetime(2026, 4, 10, 10, tzinfo=COURT_ZONE)
K = AssetKind


def complete(kind: AssetKind = K.REAL_ESTATE) -> PublishFacts:
    """A first auction that may be published today."""
    stated = {
        item.code: Fact(item=item.label, text="已查明", source="卷一", as_of=TODAY - timedelta(days=10))
        for item in special_items(kind)
    }
    return PublishFacts(
        publish_on=TODAY,
        title="昆山市某小区1幢101室",
        round=Round.FIRST,
        rerun=0,
        is_movable=False,
        kind=kind,
        starting_price_fen=700_000 * YUAN,
        increment_fen=3_000 * YUAN,
        deposit_fen=70_000 * YUAN,
        balance_due_days=10,
        starts_at=START,
        ends_at=START + timedelta(days=1),
        earliest_start=START - timedelta(days=5),
        delivery_expected_on=date(2026, 6, 10),
        seal_ends_on=date(2028, 1, 1),
        survey=SurveyFacts(TODAY - timedelta(days=30), 9),
        price=PriceFacts(1_000_000 * YUAN, "某评估公司", date(2027, 1, 1), None),
        price_state=msg("参考价程序目前处于“{state}”。", state="草稿"),
        basis=PriceBasis(Position(Round.FIRST, 0, 0, None, None), 1_000_000 * YUAN, None),
        parts_problem=None,
        direct_problem=None,
        is_in_self_sale=False,
        panel=PanelFacts(700_000 * YUAN, 3_000 * YUAN, 70_000 * YUAN, ("甲", "乙", "丙"), TODAY),
        notified=(Notified("某银行", received_on=TODAY - timedelta(days=4)),),
        shareholders_until=START,
        transfer_open=False,
        transfer_approved=False,
        objection_open=False,
        in_kind_open=False,
        sole_home=SoleHome.NO,
        lease=LeaseStatus.NONE,
        platform=Platform.OWN,
        disclosure=Disclosure(
            special=stated,
            taxes=list(USUAL_TAXES[kind]),
            delivery=Delivery(vacated_by="court", within_days=15, text="本院负责腾退"),
            qualification="没有限制。",
            enforcement_title="民事判决书",
            pricing_basis="评估报告",
            priority_statement="没有优先购买权人。",
            notification_statement="应通知 1 人：已签收 1 人。",
            payment_ways="转账",
            contact="12368",
            warnings=list(SPECIAL_WARNINGS),
            no_surplus="surplus",
        ),
        purchase_limit="",
        court_account="某银行 6222",
        claim_fen=500_000 * YUAN,
        other_lots_fen=0,
        surplus_problem=None,
        excess_problem=None,
        sells_all=False,
        settings=LegalSettings(),
    )


Change = Callable[[PublishFacts], PublishFacts]


def facts(**changes: Any) -> Change:
    """Other facts."""
    return lambda given: replace(given, **changes)


def said(**changes: Any) -> Change:
    """Another disclosure."""
    return lambda given: replace(given, disclosure=msgspec.structs.replace(given.disclosure, **changes))


def figures(**changes: Any) -> Change:
    """Figures on which panel and draft agree."""

    def change(given: PublishFacts) -> PublishFacts:
        assert given.panel is not None
        return replace(given, panel=replace(given.panel, **changes), **changes)

    return change


def without_warning(code: str) -> Change:
    """One of the seven is not in the notice."""
    return said(warnings=[each for each in SPECIAL_WARNINGS if each != code])


def with_special(code: str, **changes: Any) -> Change:
    """One item of B-15 stated otherwise."""

    def change(given: PublishFacts) -> PublishFacts:
        fact = msgspec.structs.replace(given.disclosure.special[code], **changes)
        return said(special={**given.disclosure.special, code: fact})(given)

    return change


SOON = TODAY - timedelta(days=2)
CAUSES: list[tuple[str, AssetKind, Change]] = [
    ("seal", K.REAL_ESTATE, facts(seal_ends_on=None)),
    ("seal", K.REAL_ESTATE, facts(seal_ends_on=TODAY - timedelta(days=1))),
    ("seal", K.REAL_ESTATE, facts(seal_ends_on=date(2026, 6, 9))),
    ("survey", K.REAL_ESTATE, facts(survey=SurveyFacts(TODAY - timedelta(days=91), 9))),
    ("reference_price", K.REAL_ESTATE, facts(price=None)),
    ("direct_sale", K.REAL_ESTATE, facts(direct_problem=msg("请重新决定。"))),
    ("platform", K.REAL_ESTATE, facts(platform=Platform.JD)),
    ("self_sale", K.REAL_ESTATE, facts(is_in_self_sale=True)),
    ("parts", K.REAL_ESTATE, facts(parts_problem=msg("没有生效的查封。"))),
    ("panel", K.REAL_ESTATE, facts(panel=None)),
    ("panel", K.REAL_ESTATE, facts(increment_fen=5_000 * YUAN)),
    ("start_price", K.REAL_ESTATE, figures(starting_price_fen=699_999 * YUAN)),
    ("start_price", K.REAL_ESTATE, figures(increment_fen=0)),
    ("deposit", K.REAL_ESTATE, figures(deposit_fen=34_999 * YUAN)),
    ("deposit", K.REAL_ESTATE, figures(deposit_fen=140_001 * YUAN)),
    ("balance_days", K.REAL_ESTATE, facts(balance_due_days=31)),
    ("notice_period", K.REAL_ESTATE, facts(earliest_start=START + timedelta(minutes=1))),
    ("bidding_time", K.REAL_ESTATE, facts(ends_at=START + timedelta(hours=23))),
    ("notified", K.REAL_ESTATE, facts(notified=())),
    ("notified", K.REAL_ESTATE, facts(notified=(Notified("某银行", received_on=SOON),))),
    ("notified", K.REAL_ESTATE, facts(notified=(Notified("某银行", posted_on=SOON),))),
    ("shareholders", K.SHARES, facts(shareholders_until=None)),
    ("shareholders", K.SHARES, facts(shareholders_until=START + timedelta(days=2))),
    ("transfer", K.REAL_ESTATE, facts(transfer_open=True)),
    ("objection", K.REAL_ESTATE, facts(objection_open=True)),
    ("in_kind", K.REAL_ESTATE, facts(in_kind_open=True)),
    ("no_surplus", K.REAL_ESTATE, said(no_surplus="")),
    ("sole_home", K.REAL_ESTATE, facts(sole_home=SoleHome.UNKNOWN)),
    ("lease", K.REAL_ESTATE, facts(lease=LeaseStatus.DISPUTED)),
    ("taxes", K.REAL_ESTATE, said(taxes=[Tax(name="土地增值税", payer="买受人")])),
    ("delivery", K.REAL_ESTATE, said(delivery=None)),
    ("qualification", K.REAL_ESTATE, said(qualification="")),
    ("qualification", K.REAL_ESTATE, facts(purchase_limit="须有购房资格")),
    ("excess", K.REAL_ESTATE, facts(other_lots_fen=500_000 * YUAN)),
    *[(f"warning.{code}", K.REAL_ESTATE, without_warning(code)) for code in SPECIAL_WARNINGS],
    *[(f"special.{item.code}", item.kind, with_special(item.code, text="")) for item in SPECIAL_ITEMS],
    *[(f"special.{item.code}", item.kind, with_special(item.code, source="")) for item in SPECIAL_ITEMS],
    *[
        (f"special.{item.code}", item.kind, with_special(item.code, as_of=day))
        for item in SPECIAL_ITEMS
        if item.dated
        for day in (None, TODAY - timedelta(days=91), TODAY + timedelta(days=1))
    ],
    ("publicity.notice", K.REAL_ESTATE, facts(title="")),
    ("publicity.enforcement_title", K.REAL_ESTATE, said(enforcement_title="")),
    ("publicity.pricing_basis", K.REAL_ESTATE, said(pricing_basis="")),
    ("publicity.priority", K.REAL_ESTATE, said(priority_statement="")),
    ("publicity.notification", K.REAL_ESTATE, said(notification_statement="")),
    ("publicity.payment", K.REAL_ESTATE, said(payment_ways="")),
    ("publicity.payment", K.REAL_ESTATE, facts(court_account="")),
    ("publicity.contact", K.REAL_ESTATE, said(contact="")),
]
"""For each line what makes it red, and nothing else."""

TOGETHER: list[tuple[set[str], Change]] = [
    ({"notice_period", "bidding_time", "publicity.time_price_rules"}, facts(starts_at=None)),
    ({"survey", "publicity.asset_materials"}, facts(survey=None)),
    ({"taxes", "publicity.taxes"}, said(taxes=[])),
]
"""Facts that two rules ask for."""

NEVER_RED = {"publicity.other"}
"""Where nothing is stated the notice refers to the instructions for bidders."""


def red(given: PublishFacts) -> set[str]:
    """Ids of the red lines."""
    return {line.id for line in run_checklist(given) if not line.ok}


@pytest.mark.parametrize(
    ("line_id", "missing"),
    [
        ("seal", facts(seal_ends_on=None)),
        ("survey", facts(survey=None)),
        ("sole_home", facts(sole_home=SoleHome.UNKNOWN)),
        ("lease", facts(lease=LeaseStatus.UNKNOWN)),
    ],
)
def test_A01_A02_A08_A16_A17_nothing_is_auctioned_without_seal_survey_and_verdicts(
    line_id: str, missing: Change
) -> None:
    assert line_id in red(missing(complete(K.REAL_ESTATE)))


@pytest.mark.parametrize("kind", AssetKind)
def test_a_complete_lot_of_every_kind_is_green(kind: AssetKind) -> None:
    assert red(complete(kind)) == set()


@pytest.mark.parametrize(("line_id", "kind", "change"), CAUSES, ids=[cause[0] for cause in CAUSES])
def test_B12_B13_B15_B17_each_line_is_red_for_its_cause_and_green_after_the_repair(
    line_id: str, kind: AssetKind, change: Change
) -> None:
    base = complete(kind)
    broken = change(base)
    assert red(broken) == {line_id}
    line = next(line for line in run_checklist(broken) if line.id == line_id)
    assert line.rule
    assert line.remedy is not None
    assert str(line.evidence)
    assert line.place
    assert red(base) == set(), "what was changed is put back"


@pytest.mark.parametrize(("lines", "change"), TOGETHER)
def test_some_facts_are_asked_for_twice(lines: set[str], change: Change) -> None:
    assert red(change(complete())) == lines


def test_no_line_is_left_out_of_the_table() -> None:
    every = {line.id for kind in AssetKind for line in run_checklist(complete(kind))}
    proven = {cause[0] for cause in CAUSES} | {line for lines, _ in TOGETHER for line in lines}
    assert every - proven == NEVER_RED


def test_B12_B13_there_are_eleven_items_and_seven_warnings_each_with_its_source() -> None:
    lines = run_checklist(complete())
    assert [line.id for line in lines if line.rule == "B-12"] == [
        f"publicity.{code}" for code in PUBLICITY_LABELS
    ]
    assert len(PUBLICITY_LABELS) == 11
    assert [line.id for line in lines if line.rule == "B-13"] == [
        f"warning.{code}" for code in SPECIAL_WARNINGS
    ]
    assert len(SPECIAL_WARNINGS) == 7
    assert all("（" in str(line.evidence) for line in lines if line.rule == "B-12")


def test_B15_what_the_rulebook_lists_of_each_kind() -> None:
    codes = {kind: {item.code for item in special_items(kind)} for kind in AssetKind}
    assert codes[K.REAL_ESTATE] >= {"occupation", "arrears", "household", "land_nature", "registered_area"}
    assert codes[K.VEHICLE] >= {
        "violations", "mileage", "emission", "plate", "validity", "keys_papers", "missing_parts",
    }  # fmt: skip
    assert codes[K.SHARES] >= {"share_ratio", "capital", "transfer_limits"}
    assert codes[K.LAND] >= {"construction_price", "planning", "idle", "land_tax"}


def test_B15_an_undated_item_needs_no_day_of_inquiry() -> None:
    item = next(item for item in SPECIAL_ITEMS if not item.dated)
    fact = Fact(item=item.label, text="已查明", source="卷一")
    assert special_gap(item, fact, on=TODAY, fresh_days=90) is None
    assert special_gap(item, None, on=TODAY, fresh_days=90) is not None

"""Objections from the paper to the final result, and what they do to a sale (B-60 to B-64, L-35, L-36, §11.8)."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlmodel import select

import auction.objections.workers  # noqa: F401 - registers what a sale does
import disposal_teams.objections.workers  # noqa: F401 - and what happens when a window passes
from auction.listing.models import LotState
from auction.suspension.models import Stay, StayKind
from auction.suspension.queries import stays_in_force
from benchmarks.market import COURT
from core.audit import verify_stream
from core.database import Database, Work
from core.deadlines import DeadlineState
from core.deadlines.queries import deadlines_of
from core.documents.models import Document
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of
from disposal_teams.cases.register import add_party
from disposal_teams.objections import rules
from disposal_teams.objections.accept import accept_objection, ask_supplement, refuse_objection
from disposal_teams.objections.models import (
    ObjectionState,
    Outcome,
    Remedy,
)
from disposal_teams.objections.queries import (
    followed_objection,
    forbids_disposal,
    objections_of_court,
    own_objections,
)
from disposal_teams.objections.review import ask_reconsideration, decide_reconsideration, extend_review
from disposal_teams.objections.rule import record_service, rule_objection
from disposal_teams.objections.stay import continue_sale, decide_stay
from disposal_teams.objections.submit import submit_objection, supplement_objection, withdraw_objection
from disposal_teams.objections.suit import record_judgment, record_suit
from tests.auction.objections.conftest import CLAIM, COMPLAINT, DAY, DISMISSED, Court, person
from tests.auction.suspension.standing import at, sealed_market, standing
from tests.working_off import work_off

S = ObjectionState


async def test_B61_a_third_partys_claim_stays_the_sale_at_once_and_its_dismissal_lets_it_go_on(
    court: Court,
) -> None:
    made = await court.raised()
    lot, bidding = await standing(court.work, court.lot.id)
    assert (lot.state, bidding.phase) == (LotState.PAUSED, "paused")
    (stay,) = await stays_in_force(court.work, lot.id)
    assert (stay.kind, stay.ground, stay.source) == (StayKind.DEFERRAL, "objection", f"objection:{made.id}")
    assert "filer" not in stay.reason
    assert await forbids_disposal(court.work, lot.asset_id) == made
    assert await court.clock(rules.FILING) == DeadlineState.RUNNING, (
        "the court's own clock does not stand still"
    )

    panel = [judge.account_id for judge in court.judges]
    await accept_objection(
        court.by(court.judges[0]),
        made.id,
        number=f"（2026）苏{COURT}执异7号",
        panel_accounts=panel,  # type: ignore[arg-type]
    )
    assert await court.clock("L-36") == DeadlineState.RUNNING
    await rule_objection(court.by(court.judges[2]), made.id, **DISMISSED)  # type: ignore[arg-type]
    assert await court.clock("L-36") == DeadlineState.MET
    await record_service(court.by(court.judges[2]), made.id, served_at=court.work.now, proof="回证")
    assert (made.state, await court.state()) == (S.SUIT_WINDOW, LotState.PAUSED)
    await court.later(days=14)
    assert made.state == S.SUIT_WINDOW
    await court.later(days=6)
    assert (made.state, made.outcome) == (S.FINAL, Outcome.DISMISSED), "nobody sued within fifteen days"
    assert await court.state() == LotState.PAUSED, "the court resumes it within five days"
    assert not stay.in_force
    assert await court.clock("L-25") == DeadlineState.RUNNING
    assert await verify_stream(court.work, f"objection:{made.id}") is None
    with pytest.raises(Conflict):
        await court.raised()


async def test_B61_a_founded_claim_ends_the_sale_when_it_is_final(court: Court) -> None:
    made = await court.ruled(
        {"outcome": Outcome.FOUNDED, "remedy": Remedy.STOP_SALE, "finding": "异议成立。"}
    )
    assert await court.state() == LotState.PAUSED, "the applicant may still sue"
    await court.later(days=20)
    asset = await court.work.session.get_one(Asset, court.lot.asset_id)
    assert (made.state, await court.state(), asset.state) == (
        S.FINAL,
        LotState.WITHDRAWN,
        AssetState.WITHDRAWN,
    )
    assert (await standing(court.work, court.lot.id))[0].ended_reason == "end.third_party_founded"


@pytest.mark.parametrize("claim_upheld", [True, False])
async def test_B61_during_the_suit_the_sale_stands_still_unless_the_applicant_gives_security(
    court: Court, claim_upheld: bool
) -> None:
    made = await court.accepted()
    with pytest.raises(RuleViolation, match="B-61"):
        await continue_sale(court.by(court.judges[0]), made.id, reason="担保", security_fen=1)
    await rule_objection(court.by(court.judges[0]), made.id, **DISMISSED)  # type: ignore[arg-type]
    await record_service(court.by(court.judges[0]), made.id, served_at=court.work.now, proof="回证")
    with pytest.raises(RuleViolation, match="L-36"):
        late = await at(court.work, court.work.now + 30 * DAY, court.judges[0])
        await record_suit(late, made.id, case_no="（2026）苏0505民初1号", brought_at=late.now)
    await record_suit(
        court.by(court.judges[0]), made.id, case_no="（2026）苏0505民初1号", brought_at=court.work.now
    )
    await court.later(days=60)
    assert (made.state, await court.state()) == (S.SUIT, LotState.PAUSED), "no window closes a suit"
    await continue_sale(court.by(court.judges[0]), made.id, reason="足额担保", security_fen=10_000_00)
    await court.deliver()
    assert await stays_in_force(court.work, court.lot.id) == []
    assert await forbids_disposal(court.work, court.lot.asset_id) is None
    await record_judgment(
        court.by(court.judges[0]), made.id, judgment_no="（2026）苏0505民初1号", claim_upheld=claim_upheld
    )
    await court.deliver()
    assert await court.state() == (LotState.WITHDRAWN if claim_upheld else LotState.PAUSED)
    assert made.outcome == (Outcome.FOUNDED if claim_upheld else Outcome.DISMISSED)


async def test_B60_a_conduct_objection_stays_the_sale_only_by_decision(court: Court) -> None:
    made = await court.accepted(**COMPLAINT)
    assert await court.state() == LotState.BIDDING
    assert await court.clock("L-35") == DeadlineState.RUNNING
    await decide_stay(court.by(court.judges[0]), made.id, reason="争议较大，决定暂缓", security_fen=500_000)
    await court.deliver()
    assert (await court.state(), made.security_fen) == (LotState.PAUSED, 500_000)
    assert await court.clock("L-35") == DeadlineState.RUNNING, (
        "the panel's time runs on though the sale stands still"
    )
    await continue_sale(court.by(court.judges[0]), made.id, reason="申请执行人担保", security_fen=800_000)
    await court.deliver()
    assert await stays_in_force(court.work, court.lot.id) == []


async def test_L35_the_court_above_reviews_within_thirty_days_and_thirty_more(court: Court) -> None:
    made = await court.ruled(DISMISSED, **COMPLAINT)
    assert (made.state, await court.clock(rules.ASKING)) == (S.RULED, DeadlineState.RUNNING)
    with pytest.raises(NotFound):
        await ask_reconsideration(
            court.by(await person(court.work, "x", {Role.BIDDER})), made.id, reasons="不服"
        )
    await ask_reconsideration(court.by(court.filer), made.id, reasons="认定事实错误")
    assert (made.state, made.review_court) == (S.RECONSIDERATION, "05")
    assert [each.id for each in await objections_of_court(court.by(court.above), "05")] == [made.id]
    (before,) = [
        each for each in await deadlines_of(court.work, lot_id=court.lot.id) if each.rule == rules.REVIEW
    ]
    president = await person(court.work, "president", {Role.PRESIDENT}, "05")
    await court.later(days=20)
    await extend_review(court.by(president), made.id, reason="案情复杂")
    with pytest.raises(Conflict):
        await extend_review(court.by(president), made.id, reason="再延长")
    after = [
        each for each in await deadlines_of(court.work, lot_id=court.lot.id) if each.rule == rules.REVIEW
    ][-1]
    assert after.due_at - before.due_at >= 19 * DAY
    for nobody in (court.judges[0], president):
        with pytest.raises(NotPermitted):
            await decide_reconsideration(court.by(nobody), made.id, **DISMISSED)  # type: ignore[arg-type]
    await decide_reconsideration(
        court.by(court.above), made.id, outcome=Outcome.FOUNDED, remedy=Remedy.STOP_SALE, finding="应予停止。"
    )
    await court.deliver()
    assert (made.state, made.outcome, await court.state()) == (S.FINAL, Outcome.FOUNDED, LotState.WITHDRAWN)
    papers = {
        paper.kind: paper
        for paper in await court.work.session.exec(select(Document).where(Document.lot_id == court.lot.id))
    }
    assert {"objection_ruling", "review_ruling"} <= set(papers)
    assert not papers["objection_ruling"].is_public
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(papers["review_ruling"].content)).pages)
    assert "江苏省苏州市中级人民法院" in text.replace("\n", "")


async def test_L35_a_ruling_nobody_takes_further_stands_after_ten_days(court: Court) -> None:
    made = await court.ruled(DISMISSED, **COMPLAINT)
    await court.later(days=9)
    assert made.state == S.RULED
    await court.later(days=6)
    assert (made.state, made.outcome) == (S.FINAL, Outcome.DISMISSED)
    with pytest.raises(RuleViolation, match=r"§11\.8"):
        await ask_reconsideration(court.by(court.filer), made.id, reasons="不服")


async def test_B60_papers_are_completed_once_within_three_days_or_the_objection_is_not_accepted(
    court: Court,
) -> None:
    made = await court.raised(**COMPLAINT)
    judge = court.by(court.judges[0])
    assert await court.clock(rules.FILING) == DeadlineState.RUNNING
    await ask_supplement(judge, made.id, wanted="身份证明")
    with pytest.raises(Conflict):
        await ask_supplement(judge, made.id, wanted="还要")
    await supplement_objection(court.by(court.filer), made.id, evidence="身份证明复印件")
    with pytest.raises(Conflict):
        await supplement_objection(court.by(court.filer), made.id, evidence="又一份")
    await refuse_objection(judge, made.id, finding="不属于执行异议的范围。")
    assert (made.state, made.outcome) == (S.RULED, Outcome.NOT_ACCEPTED)
    await record_service(judge, made.id, served_at=court.work.now, proof="回证")
    assert await court.clock(rules.ASKING) == DeadlineState.RUNNING, (
        "against this too one may ask the court above"
    )


async def test_B61_a_claim_that_is_not_accepted_or_withdrawn_lets_the_sale_go_on(court: Court) -> None:
    made = await court.raised()
    with pytest.raises(NotFound):
        await withdraw_objection(court.by(court.above), made.id)
    await withdraw_objection(court.by(court.filer), made.id)
    await court.deliver()
    assert (made.state, made.outcome) == (S.FINAL, Outcome.WITHDRAWN)
    assert await stays_in_force(court.work, court.lot.id) == []
    again = await court.raised(reasons="另有新的证据")
    assert again.id != made.id, "a withdrawn one may be raised again"
    assert len(await own_objections(court.by(court.filer))) == 2


async def test_P04_who_handled_the_case_may_not_sit_and_only_the_panel_rules(court: Court) -> None:
    made = await court.raised()
    handler = court.judges[2]
    await add_party(
        Work(
            court.work.session,
            Actor(handler.account_id, "办案人", frozenset({Role.CASE_OFFICER}), COURT),
            court.work.now,
        ),
        await case_of(court.work, court.lot.case_id),
        role=PartyRole.APPLICANT,
        name="某银行",
        is_natural_person=False,
    )
    await court.work.session.flush()
    panel = [judge.account_id for judge in court.judges]
    accept = {"number": f"（2026）苏{COURT}执异1号", "panel_accounts": panel}
    with pytest.raises(RuleViolation, match="P-04"):
        await accept_objection(court.by(court.judges[0]), made.id, **accept)  # type: ignore[arg-type]
    fourth = await person(court.work, "judge4", {Role.OBJECTION_PANEL}, COURT)
    panel[2] = fourth.account_id
    for number in ("（2026）苏0506执异1号", f"（2026）苏{COURT}执1号"):
        with pytest.raises(InvalidInput):
            await accept_objection(court.by(court.judges[0]), made.id, number=number, panel_accounts=panel)  # type: ignore[arg-type]
    await accept_objection(court.by(court.judges[0]), made.id, **accept)  # type: ignore[arg-type]
    with pytest.raises(NotPermitted, match="P-04"):
        await rule_objection(court.by(handler), made.id, **DISMISSED)  # type: ignore[arg-type]
    for nobody in (court.above, Actor(None, "承办", frozenset({Role.CASE_OFFICER}), COURT)):
        with pytest.raises(NotPermitted):
            await decide_stay(court.by(nobody), made.id, reason="x")


async def test_B60_who_may_raise_and_read_one(court: Court) -> None:
    unverified = await open_account(
        court.work, login="new", password_hash="-", display_name="新人", roles={Role.BIDDER}
    )
    with pytest.raises(NotPermitted):
        await submit_objection(court.by(as_actor(unverified)), court.lot.asset_id, **CLAIM)  # type: ignore[arg-type]
    officer = Actor(None, "承办", frozenset({Role.CASE_OFFICER}), COURT)
    with pytest.raises(NotPermitted):
        await submit_objection(court.by(officer), court.lot.asset_id, **CLAIM)  # type: ignore[arg-type]
    clerk = Actor(None, "书记员", frozenset({Role.CLERK}), COURT)
    on_paper = await submit_objection(
        court.by(clerk),
        court.lot.asset_id,
        filer_name="张某",
        **CLAIM,  # type: ignore[arg-type]
    )
    assert (on_paper.filer_name, on_paper.filer_account_id) == ("张某", None)
    made = await court.raised()
    assert (await followed_objection(court.by(court.filer), made.id)).id == made.id
    with pytest.raises(NotFound):
        await followed_objection(court.by(court.judges[0]), made.id)
    with pytest.raises(InvalidInput):
        await court.raised(evidence="")


async def test_B61_the_stay_comes_by_real_messages_once(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        lot = (await sealed_market(work, seconds=3 * 86400)).lots[0]
        filer = await person(work, "filer", {Role.BIDDER})
    async with database.begin(filer) as work:
        await submit_objection(work, lot.asset_id, lot_id=lot.id, **CLAIM)  # type: ignore[arg-type]
    await work_off(database, twice=True)
    async with database.read(SYSTEM) as work:
        row, bidding = await standing(work, lot.id)
        stays = list(await work.session.exec(select(Stay).where(Stay.lot_id == lot.id)))
        papers = list(await work.session.exec(select(Document.kind).where(Document.lot_id == lot.id)))
    assert (row.state, bidding.phase, len(stays), papers) == (LotState.PAUSED, "paused", 1, ["stay_decision"])

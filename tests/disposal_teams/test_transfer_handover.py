"""The switch and what goes over with it: files with a score, drafts, clocks, parties, leave to publish (T-04, T-05, §11.6)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from core.audit import history
from core.database import Database, Work
from core.deadlines import Deadline, DeadlineState
from core.documents import document_by_id
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import open_account
from core.notices import notices_of
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from disposal_teams.instructions.models import InstructionKind, InstructionState
from disposal_teams.surveys.conduct import begin_survey
from disposal_teams.transfers import handover_rules as rules
from disposal_teams.transfers.answer import consent_transfer
from disposal_teams.transfers.complete_handover import (
    confirm_files,
    deliver_files,
    find_missing,
    hand_over_of,
)
from disposal_teams.transfers.leave import allow_publishing, may_publish_meanwhile
from disposal_teams.transfers.models import HandOver, TransferState
from disposal_teams.transfers.queries import party_may_read
from disposal_teams.transfers.request import has_open_transfer, request_of
from tests.conftest import CourtClock
from tests.disposal_teams.city import (
    DIRECTOR,
    HUQIU,
    KUNSHAN,
    WUZHONG,
    acting,
    make_disputed,
    person,
    superior,
)
from tests.disposal_teams.instruction_city import drafted, settle
from tests.disposal_teams.test_transfers import FIRST, WAITING, ask, text_of
from tests.working_off import sweep

PAPER = {"title", "seal_papers", "contacts"}


async def switched(work: Work, number: int = 1) -> HandOver:
    """An asset that has just gone over by consent."""
    made = await make_disputed(work, number=number)
    request = await ask(work, made)
    await consent_transfer(acting(work, FIRST), request)
    opened = await hand_over_of(work, request.id)
    assert opened is not None
    return opened


@given(st.lists(st.tuples(st.sampled_from(sorted(rules.LABELS)), st.sampled_from(rules.ItemState))))
def test_the_score_is_the_share_of_what_there_is_to_hand_over(
    drawn: list[tuple[str, rules.ItemState]],
) -> None:
    items = [rules.Item(code, code not in rules.PAPER_ITEMS, state) for code, state in drawn]
    share = rules.score(items)
    assert 0 <= share <= 100
    wanted = [item for item in items if item.state is not rules.ItemState.NONE]
    assert (share == 100) == all(item.state is rules.ItemState.OVER for item in wanted)
    assert rules.read_items([item.as_stored() for item in items]) == items


async def test_T04_files_are_ticked_checked_and_signed_for_with_a_score(work: Work) -> None:
    opened = await switched(work)
    transfer = opened.transfer_id
    first, waiting = acting(work, FIRST), acting(work, WAITING)
    assert (opened.from_court, opened.to_court) == (HUQIU, WUZHONG)
    assert 0 < opened.score < 100
    for stranger in (acting(work, person(KUNSHAN, *DIRECTOR)),):
        with pytest.raises(NotFound):
            await deliver_files(stranger, transfer, handed={"title"})
    with pytest.raises(NotPermitted):
        await deliver_files(waiting, transfer, handed={"title"})
    with pytest.raises(NotPermitted):
        await confirm_files(first, transfer)
    for handed, none in ((set(), {}), ({"survey"}, {}), (set(), {"keys": " "})):
        with pytest.raises(InvalidInput):
            await deliver_files(first, transfer, handed=handed, none=none)
    before = opened.score
    await deliver_files(first, transfer, handed=PAPER)
    assert before < opened.score < 100
    assert opened.delivered_at is None
    with pytest.raises(RuleViolation, match="钥匙"):
        await confirm_files(waiting, transfer)
    await deliver_files(first, transfer, none={"keys": "房屋由承租人占有，无钥匙"})
    assert opened.score == 100
    assert await clock_state(work, "T-04") == DeadlineState.MET
    await find_missing(waiting, transfer, missing={"seal_papers": "缺回执原件"})
    assert opened.score < 100
    await deliver_files(first, transfer, handed={"seal_papers"})
    done = await confirm_files(waiting, transfer, remark="原件两册")
    assert (done.score, done.confirmed_at) == (100, work.now)
    assert done.list_document_id is not None
    text = text_of((await document_by_id(work, done.list_document_id)).content)
    for part in ("移交材料清单", "100%", "无钥匙", "原件两册", "没有因该财产收取的款项"):
        assert part in text
    with pytest.raises(Conflict):
        await deliver_files(first, transfer, handed={"keys"})


async def clock_state(work: Work, rule: str) -> DeadlineState:
    """The newest clock of the rule."""
    rows = await work.session.exec(
        select(Deadline.state).where(Deadline.rule == rule).order_by(col(Deadline.started_at).desc())
    )
    return DeadlineState(rows.first() or "")


async def test_T05_unsent_instructions_are_void_and_running_clocks_are_the_new_courts(work: Work) -> None:
    people = await settle(work)
    made = people.made
    draft = await drafted(work, people, InstructionKind.SEAL, to_court=KUNSHAN)
    await begin_survey(acting(work, person(HUQIU)), made.asset, surveyor_names="甲、乙")
    request = await ask(work, made)
    await consent_transfer(acting(work, FIRST), request)
    clock = (await work.session.exec(select(Deadline).where(Deadline.rule == "L-01"))).one()
    assert (clock.owner_court, clock.state) == (WUZHONG, DeadlineState.RUNNING)
    opened = await hand_over_of(work, request.id)
    assert opened is not None
    assert (opened.followed["instructions_voided"], opened.followed["clocks"] >= 1) == (1, True)
    assert draft.state == InstructionState.WITHDRAWN
    assert made.asset.disposal_since is not None


async def test_T04_every_party_of_both_cases_is_told_and_may_read_the_notice(work: Work) -> None:
    made = await make_disputed(work)
    people = {}
    for login, case in (("debtor", made.first_case), ("bank", made.waiting_case)):
        account = await open_account(
            work, login=login, password_hash="x", display_name=login, roles={Role.BIDDER}
        )
        people[login] = account.id
        await add_party(
            acting(work, person(case.court_code)),
            case,
            role=PartyRole.APPLICANT,
            name=f"{login}甲",
            account_id=account.id,
        )
    await add_party(
        acting(work, person(HUQIU)), made.first_case, role=PartyRole.DEBTOR, name="失联人", is_reachable=False
    )
    request = await ask(work, made)
    await consent_transfer(acting(work, FIRST), request)
    opened = await hand_over_of(work, request.id)
    assert opened is not None
    assert opened.notice_document_id is not None
    notice = await document_by_id(work, opened.notice_document_id)
    text = text_of(notice.content)
    for part in ("处置法院变更告知书", "debtor甲", "bank甲", "失联人", "吴中"):
        assert part in text
    for account_id in people.values():
        assert [each.link for each in await notices_of(work, account_id)] == [f"/documents/{notice.id}"]
        reader = acting(work, Actor(account_id, "x", frozenset({Role.BIDDER}), None))
        assert await party_may_read(reader, notice)
    stranger = await open_account(
        work, login="stranger", password_hash="x", display_name="x", roles={Role.BIDDER}
    )
    assert not await party_may_read(
        acting(work, Actor(stranger.id, "x", frozenset({Role.BIDDER}), None)), notice
    )
    told = [
        each for each in await history(work, asset_id=made.asset.id) if each.event == "transfer.parties_told"
    ]
    assert len(told[0].details["by_post"]) == 1


async def test_T04_files_that_do_not_come_in_three_days_are_flagged(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        opened = await switched(work)
        director = await open_account(
            work, login="wang", password_hash="x", display_name="王", roles={Role.BUREAU_DIRECTOR},
            court_code=HUQIU,
        )  # fmt: skip
        due_at = opened.due_at
    await clock.travel_to(due_at + timedelta(seconds=1))
    await sweep(database, "sweep_deadlines")
    async with database.begin(FIRST) as work:
        assert await clock_state(work, "T-04") == DeadlineState.BREACHED
        assert any("逾期" in str(each.body) for each in await notices_of(work, director.id))
        await deliver_files(work, opened.transfer_id, handed=PAPER | {"keys"})
        late = await work.session.exec(select(Deadline).where(Deadline.rule == "T-04"))
        assert late.one().done_at is not None


async def test_publishing_meanwhile_needs_the_requesters_or_the_superiors_leave(work: Work) -> None:
    made = await make_disputed(work)
    request = await ask(work, made)
    for state in (AssetState.UNDER_SURVEY, AssetState.VALUATION, AssetState.READY_TO_LIST):
        await advance_asset(work, made.asset, state, reason="x")
    with pytest.raises(RuleViolation, match="T-01"):
        await advance_asset(work, made.asset, AssetState.LISTED, reason="抢先发布")
    for actor in (FIRST, person(KUNSHAN, *DIRECTOR)):
        with pytest.raises(NotPermitted):
            await allow_publishing(acting(work, actor), request, note="请便")
    with pytest.raises(InvalidInput):
        await allow_publishing(acting(work, WAITING), request, note=" ")
    assert not await may_publish_meanwhile(work, made.asset.id)
    await allow_publishing(acting(work, superior()), request, note="公告已备妥，由首封法院先行发布")
    with pytest.raises(Conflict):
        await allow_publishing(acting(work, WAITING), request, note="同意")
    assert await may_publish_meanwhile(work, made.asset.id)
    assert await has_open_transfer(work, made.asset.id)
    await advance_asset(work, made.asset, AssetState.LISTED, reason="发布")
    with pytest.raises(RuleViolation, match="T-01"):
        await consent_transfer(acting(work, FIRST), request)


async def test_T01_the_request_ends_when_the_first_court_has_published_by_leave(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)
        await allow_publishing(acting(work, WAITING), request, note="同意先行拍卖")
        for state in (
            AssetState.UNDER_SURVEY,
            AssetState.VALUATION,
            AssetState.READY_TO_LIST,
            AssetState.LISTED,
        ):
            await advance_asset(work, made.asset, state, reason="x")
    await sweep(database, "find_due_transfers")
    async with database.read(superior()) as work:
        assert (await request_of(work, request.id)).state == TransferState.RECALLED
        asset = await work.session.get_one(type(made.asset), made.asset.id)
        assert (asset.court_code, asset.state) == (HUQIU, AssetState.LISTED)

"""Transfers at the same moment, by strangers, moot or malformed (T-01…T-12, P-03)."""

import asyncio
from datetime import date

import pytest

from core.audit import history
from core.clock import COURT_ZONE
from core.database import Database, Work
from core.errors import Conflict, DisposalError, InvalidInput, NotFound, NotPermitted
from core.identity import SYSTEM, Actor, Role
from core.outbox.timetable import run_periodic
from disposal_teams.assets.models import AssetState, SealKind
from disposal_teams.assets.seal import record_seal, release_seal
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.transfers.answer import (
    consent_transfer,
    receive_request,
    refuse_transfer,
)
from disposal_teams.transfers.decide import decide_transfer
from disposal_teams.transfers.models import (
    RefusalReason,
    TransferDecision,
    TransferState,
)
from disposal_teams.transfers.queries import inbox, outbox, to_decide
from disposal_teams.transfers.request import (
    has_open_transfer,
    recall_transfer,
    request_of,
    request_transfer,
)
from tests.conftest import CourtClock
from tests.disposal_teams.city import (
    DIRECTOR,
    HUQIU,
    KUNSHAN,
    WUZHONG,
    acting,
    days_ago,
    make_case,
    make_disputed,
    person,
    superior,
)
from tests.disposal_teams.messages import deliver_all
from tests.disposal_teams.test_transfers import FIRST, SWEEP, T10, WAITING, ask


async def test_two_courts_ask_at_the_same_moment_and_one_request_is_open(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        other_case = await make_case(work, KUNSHAN, 7)
        await record_seal(
            acting(work, person(KUNSHAN)),
            made.asset,
            case_no=other_case.case_no,
            registered_on=days_ago(work, 20),
            kind=SealKind.ENFORCEMENT,
        )
    kunshan = person(KUNSHAN, *DIRECTOR)

    async def one(actor: Actor, case: EnforcementCase) -> str:
        try:
            async with database.begin(actor) as work:
                await request_transfer(
                    work,
                    asset=made.asset,
                    requesting_case=case,
                    basis=T10,
                    reason="长期未处置",
                )
        except Conflict:
            return "conflict"
        return "open"

    answers = await asyncio.gather(
        one(WAITING, made.waiting_case), one(kunshan, other_case), one(WAITING, made.waiting_case)
    )
    assert sorted(answers) == ["conflict", "conflict", "open"]


async def test_consent_and_refusal_at_the_same_moment_leave_one_answer(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)

    async def consent() -> str:
        async with database.begin(FIRST) as work:
            await consent_transfer(work, await request_of(work, request.id))
        return "consented"

    async def refuse() -> str:
        async with database.begin(FIRST) as work:
            await refuse_transfer(
                work, await request_of(work, request.id), code=RefusalReason.OTHER, reason="不同意"
            )
        return "refused"

    answers = await asyncio.gather(consent(), refuse(), consent(), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, DisposalError)]
    assert len(refused) >= 1
    async with database.read(FIRST) as work:
        state = TransferState((await request_of(work, request.id)).state)
        asset = await work.session.get(type(made.asset), made.asset.id)
        assert asset is not None
        assert (state is TransferState.CONSENTED) == (asset.court_code == WUZHONG)


@pytest.mark.parametrize("answer", ["refuse", "consent"])
async def test_T11_an_answer_and_the_end_of_its_time_at_the_same_moment_leave_one_result(
    database: Database, clock: CourtClock, answer: str
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)
        due_at = request.answer_due_at
    assert due_at is not None
    await clock.travel_to(due_at)

    async def answered() -> str:
        async with database.begin(FIRST) as work:
            found = await request_of(work, request.id)
            if answer == "consent":
                await consent_transfer(work, found)
            else:
                await refuse_transfer(work, found, code=RefusalReason.OTHER, reason="不同意")
        return answer

    async def expired() -> None:
        await run_periodic(database, SWEEP)
        await deliver_all(database)

    got = await asyncio.gather(answered(), expired(), expired(), return_exceptions=True)
    assert all(each is None or isinstance(each, str | DisposalError) for each in got), got
    for _ in range(2):
        await expired()
    async with database.read(superior()) as work:
        found = await request_of(work, request.id)
        asset = await work.session.get_one(type(made.asset), made.asset.id)
        names = [event.event for event in await history(work, asset_id=asset.id)]
    consented = found.state == TransferState.CONSENTED
    assert found.state in {TransferState.CONSENTED, TransferState.COORDINATING}
    assert (asset.court_code == WUZHONG) == consented
    assert names.count("transfer.fell_silent") + names.count("transfer.refused") <= 1
    assert names.count("transfer.reported_to_superior") <= 1
    assert names.count("asset.court_changed") == consented


async def test_P03_strangers_neither_see_nor_answer_nor_decide(work: Work) -> None:
    made = await make_disputed(work)
    request = await ask(work, made)
    stranger = acting(work, person(KUNSHAN, *DIRECTOR))
    with pytest.raises(NotFound):
        await request_of(stranger, request.id)
    for act in (
        receive_request(stranger, request),
        consent_transfer(stranger, request),
        refuse_transfer(stranger, request, code=RefusalReason.OTHER, reason="x"),
        recall_transfer(stranger, request, reason="x"),
        consent_transfer(acting(work, WAITING), request),
        decide_transfer(
            acting(work, FIRST),
            request,
            decision=TransferDecision.DESIGNATE_REQUESTER,
            reason="x",
            due_on=date(2099, 1, 1),
        ),
        inbox(stranger, HUQIU),
        to_decide(stranger),
        request_transfer(
            stranger, asset=made.asset, requesting_case=made.waiting_case, basis=T10, reason="x"
        ),
        request_transfer(
            acting(work, person(WUZHONG, Role.CLERK)),
            asset=made.asset,
            requesting_case=made.waiting_case,
            basis=T10,
            reason="x",
        ),
    ):
        with pytest.raises(NotPermitted):
            await act
    assert [row.request.id for row in await inbox(acting(work, FIRST), HUQIU)] == [request.id]
    assert [row.request.id for row in await outbox(acting(work, WAITING), WUZHONG)] == [request.id]


async def test_a_request_that_became_moot_is_closed_by_the_sweep(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        request = await ask(work, made)
        await release_seal(acting(work, person(HUQIU)), made.first_seal.id, reason="解除")
    await run_periodic(database, SWEEP)
    await deliver_all(database)
    async with database.read(superior()) as work:
        assert (await request_of(work, request.id)).state == TransferState.RECALLED
        asset = await work.session.get(type(made.asset), made.asset.id)
        assert asset is not None
        assert (asset.court_code, asset.state) == (WUZHONG, AssetState.SEALED_EFFECTIVE)


async def test_bad_input_leaves_nothing_behind(work: Work) -> None:
    made = await make_disputed(work)
    with pytest.raises(InvalidInput):
        await request_transfer(
            acting(work, WAITING), asset=made.asset, requesting_case=made.waiting_case, basis=T10, reason=" "
        )
    with pytest.raises(InvalidInput):
        await request_transfer(
            acting(work, WAITING),
            asset=made.asset,
            requesting_case=made.waiting_case,
            basis=T10,
            reason="好",
            claim_fen=-1,
        )
    assert not await has_open_transfer(work, made.asset.id)
    assert work.now.astimezone(COURT_ZONE).date() > days_ago(work, 1)

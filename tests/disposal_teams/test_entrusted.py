"""委托执行: the entrusted court files, the old case is struck off, seals count as the new court's (§7.5)."""

from datetime import date, timedelta

import pytest

from core.database import Work
from core.documents import document_by_id
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Role
from core.identity.accounts import open_account
from core.notices import notices_of
from disposal_teams.assets.models import SealState
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.models import CaseState, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.cases.register import add_party
from disposal_teams.instructions.models import Instruction, InstructionKind
from disposal_teams.instructions.queries import trace_of
from disposal_teams.instructions.receive import sign_in
from disposal_teams.instructions.send import approve_instruction, submit_instruction
from disposal_teams.orders.entrusted import check_seal_term, file_entrusted_case, may_file
from tests.disposal_teams.city import HUQIU, KUNSHAN, WUZHONG, acting, person
from tests.disposal_teams.instruction_city import People, drafted, sent, settle
from tests.disposal_teams.test_transfers import text_of


async def entrusted(work: Work) -> tuple[People, Instruction]:
    """虎丘 has entrusted its case to 吴中, whose centre has signed it in."""
    people = await settle(work)
    instruction = await drafted(work, people, InstructionKind.ENTRUST)
    await submit_instruction(acting(work, people.officer), instruction.id)
    await approve_instruction(acting(work, people.director), instruction.id)
    return people, instruction


def test_a_seal_with_less_than_a_month_left_is_renewed_first() -> None:
    today = date(2026, 3, 10)
    check_seal_term(date(2026, 4, 10), today=today)
    with pytest.raises(RuleViolation, match="2026-04-09"):
        check_seal_term(date(2026, 4, 9), today=today)


async def test_T12_the_entrusted_court_files_and_the_old_case_is_struck_off(work: Work) -> None:
    people, instruction = await entrusted(work)
    made = people.made
    bank = await open_account(work, login="bank", password_hash="x", display_name="x", roles={Role.BIDDER})
    await add_party(
        acting(work, person(HUQIU)), made.first_case, role=PartyRole.APPLICANT, name="某银行",
        is_natural_person=False, account_id=bank.id,
    )  # fmt: skip
    number = f"（{work.now.year}）苏{WUZHONG}执4321号"
    theirs = acting(work, person(WUZHONG))
    with pytest.raises(RuleViolation, match="签收"):
        await file_entrusted_case(theirs, instruction.id, case_no=number)
    await sign_in(acting(work, people.centre), instruction.id)
    assert may_file(theirs, instruction)
    assert not may_file(acting(work, person(HUQIU)), instruction)
    for stranger, wrong in ((person(HUQIU), NotPermitted), (person(KUNSHAN), NotFound)):
        with pytest.raises((wrong, NotPermitted)):
            await file_entrusted_case(acting(work, stranger), instruction.id, case_no=number)
    with pytest.raises(
        (InvalidInput, NotPermitted)
    ):  # the number of another court: nothing stays of the attempt
        async with work.session.begin_nested():
            await file_entrusted_case(theirs, instruction.id, case_no=f"（{work.now.year}）苏{HUQIU}执4321号")
    new = await file_entrusted_case(theirs, instruction.id, case_no=number)
    await work.session.refresh(made.asset)
    await work.session.refresh(made.first_case)
    assert (made.asset.court_code, made.asset.case_id) == (WUZHONG, new.id)
    assert made.first_case.state == CaseState.CLOSED
    seal = await seal_in_force(work, made.asset.id)
    assert seal is not None
    assert (seal.position, seal.state) == (1, SealState.TREATED_AS_TRANSFERRED)
    assert "某银行" in {party.name for party in await parties_of(work, new.id)}
    assert len(await notices_of(work, bank.id)) == 1
    filed = next(
        each for each in await trace_of(work, instruction.id) if each.event == "instruction.case_filed"
    )
    assert filed.document_id is not None
    text = text_of((await document_by_id(work, filed.document_id)).content)
    for part in ("销案", number, "视为你院的查封"):
        assert part in text
    with pytest.raises(Conflict):
        await file_entrusted_case(theirs, instruction.id, case_no=number.replace("4321", "4322"))


async def test_only_an_entrustment_is_filed_and_no_seal_that_is_about_to_end(work: Work) -> None:
    people, instruction = await entrusted(work)
    await sign_in(acting(work, people.centre), instruction.id)
    theirs = acting(work, person(WUZHONG))
    people.made.first_seal.expires_on = work.now.date() + timedelta(days=20)
    await work.session.flush()
    number = f"（{work.now.year}）苏{WUZHONG}执4321号"
    with pytest.raises(RuleViolation, match="不足一个月"):
        await file_entrusted_case(theirs, instruction.id, case_no=number)
    other = await sent(work, people)
    with pytest.raises(RuleViolation, match="不是委托执行"):
        await file_entrusted_case(theirs, other.id, case_no=number)

"""The directory, the talent pool, and leads from the public with their answer by code."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.audit import history
from core.database import Database, Work
from core.deadlines import Deadline
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import ANONYMOUS, SYSTEM, Role
from core.legal_settings import legal
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.instructions.queries import proposals
from disposal_teams.leads import rules
from disposal_teams.leads.handle import answer_lead, give_lead, leads_of, open_lead
from disposal_teams.leads.models import OVER, LeadResult, LeadState
from disposal_teams.leads.report import Receipt, lead_of_reporter, report_lead
from disposal_teams.people.keep import add_phone, enter_talent, remove_phone
from disposal_teams.people.models import PhoneKind, Skill
from disposal_teams.people.queries import directory, expert_committee, pool_of
from disposal_teams.people.rules import checked_phone
from tests.disposal_teams.city import HUQIU, KUNSHAN, WUZHONG, acting, person
from tests.disposal_teams.instruction_city import sent, settle

SECRET = "某小区地下车库"


async def reported(work: Work, *, place: str = "192.0.2.1", court: str = WUZHONG) -> Receipt:
    return await report_lead(
        acting(work, ANONYMOUS), court_code=court, about="被执行人甲", details=f"今天上午在{SECRET}看到他的汽车。",
        contact="电话某某", place=place,
    )  # fmt: skip


async def test_a_lead_becomes_a_task_and_is_answered_by_its_code(work: Work) -> None:
    people = await settle(work)
    receipt = await reported(work)
    seen = await lead_of_reporter(acting(work, ANONYMOUS), receipt.number, receipt.code.lower())
    assert (seen.state, seen.answer) == (LeadState.RECEIVED, "")
    centre = acting(work, people.centre)
    (lead,) = await leads_of(centre, WUZHONG)
    _, words = await open_lead(centre, lead.id)
    assert SECRET in words.details
    assert people.specialist.account_id is not None
    await give_lead(centre, lead.id, people.specialist.account_id, case_no=people.made.waiting_case.case_no)
    assert lead.case_id == people.made.waiting_case.id
    for stranger in (people.other, people.officer, person(KUNSHAN, Role.COMMAND_CENTRE)):
        with pytest.raises(NotFound):
            await open_lead(acting(work, stranger), lead.id)
    specialist = acting(work, people.specialist)
    await open_lead(specialist, lead.id)
    with pytest.raises(NotPermitted):
        await answer_lead(specialist, lead.id, result=LeadResult.TOO_VAGUE, answer="x")
    await answer_lead(specialist, lead.id, result=LeadResult.FOUND, answer="车辆已扣押，感谢。")
    seen = await lead_of_reporter(acting(work, ANONYMOUS), receipt.number, receipt.code)
    assert (seen.state, seen.result, seen.answer) == (
        LeadState.ANSWERED,
        LeadResult.FOUND,
        "车辆已扣押，感谢。",
    )
    assert not await leads_of(centre, WUZHONG)
    looks = [each.event for each in await history(work, stream=f"lead:{lead.id}")]
    assert looks.count("lead.read") == 2
    with pytest.raises(RuleViolation):
        await answer_lead(specialist, lead.id, result=LeadResult.FOUND, answer="再次")


async def test_the_words_and_the_code_are_nowhere_in_clear(work: Work) -> None:
    await settle(work)
    receipt = await reported(work)
    for table in ("lead", "lead_count", "audit_event", "deadline", "notice"):
        rows = await work.session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} AS t"))
        told = " ".join(rows.scalars())
        for secret in (SECRET, receipt.code, "192.0.2.1", "电话某某"):
            assert secret not in told, table


async def test_a_wrong_code_and_an_unknown_number_are_told_alike(work: Work) -> None:
    await settle(work)
    first, second = await reported(work), await reported(work)
    said = set()
    for number, code in ((first.number, second.code), ("XS2026999999", first.code), (first.number, "")):
        with pytest.raises(NotFound) as refused:
            await lead_of_reporter(work, number, code)
        said.add(str(refused.value))
    assert len(said) == 1


async def test_one_place_reports_only_so_much_a_day_and_all_together_too(work: Work) -> None:
    await settle(work)
    for _ in range(legal().leads_per_place):
        await reported(work)
    with pytest.raises(RuleViolation):
        await reported(work)
    await reported(work, place="192.0.2.2")
    await work.session.execute(text("UPDATE lead_count SET count = :most"), {"most": legal().leads_per_day})
    with pytest.raises(RuleViolation):
        await reported(work, place="192.0.2.3")


async def test_the_bound_holds_at_one_moment(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await settle(work)

    async def report() -> None:
        async with database.begin(ANONYMOUS) as work:
            await reported(work)

    answers = await asyncio.gather(
        *(report() for _ in range(legal().leads_per_place + 3)), return_exceptions=True
    )
    assert sum(isinstance(each, RuleViolation) for each in answers) == 3
    assert sum(each is None for each in answers) == legal().leads_per_place


async def test_counts_of_places_go_after_a_week(work: Work) -> None:
    await settle(work)
    await reported(work)
    await work.session.execute(text("UPDATE lead_count SET on_day = on_day - 8"))
    await reported(work, place="192.0.2.9")
    rows = await work.session.execute(text("SELECT min(on_day) FROM lead_count"))
    assert rows.scalar_one() > (work.now - timedelta(days=3)).date()


@pytest.mark.parametrize(
    "wrong",
    [{"about": ""}, {"details": "短"}, {"details": "x" * 2001}, {"court_code": "0999"}, {"contact": "\x07"}],
)
async def test_a_lead_needs_something_to_check(work: Work, wrong: dict[str, str]) -> None:
    await settle(work)
    fields = {"court_code": WUZHONG, "about": "某人", "details": "今天上午在某处看到他的汽车。", **wrong}
    with pytest.raises(InvalidInput):
        await report_lead(acting(work, ANONYMOUS), place="192.0.2.1", **fields)  # type: ignore[arg-type]


async def test_each_lead_has_a_clock_of_the_court(work: Work) -> None:
    people = await settle(work)
    await reported(work)
    (lead,) = await leads_of(acting(work, people.centre), WUZHONG)
    assert people.specialist.account_id is not None
    await give_lead(acting(work, people.centre), lead.id, people.specialist.account_id)
    clocks = list(
        await work.session.execute(
            text("SELECT state, owner_court FROM deadline WHERE rule = 'LEAD' ORDER BY id")
        )
    )
    assert [tuple(each) for each in clocks] == [("met", WUZHONG), ("running", WUZHONG)]
    assert Deadline.__tablename__ == "deadline"


@given(st.lists(st.sampled_from(list(rules.Step)), max_size=8))
def test_a_lead_that_is_over_stays_over(steps: list[rules.Step]) -> None:
    state = LeadState.RECEIVED
    for step in steps:
        before = state
        try:
            state = rules.next_state(state, step)
        except RuleViolation:
            continue
        assert before not in OVER


@given(st.text(max_size=30))
def test_codes_are_compared_as_people_type_them(text_: str) -> None:
    assert set(rules.plain_code(text_)) <= set(rules.ALPHABET)
    code = rules.new_code()
    assert rules.plain_code(f" {code[:4]}-{code[4:8].lower()} {code[8:]}") == code


@pytest.mark.parametrize(
    "phone", ["13812345678", "138-1234-5678", "abc", "", "0512-1234567890123456789012345"]
)
def test_the_directory_takes_no_private_numbers(phone: str) -> None:
    with pytest.raises(InvalidInput):
        checked_phone(phone)


def test_the_directory_takes_office_phones() -> None:
    assert checked_phone(" 0512－6812 3456 ") == "0512-6812 3456"
    assert checked_phone("12368") == "12368"


async def test_P03_each_court_keeps_its_own_phones_and_anybody_reads_them(work: Work) -> None:
    people = await settle(work)
    centre = acting(work, people.centre)
    await add_phone(centre, WUZHONG, kind=PhoneKind.OFFICER, name="承办人甲", phone="0512-66551234")
    duty = await add_phone(centre, WUZHONG, kind=PhoneKind.DUTY, name="值班", phone="0512-66550000")
    for who, court in ((people.centre, HUQIU), (people.officer, HUQIU), (people.officer, WUZHONG)):
        with pytest.raises(NotPermitted):
            await add_phone(acting(work, who), court, kind=PhoneKind.DUTY, name="x", phone="12368")
    lines = (await directory(acting(work, ANONYMOUS), WUZHONG))[WUZHONG]
    assert [line.name for line in lines] == ["值班", "承办人甲"]
    with pytest.raises(NotPermitted):
        await remove_phone(acting(work, people.director), duty.id)
    await remove_phone(centre, duty.id)
    assert len((await directory(work))[WUZHONG]) == 1


async def test_people_are_proposed_by_skill_then_by_load_whatever_their_rank(work: Work) -> None:
    people = await settle(work)
    assert people.specialist.account_id is not None
    centre = acting(work, people.centre)
    instruction = await sent(work, people, kind=InstructionKind.FIND)
    names = [each.account.display_name for each in await proposals(centre, instruction)]
    assert sorted(names) == ["吴中专员", "吴中另一人"]
    await enter_talent(centre, people.specialist.account_id, skills=[Skill.FINDING])
    assert (await proposals(centre, instruction))[0].account.display_name == "吴中专员"
    await enter_talent(centre, people.specialist.account_id, skills=[Skill.LAND])
    assert (await proposals(centre, instruction))[0].skills in (frozenset(), frozenset({"land"}))
    with pytest.raises(NotPermitted):
        await enter_talent(acting(work, people.director), people.specialist.account_id, skills=[Skill.LAND])
    with pytest.raises(InvalidInput):
        await enter_talent(centre, people.specialist.account_id, skills=[])


async def test_the_expert_committee_is_named_by_the_court_above_and_seen_by_all(work: Work) -> None:
    people = await settle(work)
    assert people.specialist.account_id is not None
    centre, bureau = acting(work, people.centre), acting(work, people.bureau)
    with pytest.raises(NotPermitted):
        await enter_talent(centre, people.specialist.account_id, skills=[Skill.SHARES], is_expert=True)
    await enter_talent(bureau, people.specialist.account_id, skills=[Skill.SHARES], is_expert=True)
    await enter_talent(centre, people.specialist.account_id, skills=[Skill.SHARES, Skill.LAND])
    (member,) = await expert_committee(acting(work, people.officer))
    assert (member.talent.is_expert, member.talent.skills) == (True, ["land", "shares"])
    with pytest.raises(NotPermitted):
        await pool_of(acting(work, people.officer), WUZHONG)

"""The debtor hands in the papers on the quality of an asset (B-05)."""

import pytest
from sqlmodel import select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.documents import documents_of
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import as_actor, open_account
from core.notices import notices_of
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from disposal_teams.courts.establish import establish_courts
from disposal_teams.quality.demand import (
    close_without_papers,
    demand_papers,
    files_of,
    hand_in,
    quality_paper,
    take_in_papers,
)
from disposal_teams.quality.models import DemandState, QualityDemand
from disposal_teams.quality.workers import issue_demand_letter
from tests.disposal_teams.city import HUQIU, WUZHONG, acting, make_asset, make_case, person

PAPER = ("维修记录.pdf", b"%PDF-1.7 x")


async def demanded(work: Work) -> tuple[Asset, QualityDemand, Actor]:
    """An asset whose debtor has an account and was asked."""
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    officer = acting(work, person(HUQIU))
    debtor = await add_party(officer, case, role=PartyRole.DEBTOR, name="王小明")
    account = await open_account(
        work, login="debtor", password_hash="-", display_name="王小明", roles={Role.DEBTOR}
    )
    debtor.account_id = account.id
    asset = await make_asset(work, case)
    demand = await demand_papers(officer, asset, wanted="维修记录", days=7)
    return asset, demand, as_actor(account)


async def clock_of(work: Work) -> str:
    """The state of the clock."""
    return (await work.session.exec(select(Deadline).where(Deadline.rule == "B-05"))).one().state


async def test_B05_the_debtor_is_asked_with_a_letter_and_a_clock_and_hands_in(work: Work) -> None:
    asset, demand, debtor = await demanded(work)
    await issue_demand_letter(work, demand_id=demand.id)
    (letter,) = await documents_of(work, asset_id=asset.id)
    assert letter.title == "责令提交财产质量资料通知书"
    assert debtor.account_id is not None
    (notice,) = await notices_of(acting(work, debtor), debtor.account_id)
    assert notice.link == f"/my/quality/{demand.id}"
    assert await clock_of(work) == DeadlineState.RUNNING
    await hand_in(acting(work, debtor), demand.id, files=[PAPER], statement="")
    assert (demand.state, await clock_of(work)) == (DemandState.HANDED_IN, DeadlineState.MET)
    (file,) = await files_of(work, demand.id)
    opened = await quality_paper(acting(work, person(HUQIU)), asset, file.file_id)
    assert (opened.name, opened.content) == PAPER
    with pytest.raises(RuleViolation, match="办结") as refused:
        await hand_in(acting(work, debtor), demand.id, files=[PAPER], statement="")
    assert refused.value.rule == "B-05"


async def test_B05_without_papers_the_debtor_states_so_or_the_court_closes_with_a_reason(work: Work) -> None:
    asset, demand, debtor = await demanded(work)
    with pytest.raises(InvalidInput) as wrong:
        await hand_in(acting(work, debtor), demand.id, files=[], statement=" ")
    assert set(wrong.value.fields) == {"statement"}
    officer = acting(work, person(HUQIU))
    with pytest.raises(Conflict):
        await demand_papers(officer, asset, wanted="x", days=7)
    with pytest.raises(InvalidInput):
        await close_without_papers(officer, asset, demand.id, statement="")
    await close_without_papers(officer, asset, demand.id, statement="拒不提交，公告注明质量不明")
    assert (demand.state, await clock_of(work)) == (DemandState.NOTHING, DeadlineState.WAIVED)
    again = await demand_papers(officer, asset, wanted="x", days=7)
    await take_in_papers(officer, asset, again.id, files=[PAPER], statement="当面提交")
    assert not (await files_of(work, again.id))[0].by_debtor


async def test_B05_only_the_own_debtor_and_the_own_court(work: Work) -> None:
    asset, demand, debtor = await demanded(work)
    stranger = await open_account(
        work, login="other", password_hash="-", display_name="他人", roles={Role.DEBTOR}
    )
    with pytest.raises(NotFound):
        await hand_in(acting(work, as_actor(stranger)), demand.id, files=[PAPER], statement="")
    with pytest.raises(NotPermitted):
        await close_without_papers(acting(work, person(WUZHONG)), asset, demand.id, statement="x")
    with pytest.raises(NotPermitted):
        await demand_papers(acting(work, debtor), asset, wanted="x", days=7)
    with pytest.raises(InvalidInput) as wrong:
        await demand_papers(acting(work, person(HUQIU)), asset, wanted="", days=31)
    assert set(wrong.value.fields) == {"wanted", "days"}

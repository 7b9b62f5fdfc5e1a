"""Who decides on which platform an asset is auctioned (B-02)."""

import pytest

from auction.listing.checklist_facts import checklist_of
from auction.listing.draft_lot import draft_lot
from auction.listing.publish_lot import ChecklistRefused, publish_lot
from auction.platforms.choose import (
    ask_applicants,
    choose_platform,
    designate_platform,
    note_choice,
    platform_file,
)
from auction.platforms.rules import Platform, common_choice, platform_of
from core.database import Work
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import as_actor, open_account
from core.notices import notices_of
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import (
    STRANGER,
    TEAM,
    at,
    by,
    decided,
    made_ready,
    surveyed_asset,
    valued_asset,
)

BANK = Actor(None, "某银行", frozenset({Role.CREDITOR}), None)


@pytest.mark.parametrize(
    ("choices", "designated", "common", "where"),
    [
        ([], None, None, Platform.OWN),
        ([], "jd", None, Platform.JD),
        (["jd"], None, Platform.JD, Platform.JD),
        (["jd", "jd"], "taobao", Platform.JD, Platform.JD),
        (["jd", "taobao"], None, None, Platform.OWN),
        (["jd", "taobao"], "gpai", None, Platform.GPAI),
    ],
)
def test_B02_the_applicants_choose_in_common_or_the_court_designates(
    choices: list[str], designated: str | None, common: Platform | None, where: Platform
) -> None:
    assert common_choice(choices) == common
    assert platform_of(choices, designated) == where


async def test_B02_an_applicant_chooses_online_and_another_on_paper(work: Work) -> None:
    made = await surveyed_asset(work)
    account = await open_account(
        work, login="bank", password_hash="-", display_name="某银行", roles={Role.CREDITOR}
    )
    made.applicant.account_id = account.id
    second = await add_party(by(work, TEAM), made.case, role=PartyRole.APPLICANT, name="李四")
    bank = by(work, as_actor(account))
    assert await ask_applicants(by(work, TEAM), made.asset) == 1
    (notice,) = await notices_of(bank, account.id)
    assert notice.link == f"/my/platform/{made.asset.asset_no}"
    await choose_platform(bank, made.asset.asset_no, platform=Platform.JD)
    file = await platform_file(work, made.asset.id)
    assert (file.common, file.platform) == (Platform.JD, Platform.JD)
    with pytest.raises(RuleViolation, match="已经选定") as refused:
        await designate_platform(by(work, TEAM), made.asset, platform=Platform.OWN, reason="x")
    assert refused.value.rule == "B-02"
    await note_choice(by(work, TEAM), made.asset, second.id, platform=Platform.OWN, on_paper="卷1第3页")
    assert (await platform_file(work, made.asset.id)).common is None, "they disagree"
    await designate_platform(by(work, TEAM), made.asset, platform=Platform.OWN, reason="选择不一致")
    assert (await platform_file(work, made.asset.id)).platform == Platform.OWN
    await choose_platform(bank, made.asset.asset_no, platform=Platform.OWN)
    assert (await platform_file(work, made.asset.id)).common == Platform.OWN, "chosen anew"


async def test_B02_nobody_else_chooses(work: Work) -> None:
    made = await surveyed_asset(work)
    account = await open_account(
        work, login="debtor", password_hash="-", display_name="王小明", roles={Role.DEBTOR}
    )
    made.debtor.account_id = account.id
    with pytest.raises(NotFound):
        await choose_platform(by(work, as_actor(account)), made.asset.asset_no, platform=Platform.JD)
    with pytest.raises(InvalidInput) as wrong:
        await note_choice(by(work, TEAM), made.asset, made.debtor.id, platform=Platform.JD, on_paper="")
    assert set(wrong.value.fields) == {"party", "on_paper"}
    with pytest.raises(NotPermitted):
        await designate_platform(by(work, STRANGER), made.asset, platform=Platform.JD, reason="x")


async def test_B02_nothing_is_published_here_that_belongs_elsewhere_and_nothing_changes_after_the_notice(
    work: Work,
) -> None:
    team, made, _ = await valued_asset(work)
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    ready = await made_ready(team, lot)
    await note_choice(ready, made.asset, made.applicant.id, platform=Platform.TAOBAO, on_paper="卷1")
    with pytest.raises(ChecklistRefused, match="淘宝网") as refused:
        await publish_lot(ready, lot.id)
    assert [line.id for line in refused.value.lines] == ["platform"]
    await note_choice(ready, made.asset, made.applicant.id, platform=Platform.OWN, on_paper="卷2")
    assert all(line.ok for line in await checklist_of(ready, lot) if line.id == "platform")
    await publish_lot(ready, lot.id)
    with pytest.raises(RuleViolation, match="不能另选"):
        await note_choice(
            at(ready, ready.now), made.asset, made.applicant.id, platform=Platform.JD, on_paper="卷3"
        )

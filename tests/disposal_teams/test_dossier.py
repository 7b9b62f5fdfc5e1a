"""The electronic dossier: versions stay, readings are recorded, other courts see it by an instruction or transfer (P-03)."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from core.audit import AuditEvent
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.files import CheckedFile, inspect_file
from core.identity import Actor, Role
from core.sealed_files import OpenedFile
from disposal_teams.dossier.keep import add_version, declare_void, file_in_dossier
from disposal_teams.dossier.models import DossierFile, DossierKind, DossierVersion
from disposal_teams.dossier.read import (
    entries_of,
    own_item,
    own_paper,
    own_version,
    papers_of_case,
    readings_of,
)
from disposal_teams.dossier.rules import may_see_readers
from disposal_teams.dossier.sources import kept_elsewhere
from disposal_teams.instructions.dossier import item_of_dossier, open_dossier, version_of_dossier
from disposal_teams.instructions.draft import draft_instruction
from disposal_teams.instructions.files import attach_from_dossier, files_of, open_attachment
from disposal_teams.instructions.models import Instruction, InstructionKind
from disposal_teams.transfers.answer import consent_transfer
from disposal_teams.transfers.complete_handover import hand_over_of
from disposal_teams.transfers.dossier import (
    handed_over_item,
    handed_over_paper,
    handed_over_version,
    open_handed_over,
)
from tests.core import pictures
from tests.disposal_teams.city import (
    HUQIU,
    KUNSHAN,
    WUZHONG,
    acting,
    make_asset,
    make_disputed,
    person,
    superior,
)
from tests.disposal_teams.instruction_city import People, settle, under_way
from tests.disposal_teams.test_transfers import FIRST, WAITING, ask

CLERK = person(HUQIU, Role.CLERK, name="书记员")


async def checked(colour: str, name: str = "x.jpg") -> CheckedFile:
    """A picture that was looked through."""
    return await inspect_file(name, pictures.photo(colour=colour), most_bytes=1_000_000)


async def readings(work: Work, case_id: UUID) -> list[tuple[str, str, int, str]]:
    """Who opened what; all of one transaction have one time, so their order says nothing."""
    found = await readings_of(work, case_id)
    return sorted((each.who, each.title, each.version, each.ground) for each in found)


async def test_P03_versions_stay_and_each_reading_is_recorded(work: Work) -> None:
    made = await make_disputed(work)
    case, own = made.first_case, acting(work, CLERK)
    first, second = await checked("red"), await checked("green", "第二版.jpg")
    file, version = await file_in_dossier(own, case, first, kind=DossierKind.SURVEY, title="现场照片")
    assert (version.number, version.sha256, version.added_by_name) == (1, first.sha256, "书记员")
    for twin in (case, case):
        with pytest.raises(Conflict, match="“现场照片”第 1 版"):
            await file_in_dossier(own, twin, first, kind=DossierKind.OTHER)
    with pytest.raises(InvalidInput):
        await add_version(own, file.id, second, remark=" ")
    await add_version(own, file.id, second, remark="补拍")
    other = await make_asset(work, made.waiting_case)
    with pytest.raises(InvalidInput):
        await file_in_dossier(own, case, await checked("blue"), kind=DossierKind.OTHER, asset=other)

    item = await own_item(own, case.id, file.id)
    assert [(each.number, each.remark) for each in item.versions] == [(2, "补拍"), (1, "")]
    assert item.preview is not None
    old = await own_version(own, case.id, file.id, 1)
    assert (old.content, old.name, old.media_type) == (first.content, "x.jpg", "image/jpeg")
    with pytest.raises(NotFound):
        await own_version(own, case.id, file.id, 3)
    with pytest.raises(NotFound):
        await own_item(own, made.waiting_case.id, file.id)

    stranger = acting(work, WAITING)
    for refused in (
        own_item(stranger, case.id, file.id),
        own_version(stranger, case.id, file.id, 1),
        add_version(
            acting(work, person(KUNSHAN)), file.id, await checked("pink"), remark="x", case_id=other.case_id
        ),
    ):
        with pytest.raises(NotFound):
            await refused
    for actor in (
        WAITING,
        person(HUQIU, Role.FINANCE),
        superior(),
        Actor(None, "债权人", frozenset({Role.CREDITOR})),
    ):
        with pytest.raises(NotPermitted):
            await file_in_dossier(acting(work, actor), case, await checked("pink"), kind=DossierKind.OTHER)
    await own_item(acting(work, superior()), case.id, file.id)
    assert await readings(work, case.id) == [
        ("中院李", "现场照片", 0, "supervision"),
        ("书记员", "现场照片", 0, "own"),
        ("书记员", "现场照片", 1, "own"),
    ]
    assert [may_see_readers(each, HUQIU) for each in (FIRST, superior(), CLERK, WAITING)] == [
        True,
        True,
        False,
        False,
    ]

    await declare_void(own, file.id, reason="误入本卷")
    with pytest.raises(Conflict):
        await add_version(own, file.id, await checked("gold"), remark="再补")
    (entry,) = await entries_of(own, case.id)
    assert (entry.file.void_reason, entry.newest.number) == ("误入本卷", 2)
    for change in ("UPDATE dossier_version SET remark = 'x'", "DELETE FROM dossier_version"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with work.session.begin_nested():
                await work.session.execute(text(change))
    assert await _versions(work, file) == 2


async def _versions(work: Work, file: DossierFile) -> int:
    rows = await work.session.exec(select(DossierVersion.id).where(DossierVersion.file_id == file.id))
    return len(list(rows))


async def test_P03_bytes_that_were_changed_are_not_given_out(work: Work) -> None:
    made = await make_disputed(work)
    own = acting(work, CLERK)
    file, version = await file_in_dossier(own, made.first_case, await checked("tan"), kind=DossierKind.MONEY)
    await work.session.execute(
        text(
            "UPDATE stored_file SET content_sealed = set_byte(content_sealed, 40, 255 - get_byte(content_sealed, 40)) "
            "WHERE sha256 = :of"
        ),
        {"of": version.sha256},
    )
    with pytest.raises(Conflict, match="校验值"):
        await own_version(own, made.first_case.id, file.id, 1)


async def fill(work: Work, people: People) -> dict[str, DossierFile]:
    """A dossier of 虎丘 with something of every sort."""
    own, case = acting(work, people.officer), people.made.first_case
    other_asset = await make_asset(work, case)
    wanted = {
        "title": (DossierKind.ENFORCEMENT_TITLE, None),
        "about": (DossierKind.SURVEY, people.made.asset),
        "other": (DossierKind.SURVEY, other_asset),
        "minutes": (DossierKind.MINUTES, None),
        "void": (DossierKind.OTHER, None),
    }
    kept = {}
    for number, (name, (kind, asset)) in enumerate(wanted.items()):
        picture = pictures.photo(width=100 + number)
        looked = await inspect_file(f"{name}.jpg", picture, most_bytes=1_000_000)
        kept[name], _ = await file_in_dossier(own, case, looked, kind=kind, title=name, asset=asset)
    await declare_void(own, kept["void"].id, reason="误传")
    return kept


async def test_P03_T25_an_instruction_opens_the_dossier_to_the_other_court_and_takes_it_along(
    work: Work,
) -> None:
    people = await settle(work)
    kept = await fill(work, people)
    case, officer = people.made.first_case, acting(work, people.officer)
    specialist = acting(work, people.specialist)
    with pytest.raises(NotFound):
        await own_item(specialist, case.id, kept["about"].id)

    instruction = await under_way(work, people, kind=InstructionKind.FIND)
    assert instruction.asset_id is None
    assert {each.file.title for each in (await open_dossier(specialist, instruction)).files} == {"title"}
    with pytest.raises(NotFound):
        await item_of_dossier(specialist, instruction, kept["about"].id)
    read = await version_of_dossier(specialist, instruction, kept["title"].id, 1)
    assert read.media_type == "image/jpeg"
    with pytest.raises(NotPermitted):
        await item_of_dossier(acting(work, people.other), instruction, kept["title"].id)
    with pytest.raises(NotFound):
        await item_of_dossier(acting(work, person(KUNSHAN)), instruction, kept["title"].id)
    assert (people.specialist.name, "title", 1, "instruction") in await readings(work, case.id)

    drafted = await draft_instruction(
        officer,
        case_id=case.id,
        kind=InstructionKind.PARTICIPATE,
        to_court=WUZHONG,
        subject="参与分配",
        request="请将本案债权列入分配。",
        asset_id=people.made.asset.id,
    )
    (taken,) = await files_of(work, drafted.id)
    assert (taken.paper, taken.title, taken.document_id, taken.sealed_file_id) == (
        "title",
        "title",
        None,
        None,
    )
    await attach_from_dossier(officer, drafted.id, kept["about"].id)
    for never in ("other", "minutes", "void"):
        with pytest.raises(NotFound):
            await attach_from_dossier(officer, drafted.id, kept[never].id)
    opened = await open_attachment(officer, drafted.id, taken.id)
    assert isinstance(opened, OpenedFile)
    assert opened.content == read.content
    elsewhere = await kept_elsewhere(officer, case.id)
    assert all(each.link.startswith("/court/instructions/") for each in elsewhere)
    await _close(work, instruction)
    with pytest.raises(NotPermitted):
        await version_of_dossier(specialist, instruction, kept["title"].id, 1)


async def _close(work: Work, instruction: Instruction) -> None:
    instruction.state, instruction.result, instruction.acceptance = "closed", "done", "accepted"
    instruction.due_at = None
    await work.session.flush()


async def test_P03_T04_the_dossier_goes_over_with_the_disposal_right(work: Work) -> None:
    made = await make_disputed(work)
    own, waiting = acting(work, CLERK), acting(work, WAITING)
    case = made.first_case
    about, _ = await file_in_dossier(
        own, case, await checked("red"), kind=DossierKind.SURVEY, title="现场", asset=made.asset
    )
    minutes, _ = await file_in_dossier(
        own, case, await checked("green"), kind=DossierKind.MINUTES, title="合议"
    )
    request = await ask(work, made)
    with pytest.raises(NotPermitted, match="尚未移送"):
        await open_handed_over(waiting, request.id)
    await consent_transfer(acting(work, FIRST), request)
    opened = await hand_over_of(work, request.id)
    assert opened is not None
    assert next(each for each in opened.items if each["code"] == "dossier")["note"] == "1"
    assert len(request.handed_over["dossier"]) == 1

    found = await open_handed_over(waiting, request.id)
    assert [each.file.title for each in found.entries] == ["现场"]
    await handed_over_item(waiting, request.id, about.id)
    assert (await handed_over_version(waiting, request.id, about.id, 1)).name == "x.jpg"
    await handed_over_paper(waiting, request.id, found.papers[0].id)
    with pytest.raises(NotFound):
        await handed_over_item(waiting, request.id, minutes.id)
    with pytest.raises(NotFound):
        await open_handed_over(acting(work, person(KUNSHAN)), request.id)
    assert [each[3] for each in await readings(work, case.id)] == ["transfer"] * 4
    links = [each.link for each in await kept_elsewhere(waiting, made.waiting_case.id)]
    assert f"/court/transfers/{request.id}/dossier" in links

    papers = await papers_of_case(waiting, made.waiting_case)
    assert papers
    await own_paper(waiting, made.waiting_case.id, papers[0].id)
    with pytest.raises(NotFound):
        await own_paper(acting(work, person(KUNSHAN)), made.waiting_case.id, papers[0].id)
    event = await work.session.exec(
        select(AuditEvent)
        .where(AuditEvent.case_id == made.waiting_case.id)
        .order_by(col(AuditEvent.id).desc())
    )
    assert (newest := event.first()) is not None
    assert (newest.event, newest.document_id) == ("dossier.file_opened", papers[0].id)

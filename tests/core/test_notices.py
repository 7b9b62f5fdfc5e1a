"""Notices: told once, shown in the reader's language, sent by channels, received only with proof (C-07)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from core.database import Database, Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import ENGLISH, Translator, msg
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.models import Account
from core.ids import new_id
from core.notices import (
    Channel,
    Dispatch,
    Notice,
    Topic,
    confirm_receipt,
    dispatch,
    mark_read,
    notices_of,
    notify,
    send_as_wished,
    unread_count,
)
from core.notices.channels import ADAPTERS, FolderChannel, Outgoing
from core.notices.dispatch import send_due
from core.notices.notify import as_json, from_json
from tests.conftest import CourtClock


async def reader(work: Work) -> UUID:
    """A new account."""
    account = new_id()
    work.session.add(
        Account(
            id=account,
            login=f"reader-{account.hex[-8:]}",
            password_hash="none",
            display_name="读者",
            roles=["bidder"],
            created_at=work.now,
        )
    )
    await work.session.flush()
    return account


async def test_a_notice_is_told_once_and_counted_until_it_is_read(work: Work) -> None:
    account = await reader(work)
    for _ in range(2):
        await notify(
            work,
            account_id=account,
            key="sold:1",
            title=msg("已成交"),
            body=msg("您以{price}竞得。", price="1.00"),
        )
    await notify(work, account_id=await reader(work), key="sold:1", title=msg("已成交"), body=msg("x"))
    assert await unread_count(work, account) == 1
    (notice,) = await notices_of(work, account)
    assert str(notice.body) == "您以1.00竞得。"
    await mark_read(work, account)
    assert await unread_count(work, account) == 0
    work.session.expire_all()
    (read,) = await notices_of(work, account)
    assert read.read_at == work.now


async def test_P01_a_confidential_notice_is_told_once_and_its_row_says_nothing(work: Work) -> None:
    account = await reader(work)
    for _ in range(2):
        await notify(
            work, account_id=account, key="lot:1", title=msg("已取得竞买资格"), body=msg("代码 {code}", code="B1"),
            link="/lots/1", confidential=True,
        )  # fmt: skip
    (told,) = await notices_of(work, account)
    assert (str(told.title), str(told.body), told.link) == ("已取得竞买资格", "代码 B1", "/lots/1")
    (row,) = list(await work.session.exec(select(Notice).where(Notice.account_id == account)))
    assert (row.title, row.body, row.link) == ({}, {}, None)
    assert "lot:1" not in row.key


def test_a_stored_message_is_shown_in_the_readers_language() -> None:
    stored = as_json(msg("{lot}：{result}", lot=7, result=msg("流拍")))
    english = Translator(ENGLISH, {"流拍": "no sale", "{lot}：{result}": "{lot}: {result}"})
    assert english(from_json(msgspec.json.decode(msgspec.json.encode(stored)))) == "7: no sale"


class FlakyChannel:
    """Fails as often as told, then takes messages."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.taken: list[Outgoing] = []

    def send(self, message: Outgoing) -> str:
        """Take or fail."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.taken.append(message)
        return f"ref-{len(self.taken)}"


@pytest.fixture
def sms() -> Iterator[FlakyChannel]:
    """A short-message gateway that is down twice."""
    channel = FlakyChannel(2)
    ADAPTERS[Channel.SMS] = channel
    yield channel
    del ADAPTERS[Channel.SMS]


async def asked(database: Database) -> None:
    """One message, asked for twice."""
    for _ in range(2):
        async with database.begin(SYSTEM) as work:
            await dispatch(work, channel=Channel.SMS, key="sold:1", address="13800000000", text=msg("已成交"))


async def test_a_message_is_sent_once_however_often_it_is_asked_for_and_the_gateway_fails(
    database: Database, clock: CourtClock, sms: FlakyChannel
) -> None:
    await asked(database)
    for _ in range(6):
        async with database.begin(SYSTEM) as work:
            await send_due(work)
        await clock.pass_time(timedelta(minutes=1))
    assert [(each.address, each.text) for each in sms.taken] == [("13800000000", "已成交")]
    async with database.read() as work:
        row = (await work.session.exec(select(Dispatch))).one()
    assert (row.attempts, row.reference, row.last_error) == (3, "ref-1", None)
    assert row.received_at is None, "sent is not received"


async def test_P01_an_address_is_not_kept_in_the_clear(database: Database, sms: FlakyChannel) -> None:
    await asked(database)
    async with database.read() as work:
        row = (await work.session.exec(select(Dispatch))).one()
    assert b"13800000000" not in row.address_sealed


async def test_C07_received_stands_only_with_proof_and_after_sending(
    database: Database, sms: FlakyChannel
) -> None:
    await asked(database)
    sms.failures = 0
    async with database.begin(SYSTEM) as work:
        row = (await work.session.exec(select(Dispatch))).one()
        with pytest.raises(Conflict):
            await confirm_receipt(work, row.id, received_at=work.now, proof="回执 1")
        await send_due(work)
        with pytest.raises(InvalidInput):
            await confirm_receipt(work, row.id, received_at=work.now, proof=" ")
        with pytest.raises(NotFound):
            await confirm_receipt(work, new_id(), received_at=work.now, proof="回执 1")
        await confirm_receipt(work, row.id, received_at=work.now, proof="回执 1")
        await confirm_receipt(work, row.id, received_at=work.now + timedelta(days=1), proof="回执 2")
        assert (row.received_at, row.proof) == (work.now, "回执 1")
    with pytest.raises(IntegrityError, match="dispatch_received_with_proof"):
        async with database.begin(SYSTEM) as work:
            await work.session.execute(text("UPDATE dispatch SET proof = NULL"))


def test_the_folder_channel_writes_whole_files_that_only_the_owner_reads(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path)
    message = Outgoing(new_id(), Channel.MAIL, "a@example.org", "已成交")
    assert channel.send(message) == channel.send(message) == f"{message.id}.json"
    (file,) = (tmp_path / "mail").iterdir()
    assert msgspec.json.decode(file.read_bytes())["text"] == "已成交"
    assert file.stat().st_mode & 0o077 == 0


async def test_one_occasion_is_sent_to_each_of_many_people_once_and_names_no_account(work: Work) -> None:
    people = [
        await open_account(
            work, login=f"many{place}", password_hash="x", display_name="某人", roles={Role.BIDDER}
        )
        for place in range(2)
    ]
    for person in people:
        person.phone = "13000000000"
    await work.session.flush()
    for _ in range(2):
        for person in people:
            await send_as_wished(
                work,
                account_id=person.id,
                topic=Topic.TIMES,
                key="stopped:1",
                title=msg("停拍"),
                body=msg("停拍"),
            )
    keys = list(await work.session.exec(select(Dispatch.key)))
    assert len(keys) == 2
    assert not [key for key in keys for person in people if str(person.id) in key]

"""Complaints of the 12368 line come in all or none, and are put to their court and lot (K-29)."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from auction.complaints.enter import enter_complaint, examine_complaints, import_complaints
from auction.complaints.models import Matter
from auction.complaints.queries import complaints
from auction.complaints.rules import COLUMNS, MATTER_LABELS, read_complaints
from auction.indicators.refresh import refresh_all
from auction.listing.models import Lot
from core.audit import verify_stream
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotPermitted
from core.identity import Role
from tests.auction.indicators.raw_history import Historian
from tests.disposal_teams.city import HUQIU, acting, person, superior

TODAY = date(2026, 11, 26)
COURTS = {"0505": "0505", "苏州市虎丘区人民法院": "0505", "虎丘": "0505"}
HEAD = ",".join(COLUMNS)


def file(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join([HEAD, *lines]).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_K29_a_good_file_is_read_in_the_encodings_of_offices(encoding: str) -> None:
    rows, problems = read_complaints(
        file('T1,2026/11/02,虎丘,,腾退交付,"迟迟不交付，多次催促"', "T2,2026-11-03,,L1,看样咨询,无人接听", encoding=encoding),
        COURTS, today=TODAY,
    )  # fmt: skip
    assert problems == []
    assert [(row.row, row.ticket_no, row.court, row.lot_no, row.matter) for row in rows] == [
        (2, "T1", "0505", "", Matter.DELIVERY),
        (3, "T2", "", "L1", Matter.VIEWING),
    ]
    assert rows[0].summary == "迟迟不交付，多次催促"


def test_K29_every_fault_of_every_row_is_told() -> None:
    rows, problems = read_complaints(
        file(
            "T1,昨天,不存在的法院,,没有的事项,", "T2,2026-11-27,虎丘,,其他,明天", ",2026-11-02,,,其他,x",
            "T3,2026-11-02,虎丘,,其他,x",
            "T3,2026-11-02,虎丘,,其他,y",
        ),
        COURTS, today=TODAY,
    )  # fmt: skip
    assert [row.ticket_no for row in rows] == ["T3"]
    assert {(each.row, each.column) for each in problems} == {
        (2, "收到日期"), (2, "法院"), (2, "事项"), (2, "内容"), (3, "收到日期"), (4, "工单号"), (4, "法院"), (6, "工单号"),
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2", b"\xff\xfe\x00\x81\x30", HEAD.encode()[:-9]])
def test_K29_what_is_no_such_table_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_complaints(content, COURTS, today=TODAY)


async def test_K29_all_or_none_comes_in_and_counts_for_court_and_lot(work: Work) -> None:
    history = Historian(work, 9)
    await history.begin()
    await history.live(12)
    await refresh_all(work)
    above = acting(work, superior())
    lot = (await work.session.exec(select(Lot).order_by(Lot.lot_no))).first()
    assert lot is not None
    today = work.now.astimezone(COURT_ZONE).date()
    other = next(code for code in history.courts if code != lot.court_code)
    label = MATTER_LABELS[Matter.MONEY]
    good = f"新1,{today},,{lot.lot_no},{label},退款慢"
    for who in (person(HUQIU, Role.PRESIDENT), person(HUQIU)):
        with pytest.raises(NotPermitted):
            await examine_complaints(acting(work, who), file(good))
    count = len(await complaints(above, limit=1000))
    bad = file(good, f"新2,{today},{other},{lot.lot_no},{label},x", f"新3,{today},,没有,{label},x")
    found = await examine_complaints(above, bad)
    assert [(each.row, each.column) for each in found.problems] == [(3, "法院"), (4, "拍品编号")]
    with pytest.raises(InvalidInput):
        await import_complaints(above, bad)
    assert len(await complaints(above, limit=1000)) == count, "none of it"
    done = await import_complaints(above, file(good))
    assert [(each.court_code, each.lot_id) for each in done.new] == [(lot.court_code, lot.id)]
    again = await import_complaints(above, file(good))
    assert (list(again.new), list(again.known)) == ([], ["新1"])
    touched = await refresh_all(work)
    assert touched.keys == {("K-29", lot.court_code, today.replace(day=1))}

    given = {"received_on": today, "lot_no": "", "matter": Matter.OTHER, "summary": "x"}
    made = await enter_complaint(above, ticket_no="手1", court=HUQIU, **given)  # type: ignore[arg-type]
    assert (made.court_code, made.lot_id) == (HUQIU, None)
    with pytest.raises(Conflict):
        await enter_complaint(above, ticket_no="手1", court=HUQIU, **given)  # type: ignore[arg-type]
    for wrong in (
        {"court": ""},
        {"court": "9999"},
        {"received_on": today + timedelta(days=1)},
        {"summary": " "},
    ):
        with pytest.raises(InvalidInput):
            await enter_complaint(above, **{"ticket_no": "手2", "court": HUQIU, **given, **wrong})  # type: ignore[arg-type]
    own = await complaints(acting(work, person(HUQIU)), court_code=HUQIU, limit=1000)
    assert {each.court_code for each, _ in own} == {HUQIU}
    with pytest.raises(NotPermitted):
        await complaints(acting(work, person(HUQIU)))
    assert await verify_stream(work, "complaints") is None

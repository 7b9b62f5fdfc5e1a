"""What the forms of valuation and listing refuse, and that nothing typed or written is lost by it."""

from tests.web.listing_desk import PANEL, REPORT, Desk, begin_appraisal, draft, draft_fields, value

BAD_REPORTS = [
    {"price": "一百万"},
    {"price": "1e9"},
    {"price": "1000000.001"},
    {"price": "-5"},
    {"price_again": "1000000000"},
    {"price": "99999999999999999999", "price_again": "99999999999999999999"},
    {"firm": ""},
    {"firm": "长" * 81},
    {"report_no": "a\x07b"},
    {"appraised_on": "2026-13-45"},
    {"valid_until": "3000-01-01"},
    {"appraised_on": "0001-01-01"},
]


async def test_bad_reports_come_back_with_what_was_typed(desk: Desk) -> None:
    page = f"{desk.asset}/valuation"
    await begin_appraisal(desk)
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    for wrong in BAD_REPORTS:
        fields = {**REPORT, "appraised_on": await desk.day(0), "valid_until": await desk.day(300), **wrong}
        answer = await desk.post("team", f"/team/valuations/{valuation}/report", page, **fields)
        assert answer.status_code == 422, (wrong, answer.text[:600])
        assert 'role="alert"' in answer.text
        assert fields["firm"][:80] in answer.text
    assert await desk.ids("SELECT id FROM appraisal_report") == []


BAD_DECISIONS = [
    ({"starting_price": "699999.99"}, "V-40"),
    ({"deposit": "34999.99"}, "B-30"),
    ({"deposit": "140000.01"}, "B-30"),
    ({"member3": ""}, ""),
    ({"member3": "审判长"}, "B-03"),
    ({"minutes": ""}, ""),
    ({"minutes": "长" * 2001}, ""),
    ({"increment": "0"}, ""),
    ({"starting_price": "abc"}, ""),
    ({"decided_on": "2999-01-01"}, ""),
]


async def test_bad_decisions_are_told_with_their_rule(desk: Desk) -> None:
    await value(desk)
    page = f"{desk.asset}/listing"
    for wrong, rule in BAD_DECISIONS:
        fields = {**PANEL, "decided_on": await desk.day(0), **wrong}
        answer = await desk.post("panel", f"{desk.asset}/panel", page, **fields)
        assert answer.status_code == 422, (wrong, answer.text[:600])
        assert rule in answer.text
    assert await desk.ids("SELECT id FROM panel_decision") == []


BAD_DRAFTS = [
    {"title": ""},
    {"title": "长" * 201},
    {"starts_at": "tomorrow"},
    {"starts_at": "2020-01-01T10:00"},
    {"ends_at": "2020-01-01T10:00"},
    {"balance_due_days": "0"},
    {"balance_due_days": "31"},
    {"balance_due_days": "ten"},
    {"delivery": "magic"},
    {"delivery_days": "9999"},
    {"no_surplus": "maybe"},
    {"other": "\u202e"},
    {"qualification": "长" * 1001},
]


async def test_bad_drafts_change_nothing(desk: Desk) -> None:
    await value(desk)
    number = await draft(desk)
    before = await desk.ids("SELECT title || disclosure::text FROM lot")
    page = f"/team/lots/{number}"
    for wrong in BAD_DRAFTS:
        answer = await desk.post("team", f"{page}/draft", page, **{**await draft_fields(desk), **wrong})
        assert answer.status_code == 422, (wrong, answer.text[:600])
        assert 'role="alert"' in answer.text
    assert await desk.ids("SELECT title || disclosure::text FROM lot") == before


async def test_receipts_of_other_lots_and_broken_ones_are_refused(desk: Desk) -> None:
    await value(desk)
    number = await draft(desk)
    page = f"/team/lots/{number}"
    await desk.post("team", f"{page}/draft", page, **await draft_fields(desk))
    await desk.post("team", f"{page}/notify", page, way="post")
    note = str((await desk.ids("SELECT id FROM party_notification"))[0])
    good = {"note_id": note, "kind": "received", "received_at": await desk.minute(), "proof": "x"}
    for wrong, status in (
        ({"note_id": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"note_id": "x"}, 422),
        ({"kind": "eaten"}, 422),
        ({"proof": ""}, 422),
        ({"received_at": "2999-01-01T00:00"}, 422),
        ({"received_at": ""}, 422),
    ):
        answer = await desk.post("team", f"{page}/receipts", page, **{**good, **wrong})
        assert answer.status_code == status, (wrong, answer.text[:300])
    bad_way = await desk.post("team", f"{page}/notify", page, way="pigeon")
    assert bad_way.status_code == 422

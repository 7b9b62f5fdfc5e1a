"""What follows from a seal, on its pages: notices, partition suits, excess, preservation turned (A-05…A-07, A-09, A-10)."""

import re

from tests.disposal_teams.city import HUQIU
from tests.web.listing_desk import Desk


async def test_A05_A06_A07_A09_A10_what_follows_from_a_seal_is_done_by_the_team(desk: Desk) -> None:
    page, day = f"{desk.asset}/seal-notices", await desk.day(0)
    assert (await desk.post("team", page, page, kind="mortgagee", name="")).status_code == 422
    typed = {"kind": "mortgagee", "name": "某银行", "is_maximum_amount": "1"}
    assert (await desk.post("team", page, page, **typed)).status_code == 303
    shown = await desk.get("team", page)
    (notice,) = re.findall(rf'action="({page}/[0-9a-f-]{{36}})"', shown.text)
    assert (await desk.post("team", notice, page, step="sent", day="", sent_by="")).status_code == 422
    assert (await desk.post("team", notice, page, step="sent", day=day, sent_by="邮寄")).status_code == 303
    answer = await desk.post("team", notice, page, step="received", day=day, owed="5万", highest="x")
    assert answer.status_code == 422
    answer = await desk.post("team", notice, page, step="received", day=day, owed="50000", highest="40000")
    assert answer.status_code == 303
    assert "40,000.00" in (await desk.get("team", page)).text
    for other in ("other", "bidder"):
        assert (await desk.get(other, page)).status_code in (403, 404)
    suits = f"{desk.asset}/partition-suits"
    suit = {"plaintiff": "李某", "court_case": "（2026）苏0583民初1号", "filed_on": day}
    assert (await desk.post("team", suits, page, **suit | {"plaintiff": ""})).status_code == 422
    assert (await desk.post("team", suits, page, **suit)).status_code == 303
    shown = await desk.get("team", page)
    (path,) = re.findall(rf'action="({suits}/[0-9a-f-]{{36}})"', shown.text)
    assert (await desk.post("team", path, page, outcome="", ended_on=day)).status_code == 422
    assert (await desk.post("team", path, page, outcome="各半", ended_on=day)).status_code == 303

    (case_id,) = await desk.ids(f"SELECT case_id::text FROM asset WHERE asset_no = '{desk.asset_no}'")
    case = f"/team/cases/{case_id}"
    excess, field = f"{case}/excess", f"value-{desk.asset_no}"
    assert (await desk.post("team", excess, excess, **{field: ""})).status_code == 422
    assert (await desk.post("team", excess, excess, **{field: "9,000,000,000"})).status_code == 409
    answer = await desk.post("team", excess, excess, **{field: "9,000,000,000", "reason": "已通知解除"})
    assert answer.status_code == 303
    assert "超标的" in (await desk.get("team", excess)).text
    assert (await desk.get("other", excess)).status_code == 404

    assert (await desk.post("team", f"{case}/links", case, linked_case_no="x")).status_code == 422
    answer = await desk.post("team", f"{case}/links", case, linked_case_no=f"（2025）苏{HUQIU}执保3号")
    assert answer.status_code == 303
    assert "执保3号" in (await desk.get("team", case)).text
    (seal,) = await desk.ids("SELECT id::text FROM seal")
    answer = await desk.post("team", f"/team/seals/{seal}/turn", desk.asset, case_no="（2026）苏0583执777号")
    assert answer.status_code == 404
    (number,) = await desk.ids(f"SELECT case_no FROM enforcement_case WHERE id = '{case_id}'")
    answer = await desk.post("team", f"/team/seals/{seal}/turn", desk.asset, case_no=number)
    assert answer.status_code == 409, "a seal of enforcement does not turn"
    await desk.post(
        "team", f"{desk.asset}/seals", desk.asset, case_no="（2026）苏0583执778号", registered_on=day,
        seal_kind="enforcement", is_unregistered="1",
    )  # fmt: skip
    assert "未登记" in (await desk.get("team", desk.asset)).text

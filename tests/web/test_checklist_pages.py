"""The publish checklist on its page: every line leads to where it is repaired, and repairing there makes it green (§12.3)."""

import re

import pytest

from auction.listing.checklist import GROUPS, LINES
from auction.listing.publish_facts import ChecklistLine
from auction.listing.repair_places import PLACES, Place
from core.i18n import msg
from tests.web.listing_desk import Desk, draft, draft_fields, publish, value
from web.team.repairs import REPAIRS, repair_of


@pytest.fixture
async def number(desk: Desk) -> str:
    """A draft that nobody has completed."""
    await value(desk)
    return await draft(desk)


def links(page: str) -> dict[str, str]:
    """What the red lines say, and where they lead."""
    card = page[page.index('id="check"') : page.index('id="notes"')]
    red = card[: card.index("<details")]
    return dict(re.findall(r"<strong>([^<]+)</strong>.*?<a href=\"([^\"]+)\"", red))


def test_every_place_has_an_address_and_every_line_a_place() -> None:
    assert set(REPAIRS) == set(Place) == set(PLACES.values())
    assert len(LINES) + len(GROUPS) == 28


async def opens_with_its_parts(desk: Desk, number: str) -> None:
    """Every address opens, with the part that it names."""
    anchors: dict[str, set[str]] = {}
    for line_id in (*PLACES, "special.arrears", "warning.agent"):
        if line_id not in ("special", "warning"):  # they stand for their items
            line = ChecklistLine(line_id, "B-12", msg(""), False, msg(""))
            path, _, anchor = repair_of(line, lot_no=number, asset_no=desk.asset_no)[0].partition("#")
            anchors.setdefault(path, set()).add(anchor)
    for path, parts in anchors.items():
        shown = await desk.get("panel" if path.endswith("/listing") else "team", path)
        assert shown.status_code == 200, path
        assert not [part for part in parts if part and f'id="{part}"' not in shown.text], path


async def test_B12_B13_B15_B90_red_lines_lead_to_where_they_are_repaired(desk: Desk, number: str) -> None:
    await opens_with_its_parts(desk, number)
    page = f"/team/lots/{number}/disclosures"
    shown = await desk.get("team", page)
    assert "物业、水、电、燃气欠费" in shown.text
    typed = {
        "special_arrears": "欠物业费 3,000 元",
        "source_arrears": "物业公司函",
        "day_arrears": await desk.day(-3),
        "tax_name1": "契税",
        "tax_payer1": "买受人",
        "tax_rate1": "3",
        "tax_name2": "土地增值税",
        "tax_payer2": "买受人",
    }
    assert (await desk.post("team", page, page, **typed)).status_code == 303
    red = links((await desk.get("team", f"/team/lots/{number}")).text)
    assert red["特别披露：户口与学位"] == f"{page}#special_household", "what was emptied is missing"
    assert "特别披露：物业、水、电、燃气欠费" not in red
    assert "税费表已填写，由法定义务人负担" in red, "a tax of the seller's is not the buyer's"
    for bad in ({"tax_rate1": "三"}, {"tax_rate1": "0.001"}, {"day_arrears": "昨天"}):
        assert (await desk.post("team", page, page, **{**typed, **bad})).status_code == 422
    anew = await desk.post("team", page, page, step="survey")
    assert anew.status_code == 303
    red = links((await desk.get("team", f"/team/lots/{number}")).text)
    assert not [line for line in red if line.startswith("特别披露")]
    assert (await desk.post("panel", page, page, **typed)).status_code == 403
    assert (await desk.get("other", page)).status_code == 404

    await red_lines_turn_green_where_they_lead(desk, number)


async def red_lines_turn_green_where_they_lead(desk: Desk, number: str) -> None:
    """B-12, B-13: a warning and an item of publicity, missing and put back."""
    page = f"/team/lots/{number}"
    fields = await draft_fields(desk)
    del fields["warning_agent"]
    fields["enforcement_title"] = ""
    assert (await desk.post("team", f"{page}/draft", page, **fields)).status_code == 303
    red = links((await desk.get("team", page)).text)
    assert red["特别提示：代理须在竞价开始前经法院确认"] == f"{page}#warning_agent"
    assert red["公示内容：执行依据"] == f"{page}#enforcement_title"
    note = {"note_defects": "其中：屋顶渗漏。"}
    again = await desk.post("team", f"{page}/draft", page, **await draft_fields(desk), **note)
    assert again.status_code == 303
    shown = (await desk.get("team", page)).text
    assert not {"特别提示：代理须在竞价开始前经法院确认", "公示内容：执行依据"} & set(links(shown))
    assert "其中：屋顶渗漏。" in shown


async def test_B16_a_material_change_is_made_on_its_page(desk: Desk) -> None:
    number = await publish(desk)
    page = f"/team/lots/{number}/material-change"
    assert page in (await desk.get("team", f"/team/lots/{number}")).text
    for wrong in ({}, {"changed_area": "1", "reason": "更正"}, {"changed_area": "1", "sure": "1"}):
        assert (await desk.post("team", page, page, **wrong)).status_code == 422
    done = await desk.post("team", page, page, changed_area="1", reason="登记面积更正", sure="1")
    assert done.status_code == 303, done.text
    draft_page = await desk.get("team", done.headers["location"])
    assert f"替代已撤回的公告 {number}" in draft_page.text
    assert "该拍品不在公告期" in (await desk.get("team", page)).text
    assert (await desk.get("other", page)).status_code == 404

"""The court above imports complaints of the 12368 line through the page (K-29)."""

import re

from auction.complaints.rules import COLUMNS
from tests.web.court_city import City, city, court_today

__all__ = ["city"]
PAGE = "/supervision/complaints"


async def test_K29_a_file_is_checked_first_and_then_imported_at_one_stroke(city: City) -> None:
    shown = await city.get("middle", PAGE)
    assert shown.status_code == 200
    assert (await city.get("huqiu", PAGE)).status_code == 403
    (csrf, *_) = re.findall(r'name="csrf" value="([^"]+)"', shown.text)
    headers = {"cookie": f"session={city.tokens['middle']}; lang=zh-CN"}

    async def check(*lines: str) -> str:
        content = "\r\n".join([",".join(COLUMNS), *lines]).encode("gb18030")
        answer = await city.client.post(
            f"{PAGE}/file",
            headers=headers,
            data={"csrf": csrf},
            files={"file": ("12368.csv", content, "text/csv")},
        )
        return str(answer.text)

    good = f"工1,{court_today()},虎丘,,腾退交付,催促多次仍未交付"
    bad = await check(good, f"工2,{court_today()},,,其他,x", "工3,不知道,虎丘,,其他,x")
    assert "问题 2 处" in bad
    assert 'name="kept"' not in bad
    checked = await check(good)
    assert "可导入 1 件" in checked
    assert "工1" not in (await city.get("middle", PAGE)).text, "the dry run keeps nothing"
    (kept,) = re.findall(r'name="kept" value="([^"]+)"', checked)
    assert (await city.post("middle", f"{PAGE}/import", PAGE, kept=kept)).status_code == 303
    assert "工1" in (await city.get("middle", PAGE)).text
    assert (await city.post("middle", f"{PAGE}/import", PAGE, kept="!!")).status_code == 422
    by_hand = {
        "ticket_no": "手1",
        "received_on": court_today().isoformat(),
        "court": "0505",
        "matter": "other",
    }
    assert (await city.post("middle", PAGE, PAGE, **by_hand, summary="x")).status_code == 303
    assert (await city.post("middle", PAGE, PAGE, **by_hand, summary="x")).status_code == 409

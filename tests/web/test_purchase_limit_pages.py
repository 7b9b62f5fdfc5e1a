"""The purchase limits on their pages: for everybody to read, for the intermediate court to change (B-17)."""

from core.database import Database
from core.identity import Role
from tests.web.pages import Guest, staff

EDIT = "/supervision/purchase-limits"
TYPED = {
    "city": "苏州市",
    "text": "须有购房资格",
    "kind_real_estate": "1",
    "reason": "恢复限购",
    "after": "0",
}


async def test_B17_the_intermediate_court_publishes_versions_that_everybody_reads(
    guest: Guest, database: Database
) -> None:
    await staff(database, "keeper", {Role.INTERMEDIATE_COURT}, "05")
    await staff(database, "team", {Role.DISPOSAL_TEAM}, "0583")
    assert "2024-01-29" in (await guest.get("/purchase-limits")).text
    await guest.log_in("team")
    assert (await guest.get(EDIT)).status_code == 403
    await guest.log_in("keeper")
    wrong = await guest.post(
        EDIT, {**TYPED, "city": "", "since": "2026-02-01", "until": "2026-01-01"}, page=EDIT
    )
    assert wrong.status_code == 422
    assert 'id="city-error"' in wrong.text
    assert (await guest.post(EDIT, TYPED, page=EDIT)).status_code == 303
    assert (await guest.post(EDIT, TYPED, page=EDIT)).status_code == 409, "somebody was quicker"
    assert "须有购房资格" in (await guest.get(f"{EDIT}?place=1")).text
    assert (await guest.get(f"{EDIT}?place=7")).status_code == 404
    guest.client.cookies.clear()
    shown = (await guest.get("/purchase-limits")).text
    assert "须有购房资格" in shown
    assert "恢复限购" in shown

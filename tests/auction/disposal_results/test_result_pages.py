"""The result of a transferred asset through the pages of both courts (T-05)."""

import re
from typing import Any

from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from core.settings import Settings
from tests.auction.disposal_results.conftest import Transferred
from tests.auction.disposal_results.test_results import opened
from tests.disposal_teams.city import HUQIU, KUNSHAN
from tests.web.pages import in_service
from web.app import create_app


async def test_T05_divide_tell_confirm_and_settle_on_the_page(
    database: Database, tmp_path: Any, transferred: Transferred
) -> None:
    await opened(database, transferred)
    tokens = {}
    async with database.begin(SYSTEM) as work:
        for login, court in (("kunshan", KUNSHAN), ("huqiu", HUQIU)):
            account = await open_account(
                work,
                login=login,
                password_hash="x",
                display_name=login,
                roles={Role.CASE_OFFICER, Role.BUREAU_DIRECTOR},
                court_code=court,
            )
            tokens[login] = await open_session(work, account.id)
    base = f"/court/transfers/{transferred.transfer_id}/result"
    settings = Settings(database_url=database.url, data_dir=tmp_path / "var")
    async with in_service(create_app(settings, database=database), raise_errors=False) as client:

        async def act(who: str, path: str, **fields: str) -> Any:
            headers = {"cookie": f"session={tokens[who]}; lang=zh-CN"}
            shown = await client.get(base, headers=headers)
            assert shown.status_code == 200
            csrf = re.search(r'name="csrf" value="([^"]+)"', shown.text)
            assert csrf
            return await client.post(path, headers=headers, data={"csrf": csrf[1], **fields})

        assert (await act("huqiu", base, costs="0")).status_code == 403
        assert (await act("kunshan", base, costs="abc")).status_code == 422
        assert (await act("kunshan", base, costs="-1")).status_code == 422
        told = await act("kunshan", base, costs="1000", share_1="50000")
        assert told.status_code == 303, told.text
        headers = {"cookie": f"session={tokens['huqiu']}; lang=zh-CN"}
        shown = await client.get(base, headers=headers)
        for part in ("已预留，待首封债权确认", "财产处置结果告知函", "50,000.00"):
            assert part in shown.text
        assert (await act("huqiu", base + "/claim", title="", amount="1")).status_code == 422
        claim = await act("huqiu", base + "/claim", title="（2026）苏0505民初9号", amount="40000")
        assert claim.status_code == 303
        assert (await act("kunshan", base + "/reserve")).status_code == 303
        assert "预留份额已办结" in (await client.get(base, headers=headers)).text

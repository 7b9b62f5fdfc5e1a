"""Tell the debtor, and the court, what has become of an own sale."""

from auction.self_sale.models import SelfSale
from core.database import Work
from core.i18n import Message
from core.identity import Role
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from disposal_teams.courts.tell import tell_court


async def tell_debtor(work: Work, sale: SelfSale, *, key: str, title: Message, body: Message) -> None:
    """Into the debtor's inbox, where there is an account."""
    debtor = await work.session.get_one(Party, sale.debtor_party_id)
    if debtor.account_id is not None:
        await notify(
            work, account_id=debtor.account_id, key=f"self-sale:{sale.id}:{key}", title=title, body=body,
            link="/my/self-sales",
        )  # fmt: skip


async def tell_team(work: Work, sale: SelfSale, *, key: str, title: Message, body: Message) -> None:
    """To the people of the court who go on with the asset."""
    asset = await work.session.get_one(Asset, sale.asset_id)
    await tell_court(
        work, sale.court_code, Role.CASE_OFFICER, Role.DISPOSAL_TEAM, key=f"self-sale:{sale.id}:{key}",
        title=title, body=body, link=f"/team/assets/{asset.asset_no}/self-sale",
    )  # fmt: skip

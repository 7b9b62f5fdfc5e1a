"""Tell the priority purchasers whom the court knows that the notice is out and how to claim (B-20, B-24)."""

from uuid import UUID

from auction.listing.defaults import PRIORITY_ROLES
from auction.listing.models import Lot
from auction.listing.rules import shown
from core.database import Work
from core.i18n import msg
from core.notices import Channel, Topic, dispatch, notify, send_as_wished
from core.outbox import task
from disposal_teams.cases.queries import parties_of


@task(queue="notices")
async def tell_priority_purchasers(work: Work, *, lot_id: UUID) -> None:
    """A message to each of them: with an account into the inbox, otherwise by SMS where the case has a number.

    Whether they take part is told to nobody (P-01): all are told the same, whatever they do.
    """
    lot = await work.session.get_one(Lot, lot_id)
    title = msg("拍卖公告已发布，您可以主张优先购买权")
    body = msg(
        "“{title}”（{number}）定于 {start} 开拍。请在公告页面的“优先购买权”提交申请和材料，由合议庭在开拍前确认。",
        title=lot.title,
        number=lot.lot_no,
        start=shown(lot.starts_at),
    )
    for party in await parties_of(work, lot.case_id):
        if party.role not in PRIORITY_ROLES:
            continue
        key = f"lot:{lot.id}:holder:{party.id}"
        if party.account_id is not None:
            await notify(
                work, account_id=party.account_id, key=key, title=title, body=body, link=f"/lots/{lot.lot_no}/priority"
            )  # fmt: skip
            await send_as_wished(
                work, account_id=party.account_id, topic=Topic.ENTRY, key=key, title=title, body=body
            )
        elif party.phone and not lot.is_demo:
            text = msg("【苏州法院】{title}：{body}", title=title, body=body)
            await dispatch(work, channel=Channel.SMS, key=key, address=party.phone, text=text)

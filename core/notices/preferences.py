"""How a person wants to be told: always inside the service, by SMS as far as the person has not declined."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.database import Work
from core.i18n import Message, msg
from core.identity.models import Account
from core.notices.dispatch import dispatch
from core.notices.models import Channel, NoticePreference, Topic
from core.notices.notify import person_key

TOPIC_LABELS: dict[Topic, str] = {
    Topic.ENTRY: "报名、代理和优先购买权的审核结果",
    Topic.MONEY: "保证金到账、退还和其他资金变动",
    Topic.TIMES: "开拍提醒、暂停、恢复和其他变化",
    Topic.RESULT: "竞价结果和付款期限",
}


async def declined_topics(work: Work, account_id: UUID) -> frozenset[Topic]:
    """The topics of which the person wants no SMS."""
    row = await work.session.get(NoticePreference, account_id)
    return frozenset(Topic(each) for each in row.not_by_sms if each in set(Topic)) if row else frozenset()


async def choose_topics(work: Work, account_id: UUID, *, by_sms: Collection[Topic]) -> None:
    """Keep of which topics the person wants an SMS."""
    declined = sorted(set(Topic) - set(by_sms))
    await work.session.execute(
        insert(NoticePreference)
        .values(account_id=account_id, not_by_sms=declined, updated_at=work.now)
        .on_conflict_do_update(
            index_elements=["account_id"], set_={"not_by_sms": declined, "updated_at": work.now}
        )
    )


async def send_as_wished(
    work: Work, *, account_id: UUID, topic: Topic, key: str, title: Message, body: Message
) -> None:
    """Send an SMS too, if the person has a telephone and has not declined the topic. Invented people are sent nothing.

    One occasion may concern many people: each of them is sent it, once.
    """
    account = await work.session.get(Account, account_id)
    if account is None or account.is_demo or not account.phone:
        return
    if topic in await declined_topics(work, account_id):
        return
    text = msg("【苏州法院】{title}：{body}", title=title, body=body)
    await dispatch(
        work, channel=Channel.SMS, key=person_key(key, account_id), address=account.phone, text=text
    )

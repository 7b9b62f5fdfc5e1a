"""The demo's stand-in for a payer's bank: a credit on the court's account, as a statement would bring it."""

from uuid import UUID, uuid5

from auction.payments.models import MoneyChannel
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.real_name import own_identity
from core.database import Database
from core.errors import NotFound, NotPermitted
from core.i18n import msg
from core.identity import SYSTEM, Actor
from core.identity.models import Account
from core.settings import Settings


async def pay_in_demo(
    database: Database,
    settings: Settings,
    actor: Actor,
    *,
    owner_id: UUID,
    court_code: str,
    account_no: str,
    amount_fen: int,
    payer: str | None = None,
    channel: MoneyChannel = MoneyChannel.BANK,
) -> None:
    """Let `amount_fen` arrive from the actor's own account, or that of `payer` (a principal); on the platform's channel it is
    frozen instead. The same amount for the same account number again changes nothing.

    Raises `NotFound` outside the demo: there, money comes from the bank alone.
    """
    if not settings.demo:
        raise NotFound(msg("只有演示系统提供模拟付款。"))
    if amount_fen <= 0:
        return
    async with database.begin(SYSTEM) as work:
        account = await work.session.get(Account, actor.account_id)
        if account is None:
            raise NotPermitted(msg("请先登录，再办理此事项。"))
        name, _ = own_identity(account)
        line = StatementLine(
            reference=f"demo-{uuid5(owner_id, f'{account_no}:{amount_fen}')}",
            virtual_account_no=account_no,
            amount_fen=amount_fen,
            payer_name=payer or name,
            booked_at=work.now,
        )
        await record_bank_line(work, court_code, line, channel=channel, is_demo=True)

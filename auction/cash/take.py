"""Take cash in a case, confirm it as the second officer, say why it goes in a day later (M-02)."""

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.cash import rules
from auction.cash.models import CashState, CashTaking
from auction.cash.queries import accounts_to_pay, note_cash, taking_for_update
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import open_deadline, waive_deadline
from core.documents import Document, issue_document
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role
from core.ids import new_id
from core.money import capital_amount, yuan
from core.notices import notify
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of, staff_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.progress import require_own
from disposal_teams.plain_text import clean_text


async def take_cash(
    work: Work,
    case_id: UUID,
    *,
    payer: str,
    amount_fen: int,
    why: str,
    place: str,
    second_officer: UUID | None,
    pay_into: str = "",
) -> CashTaking:
    """Write down cash that could not come by the bank, with the officer who was there too; the receipt is made at once.

    Raises `InvalidInput` by field (also a second officer who is none), `NotPermitted`.
    """
    case = await case_of(work, case_id)
    require_own(work, Permission.TAKE_CASH, case.court_code)
    taker = work.actor.account_id
    if taker is None:
        raise NotPermitted(msg("现金由两名工作人员当场收取。"), rule=rules.RULE)
    fields: dict[str, Message] = {}
    payer = clean_text(payer, "payer", fields, longest=80)
    why = clean_text(why, "why", fields, longest=500)
    place = clean_text(place, "place", fields, longest=120)
    if pay_into and pay_into not in await accounts_to_pay(work, case.id):
        fields["pay_into"] = msg("请从本案待付款的账号中选择；保证金不收现金。")
    rules.check_amount(amount_fen, fields)
    colleagues = {each.id: each for each in await staff_of(work, case.court_code, *rules.OFFICERS)}
    second = colleagues.get(second_officer) if second_officer else None
    if second is None or second.id == taker:
        fields["second_officer"] = msg("请选择当场的另一名本院工作人员。")
    if fields:
        raise InvalidInput(msg("现金收取登记有误，请按提示修改。"), fields=fields, rule=rules.RULE)
    assert second is not None
    taking = CashTaking(
        id=new_id(), number=await _number(work, case.court_code), case_id=case.id, court_code=case.court_code,
        payer=payer, amount_fen=amount_fen, pay_into=pay_into, why=why, place=place, taken_by=taker,
        taken_by_name=work.actor.name, second_officer=second.id, second_name=second.display_name,
        taken_at=work.now, is_demo=case.is_demo,
    )  # fmt: skip
    work.session.add(taking)
    await work.session.flush()
    taking.receipt_id = (await _receipt(work, taking, case)).id
    await open_deadline(
        work, rules.RULE, subject_kind="cash", subject_id=taking.id, due_at=rules.hand_in_by(work.now),
        owner_role=Role.CASE_OFFICER, owner_court=case.court_code, case_id=case.id, trigger_event="cash.taken",
    )  # fmt: skip
    await note_cash(work, taking, "cash.taken", amount_fen=amount_fen, second=str(second.id), why=why)
    await notify(
        work, account_id=second.id, key=f"cash:{taking.id}", title=msg("请确认当场收取的现金"),
        body=msg("{case_no}：{yuan} 元，收据 {number}。", case_no=case.case_no, yuan=yuan(amount_fen), number=taking.number),
        link=f"/team/cases/{case.id}/cash",
    )  # fmt: skip
    await tell_court(
        work, case.court_code, Role.FINANCE, key=f"cash:{taking.id}", title=msg("当日有现金待交"),
        body=msg("{case_no}：{yuan} 元，收据 {number}。", case_no=case.case_no, yuan=yuan(amount_fen), number=taking.number),
        link="/finance/cash",
    )  # fmt: skip
    return taking


async def _number(work: Work, court_code: str) -> str:
    """Receipts of a court and year are numbered without a gap; the lock orders those of one moment."""
    year = work.now.astimezone(COURT_ZONE).year
    prefix = f"XJ{court_code}{year}"
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(prefix, 13))))
    taken = await work.session.exec(
        select(func.count()).select_from(CashTaking).where(col(CashTaking.number).startswith(prefix))
    )
    return f"{prefix}{taken.one() + 1:05}"


async def _receipt(work: Work, taking: CashTaking, case: EnforcementCase) -> Document:
    court = await court_of(work, case.court_code)
    at = taking.taken_at.astimezone(COURT_ZONE)
    return await issue_document(
        work, "cash_receipt", template="auction/cash/documents/receipt.typ",
        data={
            "court": court.name, "phone": court.supervision_phone, "date": at.date().isoformat(),
            "is_demo": case.is_demo, "number": taking.number, "payer": taking.payer, "amount_fen": taking.amount_fen,
            "in_words": capital_amount(taking.amount_fen), "why": taking.why, "place": taking.place,
            "at": f"{at:%Y年%m月%d日 %H:%M}", "officers": [taking.taken_by_name, taking.second_name],
            "pay_into": taking.pay_into, "cause": case.cause,
        },
        court_code=case.court_code, case_no=case.case_no, case_id=case.id, subject=f"cash:{taking.id}",
    )  # fmt: skip


async def confirm_taking(work: Work, taking_id: UUID) -> CashTaking:
    """The second officer confirms by an own login what was taken. Raises `NotPermitted` for anybody else, `RuleViolation`."""
    taking = await taking_for_update(work, taking_id)
    require_own(work, Permission.TAKE_CASH, taking.court_code)
    if work.actor.account_id != taking.second_officer:
        raise NotPermitted(msg("由收据上的同行人员确认。"), rule=rules.RULE)
    if taking.state != CashState.TAKEN:
        raise RuleViolation(rules.RULE, msg("已经确认。"))
    taking.state, taking.confirmed_at = CashState.CONFIRMED, work.now
    await note_cash(work, taking, "cash.confirmed")
    return taking


async def put_off_hand_in(work: Work, taking_id: UUID, *, why: str) -> CashTaking:
    """Say on the day itself why the cash goes in on the next one. Raises `InvalidInput`, `RuleViolation`, `NotPermitted`."""
    taking = await taking_for_update(work, taking_id)
    require_own(work, Permission.TAKE_CASH, taking.court_code)
    fields: dict[str, Message] = {}
    why = clean_text(why, "put_off_why", fields, longest=300)
    if fields:
        raise InvalidInput(msg("请写明当日不能交财务的原因。"), fields=fields, rule=rules.RULE)
    rules.check_put_off(taking.taken_at, now=work.now, is_put_off=taking.put_off_why != "")
    if taking.state == CashState.HANDED_IN:
        raise RuleViolation(rules.RULE, msg("该笔现金已经交财务。"))
    taking.put_off_why = why
    await waive_deadline(work, rules.RULE, subject_kind="cash", subject_id=taking.id, reason="cash.put_off")
    await open_deadline(
        work, rules.RULE, subject_kind="cash", subject_id=taking.id, due_at=rules.put_off_to(taking.taken_at),
        owner_role=Role.CASE_OFFICER, owner_court=taking.court_code, case_id=taking.case_id,
        trigger_event="cash.put_off",
    )  # fmt: skip
    await note_cash(work, taking, "cash.put_off", why=why)
    return taking

"""Register for a lot: accept the rules, be checked, get an account number for the deposit, then a code (B-30…B-32)."""

import secrets
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.listing.queries import lot_for_update
from auction.registration import rules
from auction.registration.identity import (
    BidderIdentity,
    account_match,
    bidder_cipher,
    name_match,
    open_seal,
    seal,
)
from auction.registration.models import DepositState, Registration, RegistrationState
from auction.registration.real_name import own_identity
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import STAFF_ROLES, SYSTEM, Permission, Role, require
from core.identity.models import Account
from core.ids import new_id
from core.notices import notify
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.register import party_roles_of

_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


async def register_for_lot(work: Work, lot_id: UUID, *, accepts_rules: bool) -> Registration:
    """Enter a lot as a bidder. Entering again returns the entry that stands.

    Raises `InvalidInput` (rules not accepted), `RuleViolation` (B-30 identity not confirmed, B-32 closed, B-80, B-81),
    `NotPermitted`.
    """
    require(work.actor, Permission.REGISTER_TO_BID)
    if work.actor.account_id is None:
        raise NotPermitted(msg("请先登录，再办理此事项。"))
    if not accepts_rules:
        raise InvalidInput(
            msg("请先阅读竞买须知。"), fields={"accept": msg("请勾选确认已阅读并接受竞买须知。")}, rule="B-13"
        )
    account = await work.session.get(Account, work.actor.account_id)
    assert account is not None
    if account.identity_verified_at is None or account.identity_match is None:
        raise RuleViolation(
            "B-30",
            msg("您的实名信息尚未经法院确认，暂不能报名。"),
            remedy=msg("请在“我的竞买”查看确认进度。"),
        )
    lot = await lot_for_update(work, lot_id)
    standing = await own_registration(work, lot.id)
    if standing is not None:
        return standing
    bidding = await work.session.get(LotBidding, lot.id)
    rules.check_open_for_registration(
        LotState(lot.state), is_over=bidding is not None and bidding.is_over(work.now)
    )
    name, number = own_identity(account)
    identity_match = bidder_cipher().match_code(number)
    rules.check_not_barred(
        holds_court_post=not STAFF_ROLES.isdisjoint(map(Role, account.roles)),
        is_related_to_staff=await _belongs_to_staff(work, account),
        defaulted_on_asset=await _defaulted_on(work, lot.asset_id, identity_match),
    )
    roles = await party_roles_of(work, lot.case_id, number)
    is_applicant = PartyRole.APPLICANT in roles
    claim = await _claim_of(work, lot.case_id, account) if is_applicant else 0
    due = rules.deposit_due_fen(
        deposit_fen=lot.deposit_fen,
        starting_price_fen=lot.starting_price_fen,
        round_=Round(lot.round),
        is_applicant=is_applicant,
        claim_fen=claim,
    )
    registration_id = new_id()
    registration = Registration(
        id=registration_id,
        lot_id=lot.id,
        account_match=account_match(account.id),
        identity_match=identity_match,
        name_match=name_match(name),
        identity_sealed=seal(
            BidderIdentity(account_id=account.id, name=name, number=number, phone=account.phone or ""),
            registration_id,
        ),
        state=RegistrationState.DEPOSIT_PENDING,
        is_applicant=is_applicant,
        virtual_account_no=new_virtual_account("8"),
        deposit_due_fen=due,
        rules_accepted_at=work.now,
        created_at=work.now,
    )
    work.session.add(registration)
    await work.session.flush()
    await record(
        work_as_nobody(work), "registration.made", stream=f"lot:{lot.id}", rule="B-32", lot_id=lot.id,
        registration=str(registration_id), deposit_due_fen=due,
    )  # fmt: skip
    if due == 0:
        registration.deposit_state = DepositState.WAIVED
        await qualify(work, registration)
    return registration


def work_as_nobody(work: Work) -> Work:
    """The same transaction, for audit events that must not name the bidder (P-01)."""
    return Work(work.session, SYSTEM, work.now, work.request_id)


def new_virtual_account(prefix: str) -> str:
    """A random account number below the court's account: `prefix` and 15 digits."""
    return prefix + "".join(secrets.choice("0123456789") for _ in range(15))


async def qualify(work: Work, registration: Registration) -> None:
    """The deposit is confirmed (or not needed): the bidder gets a code (B-32). Repeating changes nothing."""
    if registration.state == RegistrationState.QUALIFIED:
        return
    taken = set(
        await work.session.exec(
            select(Registration.code).where(
                Registration.lot_id == registration.lot_id, col(Registration.code).is_not(None)
            )
        )
    )
    registration.code = rules.free_code(
        secrets.choice(_CODE_LETTERS), secrets.randbelow(10_000), {code for code in taken if code}
    )
    registration.state = RegistrationState.QUALIFIED
    registration.qualified_at = work.now
    await work.session.flush()
    await record(
        work_as_nobody(work), "registration.qualified", stream=f"lot:{registration.lot_id}", rule="B-32",
        lot_id=registration.lot_id, code=registration.code,
    )  # fmt: skip
    await tell_bidder(
        work,
        registration,
        key=f"qualified:{registration.id}",
        title=msg("已取得竞买资格"),
        body=msg("您的竞买代码为 {code}，可在竞价时间内出价。", code=registration.code),
    )


async def tell_bidder(
    work: Work, registration: Registration, *, key: str, title: Message, body: Message
) -> None:
    """Put a notice into the inbox of the person behind a registration; nobody else learns who that is."""
    lot_no = (await work.session.exec(select(Lot.lot_no).where(Lot.id == registration.lot_id))).one()
    await notify(
        work,
        account_id=open_seal(registration).account_id,
        key=key,
        title=title,
        body=body,
        link=f"/lots/{lot_no}",
        confidential=True,
    )


async def own_registration(work: Work, lot_id: UUID) -> Registration | None:
    """The actor's own entry for a lot."""
    if work.actor.account_id is None:
        return None
    rows = await work.session.exec(
        select(Registration).where(
            Registration.lot_id == lot_id, Registration.account_match == account_match(work.actor.account_id)
        )
    )
    return rows.first()


async def own_registrations(work: Work, *, limit: int = 100) -> list[tuple[Registration, Lot]]:
    """The actor's own entries with their lots, newest first."""
    if work.actor.account_id is None:
        return []
    rows = await work.session.exec(
        select(Registration, Lot)
        .join(Lot, col(Lot.id) == col(Registration.lot_id))
        .where(Registration.account_match == account_match(work.actor.account_id))
        .order_by(col(Registration.created_at).desc())
        .limit(limit)
    )
    return list(rows.all())


async def _belongs_to_staff(work: Work, account: Account) -> bool:
    rows = await work.session.exec(
        select(Account.roles).where(
            Account.identity_match == account.identity_match, Account.id != account.id
        )
    )
    return any(not STAFF_ROLES.isdisjoint(map(Role, roles)) for roles in rows)


async def _defaulted_on(work: Work, asset_id: UUID, identity_match: bytes) -> bool:
    rows = await work.session.exec(
        select(Registration.id)
        .join(Lot, col(Lot.winning_registration_id) == col(Registration.id))
        .where(
            Lot.asset_id == asset_id,
            Lot.state == LotState.DEFAULTED,
            Registration.identity_match == identity_match,
        )
    )
    return rows.first() is not None


async def _claim_of(work: Work, case_id: UUID, account: Account) -> int:
    rows = await work.session.exec(
        select(Party.claim_fen).where(
            Party.case_id == case_id, Party.role == PartyRole.APPLICANT, Party.account_id == account.id
        )
    )
    claims = list(rows)
    if not claims:
        raise Conflict(
            msg("您是本案申请执行人，但账号尚未与当事人信息关联，请联系承办法官后再报名。"), rule="B-31"
        )
    return max(claims)

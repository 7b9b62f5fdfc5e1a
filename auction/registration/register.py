"""Register for a lot: accept the rules, be checked, get an account number for the deposit, then a code (B-30…B-32)."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from auction.barred.check import bars_on, hit_match, note_hits
from auction.barred.models import HitStage
from auction.barred.rules import BarredBidder
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.queries import lot_for_update, notice_versions
from auction.priority.claims import carry_to_entry, own_claim
from auction.purchase_limits.proofs import keep_promise, limit_of_lot
from auction.purchase_limits.rules import PurchaseStatement, check_statement
from auction.registration import rules
from auction.registration.buyers import OnBehalf, buyers_of
from auction.registration.identity import (
    AgentIdentity,
    BidderIdentity,
    CoBuyer,
    account_match,
    bidder_cipher,
    name_match,
    seal,
    seal_agent,
)
from auction.registration.models import (
    DepositState,
    DepositWay,
    EntryPerson,
    PersonRole,
    Registration,
    RegistrationState,
)
from auction.registration.progress import deposit_due, reconsider
from auction.registration.real_name import own_identity
from auction.registration.tell import work_as_nobody
from auction.risk_signals.kinship import kinship_of
from auction.risk_signals.traces import note_kinship
from core.audit import record
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.identity.models import Account
from core.identity_number import birthday
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import claim_of
from disposal_teams.cases.register import party_roles_of

_ACTIVE = [str(state) for state in RegistrationState if state not in rules.LEFT]


async def register_for_lot(
    work: Work,
    lot_id: UUID,
    *,
    accepts_rules: bool,
    on_behalf: OnBehalf | None = None,
    purchase: PurchaseStatement | None = None,
    deposit_way: DepositWay = DepositWay.TRANSFER,
) -> Registration:
    """Enter a lot as a bidder, for oneself or `on_behalf` of others. Entering again returns the entry that stands.

    Who acts for others waits in AGENT_CHECK until the court has confirmed the papers (B-13). An entry that was withdrawn is
    opened anew once its money has gone back. Raises `InvalidInput` by field (rules not accepted; buyers; purchase statement),
    `RuleViolation` (B-13, B-17, B-30 identity not confirmed, B-32 closed), `BarredBidder` (B-80 to B-82), `Conflict` (the
    buyer has an entry already), `NotPermitted`.
    """
    require(work.actor, Permission.REGISTER_TO_BID)
    if work.actor.account_id is None:
        raise NotPermitted(msg("请先登录，再办理此事项。"))
    if not accepts_rules:
        raise InvalidInput(
            msg("请先阅读竞买须知。"), fields={"accept": msg("请勾选确认已阅读并接受竞买须知。")}, rule="B-13"
        )
    account = await work.session.get_one(Account, work.actor.account_id)
    if account.identity_verified_at is None or account.identity_match is None:
        raise RuleViolation(
            "B-30",
            msg("您的实名信息尚未经法院确认，暂不能报名。"),
            remedy=msg("请在“我的竞买”查看确认进度。"),
        )
    lot = await lot_for_update(work, lot_id)
    standing = await own_registration(work, lot.id)
    if standing is not None and standing.state != RegistrationState.WITHDRAWN:
        return standing
    bidding = await work.session.get(LotBidding, lot.id)
    rules.check_open_for_registration(
        LotState(lot.state), is_over=bidding is not None and bidding.is_over(work.now)
    )
    name, number = own_identity(account)
    rules.check_capacity(birthday(number), today=day_in_court(work.now))
    buyers = buyers_of(on_behalf, own_name=name, own_number=number)
    if on_behalf is not None:
        rules.check_agent_in_time(is_contested=bidding is not None and bidding.is_contested(work.now))
        rules.check_buyers(
            [each.number for each in buyers], own_number=number, most=legal().most_joint_buyers
        )
    await _check_people(work, lot, [*[each.number for each in buyers], number])
    limit = await limit_of_lot(work, lot)
    check_statement(limit, purchase)
    registration = await _written(
        work, lot, account, standing, buyers, AgentIdentity(name, number) if on_behalf else None
    )
    registration.deposit_way = deposit_way if legal().deposit_freeze else DepositWay.TRANSFER
    if on_behalf is None:
        await _refuse_second_entry(work, registration)
    if limit is not None and purchase is not None:
        await keep_promise(work, registration, purchase.certificate)
    numbers = [each.number for each in buyers]
    await note_kinship(work, registration.id, await kinship_of(work, lot.case_id, numbers, account.phone))
    await record(
        work_as_nobody(work), "registration.made", stream=f"lot:{lot.id}", rule="B-32", lot_id=lot.id,
        registration=str(registration.id), notice_version=registration.notice_version,
    )  # fmt: skip
    if registration.deposit_due_fen == 0:
        registration.deposit_state = DepositState.WAIVED
    claim = await own_claim(work, lot.id)
    if claim is not None:
        await carry_to_entry(work, claim)
    await reconsider(work, registration)
    return registration


async def _check_people(work: Work, lot: Lot, numbers: list[str]) -> None:
    people = list(dict.fromkeys(numbers))
    kinds = await bars_on(work, lot, people)
    if kinds:
        raise BarredBidder(lot.id, kinds, hit_match(people))


async def note_barred(work: Work, refused: BarredBidder) -> None:
    """Keep the hit of a refused registration, in a transaction of its own: the refusal has undone the other (B-82)."""
    lot = await work.session.get_one(Lot, refused.lot_id)
    await note_hits(work, lot, refused.kinds, refused.person_match, stage=HitStage.REGISTRATION)


async def _written(
    work: Work,
    lot: Lot,
    account: Account,
    standing: Registration | None,
    buyers: tuple[CoBuyer, ...],
    agent: AgentIdentity | None,
) -> Registration:
    """The row of the entry: a new one, or the one that its person had withdrawn."""
    first, *others = buyers
    registration_id = standing.id if standing else new_id()
    roles = await party_roles_of(work, lot.case_id, first.number) if not others else []
    versions = await notice_versions(work, lot.id)
    values: dict[str, Any] = {
        "identity_match": bidder_cipher().match_code(first.number),
        "name_match": name_match(first.name),
        "identity_sealed": seal(
            BidderIdentity(
                account_id=account.id,
                name=first.name,
                number=first.number,
                phone=account.phone or "",
                share=first.share,
                others=tuple(others),
            ),
            registration_id,
        ),
        "agent_sealed": seal_agent(agent, registration_id) if agent else None,
        "state": RegistrationState.APPLIED,
        "is_applicant": PartyRole.APPLICANT in roles,
        "virtual_account_no": new_virtual_account("8"),
        "rules_accepted_at": work.now,
        "notice_version": versions[-1].version if versions else None,
        "notice_hash": versions[-1].content_hash if versions else None,
    }
    if standing is None:
        registration = Registration(
            id=registration_id,
            lot_id=lot.id,
            account_match=account_match(account.id),
            deposit_due_fen=0,
            created_at=work.now,
            **values,
        )
        work.session.add(registration)
    else:
        registration = standing
        _check_refunded(registration)
        for column, value in {**values, **_ANEW}.items():
            setattr(registration, column, value)
        await work.session.execute(
            delete(EntryPerson).where(col(EntryPerson.registration_id) == registration_id)
        )
    claim = await claim_of(work, lot.case_id, first.number) if registration.is_applicant else 0
    registration.deposit_due_fen = deposit_due(registration, lot, claim)
    await work.session.flush()
    people = [(PersonRole.BUYER, each.name, each.number) for each in buyers]
    if agent is not None:
        people.append((PersonRole.AGENT, agent.name, agent.number))
    for place, (role, name, number) in enumerate(people):
        work.session.add(
            EntryPerson(
                registration_id=registration_id,
                position=place,
                role=role,
                identity_match=bidder_cipher().match_code(number),
                name_match=name_match(name),
            )
        )
    await work.session.flush()
    return registration


_ANEW = {
    "agent_confirmed_at": None,
    "deposit_state": DepositState.PENDING,
    "deposit_paid_fen": 0,
    "refund_due_at": None,
    "refunded_at": None,
    "qualified_at": None,
    "priority_claimed": False,
    "priority_order": None,
    "rejected_reason": None,
}
"""What an entry that is opened again begins with."""


def _check_refunded(registration: Registration) -> None:
    if registration.deposit_state == DepositState.REFUND_DUE:
        raise Conflict(msg("上次报名的保证金正在退还，退款完成后即可重新报名。"), rule="B-33")


async def _refuse_second_entry(work: Work, registration: Registration) -> None:
    """A buyer has one entry per lot. Entries through agents that the court has not confirmed do not count: anybody could
    make one, and a refusal would tell who takes part (P-01)."""
    if await entry_of_buyer(work, registration) is not None:
        raise Conflict(
            msg("您已通过经法院确认的代理人报名该标的物，不能重复报名。如需本人参加，请先撤回该报名。"),
            rule="B-32",
        )


async def entry_of_buyer(work: Work, registration: Registration) -> UUID | None:
    """Another entry of one of the same buyers that takes part in the lot, or None."""
    own = select(EntryPerson.identity_match).where(
        EntryPerson.registration_id == registration.id, EntryPerson.role == PersonRole.BUYER
    )
    rows = await work.session.exec(
        select(Registration.id)
        .join(EntryPerson, col(EntryPerson.registration_id) == col(Registration.id))
        .where(
            Registration.lot_id == registration.lot_id,
            Registration.id != registration.id,
            col(Registration.state).in_(_ACTIVE),
            Registration.state != RegistrationState.AGENT_CHECK,
            EntryPerson.role == PersonRole.BUYER,
            col(EntryPerson.identity_match).in_(own),
        )
        .limit(1)
    )
    return rows.first()


def new_virtual_account(prefix: str) -> str:
    """A random account number below the court's account: `prefix` and 15 digits."""
    return prefix + "".join(secrets.choice("0123456789") for _ in range(15))


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

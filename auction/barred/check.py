"""Look somebody up on every list: at registration, at qualification, and before a sale is confirmed (B-82)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.barred.lists import identity_match
from auction.barred.models import BarKind, BarredHit, BarredPerson, HitStage, HitState
from auction.barred.rules import BarPolicy, Listed, SaleFacts, bars
from auction.listing.models import Lot, LotState
from auction.registration.identity import bidder_cipher
from auction.registration.models import EntryPerson, PersonRole, Registration
from auction.registration.real_name import account_cipher
from auction.settlement.models import Settlement
from core.database import Work
from core.deadlines.rules import months_end
from core.identity import STAFF_ROLES, Role
from core.identity.models import Account
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.courts.queries import court_of

_POSTS = {Role.AUXILIARY_BODY: BarKind.AUXILIARY_STAFF, Role.APPRAISER: BarKind.APPRAISER}


async def bars_on(work: Work, lot: Lot, numbers: Collection[str]) -> list[BarKind]:
    """By which lists one of these identity numbers is barred from the lot; empty for most people.

    Works on keyed hashes of numbers that the caller holds in memory: nothing is written or logged.
    """
    court = await court_of(work, lot.court_code)
    sale = SaleFacts(lot.court_code, court.superior_code, lot.asset_id, lot.case_id)
    settings = legal()
    policy = BarPolicy(
        staff_city_wide=settings.staff_barred_city_wide,
        appraisers=settings.appraisers_barred,
        default_scope=settings.default_bar_scope,
    )
    listed = [
        *await _on_lists(work, numbers),
        *await _holding_posts(work, numbers, lot.court_code),
        *await _defaulted(work, numbers),
    ]
    return bars(listed, sale, policy, now=work.now)


async def _on_lists(work: Work, numbers: Iterable[str]) -> list[Listed]:
    rows = await work.session.exec(
        select(BarredPerson.kind, BarredPerson.court_code, BarredPerson.asset_id, BarredPerson.case_id).where(
            col(BarredPerson.identity_match).in_([identity_match(number) for number in numbers]),
            col(BarredPerson.ended_at).is_(None),
        )
    )
    return [Listed(BarKind(kind), court, asset, case) for kind, court, asset, case in rows.all()]


async def _holding_posts(work: Work, numbers: Iterable[str], court_code: str) -> list[Listed]:
    """Whoever has an account with a post needs no declaration."""
    rows = await work.session.exec(
        select(Account.roles, Account.court_code).where(
            col(Account.identity_match).in_([account_cipher().match_code(number) for number in numbers])
        )
    )
    found = []
    for roles, court in rows.all():
        held = set(map(Role, roles))
        if not held.isdisjoint(STAFF_ROLES):
            found.append(Listed(BarKind.COURT_STAFF, court or court_code))
        found += [Listed(kind, court or court_code) for role, kind in _POSTS.items() if role in held]
    return found


async def _defaulted(work: Work, numbers: Iterable[str]) -> list[Listed]:
    """Sales that one of these persons won and did not pay for: the default list is read from the sales themselves."""
    matches = [bidder_cipher().match_code(number) for number in numbers]
    rows = await work.session.exec(
        select(
            Lot.court_code,
            Lot.asset_id,
            func.coalesce(Settlement.defaulted_at, Lot.ended_at, Registration.created_at),
        )
        .join(Registration, col(Registration.id) == col(Lot.winning_registration_id))
        .outerjoin(
            EntryPerson,
            (col(EntryPerson.registration_id) == col(Registration.id))
            & (col(EntryPerson.role) == PersonRole.BUYER),
        )
        .outerjoin(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(
            Lot.state == LotState.DEFAULTED,
            or_(col(Registration.identity_match).in_(matches), col(EntryPerson.identity_match).in_(matches)),
        )
        .distinct()
    )
    return [
        Listed(BarKind.DEFAULTED, court, asset, until=on_default_list_until(at))
        for court, asset, at in rows.all()
    ]


def on_default_list_until(defaulted_at: datetime) -> datetime:
    """How long a default stays on the list (setting `default_list_months`)."""
    return months_end(defaulted_at, months=legal().default_list_months, extend_over_holidays=False)


async def note_hits(
    work: Work, lot: Lot, kinds: Collection[BarKind], person_match: bytes, *, stage: HitStage
) -> None:
    """Keep that somebody was found, for the restricted role: which list, which sale, when; not who (P-01, B-82)."""
    state = HitState.OPEN if stage is HitStage.CONFIRMATION else HitState.NOTED
    for kind in kinds:
        await work.session.execute(
            insert(BarredHit)
            .values(
                id=new_id(),
                lot_id=lot.id,
                court_code=lot.court_code,
                kind=kind,
                stage=stage,
                state=state,
                person_match=person_match,
                found_at=work.now,
                reason="",
            )
            .on_conflict_do_nothing(constraint="barred_hit_once")
        )


def hit_match(numbers: Iterable[str]) -> bytes:
    """The keyed hash by which the same people found again are one hit; it joins with nothing else."""
    return identity_match("hit:" + "|".join(sorted(numbers)))


async def open_hits(work: Work, lot_id: UUID) -> bool:
    """Whether a hit holds up the confirmation of a sale."""
    rows = await work.session.exec(
        select(BarredHit.id).where(BarredHit.lot_id == lot_id, BarredHit.state == HitState.OPEN).limit(1)
    )
    return rows.first() is not None

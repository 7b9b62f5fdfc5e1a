"""A person's rounds: open one, find it, end what is due. All on a database whose only schema is `practice` (`ground.py`)."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select

from auction.bidding.log import GENESIS_HASH
from auction.bidding.models import CEILING_ACTS, Bid
from auction.bidding.queries import BiddingView, bidding_view
from auction.ceilings.queries import OwnCeiling, ceiling_of
from auction.closing.close_lots import decide_due_lots
from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.practice import rules
from auction.practice.rules import Seat, seat_id
from auction.registration.models import DepositState, DepositWay, Registration, RegistrationState
from auction.registration.rules import free_code
from core.database import Work
from core.errors import DisposalError
from core.i18n import msg
from core.ids import new_id
from disposal_teams.assets.models import AssetKind

SHOWN_BIDS = 300
NO_COURT = "0000"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('practice round'))")


class PracticeFull(DisposalError):
    """As many practise as may at one time."""

    status = 503
    kind = "practice-full"
    retry_after_s = 60

    def __init__(self) -> None:
        super().__init__(msg("现在练习的人太多，请一分钟后再试。真实拍卖不受影响。"))


@dataclass(frozen=True, slots=True)
class PracticeRound:
    """A person's newest round: the figures, the panel, every record in order (a round has few), the person's ceiling."""

    lot: Lot
    view: BiddingView
    bids: list[Bid]
    ceiling: OwnCeiling

    @property
    def visitor_id(self) -> UUID:
        """The person's registration."""
        return seat_id(self.lot.id, Seat.VISITOR)

    @property
    def is_over(self) -> bool:
        """Whether the end has come."""
        return not self.view.is_open

    @property
    def own_records(self) -> list[Bid]:
        """Everything of the person's in the log: bids, refused ones too, and records about ceilings."""
        return [bid for bid in self.bids if bid.registration_id == self.visitor_id]

    @property
    def own_bids(self) -> list[Bid]:
        """The person's bids, refused ones too, by hand or by ceiling."""
        return [bid for bid in self.own_records if bid.outcome not in CEILING_ACTS]


def visitor_match(visitor: UUID) -> bytes:
    """By what a visitor's rounds are found: nobody is behind it but a cookie."""
    return sha256(b"practice:" + visitor.bytes).digest()


async def newest_round(work: Work, visitor: UUID) -> PracticeRound | None:
    """The visitor's newest round, running or over; None without one (or after a day)."""
    lot_id = await newest_round_id(work, visitor)
    if lot_id is None:
        return None
    lot = await work.session.get_one(Lot, lot_id)
    view = await bidding_view(work, lot_id, seat_id(lot_id, Seat.VISITOR))
    assert view is not None
    bids = await work.session.exec(
        select(Bid).where(Bid.lot_id == lot_id).order_by(col(Bid.seq)).limit(SHOWN_BIDS)
    )
    bidding = await work.session.get_one(LotBidding, lot_id)
    visitor_entry = await work.session.get_one(Registration, seat_id(lot_id, Seat.VISITOR))
    return PracticeRound(lot, view, list(bids), await ceiling_of(work, bidding, visitor_entry))


async def newest_round_id(work: Work, visitor: UUID) -> UUID | None:
    """The id of the visitor's newest round."""
    found = await work.session.exec(
        select(Registration.lot_id)
        .where(Registration.account_match == visitor_match(visitor))
        .order_by(col(Registration.created_at).desc())
        .limit(1)
    )
    return found.first()


async def open_round(work: Work, visitor: UUID, *, most_at_once: int) -> UUID:
    """Open a round for the visitor, who has entered it and paid the play deposit by that; a running one is kept.

    Raises `PracticeFull` when `most_at_once` rounds run.
    """
    await work.session.execute(_ONE_AT_A_TIME)
    standing = await newest_round_id(work, visitor)
    if standing is not None:
        bidding = await work.session.get_one(LotBidding, standing)
        if not bidding.is_over(work.now):
            return standing
    running = await work.session.exec(
        select(func.count())
        .select_from(LotBidding)
        .where(LotBidding.phase == "open", LotBidding.ends_at > work.now)
    )
    if running.one() >= most_at_once:
        raise PracticeFull
    lot = _new_lot(work)
    work.session.add(lot)
    work.session.add(_bidding_of(lot))
    taken: set[str] = set()
    for seat in Seat:
        order = 1 if seat is Seat.PRIORITY else None
        letter = chr(ord("A") + rules.by_chance(lot.id, f"letter {seat}", (0, 25)))
        digits = rules.by_chance(lot.id, f"digits {seat}", (0, 9_999))
        code = free_code(letter, digits, taken, priority_order=order)
        taken.add(code)
        match = visitor_match(visitor) if seat is Seat.VISITOR else seat.encode()
        work.session.add(_entry(work, lot, seat, match, code, order))
    await work.session.flush()
    return lot.id


def _new_lot(work: Work) -> Lot:
    lot_id = new_id()
    return Lot(
        id=lot_id,
        lot_no=f"LX{lot_id.hex[-12:].upper()}",
        asset_id=lot_id,
        case_id=lot_id,
        court_code=NO_COURT,
        round=Round.FIRST,
        state=LotState.BIDDING,
        title="练习标的",
        asset_kind=AssetKind.REAL_ESTATE,
        is_movable=False,
        reference_price_fen=rules.REFERENCE_PRICE_FEN,
        starting_price_fen=rules.STARTING_PRICE_FEN,
        increment_fen=rules.INCREMENT_FEN,
        deposit_fen=rules.DEPOSIT_FEN,
        balance_due_days=rules.BALANCE_DUE_DAYS,
        extension_window_s=rules.WINDOW_S,
        extension_s=rules.EXTENSION_S,
        may_outbid_self=rules.PROCEDURE.may_outbid_self,
        ceiling_bids_allowed=True,
        published_at=work.now,
        starts_at=work.now,
        scheduled_end_at=work.now + timedelta(seconds=rules.ROUND_S),
        is_practice=True,
        created_at=work.now,
    )


def _bidding_of(lot: Lot) -> LotBidding:
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    return LotBidding(
        lot_id=lot.id,
        phase="open",
        starts_at=lot.starts_at,
        ends_at=lot.scheduled_end_at,
        starting_price_fen=lot.starting_price_fen,
        increment_fen=lot.increment_fen,
        extension_window_s=lot.extension_window_s,
        extension_s=lot.extension_s,
        extension_from=lot.extension_from,
        may_outbid_self=lot.may_outbid_self,
        ceiling_bids_allowed=lot.ceiling_bids_allowed,
        head_hash=GENESIS_HASH,
    )


def _entry(work: Work, lot: Lot, seat: Seat, match: bytes, code: str, order: int | None) -> Registration:
    """An entry with its play deposit frozen. There is nobody to seal an identity of."""
    return Registration(
        id=seat_id(lot.id, seat),
        lot_id=lot.id,
        account_match=match,
        identity_match=b"",
        name_match=b"",
        identity_sealed=b"",
        state=RegistrationState.QUALIFIED,
        code=code,
        priority_order=order,
        virtual_account_no=seat_id(lot.id, seat).hex,
        deposit_way=DepositWay.FREEZE,
        deposit_state=DepositState.FROZEN,
        deposit_due_fen=lot.deposit_fen,
        deposit_paid_fen=lot.deposit_fen,
        rules_accepted_at=work.now,
        qualified_at=work.now,
        created_at=work.now,
    )


async def end_due_rounds(work: Work) -> int:
    """Close and decide the rounds whose end has come, as lots are closed and decided; returns how many."""
    return len(await decide_due_lots(work, work.now))

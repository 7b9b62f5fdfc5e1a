"""What a public log proves about ceilings, with nothing but the log.

That each was committed to before it was used and by the code that used it, that no bid exceeds it, that it was not used after its
withdrawal, and that a bidder was never raised higher than needed without another's ceiling, recorded with it (B-46). An
opened ceiling also proves that it answered whenever it could; unopened ones keep that to themselves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from auction.bidding.ceiling_proof import SECRET_BYTES, matches, proves
from auction.bidding.ceiling_rules import MOST_STEPS, StandingCeiling, can_answer, steps_to, takes_bids
from auction.bidding.log import CeilingOpening, LogEntry
from auction.bidding.models import CEILING_ACTS, BidOutcome
from auction.bidding.rules import BiddingState, Procedure, code_identity


@dataclass(slots=True)
class _Committed:
    """A ceiling as far as the log shows it; `code` and `order` once it has been used."""

    commitment: bytes
    stands: bool = True
    code: str | None = None
    order: int | None = None
    opened: StandingCeiling | None = None


class CeilingCheck:
    """Follows the entries of one log in order; `faults` are (number, reason)."""

    def __init__(
        self, lot_id: UUID, procedure: Procedure, *, allowed: bool, openings: Iterable[CeilingOpening] = ()
    ) -> None:
        self.faults: list[tuple[int, str]] = []
        self._lot_id, self._law, self._allowed = lot_id, procedure, allowed
        self._known: dict[int, _Committed] = {}
        self._openings = {opening.seq: opening for opening in openings}
        self._owed: LogEntry | None = None
        self._before: LogEntry | None = None

    def feed(self, entry: LogEntry, state: BiddingState) -> None:
        """The next entry, with the state in which it was decided."""
        about_ceilings = (
            entry.outcome in CEILING_ACTS or entry.ceiling is not None or entry.ceiling_proof is not None
        )
        if about_ceilings and not self._allowed:
            self._fault(entry.seq, "this sale allows no ceilings")
        if self._owed is not None:
            self._check_rival(self._owed, entry)
            self._owed = None
        if entry.outcome in CEILING_ACTS:
            self._act(entry)
        elif entry.is_automatic:
            self._automatic(entry, state)
        elif entry.ceiling_proof is not None:
            self._fault(entry.seq, "a proof without a ceiling")
        else:
            stood_still = entry.outcome in (BidOutcome.PAUSED, BidOutcome.LATE, BidOutcome.NOT_STARTED)
            self._look_for_silence(entry.seq, state, not stood_still and takes_bids(state, entry.decided_at))
        self._before = entry

    def finish(self, state: BiddingState, *, closed: bool) -> None:
        """The end of the entries; `closed` when the sale ended by its time."""
        if self._owed is not None:
            self._fault(self._owed.seq, "raised higher than needed, and no other ceiling follows")
        for seq in self._openings.keys() - self._known.keys():
            self._fault(seq, "an opening for a ceiling that is not in the log")
        self._look_for_silence(0, state, closed)

    # --- records about ceilings ---------------------------------------------------------------------------------------

    def _act(self, entry: LogEntry) -> None:
        if (entry.code, entry.priority_order, entry.amount_fen) != ("-", None, 0):
            self._fault(entry.seq, "a record about a ceiling names a bidder or an amount")
        if entry.ceiling is not None:
            known = self._known.get(entry.ceiling)
            if known is None or not known.stands:
                self._fault(entry.seq, f"{entry.ceiling} is no ceiling that stands")
            else:
                known.stands = False
        elif entry.outcome is BidOutcome.CEILING_WITHDRAWN:
            self._fault(entry.seq, "a withdrawal of nothing")
        if entry.outcome is BidOutcome.CEILING_SET:
            committed = _bytes_of(entry.ceiling_proof)
            if committed is None:
                self._fault(entry.seq, "the commitment is not a hash")
                return
            self._known[entry.seq] = _Committed(committed, opened=self._opened(entry.seq, committed))

    def _opened(self, seq: int, committed: bytes) -> StandingCeiling | None:
        opening = self._openings.get(seq)
        if opening is None:
            return None
        steps, secret = steps_to(self._law, opening.limit_fen), _bytes_of(opening.secret)
        if steps is None or steps > MOST_STEPS or secret is None:
            self._fault(seq, "the opening holds no ceiling")
            return None
        if not matches(committed, self._lot_id, opening.code, secret, steps):
            self._fault(seq, "the opening is not what was committed to")
            return None
        return StandingCeiling(seq, code_identity(opening.code), opening.code, opening.limit_fen)

    # --- bids by a ceiling --------------------------------------------------------------------------------------------

    def _automatic(self, entry: LogEntry, state: BiddingState) -> None:
        assert entry.ceiling is not None
        known = self._known.get(entry.ceiling)
        if known is None or not known.stands:
            self._fault(entry.seq, f"by {entry.ceiling}, which is no ceiling that stands")
            return
        steps, link = steps_to(self._law, entry.amount_fen), _bytes_of(entry.ceiling_proof)
        if steps is None or steps > MOST_STEPS or link is None:
            self._fault(entry.seq, "an automatic bid without the form of one")
        elif not proves(known.commitment, self._lot_id, entry.code, link, steps):
            self._fault(entry.seq, f"not proved to lie within ceiling {entry.ceiling} of {entry.code}")
        known.code, known.order = entry.code, entry.priority_order
        if known.opened is not None and entry.amount_fen > known.opened.limit_fen:
            self._fault(entry.seq, f"beyond ceiling {entry.ceiling} as opened")
        if entry.outcome is BidOutcome.ACCEPTED:
            if self._is_more_than_needed(entry, state):
                self._owed = entry
        elif entry.outcome is not BidOutcome.EQUAL_WITHOUT_BETTER_RANK or not self._comes_after_equal(entry):
            self._fault(entry.seq, "a refused automatic bid that no equal one precedes")

    def _is_more_than_needed(self, entry: LogEntry, state: BiddingState) -> bool:
        if entry.code == state.leader_code:
            return True
        alone = StandingCeiling(
            entry.seq, code_identity(entry.code), entry.code, entry.amount_fen - 1, entry.priority_order
        )
        return can_answer(self._law, state, alone)

    def _comes_after_equal(self, entry: LogEntry) -> bool:
        before = self._before
        return (
            before is not None
            and before.is_automatic
            and before.code != entry.code
            and (
                (before.outcome, before.amount_fen, before.decided_at)
                == (BidOutcome.ACCEPTED, entry.amount_fen, entry.decided_at)
            )
        )

    def _check_rival(self, raised: LogEntry, rival: LogEntry) -> None:
        answers = rival.is_automatic and rival.code != raised.code and rival.decided_at == raised.decided_at
        if answers and rival.outcome is BidOutcome.ACCEPTED:
            answers = rival.amount_fen <= raised.amount_fen + self._law.increment_fen
        if not answers:
            self._fault(raised.seq, "raised higher than needed, and no other ceiling follows")

    # --- opened ceilings ----------------------------------------------------------------------------------------------

    def _look_for_silence(self, seq: int, state: BiddingState, may_answer: bool) -> None:
        """When a hand bid is decided, or the sale ends, every ceiling has answered what it could."""
        if not self._openings or not may_answer:
            return
        for number, known in self._known.items():
            if known.stands and known.opened is not None and known.opened.code != state.leader_code:
                opened = known.opened
                if can_answer(self._law, state, opened):
                    self._fault(
                        seq,
                        f"ceiling {number} allowed a bid and made none; it may only have lost its qualification",
                    )
                    known.stands = False

    def _fault(self, seq: int, reason: str) -> None:
        self.faults.append((seq, reason))


def _bytes_of(digits: str | None) -> bytes | None:
    try:
        found = bytes.fromhex(digits or "")
    except ValueError:
        return None
    return found if len(found) == SECRET_BYTES else None

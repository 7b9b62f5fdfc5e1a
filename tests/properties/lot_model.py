"""What a lot is, in a few dozen lines: states, prices, times and money of one asset through all its rounds.

Written from the rulebook and not from the code: no import from the product. Money in fen, times aware.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

YUAN = 100
STEP = 3_000 * YUAN
FIVE_MINUTES = timedelta(minutes=5)
MILLISECOND = timedelta(milliseconds=1)
ON_SHOW = {"published", "bidding", "selloff_open", "selloff_bidding", "paused"}
PAID = ("paid_full", "ruling_issued", "ruling_served", "transfer_notice_sent", "delivered")


@dataclass
class Entry:
    """Somebody's entry for the run; `held` is the deposit in the court's hands."""

    due: int
    held: int = 0
    withdrawn: bool = False

    @property
    def qualified(self) -> bool:
        return not self.withdrawn and self.held >= self.due


@dataclass
class Run:
    """One round: what is announced, and how far it has come."""

    round: str
    start_price: int
    deposit: int
    starts: datetime
    ends: datetime
    state: str = "draft"
    orders: dict[str, int] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    price: int | None = None
    leader: str | None = None
    extensions: int = 0
    outcomes: list[str] = field(default_factory=list)
    paused_at: datetime | None = None
    remaining: timedelta = timedelta(0)
    grounds: int = 0
    resumes: datetime | None = None
    settlement: str | None = None
    balance_due: int = 0
    balance_paid: int = 0
    events: Counter[str] = field(default_factory=Counter)

    @property
    def is_sell_off(self) -> bool:
        return self.round == "sell_off"

    def is_over(self, now: datetime) -> bool:
        return self.state not in ON_SHOW or (self.state != "paused" and now >= self.ends)

    def has_begun(self, now: datetime) -> bool:
        return (self.paused_at or now) >= self.starts or self.state not in {"published", "paused", "draft"}

    # --- entries and money (B-30, B-32, B-33) ------------------------------------------------------------------------

    def may_enter(self, now: datetime) -> bool:
        return self.state in ON_SHOW and not self.is_over(now)

    def enter(self, who: str) -> None:
        if who not in self.entries or self.entries[who].withdrawn:
            self.entries[who] = Entry(self.start_price if self.is_sell_off else self.deposit)

    def may_leave(self, who: str, now: datetime) -> bool:
        entry = self.entries.get(who)
        open_to_leave = self.state in {"published", "paused"} and now < self.starts
        return entry is not None and not entry.withdrawn and open_to_leave

    def deposit_paid(self, who: str, amount: int, *, own_name: bool, now: datetime) -> int:
        """Book a payment to an entry's account; returns what nobody awaits and finance must look at. Too much goes back."""
        entry = self.entries[who]
        if not own_name or entry.withdrawn or entry.held >= entry.due or self.is_over(now):
            return amount
        entry.held = min(entry.due, entry.held + amount)
        return 0

    def release(self, *, but: str | None = None) -> None:
        for who, entry in self.entries.items():
            if who != but:
                entry.held = 0

    # --- bids (B-40 to B-46, X-06) -----------------------------------------------------------------------------------

    def bid(self, who: str, amount: int, now: datetime) -> str:
        outcome = self._judged(who, amount, now)
        self.outcomes.append(outcome)
        if outcome == "accepted":
            first = self.price is None
            self.price, self.leader = amount, who
            if self.is_sell_off and first:
                self.ends = now + timedelta(hours=24)
            elif self.ends - now <= FIVE_MINUTES and now + FIVE_MINUTES > self.ends:
                self.ends, self.extensions = now + FIVE_MINUTES, self.extensions + 1
        return outcome

    def _judged(self, who: str, amount: int, now: datetime) -> str:
        if self.state == "paused":
            return "paused"
        if self.is_over(now):
            return "late"
        if now < self.starts:
            return "not_started"
        if not self.entries[who].qualified:
            return "not_qualified"
        if amount < self.start_price:
            return "below_start"
        off_grid = (amount - self.start_price) % STEP != 0
        if self.price is None:
            return "bad_step" if off_grid else "accepted"
        if amount == self.price:
            ahead = self.orders.get(who, 99) < self.orders.get(self.leader or "", 99)
            return "accepted" if ahead else "equal_without_better_rank"
        if amount < self.price + STEP:
            return "too_low"
        return "bad_step" if off_grid else "accepted"

    # --- stops and ends (B-41, B-43, B-49 to B-53) -------------------------------------------------------------------

    def may_pause(self, now: datetime) -> bool:
        return self.state in ON_SHOW and not self.is_over(now)

    def pause(self, now: datetime) -> None:
        self.grounds += 1
        self.resumes = None
        if self.state == "paused":
            return
        left = self.ends - max(now, self.starts)
        self.remaining = -(-left // MILLISECOND) * MILLISECOND
        self.state, self.paused_at = "paused", now
        self.events["lot.paused"] += 1

    def resume(self, now: datetime) -> None:
        """Announce it: a day's notice on a whole minute; in the notice period at once."""
        assert self.paused_at is not None
        later = now + timedelta(hours=24)
        whole = later.replace(second=0, microsecond=0)
        self.resumes = whole if whole == later else whole + timedelta(minutes=1)
        if self.paused_at < self.starts:
            self._go_on(max(self.starts, self.resumes), now)

    def _go_on(self, at: datetime, now: datetime) -> None:
        assert self.paused_at is not None
        if self.paused_at < self.starts:
            self.starts = max(self.starts, at)
        self.ends = max(self.starts, at) + self.remaining
        waits = self.starts > now
        begun = "bidding" if not self.is_sell_off else "selloff_bidding" if self.price else "selloff_open"
        self.state = "published" if waits else begun
        self.paused_at = self.resumes = None
        self.events["lot.resumed"] += 1

    def clock_ticks(self, now: datetime) -> None:
        """Whatever is due happens: go on, open, close."""
        if self.state == "paused" and self.resumes is not None and now >= self.resumes:
            self._go_on(now, now)
        if self.state == "published" and now >= self.starts:
            self.state = "selloff_open" if self.is_sell_off else "bidding"
            self.events["lot.bidding_opened"] += 1
        if self.state == "selloff_open" and self.price is not None:
            self.state = "selloff_bidding"
        if self.state in ON_SHOW - {"published", "paused"} and now >= self.ends:
            self._end()

    def _end(self) -> None:
        if self.price is None:
            self.state = "selloff_failed" if self.is_sell_off else "failed"
            self.events["lot.failed"] += 1
            self.release()
            return
        self.state = "sold"
        self.events["lot.sold"] += 1
        self.events["sale.confirmed"] += 1
        self.release(but=self.leader)
        winner = self.entries[self.leader or ""]
        self.balance_due = max(0, self.price - winner.held)
        winner.held = min(winner.held, self.price)
        self.settlement = "await_balance" if self.balance_due else "paid_full"

    def end_without_sale(self) -> None:
        self.state, self.grounds, self.paused_at, self.resumes = "withdrawn", 0, None, None
        self.release()

    # --- after the sale (B-34, B-55, B-70) ---------------------------------------------------------------------------

    def balance_comes(self, amount: int) -> int:
        """Book a payment of the price; returns what nobody awaits."""
        if self.settlement != "await_balance":
            return amount
        self.balance_paid += min(amount, self.balance_due - self.balance_paid)
        if self.balance_paid == self.balance_due:
            self.settlement = "paid_full"
        return 0

    @property
    def kept(self) -> int:
        """What a buyer who defaults has lost (X-07: of a prepayment only the deposit)."""
        if self.state != "defaulted":
            return 0
        return min(self.deposit, self.entries[self.leader or ""].held)

    def money(self) -> Counter[str]:
        """Whose money it is, by kind."""
        winner = self.entries.get(self.leader or "")
        is_sale = self.state == "sold" and winner is not None
        held = (
            sum(entry.held for entry in self.entries.values())
            if self.state not in {"sold", "defaulted", "revoked"}
            else 0
        )
        return Counter(
            deposit_held=held,
            price_balance=(winner.held if winner else 0) + self.balance_paid if is_sale else 0,
            deposit_forfeited=self.kept,
        )

"""How a sandbox's clock goes: never past what is due before it is done, and always on (B-47). Pure.

The conductor asks again and again where the clock may go next; a leg of the way ends at the latest where something is due.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST_LEG_S, LONGEST_LEG_S = 0.6, 2.0
LEG = timedelta(minutes=15)
"""How far ahead a leg reaches, in court time, within these bounds of real time. What comes up meanwhile with a due moment
inside it is at most so late; people's wishes wait for its end; and pages, which ask every second, see the clock run."""
SKIPPING_SPEED = 5_000_000.0
"""A day in a sixtieth of a second: on to the next event."""
REAL_SPEED = 1.0


@dataclass(frozen=True, slots=True)
class Due:
    """The earliest thing of one kind that is still to be done, and when. What was due before now is still to be done.

    `is_event`: worth stopping for when somebody wants to see the next event; housekeeping is not.
    """

    name: str
    at: datetime
    is_event: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """What people want: a speed, a pause, the next event."""

    speed: float
    is_paused: bool = False
    skips: bool = False


@dataclass(frozen=True, slots=True)
class Leg:
    """Where the clock goes: to `until` at `speed`. Without a length it stands, held by `waits_for` (None: people paused it).

    `skips`: the wish for the next event goes on. `is_slow`: real time because a person's lot is about to end.
    """

    until: datetime
    speed: float
    waits_for: str | None = None
    skips: bool = False
    is_slow: bool = False

    def stands(self, now: datetime) -> bool:
        """Whether the clock stands."""
        return self.until <= now


def next_leg(now: datetime, due: Iterable[Due], wish: Wish, *, slow_from: datetime | None = None) -> Leg:
    """Where the clock may go from `now`. `slow_from`: from then on it runs in real time, for a person who takes part."""
    coming = sorted(due, key=lambda each: each.at)
    first = coming[0] if coming else None
    if first is not None and first.at <= now:
        arrived = any(each.at <= now and each.is_event for each in coming)
        return Leg(now, REAL_SPEED, first.name, skips=wish.skips and not arrived)
    if wish.is_paused and not wish.skips:
        return Leg(now, REAL_SPEED)
    is_slow = slow_from is not None and slow_from <= now and not wish.skips
    speed = SKIPPING_SPEED if wish.skips else min(wish.speed, REAL_SPEED) if is_slow else wish.speed
    leg_s = min(max(LEG.total_seconds() / speed, SHORTEST_LEG_S), LONGEST_LEG_S)
    until = now + timedelta(seconds=leg_s * speed)
    if first is not None:
        until = min(until, first.at)
    if slow_from is not None and slow_from > now and not wish.skips:
        until = min(until, slow_from)
    return Leg(until, speed, skips=wish.skips, is_slow=is_slow)


def sweep_step(speed: float) -> timedelta:
    """Court time between two rounds of all sweeps: an hour, at high speeds as much as passes in a second, at most six hours."""
    return min(max(timedelta(hours=1), timedelta(seconds=speed)), timedelta(hours=6))


def on_the_hour(moment: datetime) -> datetime:
    """The first full hour from then on: daily jobs of one hour are one stop, as a busy worker would do them."""
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(hours=1)

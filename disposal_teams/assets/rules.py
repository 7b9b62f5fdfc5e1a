"""What may be done with an asset and its seals (rulebook §2.1, §11.1). Pure: facts in, decision or violation out."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import RuleViolation
from core.i18n import msg
from disposal_teams.assets.labels import STATE_LABELS
from disposal_teams.assets.models import MOVABLE_KINDS, Asset, AssetKind, AssetState, SealState

A = AssetState

PREPARATION_STATES = frozenset({A.SEALED_EFFECTIVE, A.UNDER_SURVEY, A.VALUATION, A.READY_TO_LIST})
"""Between seal and notice. Only here can the disposal right move to another court (T-01 (4))."""

SEALED_STATES = PREPARATION_STATES | {A.SELF_SALE, A.LISTED, A.OFFERED_IN_KIND}
"""Entering one of these needs a seal in force (A-01)."""

SOLD_STATES = frozenset({A.SOLD_PENDING_PAYMENT, A.PAID, A.RULED, A.DELIVERED, A.IN_KIND_RULED})

PARKED_STATES = frozenset({A.SELF_SALE, A.SUSPENDED, A.TRANSFER_PENDING})
"""States that end by going back to where the asset came from."""

FINAL_STATES = frozenset({A.CLOSED, A.TRANSFERRED_OUT})

TRANSITIONS: dict[AssetState, frozenset[AssetState]] = {
    A.REGISTERED: frozenset({A.SEALED_EFFECTIVE, A.SEALED_WAITING, A.OTHER_MEASURE, A.CLOSED}),
    A.SEALED_WAITING: frozenset(
        {A.SEALED_EFFECTIVE, A.REGISTERED, A.UNSOLD_RELEASED, A.OTHER_MEASURE, A.CLOSED}
    ),
    A.SEALED_EFFECTIVE: frozenset(
        {A.UNDER_SURVEY, A.REGISTERED, A.SELF_SALE, A.SUSPENDED, A.TRANSFER_PENDING, A.UNSOLD_RELEASED}
        | {A.OTHER_MEASURE, A.WITHDRAWN}
    ),
    A.UNDER_SURVEY: frozenset(
        {A.VALUATION, A.SEALED_EFFECTIVE, A.REGISTERED, A.SELF_SALE, A.SUSPENDED, A.TRANSFER_PENDING}
        | {A.UNSOLD_RELEASED, A.OTHER_MEASURE, A.WITHDRAWN}
    ),
    A.VALUATION: frozenset(
        {A.READY_TO_LIST, A.UNDER_SURVEY, A.SEALED_EFFECTIVE, A.REGISTERED, A.SELF_SALE, A.SUSPENDED}
        | {A.TRANSFER_PENDING, A.UNSOLD_RELEASED, A.OTHER_MEASURE, A.WITHDRAWN}
    ),
    A.READY_TO_LIST: frozenset(
        {A.LISTED, A.VALUATION, A.UNDER_SURVEY, A.SEALED_EFFECTIVE, A.REGISTERED, A.SELF_SALE, A.SUSPENDED}
        | {A.TRANSFER_PENDING, A.OFFERED_IN_KIND, A.UNSOLD_RELEASED, A.OTHER_MEASURE, A.WITHDRAWN}
    ),
    A.SELF_SALE: PREPARATION_STATES | {A.LISTED, A.SOLD_PENDING_PAYMENT, A.SUSPENDED, A.UNSOLD_RELEASED},
    A.LISTED: frozenset(
        {A.SOLD_PENDING_PAYMENT, A.READY_TO_LIST, A.OFFERED_IN_KIND, A.SELF_SALE, A.SUSPENDED, A.WITHDRAWN}
        | {A.REVOKED, A.UNSOLD_RELEASED, A.OTHER_MEASURE}
    ),
    A.SUSPENDED: PREPARATION_STATES
    | {A.LISTED, A.SELF_SALE, A.WITHDRAWN, A.REVOKED, A.UNSOLD_RELEASED, A.OTHER_MEASURE},
    A.TRANSFER_PENDING: PREPARATION_STATES | {A.TRANSFERRED_OUT, A.UNSOLD_RELEASED, A.WITHDRAWN},
    A.TRANSFERRED_OUT: frozenset({A.SEALED_EFFECTIVE}),
    A.SOLD_PENDING_PAYMENT: frozenset({A.PAID, A.READY_TO_LIST, A.LISTED, A.REVOKED, A.WITHDRAWN}),
    A.PAID: frozenset({A.RULED, A.REVOKED}),
    A.RULED: frozenset({A.DELIVERED, A.REVOKED}),
    A.DELIVERED: frozenset({A.CLOSED, A.REVOKED}),
    A.OFFERED_IN_KIND: frozenset(
        {
            A.IN_KIND_RULED,
            A.READY_TO_LIST,
            A.LISTED,
            A.SUSPENDED,
            A.UNSOLD_RELEASED,
            A.OTHER_MEASURE,
            A.WITHDRAWN,
        }
    ),
    A.IN_KIND_RULED: frozenset({A.DELIVERED, A.CLOSED, A.REVOKED}),
    A.UNSOLD_RELEASED: frozenset({A.REGISTERED, A.SEALED_EFFECTIVE, A.CLOSED}),
    A.OTHER_MEASURE: frozenset({A.READY_TO_LIST, A.UNSOLD_RELEASED, A.CLOSED}),
    A.WITHDRAWN: PREPARATION_STATES | {A.SUSPENDED, A.UNSOLD_RELEASED, A.CLOSED},
    A.REVOKED: PREPARATION_STATES | {A.WITHDRAWN, A.UNSOLD_RELEASED, A.CLOSED},
    A.CLOSED: frozenset(),
}
"""The state machine of §11.1: where an asset may go from each state."""


def check_transition(current: AssetState, wanted: AssetState) -> None:
    """Raise `RuleViolation` when §11.1 has no way from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "§11.1",
            msg(
                "标的物目前处于“{current}”，不能直接转为“{wanted}”。请先完成中间环节。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


def is_on_sale(asset: Asset) -> bool:
    """Whether a published sale of the asset stands still (B-50): it is stopped, not over."""
    return asset.state == A.SUSPENDED and asset.resume_state == A.LISTED


def check_seal_for(wanted: AssetState, *, sealed: bool) -> None:
    """Raise `RuleViolation` when the step disposes of an asset that is not sealed (A-01)."""
    if wanted in SEALED_STATES and not sealed:
        raise RuleViolation("A-01", msg("标的物没有生效的查封，不得处分。请先办理查封或续封，再继续处置。"))


def seal_cap_years(kind: AssetKind) -> int:
    """Longest term of a seal in years: movables 2, everything else registered here 3 (A-02)."""
    return 2 if kind in MOVABLE_KINDS else 3


def years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February in a common year."""
    if day.month == 2 and day.day == 29 and not isleap(day.year + years):
        return date(day.year + years, 2, 28)
    return day.replace(year=day.year + years)


def latest_expiry(kind: AssetKind, term_starts_on: date) -> date:
    """The last day that a seal (or one renewal), whose term starts on that day, may reach (A-02)."""
    return years_later(term_starts_on, seal_cap_years(kind))


def check_seal_term(kind: AssetKind, registered_on: date, expires_on: date) -> None:
    """Raise `RuleViolation` for a term that is empty or over the cap (A-02)."""
    if expires_on <= registered_on:
        raise RuleViolation("A-02", msg("查封到期日须晚于登记日，请核对。"))
    last = latest_expiry(kind, registered_on)
    if expires_on > last:
        raise RuleViolation(
            "A-02",
            msg(
                "查封期限超过上限 {years} 年，最晚到期日为 {last}。",
                years=seal_cap_years(kind),
                last=last.isoformat(),
            ),
        )


def check_renewal(kind: AssetKind, *, expires_on: date, new_expires_on: date, today: date) -> None:
    """Raise `RuleViolation` unless the renewal is in time, longer, and within one cap of the old end (A-02)."""
    if today > expires_on:
        raise RuleViolation(
            "A-02", msg("查封已于 {day} 到期，不能续封。请重新办理查封登记。", day=expires_on.isoformat())
        )
    if new_expires_on <= expires_on:
        raise RuleViolation("A-02", msg("续封到期日须晚于现到期日 {day}。", day=expires_on.isoformat()))
    last = latest_expiry(kind, expires_on)
    if new_expires_on > last:
        raise RuleViolation(
            "A-02",
            msg(
                "续封期限超过上限 {years} 年，最晚到期日为 {last}。",
                years=seal_cap_years(kind),
                last=last.isoformat(),
            ),
        )


ALARM_DAYS = (60, 30, 15, 7)


def alarm_due(*, expires_on: date, today: date, last_alarm: int | None) -> int | None:
    """The alarm (days before expiry) that must be raised now: the nearest threshold reached and not yet raised."""
    left = (expires_on - today).days
    reached = [days for days in ALARM_DAYS if left <= days]
    if left < 0 or not reached:
        return None
    nearest = min(reached)
    return None if last_alarm is not None and last_alarm <= nearest else nearest


ASKING_DAYS = 7
"""Who preserved asks for the seal's renewal at least so many days before its end (A-07)."""


def last_day_to_ask(expires_on: date) -> date:
    """The last day on which the party that preserved asks in time for a renewal (A-07)."""
    return expires_on - timedelta(days=ASKING_DAYS)


def check_turn(*, is_preservation: bool, state: SealState, same_court: bool, enforces: bool) -> None:
    """Raise `RuleViolation` unless the seal is one of preservation, alive, and the case of its court enforces (A-07)."""
    if not is_preservation or state not in LIVING:
        raise RuleViolation("A-07", msg("只有生效或轮候中的保全查封可以转为执行查封。"))
    if not (same_court and enforces):
        raise RuleViolation(
            "A-07",
            msg("须由同一法院的执行案件承接保全查封。"),
            remedy=msg("执行由其他法院立案的，请通过处置权移送或轮候查封办理。"),
        )


def has_lapsed(*, expires_on: date, today: date) -> bool:
    """An unrenewed seal lapses after its last day (A-03)."""
    return today > expires_on


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A seal as the chain sees it."""

    position: int
    state: SealState
    registered_on: date
    is_registered: bool = True


IN_FORCE = frozenset({SealState.EFFECTIVE, SealState.TREATED_AS_TRANSFERRED})
"""A seal that binds: effective, or effective and kept by the court that took the disposal right over (T-05)."""


def next_in_chain(links: list[ChainLink]) -> int | None:
    """Position of the waiting seal that becomes effective by itself now, if none is in force (A-04)."""
    if any(link.state in IN_FORCE for link in links):
        return None
    return min((link.position for link in links if link.state is SealState.WAITING), default=None)


LIVING = IN_FORCE | {SealState.WAITING}
"""A seal that binds or will bind."""


def gives_way(links: list[ChainLink], *, is_registered: bool) -> list[int]:
    """Positions of the living seals before which a new one goes: a registered seal prevails over those that are not (A-05)."""
    if not is_registered:
        return []
    return [link.position for link in links if link.state in LIVING and not link.is_registered]


def check_order(links: list[ChainLink], registered_on: date, *, is_registered: bool = True) -> None:
    """Raise `RuleViolation` for a seal registered before one of its own class that is already in the chain (A-04, A-05)."""
    same = [link for link in links if link.is_registered == is_registered]
    latest = max((link.registered_on for link in same), default=None)
    if latest is not None and registered_on < latest:
        raise RuleViolation(
            "A-04",
            msg(
                "该查封的登记日早于已登记的查封（{latest}），会改变查封顺位。请向登记机关核对后按登记先后录入。",
                latest=latest.isoformat(),
            ),
        )

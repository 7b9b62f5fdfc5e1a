"""Who may register and what must be paid (rulebook §4.4, §4.9, §5, §11.4). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from auction.listing.models import LotState, Round
from auction.registration.models import RegistrationState
from core.errors import RuleViolation
from core.i18n import msg

S = RegistrationState

REGISTRABLE = frozenset(
    {LotState.PUBLISHED, LotState.BIDDING, LotState.SELLOFF_OPEN, LotState.SELLOFF_BIDDING, LotState.PAUSED}
)
LEFT = frozenset({S.REJECTED, S.WITHDRAWN})
"""An entry in one of these takes no part, and its money goes back."""

ADULT_AGE = 18


def check_open_for_registration(state: LotState, *, is_over: bool) -> None:
    """Registration is possible from publication until bidding ends (B-32). Raises `RuleViolation`."""
    if state not in REGISTRABLE:
        raise RuleViolation("B-32", msg("该标的物目前不接受报名。请在公告发布后、竞价结束前报名。"))
    if is_over:
        raise RuleViolation("B-32", msg("竞价已经结束，不能再报名。"))


def check_agent_in_time(*, is_contested: bool) -> None:
    """An agent is confirmed by the court before bidding starts, so later nobody enters through one (B-13). In a sell-off
    bidding starts with the first bid (X-06). Raises `RuleViolation`."""
    if is_contested:
        raise RuleViolation(
            "B-13",
            msg("竞价已经开始，不能再委托代理人报名。"),
            remedy=msg("买受人本人可以在竞价结束前用自己的账号报名。"),
        )


def check_capacity(birthday: date, *, today: date) -> None:
    """Who bids for oneself or others is of age (B-13: full capacity). Raises `RuleViolation`."""
    if (today.year - birthday.year) - ((today.month, today.day) < (birthday.month, birthday.day)) < ADULT_AGE:
        raise RuleViolation(
            "B-13",
            msg("竞买人应当具备完全民事行为能力，未满十八周岁不能自行报名。"),
            remedy=msg("可以由监护人作为代理人报名，并向法院提交监护关系证明。"),
        )


def check_buyers(numbers: Sequence[str], *, own_number: str, most: int) -> None:
    """Who buys through one entry: each once, not more than the setting allows (B-48). Raises `RuleViolation`."""
    if len(set(numbers)) != len(numbers):
        raise RuleViolation("B-48", msg("同一买受人填写了两次，请核对证件号码。"))
    if len(numbers) > most:
        raise RuleViolation("B-48", msg("联合竞买最多 {most} 人，请减少人数。", most=most))
    if list(numbers) == [own_number]:
        raise RuleViolation("B-13", msg("为本人竞买无需委托，请选择“为本人竞买”。"))


def check_may_withdraw(
    state: RegistrationState, lot_state: LotState, *, starts_at: datetime | None, now: datetime
) -> None:
    """An entry may be withdrawn until bidding starts; the deposit then goes back (B-33, §11.4). Raises `RuleViolation`."""
    if state in LEFT:
        raise RuleViolation("B-32", msg("该报名已经结束，无需撤回。"))
    if lot_state not in (LotState.PUBLISHED, LotState.PAUSED) or (starts_at is not None and now >= starts_at):
        raise RuleViolation(
            "B-32", msg("竞价已经开始，不能撤回报名。未竞得的，竞价结束后 24 小时内退还保证金。")
        )


def deposit_due_fen(
    *, deposit_fen: int, starting_price_fen: int, round_: Round, is_applicant: bool, claim_fen: int
) -> int:
    """What must be paid before bidding, in fen.

    The deposit of the notice (B-30); the full price in a sell-off (X-05); for the applicant only what exceeds the own claim:
    `max(0, deposit − claim)` (B-31).
    """
    due = starting_price_fen if round_ is Round.SELL_OFF else deposit_fen
    return max(0, due - claim_fen) if is_applicant else due


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What decides how far an entry is. `claim_open`: a priority claim waits for the panel."""

    agent_unconfirmed: bool
    claim_open: bool
    has_code: bool
    missing_fen: int


def state_of(current: RegistrationState, facts: EntryFacts) -> RegistrationState:
    """The state that the facts give (§11.4). What was rejected or withdrawn stays so.

    A claim holds up only who has no code yet: a claim made after qualification takes nothing away. Of who is qualified only
    missing money holds bids up; no desk can (P-02).
    """
    if current in LEFT:
        return current
    if facts.agent_unconfirmed:
        return S.AGENT_CHECK
    if facts.claim_open and not facts.has_code:
        return S.PRIORITY_CLAIMED
    return S.DEPOSIT_PENDING if facts.missing_fen > 0 else S.QUALIFIED


def free_code(letter: str, digits: int, taken: Collection[str], *, priority_order: int | None = None) -> str:
    """A bidder code such as `B4085` that nobody has in this lot, searched upwards from a random start (B-32).

    A priority purchaser's code names the order: `P1-B4085` (B-25).
    """
    before = f"P{priority_order}-" if priority_order is not None else ""
    for step in range(10_000):
        code = f"{before}{letter}{(digits + step) % 10_000:04d}"
        if code not in taken:
            return code
    raise RuleViolation("B-32", msg("本场竞买代码已用完，请联系法院。"))

"""More time for the balance (B-70, §11.5: grace only with approval). Pure."""

from datetime import date, datetime, timedelta

from auction.grace.models import GraceState
from auction.settlement.models import SettlementState
from core.deadlines.rules import day_in_court, last_day
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg

STATE_LABELS = {
    GraceState.ASKED: "待局长批准",
    GraceState.GRANTED: "已准予延期",
    GraceState.REFUSED: "未准予延期",
    GraceState.LAPSED: "不再需要",
}


def latest_day(due_at: datetime, *, most_days: int) -> date:
    """The farthest day to which a balance due at `due_at` may be put off."""
    return last_day(due_at) + timedelta(days=most_days)


def check_asking(*, state: SettlementState, before: str | None, most_days: int) -> None:
    """Only an unpaid balance, and once (§11.5). Raises `RuleViolation`, `Conflict`."""
    if most_days < 1:
        raise RuleViolation("B-70", msg("本院不办理尾款延期。"))
    if before is not None:
        raise Conflict(msg("尾款延期只能申请一次，本次成交已经申请过。"), rule="B-70")
    if state is not SettlementState.AWAIT_BALANCE:
        raise RuleViolation("B-70", msg("价款已付清或者成交已不存在，不需要延期。"))


def check_day(until: date, *, due_at: datetime, now: datetime, most_days: int) -> None:
    """The new last day lies after the old one and today, and not farther than the setting allows.

    Raises `InvalidInput` at `until`.
    """
    least = max(last_day(due_at), day_in_court(now)) + timedelta(days=1)
    most = latest_day(due_at, most_days=most_days)
    if least <= until <= most:
        return
    fault: Message = (
        msg("请选择 {least} 至 {most} 之间的日期。", least=least.isoformat(), most=most.isoformat())
        if least <= most
        else msg("可以延期的最后日期（{most}）已过。", most=most.isoformat())
    )
    raise InvalidInput(msg("延期日期有误。"), fields={"until": fault}, rule="B-70")


def check_decision(*, state: GraceState, settlement: SettlementState) -> None:
    """A wish is decided once, while the balance is still awaited. Raises `RuleViolation`."""
    if state is not GraceState.ASKED or settlement is not SettlementState.AWAIT_BALANCE:
        raise RuleViolation("B-70", msg("该延期申请已经处理，或者不再需要处理。"))


def blocks_default(state: str | None, *, asked_at: datetime | None, due_at: datetime) -> bool:
    """Whether a wish made in time still waits for the director: then nobody is declared in default before the answer (B-34)."""
    return state == GraceState.ASKED and asked_at is not None and asked_at < due_at

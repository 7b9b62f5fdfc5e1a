"""The law of stopping a sale and going on with it (B-50, B-53, B-54, L-25, L-41). Pure: facts in, decision or violation out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auction.listing.models import ON_SHOW_STATES, LotState
from auction.listing.rules import check_panel, shown
from auction.suspension.grounds import GROUNDS, SUPERIOR_ORDER
from auction.suspension.models import StayKind
from core.deadlines.catalogue import STATUTORY
from core.deadlines.rules import months_end
from core.errors import RuleViolation
from core.i18n import Message, msg

MILLISECOND = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StayOrder:
    """What somebody orders: kind, ground code, last moment of a deferral, who approved it, the panel of a ruling."""

    kind: StayKind
    ground: str
    until: datetime | None = None
    approver: str = ""
    panel: tuple[str, ...] = ()
    is_automatic: bool = False


def order_problems(order: StayOrder, *, now: datetime) -> dict[str, Message]:
    """What is wrong with an order, by field (B-50, B-53, B-54, P-05); empty when it may stand.

    An automatic one follows from the law or from a fault: nobody has approved it beforehand.
    """
    ground = GROUNDS.get(order.ground)
    if ground is None or order.kind not in ground.kinds:
        return {"ground": msg("请选择与停拍方式相符的事由。")}
    problems: dict[str, Message] = {}
    needs_date = order.kind is StayKind.DEFERRAL and ground.has_date
    if order.until is None and needs_date:
        problems["until"] = msg("暂缓须写明期限届满日。")
    elif order.until is not None:
        if order.kind is not StayKind.DEFERRAL:
            problems["until"] = msg("中止和平台停拍至事由消失时止，不填期限。")
        elif order.until <= now:
            problems["until"] = msg("暂缓期限须晚于现在。")
        elif order.ground == SUPERIOR_ORDER and order.until > longest_superior_stay(now):
            problems["until"] = msg(
                "上级法院决定的暂缓不得超过三个月，最晚至 {last}。", last=shown(longest_superior_stay(now))
            )
    if not order.is_automatic:
        if not order.approver:
            problems["approver"] = msg("请填写批准人。")
        if order.kind is StayKind.SUSPENSION and (problem := check_panel(list(order.panel))):
            problems["panel"] = problem
    return problems


def longest_superior_stay(from_: datetime) -> datetime:
    """The last moment (exclusive) of a stay that a superior orders at `from_` (B-54, L-41: three months)."""
    months = STATUTORY["L-41"].months
    assert months is not None
    return months_end(from_, months=months, extend_over_holidays=False)


def check_extension(*, ground: str, until: datetime | None, new_until: datetime) -> None:
    """A superior's stay is prolonged by the president, each time by at most three months (B-54). Raises `RuleViolation`."""
    if ground != SUPERIOR_ORDER or until is None:
        raise RuleViolation("B-54", msg("只有上级法院决定的暂缓可以经院长批准延长。"))
    if not until < new_until <= longest_superior_stay(until):
        raise RuleViolation(
            "B-54",
            msg(
                "延长后的期限须晚于 {until}，且每次延长不超过三个月（最晚 {last}）。",
                until=shown(until),
                last=shown(longest_superior_stay(until)),
            ),
        )


def check_can_pause(state: LotState, phase: str, *, lot_no: str, ends_at: datetime, now: datetime) -> None:
    """A published, waiting or open lot may be stopped; one whose time is over has ended (B-50). Raises `RuleViolation`."""
    if state not in ON_SHOW_STATES:
        raise RuleViolation("B-50", msg("{lot_no} 不在公告或竞价期内，不能停拍。", lot_no=lot_no))
    if phase == "closed" or (phase != "paused" and now >= ends_at):
        raise RuleViolation(
            "B-50",
            msg("{lot_no} 的竞价已于 {end} 结束，不能再停拍。", lot_no=lot_no, end=shown(ends_at)),
            remedy=msg("成交有误的，请通过执行异议程序撤销（B-55）。"),
        )


# --- time ---------------------------------------------------------------------------------------------------------


def remaining(*, starts_at: datetime, ends_at: datetime, at: datetime) -> int:
    """Bidding time left in milliseconds when the lot stands still at `at`, rounded up: nobody loses time (B-50)."""
    return -((max(at, starts_at) - ends_at) // MILLISECOND)


def times_after(
    *, starts_at: datetime, paused_at: datetime, remaining_ms: int, at: datetime
) -> tuple[datetime, datetime]:
    """Start and end of bidding when it may go on from `at`.

    Stopped in the notice period: the published start holds, or, when it has passed meanwhile, bidding starts at `at` and
    lasts as long as it was to last. Stopped while bidding: the time left runs from `at`.
    """
    start = max(starts_at, at) if paused_at < starts_at else starts_at
    return start, max(start, at) + remaining_ms * MILLISECOND


def earliest_resumption(now: datetime, *, notice_hours: int) -> datetime:
    """The first moment, on a whole minute, at which bidding may go on: registered bidders know it that long before (§11.3)."""
    moment = now + timedelta(hours=notice_hours)
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + MINUTE


def check_resumption(
    *,
    lot_no: str,
    state: LotState,
    in_force: int,
    resumes_at: datetime,
    earliest: datetime,
    due_at: datetime | None,
) -> None:
    """Bidding goes on when every ground has ended, known in advance, within five days (B-50, L-25). Raises `RuleViolation`.

    `due_at`: the end of the running five days; None when they have run out, which forbids nothing: the sooner the better.
    """
    if state is not LotState.PAUSED:
        raise RuleViolation("B-50", msg("{lot_no} 没有停拍，无需恢复。", lot_no=lot_no))
    if in_force:
        raise RuleViolation(
            "B-50",
            msg("{lot_no} 还有 {count} 项停拍事由没有消失，不能恢复。", lot_no=lot_no, count=in_force),
            remedy=msg("请先逐项登记事由消失。"),
        )
    if resumes_at < earliest:
        raise RuleViolation(
            "B-50",
            msg("须提前通知已报名的竞买人，最早可在 {earliest} 恢复竞价。", earliest=shown(earliest)),
        )
    if due_at is not None and resumes_at >= max(due_at, earliest + MINUTE):
        raise RuleViolation("L-25", msg("事由消失后五日内应当恢复，最晚 {last}。", last=shown(due_at)))

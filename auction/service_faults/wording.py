"""What a fault is called and why bidding stands still, for people."""

from datetime import datetime

from auction.service_faults.models import FaultKind
from auction.service_faults.policy import FaultPolicy, Scope
from core.clock import COURT_ZONE
from core.i18n import Message, msg

KIND_LABELS: dict[FaultKind, Message] = {
    FaultKind.OUTAGE: msg("平台中断"),
    FaultKind.FAILOVER: msg("数据库切换或重启"),
    FaultKind.CLOCK_DRIFT: msg("时钟偏差"),
    FaultKind.LATE_CLOCK: msg("竞价计时停顿"),
    FaultKind.WAITING_BIDS: msg("出价排队过久"),
    FaultKind.FAILED_BIDS: msg("出价未能处理"),
    FaultKind.LOST_WATCHERS: msg("实时连接中断"),
}

SCOPE_LABELS: dict[Scope, Message] = {
    Scope.NOTHING: msg("不影响标的"),
    Scope.ENDING_SOON: msg("即将结束的标的"),
    Scope.ALL_OPEN: msg("全部竞价中的标的"),
}

RULES: dict[FaultKind, str] = dict.fromkeys(FaultKind, "B-47") | {
    FaultKind.OUTAGE: "B-50",
    FaultKind.FAILOVER: "B-50",
}


def limit_of(policy: FaultPolicy, kind: FaultKind) -> Message:
    """From where on something is a fault of this kind."""
    if kind is FaultKind.OUTAGE:
        return msg("{seconds} 秒以上不能接受出价", seconds=f"{policy.outage_s:g}")
    if kind is FaultKind.FAILOVER:
        return msg("主数据库变更、切换或重新启动")
    (measure,) = (each for each in policy.measures if each.kind is kind)
    match kind:
        case FaultKind.CLOCK_DRIFT:
            return msg(
                "偏差超过 {limit} 毫秒，连续 {samples} 次测量",
                limit=f"{measure.raise_at:g}",
                samples=measure.samples,
            )
        case FaultKind.LATE_CLOCK:
            return msg("停顿 {limit} 秒以上", limit=f"{measure.raise_at:g}")
        case FaultKind.WAITING_BIDS:
            return msg(
                "等待 {limit} 秒以上，连续 {samples} 次测量",
                limit=f"{measure.raise_at / 1000:g}",
                samples=measure.samples,
            )
        case _:
            return msg(
                "占比 {limit}% 以上（{samples} 秒内）",
                limit=f"{measure.raise_at * 100:g}",
                samples=measure.samples,
            )


def instant(moment: datetime) -> str:
    """Court time to the second."""
    return f"{moment.astimezone(COURT_ZONE):%Y-%m-%d %H:%M:%S}"


def reason_of(kind: FaultKind, since: datetime, *, value: float = 0.0, limit: float = 0.0) -> Message:
    """Why a fault was declared. `value` and `limit` as the policy measures them: milliseconds, seconds or a share."""
    at = instant(since)
    match kind:
        case FaultKind.OUTAGE:
            return msg("平台自 {since} 起不能接受出价。", since=at)
        case FaultKind.FAILOVER:
            return msg("数据库服务器在 {since} 之后发生切换或重新启动，其间平台不能接受出价。", since=at)
        case FaultKind.CLOCK_DRIFT:
            return msg(
                "自 {since} 起平台时钟偏差达 {value} 毫秒，超过允许的 {limit} 毫秒。",
                since=at,
                value=round(value),
                limit=round(limit),
            )
        case FaultKind.LATE_CLOCK:
            return msg("竞价计时自 {since} 起停顿 {value} 秒。", since=at, value=round(value))
        case FaultKind.WAITING_BIDS:
            return msg("自 {since} 起出价排队等待达 {value} 秒。", since=at, value=round(value / 1000))
        case FaultKind.FAILED_BIDS:
            return msg("自 {since} 起有 {value}% 的出价未能处理。", since=at, value=round(value * 100))
        case FaultKind.LOST_WATCHERS:
            return msg("自 {since} 起有 {value}% 的实时连接中断。", since=at, value=round(value * 100))

"""The state of the service: its clocks, its faults and by which rules they are judged; open to everybody (B-47, B-50)."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from auction.service_faults.models import FaultKind, ServiceSample
from auction.service_faults.policy import FaultPolicy, fault_policy
from auction.service_faults.queries import (
    largest_drift_ms,
    newest_faults,
    newest_sample,
    uptime,
    worker_clocks,
)
from auction.service_faults.wording import KIND_LABELS, RULES, SCOPE_LABELS, limit_of
from core.database import Database
from core.i18n import Message, msg
from core.legal_settings import legal
from core.notices.notify import from_json
from web.access.visitor import AnyRequest
from web.rendering import page


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One rule of the policy as the page shows it."""

    kind: Message
    limit: Message
    scope: Message
    rule: str


def policy_lines(policy: FaultPolicy) -> list[PolicyLine]:
    """The policy for people."""
    of_gaps = msg(
        "即将结束的标的；满 {minutes} 分钟或数据库切换的，全部竞价中的标的",
        minutes=f"{policy.long_outage_s / 60:g}",
    )
    scopes = {each.kind: SCOPE_LABELS[each.scope] for each in policy.measures}
    return [
        PolicyLine(KIND_LABELS[kind], limit_of(policy, kind), scopes.get(kind, of_gaps), RULES[kind])
        for kind in FaultKind
    ]


def lasting(seconds: float) -> Message:
    """A length of the policy in whole hours, or in minutes."""
    if seconds % 3600 == 0:
        return msg("{hours} 小时", hours=f"{seconds / 3600:g}")
    return msg("{minutes} 分钟", minutes=f"{seconds / 60:g}")


def soon_words(policy: FaultPolicy) -> Message:
    """Which lots end soon."""
    return msg(
        "“即将结束”指在 {length}以内结束；故障持续期间，陆续进入这一范围的标的也暂停。",
        length=lasting(policy.ending_soon_s),
    )


def resuming_words(policy: FaultPolicy) -> Message:
    """With how much notice bidding goes on (B-50, L-25)."""
    return msg(
        "故障排除后通知已报名的竞买人，至少 {notice}后恢复；故障满 {long}的，至少 {long_notice}后恢复。最迟五日内恢复。",
        notice=lasting(policy.notice_s),
        long=lasting(policy.long_fault_s),
        long_notice=lasting(policy.long_notice_s),
    )


def reference_words(sample: ServiceSample) -> Message:
    """What the clocks are compared with, and how they stand to it."""
    if not sample.reference:
        return msg("未配置参照时钟")
    source = msg("操作系统时钟") if sample.reference == "system" else sample.reference
    if sample.reference_ms is not None:
        return msg(
            "{source}：偏差 {offset} 毫秒（±{within}）",
            source=source,
            offset=f"{sample.reference_ms:+.2f}",
            within=f"{sample.reference_within_ms or 0:.2f}",
        )
    if sample.reference_within_ms is not None:
        return msg(
            "{source}：已同步，误差不超过 {within} 毫秒",
            source=source,
            within=f"{sample.reference_within_ms:.2f}",
        )
    return msg("{source}：未同步或无法访问", source=source)


@get("/service", include_in_schema=False)
async def service_page(request: AnyRequest, database: Database) -> Response[Any]:
    """Whether the service works, what its clocks show, what went wrong before."""
    policy = fault_policy()
    async with database.read() as work:
        sample = await newest_sample(work)
        faults = await newest_faults(work)
        return page(
            request,
            "portal/service.html",
            sample=sample,
            reference=None if sample is None else reference_words(sample),
            alarm_ms=legal().clock_drift_alarm_ms,
            workers=await worker_clocks(work),
            largest_drift_ms=await largest_drift_ms(work),
            uptimes=[await uptime(work, days) for days in (1, 30)],
            running=[line for line in faults if line.fault.over_at is None],
            faults=faults,
            reason_of=from_json,
            kinds=KIND_LABELS,
            rules=RULES,
            policy=policy,
            policy_lines=policy_lines(policy),
            soon=soon_words(policy),
            resuming=resuming_words(policy),
            server_time=work.now,
        )


route_handlers = [service_page]

"""The trace of an instruction told to a person: who did what, when (T-25). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.audit import AuditEvent
from core.documents import issued_words
from core.i18n import Message, msg

EVENT_LABELS: dict[str, str] = {
    "instruction.drafted": "发起",
    "instruction.file_added": "添加材料",
    "instruction.file_opened": "对方法院查阅材料",
    "instruction.submitted": "提交审批",
    "instruction.declined": "未获批准",
    "instruction.sent": "发出并送达",
    "instruction.reminded": "系统提醒签收",
    "instruction.signed_in": "签收",
    "instruction.assigned": "分派",
    "instruction.started": "开始办理",
    "instruction.returned": "退回",
    "instruction.answered": "补正",
    "instruction.clock_moved": "期限因节假日调整",
    "instruction.extended": "延长办理期限",
    "instruction.reported": "反馈结果",
    "instruction.accepted": "认可结果，办结",
    "instruction.rejected": "不认可结果，重新办理",
    "instruction.withdrawn": "撤回",
    "instruction.escalated_director": "逾期，报执行局局长",
    "instruction.escalated_bureau": "逾期，报中院执行局",
    "instruction.escalated_bulletin": "逾期，列入月度通报",
    "instruction.case_filed": "受托法院立案，原案销案",
    "instruction.order_served": "命令送达并生效",
    "instruction.order_missed": "限期执行逾期",
    "instruction.reconsideration_asked": "请求复议",
    "instruction.reconsidered": "复议已答复",
    "deadline.breached": "期限届满未办",
}
_SAID = ("reason", "note", "answer", "assignee_name")
HIDDEN = frozenset({"deadline.waived", "deadline.counted_again"})


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line of the trace."""

    at: datetime
    title: Message
    text: Message | None
    actor: str
    court_code: str | None


def tell_trace(events: Sequence[AuditEvent]) -> list[TraceLine]:
    """The events in words, in the order given."""
    return [
        TraceLine(
            event.recorded_at,
            issued_words(event.details)
            if event.event == "document.issued"
            else msg(EVENT_LABELS.get(event.event, "其他事项")),
            _text(event),
            event.actor_name,
            event.court_code,
        )
        for event in events
        if event.event not in HIDDEN
    ]


def _text(event: AuditEvent) -> Message | None:
    said = next((str(event.details[name]) for name in _SAID if event.details.get(name)), "")
    if event.event == "instruction.returned":
        said = str(event.details.get("note", ""))
    return msg("{event}", event=said) if said else None

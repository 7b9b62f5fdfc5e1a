"""The audit chain of an asset told to a person: who did what, when, under which rule. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.audit import AuditEvent
from core.documents import issued_words
from core.i18n import Message, msg
from disposal_teams.assets.labels import STATE_LABELS
from disposal_teams.assets.models import AssetState

EVENT_LABELS: dict[str, str] = {
    "asset.registered": "登记标的物",
    "asset.imported": "导入标的物",
    "asset.state_changed": "状态变更",
    "asset.court_changed": "处置法院变更",
    "asset.read_across_courts": "跨院查阅",
    "asset.unsealed_on_sale": "拍卖中查封失效",
    "seal.recorded": "登记查封",
    "seal.renewed": "续封",
    "seal.gave_way": "未登记的查封让位",
    "seal.turned": "保全查封转为执行查封",
    "seal.concerned_entered": "登记应通知的权利人",
    "seal.concerned_told": "通知权利人查封情况",
    "seal.notice_received": "权利人收到查封通知",
    "asset.partition_suit_filed": "析产诉讼，中止执行",
    "asset.partition_suit_ended": "析产诉讼终结",
    "seal.released": "解除查封",
    "seal.lapsed": "查封失效",
    "seal.promoted": "轮候查封转为生效",
    "seal.expiry_alarm": "查封到期提醒",
    "survey.begun": "开始调查",
    "survey.finding_recorded": "记录调查结论",
    "survey.lease_judged": "认定租赁",
    "survey.home_judged": "认定唯一住房",
    "survey.completed": "调查完成",
    "suggestion.sent": "发出司法建议",
    "suggestion.answered": "收到司法建议答复",
    "quality.demanded": "责令提交质量资料",
    "quality.handed_in": "收到质量资料",
    "quality.closed": "没有质量资料",
    "quality.paper_opened": "查阅质量资料",
    "photo.added": "添加照片",
    "photo.arranged": "整理照片",
    "photo.removed": "撤下照片",
    "surplus.tested": "无益拍卖测算",
    "surplus.asked": "询问申请执行人是否继续拍卖",
    "surplus.answered": "申请执行人答复",
    "surplus.unanswered": "申请执行人逾期未答复",
    "excess.decided": "决定暂不处置、解封或者处置部分",
    "excess.ended": "恢复处置",
    "live_seal.filed": "申请继续使用查封财产",
    "live_seal.in_force": "准许继续使用（活封）",
    "live_seal.refused": "未准许继续使用",
    "live_seal.withdrawn": "撤回活封申请",
    "live_seal.reported": "报告使用情况",
    "live_seal.ended": "活封结束",
    "auxiliary.ordered": "委托辅助工作",
    "auxiliary.done": "辅助工作完成",
    "auxiliary.cancelled": "取消辅助工作",
    "platform.chosen": "选择拍卖平台",
    "platform.designated": "指定拍卖平台",
    "transfer.requested": "商请移送处置权",
    "transfer.proposal_dismissed": "决定不商请移送",
    "transfer.reminded": "催办商请移送",
    "transfer.received": "签收商请移送函",
    "transfer.returned_for_supplement": "退回补正",
    "transfer.supplemented": "已补正",
    "transfer.consented": "同意移送",
    "transfer.refused": "不同意移送",
    "transfer.fell_silent": "逾期未复",
    "transfer.reported_to_superior": "报请上级协调",
    "transfer.decided": "上级决定",
    "transfer.recalled": "撤回商请",
    "transfer.reopened": "重新协调",
    "transfer.completed": "移送办结",
    "transfer.superior_silent": "上级协调逾期",
    "transfer.publishing_allowed": "同意移送期间发布公告",
    "transfer.files_delivered": "移交材料",
    "transfer.files_missing": "指出材料缺失",
    "transfer.files_confirmed": "签收移交材料",
    "transfer.sold": "移送财产成交",
    "transfer.first_claim_confirmed": "首封债权确认",
    "transfer.reserve_settled": "办理预留份额",
    "transfer.parties_told": "告知当事人",
    "deadline.breached": "期限届满未办",
    "deadline.counted_again": "期限因节假日调整",
    "deadlines.moved": "期限随处置权移交",
    "valuation.begun": "开始确定参考价",
    "valuation.report_entered": "录入评估报告",
    "valuation.result_received": "收到评估结果",
    "valuation.result_served": "送达评估结果",
    "valuation.fixed": "确定参考价",
    "panel.decided": "合议庭决定",
    "lot.imported": "导入拍卖标的",
    "lot.drafted": "起草拍卖公告",
    "lot.draft_edited": "修改拍卖公告草稿",
    "lot.parties_notified": "通知当事人",
    "lot.published": "发布拍卖公告",
    "lot.notice_changed": "变更公告",
    "lot.closed": "竞价结束",
    "lot.failed": "流拍",
    "lot.sold": "成交",
    "lot.withdrawn": "撤回拍卖",
    "lot.next_round_prepared": "准备下一轮",
}
HIDDEN = frozenset({"transfer.courts_told", "transfer.superior_told"})


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One line of the story."""

    at: datetime
    title: Message
    text: Message | None
    actor: str
    court_code: str | None
    rule: str | None
    document_id: UUID | None


def tell(events: Sequence[AuditEvent]) -> list[StoryEntry]:
    """The events in words, in the order given."""
    return [
        StoryEntry(
            event.recorded_at,
            _title(event),
            _text(event.event, event.details),
            event.actor_name,
            event.court_code,
            event.rule,
            event.document_id,
        )
        for event in events
        if event.event not in HIDDEN
    ]


def _title(event: AuditEvent) -> Message:
    if event.event == "document.issued":
        return issued_words(event.details)
    return msg(EVENT_LABELS.get(event.event, "其他事项"))


def _text(event: str, details: Mapping[str, Any]) -> Message | None:
    match event:
        case "asset.state_changed":
            return msg("{before} → {after}", before=_state(details["before"]), after=_state(details["after"]))
        case "seal.recorded" | "seal.promoted" | "seal.lapsed" | "seal.released":
            return msg("第 {position} 顺位", position=details.get("position", "—"))
        case "seal.renewed":
            return msg("到期日由 {before} 改为 {after}", before=details["before"], after=details["after"])
        case "seal.expiry_alarm":
            return msg("将于 {day} 到期", day=details["expires_on"])
        case _ if event not in EVENT_LABELS:
            return msg("{event}", event=event)
        case _:
            return None


def _state(value: str) -> Message:
    try:
        return msg(STATE_LABELS[AssetState(value)])
    except ValueError:
        return msg("{event}", event=value)

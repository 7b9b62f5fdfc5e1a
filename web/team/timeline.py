"""The audit chain of a lot in words, as far as it may be told on a page (registrations stay out of it, P-01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.audit import AuditEvent
from core.documents import issued_words
from core.i18n import Message, msg

EVENTS = {
    "lot.published": msg("发布拍卖公告"),
    "lot.bidding_opened": msg("竞价开始"),
    "lot.sold": msg("成交"),
    "lot.refunds_ordered": msg("退还未竞得人保证金"),
    "registration.identity_revealed": msg("查看买受人身份"),
    "sale.confirmed": msg("成交确认"),
    "sale.paid_full": msg("价款付清"),
    "sale.ruling_issued": msg("作出成交裁定"),
    "sale.ruling_served": msg("裁定送达"),
    "sale.registry_notified": msg("通知登记机构"),
    "sale.approval_needed": msg("登记转让须经审批"),
    "sale.approval_answered": msg("审批机关答复"),
    "sale.grace_asked": msg("申请尾款延期"),
    "sale.grace_granted": msg("准予尾款延期"),
    "sale.grace_refused": msg("未准予尾款延期"),
    "sale.loan_entered": msg("登记购房贷款"),
    "case.searched": msg("终本后财产查询"),
    "case.find_dropped": msg("查询结果不恢复执行"),
    "cash.taken": msg("当场收取现金"),
    "cash.confirmed": msg("同行人员确认现金"),
    "cash.put_off": msg("现金次日交财务"),
    "cash.handed_in": msg("现金交财务"),
    "proceeds.opened": msg("案款到账，开始分配"),
    "proceeds.division_allowed": msg("登记由本院分配的依据"),
    "proceeds.cost_added": msg("添加费用"),
    "proceeds.cost_struck": msg("删除费用"),
    "proceeds.costed": msg("核定费用并入账"),
    "proceeds.costs_reopened": msg("重新核算费用"),
    "claim.entered": msg("录入债权"),
    "claim.corrected": msg("核定债权"),
    "plan.drafted": msg("拟定分配方案"),
    "plan.taken_back": msg("撤回方案修改"),
    "plan.sent_back": msg("合议庭退回方案"),
    "plan.approved": msg("合议庭批准方案"),
    "plan.served": msg("发送分配方案"),
    "plan.received": msg("收到分配方案"),
    "plan.final": msg("分配方案确定"),
    "plan.objected": msg("提出分配方案异议"),
    "plan.objection_opposed": msg("提出反对意见"),
    "plan.objection_contested": msg("将反对意见通知异议人"),
    "plan.objection_upheld": msg("无人反对，按异议修正"),
    "plan.objection_failed": msg("逾期未起诉，按原方案"),
    "plan.objection_withdrawn": msg("撤回分配方案异议"),
    "plan.sued": msg("异议人起诉，争议款提存"),
    "plan.suit_won": msg("判决异议成立"),
    "plan.suit_lost": msg("判决异议不成立"),
    "plan.undisputed_part": msg("无争议部分先行发放"),
    "plan.amended": msg("修正分配方案"),
    "plan.reserve_decided": msg("预留份额已处理"),
    "payout.proposed": msg("提出发放"),
    "payout.approved": msg("批准发放"),
    "payout.declined": msg("不批准发放"),
    "payout.paid": msg("款项已支付"),
    "payout.bounced": msg("银行退回款项"),
    "payout.deposited": msg("款项提存"),
    "payout.recovered": msg("款项追回"),
    "proceeds.paid_out": msg("案款发放完毕"),
    "proceeds.settled": msg("案款账户结清"),
    "proceeds.revoked": msg("成交撤销，分配退回"),
    "delay.asked": msg("申请延缓发放"),
    "delay.allowed": msg("准予延缓发放"),
    "delay.refused": msg("不予延缓发放"),
    "delay.ended": msg("延缓事由消失"),
    "clearing.proposed": msg("报请签发腾退公告"),
    "clearing.notice_signed": msg("院长签发腾退公告"),
    "clearing.refused": msg("腾退公告未予签发"),
    "clearing.posted": msg("腾退公告已张贴送达"),
    "clearing.overdue": msg("占用人逾期未迁出"),
    "clearing.planned": msg("制定强制腾退方案"),
    "clearing.cleared": msg("标的物腾空"),
    "sale.delivery_overdue": msg("交付逾期，报告局长"),
    "sale.delivered": msg("标的物交付买受人"),
    "sale.receipt_confirmed": msg("买受人确认收到"),
    "sale.default_proposed": msg("尾款逾期，建议认定悔拍"),
    "sale.defaulted": msg("认定悔拍"),
    "forfeit.use_proposed": msg("重新处置结果已定，请决定保证金的使用"),
    "forfeit.used": msg("悔拍保证金按顺序使用"),
    "lot.failed": msg("流拍"),
    "lot.sell_off_contested": msg("变卖出现首次出价"),
    "lot.next_round_prepared": msg("准备下一拍次"),
    "unsold.decided": msg("决定变卖未成交后的处理"),
    "in_kind.opened": msg("征询债权人以物抵债"),
    "in_kind.answered": msg("债权人答复"),
    "in_kind.rank_corrected": msg("更正顺位和债权额"),
    "in_kind.draw_needed": msg("顺位相同，需要抽签"),
    "in_kind.drawn": msg("抽签"),
    "in_kind.taker_chosen": msg("确定承受人"),
    "in_kind.difference_paid": msg("差额付清"),
    "in_kind.difference_overdue": msg("逾期未补交差额"),
    "in_kind.declined": msg("无人接受抵债"),
    "in_kind.lapsed": msg("无人补交差额"),
    "in_kind.cancelled": msg("征询终止"),
    "in_kind.ruled": msg("作出抵债裁定"),
    "in_kind.served": msg("抵债裁定送达"),
    "in_kind.registry_notified": msg("通知登记机构"),
    "in_kind.delivered": msg("抵债财产交付债权人"),
    "document.issued": msg("制作文书"),
    "deadline.breached": msg("期限届满未办"),
    "deadline.counted_again": msg("期限因节假日调整"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    at: datetime
    title: Message
    text: Message


def story_of(events: Sequence[AuditEvent]) -> list[Told]:
    """The events that have words, in the order given. Pure."""
    return [
        Told(
            event.recorded_at,
            issued_words(event.details) if event.event == "document.issued" else EVENTS[event.event],
            msg("{actor} · {rule}", actor=msg(event.actor_name), rule=event.rule or "—"),
        )
        for event in events
        if event.event in EVENTS
    ]

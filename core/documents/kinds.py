"""The papers of rulebook §10 that the service issues: key, number there, title."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import Message, msg


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of paper. `number` is its row in §10."""

    key: str
    number: int
    title: str


_ROWS = (
    DocumentKind("auction_ruling", 1, "执行裁定书"),
    DocumentKind("agreement_notice", 2, "议价通知书"),
    DocumentKind("directed_inquiry_letter", 4, "定向询价函"),
    DocumentKind("online_inquiry_entrustment", 5, "网络询价委托书"),
    DocumentKind("appraisal_engagement_letter", 7, "评估委托书"),
    DocumentKind("technical_review_letter", 7, "专业技术评审委托函"),
    DocumentKind("valuation_result_notice", 8, "评估结果告知书"),
    DocumentKind("survey_form", 9, "标的物情况调查表"),
    DocumentKind("quality_papers_notice", 9, "责令提交财产质量资料通知书"),
    DocumentKind("panel_record", 10, "合议笔录"),
    DocumentKind("auction_notice", 11, "拍卖公告"),
    DocumentKind("bidder_instructions", 12, "竞买须知"),
    DocumentKind("party_notice", 13, "拍卖通知书"),
    DocumentKind("priority_notice", 14, "优先购买权确认通知书"),
    DocumentKind("priority_refusal", 14, "不予确认优先购买权通知书"),
    DocumentKind("no_surplus_notice", 15, "无益拍卖通知书"),
    DocumentKind("stay_decision", 16, "暂缓拍卖决定书"),
    DocumentKind("suspension_ruling", 16, "执行裁定书（中止拍卖）"),
    DocumentKind("platform_stop_notice", 16, "停拍公告"),
    DocumentKind("resume_notice", 16, "恢复拍卖通知书"),
    DocumentKind("withdrawal_notice", 16, "撤回拍卖通知"),
    DocumentKind("termination_ruling", 16, "执行裁定书（终结拍卖）"),
    DocumentKind("failed_notice", 17, "流拍公告"),
    DocumentKind("debtor_choices", 17, "流拍后处置选择告知书"),
    DocumentKind("release_ruling", 1, "执行裁定书（解除查封）"),
    DocumentKind("release_notice", 23, "协助执行通知书（解除查封）"),
    DocumentKind("live_seal_decision", 1, "准许继续使用查封财产决定书"),
    DocumentKind("live_seal_end", 1, "终止使用查封财产通知书"),
    DocumentKind("self_sale_decision", 17, "准许自行变卖决定书"),
    DocumentKind("self_sale_ruling", 1, "执行裁定书（自行变卖）"),
    DocumentKind("self_sale_notice", 23, "协助执行通知书（自行变卖过户）"),
    DocumentKind("in_kind_inquiry", 18, "征询以物抵债通知书"),
    DocumentKind("in_kind_ruling", 18, "执行裁定书（以物抵债）"),
    DocumentKind("sell_off_notice", 19, "变卖公告"),
    DocumentKind("sale_confirmation", 20, "网络拍卖成交确认书"),
    DocumentKind("payment_notice", 21, "付款通知书"),
    DocumentKind("sale_ruling", 22, "执行裁定书（拍卖成交）"),
    DocumentKind("assistance_notice", 23, "协助执行通知书"),
    DocumentKind("registry_restoration", 23, "协助执行通知书（恢复登记）"),
    DocumentKind("eviction_notice", 24, "腾退公告"),
    DocumentKind("move_out_order", 24, "责令迁出通知书"),
    DocumentKind("eviction_plan", 24, "强制腾退方案"),
    DocumentKind("clearing_record", 24, "腾退笔录和物品交接清单"),
    DocumentKind("delivery_record", 24, "交付笔录"),
    DocumentKind("default_ruling", 25, "重新拍卖裁定书"),
    DocumentKind("transfer_request_letter", 26, "商请移送执行函"),
    DocumentKind("transfer_letter", 27, "移送执行函"),
    DocumentKind("transfer_hand_over_list", 27, "处置权移交材料清单"),
    DocumentKind("transfer_party_notice", 27, "处置法院变更告知书"),
    DocumentKind("transfer_refusal", 28, "不同意移送复函"),
    DocumentKind("transfer_report", 28, "处置权争议协调请示报告"),
    DocumentKind("transfer_decision", 28, "处置权协调决定书"),
    DocumentKind("participation_answer", 29, "参与分配申请答复书"),
    DocumentKind("distribution_plan", 30, "财产分配方案"),
    DocumentKind("plan_objection_notice", 30, "分配方案异议通知书"),
    DocumentKind("payout_sheet", 31, "执行款发放审批表"),
    DocumentKind("cash_receipt", 31, "现金收据"),
    DocumentKind("instruction_sheet", 32, "指令单"),
    DocumentKind("superior_order", 33, "上级法院命令"),
    DocumentKind("case_struck_off", 33, "销案通知书"),
    DocumentKind("case_conclusion", 33, "结案文书"),
    DocumentKind("case_resumed", 33, "恢复执行通知书"),
    DocumentKind("property_search_notice", 33, "财产查询结果告知书"),
    DocumentKind("disposal_result_letter", 34, "财产处置结果告知函"),
    DocumentKind("judicial_suggestion", 35, "司法建议书"),
    DocumentKind("objection_ruling", 36, "执行异议裁定书"),
    DocumentKind("review_ruling", 36, "执行复议裁定书"),
    DocumentKind("revocation_ruling", 36, "执行裁定书（撤销拍卖成交）"),
)

KINDS: dict[str, DocumentKind] = {row.key: row for row in _ROWS}


def issued_words(details: Mapping[str, Any]) -> Message:
    """What a timeline says of an issued paper, from the details of its audit entry."""
    kind = KINDS.get(str(details.get("kind")))
    return msg("制作文书") if kind is None else msg("制作《{paper}》", paper=msg(kind.title))

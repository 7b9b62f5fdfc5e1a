"""What the rulebook leaves open: settings with the rulebook's default, its rule id and how sure it is.

Overridden per installation by `DISPOSAL_LEGAL_SETTINGS`, the path of a JSON object `{"name": value}`. What the law fixes
without doubt stands in the `rules.py` of its room; what is here marked as verified (V) may be made stricter, not weaker.
"""

import json
import os
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from core.settings import SettingsError


def _setting(default: Any, rule: str, source: str, unit: str, meaning: str) -> Any:
    return field(default=default, metadata={"rule": rule, "source": source, "unit": unit, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class PurchaseLimit:
    """One period in which a city limits who may buy (B-17). Both days are included; an open side is None.

    `districts`: only there, everywhere in the city when empty. `kinds`: kinds of assets, as in the catalogue.
    """

    city: str
    text: str
    kinds: tuple[str, ...] = ("real_estate",)
    districts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LegalSettings:
    """Every open point that code decides. `source`: how the rulebook knows it (R:hi, R:mid, R:lo recalled; D design)."""

    notice_counting_strict: bool = _setting(True, "C-04", "D", "", "公告期按整日计算，发布日不计")
    survey_fresh_days: int = _setting(90, "A-15", "D", "days", "现状调查在发布时的有效天数")
    seal_margin_days: int = _setting(
        60, "A-02", "D", "days", "查封到期日须晚于竞价结束的天数，留足裁定与交付"
    )
    parties_notice_days: int = _setting(3, "B-20", "V", "days", "发布公告前通知当事人的天数")
    parties_second_guard_days: int = _setting(5, "§0.2", "D", "days", "拍卖日前通知当事人的第二道检查")
    unreachable_notice_days: int = _setting(5, "B-20", "V", "days", "无法通知时公示的天数")
    shareholder_notice_days: int = _setting(20, "B-22", "V", "days", "股东优先购买权通知后的天数")
    no_surplus_check_for_first_rank: bool = _setting(
        False, "A-23", "D", "", "申请人为第一顺位债权人时是否仍作无益审查"
    )
    deposit_default_percent: str = _setting("10", "B-30", "D", "percent", "默认保证金比例（法定 5%–20%）")
    re_auction_deposit_percent: str = _setting("20", "B-35", "D", "percent", "悔拍后重新拍卖的保证金比例")
    second_round_cut_percent: int = _setting(20, "V-41", "D", "percent", "二拍默认降价幅度（法定上限 20%）")
    re_auction_notice_movable_days: int = _setting(7, "B-35", "D", "days", "悔拍后动产重新拍卖的公告期")
    re_auction_notice_immovable_days: int = _setting(15, "B-35", "D", "days", "悔拍后不动产重新拍卖的公告期")
    balance_due_days: int = _setting(10, "B-70", "R:hi", "days", "尾款支付期限")
    balance_due_days_least: int = _setting(3, "B-70", "D", "days", "尾款支付期限下限")
    balance_due_days_most: int = _setting(30, "B-70", "D", "days", "尾款支付期限上限")
    balance_grace_days_most: int = _setting(
        10, "B-70", "D", "days", "局长可以准予尾款延期的最多天数（每次成交一次，0 为不延期）"
    )
    leader_may_outbid_self: bool = _setting(True, "B-46", "D", "", "领先者可否自行加价（逐标的可改）")
    third_party_stays_from_submission: bool = _setting(
        True, "B-61", "D", "", "案外人异议自提交时（否则自立案时）暂缓拍卖"
    )
    resume_notice_hours: int = _setting(24, "§11.3", "D", "hours", "恢复竞价前通知已报名竞买人的时间")
    reminder_hours: tuple[int, ...] = _setting(
        (24, 1), "§11.3", "D", "hours", "开拍前多少小时提醒已报名和关注的人"
    )
    clock_drift_alarm_ms: int = _setting(200, "B-47", "D", "ms", "时钟偏差报警值")
    fault_outage_s: int = _setting(10, "B-50", "D", "s", "平台多久不能接受出价即为故障")
    fault_long_outage_minutes: int = _setting(
        5, "B-50", "D", "minutes", "中断多久影响全部竞价中的标的；不足的只影响即将结束的标的"
    )
    fault_ending_soon_minutes: int = _setting(
        15, "B-50", "D", "minutes", "故障发生时剩余竞价时间不足多久的标的一并暂停"
    )
    fault_late_clock_s: int = _setting(15, "B-47", "D", "s", "竞价计时停顿多久即为故障")
    fault_waiting_bid_s: int = _setting(5, "B-47", "D", "s", "出价排队多久即为故障")
    fault_failed_bids_percent: int = _setting(20, "B-47", "D", "percent", "未能处理的出价占比多高即为故障")
    fault_failed_bids_least: int = _setting(20, "B-47", "D", "", "计算出价失败占比所需的最少出价数")
    fault_lost_watchers_percent: int = _setting(50, "B-47", "D", "percent", "实时连接中断占比多高即为故障")
    fault_lost_watchers_least: int = _setting(200, "B-47", "D", "", "计算连接中断占比所需的最少连接数")
    fault_notice_minutes: int = _setting(
        30, "B-50", "D", "minutes", "短时故障排除后，恢复竞价前通知竞买人的时间"
    )
    fault_long_minutes: int = _setting(
        120, "B-50", "D", "minutes", "故障持续多久按长时间停拍通知（见恢复竞价前通知的时间）"
    )
    increment_bands: tuple[tuple[int, int], ...] = _setting(
        (
            (1_000_000, 10_000),
            (10_000_000, 100_000),
            (100_000_000, 500_000),
            (1_000_000_000, 2_000_000),
            (10_000_000_000, 5_000_000),
        ),
        "V-42",
        "R:lo",
        "fen",
        "按起拍价分档的建议增价幅度：起拍价不超过（分）、增价幅度（分）；超过末档的取末档",
    )
    increment_floor_percent: str = _setting("0.2", "V-42", "R:lo", "percent", "增价幅度占起拍价的建议下限")
    increment_ceiling_percent: str = _setting("5", "V-42", "R:lo", "percent", "增价幅度占起拍价的建议上限")
    extension_window_minutes: int = _setting(5, "B-41", "V", "minutes", "临近结束出价的延时分钟数")
    equal_priority_bid_extends: bool = _setting(True, "B-45", "D", "", "优先购买权人同价出价是否触发延时")
    appraisers_barred: bool = _setting(True, "B-81", "R:mid", "", "评估、询价机构是否不得竞买该标的")
    agreement_days: int = _setting(7, "V-02", "D", "days", "当事人议价的期限")
    selection_days: int = _setting(7, "V-20", "D", "days", "当事人选择评估机构的期限")
    draw_value_name: str = _setting(
        "上证综合指数当日收盘点位", "V-20", "D", "", "摇号所用的公开数值（摇号承诺公布后才产生）"
    )
    directed_inquiry_days: int = _setting(7, "V-02", "D", "days", "定向询价答复的期限")
    appraisal_advised_fen: int = _setting(
        5_000_000_000, "V-38", "R:lo", "fen", "预计价值达到多少时建议委托评估而不采用网络询价"
    )
    low_value_fen: int = _setting(5_000_000, "V-04", "D", "fen", "不超过多少时属于价值较低、可以不评估的财产")
    above_costs_most_percent: int = _setting(
        50, "V-03", "D", "percent", "股权起拍价“适当高于”执行费用的上限：高出执行费用的百分比"
    )
    inquiry_fee_fen: int = _setting(50_000, "V-14", "R:lo", "fen", "网络询价费用：每次计付一次")
    appraisal_fee_bands: tuple[tuple[int, int], ...] = _setting(
        (
            (100_000_000, 5_000),
            (1_000_000_000, 2_500),
            (2_000_000_000, 1_500),
            (5_000_000_000, 800),
            (8_000_000_000, 400),
            (10_000_000_000, 200),
            (1_000_000_000_000, 100),
        ),
        "V-25",
        "R:mid",
        "fen",
        "评估费用分档累进：基准不超过（分）、该段费率（百万分之几）；超过末档的按末档费率",
    )
    objection_contest_days: int = _setting(5, "V-31", "D", "days", "异议人对评估机构的说明提出不同意见的期限")
    price_supervision_days: int = _setting(30, "V-32", "D", "days", "上级法院审查参考价执行监督申请的期限")
    expert_review_days: int = _setting(15, "V-31", "D", "days", "法院为专业技术评审确定的期限")
    inquiry_mean_of_clean_reports: bool = _setting(
        True, "V-12", "D", "", "部分网络询价报告有误时，只以无误报告的平均值为结果"
    )
    staff_barred_city_wide: bool = _setting(
        True, "B-80", "D", "", "法院、辅助机构人员及其近亲属是否在全市范围内不得竞买（法定为本院处置的标的）"
    )
    default_bar_scope: str = _setting(
        "asset", "B-81", "D", "", "悔拍人不得竞买的范围：asset 该标的，court 本院标的，city 全市标的"
    )
    default_list_months: int = _setting(24, "B-82", "D", "months", "悔拍名单的保留时间")
    home_city: str = _setting(
        "苏州市", "B-17", "D", "", "本市名称；标的所在地未写明其他限购城市的，按本市政策"
    )
    purchase_limits: tuple[PurchaseLimit, ...] = _setting(
        (
            PurchaseLimit(
                "苏州市",
                "购买限购区域内住房须符合本市住房限购政策",
                until=date(2024, 1, 29),
                source="R:hi",
            ),
        ),
        "B-17",
        "R:hi",
        "",
        "各城市的限购政策及起止日期",
    )
    purchase_proof_days: int = _setting(30, "B-17", "D", "days", "限购城市的购房资格证明在裁定前多少天内有效")
    priority_claim_hours: int = _setting(
        24, "§11.4", "D", "hours", "优先购买权须在开拍前多少小时提出并附材料"
    )
    priority_orders: tuple[tuple[str, int], ...] = _setting(
        (
            ("co_owner", 1),
            ("shareholder", 1),
            ("partner", 1),
            ("ip_co_developer", 1),
            ("tenant", 2),
            ("other", 3),
        ),
        "B-25",
        "D",
        "",
        "优先购买权的默认顺位，合议庭可以变更",
    )
    most_joint_buyers: int = _setting(5, "B-48", "D", "", "联合竞买的最多人数")
    deposit_freeze: bool = _setting(True, "B-30", "V", "", "是否可以在平台冻结保证金，代替转入法院账户")
    return_tier_fen: int = _setting(
        10_000_000,
        "M-06",
        "V~",
        "fen",
        "退回款项超过该金额须由执行局局长或院领导批准，以下由另一名财务人员批准",
    )
    refund_retry_minutes: int = _setting(
        5, "B-33", "D", "minutes", "银行退款失败后首次重试的间隔，其后逐次加倍"
    )
    transfer_answer_days_province: int = _setting(5, "T-11", "W2", "days", "省内答复移送商请的期限")
    transfer_answer_days_national: int = _setting(15, "T-04", "V", "days", "答复移送商请的期限")
    transfer_idle_days: int = _setting(60, "T-01", "V", "days", "首封后未处置的天数")
    transfer_decision_days: int = _setting(5, "T-12", "W2", "days", "上级法院协调决定的期限")
    transfer_handover_days: int = _setting(3, "§11.6", "D", "days", "同意后移交材料的期限")
    transfer_small_claim_percent: int = _setting(
        10, "T-07", "R:mid", "percent", "商请债权低于财产价值的该比例时，可以留由首封法院处置"
    )
    transfer_result_days: int = _setting(10, "T-05", "D", "days", "成交裁定送达后告知处置结果的期限")
    instruction_approval_days: int = _setting(1, "§11.7", "D", "days", "审批指令的期限")
    instruction_sign_in_days: int = _setting(1, "§11.7", "D", "days", "签收指令的期限（工作日）")
    instruction_nudge_hours: int = _setting(4, "§11.7", "D", "hours", "指令送达后多久未签收即提醒")
    instruction_normal_days: int = _setting(7, "§11.7", "D", "days", "一般指令的办理期限")
    instruction_urgent_days: int = _setting(2, "§11.7", "D", "days", "紧急指令的办理期限")
    instruction_critical_hours: int = _setting(4, "§11.7", "D", "hours", "特急指令的办理期限")
    instruction_return_days: int = _setting(1, "§11.7", "D", "days", "签收后多久内可以退回指令（工作日）")
    instruction_answer_days: int = _setting(3, "§11.7", "D", "days", "指令退回后补正的期限，逾期视为撤回")
    instruction_accept_days: int = _setting(2, "§11.7", "D", "days", "验收指令结果的期限，逾期视为认可")
    instruction_bureau_days: int = _setting(
        1, "§11.7", "D", "days", "指令逾期多久后升级至中院执行局（工作日）"
    )
    instruction_bulletin_days: int = _setting(7, "§11.7", "D", "days", "指令逾期多久后列入月度通报")
    lead_accept_days: int = _setting(3, "§1", "D", "days", "受理线索举报的期限")
    lead_answer_days: int = _setting(15, "§1", "D", "days", "核查线索并反馈举报人的期限")
    leads_per_place: int = _setting(5, "§1", "D", "", "同一网络地址每天可以提交的线索数")
    leads_per_day: int = _setting(500, "§1", "D", "", "全市每天受理的线索总数上限")
    in_kind_difference_days: int = _setting(10, "B-74", "D", "days", "承受抵债的债权人补交差额的期限")
    draw_public_value: str = _setting(
        "征询期届满后第一个交易日的上证综合指数收盘点位（两位小数）", "B-74", "D", "", "抽签所用公开值的来源"
    )
    in_kind_inquiry_days: int = _setting(10, "X-01", "R:hi", "days", "流拍后征询以物抵债的期限")
    re_auction_within_days: int = _setting(30, "B-35", "D", "days", "认定悔拍后重新拍卖的期限")
    sell_off_notice_within_days: int = _setting(15, "X-01", "V~", "days", "二拍流拍后发布变卖公告的期限")
    sell_off_notice_movable_days: int = _setting(7, "X-02", "R:hi", "days", "动产变卖公告期")
    sell_off_notice_immovable_days: int = _setting(15, "X-02", "V~", "days", "不动产变卖公告期")
    sell_off_window_days: int = _setting(60, "X-03", "V~", "days", "变卖期")
    after_sell_off_days: int = _setting(15, "X-09", "D", "days", "变卖未成交后决定后续处理的期限")
    registry_notice_days: int = _setting(5, "B-73", "R:mid", "days", "送达协助执行通知书的期限")
    leave_least_days: int = _setting(5, "B-72", "D", "days", "责令迁出至少给占用人的天数")
    claim_shortfall: bool = _setting(False, "B-34", "D", "", "悔拍差价超出保证金部分是否追索")
    payout_days: int = _setting(30, "M-04", "V~", "days", "案款发放期限")
    payout_target_days: int = _setting(15, "M-04", "V~", "days", "案款发放目标")
    payout_after_delay_days: int = _setting(10, "M-05", "R:hi", "days", "延缓事由消失后发放的期限")
    payout_tier_fen: int = _setting(
        10_000_000, "M-06", "V~", "fen", "超过该金额的案款发放须由执行局局长或院领导批准"
    )
    plan_window_days: int = _setting(15, "D-23", "V", "days", "对分配方案提出异议、反对意见和起诉的期限")
    participation_cutoff: str = _setting(
        "ruling_served",
        "D-22",
        "D",
        "",
        "参与分配的截止时点：ruling_served 裁定送达，plan_served 方案送达，bidding_ended 竞价结束",
    )
    first_seal_bonus_percent: str = _setting(
        "0", "D-04", "R:lo", "percent", "首封普通债权人适当多分的比例（上限 20%）"
    )
    first_seal_bonus_base: str = _setting(
        "claim", "D-04", "R:lo", "", "适当多分的基数：claim 债权额，residue 剩余额"
    )
    in_kind_ruling_days: int = _setting(10, "B-74", "V", "days", "以物抵债差额付清后裁定的期限")
    self_sale_days: int = _setting(60, "A-27", "R:mid", "days", "被执行人自行变卖的期限")
    self_sale_share_months: int = _setting(3, "A-26", "V", "months", "被执行人自行变卖股权的期限")
    execution_months: int = _setting(6, "C-06", "V", "months", "执行期限")
    non_litigation_months: int = _setting(3, "C-06", "V", "months", "非诉执行期限")
    bidding_data_years: int = _setting(10, "B-42", "V", "years", "竞价数据的保存年限")
    risk_price_percent: int = _setting(
        200, "§13-6", "D", "percent", "成交价达到参考价的多少视为异常（百分比）"
    )
    risk_similar_percent: int = _setting(
        180, "§13-6", "D", "percent", "溢价达到同类成交中位数的多少视为异常（百分比）"
    )
    risk_similar_least: int = _setting(5, "§13-6", "D", "", "与同类成交比较所需的最少成交数")
    risk_jump_steps: int = _setting(20, "§13-6", "D", "", "一次加价达到增价幅度的多少倍视为大幅跳价")
    risk_jump_percent: int = _setting(10, "§13-6", "D", "percent", "大幅跳价须同时达到加价前价格的百分比")
    risk_pair_lots: int = _setting(4, "B-82", "D", "", "一年内同场多少次起提示总是同场出现")
    risk_withdrawal_hours: int = _setting(
        24, "B-82", "D", "hours", "开拍前多少小时内撤回已交保证金的报名视为临近撤回"
    )
    risk_default_years: int = _setting(3, "B-82", "D", "years", "以往悔拍记录的回溯年数")
    risk_look_minutes: int = _setting(30, "P-01", "D", "minutes", "填写事由后可以查看关联线索的时间")
    risk_trace_days: int = _setting(180, "P-01", "D", "days", "关联痕迹和已处理线索的保存天数")
    indicator_runs_least: int = _setting(20, "K-02", "D", "", "比较一家法院的按件次指标所需的最少拍卖件次")
    indicator_rows_least: int = _setting(5, "K-16", "D", "", "比较一家法院的其他指标所需的最少笔数")
    indicator_freeze_day: int = _setting(5, "K-01", "D", "days", "次月第几天自动冻结上月指标")
    red_flags: tuple[tuple[str, str, str], ...] = _setting(
        (("K-21", ">", "0"), ("K-19", "<", "95"), ("K-17", "<", "95"), ("K-18", "<", "95")),
        "K-21",
        "D",
        "",
        "红旗阈值：指标、比较（> 或 <）、数值（按显示单位）；计数类随时提示，比率类按冻结的月份提示",
    )
    refund_alarm_hours: tuple[int, ...] = _setting((12, 20), "B-33", "D", "hours", "退还保证金的预警时点")
    deadline_alarm_days: tuple[int, ...] = _setting(
        (3, 1), "§12.1", "D", "days", "期限届满前多少天提醒办理人（规则未另定时），最后一次同时告知局长"
    )


@cache
def legal() -> LegalSettings:
    """The settings in force. Raises `SettingsError` in one line when the file cannot be used as written."""
    path = os.environ.get("DISPOSAL_LEGAL_SETTINGS")
    return load_legal_settings(Path(path)) if path else LegalSettings()


def load_legal_settings(path: Path) -> LegalSettings:
    """The defaults with what the JSON file says instead. An unknown name or a wrong type is refused: it would change the law
    without anybody noticing."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(given, dict):
            raise SettingsError(f"{path}: write one JSON object with names of legal settings")
        known = {each.name for each in fields(LegalSettings)}
        unknown = sorted(set(given) - known)
        if unknown:
            raise SettingsError(f"{path}: unknown legal settings {', '.join(unknown)}")
        settings = msgspec.convert(given, LegalSettings)
    except OSError as error:
        raise SettingsError(f"DISPOSAL_LEGAL_SETTINGS: cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # broken JSON, or a value of the wrong type (msgspec.ValidationError)
        raise SettingsError(f"{path}: {error}") from error
    _check(settings, path)
    return settings


def _check(settings: LegalSettings, path: Path) -> None:
    """What the law fixes cannot be set past it."""
    least, most = settings.balance_due_days_least, settings.balance_due_days_most
    limits = {
        "second_round_cut_percent": (Decimal(0), Decimal(20), "V-41"),
        "deposit_default_percent": (Decimal(5), Decimal(20), "B-30"),
        "re_auction_deposit_percent": (Decimal(5), Decimal(20), "B-35"),
        "first_seal_bonus_percent": (Decimal(0), Decimal(20), "D-04"),
        "bidding_data_years": (Decimal(10), Decimal(1000), "B-42"),
        "parties_notice_days": (Decimal(3), Decimal(60), "B-20"),
        "unreachable_notice_days": (Decimal(5), Decimal(60), "B-20"),
        "extension_window_minutes": (Decimal(5), Decimal(60), "B-41"),
        "balance_due_days": (Decimal(least), Decimal(most), "B-70"),
        "most_joint_buyers": (Decimal(1), Decimal(50), "B-48"),
        "plan_window_days": (Decimal(15), Decimal(60), "D-23"),
        "refund_retry_minutes": (Decimal(1), Decimal(360), "B-33"),
        "indicator_freeze_day": (Decimal(1), Decimal(28), "K-01"),
    }
    for name, (lowest, highest, rule) in limits.items():
        try:
            value = Decimal(getattr(settings, name))
        except ArithmeticError as error:
            raise SettingsError(f"{path}: {name} is no number") from error
        if not lowest <= value <= highest:
            raise SettingsError(f"{path}: {name} must lie between {lowest} and {highest} ({rule})")
    if settings.first_seal_bonus_base not in ("claim", "residue"):
        raise SettingsError(f"{path}: first_seal_bonus_base is claim or residue (D-04)")
    if settings.participation_cutoff not in ("ruling_served", "plan_served", "bidding_ended"):
        raise SettingsError(
            f"{path}: participation_cutoff is ruling_served, plan_served or bidding_ended (D-22)"
        )
    if settings.default_bar_scope not in ("asset", "court", "city"):
        raise SettingsError(f"{path}: default_bar_scope is asset, court or city (B-81)")
    for table in ("increment_bands", "appraisal_fee_bands"):
        tops = [top for top, _ in getattr(settings, table)]
        if not tops or tops != sorted(set(tops)) or any(value < 0 for _, value in getattr(settings, table)):
            raise SettingsError(f"{path}: {table} needs rising limits and no negative value")
    if any(hours < 1 for hours in settings.reminder_hours):
        raise SettingsError(f"{path}: reminder_hours are whole hours before the start")
    if any(order < 1 for _, order in settings.priority_orders):
        raise SettingsError(f"{path}: priority_orders count from 1 (B-25)")
    for each in fields(LegalSettings):
        value = getattr(settings, each.name)
        if isinstance(value, int) and value < 0:
            raise SettingsError(f"{path}: {each.name} cannot be negative")


@dataclass(frozen=True, slots=True)
class Described:
    """A setting as a page lists it."""

    name: str
    value: Any
    default: Any
    rule: str
    source: str
    unit: str
    meaning: str


def describe() -> list[Described]:
    """Every setting with its value, default and origin."""
    current = legal()
    return [
        Described(each.name, getattr(current, each.name), each.default, **each.metadata)
        for each in fields(LegalSettings)
    ]

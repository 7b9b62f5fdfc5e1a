"""What the rulebook leaves open: settings with the rulebook's default, its rule id and how sure it is.

Overridden per installation by `DISPOSAL_LEGAL_SETTINGS`, the path of a JSON object `{"name": value}`. Verified law is not
here: it stands in the `rules.py` of its room and nobody can set it.
"""

import json
import os
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import msgspec


def _setting(default: Any, rule: str, source: str, unit: str, meaning: str) -> Any:
    return field(default=default, metadata={"rule": rule, "source": source, "unit": unit, "meaning": meaning})


@dataclass(frozen=True, slots=True)
class LegalSettings:
    """Every open point that code decides. `source`: how the rulebook knows it (R:hi, R:mid, R:lo recalled; D design)."""

    notice_counting_strict: bool = _setting(True, "C-04", "D", "", "公告期按整日计算，发布日不计")
    survey_fresh_days: int = _setting(90, "A-15", "D", "days", "现状调查在发布时的有效天数")
    seal_margin_days: int = _setting(
        60, "A-02", "D", "days", "查封到期日须晚于竞价结束的天数，留足裁定与交付"
    )
    second_round_cut_percent: int = _setting(20, "V-41", "D", "percent", "二拍默认降价幅度（法定上限 20%）")
    re_auction_notice_movable_days: int = _setting(7, "B-35", "D", "days", "悔拍后动产重新拍卖的公告期")
    re_auction_notice_immovable_days: int = _setting(15, "B-35", "D", "days", "悔拍后不动产重新拍卖的公告期")
    balance_due_days: int = _setting(10, "B-70", "R:hi", "days", "尾款支付期限")
    balance_due_days_least: int = _setting(3, "B-70", "D", "days", "尾款支付期限下限")
    balance_due_days_most: int = _setting(30, "B-70", "D", "days", "尾款支付期限上限")
    leader_may_outbid_self: bool = _setting(True, "B-46", "D", "", "领先者可否自行加价（逐标的可改）")
    clock_drift_alarm_ms: int = _setting(200, "B-47", "D", "ms", "时钟偏差报警值")
    increment_floor_percent: str = _setting("0.2", "V-42", "R:lo", "percent", "增价幅度占起拍价的建议下限")
    increment_ceiling_percent: str = _setting("5", "V-42", "R:lo", "percent", "增价幅度占起拍价的建议上限")
    transfer_answer_days_province: int = _setting(5, "T-11", "W2", "days", "省内答复移送商请的期限")
    transfer_answer_days_national: int = _setting(15, "T-04", "V", "days", "答复移送商请的期限")
    transfer_idle_days: int = _setting(60, "T-01", "V", "days", "首封后未处置的天数")
    transfer_decision_days: int = _setting(5, "T-12", "W2", "days", "上级法院协调决定的期限")
    transfer_handover_days: int = _setting(3, "§11.6", "D", "days", "同意后移交材料的期限")
    in_kind_inquiry_days: int = _setting(10, "X-01", "R:hi", "days", "流拍后征询以物抵债的期限")
    sell_off_notice_movable_days: int = _setting(7, "X-02", "R:hi", "days", "动产变卖公告期")
    sell_off_notice_immovable_days: int = _setting(15, "X-02", "V~", "days", "不动产变卖公告期")
    sell_off_window_days: int = _setting(60, "X-03", "V~", "days", "变卖期")
    sell_off_bidding_hours: int = _setting(24, "X-06", "V~", "hours", "变卖首次出价后的竞价时间")
    registry_notice_days: int = _setting(5, "B-73", "R:mid", "days", "送达协助执行通知书的期限")
    claim_shortfall: bool = _setting(False, "B-34", "D", "", "悔拍差价超出保证金部分是否追索")
    payout_days: int = _setting(30, "M-04", "V~", "days", "案款发放期限")
    payout_target_days: int = _setting(15, "M-04", "V~", "days", "案款发放目标")
    refund_alarm_hours: tuple[int, ...] = _setting((12, 20), "B-33", "D", "hours", "退还保证金的预警时点")


@cache
def legal() -> LegalSettings:
    """The settings in force."""
    path = os.environ.get("DISPOSAL_LEGAL_SETTINGS")
    if not path:
        return LegalSettings()
    return msgspec.convert(json.loads(Path(path).read_text(encoding="utf-8")), LegalSettings)


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

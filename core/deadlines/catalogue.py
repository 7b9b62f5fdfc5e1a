"""The statutory deadlines of rulebook §12.1 as data: how long a clock runs, who must act, what a breach does."""

from dataclasses import dataclass

from core.identity.actor import Role


@dataclass(frozen=True, slots=True)
class Statutory:
    """One row of §12.1.

    `rolls`: a last day that is a holiday moves on (C-02), for a person's act only (C-05). `owner`: the role that must act.
    `checked_by`: the row is no clock of somebody's act but a rule checked there, and never opened as a deadline.
    """

    id: str
    title: str
    days: int | None = None
    hours: int | None = None
    months: int | None = None
    rolls: bool = True
    breach: str = "flag"
    owner: Role = Role.DISPOSAL_TEAM
    checked_by: str | None = None


_ROWS = (
    Statutory("L-01", "查封后启动确定参考价", days=30, breach="flag_director"),
    Statutory("L-02", "网络询价报告", days=3, breach="drop_platform", owner=Role.APPRAISER),
    Statutory("L-03", "评估报告", days=30, breach="next_firm", owner=Role.APPRAISER),
    Statutory("L-04", "报告送达当事人", days=3),
    Statutory("L-05", "报告公示", days=15, rolls=False, breach="deemed_received"),
    Statutory("L-06", "对报告提出异议", days=5, breach="close_window", owner=Role.CREDITOR),
    Statutory("L-07", "评估机构答复异议", days=5, breach="expert_review", owner=Role.APPRAISER),
    Statutory("L-08", "参考价确定后启动变价", days=10),
    Statutory("L-09", "公告前通知当事人", days=3, rolls=False, breach="block_publish"),
    Statutory("L-10", "无法通知时的公示", days=5, rolls=False, breach="deemed_notified"),
    Statutory("L-11", "一拍公告期", days=30, rolls=False, breach="block_start", checked_by="auction/listing"),
    Statutory("L-12", "二拍公告期", days=15, rolls=False, breach="block_start", checked_by="auction/listing"),
    Statutory("L-13", "一拍流拍后再次拍卖", days=30),
    Statutory("L-14", "竞价时间", hours=24, rolls=False, breach="reject", checked_by="auction/listing"),
    Statutory("L-15", "竞价延时", rolls=False, breach="extend", checked_by="auction/bidding"),
    Statutory("L-16", "退还保证金", hours=24, rolls=False, breach="alarm", owner=Role.FINANCE),
    Statutory("L-17", "买受人保证金划入法院账户", hours=24, rolls=False, breach="alarm", owner=Role.FINANCE),
    Statutory("L-18", "支付尾款", days=10, breach="default", owner=Role.BIDDER),
    Statutory("L-19", "全款后作出成交裁定", days=10, owner=Role.CASE_OFFICER),
    Statutory("L-20", "送达协助执行通知书", days=5, owner=Role.CASE_OFFICER),
    Statutory("L-21", "裁定送达后交付", days=15, breach="flag_eviction"),
    Statutory("L-22", "流拍后征询以物抵债", days=10, breach="continue", owner=Role.CREDITOR),
    Statutory("L-23", "二拍流拍后发布变卖公告", days=15),
    Statutory("L-24", "变卖期", days=60, rolls=False, breach="other_measures"),
    Statutory("L-25", "暂缓、中止事由消失后恢复拍卖", days=5),
    Statutory("L-26", "股东优先购买权", days=20, breach="waived"),
    Statutory("L-27", "无益拍卖申请继续", days=5, breach="withdraw", owner=Role.CREDITOR),
    Statutory(
        "L-28",
        "首封后未处置",
        days=60,
        rolls=False,
        breach="propose_letter",
        checked_by="disposal_teams/transfers",
    ),
    Statutory("L-29", "答复处置权移交商请", days=5, breach="escalate", owner=Role.COMMAND_CENTRE),
    Statutory("L-30", "上级法院协调决定", days=5, breach="next_level", owner=Role.INTERMEDIATE_COURT),
    Statutory(
        "L-31",
        "保全后未处置",
        months=12,
        rolls=False,
        breach="propose_letter",
        checked_by="disposal_teams/transfers",
    ),
    Statutory("L-32", "对分配方案的异议", days=15, breach="next_step", owner=Role.CREDITOR),
    Statutory("L-33", "案款发放", days=30, owner=Role.FINANCE),
    Statutory("L-34", "延缓事由消失后发放", days=10, owner=Role.FINANCE),
    Statutory("L-35", "执行行为异议裁定", days=15, owner=Role.OBJECTION_PANEL),
    Statutory("L-36", "案外人异议裁定", days=15, owner=Role.OBJECTION_PANEL),
    Statutory("L-37", "执行期限", months=6, breach="inaction_alert", owner=Role.CASE_OFFICER),
    Statutory("L-38", "参考价有效期", months=12, rolls=False, breach="reissue", checked_by="valuation"),
    Statutory("L-39", "查封期限", rolls=False, breach="renew", checked_by="disposal_teams/assets"),
    Statutory("L-40", "自行变卖", days=60, rolls=False, breach="return", owner=Role.DEBTOR),
    Statutory("L-41", "上级法院暂缓", months=3, rolls=False, breach="resume", owner=Role.INTERMEDIATE_COURT),
    Statutory("L-42", "请求复议指令", days=5, owner=Role.COMMAND_CENTRE),
    Statutory("L-43", "数据保存期", months=120, rolls=False, breach="block_purge", checked_by="core/audit"),
    Statutory("L-44", "破产法院答复", days=30, breach="chase", owner=Role.CASE_OFFICER),
)

STATUTORY: dict[str, Statutory] = {row.id: row for row in _ROWS}
"""By id."""

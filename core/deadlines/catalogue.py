"""The statutory deadlines of rulebook §12.1 as data: what starts the clock, how long it runs, what a breach does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statutory:
    """One row of §12.1. `rolls`: a last day that is a holiday moves on (C-02), for a person's act only (C-05)."""

    id: str
    title: str
    days: int | None = None
    hours: int | None = None
    months: int | None = None
    rolls: bool = True
    breach: str = "flag"


_ROWS = (
    Statutory("L-01", "查封后启动确定参考价", days=30, breach="flag_director"),
    Statutory("L-02", "网络询价报告", days=3, breach="drop_platform"),
    Statutory("L-03", "评估报告", days=30, breach="next_firm"),
    Statutory("L-04", "报告送达当事人", days=3),
    Statutory("L-05", "报告公示", days=15, rolls=False, breach="deemed_received"),
    Statutory("L-06", "对报告提出异议", days=5, breach="close_window"),
    Statutory("L-07", "评估机构答复异议", days=5, breach="expert_review"),
    Statutory("L-08", "参考价确定后启动变价", days=10),
    Statutory("L-09", "公告前通知当事人", days=3, rolls=False, breach="block_publish"),
    Statutory("L-10", "无法通知时的公示", days=5, rolls=False, breach="deemed_notified"),
    Statutory("L-13", "一拍流拍后再次拍卖", days=30),
    Statutory("L-16", "退还保证金", hours=24, rolls=False, breach="alarm"),
    Statutory("L-17", "买受人保证金划入法院账户", hours=24, rolls=False, breach="alarm"),
    Statutory("L-18", "支付尾款", days=10, breach="default"),
    Statutory("L-19", "全款后作出成交裁定", days=10),
    Statutory("L-20", "送达协助执行通知书", days=5),
    Statutory("L-21", "裁定送达后交付", days=15, breach="flag_eviction"),
    Statutory("L-22", "二拍流拍后征询以物抵债", days=10, breach="continue"),
    Statutory("L-23", "二拍流拍后发布变卖公告", days=15),
    Statutory("L-24", "变卖期", days=60, rolls=False, breach="other_measures"),
    Statutory("L-25", "暂缓、中止事由消失后恢复拍卖", days=5),
    Statutory("L-26", "股东优先购买权", days=20, breach="waived"),
    Statutory("L-27", "无益拍卖申请继续", days=5, breach="withdraw"),
    Statutory("L-29", "答复处置权移交商请", days=5, breach="escalate"),
    Statutory("L-30", "上级法院协调决定", days=5, breach="next_level"),
    Statutory("L-32", "对分配方案的异议", days=15, breach="next_step"),
    Statutory("L-33", "案款发放", days=30),
    Statutory("L-34", "延缓事由消失后发放", days=10),
    Statutory("L-35", "执行行为异议裁定", days=15),
    Statutory("L-36", "案外人异议裁定", days=15),
    Statutory("L-37", "执行期限", months=6, breach="inaction_alert"),
    Statutory("L-40", "自行变卖", days=60, rolls=False, breach="return"),
    Statutory("L-41", "上级法院暂缓", months=3, rolls=False, breach="resume"),
    Statutory("L-42", "请求复议指令", days=5),
    Statutory("L-44", "破产法院答复", days=30, breach="chase"),
)

STATUTORY: dict[str, Statutory] = {row.id: row for row in _ROWS}
"""By id. Rows of §12.1 that are not clocks of somebody's act (bidding time, extension, seal terms, retention) stand where they
belong: `auction/bidding`, `disposal_teams/assets`, settings."""

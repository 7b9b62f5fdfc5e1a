"""Rulebook §12.1, L-01 to L-17: from the seal to the end of bidding."""

from core.deadlines.row import NEAR_THE_END, Alarms, Statutory, Stop
from core.identity.actor import Role

S1, S2 = "法释〔2016〕18号", "法释〔2018〕15号"
VALUING = (Stop.VALUATION,)

ROWS = (
    Statutory(
        "L-01", "查封后启动确定参考价", "30 日", days=30, start="查封生效后开始处置", breach="flag_director",
        alarms=Alarms(after=(20, 25, 30)), source=f"{S2}第一条",
        opened_in=("disposal_teams/surveys/conduct.py",),
    ),
    Statutory(
        "L-02", "网络询价报告", "3 日，可延 3 日", days=3, start="询价平台收到委托书", breach="drop_platform",
        effect="平台未出具的不计入结果，列入平台履职记录", owner=Role.APPRAISER, stops=VALUING, source=f"{S2}第十一条",
        opened_in=("valuation/online_inquiry/entrust.py",),
    ),
    Statutory(
        "L-03", "评估报告", "30 日，可延两次，每次不超过 15 日", days=30, start="评估机构收到评估委托书",
        breach="next_firm", effect="退回材料，委托下一顺序机构", owner=Role.APPRAISER, stops=VALUING,
        alarms=Alarms(before=(5,)), source=f"{S2}第十九条",
        opened_in=("valuation/appraisal/entrust.py", "valuation/appraisal/firm_steps.py", "valuation/expiry.py"),
    ),
    Statutory(
        "L-04", "报告送达当事人", "3 日", days=3, start="收到报告或说明", stops=VALUING, source=f"{S2}第二十一条",
        opened_in=("valuation/service_clock.py",),
    ),
    Statutory(
        "L-05", "报告公示", "15 日", days=15, rolls=False, start="在网上公示", breach="deemed_received",
        effect="视为收到", source=f"{S2}第二十一条", checked_by="valuation/appraisal/serve.py",
    ),
    Statutory(
        "L-06", "对报告提出异议", "5 日", days=5, start="每人各自收到报告", breach="close_window",
        effect="该人的异议期结束，逾期不予受理", owner=Role.CREDITOR, stops=VALUING, source=f"{S2}第二十二、二十三条",
        checked_by="valuation/appraisal/serve.py",
    ),
    Statutory(
        "L-07", "评估机构答复异议", "法院 3 日内送交，机构 5 日内答复", days=5, start="评估机构收到异议",
        breach="expert_review", effect="转专业技术评审", owner=Role.APPRAISER, stops=VALUING,
        source=f"{S2}第二十三条", opened_in=("valuation/objections/answer.py",),
    ),
    Statutory(
        "L-08", "参考价确定后启动变价", "10 日", days=10, start="参考价确定", alarms=NEAR_THE_END,
        source=f"{S2}第三十条", opened_in=("valuation/fix_price.py",),
    ),
    Statutory(
        "L-09", "公告前通知当事人", "3 日", days=3, rolls=False, start="当事人、优先购买权人收到通知",
        breach="block_publish", effect="不得发布公告", source=f"{S1}第十六条", settings=("parties_notice_days",),
        checked_by="auction/listing/rules.py",
    ),
    Statutory(
        "L-10", "无法通知时的公示", "5 日", days=5, rolls=False, start="网上公示不能通知的情况",
        breach="deemed_notified", effect="视为已经通知", source=f"{S1}第十六条", settings=("unreachable_notice_days",),
        checked_by="auction/listing/rules.py",
    ),
    Statutory(
        "L-11", "一拍公告期", "动产 15 日，不动产等 30 日", days=30, rolls=False, start="发布公告",
        breach="block_start", effect="不得开拍", source=f"{S1}第十二条", settings=("notice_counting_strict",),
        checked_by="auction/listing/rules.py",
    ),
    Statutory(
        "L-12", "二拍公告期", "动产 7 日，不动产等 15 日", days=15, rolls=False, start="发布公告",
        breach="block_start", effect="不得开拍", source=f"{S1}第二十六条", settings=("notice_counting_strict",),
        checked_by="auction/listing/rules.py",
    ),
    Statutory(
        "L-13", "一拍流拍后再次拍卖", "30 日", days=30, start="一拍流拍", alarms=Alarms(
            after=(20, 25, 30), told_by="auction/listing/alarms.py", words="第 20、25、30 日，末次同时告知局长"
        ), source=f"{S1}第二十六条",
        opened_in=("auction/listing/next_round.py", "auction/in_kind/choose.py"),
    ),
    Statutory(
        "L-14", "竞价时间", "不少于 24 小时", hours=24, rolls=False, start="开拍", breach="reject",
        effect="不能保存或发布", source=f"{S1}第二十条", checked_by="auction/listing/rules.py",
    ),
    Statutory(
        "L-15", "竞价延时", "5 分钟", rolls=False, start="最后 5 分钟内的出价", breach="extend", effect="结束时间自动顺延",
        source=f"{S1}第二十条", settings=("extension_window_minutes",), checked_by="auction/bidding/rules.py",
    ),
    Statutory(
        "L-16", "退还保证金", "24 小时", hours=24, rolls=False, start="竞价结束或者退出报名", breach="alarm",
        effect="告知财务和局长，逐笔追办", owner=Role.FINANCE, alarms=Alarms(
            told_by="auction/payments/workers.py", words="12、20 小时"
        ), source=f"{S1}第二十三条", settings=("refund_alarm_hours",),
        opened_in=("auction/payments/refunds.py", "auction/revocation/reverse.py"),
    ),
    Statutory(
        "L-17", "买受人保证金划入法院账户", "24 小时", hours=24, rolls=False, start="成交", breach="alarm",
        effect="告知财务和局长，逐笔追办", owner=Role.FINANCE, alarms=Alarms(
            told_by="auction/payments/workers.py", words="12、20 小时"
        ), source=f"{S1}第二十五条", settings=("refund_alarm_hours",),
        opened_in=("auction/settlement/confirm.py",),
    ),
)  # fmt: skip

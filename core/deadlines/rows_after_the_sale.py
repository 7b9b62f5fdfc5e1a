"""Rulebook §12.1, L-18 to L-44: payment, delivery, the way between rounds, transfer between courts, remedies, long terms."""

from core.deadlines.row import NEAR_THE_END, Alarms, Statutory, Stop
from core.identity.actor import Role

S1, S3, S8 = "法释〔2016〕18号", "拍卖、变卖财产的规定", "执行程序若干问题的解释"
S5, S12, CPL = "执行工作若干问题的规定（试行）", "财产保全规定", "民事诉讼法"
BATCH = "法释〔2016〕6号批复"
JIANGSU = "江苏高院关于轮候查封和流拍案件的通知"
TALKS = (Stop.SUPPLEMENT,)
OBJECTIONS = ("disposal_teams/objections/accept.py", "disposal_teams/objections/progress.py")

ROWS = (
    Statutory(
        "L-18", "支付尾款", "按通知，默认 10 日", days=10, start="成交", breach="default",
        effect="提请合议庭认定悔拍，或者由局长准予延期", owner=Role.BIDDER, alarms=Alarms(
            told_by="auction/settlement/workers.py", words="届满前第 5、3、1 日提醒买受人"
        ), source=f"{S1}第二十五条", settings=("balance_due_days", "balance_grace_days_most"),
        opened_in=("auction/settlement/confirm.py", "auction/grace/decide.py"),
    ),
    Statutory(
        "L-19", "全款后作出成交裁定", "10 日", days=10, start="付清全款（以物抵债为付清差额）",
        owner=Role.CASE_OFFICER, alarms=NEAR_THE_END, source=f"{S3}第二十条", settings=("in_kind_ruling_days",),
        opened_in=("auction/settlement/paid.py", "auction/in_kind/choose.py"),
    ),
    Statutory(
        "L-20", "送达协助执行通知书", "5 日", days=5, start="裁定送达", owner=Role.CASE_OFFICER, alarms=NEAR_THE_END,
        source="法发〔2006〕35号", settings=("registry_notice_days",),
        opened_in=("auction/settlement/ruling.py", "auction/in_kind/ruling.py"),
    ),
    Statutory(
        "L-21", "裁定送达后交付", "15 日", days=15, start="裁定送达", breach="flag_eviction",
        effect="告知局长和买受人，作出强制腾退方案", owner=Role.CASE_OFFICER, alarms=NEAR_THE_END, source=f"{S3}第二十七条",
        opened_in=("auction/settlement/ruling.py", "auction/in_kind/ruling.py"),
    ),
    Statutory(
        "L-22", "流拍后征询以物抵债", "10 日", days=10, start="流拍", breach="continue", effect="视为不承受，处置继续",
        owner=Role.CREDITOR, source=f"{S3}第十六、二十三条", settings=("in_kind_inquiry_days",),
        opened_in=("auction/in_kind/open_offer.py",),
    ),
    Statutory(
        "L-23", "二拍流拍后发布变卖公告", "15 日", days=15, start="二拍流拍", alarms=Alarms(
            after=(8, 11, 14), told_by="auction/listing/alarms.py", words="第 8、11、14 日，末次同时告知局长"
        ), source=f"{S1}第二十六条", settings=("sell_off_notice_within_days",),
        opened_in=("auction/listing/next_round.py", "auction/in_kind/choose.py"),
    ),
    Statutory(
        "L-24", "变卖期", "60 日", days=60, rolls=False, start="变卖期开始", breach="other_measures",
        effect="变卖未成交，决定后续处理", stops=(Stop.SALE,), source=f"{S1}第二十六条", settings=("sell_off_window_days",),
        opened_in=("auction/closing/open_lots.py",),
    ),
    Statutory(
        "L-25", "暂缓、中止事由消失后恢复拍卖", "5 日", days=5, start="暂缓、中止的事由消失", effect="告知局长",
        owner=Role.CASE_OFFICER, alarms=NEAR_THE_END, source=f"{S1}第二十八条", opened_in=("auction/suspension/end_stay.py",),
    ),
    Statutory(
        "L-26", "股东优先购买权", "20 日", days=20, start="股东收到通知", breach="waived", effect="视为放弃优先购买权",
        owner=Role.CREDITOR, source="公司法第八十五条", settings=("shareholder_notice_days",),
        opened_in=("auction/listing/pre_emption.py",),
    ),
    Statutory(
        "L-27", "无益拍卖申请继续", "5 日", days=5, start="申请执行人收到通知", breach="withdraw", effect="撤回拍卖",
        owner=Role.CREDITOR, source=f"{S3}第六条", opened_in=("auction/worth_selling/no_surplus.py",),
    ),
    Statutory(
        "L-28", "首封后未处置", "超过 60 日", days=60, rolls=False, start="首先查封", breach="propose_letter",
        effect="建议轮候法院商请移送", source=f"{BATCH}第一条", settings=("transfer_idle_days",),
        checked_by="disposal_teams/transfers/propose.py",
    ),
    Statutory(
        "L-29", "答复处置权移交商请", "全国 15 日，江苏 5 日", days=5, start="首封法院收到商请函", breach="escalate",
        effect="自动报请共同上级法院协调", owner=Role.COMMAND_CENTRE, stops=TALKS, alarms=Alarms(
            told_by="disposal_teams/transfers/remind.py", words="第 1、3、5、10、14 日提醒"
        ), source=f"{BATCH}第二条；{JIANGSU}", settings=("transfer_answer_days_province", "transfer_answer_days_national"),
        opened_in=("disposal_teams/transfers/request.py",),
    ),
    Statutory(
        "L-30", "上级法院协调决定", "5 日", days=5, start="报请协调", breach="next_level", effect="告知上级法院领导和双方法院",
        owner=Role.INTERMEDIATE_COURT, alarms=NEAR_THE_END, source=JIANGSU, settings=("transfer_decision_days",),
        opened_in=("disposal_teams/transfers/escalate.py",), stops=TALKS,
    ),
    Statutory(
        "L-31", "保全后未处置", "超过 1 年", months=12, rolls=False, start="保全查封", breach="propose_letter",
        effect="建议轮候法院商请移送", source=f"{S12}第二十一条", checked_by="disposal_teams/transfers/propose.py",
    ),
    Statutory(
        "L-32", "对分配方案的异议", "异议、反对、起诉各 15 日", days=15, start="收到分配方案", breach="next_step",
        effect="进入下一步", owner=Role.CREDITOR, source="民事诉讼法解释第五百零九、五百一十条", alarms=NEAR_THE_END,
        settings=("plan_window_days",), opened_in=(
            "auction/proceeds/plan/serve.py", "auction/proceeds/objections/raise_objection.py",
            "auction/proceeds/objections/advance.py",
        ),
    ),
    Statutory(
        "L-33", "案款发放", "30 日", days=30, start="财务部门的到账通知", owner=Role.FINANCE, alarms=NEAR_THE_END,
        source="法发〔2017〕6号", settings=("payout_days", "payout_target_days"), opened_in=("auction/proceeds/open_file.py",),
    ),
    Statutory(
        "L-34", "延缓事由消失后发放", "10 日", days=10, start="延缓发放的事由消失", owner=Role.FINANCE, alarms=NEAR_THE_END,
        source="法发〔2017〕6号", settings=("payout_after_delay_days",),
        opened_in=("auction/proceeds/payout/delay.py",),
    ),
    Statutory(
        "L-35", "执行行为异议裁定", "15 日裁定；10 日申请复议；30 日复议，可延 30 日", days=15, start="异议立案",
        effect="告知审查部门和执行局局长", owner=Role.OBJECTION_PANEL, alarms=NEAR_THE_END,
        source=f"{CPL}第二百三十六条；{S8}第五至九条", opened_in=("disposal_teams/objections/accept.py",),
    ),
    Statutory(
        "L-36", "案外人异议裁定", "15 日裁定；15 日起诉", days=15, start="异议立案", effect="告知审查部门和执行局局长",
        owner=Role.OBJECTION_PANEL, alarms=NEAR_THE_END, source=f"{CPL}第二百三十八条；{S8}第十五、十六条",
        opened_in=("disposal_teams/objections/accept.py",),
    ),
    Statutory(
        "L-37", "执行期限", "6 个月（非诉 3 个月）", months=6, start="执行立案", breach="inaction_alert",
        effect="申请执行人可以向上一级法院申请执行", owner=Role.CASE_OFFICER, source=f"{CPL}第二百三十七条；{S5}第六十三条",
        settings=("execution_months", "non_litigation_months"), checked_by="disposal_teams/orders/rules.py",
    ),
    Statutory(
        "L-38", "参考价有效期", "不超过 1 年；届满后 6 个月内成交", months=12, rolls=False, start="参考价的基准日",
        breach="reissue", effect="重新出具", source="法释〔2018〕15号第二十七条", checked_by="valuation/expiry.py",
    ),
    Statutory(
        "L-39", "查封期限", "存款 1 年，动产 2 年，不动产等 3 年", rolls=False, start="查封、续封登记", breach="renew",
        effect="逾期未续封的查封失效，轮候在后的自动生效", source="民事诉讼法解释第四百八十五条", alarms=Alarms(
            told_by="disposal_teams/assets/guard_seals.py", words="届满前第 60、30、15、7 日"
        ), settings=("seal_margin_days",), checked_by="disposal_teams/assets/guard_seals.py",
    ),
    Statutory(
        "L-40", "自行变卖", "60 日；股权 3 个月", days=60, rolls=False, start="准许自行变卖", breach="return",
        effect="收回由法院处置", owner=Role.DEBTOR, source=f"{S5}第三十三条；法发〔2019〕35号", settings=("self_sale_days",),
        alarms=NEAR_THE_END, opened_in=("auction/self_sale/decide.py",),
    ),
    Statutory(
        "L-41", "上级法院暂缓", "3 个月，院长可以延长", months=3, rolls=False, start="上级法院决定暂缓", breach="resume",
        effect="上级未再通知的，可以恢复执行", owner=Role.INTERMEDIATE_COURT, alarms=NEAR_THE_END, source=f"{S5}第七十七条",
        opened_in=("auction/suspension/pause.py", "auction/suspension/end_stay.py"),
    ),
    Statutory(
        "L-42", "请求复议指令", "5 日", days=5, start="收到上级法院的命令", breach="end", effect="不再接受复议请求，命令照办",
        owner=Role.COMMAND_CENTRE, alarms=NEAR_THE_END, source=f"{S5}第七十二条",
        opened_in=("disposal_teams/orders/issue.py",),
    ),
    Statutory(
        "L-43", "数据保存期", "不少于 10 年", months=120, rolls=False, start="拍卖、询价程序结束", breach="block_purge",
        effect="不得删除", source=f"{S1}第二十九条", settings=("bidding_data_years",),
        checked_by="migrations/sql/080_retention.sql",
    ),
    Statutory(
        "L-44", "破产法院答复", "30 日", days=30, start="移送破产审查", breach="chase", effect="提醒承办人员催问",
        owner=Role.CASE_OFFICER, alarms=NEAR_THE_END, source="民事诉讼法解释第五百一十一至五百一十四条",
        opened_in=("auction/withdrawal/bankruptcy.py",),
    ),
)  # fmt: skip

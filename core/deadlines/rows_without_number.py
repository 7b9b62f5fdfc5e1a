"""Clocks that rulebook §12.1 does not number: those within one of its rows, and those of other rules."""

from core.deadlines.row import NEAR_THE_END, Alarms, Statutory, Stop
from core.identity.actor import Role

VALUING, TALKS = (Stop.VALUATION,), (Stop.SUPPLEMENT,)
S2, S8 = "法释〔2018〕15号", "执行程序若干问题的解释"
BATCH = "法释〔2016〕6号批复"
PLATFORM_RULE = "本系统运行规则"

ROWS = (
    Statutory(
        "A-09", "通知抵押权人查封", "及时（本系统按 3 日）", days=3, start="登记抵押权人", alarms=NEAR_THE_END,
        source="查封、扣押、冻结财产的规定第二十五条", opened_in=("disposal_teams/seal_duties/notices.py",),
    ),
    Statutory(
        "A-10", "通知共有人查封", "及时（本系统按 3 日）", days=3, start="登记共有人", alarms=NEAR_THE_END,
        source="查封、扣押、冻结财产的规定第十二条", opened_in=("disposal_teams/seal_duties/notices.py",),
    ),
    Statutory(
        "A-29", "和解分期履行", "按和解协议", rolls=False, start="裁定因和解中止", breach="resume",
        effect="申请执行人预先申请的，恢复处置；否则告知可以申请恢复", owner=Role.DEBTOR, alarms=NEAR_THE_END,
        source="执行和解若干问题的规定第九条", opened_in=("auction/compromise/agree.py",),
    ),
    Statutory(
        "B-05", "提交标的物质量资料", "按通知", start="通知被执行人提交", effect="提醒承办人员和执行局局长", owner=Role.DEBTOR,
        source="法释〔2016〕18号第十五条", opened_in=("disposal_teams/quality/demand.py",),
    ),
    Statutory(
        "B-35", "悔拍后重新拍卖", "30 日", days=30, start="认定悔拍", alarms=Alarms(
            after=(20, 25, 30), told_by="auction/listing/alarms.py", words="第 20、25、30 日，末次同时告知局长"
        ), source="法释〔2016〕18号第二十四条", settings=("re_auction_within_days",),
        opened_in=("auction/listing/next_round.py",),
    ),
    Statutory(
        "B-60立案", "异议立案", "3 日", days=3, start="收到异议", effect="告知审查部门和执行局局长",
        owner=Role.OBJECTION_PANEL, source=f"{S8}第五条", opened_in=("disposal_teams/objections/submit.py",),
    ),
    Statutory(
        "B-60通知", "通知异议当事人", "3 日", days=3, start="异议立案", effect="告知审查部门和执行局局长",
        owner=Role.OBJECTION_PANEL, source=f"{S8}第五条", opened_in=("disposal_teams/objections/accept.py",),
    ),
    Statutory(
        "B-60补正", "补正异议材料", "3 日", days=3, start="通知补正", effect="提醒审查部门处理", owner=Role.CREDITOR,
        source=f"{S8}第五条", opened_in=("disposal_teams/objections/accept.py",),
    ),
    Statutory(
        "B-72", "占用人迁出", "按腾退公告，不少于 5 日", start="院长签发腾退公告", breach="flag_eviction",
        effect="提请作出强制腾退方案", owner=Role.CASE_OFFICER, alarms=NEAR_THE_END, source="民事诉讼法第二百六十一条",
        settings=("leave_least_days",), opened_in=("auction/delivery/clear.py",),
    ),
    Statutory(
        "B-74", "补交抵债差额", "10 日", days=10, start="确定承受人", breach="next_step", effect="由下一顺位的债权人承受",
        owner=Role.CREDITOR, source="拍卖、变卖财产的规定第十六条", settings=("in_kind_difference_days",),
        opened_in=("auction/in_kind/choose.py",),
    ),
    Statutory(
        "D-06", "终本案件财产查询", "五年内每 6 个月", months=6, start="终结本次执行程序；上次查询期届满",
        effect="提醒承办人员和执行局局长", owner=Role.CASE_OFFICER, alarms=NEAR_THE_END, source="法〔2016〕373号第九条",
        opened_in=("disposal_teams/conclusions/search.py",),
    ),
    Statutory(
        "L-07送交", "异议送交评估机构", "3 日", days=3, start="受理对报告的异议", stops=VALUING, source=f"{S2}第二十三条",
        opened_in=("valuation/objections/answer.py",),
    ),
    Statutory(
        "L-35申请复议", "申请复议", "10 日", days=10, start="裁定送达", breach="end", effect="裁定生效", owner=Role.CREDITOR,
        source="民事诉讼法第二百三十六条", opened_in=("disposal_teams/objections/rule.py",),
    ),
    Statutory(
        "L-35复议", "复议裁定", "30 日，可延 30 日", days=30, start="收到复议申请", effect="告知复议法院的审查部门和局长",
        owner=Role.OBJECTION_PANEL, alarms=NEAR_THE_END, source=f"{S8}第九条", opened_in=("disposal_teams/objections/review.py",),
    ),
    Statutory(
        "L-36起诉", "提起执行异议之诉", "15 日", days=15, start="裁定送达", breach="end", effect="裁定生效，恢复处置",
        owner=Role.CREDITOR, source="民事诉讼法第二百三十八条", opened_in=("disposal_teams/objections/rule.py",),
    ),
    Statutory(
        "LEAD", "线索核查与反馈", "3 日受理，15 日反馈", start="收到线索；受理", owner=Role.COMMAND_CENTRE, alarms=NEAR_THE_END,
        source=PLATFORM_RULE, settings=("lead_accept_days", "lead_answer_days"),
        opened_in=("disposal_teams/leads/report.py", "disposal_teams/leads/handle.py"),
    ),
    Statutory(
        "LIVE-SEAL", "报告查封财产使用情况", "按决定，7 至 180 日", start="准许继续使用查封财产；上次报告", breach="end",
        effect="不得继续使用", rolls=False, owner=Role.DEBTOR, alarms=NEAR_THE_END, source="法发〔2019〕35号",
        opened_in=("disposal_teams/forbearance/live_seal.py",),
    ),
    Statutory(
        "M-02", "现金交财务", "当日；确有困难的次日", rolls=False, start="当场收取现金", effect="告知承办人员和执行局局长",
        owner=Role.CASE_OFFICER, source="法发〔2017〕6号", opened_in=("auction/cash/take.py",),
    ),
    Statutory(
        "T-03", "补正商请移送材料", "3 日", days=3, start="首封法院退回补正", effect="提醒商请法院的承办人员和局长",
        owner=Role.CASE_OFFICER, source=f"{BATCH}第二条", opened_in=("disposal_teams/transfers/answer.py",),
    ),
    Statutory(
        "T-04", "移交材料", "3 日", days=3, start="处置权移交", effect="记录逾期移交，告知双方法院", owner=Role.CASE_OFFICER,
        source=f"{BATCH}第二条", settings=("transfer_handover_days",), opened_in=("disposal_teams/transfers/hand_over.py",),
    ),
    Statutory(
        "T-05", "告知处置结果", "10 日", days=10, start="成交裁定送达", owner=Role.CASE_OFFICER, alarms=NEAR_THE_END,
        source=f"{BATCH}第三条", settings=("transfer_result_days",), opened_in=("auction/disposal_results/open_result.py",),
    ),
    Statutory(
        "T-06", "上级指定的处置期限", "按协调决定", start="协调决定", alarms=NEAR_THE_END, source=f"{BATCH}第四条",
        opened_in=("disposal_teams/transfers/decide.py",),
    ),
    Statutory(
        "T-12", "接收法院立案", "7 日", days=7, start="提级、指定执行的裁定送达", owner=Role.CASE_OFFICER, alarms=NEAR_THE_END,
        source="江苏高院关于轮候查封和流拍案件的通知", opened_in=("disposal_teams/orders/issue.py",),
    ),
    Statutory(
        "T-20", "限期执行逾期后的处理", "7 日", days=7, start="限期届满未执行", effect="提醒上级法院承办人员和局长",
        owner=Role.INTERMEDIATE_COURT, alarms=NEAR_THE_END, source="民事诉讼法第二百三十七条",
        opened_in=("disposal_teams/orders/follow.py",),
    ),
    Statutory(
        "T-25", "指令办理", "一般 7 日，紧急 2 日，特急 4 小时", start="指令到达承办法院", breach="escalate",
        effect="逐级升级：局长、中院执行局、月度通报", owner=Role.CASE_OFFICER, alarms=NEAR_THE_END, source=PLATFORM_RULE,
        settings=("instruction_normal_days", "instruction_urgent_days", "instruction_critical_hours"),
        opened_in=("disposal_teams/instructions/progress.py",),
    ),
    Statutory(
        "V-02", "议价或者定向询价", "由法院确定，默认 7 日", start="通知双方议价；发出询价函", breach="next_step",
        effect="转入下一方式", owner=Role.CREDITOR, stops=VALUING, source=f"{S2}第四、六条",
        settings=("agreement_days", "directed_inquiry_days"),
        opened_in=("valuation/agreement/invite.py", "valuation/directed_inquiry/ask.py"),
    ),
    Statutory(
        "V-20", "协商选择评估机构", "由法院确定，默认 7 日", start="通知双方协商", breach="next_step", effect="摇号确定",
        owner=Role.CREDITOR, stops=VALUING, source=f"{S2}第十六条", settings=("selection_days",),
        opened_in=("valuation/selection/begin.py",),
    ),
    Statutory(
        "V-24", "评估机构说明、补正", "3 日", days=3, start="法院要求说明或者补正", effect="提醒处置团队", owner=Role.APPRAISER,
        stops=VALUING, source=f"{S2}第二十条", opened_in=("valuation/appraisal/demands.py",),
    ),
    Statutory(
        "V-31评审", "专业技术评审", "由法院确定，默认 15 日", start="委托评审", effect="催办", stops=VALUING, alarms=NEAR_THE_END,
        source=f"{S2}第二十三条", settings=("expert_review_days",), opened_in=("valuation/objections/papers.py",),
    ),
    Statutory(
        "V-32", "参考价执行监督审查", "30 日", days=30, start="收到监督申请", effect="提醒上级法院承办人员和局长",
        owner=Role.INTERMEDIATE_COURT, alarms=NEAR_THE_END, source=f"{S2}第二十五条", settings=("price_supervision_days",),
        opened_in=("valuation/supervision/review.py",),
    ),
    Statutory(
        "X-09", "变卖未成交后的处理", "15 日", days=15, start="变卖期满无人竞买", alarms=NEAR_THE_END,
        source="拍卖、变卖财产的规定第二十五、三十二条", settings=("after_sell_off_days",),
        opened_in=("auction/unsold/workers.py",),
    ),
    Statutory(
        "§10-35", "司法建议的答复", "按建议书", start="发出司法建议", effect="提醒承办人员和执行局局长", owner=Role.CASE_OFFICER,
        source=PLATFORM_RULE, opened_in=("disposal_teams/suggestions/suggest.py",),
    ),
)  # fmt: skip

"""The lines of the publish checklist about the asset and its case (§12.3). Pure."""

from datetime import timedelta

from auction.direct_sale.models import DirectPriceBasis
from auction.direct_sale.rules import BASIS_LABELS, GROUND_LABELS
from auction.listing import rules
from auction.listing.disclosure import (
    NO_SURPLUS_ANSWERS,
)
from auction.listing.publish_facts import ChecklistLine, PublishFacts, line
from core.i18n import Message, msg
from core.money import yuan
from disposal_teams.assets.models import AssetKind, LeaseStatus, SoleHome


def seal_line(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    if facts.seal_ends_on is None:
        problem = msg("没有生效的查封。")
    elif facts.seal_ends_on < facts.publish_on:
        problem = msg("查封已于 {day} 到期。", day=facts.seal_ends_on.isoformat())
    elif facts.delivery_expected_on is not None and facts.seal_ends_on < facts.delivery_expected_on:
        problem = msg(
            "查封 {day} 到期，早于预计交付日 {delivery}。",
            day=facts.seal_ends_on.isoformat(),
            delivery=facts.delivery_expected_on.isoformat(),
        )
    return line(
        "seal",
        "A-02",
        msg("查封有效且覆盖预计交付日"),
        problem,
        msg("查封至 {day}", day=str(facts.seal_ends_on)),
        msg("请先办理续行查封并登记新的到期日。"),
    )


def survey_line(facts: PublishFacts) -> ChecklistLine:
    """Nothing is auctioned without a record of title and occupation (A-16), and an old one is renewed (A-15)."""
    problem: Message | None = None
    if facts.survey is None:
        problem = msg("没有完成的调查表。")
    elif facts.publish_on - facts.survey.surveyed_on > timedelta(days=facts.settings.survey_fresh_days):
        problem = msg(
            "调查于 {day} 完成，已超过 {days} 天。",
            day=facts.survey.surveyed_on.isoformat(),
            days=facts.settings.survey_fresh_days,
        )
    return line(
        "survey",
        "A-15",
        msg("财产现状调查完整且未过时"),
        problem,
        msg(
            "{day} 调查，{count} 项均附依据",
            day=str(facts.survey and facts.survey.surveyed_on),
            count=facts.survey.lines if facts.survey else 0,
        ),
        msg("请完成或重新进行现状调查。"),
    )


def price_line(facts: PublishFacts) -> ChecklistLine:
    direct = facts.basis.direct
    if direct is not None and direct.price_basis is not DirectPriceBasis.APPRAISAL:
        return line(
            "reference_price",
            "A-22",
            msg("变卖价的依据已经确定"),
            None,
            msg(
                "{basis} {yuan} 元", basis=msg(BASIS_LABELS[direct.price_basis]), yuan=yuan(direct.basis_fen)
            ),
            msg(""),
        )
    problem = facts.price_state if facts.price is None else facts.price.problem
    return line(
        "reference_price",
        "V-34",
        msg("参考价已确定、异议期已过且在有效期内"),
        problem,
        msg(
            "{yuan} 元，{source}，有效期至 {day}",
            yuan=yuan(facts.price.price_fen) if facts.price else "",
            source=facts.price.source if facts.price else "",
            day=facts.price.valid_until.isoformat() if facts.price else "",
        ),
        msg("请完成参考价程序；已过有效期的请通知评估机构重新出具。"),
    )


def parts_line(facts: PublishFacts) -> ChecklistLine:
    return line(
        "parts",
        "B-03",
        msg("合并拍卖的每一项财产均具备上拍条件"),
        facts.parts_problem,
        msg("单项拍卖，或者各项财产均已具备条件"),
        msg("请逐项补齐；不再合并的，请撤回草稿后由合议庭重新决定。"),
    )


def direct_sale_line(facts: PublishFacts) -> ChecklistLine:
    direct = facts.basis.direct
    return line(
        "direct_sale",
        "A-21",
        msg("不经拍卖直接变卖的事由成立"),
        facts.direct_problem,
        msg(GROUND_LABELS[direct.ground]) if direct else msg("经拍卖程序，不适用"),
        msg("请由合议庭重新决定直接变卖，或改为拍卖。"),
    )


def self_sale_line(facts: PublishFacts) -> ChecklistLine:
    return line(
        "self_sale",
        "A-26",
        msg("被执行人没有正在自行变卖"),
        msg("已准许被执行人自行变卖，期限尚未届满。") if facts.is_in_self_sale else None,
        msg("没有正在进行的自行变卖"),
        msg("请等待期满，或者由被执行人撤回后再发布公告。"),
    )


def shares_line(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    evidence = msg("不是股权，不适用")
    if facts.kind is AssetKind.SHARES:
        until = facts.shareholders_until
        evidence = msg("公司和全体股东均已通知，优先购买期至 {time}", time=rules.shown(until))
        if until is None:
            problem = msg("尚未通知公司和全体股东。")
        elif facts.ends_at is not None and facts.ends_at < until:
            problem = msg(
                "股东的二十日优先购买期至 {time} 届满，竞价结束须晚于该时间。", time=rules.shown(until)
            )
    return line(
        "shareholders",
        "B-22",
        msg("股权：股东二十日优先购买期"),
        problem,
        evidence,
        msg("请通知公司和全体股东，并把竞价结束时间安排在二十日之后。"),
    )


def transfer_line(facts: PublishFacts) -> ChecklistLine:
    problem = (
        msg("有未办结的处置权移送申请。") if facts.transfer_open and not facts.transfer_approved else None
    )
    return line(
        "transfer",
        "T-01",
        msg("没有未办结的处置权移送"),
        problem,
        msg("没有未办结的移送申请"),
        msg("请先答复移送函；确需先行拍卖的，请申请法院同意或报上级法院批准。"),
    )


def objection_line(facts: PublishFacts) -> ChecklistLine:
    return line(
        "objection",
        "B-61",
        msg("没有未决的案外人异议或暂缓"),
        msg("标的物处于中止或暂缓状态。") if facts.objection_open else None,
        msg("没有未决事项"),
        msg("请等待异议审查结果，或恢复执行后再发布。"),
    )


def in_kind_line(facts: PublishFacts) -> ChecklistLine:
    return line(
        "in_kind",
        "B-74",
        msg("没有未结束的以物抵债征询"),
        msg("正在征询债权人以物抵债，或已有债权人接受。") if facts.in_kind_open else None,
        msg("没有未结束的征询"),
        msg("请等待征询期届满，或全部债权人答复后再发布。"),
    )


def sole_home_line(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    if facts.kind is AssetKind.REAL_ESTATE and facts.sole_home is SoleHome.UNKNOWN:
        problem = msg("尚未查明是否为被执行人唯一住房。")
    applies = facts.kind is AssetKind.REAL_ESTATE
    return line(
        "sole_home",
        "A-08",
        msg("唯一住房问题已经处理"),
        problem,
        msg("已查明") if applies else msg("不是房产，不适用"),
        msg("请在标的物资料中填写查明结果和安置方式。"),
    )


def lease_line(facts: PublishFacts) -> ChecklistLine:
    open_ = {LeaseStatus.UNKNOWN, LeaseStatus.DISPUTED}
    real = facts.kind in {AssetKind.REAL_ESTATE, AssetKind.LAND}
    problem = msg("租赁情况尚未查明或仍有争议。") if real and facts.lease in open_ else None
    return line(
        "lease",
        "A-17",
        msg("是否带租拍卖已有结论"),
        problem,
        msg("已有结论") if real else msg("不适用"),
        msg("请核实租赁的真实性并在标的物资料中填写结论。"),
    )


def excess_line(facts: PublishFacts) -> ChecklistLine:
    covered = facts.claim_fen > 0 and facts.other_lots_fen >= facts.claim_fen
    problem = None
    if covered and not facts.disclosure.excess_checked and not facts.sells_all:
        problem = msg("同案其他拍品已足以清偿债权 {yuan} 元。", yuan=yuan(facts.claim_fen))
    problem = problem or facts.excess_problem
    return line(
        "excess",
        "A-24",
        msg("没有超标的处置"),
        problem,
        msg("已核对同案其他拍品"),
        msg("被执行人同意全部拍卖或财产不可分的，请在草稿中确认后再发布。"),
    )


def no_surplus_line(facts: PublishFacts) -> ChecklistLine:
    answer = NO_SURPLUS_ANSWERS.get(facts.disclosure.no_surplus)
    return line(
        "no_surplus",
        "A-23",
        msg("无益拍卖已经测算并有结论"),
        facts.surplus_problem if answer else msg("尚未回答拍卖是否有剩余。"),
        msg(answer or ""),
        msg("请在草稿中选择测算结论；没有剩余的，在“是否值得拍卖”页面测算并询问申请执行人。"),
    )

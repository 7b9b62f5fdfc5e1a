"""The publish checklist of rulebook §12.3 as data. Pure: facts in, one line per rule out, green or red.

A line says what was found (`evidence`) and, when red, what to do (`remedy`). Publishing is blocked while a line is red.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from auction.listing import rules
from auction.listing.disclosure import (
    NO_SURPLUS_ANSWERS,
    PUBLICITY_ITEMS,
    SPECIAL_WARNINGS,
    Disclosure,
    missing_publicity,
    missing_warnings,
)
from auction.listing.models import Round
from auction.listing.rules import ListingPolicy, Notified
from core.i18n import Message, msg
from core.money import yuan
from disposal_teams.assets.models import AssetKind, LeaseStatus, SoleHome


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """The fixed reference price, as far as publishing needs it. `problem` is the answer of V-34."""

    price_fen: int
    source: str
    valid_until: date
    problem: Message | None


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """The panel's record (B-03): figures in fen."""

    starting_price_fen: int
    increment_fen: int
    deposit_fen: int
    members: tuple[str, ...]
    decided_on: date


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """The newest complete survey (A-15)."""

    surveyed_on: date
    lines: int


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """Everything the checklist looks at. Dates are court days, money in fen."""

    publish_on: date
    round: Round
    rerun: int
    is_movable: bool
    kind: AssetKind
    starting_price_fen: int
    increment_fen: int
    deposit_fen: int
    balance_due_days: int
    starts_at: datetime | None
    ends_at: datetime | None
    earliest_start: datetime
    delivery_expected_on: date | None
    seal_ends_on: date | None
    survey: SurveyFacts | None
    price: PriceFacts | None
    price_state: Message
    previous_start_fen: int | None
    rerun_of_fen: int | None
    panel: PanelFacts | None
    notified: tuple[Notified, ...]
    shareholders_notified_on: date | None
    transfer_open: bool
    transfer_approved: bool
    objection_open: bool
    sole_home: SoleHome
    lease: LeaseStatus
    disclosure: Disclosure
    court_account: bool
    claim_fen: int
    other_lots_fen: int
    policy: ListingPolicy = field(default_factory=ListingPolicy)


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line of the checklist. `id` is stable and names the line in audit events and tests."""

    id: str
    rule: str
    title: Message
    ok: bool
    evidence: Message
    remedy: Message | None = None


def _line(
    id_: str, rule: str, title: Message, problem: Message | None, evidence: Message, remedy: Message
) -> ChecklistLine:
    if problem is None:
        return ChecklistLine(id_, rule, title, True, evidence)
    return ChecklistLine(id_, rule, title, False, problem, remedy)


def _seal(facts: PublishFacts) -> ChecklistLine:
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
    return _line(
        "seal",
        "A-02",
        msg("查封有效且覆盖预计交付日"),
        problem,
        msg("查封至 {day}", day=str(facts.seal_ends_on)),
        msg("请先办理续行查封并登记新的到期日。"),
    )


def _survey(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    if facts.survey is None:
        problem = msg("没有完成的调查表。")
    elif facts.publish_on - facts.survey.surveyed_on > timedelta(days=facts.policy.survey_fresh_days):
        problem = msg(
            "调查于 {day} 完成，已超过 {days} 天。",
            day=facts.survey.surveyed_on.isoformat(),
            days=facts.policy.survey_fresh_days,
        )
    return _line(
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


def _price(facts: PublishFacts) -> ChecklistLine:
    problem = facts.price_state if facts.price is None else facts.price.problem
    return _line(
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


def _panel(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    panel = facts.panel
    if panel is None:
        problem = msg("没有合议庭对本拍次的决定。")
    elif (panel.starting_price_fen, panel.increment_fen, panel.deposit_fen) != (
        facts.starting_price_fen,
        facts.increment_fen,
        facts.deposit_fen,
    ):
        problem = msg("草稿中的起拍价、增价幅度或保证金与合议庭决定不一致。")
    else:
        problem = rules.check_panel(list(panel.members))
    return _line(
        "panel",
        "B-03",
        msg("合议庭决定已记录且与草稿一致"),
        problem,
        msg(
            "{day} 合议：{members}",
            day=panel.decided_on.isoformat() if panel else "",
            members="、".join(panel.members) if panel else "",
        ),
        msg("请录入合议笔录，或按合议庭决定修改草稿。"),
    )


def _start(facts: PublishFacts) -> ChecklistLine:
    problem = rules.check_start(
        facts.round,
        facts.starting_price_fen,
        reference_fen=facts.price.price_fen if facts.price else None,
        previous_start_fen=facts.previous_start_fen,
        rerun_of_fen=facts.rerun_of_fen,
        policy=facts.policy,
    ) or rules.check_increment(facts.starting_price_fen, facts.increment_fen)
    return _line(
        "start_price",
        rules.start_rule(facts.round),
        msg("起拍价符合本拍次的下限"),
        problem,
        msg("起拍价 {yuan} 元", yuan=yuan(facts.starting_price_fen)),
        msg("请由合议庭重新决定起拍价。"),
    )


def _deposit(facts: PublishFacts) -> ChecklistLine:
    share = facts.deposit_fen * 1000 // facts.starting_price_fen
    return _line(
        "deposit",
        "B-30",
        msg("保证金在起拍价的 5%–20% 之间"),
        rules.check_deposit(facts.starting_price_fen, facts.deposit_fen, policy=facts.policy),
        msg(
            "保证金 {yuan} 元，为起拍价的 {percent}%",
            yuan=yuan(facts.deposit_fen),
            percent=f"{share // 10}.{share % 10}",
        ),
        msg("请由合议庭重新决定保证金。"),
    )


def _balance(facts: PublishFacts) -> ChecklistLine:
    low, high = facts.policy.balance_days_min, facts.policy.balance_days_max
    problem = (
        None
        if low <= facts.balance_due_days <= high
        else msg("尾款期限须为 {low} 至 {high} 天。", low=low, high=high)
    )
    return _line(
        "balance_days",
        "B-70",
        msg("尾款期限合理"),
        problem,
        msg("成交后 {days} 天内付清", days=facts.balance_due_days),
        msg("请修改草稿中的尾款期限。"),
    )


def _period(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None
    if facts.starts_at is None or facts.ends_at is None:
        problem = msg("尚未确定开拍和结束时间。")
    elif facts.starts_at < facts.earliest_start:
        problem = msg("公告期不足：最早可以在 {earliest} 开拍。", earliest=rules.shown(facts.earliest_start))
    else:
        problem = None
    days = rules.notice_days(facts.round, is_movable=facts.is_movable, rerun=facts.rerun, policy=facts.policy)
    return _line(
        "notice_period",
        rules.notice_rule(facts.round, rerun=facts.rerun),
        msg("公告期满足本拍次和财产类型的要求"),
        problem,
        msg("公告 {days} 天，{start} 开拍", days=days, start=rules.shown(facts.starts_at)),
        msg("请把开拍时间改到 {earliest} 或以后。", earliest=rules.shown(facts.earliest_start)),
    )


def _bidding_time(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None
    sell_off = facts.round is Round.SELL_OFF
    if facts.starts_at is None or facts.ends_at is None:
        problem = msg("尚未确定开拍和结束时间。")
    elif sell_off:
        problem = rules.check_sell_off_period(
            starts_at=facts.starts_at, ends_at=facts.ends_at, policy=facts.policy
        )
    else:
        problem = rules.check_bidding_time(
            starts_at=facts.starts_at, ends_at=facts.ends_at, policy=facts.policy
        )
    return _line(
        "bidding_time",
        "X-03" if sell_off else "L-14",
        msg("变卖期为 60 天") if sell_off else msg("竞价时间不少于 24 小时"),
        problem,
        msg("{start} 至 {end}", start=rules.shown(facts.starts_at), end=rules.shown(facts.ends_at)),
        msg("请修改结束时间。"),
    )


def _notified(facts: PublishFacts) -> ChecklistLine:
    gaps = [
        gap
        for person in facts.notified
        if (gap := rules.notification_gap(person, publish_on=facts.publish_on, policy=facts.policy))
        is not None
    ]
    problem = gaps[0] if gaps else None
    if not facts.notified:
        problem = msg("案件中没有当事人，无从通知。")
    elif len(gaps) > 1:
        problem = msg("{count} 人尚未满足通知要求。{first}", count=len(gaps), first=gaps[0])
    return _line(
        "notified",
        "B-20",
        msg("当事人和优先购买权人已提前三日通知"),
        problem,
        msg("{count} 人均已通知、公示或书面放弃", count=len(facts.notified)),
        msg("请发出拍卖通知书并登记签收；无法送达的先公示五日。"),
    )


def _shares(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    evidence = msg("不是股权，不适用")
    if facts.kind is AssetKind.SHARES:
        evidence = msg("{day} 通知公司和全体股东", day=str(facts.shareholders_notified_on))
        if facts.shareholders_notified_on is None:
            problem = msg("尚未通知公司和全体股东。")
        elif facts.ends_at is not None and facts.ends_at.date() <= facts.shareholders_notified_on + timedelta(
            days=facts.policy.shares_days
        ):
            problem = msg("竞价结束须晚于通知股东后的第二十日。")
    return _line(
        "shareholders",
        "B-22",
        msg("股权：股东二十日优先购买期"),
        problem,
        evidence,
        msg("请通知公司和全体股东，并把竞价结束时间安排在二十日之后。"),
    )


def _transfer(facts: PublishFacts) -> ChecklistLine:
    problem = (
        msg("有未办结的处置权移送申请。") if facts.transfer_open and not facts.transfer_approved else None
    )
    return _line(
        "transfer",
        "T-01",
        msg("没有未办结的处置权移送"),
        problem,
        msg("没有未办结的移送申请"),
        msg("请先答复移送函；确需先行拍卖的，请申请法院同意或报上级法院批准。"),
    )


def _objection(facts: PublishFacts) -> ChecklistLine:
    return _line(
        "objection",
        "B-61",
        msg("没有未决的案外人异议或暂缓"),
        msg("标的物处于中止或暂缓状态。") if facts.objection_open else None,
        msg("没有未决事项"),
        msg("请等待异议审查结果，或恢复执行后再发布。"),
    )


def _no_surplus(facts: PublishFacts) -> ChecklistLine:
    answer = NO_SURPLUS_ANSWERS.get(facts.disclosure.no_surplus)
    return _line(
        "no_surplus",
        "A-23",
        msg("无益拍卖已经测算并有结论"),
        None if answer else msg("尚未回答拍卖是否有剩余。"),
        msg(answer or ""),
        msg("请在草稿中选择测算结论。"),
    )


def _sole_home(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    if facts.kind is AssetKind.REAL_ESTATE and facts.sole_home is SoleHome.UNKNOWN:
        problem = msg("尚未查明是否为被执行人唯一住房。")
    applies = facts.kind is AssetKind.REAL_ESTATE
    return _line(
        "sole_home",
        "A-08",
        msg("唯一住房问题已经处理"),
        problem,
        msg("已查明") if applies else msg("不是房产，不适用"),
        msg("请在标的物资料中填写查明结果和安置方式。"),
    )


def _lease(facts: PublishFacts) -> ChecklistLine:
    open_ = {LeaseStatus.UNKNOWN, LeaseStatus.DISPUTED}
    real = facts.kind in {AssetKind.REAL_ESTATE, AssetKind.LAND}
    problem = msg("租赁情况尚未查明或仍有争议。") if real and facts.lease in open_ else None
    return _line(
        "lease",
        "A-17",
        msg("是否带租拍卖已有结论"),
        problem,
        msg("已有结论") if real else msg("不适用"),
        msg("请核实租赁的真实性并在标的物资料中填写结论。"),
    )


def _taxes(facts: PublishFacts) -> ChecklistLine:
    return _line(
        "taxes",
        "B-90",
        msg("税费表已填写，由法定义务人负担"),
        None if facts.disclosure.taxes else msg("没有税费表。"),
        msg("{count} 项税费", count=len(facts.disclosure.taxes)),
        msg("请在草稿中填写税费表。"),
    )


def _delivery(facts: PublishFacts) -> ChecklistLine:
    delivery = facts.disclosure.delivery
    return _line(
        "delivery",
        "B-72",
        msg("交付说明写明由谁腾退、何时交付"),
        None if delivery else msg("没有交付说明。"),
        msg(delivery.text if delivery else ""),
        msg("请在草稿中填写交付方式。"),
    )


def _qualification(facts: PublishFacts) -> ChecklistLine:
    return _line(
        "qualification",
        "B-17",
        msg("竞买人资格要求已写明"),
        None if facts.disclosure.qualification else msg("没有写明资格要求。"),
        msg("已写明"),
        msg("请按本市政策填写资格要求；没有限制的也请写明。"),
    )


def _warnings(facts: PublishFacts) -> ChecklistLine:
    missing = missing_warnings(facts.disclosure)
    return _line(
        "special_warnings",
        "B-13",
        msg("七项特别提示齐全"),
        msg(
            "缺少 {count} 项特别提示，第一项是：{first}",
            count=len(missing),
            first=msg(SPECIAL_WARNINGS[missing[0]]),
        )
        if missing
        else None,
        msg("七项齐全"),
        msg("请在草稿中勾选全部特别提示。"),
    )


def _publicity(facts: PublishFacts) -> ChecklistLine:
    missing = missing_publicity(
        facts.disclosure,
        survey_lines=facts.survey.lines if facts.survey else 0,
        court_account=facts.court_account,
    )
    return _line(
        "publicity",
        "B-12",
        msg("十一项公示内容齐全"),
        msg("缺少：{items}", items="、".join(PUBLICITY_ITEMS[code] for code in missing)) if missing else None,
        msg("十一项齐全"),
        msg("请补齐缺少的公示内容。"),
    )


def _excess(facts: PublishFacts) -> ChecklistLine:
    covered = facts.claim_fen > 0 and facts.other_lots_fen >= facts.claim_fen
    problem = None
    if covered and not facts.disclosure.excess_checked:
        problem = msg("同案其他拍品已足以清偿债权 {yuan} 元。", yuan=yuan(facts.claim_fen))
    return _line(
        "excess",
        "A-24",
        msg("没有超标的处置"),
        problem,
        msg("已核对同案其他拍品"),
        msg("被执行人同意全部拍卖或财产不可分的，请在草稿中确认后再发布。"),
    )


LINES: tuple[Callable[[PublishFacts], ChecklistLine], ...] = (
    _seal,
    _survey,
    _price,
    _panel,
    _start,
    _deposit,
    _balance,
    _period,
    _bidding_time,
    _notified,
    _shares,
    _transfer,
    _objection,
    _no_surplus,
    _sole_home,
    _lease,
    _taxes,
    _delivery,
    _qualification,
    _warnings,
    _publicity,
    _excess,
)
"""The checklist in the order in which it is read."""


def run_checklist(facts: PublishFacts) -> list[ChecklistLine]:
    """Every line of §12.3 for these facts."""
    return [line(facts) for line in LINES]

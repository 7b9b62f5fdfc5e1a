"""The lines of the publish checklist about the notice itself (§12.3). Pure."""

from auction.direct_sale.rules import check_period
from auction.listing import rules
from auction.listing.buyer_fees import buyer_fees
from auction.listing.disclosure import SPECIAL_WARNINGS, WARNING_LABELS, is_shifted
from auction.listing.models import Round
from auction.listing.publicity import Publicised, publicity_items
from auction.listing.publish_facts import ChecklistLine, PublishFacts, line
from auction.listing.special_disclosures import special_gap, special_items
from auction.platforms.rules import PLATFORM_LABELS, elsewhere
from core.deadlines.rules import day_in_court
from core.i18n import Message, msg
from core.money import yuan


def platform_line(facts: PublishFacts) -> ChecklistLine:
    return line(
        "platform",
        "B-02",
        msg("在申请执行人选定或者法院指定的平台拍卖"),
        elsewhere(facts.platform),
        msg("平台：{platform}", platform=msg(PLATFORM_LABELS[facts.platform])),
        msg("请在选定的平台发布；申请执行人改选的，请登记。"),
    )


def panel_line(facts: PublishFacts) -> ChecklistLine:
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
    elif panel.ceiling_bids_allowed != facts.ceiling_bids_allowed:
        problem = msg("草稿是否允许委托限价与合议庭决定不一致。")
    else:
        problem = rules.check_panel(list(panel.members))
    return line(
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


def start_line(facts: PublishFacts) -> ChecklistLine:
    problem = facts.basis.problem(facts.starting_price_fen) or rules.check_increment(
        facts.starting_price_fen, facts.increment_fen
    )
    return line(
        "start_price",
        facts.basis.rule,
        msg("起拍价符合本拍次的下限"),
        problem,
        msg("起拍价 {yuan} 元", yuan=yuan(facts.starting_price_fen)),
        msg("请由合议庭重新决定起拍价。"),
    )


def deposit_line(facts: PublishFacts) -> ChecklistLine:
    share = facts.deposit_fen * 1000 // facts.starting_price_fen
    return line(
        "deposit",
        "B-30",
        msg("保证金在起拍价的 5%–20% 之间"),
        facts.basis.deposit_problem(facts.starting_price_fen, facts.deposit_fen),
        msg(
            "保证金 {yuan} 元，为起拍价的 {percent}%",
            yuan=yuan(facts.deposit_fen),
            percent=f"{share // 10}.{share % 10}",
        ),
        msg("请由合议庭重新决定保证金。"),
    )


def balance_line(facts: PublishFacts) -> ChecklistLine:
    low, high = facts.settings.balance_due_days_least, facts.settings.balance_due_days_most
    problem = (
        None
        if low <= facts.balance_due_days <= high
        else msg("尾款期限须为 {low} 至 {high} 天。", low=low, high=high)
    )
    return line(
        "balance_days",
        "B-70",
        msg("尾款期限合理"),
        problem,
        msg("成交后 {days} 天内付清", days=facts.balance_due_days),
        msg("请修改草稿中的尾款期限。"),
    )


def period_line(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None
    if facts.starts_at is None or facts.ends_at is None:
        problem = msg("尚未确定开拍和结束时间。")
    elif facts.starts_at < facts.earliest_start:
        problem = msg("公告期不足：最早可以在 {earliest} 开拍。", earliest=rules.shown(facts.earliest_start))
    else:
        problem = None
    days = rules.notice_days(
        facts.round, is_movable=facts.is_movable, rerun=facts.rerun, settings=facts.settings
    )
    return line(
        "notice_period",
        rules.notice_rule(facts.round, rerun=facts.rerun),
        msg("公告期满足本拍次和财产类型的要求"),
        problem,
        msg("公告 {days} 天，{start} 开拍", days=days, start=rules.shown(facts.starts_at)),
        msg("请把开拍时间改到 {earliest} 或以后。", earliest=rules.shown(facts.earliest_start)),
    )


def bidding_time_line(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None
    sell_off = facts.round is Round.SELL_OFF
    if facts.starts_at is None or facts.ends_at is None:
        problem = msg("尚未确定开拍和结束时间。")
    elif facts.basis.direct is not None:
        problem = check_period(
            starts_at=facts.starts_at,
            ends_at=facts.ends_at,
            most_days=facts.settings.sell_off_window_days,
        )
    elif sell_off:
        problem = rules.check_sell_off_period(
            starts_at=facts.starts_at, ends_at=facts.ends_at, days=facts.settings.sell_off_window_days
        )
    else:
        problem = rules.check_bidding_time(starts_at=facts.starts_at, ends_at=facts.ends_at)
    return line(
        "bidding_time",
        "X-10" if facts.basis.direct else "X-03" if sell_off else "L-14",
        msg("变卖期符合规定") if sell_off else msg("竞价时间不少于 24 小时"),
        problem,
        msg("{start} 至 {end}", start=rules.shown(facts.starts_at), end=rules.shown(facts.ends_at)),
        msg("请修改结束时间。"),
    )


def notified_line(facts: PublishFacts) -> ChecklistLine:
    starts_on = day_in_court(facts.starts_at) if facts.starts_at else None
    gaps = [
        gap
        for person in facts.notified
        if (
            gap := rules.notification_gap(
                person, publish_on=facts.publish_on, starts_on=starts_on, settings=facts.settings
            )
        )
        is not None
    ]
    problem = gaps[0] if gaps else None
    if not facts.notified:
        problem = msg("案件中没有当事人，无从通知。")
    elif len(gaps) > 1:
        problem = msg("{count} 人尚未满足通知要求。{first}", count=len(gaps), first=gaps[0])
    return line(
        "notified",
        "B-20",
        msg("当事人和优先购买权人已提前三日通知"),
        problem,
        msg("{count} 人均已通知、公示或书面放弃", count=len(facts.notified)),
        msg("请发出拍卖通知书并登记签收；无法送达的先公示五日。"),
    )


def taxes_line(facts: PublishFacts) -> ChecklistLine:
    shifted = [tax.name for tax in facts.disclosure.taxes if is_shifted(tax)]
    problem: Message | None = None
    if not facts.disclosure.taxes:
        problem = msg("没有税费表。")
    elif shifted:
        problem = msg("{taxes}依法由被执行人负担，不得写明由买受人负担。", taxes="、".join(shifted))
    elif fees := buyer_fees(facts.disclosure):  # B-91
        problem = next(iter(fees.values()))
    return line(
        "taxes",
        "B-90",
        msg("税费表已填写，由法定义务人负担"),
        problem,
        msg("{count} 项税费", count=len(facts.disclosure.taxes)),
        msg("请在披露页面填写税费表。"),
    )


def delivery_line(facts: PublishFacts) -> ChecklistLine:
    delivery = facts.disclosure.delivery
    return line(
        "delivery",
        "B-72",
        msg("交付说明写明由谁腾退、何时交付"),
        None if delivery else msg("没有交付说明。"),
        msg(delivery.text if delivery else ""),
        msg("请在草稿中填写交付方式。"),
    )


def qualification_line(facts: PublishFacts) -> ChecklistLine:
    problem: Message | None = None
    if not facts.disclosure.qualification:
        problem = msg("没有写明资格要求。")
    elif facts.purchase_limit not in facts.disclosure.qualification:
        problem = msg("现行限购政策没有写入：{text}", text=facts.purchase_limit)
    return line(
        "qualification",
        "B-17",
        msg("竞买人资格要求已写明"),
        problem,
        msg("已写明"),
        msg("请按本市政策填写资格要求；没有限制的也请写明。"),
    )


def special_lines(facts: PublishFacts) -> list[ChecklistLine]:
    """The special disclosures of the kind of asset, one by one (B-15)."""
    special = facts.disclosure.special
    return [
        line(
            f"special.{item.code}",
            "B-15",
            msg("特别披露：{item}", item=msg(item.label)),
            special_gap(
                item,
                special.get(item.code),
                on=facts.publish_on,
                fresh_days=facts.settings.survey_fresh_days,
            ),
            _said(special[item.code].text, special[item.code].source) if item.code in special else msg(""),
            msg("请在披露页面补充内容、来源和日期。"),
        )
        for item in special_items(facts.kind)
    ]


def warning_lines(facts: PublishFacts) -> list[ChecklistLine]:
    """The seven special warnings, one by one (B-13)."""
    disclosure = facts.disclosure
    return [
        line(
            f"warning.{code}",
            "B-13",
            msg("特别提示：{item}", item=msg(WARNING_LABELS[code])),
            None if code in disclosure.warnings else msg("没有列入公告。"),
            _said(text + disclosure.warning_notes.get(code, ""), ""),
            msg("请在草稿中勾选该项特别提示。"),
        )
        for code, text in SPECIAL_WARNINGS.items()
    ]


def publicity_lines(facts: PublishFacts) -> list[ChecklistLine]:
    """The eleven items of publicity, one by one (B-12)."""
    return [
        line(
            f"publicity.{item.code}",
            "B-12",
            msg("公示内容：{item}", item=msg(item.label)),
            None if item.ok else msg("没有可以公示的内容。"),
            _said(item.text, item.source),
            msg("请补充该项内容，来源：{source}。", source=item.source),
        )
        for item in publicity_items(
            facts.disclosure,
            Publicised(
                title=facts.title,
                round=facts.round,
                starts_at=facts.starts_at,
                ends_at=facts.ends_at,
                starting_price_fen=facts.starting_price_fen,
                increment_fen=facts.increment_fen,
                survey_lines=facts.survey.lines if facts.survey else 0,
                account=facts.court_account,
                photos=facts.photos,
            ),
        )
    ]


SHOWN_OF_TEXT = 80


def _said(text: str, source: str) -> Message:
    """The beginning of what the notice says, with its source."""
    short = text if len(text) <= SHOWN_OF_TEXT else text[:SHOWN_OF_TEXT] + "…"
    return msg("{text}（{source}）", text=short, source=source) if source else msg("{text}", text=short)

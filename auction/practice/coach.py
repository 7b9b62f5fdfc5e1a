"""What the coach says: hints while bidding, and after the end what would follow, step by step. Pure.

Amounts in the words are of this round; a rule's id stands beside each.
"""

from collections.abc import Sequence

from msgspec import Struct

from auction.bidding.models import CEILING_ACTS, Bid, BidOutcome
from auction.bidding.receipts import OUTCOME_RULES
from auction.ceilings.queries import CeilingStanding
from auction.practice import rules
from auction.practice.rounds import PracticeRound
from auction.settlement.rules import split_price
from core.i18n import Message, msg
from core.money import yuan


class Hint(Struct, frozen=True):
    """One thing to know now."""

    title: Message
    text: Message
    rule: str
    kind: str = "info"


class Step(Struct, frozen=True):
    """One step of what would follow in a real auction; `is_good` is False for what hurts."""

    title: Message
    text: Message
    rule: str
    is_good: bool = True


def _money(fen: int) -> str:
    return f"¥{yuan(fen)}"


def refused_hint(outcome: BidOutcome, amount_fen: int, lowest_fen: int) -> Hint:
    """Why a bid was refused, and which amount to type instead."""
    figures = {"amount": _money(amount_fen), "lowest": _money(lowest_fen)}
    return Hint(
        _REFUSED_TITLES[outcome],
        _refused(outcome, amount_fen, lowest_fen, figures),
        OUTCOME_RULES[outcome],
        "warn",
    )


_REFUSED_TITLES: dict[BidOutcome, Message] = {
    BidOutcome.NOT_STARTED: msg("还没开始"),
    BidOutcome.LATE: msg("来晚了"),
    BidOutcome.PAUSED: msg("正在停拍"),
    BidOutcome.NOT_QUALIFIED: msg("没有竞买资格"),
    BidOutcome.BELOW_START: msg("低于起拍价"),
    BidOutcome.TOO_LOW: msg("加得不够"),
    BidOutcome.BAD_STEP: msg("不是整数倍"),
    BidOutcome.EQUAL_WITHOUT_BETTER_RANK: msg("同价不够"),
    BidOutcome.SELF_OUTBID: msg("您已经领先"),
    BidOutcome.ABSURD: msg("多打了几位数"),
}


def _refused(outcome: BidOutcome, amount_fen: int, lowest_fen: int, figures: dict[str, str]) -> Message:
    step = _money(rules.INCREMENT_FEN)
    match outcome:
        case BidOutcome.BELOW_START:
            return msg(
                "您出了 {amount}，起拍价是 {start}。第一口价可以等于起拍价，不能低于它。",
                start=_money(rules.STARTING_PRICE_FEN),
                **figures,
            )
        case BidOutcome.TOO_LOW:
            return msg(
                "您出了 {amount}，不到当前价加一个增价幅度（{step}）。现在最低出 {lowest}。",
                step=step,
                **figures,
            )
        case BidOutcome.BAD_STEP:
            nearest = _money(rules.nearest_step_fen(amount_fen, lowest_fen))
            return msg(
                "您出了 {amount}，它与起拍价的差不是 {step} 的整数倍。比它高、最近可以出的是 {nearest}。",
                step=step,
                nearest=nearest,
                **figures,
            )
        case BidOutcome.EQUAL_WITHOUT_BETTER_RANK:
            return msg(
                "您出了 {amount}，别人已经先出了这个价。只有优先购买权人可以同价；您最低出 {lowest}。",
                **figures,
            )
        case BidOutcome.SELF_OUTBID:
            return msg("没有人超过您，加价只会让自己多付钱。等被超过后再出价。")
        case BidOutcome.ABSURD:
            return msg("{amount} 超过了任何可能的价格，系统当作打错。出价前请数一数位数。", **figures)
        case BidOutcome.LATE:
            return msg("出价以服务器裁定的时间为准，不以您按下按钮的时间为准。真实拍卖不要等到最后一秒。")
        case BidOutcome.PAUSED:
            return msg("停拍时任何人都不能出价，剩余时间不减少；恢复前会公布时间。")
        case BidOutcome.NOT_STARTED:
            return msg("页面上有开始倒计时。开始前的出价一律不算。")
        case _:
            return msg("先报名，再足额交纳保证金，法院确认到账后才能出价。")


def hints(practice: PracticeRound) -> list[Hint]:
    """What the person should know at this moment, the most urgent first."""
    view, bids = practice.view, practice.bids
    if practice.is_over:
        return []
    accepted = [bid for bid in bids if bid.outcome == BidOutcome.ACCEPTED]
    newest = accepted[-1] if accepted else None
    said = []
    own = practice.own_bids
    if own and own[-1].outcome != BidOutcome.ACCEPTED and (newest is None or own[-1].seq > newest.seq):
        said.append(refused_hint(BidOutcome(own[-1].outcome), own[-1].amount_fen, view.next_amount_fen))
    else:
        said.append(_standing(practice, newest))
    if newest is not None and newest.extended:
        said.append(_extended(newest))
    elif (view.ends_at - view.server_time).total_seconds() <= rules.WINDOW_S:
        said.append(
            Hint(
                msg("进入最后 {seconds} 秒", seconds=rules.WINDOW_S),
                msg(
                    "现在只要有人出价，结束时间就从那次出价起再延长 {seconds} 秒，所以不会被“最后一秒”抢走。",
                    seconds=rules.EXTENSION_S,
                ),
                "B-41",
            )
        )
    return said


def _extended(bid: Bid) -> Hint:
    return Hint(
        msg("结束时间延长了"),
        msg(
            "{code} 在最后 {window} 秒内出价，结束时间从那次出价起延长 {extension} 秒；再有人出价就再延长。真实拍卖是五分钟。",
            code=bid.code,
            window=rules.WINDOW_S,
            extension=rules.EXTENSION_S,
        ),
        "B-41",
    )


def _standing(practice: PracticeRound, newest: Bid | None) -> Hint:
    view = practice.view
    lowest = _money(view.next_amount_fen)
    if newest is None:
        return Hint(
            msg("先出第一口价"),
            msg("第一口价可以等于起拍价 {lowest}。金额已经填好，按“出价”就行。", lowest=lowest),
            "B-40",
        )
    if view.leads and newest.ceiling is not None:
        return _raised_by_ceiling(practice, newest)
    if view.leads:
        return Hint(
            msg("您领先，等着就好"),
            msg("没有人超过您之前不需要再出价。到结束时您仍领先，就由您竞得。"),
            "B-43",
            "good",
        )
    if is_ceiling_overtaken(practice):
        return _overtaken(practice, newest)
    if newest.priority_order is not None:
        return Hint(
            msg("优先购买权人同价领先"),
            msg(
                "{code} 是优先购买权人（如共有人、承租人）：同价就排在您前面。想要就再加，最低 {lowest}；他还可以再次同价。",
                code=newest.code,
                lowest=lowest,
            ),
            "B-44",
            "warn",
        )
    if not practice.own_bids:
        return Hint(
            msg("已有人出价"),
            msg("{code} 领先。您最低出 {lowest}：当前价加一个增价幅度。", code=newest.code, lowest=lowest),
            "B-40",
        )
    return Hint(
        msg("您被超过了"),
        msg(
            "{code} 出了更高的价。先想好自己最多付多少，没到就继续，最低 {lowest}；到了就停手。",
            code=newest.code,
            lowest=lowest,
        ),
        "B-40",
        "warn",
    )


def is_ceiling_overtaken(practice: PracticeRound) -> bool:
    """Whether the person's ceiling was outbid, and nothing has been bid by hand since it was set."""
    ceiling = practice.ceiling
    if ceiling.standing is not CeilingStanding.OVERTAKEN or ceiling.seq is None:
        return False
    return all(bid.seq < ceiling.seq or bid.ceiling is not None for bid in practice.own_bids)


def _raised_by_ceiling(practice: PracticeRound, newest: Bid) -> Hint:
    price = _money(newest.amount_fen)
    if not practice.ceiling.stands or practice.ceiling.limit_fen is None:
        return Hint(
            msg("系统代您出的价领先"),
            msg("委托已经撤回，代您出的 {price} 仍然有效。再被超过时，要您自己出价。", price=price),
            "B-40",
            "good",
        )
    return Hint(
        msg("系统代您出价，您领先"),
        msg(
            "系统按您的限价代您出到 {price}：够领先就停，不会一下子出到您的限价 {limit}。有人超过时，它在同一时刻再代您加。",
            price=price,
            limit=_money(practice.ceiling.limit_fen),
        ),
        "B-40",
        "good",
    )


def _overtaken(practice: PracticeRound, newest: Bid) -> Hint:
    return Hint(
        msg("委托限价已被超过"),
        msg(
            "{code} 出到 {price}，您的限价 {limit} 不够领先，系统不再代您加价。可以设更高的限价，或者自己出价，最低 {lowest}。",
            code=newest.code,
            price=_money(newest.amount_fen),
            limit=_money(practice.ceiling.limit_fen or 0),
            lowest=_money(practice.view.next_amount_fen),
        ),
        "B-40",
        "warn",
    )


def review(practice: PracticeRound) -> list[Step]:
    """What happened, and what would follow if the money were real."""
    lot, view = practice.lot, practice.view
    deposit = _money(lot.deposit_fen)
    steps = [
        Step(
            msg("报名并交保证金"),
            msg(
                "{deposit} 在报名后冻结（或转入法院账户），到账确认后才能出价。保证金是起拍价的 5% 至 20%。",
                deposit=deposit,
            ),
            "B-30",
        ),
        _bidding_step(practice),
    ]
    if any(each.outcome in CEILING_ACTS for each in practice.own_records):
        steps.append(_ceiling_step(practice))
    if view.extension_count:
        steps.append(
            Step(
                msg("结束时间延长了 {count} 次", count=view.extension_count),
                msg(
                    "每次都因为有人在最后 {window} 秒内出价。真实拍卖：最后五分钟内出价，延长五分钟。",
                    window=rules.WINDOW_S,
                ),
                "B-41",
            )
        )
    if view.price_fen is None:
        steps.append(Step(msg("无人出价，流拍"), msg("没有人出价，标的流拍，法院依法再次处置。"), "B-49"))
        return [*steps, _refund(deposit)]
    if view.leads:
        return [*steps, *_won(practice, view.price_fen)]
    winner = msg("{code} 以 {price} 竞得", code=view.leader_code, price=_money(view.price_fen))
    if view.leader_priority is None:
        text, rule = msg("出价最高的人竞得；只要有一个人出价不低于起拍价，就成交。"), "B-43"
    else:
        text, rule = msg("竞得人是优先购买权人：同价时他优先，没有人再加价，就由他竞得。"), "B-44"
    return [*steps, Step(winner, text, rule), _refund(deposit)]


def _bidding_step(practice: PracticeRound) -> Step:
    own = practice.own_bids
    accepted = sum(bid.outcome == BidOutcome.ACCEPTED for bid in own)
    if not own:
        return Step(msg("您没有出价"), msg("只报名不出价没有任何后果，也不影响别人成交。"), "B-49")
    return Step(
        msg("您出价 {count} 次，有效 {accepted} 次", count=len(own), accepted=accepted),
        msg("有效的、被拒绝的都按顺序进入日志，各有带签名的回执，谁也改不了。出价后不能撤回。"),
        "B-47",
    )


def _ceiling_step(practice: PracticeRound) -> Step:
    raised = sum(bid.outcome == BidOutcome.ACCEPTED and bid.ceiling is not None for bid in practice.own_bids)
    return Step(
        msg("委托限价代您出价 {count} 次", count=raised),
        msg(
            "每次只出到够领先的最低价，与自己出价同样有效，不能撤回；限价只有您自己看得到。真实标的是否允许委托限价，由合议庭决定。"
        ),
        "B-40",
    )


def _refund(deposit: str) -> Step:
    return Step(
        msg("保证金 24 小时内退还"),
        msg(
            "没有竞得的，{deposit} 在竞价结束后 24 小时内原路解冻或退还，不用申请，也没有利息。您什么也不欠。",
            deposit=deposit,
        ),
        "B-33",
    )


def _won(practice: PracticeRound, price_fen: int) -> Sequence[Step]:
    lot = practice.lot
    applied, balance = split_price(price_fen, lot.deposit_fen)
    figures = {"deposit": _money(applied), "price": _money(price_fen), "balance": _money(balance)}
    return [
        Step(
            msg("您以 {price} 竞得", price=figures["price"]),
            msg("系统生成成交确认书，写明您的真实姓名并公示。这时才有人知道您是谁。"),
            "B-48",
        ),
        Step(
            msg("保证金抵作价款"),
            msg("{deposit} 在 24 小时内转入法院账户，抵作价款，不退还。", **figures),
            "B-33",
        ),
        Step(
            msg("付尾款 {balance}", **figures),
            msg(
                "{price} 减去 {deposit}。要在公告写明的期限内（本例 {days} 天）付到法院账户；贷款请提前办好。",
                days=lot.balance_due_days,
                **figures,
            ),
            "B-70",
        ),
        Step(
            msg("不付会怎样：悔拍"),
            msg("{deposit} 不退，用来弥补重新拍卖的费用和差价；您不能再参加这个标的的重新拍卖。", **figures),
            "B-34",
            is_good=False,
        ),
        Step(
            msg("付清之后：裁定、过户、交付"),
            msg(
                "十日内送达成交裁定，所有权自送达时转移；法院通知登记机关解除查封，十五日内交付。税费按公告由各自负担。"
            ),
            "B-71",
        ),
    ]

"""What a conclusion needs: ways and grounds, what may not be left open, and when a waiting case may end (§11.9, T-13). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.money import yuan
from disposal_teams.cases.rules import CaseType
from disposal_teams.conclusions.models import ConclusionState, Ground, ResumeGround, Way

CHECK_DAYS = 20
"""The first court's state was looked at so many days before closing at the most (T-13)."""
PANEL_LEAST = 3

WAY_LABELS: dict[Way, str] = {
    Way.FULFILLED: "执行完毕",
    Way.NO_RESULT: "终结本次执行程序",
    Way.TERMINATED: "终结执行",
    Way.STRUCK_OFF: "销案",
    Way.NOT_ENFORCED: "不予执行",
    Way.DISMISSED: "驳回执行申请",
}
GROUND_LABELS: dict[Ground, str] = {
    Ground.PAID_BY_DEBTOR: "被执行人自动履行完毕",
    Ground.ENFORCED: "强制执行完毕",
    Ground.SETTLEMENT_KEPT: "和解协议履行完毕",
    Ground.NOTHING_FOUND: "未发现可供执行的财产",
    Ground.NOT_REALISABLE: "发现的财产不能处置",
    Ground.WAITING_ONLY: "财产由其他法院首先查封",
    Ground.WITHDRAWN: "申请执行人撤回申请",
    Ground.TITLE_REVOKED: "据以执行的法律文书被撤销",
    Ground.PARTY_ENDED: "当事人死亡或者终止，无遗产、无义务承受人",
    Ground.BANKRUPTCY: "被执行人被宣告破产",
    Ground.OTHER_COURT_FIRST: "其他有管辖权的法院立案在先",
    Ground.GOES_ON_ELSEWHERE: "案件由其他法院承继",
    Ground.AWARD_REFUSED: "仲裁裁决被裁定不予执行",
    Ground.NOTARY_REFUSED: "公证债权文书被裁定不予执行",
    Ground.NOT_ADMISSIBLE: "不符合申请执行的条件",
    Ground.OTHER: "其他",
}
GROUNDS: dict[Way, tuple[Ground, ...]] = {
    Way.FULFILLED: (Ground.ENFORCED, Ground.PAID_BY_DEBTOR, Ground.SETTLEMENT_KEPT),
    Way.NO_RESULT: (Ground.NOTHING_FOUND, Ground.NOT_REALISABLE, Ground.WAITING_ONLY),
    Way.TERMINATED: (
        Ground.WITHDRAWN, Ground.TITLE_REVOKED, Ground.PARTY_ENDED, Ground.BANKRUPTCY, Ground.OTHER,
    ),
    Way.STRUCK_OFF: (Ground.OTHER_COURT_FIRST,),
    Way.NOT_ENFORCED: (Ground.AWARD_REFUSED, Ground.NOTARY_REFUSED),
    Way.DISMISSED: (Ground.NOT_ADMISSIBLE,),
}  # fmt: skip
"""The grounds that an officer may name. That a case goes on elsewhere is found by the orders that make it so (T-12)."""

RULED = frozenset({Way.NO_RESULT, Way.TERMINATED, Way.NOT_ENFORCED, Way.DISMISSED})
"""Ways that need the ruling of a panel; the others are told by a notice."""

PAPER_TITLES: dict[Way, str] = {
    Way.FULFILLED: "结案通知书",
    Way.NO_RESULT: "执行裁定书（终结本次执行程序）",
    Way.TERMINATED: "执行裁定书（终结执行）",
    Way.STRUCK_OFF: "销案通知书",
    Way.NOT_ENFORCED: "执行裁定书（不予执行）",
    Way.DISMISSED: "执行裁定书（驳回执行申请）",
}
STATE_LABELS: dict[ConclusionState, str] = {
    ConclusionState.PROPOSED: "待审批",
    ConclusionState.REFUSED: "未批准",
    ConclusionState.CONCLUDED: "已结案",
    ConclusionState.RESUMED: "已恢复执行",
}
RESUME_LABELS: dict[ResumeGround, str] = {
    ResumeGround.PROPERTY_FOUND: "发现可供执行的财产",
    ResumeGround.TRANSFER_RECEIVED: "本院取得财产处置权",
    ResumeGround.SHARE_PAID: "参与分配取得案款",
    ResumeGround.OTHER: "其他",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: green, red, or not asked for in this way (None). `key` names it in tests and audit events."""

    id: str
    rule: str
    title: Message
    is_green: bool | None
    evidence: Message | None = None
    remedy: Message | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class WaitingAsset:
    """An asset on which the case only waits, by an ordinary claim. `superior_due_at`: the end of the superior's five days, None
    when it was never asked; `letter_sent_on`: when the 参与分配函 left."""

    asset_no: str
    title: str
    checked_on: date | None = None
    asked_on: date | None = None
    was_refused: bool = False
    superior_due_at: datetime | None = None
    superior_decided: bool = False
    letter_sent_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """What is still open in a case: numbers of what a person can open and finish. `money_fen`: what lies in its books."""

    lots: tuple[str, ...] = ()
    sales: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    compromises: tuple[str, ...] = ()
    money_fen: int = 0
    instructions: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    seals: tuple[str, ...] = ()
    waiting: tuple[WaitingAsset, ...] = ()


@dataclass(frozen=True, slots=True)
class Amounts:
    """In fen: what was applied for, what sales brought in, what came otherwise."""

    applied_fen: int
    sales_fen: int = 0
    other_fen: int = 0

    @property
    def realised_fen(self) -> int:
        """What of it served the claim: no more than was applied for; the rest is costs and the debtor's (M-08)."""
        return min(self.applied_fen, self.sales_fen + self.other_fen)


def check_list(way: Way, open_: OpenMatters, amounts: Amounts, *, now: datetime, today: date) -> list[Line]:
    """Every line for concluding in this way on this day."""
    lines = [
        _nothing_left(
            "lots", "§11.3", msg("没有未结束的拍卖、变卖"), open_.lots, msg("请等竞价结束，或者撤回、终结拍卖。")
        ),
        _nothing_left(
            "sales", "§11.5", msg("成交已付款、裁定并交付"), open_.sales, msg("请办结成交后的各步骤，或者登记悔拍。")
        ),
        _nothing_left(
            "offers", "B-74", msg("没有未办结的以物抵债、自行变卖"), open_.offers, msg("请先办结抵债征询和自行变卖。")
        ),
        _nothing_left(
            "compromises", "A-29", msg("没有履行中的和解协议"), open_.compromises,
            msg("请登记和解履行完毕，或者恢复处置。"),
        ),
        _money_line(open_.money_fen),
        _nothing_left(
            "instructions", "T-25", msg("没有未办结的指令"), open_.instructions, msg("请等待办结，或者撤回指令。")
        ),
        _nothing_left(
            "transfers", "T-05", msg("没有未办结的处置权移交"), open_.transfers,
            msg("请办结移交并发出处置结果告知函，或者撤回商请。"),
        ),
        _nothing_left("objections", "§11.8", msg("没有未终结的异议"), open_.objections, msg("请等待异议终结。")),
        _nothing_left(
            "assets", "§11.1", msg("没有待处置的标的物"), open_.assets,
            msg("请先处置；不能处置的，登记流拍后解除查封或者其他措施。"),
        ),
        _seal_line(way, open_.seals),
        _amount_line(way, amounts),
    ]  # fmt: skip
    if way is Way.NO_RESULT:
        for asset in open_.waiting:
            lines += waiting_lines(asset, now=now, today=today)
    return lines


def waiting_lines(asset: WaitingAsset, *, now: datetime, today: date) -> list[Line]:
    """The three things that must have been done about an asset on which the case only waits (T-13)."""
    return [_checked_line(asset, today), _asked_line(asset, now), _letter_line(asset)]


def _checked_line(asset: WaitingAsset, today: date) -> Line:
    title = msg("结案前二十日内核查过首封法院的处置状态（{asset}）", asset=asset.asset_no)
    remedy = msg("请在线核查首封法院的处置状态。")
    key = f"checked:{asset.asset_no}"
    if asset.checked_on is None:
        return Line("checked", "T-13", title, False, msg("没有核查记录。"), remedy, key)
    age = (today - asset.checked_on).days
    seen = msg("最近一次核查于 {day}，距今 {days} 日。", day=asset.checked_on.isoformat(), days=age)
    return Line("checked", "T-13", title, 0 <= age <= CHECK_DAYS, seen, remedy, key)


def _asked_line(asset: WaitingAsset, now: datetime) -> Line:
    title = msg("商请移送未果，共同上级法院五日内未答复（{asset}）", asset=asset.asset_no)
    key = f"asked:{asset.asset_no}"

    def line(green: bool, evidence: Message, remedy: Message | None = None) -> Line:
        return Line("asked", "T-13", title, green, evidence, remedy, key)

    if asset.asked_on is None:
        return line(False, msg("没有商请首封法院移送处置权。"), msg("请发出商请移送执行函。"))
    if not asset.was_refused:
        return line(
            False,
            msg("{day} 已商请，首封法院尚未拒绝。", day=asset.asked_on.isoformat()),
            msg("请等待首封法院答复。"),
        )
    if asset.superior_due_at is None:
        return line(False, msg("首封法院已拒绝，尚未报请上级法院。"), msg("系统将自动报请，请稍后再查看。"))
    if asset.superior_decided:
        return line(False, msg("上级法院已作出决定。"), msg("请按上级法院的决定办理，财产处置后再结案。"))
    if now < asset.superior_due_at:
        return line(False, msg("已报请上级法院，答复期限未满。"), msg("请等待上级法院决定。"))
    return line(True, msg("已商请、被拒绝并报请上级法院，逾期未答复。"))


def _letter_line(asset: WaitingAsset) -> Line:
    title = msg("已向处置法院发出参与分配函（{asset}）", asset=asset.asset_no)
    key = f"letter:{asset.asset_no}"
    if asset.letter_sent_on is None:
        return Line(
            "letter",
            "T-13",
            title,
            False,
            msg("没有发出参与分配函。"),
            msg("请发起“参与分配”指令并送出。"),
            key,
        )
    return Line(
        "letter",
        "T-13",
        title,
        True,
        msg("已于 {day} 发出。", day=asset.letter_sent_on.isoformat()),
        None,
        key,
    )


def _nothing_left(id_: str, rule: str, title: Message, left: Sequence[str], remedy: Message) -> Line:
    if not left:
        return Line(id_, rule, title, True, key=id_)
    shown = "、".join(left[:5])
    evidence = msg("共 {count} 件：{list}", count=len(left), list=shown + ("……" if len(left) > 5 else ""))
    return Line(id_, rule, title, False, evidence, remedy, id_)


def _money_line(money_fen: int) -> Line:
    title = msg("案款已全部发放")
    if money_fen == 0:
        return Line("money", "M-04", title, True, key="money")
    return Line(
        "money", "M-04", title, False, msg("账上尚有 {amount} 元。", amount=yuan(money_fen)),
        msg("请由财务部门发放、退还或者提存后再结案。"), "money",
    )  # fmt: skip


def _seal_line(way: Way, seals: Sequence[str]) -> Line:
    title = msg("本案查封已解除")
    if way is Way.NO_RESULT:
        return Line(
            "seals", "A-04", title, None, msg("终结本次执行程序不解除查封，到期前请续封。"), key="seals"
        )
    return _nothing_left("seals", "A-04", title, seals, msg("请解除查封，或者由承继案件的法院接续。"))


def _amount_line(way: Way, amounts: Amounts) -> Line:
    title = msg("申请执行的金额与执行到位的金额")
    evidence = msg(
        "申请 {applied} 元，到位 {realised} 元。",
        applied=yuan(amounts.applied_fen),
        realised=yuan(amounts.realised_fen),
    )
    full = amounts.applied_fen > 0 and amounts.realised_fen == amounts.applied_fen
    if way is Way.FULFILLED:
        remedy = msg("请补记自动履行、和解履行的金额；确未全部到位的，不能以执行完毕结案。")
        short = amounts.realised_fen < amounts.applied_fen
        return Line("amount", "D-06", title, not short, evidence, remedy if short else None, "amount")
    if way is Way.NO_RESULT:
        return Line(
            "amount",
            "D-06",
            title,
            not full,
            evidence,
            msg("已全部到位，请以执行完毕结案。") if full else None,
            "amount",
        )
    return Line("amount", "D-06", title, None, evidence, key="amount")


def red(lines: Iterable[Line]) -> list[Line]:
    """What stands in the way."""
    return [line for line in lines if line.is_green is False]


def check_green(way: Way, lines: Iterable[Line]) -> None:
    """Raise `RuleViolation` with the first red line."""
    for line in red(lines):
        raise RuleViolation(
            line.rule,
            msg("还不能以“{way}”结案：{line}", way=msg(WAY_LABELS[way]), line=line.title),
            remedy=line.remedy,
        )


def check_ground(way: Way, ground: Ground) -> None:
    """Raise `InvalidInput` when the ground is none of this way's."""
    if ground not in GROUNDS[way]:
        raise InvalidInput(
            msg("请选择与结案方式相符的事由。"),
            fields={"ground": msg("请选择与结案方式相符的事由。")},
            rule="§11.9",
        )


def check_panel(way: Way, members: Sequence[str]) -> None:
    """Raise `InvalidInput` when a ruling is not made by three or more, odd in number, each named once (P-05)."""
    if way in RULED and (
        len(members) < PANEL_LEAST or len(members) % 2 == 0 or len(set(members)) != len(members)
    ):
        raise InvalidInput(
            msg("该结案方式须由合议庭裁定。"), fields={"members": msg("请写明三名以上单数的合议庭成员，不得重复。")},
            rule="P-05",
        )  # fmt: skip


def check_resumable(way: Way, state: ConclusionState, kind: CaseType) -> None:
    """Raise `RuleViolation` unless a case that ended without full result gets a number of a resumed case."""
    if way is not Way.NO_RESULT or state is not ConclusionState.CONCLUDED:
        raise RuleViolation("D-06", msg("只有终结本次执行程序的案件可以恢复执行，且只恢复一次。"))
    if kind is not CaseType.RESUMED:
        raise RuleViolation(
            "D-06",
            msg("恢复执行的案件须以“执恢”字立案。"),
            remedy=msg("正确写法如：（2026）苏0505执恢12号。"),
        )


def as_stored(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The lines as the conclusion keeps them."""
    return [{"key": line.key, "rule": line.rule, "is_green": line.is_green} for line in lines]

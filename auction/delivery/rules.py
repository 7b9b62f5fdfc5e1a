"""Clearing and hand-over of what was sold (B-72, L-21, §10 no. 24; S7 art. 261). Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from auction.delivery.models import Capacity, ClearedHow, ClearingState, FileKind, GoodsTaker, Receipt
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetKind
from disposal_teams.plain_text import clean_text

S = ClearingState

TRANSITIONS: dict[ClearingState, frozenset[ClearingState]] = {
    S.PROPOSED: frozenset({S.NOTIFIED, S.REFUSED, S.CLEARED, S.ENDED}),
    S.REFUSED: frozenset({S.PROPOSED, S.CLEARED, S.ENDED}),
    S.NOTIFIED: frozenset({S.PLANNED, S.CLEARED, S.ENDED}),
    S.PLANNED: frozenset({S.PLANNED, S.CLEARED, S.ENDED}),
    S.CLEARED: frozenset(),
    S.ENDED: frozenset(),
}

STATE_LABELS = {
    S.PROPOSED: "腾退公告待院长签发",
    S.REFUSED: "院长未予签发",
    S.NOTIFIED: "已责令迁出",
    S.PLANNED: "已制定强制腾退方案",
    S.CLEARED: "已腾空",
    S.ENDED: "不再办理",
}
HOW_LABELS = {ClearedHow.LEFT: "占用人自行迁出", ClearedHow.FORCED: "强制腾退"}
TAKER_LABELS = {
    GoodsTaker.NONE: "没有需要移交的物品",
    GoodsTaker.DEBTOR: "交付被执行人",
    GoodsTaker.FAMILY: "交付被执行人的成年家属",
    GoodsTaker.STORED: "拒绝接收，已运至指定处所存放",
}
CAPACITY_LABELS = {
    Capacity.COURT: "法院工作人员",
    Capacity.BUYER: "买受人",
    Capacity.BUYER_AGENT: "买受人的代理人",
    Capacity.WITNESS: "见证人",
    Capacity.GRASSROOTS: "基层组织人员",
    Capacity.POLICE: "公安人员",
    Capacity.DEBTOR: "被执行人",
    Capacity.FAMILY: "被执行人家属",
    Capacity.OCCUPANT: "占用人",
    Capacity.OTHER: "其他",
}
FILE_LABELS = {
    FileKind.PHOTO: "现场照片",
    FileKind.METER: "仪表照片",
    FileKind.SIGNED: "签名的笔录",
    FileKind.POSTED: "公告张贴照片",
    FileKind.CLEARING: "腾退过程和物品照片",
}
RECEIPT_LABELS = {Receipt.RECEIVED: "确认已收到", Receipt.RESERVED: "收到，但有异议"}
BUYER_SEES = frozenset({FileKind.PHOTO, FileKind.METER, FileKind.SIGNED})
"""Files that the buyer may open; those of the clearing show other people's homes and goods."""

MOST_PEOPLE, MOST_GOODS = 30, 300
WITNESSES = frozenset({Capacity.WITNESS, Capacity.GRASSROOTS, Capacity.POLICE})


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is there."""

    name: str
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of a list of goods."""

    name: str
    quantity: str
    condition: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """What the officer writes down at the hand-over."""

    delivered_at: datetime
    place: str
    people: tuple[Present, ...]
    goods: tuple[Goods, ...] = ()
    keys: str = ""
    water: str = ""
    power: str = ""
    gas: str = ""
    mileage: str = ""
    note: str = ""
    not_signed: str = ""

    @property
    def meters(self) -> list[tuple[str, str]]:
        """Readings that were taken."""
        named = (("水表", self.water), ("电表", self.power), ("燃气表", self.gas), ("里程表", self.mileage))
        return [(name, reading) for name, reading in named if reading]


def as_rows(things: Sequence[Present | Goods]) -> list[dict[str, Any]]:
    """As they are kept."""
    return [asdict(thing) for thing in things]


def check_transition(current: ClearingState, wanted: ClearingState) -> None:
    """Raise `RuleViolation` when there is no way from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "B-72",
            msg(
                "腾退目前处于“{current}”，不能转为“{wanted}”。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


def check_due(*, served_at: datetime | None, is_over: bool) -> None:
    """Nobody is put out before the asset is the buyer's, or once it is handed over (B-71, B-72). Raises `RuleViolation`."""
    if served_at is None:
        raise RuleViolation(
            "B-72", msg("成交裁定尚未送达，不能办理腾退和交付。"), remedy=msg("请先登记裁定送达。")
        )
    if is_over:
        raise RuleViolation("B-72", msg("标的物已经交付，或者成交已不存在。"))


def notice_problems(
    *, occupants: str, leave_by: date, helpers: str, now: datetime, least_days: int
) -> dict[str, Message]:
    """What is wrong with a proposed notice to leave, by field: whom, by when, and who helps (S7 art. 261)."""
    problems: dict[str, Message] = {}
    clean_text(occupants, "occupants", problems, longest=500)
    clean_text(helpers, "helpers", problems, longest=300)
    days = (leave_by - day_in_court(now)).days
    if days < least_days:
        problems["leave_by"] = msg("迁出日期至少在 {days} 日以后，给占用人合理的时间。", days=least_days)
    elif days > 90:
        problems["leave_by"] = msg("迁出日期过远，请核对。")
    return problems


def check_plan_time(*, leave_by: date, forced_at: datetime, now: datetime) -> None:
    """Force comes only after the set day has passed without leaving, and at an announced time (B-72).

    Raises `RuleViolation`, `InvalidInput` at `forced_at`.
    """
    if day_in_court(now) <= leave_by:
        raise RuleViolation(
            "B-72",
            msg("指定的迁出期限尚未届满（{day}），不能强制腾退。", day=leave_by.isoformat()),
            remedy=msg("期限届满仍不迁出的，再制定强制腾退方案。"),
        )
    if forced_at <= now:
        raise InvalidInput(
            msg("强制腾退方案有误，请按提示修改。"), fields={"forced_at": msg("时间须在将来。")}, rule="B-72"
        )


def check_forced(state: ClearingState) -> None:
    """Force needs the signed notice and its plan (B-72). Raises `RuleViolation`."""
    if state is not S.PLANNED:
        raise RuleViolation(
            "B-72",
            msg("没有强制腾退方案，不能登记强制腾退。"),
            remedy=msg("公告期限届满后先制定方案；占用人自行迁出的，请选择“占用人自行迁出”。"),
        )


def check_empty(state: ClearingState | None) -> None:
    """What is occupied is not handed over (B-72). Raises `RuleViolation`."""
    if state is not None and state not in (S.CLEARED, S.ENDED):
        raise RuleViolation(
            "B-72",
            msg("腾退正在办理（{state}），不能登记交付。", state=msg(STATE_LABELS[state])),
            remedy=msg("请先登记腾空。"),
        )


def clearing_problems(
    *,
    how: ClearedHow,
    cleared_at: datetime,
    people: Sequence[Present],
    goods: Sequence[Goods],
    taker: GoodsTaker,
    taken_by: str,
    earliest: datetime,
    now: datetime,
) -> dict[str, Message]:
    """What is wrong with the record of a clearing, by field: who was there, which goods, and who took them over."""
    problems: dict[str, Message] = {}
    if not _minute(earliest) <= cleared_at <= now:
        problems["cleared_at"] = msg("时间须在公告签发之后、现在以前。")
    present = {each.capacity for each in people}
    if how is ClearedHow.FORCED:
        if Capacity.COURT not in present:
            problems["people"] = msg("请写明到场的法院工作人员。")
        elif Capacity.GRASSROOTS not in present:
            problems["people"] = msg("强制腾退须有所在地基层组织的人员到场，请写明。")
    if goods and taker is GoodsTaker.NONE:
        problems["goods_taker"] = msg("搬出的物品须交付被执行人或其成年家属；拒绝接收的，写明存放处所。")
    if not goods and taker is not GoodsTaker.NONE:
        problems["goods"] = msg("请逐件列明移交的物品。")
    if taker is not GoodsTaker.NONE and not taken_by.strip():
        problems["goods_taken_by"] = msg("请写明接收人；无人接收的，写明存放处所和费用。")
    return problems


def hand_over_problems(
    hand_over: HandOver, *, kind: AssetKind, served_at: datetime, now: datetime
) -> dict[str, Message]:
    """What is missing in the record of a hand-over, by field: time, people, witnesses, keys, meters, goods (§10 no. 24)."""
    problems: dict[str, Message] = {}
    if not _minute(served_at) <= hand_over.delivered_at <= now:
        problems["delivered_at"] = msg("交付时间须在裁定送达之后、现在以前。")
    present = {each.capacity for each in hand_over.people}
    if Capacity.COURT not in present:
        problems["people"] = msg("请写明到场的法院工作人员。")
    elif not present & {Capacity.BUYER, Capacity.BUYER_AGENT}:
        problems["people"] = msg("请写明到场的买受人或者其代理人。")
    elif kind is not AssetKind.SHARES and not present & WITNESSES:
        problems["people"] = msg("请写明见证人或者到场的基层组织人员。")
    missing = {field: said for field, said in _needed(kind).items() if not getattr(hand_over, field)}
    return problems | missing


def _minute(moment: datetime) -> datetime:
    """The minute in which the moment lies: people write times without seconds."""
    return moment.replace(second=0, microsecond=0)


def _needed(kind: AssetKind) -> dict[str, Message]:
    none = msg("此项必填；没有的写“无”。")
    if kind is AssetKind.REAL_ESTATE:
        return {"keys": none, "water": none, "power": none}
    if kind is AssetKind.VEHICLE:
        return {"keys": none, "mileage": none}
    if kind is AssetKind.GOODS:
        return {"goods": msg("请逐件列明交付的物品。")}
    return {}


def check_receipt(*, receipt: Receipt, before: str | None, reservations: str) -> None:
    """The buyer signs once, and says what is wrong if something is (B-72). Raises `RuleViolation`, `InvalidInput`."""
    if before is not None:
        raise RuleViolation("B-72", msg("您已经确认过收到标的物。"))
    problems: dict[str, Message] = {}
    clean_text(reservations, "reservations", problems, longest=2000, required=receipt is Receipt.RESERVED)
    if problems:
        raise InvalidInput(msg("请写明异议内容。"), fields=problems, rule="B-72")


def parsed_people(text: str, problems: dict[str, Message]) -> tuple[Present, ...]:
    """One person a line, “姓名，身份”. The capacity is a label of `CAPACITY_LABELS`; another word counts as other."""
    by_label = {label: capacity for capacity, label in CAPACITY_LABELS.items()}
    people = []
    for parts in _lines(text, "people", problems, most=MOST_PEOPLE, columns=2):
        if len(parts) < 2:
            problems["people"] = msg("每行写一人：姓名，身份。例如：张三，买受人。")
            return ()
        people.append(Present(parts[0][:60], by_label.get(parts[1], Capacity.OTHER)))
    if not people and "people" not in problems:
        problems["people"] = msg("此项必填。")
    return tuple(people)


def parsed_goods(text: str, problems: dict[str, Message]) -> tuple[Goods, ...]:
    """One thing a line, “名称，数量，状况”; quantity and condition may be left out."""
    return tuple(
        Goods(*(part[:100] for part in (*parts, "", "")[:3]))
        for parts in _lines(text, "goods", problems, most=MOST_GOODS, columns=3)
    )


def _lines(
    text: str, field: str, problems: dict[str, Message], *, most: int, columns: int
) -> list[list[str]]:
    rows = []
    for line in text.splitlines():
        even = line.replace(",", "，").replace("\t", "，")
        parts = [part.strip() for part in even.split("，", columns - 1)]
        if any(parts):
            rows.append(parts)
    if len(rows) > most:
        problems[field] = msg("最多 {most} 行。", most=most)
        return []
    return rows

"""What a court hands over with an asset, and how complete that is (§11.6 CONSENTED, T-04). Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg


class ItemState(StrEnum):
    """Where one item of the list stands."""

    OVER = "over"
    PENDING = "pending"
    MISSING = "missing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Item:
    """One item. An electronic one goes over with the switch itself; a paper one is handed over by people.

    `state`: NONE means that there is no such thing to hand over; `why` says why, or what the receiver found missing.
    """

    code: str
    electronic: bool
    state: ItemState
    note: str = ""
    why: str = ""

    def as_stored(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "code": self.code,
            "electronic": self.electronic,
            "state": str(self.state),
            "note": self.note,
            "why": self.why,
        }


LABELS: dict[str, str] = {
    "seal_chain": "查封顺位和查封登记信息",
    "survey": "财产现状调查表和证据",
    "valuation": "参考价程序和材料",
    "papers": "已制作的电子文书",
    "dossier": "电子卷宗",
    "clocks": "在途期限",
    "title": "执行依据和卷宗复印件",
    "seal_papers": "查封裁定书、协助执行通知书和回执原件",
    "originals": "调查、估价材料原件",
    "keys": "钥匙、权证、车辆等实物",
    "contacts": "当事人送达地址和联系方式",
    "money": "案款和费用对账单",
}
PAPER_ITEMS = ("title", "seal_papers", "originals", "keys", "contacts", "money")

STATE_LABELS: dict[ItemState, str] = {
    ItemState.OVER: "已移交",
    ItemState.PENDING: "待移交",
    ItemState.MISSING: "接收法院指出缺失",
    ItemState.NONE: "无此项",
}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What of the file is in the service at the moment of the switch."""

    seals: int
    survey: bool
    valuation: bool
    papers: int
    clocks: int
    money_fen: int
    dossier: int = 0


def opening_list(facts: FileFacts) -> list[Item]:
    """The list at the switch: what is electronic is over already, what there is on paper waits."""

    def electronic(code: str, *, there: bool, note: str = "") -> Item:
        return Item(code, True, ItemState.OVER if there else ItemState.NONE, note if there else "")

    originals = facts.survey or facts.valuation
    return [
        electronic("seal_chain", there=facts.seals > 0, note=str(facts.seals)),
        electronic("survey", there=facts.survey),
        electronic("valuation", there=facts.valuation),
        electronic("papers", there=facts.papers > 0, note=str(facts.papers)),
        electronic("dossier", there=facts.dossier > 0, note=str(facts.dossier)),
        electronic("clocks", there=facts.clocks > 0, note=str(facts.clocks)),
        Item("title", False, ItemState.PENDING),
        Item("seal_papers", False, ItemState.PENDING),
        Item("originals", False, ItemState.PENDING if originals else ItemState.NONE),
        Item("keys", False, ItemState.PENDING),
        Item("contacts", False, ItemState.PENDING),
        Item("money", False, ItemState.PENDING if facts.money_fen else ItemState.NONE),
    ]


def score(items: Sequence[Item]) -> int:
    """How complete the hand-over is, in percent of what there is to hand over, rounded down."""
    wanted = [item for item in items if item.state is not ItemState.NONE]
    if not wanted:
        return 100
    return sum(item.state is ItemState.OVER for item in wanted) * 100 // len(wanted)


def delivered(items: Sequence[Item], handed: Collection[str], none: Mapping[str, str]) -> list[Item]:
    """The list after the old court has handed some paper items over, or said that there are none.

    Raises `InvalidInput` for an item that is not on paper, for nothing at all, and for "none" without a reason.
    """
    unknown = (set(handed) | set(none)) - set(PAPER_ITEMS)
    if unknown or not (handed or none):
        raise InvalidInput(
            msg("请勾选已移交的材料。"), fields={"handed": msg("请选择列表中的材料。")}, rule="T-04"
        )
    if any(not why.strip() for why in none.values()):
        raise InvalidInput(
            msg("没有该项材料的，请说明原因。"), fields={"none": msg("请说明原因。")}, rule="T-04"
        )
    return [_given(item, handed, none) for item in items]


def _given(item: Item, handed: Collection[str], none: Mapping[str, str]) -> Item:
    if item.code in handed:
        return Item(item.code, item.electronic, ItemState.OVER, item.note)
    if item.code in none:
        return Item(item.code, item.electronic, ItemState.NONE, item.note, none[item.code].strip())
    return item


def checked(items: Sequence[Item], missing: Mapping[str, str]) -> list[Item]:
    """The list after the new court has looked at it: what it does not find is missing. Raises `InvalidInput`."""
    known = {item.code for item in items}
    if set(missing) - known or any(not why.strip() for why in missing.values()):
        raise InvalidInput(
            msg("请说明缺少什么。"),
            fields={"missing": msg("请选择列表中的材料，并说明缺少什么。")},
            rule="T-04",
        )
    return [
        Item(item.code, item.electronic, ItemState.MISSING, item.note, missing[item.code].strip())
        if item.code in missing
        else item
        for item in items
    ]


def check_receivable(items: Sequence[Item]) -> None:
    """Raise `RuleViolation` for a receipt while something is still to come or was found missing."""
    left = [item for item in items if item.state in {ItemState.PENDING, ItemState.MISSING}]
    if left:
        raise RuleViolation(
            "T-04",
            msg("还有 {count} 项材料未移交，不能签收完毕：{first}。", count=len(left), first=label(left[0])),
        )


def label(item: Item) -> Message:
    """The item in words."""
    return msg(LABELS[item.code])


def read_items(stored: Sequence[Mapping[str, Any]]) -> list[Item]:
    """The list as it was kept."""
    return [
        Item(
            str(each["code"]),
            bool(each["electronic"]),
            ItemState(each["state"]),
            str(each["note"]),
            str(each["why"]),
        )
        for each in stored
    ]

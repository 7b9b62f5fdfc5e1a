"""Which change of a published notice is small and which is material (B-16), and what a further version says has changed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MATERIAL_LABELS: dict[str, str] = {
    "price_basis": "参考价或定价依据",
    "parts": "合并拍卖的财产范围",
    "area": "面积、数量或权属",
    "burdens": "权利负担、租赁或占有",
    "defects": "已知瑕疵",
    "taxes": "税费及负担",
    "delivery": "交付方式或时间",
    "qualification": "竞买人资格",
    "times": "开拍、结束时间或尾款期限",
    "figures": "起拍价、增价幅度、保证金或是否允许委托限价",
}
"""What bidders reckon with: it changes only by withdrawing the lot and publishing it anew with a whole notice period."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that a further version says otherwise."""

    label: str
    before: str
    after: str


_SMALL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("看样时间", ("disclosure", "viewing", "text")),
    ("看样联系人", ("disclosure", "viewing", "contact")),
    ("看样电话", ("disclosure", "viewing", "phone")),
    ("法院联系方式和监督渠道", ("disclosure", "contact")),
    ("其他", ("disclosure", "other")),
    ("标的说明", ("summary",)),
)
"""What a supplement may change, with its place in the notice."""


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """What the supplement says otherwise than the version before it."""
    return [
        Changed(label, old, new)
        for label, path in _SMALL
        if (old := _at(before, path)) != (new := _at(after, path))
    ]


def _at(content: Mapping[str, Any], path: tuple[str, ...]) -> str:
    value: Any = content
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value or ""


def changed_words(codes: list[str]) -> str:
    """The changed facts in words, for papers and messages."""
    return "、".join(MATERIAL_LABELS[code] for code in codes if code in MATERIAL_LABELS)

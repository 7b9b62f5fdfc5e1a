"""What must be found out before an asset is valued, per kind, and which evidence counts (A-11…A-14; what B-15 discloses).
Data and pure lookups."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from disposal_teams.assets.models import AssetKind
from disposal_teams.surveys.models import EvidenceKind

K, E = AssetKind, EvidenceKind

ALL_KINDS = frozenset(AssetKind)
BUILT = frozenset({K.REAL_ESTATE})
GROUND = frozenset({K.REAL_ESTATE, K.LAND})


@dataclass(frozen=True, slots=True)
class SurveyItem:
    """A line of the table. `only_if` names an attribute of the asset that must be true for the line to be required."""

    code: str
    label: str
    hint: str
    kinds: frozenset[AssetKind]
    evidence: frozenset[EvidenceKind]
    rule: str
    only_if: str | None = None


_ON_SITE = frozenset({E.SITE_INSPECTION, E.PHOTO})
_PAPER = frozenset({E.REGISTRY_EXTRACT, E.DOCUMENT, E.INQUIRY_REPLY})
_ANY = frozenset(EvidenceKind)

MATRIX: tuple[SurveyItem, ...] = (
    SurveyItem(
        "title", "权属", "登记权利人、共有情况、权证号", ALL_KINDS, frozenset({E.REGISTRY_EXTRACT}), "A-11"
    ),
    SurveyItem("burdens", "权利负担", "抵押、质押、其他查封、居住权", ALL_KINDS, _PAPER, "A-11"),
    SurveyItem(
        "occupation",
        "占有使用",
        "现由何人占有、使用，自何时起",
        ALL_KINDS - {K.SHARES},
        _ON_SITE | {E.STATEMENT, E.DOCUMENT},
        "A-11",
    ),
    SurveyItem(
        "arrears", "欠缴税费", "物业、水电气、税款等，注明查询日", ALL_KINDS, _PAPER | {E.STATEMENT}, "A-11"
    ),
    SurveyItem(
        "defects",
        "质量瑕疵",
        "已知瑕疵；没有发现也须写明",
        ALL_KINDS - {K.SHARES},
        _ON_SITE | {E.STATEMENT, E.DOCUMENT},
        "A-11",
    ),
    SurveyItem("interior", "入户勘验", "入户日期、在场人、户内现状", BUILT, _ON_SITE, "A-12"),
    SurveyItem(
        "floor_plan",
        "户型图",
        "测绘图或现场绘制的户型图",
        BUILT,
        _PAPER | {E.PHOTO, E.SITE_INSPECTION},
        "A-12",
    ),
    SurveyItem("tax_items", "交易税目税率", "买卖双方各自的税种、税率", GROUND, _PAPER, "A-12"),
    SurveyItem(
        "lease",
        "租赁与居住权核查",
        "合同签订日、租期、租金支付凭证、实际占用",
        GROUND,
        _ANY - {E.PHOTO},
        "A-13",
    ),
    SurveyItem(
        "construction_price",
        "建设工程价款",
        "已通知承包人，其答复及欠付金额",
        GROUND,
        _PAPER | {E.STATEMENT},
        "A-14",
        only_if="under_construction",
    ),
    SurveyItem("land_nature", "土地性质", "出让或划拨；划拨的写明补缴出让金的负担", BUILT, _PAPER, "B-15"),
    SurveyItem(
        "household",
        "户口与学位",
        "已知的户口登记、学位使用情况；未能查明的写明未查明",
        BUILT,
        _PAPER | {E.STATEMENT},
        "B-15",
    ),
    SurveyItem(
        "idle_land", "闲置情况", "是否被认定为闲置土地，开工、竣工期限", frozenset({K.LAND}), _PAPER, "B-15"
    ),
    SurveyItem(
        "planning_use",
        "规划用途与年限",
        "土地用途、使用权类型、剩余年限",
        frozenset({K.LAND}),
        _PAPER,
        "A-12",
    ),
    SurveyItem(
        "registration", "登记信息", "号牌、车架号、年检与保险有效期", frozenset({K.VEHICLE}), _PAPER, "A-12"
    ),
    SurveyItem("violations", "违章记录", "未处理的违章及记分", frozenset({K.VEHICLE}), _PAPER, "A-12"),
    SurveyItem("emission", "排放标准", "国五、国六等", frozenset({K.VEHICLE}), _PAPER | {E.PHOTO}, "A-12"),
    SurveyItem(
        "keys_papers",
        "钥匙和随车证件",
        "钥匙、行驶证、登记证书是否在卷",
        frozenset({K.VEHICLE}),
        _ON_SITE | {E.STATEMENT},
        "B-15",
    ),
    SurveyItem(
        "missing_parts", "缺失部件", "缺失或损坏的部件；没有的写明", frozenset({K.VEHICLE}), _ON_SITE, "B-15"
    ),
    SurveyItem("mileage", "行驶里程", "表显里程，附仪表照片", frozenset({K.VEHICLE}), _ON_SITE, "A-12"),
    SurveyItem(
        "quantity", "数量与存放地点", "清点数量、规格、存放处", frozenset({K.GOODS}), _ON_SITE, "A-12"
    ),
    SurveyItem(
        "shelf_life",
        "保质期",
        "生产日期、到期日",
        frozenset({K.GOODS}),
        _ON_SITE | {E.DOCUMENT},
        "A-12",
        only_if="is_food",
    ),
    SurveyItem(
        "decay",
        "变质情况",
        "是否腐坏变质",
        frozenset({K.GOODS}),
        _ON_SITE | {E.DOCUMENT},
        "A-12",
        only_if="is_food",
    ),
    SurveyItem(
        "forbidden",
        "禁止流通核查",
        "是否属于禁止销售的食品",
        frozenset({K.GOODS}),
        _PAPER | {E.STATEMENT},
        "A-12",
        only_if="is_food",
    ),
    SurveyItem("share_ratio", "持股比例", "占注册资本的比例", frozenset({K.SHARES}), _PAPER, "A-12"),
    SurveyItem("capital", "认缴与实缴", "认缴额、实缴额、出资期限", frozenset({K.SHARES}), _PAPER, "A-12"),
    SurveyItem(
        "accounts",
        "财务报表",
        "最近一期报表；拒不提供的写明",
        frozenset({K.SHARES}),
        _PAPER | {E.STATEMENT},
        "A-12",
    ),
    SurveyItem(
        "dividends",
        "分红情况",
        "近三年分红及应付未付股利",
        frozenset({K.SHARES}),
        _PAPER | {E.STATEMENT},
        "A-12",
    ),
    SurveyItem("transfer_limits", "转让限制", "章程限制、审批要求", frozenset({K.SHARES}), _PAPER, "A-25"),
    SurveyItem(
        "transferability", "可转让性", "权利期限、转让条件", frozenset({K.OTHER_RIGHT}), _PAPER, "A-11"
    ),
)

EVIDENCE_LABELS: dict[EvidenceKind, str] = {
    E.REGISTRY_EXTRACT: "登记资料",
    E.SITE_INSPECTION: "现场勘验笔录",
    E.PHOTO: "照片",
    E.STATEMENT: "询问笔录",
    E.INQUIRY_REPLY: "查询回函",
    E.DOCUMENT: "其他书证",
}


def required_items(kind: AssetKind, attributes: Mapping[str, Any]) -> tuple[SurveyItem, ...]:
    """The lines that an asset of this kind needs, in the order of the table (A-12)."""
    return tuple(
        item
        for item in MATRIX
        if kind in item.kinds and (item.only_if is None or bool(attributes.get(item.only_if)))
    )


def item_of(kind: AssetKind, code: str) -> SurveyItem | None:
    """The line of this code, if the kind has it."""
    return next((item for item in MATRIX if item.code == code and kind in item.kinds), None)


def missing_items(
    kind: AssetKind, attributes: Mapping[str, Any], found: Collection[str]
) -> tuple[SurveyItem, ...]:
    """The required lines that have no finding yet (A-15)."""
    return tuple(item for item in required_items(kind, attributes) if item.code not in found)


def needs_lease_verdict(kind: AssetKind) -> bool:
    """Whether leases must be judged before the survey is complete (A-13, A-17)."""
    return kind in GROUND

"""The court's words for kinds, states and verdicts. Chinese is the key of every translation."""

from disposal_teams.assets.models import AssetKind, AssetState, LeaseStatus, SealKind, SealState, SoleHome

KIND_LABELS: dict[AssetKind, str] = {
    AssetKind.REAL_ESTATE: "房产",
    AssetKind.VEHICLE: "机动车",
    AssetKind.SHARES: "股权",
    AssetKind.LAND: "土地",
    AssetKind.GOODS: "其他动产",
    AssetKind.OTHER_RIGHT: "其他财产权",
}

STATE_LABELS: dict[AssetState, str] = {
    AssetState.REGISTERED: "已登记",
    AssetState.SEALED_EFFECTIVE: "已查封",
    AssetState.SEALED_WAITING: "轮候查封",
    AssetState.UNDER_SURVEY: "调查中",
    AssetState.VALUATION: "确定参考价",
    AssetState.READY_TO_LIST: "待上拍",
    AssetState.SELF_SALE: "自行处置",
    AssetState.LISTED: "已上拍",
    AssetState.SUSPENDED: "已中止",
    AssetState.TRANSFER_PENDING: "移送办理中",
    AssetState.TRANSFERRED_OUT: "已移送外院",
    AssetState.SOLD_PENDING_PAYMENT: "成交待付款",
    AssetState.PAID: "已付清",
    AssetState.RULED: "已裁定",
    AssetState.DELIVERED: "已交付",
    AssetState.OFFERED_IN_KIND: "征询以物抵债",
    AssetState.IN_KIND_RULED: "已裁定抵债",
    AssetState.UNSOLD_RELEASED: "未成交解封",
    AssetState.OTHER_MEASURE: "其他措施",
    AssetState.WITHDRAWN: "已撤回",
    AssetState.REVOKED: "已撤销",
    AssetState.CLOSED: "已结案",
}

SOLE_HOME_LABELS: dict[SoleHome, str] = {
    SoleHome.NO: "不是唯一住房",
    SoleHome.UNKNOWN: "尚未查明",
    SoleHome.WITH_HOUSING: "唯一住房，已提供临时住房",
    SoleHome.WITH_RENT_DEDUCTION: "唯一住房，扣除租金",
}

LEASE_LABELS: dict[LeaseStatus, str] = {
    LeaseStatus.UNKNOWN: "尚未查明",
    LeaseStatus.NONE: "不带租",
    LeaseStatus.HONOURED: "带租拍卖",
    LeaseStatus.REMOVED_BY_RULING: "已裁定去除租赁权",
    LeaseStatus.DISPUTED: "租赁有争议",
}

SEAL_KIND_LABELS: dict[SealKind, str] = {SealKind.PRESERVATION: "保全查封", SealKind.ENFORCEMENT: "执行查封"}

SEAL_STATE_LABELS: dict[SealState, str] = {
    SealState.EFFECTIVE: "生效",
    SealState.WAITING: "轮候",
    SealState.LAPSED: "已失效",
    SealState.RELEASED: "已解除",
    SealState.TREATED_AS_TRANSFERRED: "随处置权移送",
}

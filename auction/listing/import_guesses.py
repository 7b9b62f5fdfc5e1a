"""What a published title and place suggest: the kind of asset and the court. Pure and always the same."""

import re

from auction.listing.restore import spread
from disposal_teams.assets.models import AssetKind
from disposal_teams.courts.rules import SUZHOU_COURTS

_KINDS: tuple[tuple[AssetKind, re.Pattern[str]], ...] = (
    (AssetKind.SHARES, re.compile("股权|股份|股票|出资额")),
    (AssetKind.OTHER_RIGHT, re.compile("商标|专利|债权|采矿权|探矿权|经营权|林权|应收|收费权|海域使用权")),
    (
        AssetKind.REAL_ESTATE,
        re.compile(
            "房|室|楼|住宅|商铺|公寓|别墅|厂区|仓库|车库|车位|幢|栋|单元|不动产|花园|小区|在建|[路街弄巷村].{0,6}号"
        ),
    ),
    (
        AssetKind.VEHICLE,
        re.compile(
            "轿车|汽车|客车|货车|越野|牵引车|挂车|机动车|摩托|宝马|奔驰|奥迪|号车|[京津沪渝苏浙皖鲁豫粤][A-Z][·×A-Z0-9]{4}"
        ),
    ),
    (AssetKind.LAND, re.compile("土地|地块|宗地")),
    (AssetKind.GOODS, re.compile("设备|机器|机械|一批|库存|面料|机床|家具|手机|白酒|字画|物资")),
)


def guess_kind(title: str) -> AssetKind:
    """The kind of asset that a title suggests; homes are what most lots are."""
    for kind, pattern in _KINDS:
        if pattern.search(title):
            return kind
    return AssetKind.REAL_ESTATE


def court_for(place: str, title: str, key: str) -> str:
    """The court of a place in the city; lots from elsewhere are spread over the courts, always the same way."""
    for court in SUZHOU_COURTS[1:]:
        name = court.district.removeprefix("苏州")
        if name.removesuffix("区").removesuffix("市") in place or name.removesuffix("市") in title:
            return court.code
    if "苏州" in place:
        return ("0505", "0506", "0507", "0508", "0509")[int(spread(key, "court") * 5)]
    return SUZHOU_COURTS[int(spread(key, "court") * len(SUZHOU_COURTS))].code

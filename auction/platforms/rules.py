"""Which platform it is (B-02). Pure."""

from collections.abc import Iterable
from enum import StrEnum

from core.i18n import Message, msg


class Platform(StrEnum):
    """The list. On another platform than `OWN`, which is this service, nothing is published here."""

    OWN = "own"
    TAOBAO = "taobao"
    JD = "jd"
    GPAI = "gpai"
    COURT_ASSETS = "court_assets"
    AUCTIONEERS = "auctioneers"
    ICBC = "icbc"
    CBEX = "cbex"


PLATFORM_LABELS: dict[Platform, str] = {
    Platform.OWN: "本平台",
    Platform.TAOBAO: "淘宝网",
    Platform.JD: "京东网",
    Platform.GPAI: "公拍网",
    Platform.COURT_ASSETS: "人民法院诉讼资产网",
    Platform.AUCTIONEERS: "中国拍卖行业协会网",
    Platform.ICBC: "工商银行融e购",
    Platform.CBEX: "北京产权交易所",
}
"""The list of the Supreme People's Court, and this service."""


def common_choice(choices: Iterable[str]) -> Platform | None:
    """What the applicants chose; None when nobody chose or they disagree, so that the court designates (B-02)."""
    chosen = set(choices)
    return Platform(chosen.pop()) if len(chosen) == 1 else None


def platform_of(choices: Iterable[str], designated: str | None) -> Platform:
    """Where the asset is auctioned: the applicants' common choice, else the court's designation, else this service."""
    return common_choice(choices) or Platform(designated or Platform.OWN)


def elsewhere(platform: Platform) -> Message | None:
    """Why nothing is published here, or None."""
    if platform is Platform.OWN:
        return None
    return msg(
        "该标的物确定在“{platform}”拍卖，不能在本平台发布公告。", platform=msg(PLATFORM_LABELS[platform])
    )

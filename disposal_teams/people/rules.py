"""Words and checks of the directory and the talent pool. Pure."""

import re

from core.errors import InvalidInput
from core.i18n import msg
from disposal_teams.people.models import PhoneKind, Skill

_OFFICE = re.compile(r"[0-9][0-9 -]{2,28}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def checked_phone(text: str) -> str:
    """An office phone as the directory shows it. Raises `InvalidInput` for a private mobile number, or what is no number."""
    phone = " ".join(text.replace("－", "-").split())
    if not _OFFICE.fullmatch(phone):
        raise InvalidInput(msg("电话有误。"), fields={"phone": msg("请填写固定电话，例如 0512-12345678。")})
    if _MOBILE.fullmatch(phone.replace(" ", "").replace("-", "")):
        raise InvalidInput(
            msg("电话有误。"), fields={"phone": msg("名录只公开办公电话，请不要填写个人手机号码。")}
        )
    return phone


PHONE_LABELS: dict[PhoneKind, str] = {
    PhoneKind.DUTY: "值班电话",
    PhoneKind.CENTRE: "执行指挥中心",
    PhoneKind.OFFICER: "执行人员办公电话",
}

SKILL_LABELS: dict[Skill, str] = {
    Skill.FINDING: "查人找物",
    Skill.SERVICE: "送达",
    Skill.SEALING: "查封控制",
    Skill.EVICTION: "腾退清场",
    Skill.VALUATION: "估价",
    Skill.AUCTION: "网络拍卖",
    Skill.DISTRIBUTION: "案款分配",
    Skill.SHARES: "股权处置",
    Skill.LAND: "土地和在建工程",
    Skill.BANKRUPTCY: "执破衔接",
    Skill.COORDINATION: "协调与群体性事项",
}

"""Which purchase limit binds whom, and whether a buyer was qualified all the way from registration to ruling (B-17). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from auction.purchase_limits.models import ProofSource
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.legal_settings import PurchaseLimit


@dataclass(frozen=True, slots=True)
class Place:
    """Where an asset is and what it is. `kind` as in the catalogue."""

    kind: str
    district: str
    location: str


def limit_in_force(
    limits: Iterable[PurchaseLimit], place: Place, *, on: date, home_city: str
) -> PurchaseLimit | None:
    """The limit that binds buyers of this asset on a day, or None.

    A place that names a city of the table follows that city; any other follows the courts' own city.
    """
    where = f"{place.location}{place.district}"
    table = list(limits)
    named = {limit.city for limit in table if _is_named(limit.city, where)}
    cities = named or {home_city}
    for limit in table:
        if limit.city in cities and _binds(limit, place, where, on):
            return limit
    return None


def _is_named(city: str, where: str) -> bool:
    return city in where or city.removesuffix("市") in where


def is_in_force(limit: PurchaseLimit, *, on: date) -> bool:
    """Whether the limit holds on a day; both its days are included."""
    return not (
        (limit.since is not None and on < limit.since) or (limit.until is not None and on > limit.until)
    )


def _binds(limit: PurchaseLimit, place: Place, where: str, on: date) -> bool:
    if place.kind not in limit.kinds or not is_in_force(limit, on=on):
        return False
    return not limit.districts or any(district in where for district in limit.districts)


def limit_problems(limit: PurchaseLimit) -> dict[str, Message]:
    """What is wrong with a line of the policy table, by field (B-17)."""
    problems: dict[str, Message] = {}
    if not limit.city or len(limit.city) > 20:
        problems["city"] = msg("请填写城市名称，例如：苏州市。")
    if not limit.text or len(limit.text) > 300:
        problems["text"] = msg("请写明限购内容，不超过 300 字。")
    if not limit.kinds:
        problems["kinds"] = msg("请选择受限的财产类型。")
    if limit.since is not None and limit.until is not None and limit.until < limit.since:
        problems["until"] = msg("终止日期不能早于起始日期。")
    return problems


def qualification_text(limit: PurchaseLimit | None, home_city: str) -> str:
    """What a notice says of who may buy a home: the limit that binds, or that there is none (B-17)."""
    promise = "竞买人应承诺从报名到裁定期间持续具备购买资格"
    if limit is None:
        return f"{home_city}目前没有适用于该标的物的住房限购政策；{promise}，成交前政策有变化的，以裁定时的政策为准。"
    return (
        f"{limit.city}限购政策：{limit.text}。受限购约束、不具备购房资格的，不得参加竞买；{promise}，裁定前由本院复核。"
        "以虚假材料取得竞买资格的，拍卖无效，承担由此造成的损失。"
    )


@dataclass(frozen=True, slots=True)
class PurchaseStatement:
    """What a bidder states at registration: whether the household may buy, and the number of the certificate, if any."""

    may_buy: bool
    certificate: str = ""


def check_statement(limit: PurchaseLimit | None, statement: PurchaseStatement | None) -> None:
    """Whoever is bound by a limit is refused; everybody else promises to be free to buy (B-17, S14 art. 2).

    Raises `InvalidInput` at `may_buy` without a statement, `RuleViolation` for who may not buy.
    """
    if limit is None:
        return
    if statement is None:
        raise InvalidInput(
            msg("该标的物所在城市限购，请先声明购房资格。"),
            fields={"may_buy": msg("请选择是否具备购房资格。")},
            rule="B-17",
        )
    if not statement.may_buy:
        raise RuleViolation(
            "B-17",
            msg("受限购政策约束、不具备购房资格的，不能参加该标的物的竞买。"),
            remedy=msg("取得购房资格后，可以在竞价结束前报名。"),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding on whether the buyer may buy, on a day."""

    as_of: date
    may_buy: bool
    source: ProofSource


def continuity_gap(
    limit: PurchaseLimit | None,
    *,
    registered_on: date,
    ruling_on: date,
    findings: Sequence[Finding],
    fresh_days: int,
) -> Message | None:
    """Why the ruling cannot be made yet as far as the purchase limit goes (B-17, S14 arts 3, 4), or None.

    The buyer promised at registration, no finding between registration and ruling says otherwise, and a certificate of the
    housing authority not older than `fresh_days` stands on the day of the ruling. `limit` is the one in force at registration
    or at the ruling; without any there is nothing to prove.
    """
    if limit is None:
        return None
    within = [each for each in findings if registered_on <= each.as_of <= ruling_on]
    lost = [each for each in within if not each.may_buy]
    if lost:
        return msg(
            "{day} 的核查显示买受人不具备购房资格，未能从报名到裁定持续具备资格。",
            day=lost[0].as_of.isoformat(),
        )
    if not any(each.source is ProofSource.PROMISE for each in within):
        return msg("没有报名时的购房资格承诺。")
    fresh_from = ruling_on - timedelta(days=fresh_days)
    certified = [
        each for each in within if each.source is ProofSource.HOUSING_AUTHORITY and each.as_of >= fresh_from
    ]
    if not certified:
        return msg("请先取得住房管理部门 {days} 日内出具的购房资格证明。", days=fresh_days)
    return None


FAKE_CONSEQUENCE = msg(
    "以虚假材料取得竞买资格的，拍卖无效，由其承担由此造成的损失，人民法院可以依法罚款、拘留；已交保证金按悔拍处理。"
)
"""What a false qualification leads to (S14 art. 4)."""

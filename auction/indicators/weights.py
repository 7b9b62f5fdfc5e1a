"""Versions of the weights: who made them, when, for which months. A version never changes; the months before keep theirs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlmodel import col, select

from auction.indicators.models import FrozenMonth, WeightVersion
from auction.indicators.rules import DEFAULT_WEIGHTS, Method, Weight, add_months, check_weights, month_of
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.plain_text import clean_text


def read_weights(version: WeightVersion) -> tuple[Weight, ...]:
    """The weights of a version."""
    return tuple(
        Weight(each["code"], each["weight"], Method(each["method"]), each["target"])
        for each in version.weights
    )


async def weight_versions(work: Work) -> list[WeightVersion]:
    """All versions, the newest first."""
    return list(await work.session.exec(select(WeightVersion).order_by(col(WeightVersion.version).desc())))


async def weights_for(work: Work, month: date) -> tuple[int, tuple[Weight, ...]]:
    """The version in force for a month (0: the rulebook's default) and its weights."""
    found = (
        await work.session.exec(
            select(WeightVersion)
            .where(WeightVersion.from_month <= month)
            .order_by(col(WeightVersion.version).desc())
            .limit(1)
        )
    ).first()
    return (0, DEFAULT_WEIGHTS) if found is None else (found.version, read_weights(found))


async def set_weights(
    work: Work, weights: Sequence[Weight], *, from_month: date, reason: str, after: int
) -> WeightVersion:
    """Make the next version, in force from a month that is not frozen. `after` is the version that was read.

    Raises `InvalidInput`, `RuleViolation` for a frozen month, `Conflict` when somebody was quicker, `NotPermitted`.
    """
    require(work.actor, Permission.KEEP_INDICATORS)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if from_month.day != 1 or not -12 <= _months_between(month_of(work.now), from_month) <= 24:
        fields["from_month"] = msg("请选择最近一年内或者两年内的月份。")
    if fields:
        raise InvalidInput(msg("权重有误，请按提示修改。"), fields=fields, rule="K-01")
    check_weights(weights)
    frozen = await work.session.exec(
        select(col(FrozenMonth.month)).where(col(FrozenMonth.month) >= from_month).limit(1)
    )
    if frozen.first() is not None:
        raise RuleViolation(
            "K-01",
            msg("{month} 已经冻结，权重只能用于尚未冻结的月份。", month=f"{from_month:%Y-%m}"),
            remedy=msg("请从下一个未冻结的月份起适用。"),
        )
    versions = await weight_versions(work)
    newest = versions[0].version if versions else 0
    if after != newest:
        raise Conflict(msg("权重刚刚被他人更新，请刷新后重试。"), rule="K-01")
    version = WeightVersion(
        version=newest + 1,
        from_month=from_month,
        weights=[asdict(each) for each in weights],
        reason=reason,
        made_by=work.actor.account_id,
        made_by_name=work.actor.name,
        made_at=work.now,
    )
    work.session.add(version)
    await record(
        work, "indicator.weights_set", stream="indicators:weights", rule="K-01", version=version.version,
        from_month=from_month.isoformat(), weights=version.weights, reason=reason,
    )  # fmt: skip
    return version


def _months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month


def next_free_month(frozen: date | None, now_month: date) -> date:
    """The first month to which a new version may apply."""
    return now_month if frozen is None else max(add_months(frozen, 1), add_months(now_month, -11))

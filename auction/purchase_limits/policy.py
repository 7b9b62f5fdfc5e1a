"""The policy table of the cities: what is in force, every version, and the intermediate court's changes (B-17)."""

from collections.abc import Sequence
from datetime import date

import msgspec
from sqlalchemy import text
from sqlmodel import col, select

from auction.purchase_limits.models import PurchasePolicy
from auction.purchase_limits.rules import limit_problems
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, require
from core.legal_settings import PurchaseLimit, legal
from disposal_teams.plain_text import clean_text

MOST = 100


async def limits_now(work: Work) -> tuple[PurchaseLimit, ...]:
    """The table in force: the newest version, or the legal settings before there is one."""
    newest = (await policy_versions(work, limit=1))[:1]
    return read_limits(newest[0]) if newest else legal().purchase_limits


async def policy_versions(work: Work, *, limit: int = 50) -> list[PurchasePolicy]:
    """The versions, newest first."""
    rows = await work.session.exec(
        select(PurchasePolicy).order_by(col(PurchasePolicy.version).desc()).limit(limit)
    )
    return list(rows)


def read_limits(policy: PurchasePolicy) -> tuple[PurchaseLimit, ...]:
    """What a version says."""
    return msgspec.convert(policy.limits, tuple[PurchaseLimit, ...], strict=False)


async def put_limit(
    work: Work, limit: PurchaseLimit, *, reason: str, place: int | None = None, after: int | None = None
) -> PurchasePolicy:
    """Add a limit to the table, or put it in the place of one that stands there: a further version with its reason.

    `after` is the version that the writer has seen. Raises `InvalidInput` by field, `NotFound` (no such place), `Conflict`
    (somebody was quicker), `NotPermitted`.
    """
    require(work.actor, Permission.SET_PURCHASE_LIMITS)
    await work.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('purchase_policy', 7))"))
    newest = (await policy_versions(work, limit=1))[:1]
    version = newest[0].version if newest else 0
    if after is not None and after != version:
        raise Conflict(msg("限购政策刚刚被他人更新，请刷新后重试。"), rule="B-17")
    fields: dict[str, Message] = dict(limit_problems(limit))
    reason = clean_text(reason, "reason", fields, longest=300)
    limits = list(read_limits(newest[0]) if newest else legal().purchase_limits)
    if place is not None and not 0 <= place < len(limits):
        raise NotFound(msg("没有找到该项限购政策。"))
    if place is None and len(limits) >= MOST:
        fields["city"] = msg("限购政策最多 {most} 项。", most=MOST)
    if fields:
        raise InvalidInput(msg("限购政策有误，请按提示修改。"), fields=fields, rule="B-17")
    if place is None:
        limits.append(limit)
    else:
        limits[place] = limit
    policy = PurchasePolicy(
        version=version + 1,
        limits=_stored(limits),
        reason=reason,
        published_by=work.actor.account_id,
        published_at=work.now,
    )
    work.session.add(policy)
    await work.session.flush()
    await record(
        work, "purchase_policy.published", stream="policy:purchase", rule="B-17", version=policy.version,
        city=limit.city, since=_iso(limit.since), until=_iso(limit.until), reason=reason,
    )  # fmt: skip
    return policy


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _stored(limits: Sequence[PurchaseLimit]) -> list[dict[str, object]]:
    stored: list[dict[str, object]] = msgspec.to_builtins(limits)
    return stored

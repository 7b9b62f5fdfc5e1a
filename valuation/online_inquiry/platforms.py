"""The list of inquiry platforms: who stands on it, who delivers with which key, who must leave it (V-10, V-15)."""

import hmac
import secrets
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.plain_text import clean_text
from valuation.online_inquiry import rules
from valuation.online_inquiry.models import InquiryPlatform, InquiryState, PlatformInquiry
from valuation.rules import add_months


async def list_platform(work: Work, *, code: str, name: str) -> InquiryPlatform:
    """Put a platform on the list. Raises `Conflict` (listed), `RuleViolation` (V-15: still barred), `InvalidInput`."""
    require(work.actor, Permission.KEEP_VALUERS)
    fields: dict[str, Message] = {}
    code = clean_text(code, "code", fields, longest=20)
    name = clean_text(name, "name", fields, longest=60)
    if fields:
        raise InvalidInput(msg("平台没有登记，请按提示修改。"), fields=fields, rule="V-10")
    today = work.now.astimezone(COURT_ZONE).date()
    platform = await work.session.get(InquiryPlatform, code, with_for_update=True)
    if platform is not None and platform.removed_on is None:
        raise Conflict(msg("该平台已在名单中。"), rule="V-10")
    if platform is not None and platform.barred_until is not None and today <= platform.barred_until:
        raise RuleViolation(
            "V-15", msg("该平台被移出名单，{day} 前不得再次入选。", day=platform.barred_until.isoformat())
        )
    if platform is None:
        platform = InquiryPlatform(code=code, name=name, listed_on=today)
        work.session.add(platform)
    else:
        platform.name, platform.listed_on, platform.removed_on, platform.barred_until = (
            name,
            today,
            None,
            None,
        )
    await work.session.flush()
    await _note(work, platform, "inquiry_platform.listed", "V-10")
    return platform


async def remove_platform(work: Work, code: str, *, reason: str) -> InquiryPlatform:
    """Take a platform off the list, for five years (V-15). Inquiries that it was asked before go on."""
    require(work.actor, Permission.KEEP_VALUERS)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请写明移出名单的理由。"), fields=fields, rule="V-15")
    platform = await work.session.get(InquiryPlatform, code, with_for_update=True)
    if platform is None or platform.removed_on is not None:
        raise NotFound(msg("名单中没有该平台。"))
    today = work.now.astimezone(COURT_ZONE).date()
    platform.removed_on, platform.removal_reason = today, reason
    platform.barred_until = add_months(today, 12 * rules.BARRED_YEARS)
    platform.token_hash = None
    await _note(work, platform, "inquiry_platform.removed", "V-15", reason=reason)
    return platform


async def new_delivery_key(work: Work, code: str) -> str:
    """A new key with which the platform delivers over the interface; the old one ends. Shown once, kept as a hash."""
    require(work.actor, Permission.KEEP_VALUERS)
    platform = await work.session.get(InquiryPlatform, code, with_for_update=True)
    if platform is None or platform.removed_on is not None:
        raise NotFound(msg("名单中没有该平台。"))
    key = f"{code}.{secrets.token_urlsafe(32)}"
    platform.token_hash = sha256(key.encode()).digest()
    await _note(work, platform, "inquiry_platform.key_renewed", "V-10")
    return key


async def platform_of_key(work: Work, key: str) -> InquiryPlatform:
    """The platform that holds this key. Raises `NotPermitted`."""
    code, _, _ = key.partition(".")
    platform = await work.session.get(InquiryPlatform, code[:20])
    known = platform.token_hash if platform is not None else None
    if known is None or not hmac.compare_digest(known, sha256(key.encode()).digest()):
        raise NotPermitted(msg("接口密钥无效，请联系法院更换。"), rule="V-10")
    assert platform is not None
    return platform


async def platforms_on_list(work: Work) -> list[InquiryPlatform]:
    """Every platform that must be asked (V-10)."""
    return list(
        await work.session.exec(
            select(InquiryPlatform)
            .where(col(InquiryPlatform.removed_on).is_(None))
            .order_by(col(InquiryPlatform.code))
        )
    )


async def late_reports(work: Work, code: str, *, since: date) -> int:
    """How many reports of the platform were late since a day."""
    query = (
        select(func.count())
        .select_from(PlatformInquiry)
        .where(
            PlatformInquiry.platform_code == code,
            PlatformInquiry.state == InquiryState.LATE,
            func.date(func.timezone("Asia/Shanghai", PlatformInquiry.due_at)) >= since,
        )
    )
    return (await work.session.exec(query)).one()


async def must_leave(work: Work, code: str) -> bool:
    """Whether the platform's late reports of the last year reach the limit of V-15; a person decides about reasons."""
    today = work.now.astimezone(COURT_ZONE).date()
    late = await late_reports(work, code, since=today - timedelta(days=365))
    return rules.to_be_removed(late_in_a_year=late, refused_without_reason=False, colluded_or_leaked=False)


async def _note(work: Work, platform: InquiryPlatform, event: str, rule: str, **details: Any) -> None:
    await record(work, event, stream=f"inquiry_platform:{platform.code}", rule=rule, **details)


async def all_platforms(work: Work) -> list[InquiryPlatform]:
    """Every platform that is or was on the list; those on it first."""
    require(work.actor, Permission.KEEP_VALUERS)
    return list(
        await work.session.exec(
            select(InquiryPlatform).order_by(
                col(InquiryPlatform.removed_on).is_not(None), col(InquiryPlatform.code)
            )
        )
    )

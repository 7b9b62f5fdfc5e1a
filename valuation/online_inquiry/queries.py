"""Read online inquiries: the desk's table, a platform's own list, one entrustment."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from valuation.models import Valuation
from valuation.online_inquiry.exchange import Entrustment, entrustment_of
from valuation.online_inquiry.models import InquiryPlatform, InquiryState, PlatformInquiry


@dataclass(frozen=True, slots=True)
class InquiryRow:
    """One platform's answer with its name."""

    inquiry: PlatformInquiry
    platform: InquiryPlatform


async def inquiry_rows(work: Work, valuation_id: UUID) -> list[InquiryRow]:
    """The platforms asked for a valuation; the caller has opened its asset."""
    rows = await work.session.exec(
        select(PlatformInquiry, InquiryPlatform)
        .join(InquiryPlatform, col(InquiryPlatform.code) == col(PlatformInquiry.platform_code))
        .where(PlatformInquiry.valuation_id == valuation_id)
        .order_by(col(PlatformInquiry.platform_code))
    )
    return [InquiryRow(inquiry, platform) for inquiry, platform in rows.all()]


async def delivered_rows(work: Work, valuation_id: UUID) -> list[InquiryRow]:
    """Those of them that have delivered a report that stands."""
    return [
        row for row in await inquiry_rows(work, valuation_id) if row.inquiry.state == InquiryState.DELIVERED
    ]


async def valuation_of_inquiry(work: Work, inquiry_id: UUID) -> UUID:
    """The valuation that an inquiry belongs to. Raises `NotFound`."""
    inquiry = await work.session.get(PlatformInquiry, inquiry_id)
    if inquiry is None:
        raise NotFound(msg("没有找到该询价。"))
    return inquiry.valuation_id


async def entrustment_for_court(work: Work, inquiry_id: UUID) -> Entrustment:
    """The entrustment, for people of the asset's court (P-03)."""
    inquiry, asset = await _inquiry_with_asset(work, inquiry_id)
    require(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    return entrustment_of(inquiry, asset)


async def open_entrustments(work: Work, platform: InquiryPlatform, *, limit: int = 200) -> list[Entrustment]:
    """What a platform still has to answer, the most urgent first."""
    rows = await work.session.exec(
        select(PlatformInquiry, Asset)
        .join(Valuation, col(Valuation.id) == col(PlatformInquiry.valuation_id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            PlatformInquiry.platform_code == platform.code,
            (col(PlatformInquiry.state) == InquiryState.SENT)
            | col(PlatformInquiry.correction_due_at).is_not(None),
        )
        .order_by(col(PlatformInquiry.due_at))
        .limit(limit)
    )
    return [entrustment_of(inquiry, asset) for inquiry, asset in rows.all()]


async def _inquiry_with_asset(work: Work, inquiry_id: UUID) -> tuple[PlatformInquiry, Asset]:
    row = (
        await work.session.exec(
            select(PlatformInquiry, Asset)
            .join(Valuation, col(Valuation.id) == col(PlatformInquiry.valuation_id))
            .join(Asset, col(Asset.id) == col(Valuation.asset_id))
            .where(PlatformInquiry.id == inquiry_id)
        )
    ).first()
    if row is None:
        raise NotFound(msg("没有找到该询价。"))
    return row

"""What travels between the court and a platform, as JSON: the entrustment out, the report in (V-10, V-11)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec

from core.errors import InvalidInput
from core.i18n import msg
from disposal_teams.assets.models import Asset
from valuation.online_inquiry.models import PlatformInquiry
from valuation.rules import MAX_PRICE_FEN

LARGEST_REPORT_BYTES = 200_000
ShortText = Annotated[str, msgspec.Meta(max_length=200)]


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comparable that the platform used. `price_fen` of the whole, `area_m2` where it has one."""

    name: ShortText
    price_fen: Annotated[int, msgspec.Meta(gt=0, le=MAX_PRICE_FEN)]
    area_m2: Annotated[float, msgspec.Meta(gt=0, le=10_000_000)] | None = None
    sold_on: date | None = None


class PlatformReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A platform's report. Money in fen: an amount in yuan is a hundred times too small, and found by the check."""

    report_no: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    price_fen: Annotated[int, msgspec.Meta(gt=0, le=MAX_PRICE_FEN)]
    valid_until: date
    method: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    basics: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    samples: Annotated[list[Sample], msgspec.Meta(max_length=100)] = []


class Entrustment(msgspec.Struct, frozen=True):
    """What a platform is told (V-10): name, features, quantity, purpose, deadline. Nothing about persons."""

    inquiry_id: UUID
    platform: str
    asset_no: str
    kind: str
    name: str
    location: str
    area_m2: str
    features: dict[str, Any]
    quantity: int
    purpose: str
    due_at: str


def entrustment_of(inquiry: PlatformInquiry, asset: Asset) -> Entrustment:
    """The entrustment for one platform."""
    return Entrustment(
        inquiry_id=inquiry.id,
        platform=inquiry.platform_code,
        asset_no=asset.asset_no,
        kind=asset.kind,
        name=asset.title,
        location=asset.location,
        area_m2="" if asset.area_m2 is None else str(asset.area_m2),
        features=asset.attributes,
        quantity=1,
        purpose="确定财产处置参考价",
        due_at=inquiry.due_at.isoformat(),
    )


def read_report(content: bytes) -> PlatformReport:
    """A report from a file or request. Raises `InvalidInput`, naming the field."""
    if len(content) > LARGEST_REPORT_BYTES:
        raise InvalidInput(msg("报告文件过大，最多 200 KB。"), rule="V-11")
    try:
        return msgspec.json.decode(content, type=PlatformReport)
    except msgspec.ValidationError as error:
        raise InvalidInput(msg("报告内容不符合要求：{reason}", reason=str(error)), rule="V-11") from error
    except msgspec.DecodeError as error:
        raise InvalidInput(msg("报告不是有效的 JSON 文件。"), rule="V-11") from error

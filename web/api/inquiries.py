"""The interface of the online-inquiry platforms: read what is asked, deliver, ask for more time (V-10, V-11)."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from litestar import get, post

from core.database import Database
from core.errors import NotPermitted
from core.i18n import msg
from core.identity import ANONYMOUS
from valuation.online_inquiry.deliver import ask_extension, deliver_report
from valuation.online_inquiry.exchange import Entrustment, read_report
from valuation.online_inquiry.models import PlatformInquiry
from valuation.online_inquiry.platforms import platform_of_key
from valuation.online_inquiry.queries import open_entrustments
from web.access.visitor import AnyRequest
from web.api.problems import refuses


class InquiryAnswer(msgspec.Struct, frozen=True):
    """Where the inquiry stands after the call."""

    inquiry_id: UUID
    state: str
    due_at: datetime
    price_fen: int | None
    valid_until: date | None
    is_extension_asked: bool


def _answer(inquiry: PlatformInquiry) -> InquiryAnswer:
    return InquiryAnswer(
        inquiry.id,
        inquiry.state,
        inquiry.due_at,
        inquiry.price_fen,
        inquiry.valid_until,
        inquiry.extension_asked_at is not None,
    )


def _key(request: AnyRequest) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise NotPermitted(msg("请在 Authorization 请求头中提供接口密钥：Bearer 密钥。"), rule="V-10")
    return key.strip()


@get("/api/v1/inquiries", responses=refuses(401, 403))
async def list_entrustments(request: AnyRequest, database: Database) -> list[Entrustment]:
    """What the platform (by its key, `Authorization: Bearer …`) still has to answer, the most urgent first."""
    async with database.read() as work:
        return await open_entrustments(work, await platform_of_key(work, _key(request)))


@post(
    "/api/v1/inquiries/{inquiry_id:uuid}/report",
    status_code=201,
    responses=refuses(400, 401, 403, 404, 409, 413, 422),
)
async def deliver(request: AnyRequest, database: Database, inquiry_id: UUID) -> InquiryAnswer:
    """Deliver a report: `{"report_no", "price_fen", "valid_until", "method", "basics", "samples"}`. Money in fen.

    409: late, or delivered already. 422: a field cannot be accepted.
    """
    report = read_report(await request.body())
    async with database.begin(ANONYMOUS) as work:
        platform = await platform_of_key(work, _key(request))
        return _answer(await deliver_report(work, inquiry_id, report, platform=platform))


@post(
    "/api/v1/inquiries/{inquiry_id:uuid}/extension",
    status_code=202,
    responses=refuses(400, 401, 403, 404, 409, 422),
)
async def extend(request: AnyRequest, database: Database, inquiry_id: UUID) -> InquiryAnswer:
    """Ask for three days more, before the period ends. Granted at its end when no platform has delivered."""
    async with database.begin(ANONYMOUS) as work:
        platform = await platform_of_key(work, _key(request))
        return _answer(await ask_extension(work, inquiry_id, platform=platform))


route_handlers = [list_entrustments, deliver, extend]

"""Refusals as pages or as problem details (RFC 9457). No stack trace ever leaves the process."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import DisposalError, InvalidInput
from core.i18n import Message, msg
from web.access.visitor import AnyRequest, ForgedRequest, visitor_at_first_sight
from web.rendering import page, translated

log = structlog.get_logger(__name__)

HEADLINES: dict[int, Message] = {
    400: msg("请求无法识别"),
    401: msg("请先登录"),
    403: msg("没有权限"),
    404: msg("没有找到"),
    405: msg("不支持这种操作"),
    409: msg("暂时不能办理"),
    413: msg("提交的内容过大"),
    422: msg("填写有误"),
    429: msg("操作过于频繁"),
    500: msg("系统出错"),
    503: msg("系统繁忙"),
}
EXPLANATIONS: dict[int, Message] = {
    400: msg("请返回上一页刷新后重试。"),
    401: msg("登录后可继续办理。"),
    403: msg("您的岗位无权办理此事项。请联系有权限的同事或更换账号登录。"),
    404: msg("地址可能有误，或该内容不对您公开。请从首页重新查找。"),
    405: msg("请从页面上的按钮或链接操作。"),
    413: msg("请减少内容或压缩文件后重试。"),
    422: msg("请按提示修改后重新提交。"),
    429: msg("请稍候再试。"),
    500: msg("操作没有生效，数据没有改变。问题已记录，请稍后重试；如仍出现，请将编号告知监督电话。"),
    503: msg("请稍候几秒再试，刚才提交的内容没有保存。"),
}
RAW_AWAY = (
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # the server's last words came while the connection lay idle
)
"""What the connections of the bidding path raise when the server ends, starts, or takes no more of them."""
KINDS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 429: "too-many-requests"}


def wants_problem(request: AnyRequest) -> bool:
    """Whether the client is a program: API paths, or JSON asked for."""
    return request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", "")


def _ensure_visitor(request: AnyRequest) -> None:
    """The framework may refuse before anybody asked who the visitor is."""
    if getattr(request.state, "visitor", None) is None:
        request.state.visitor = visitor_at_first_sight(request)


def answer(
    request: AnyRequest,
    status: int,
    detail: Message,
    *,
    kind: str = "error",
    headline: Message | None = None,
    rule: str | None = None,
    remedy: Message | None = None,
    fields: dict[str, Message] | None = None,
    reference: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    """One refusal, in the shape the client reads."""
    _ensure_visitor(request)
    title = headline or HEADLINES.get(status, HEADLINES[500 if status >= 500 else 400])
    if wants_problem(request):
        return _problem(request, status, title, detail, kind, rule, remedy, fields, reference, headers)
    if status == 401 and request.method == "GET":
        full_path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return page(request, "access/login.html", status=401, next_path=full_path, notice=detail)
    response = page(
        request,
        "errors/refused.html",
        status=status,
        status_code=status,
        headline=title,
        detail=detail,
        rule=rule,
        remedy=remedy,
        fields=fields or {},
        reference=reference,
    )
    response.headers.update(headers or {})
    return response


def _problem(
    request: AnyRequest,
    status: int,
    title: Message,
    detail: Message,
    kind: str,
    rule: str | None,
    remedy: Message | None,
    fields: dict[str, Message] | None,
    reference: str | None,
    headers: dict[str, str] | None,
) -> Response[Any]:
    body: dict[str, Any] = {
        "type": f"urn:disposal:{kind}",
        "title": translated(request, title),
        "status": status,
        "detail": translated(request, detail),
        "instance": request.url.path,
    }
    if rule:
        body["rule"] = rule
    if remedy:
        body["remedy"] = translated(request, remedy)
    if fields:
        body["errors"] = {name: translated(request, text) for name, text in fields.items()}
    if reference:
        body["reference"] = reference
    headers = {**(headers or {}), "cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def on_refusal(request: AnyRequest, error: DisposalError) -> Response[Any]:
    """A use case refused."""
    _ensure_visitor(request)
    status, kind, headline = error.status, error.kind, None
    if isinstance(error, ForgedRequest):
        kind, headline = "forged-request", msg("页面已过期")
    elif status == 403 and not request.state.visitor.is_logged_in:
        status, kind = 401, "login-required"
    fields = error.fields if isinstance(error, InvalidInput) else None
    return answer(
        request,
        status,
        error.message,
        kind=kind,
        headline=headline,
        rule=error.rule,
        remedy=error.remedy,
        fields=fields,
        headers=None if error.retry_after_s is None else {"retry-after": str(error.retry_after_s)},
    )


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """The framework refused: unknown address, wrong method, wrong type of a parameter, too large."""
    status = error.status_code
    if status >= 500:
        return on_failure(request, error)
    if isinstance(error, ValidationException):
        # A path of the wrong shape names nothing that exists; in a body or query the field is wrong.
        status = 422
    fields: dict[str, Message] = {}
    if isinstance(error, ValidationException):
        faults = error.extra if isinstance(error.extra, list) else []
        fields = {str(fault["key"]): msg("取值不符合要求。") for fault in faults if "key" in fault}
    allowed = (error.headers or {}).get("Allow")
    return answer(
        request,
        status,
        EXPLANATIONS.get(status, EXPLANATIONS[400]),
        kind="invalid-input" if fields else KINDS.get(status, "bad-request"),
        fields=fields,
        headers={"allow": allowed} if allowed else None,
    )


def is_database_away(error: BaseException) -> bool:
    """Whether the database cannot be reached at the moment, as opposed to a fault of ours."""
    return any(_says_away(each) for each in _beneath(error))


def _says_away(error: BaseException) -> bool:
    if isinstance(error, PoolTimeout | InterfaceError | OperationalError | ConnectionError | TimeoutError):
        return True
    return isinstance(error, RAW_AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _beneath(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of: SQLAlchemy has no class of its own for a server that is starting or ending, and what fails
    while a broken transaction is rolled back hides what broke it."""
    left: list[BaseException | None] = [error]
    seen: set[int] = set()
    while left:
        each = left.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        left += [each.__cause__, each.__context__, getattr(each, "orig", None)]


def on_failure(request: AnyRequest, error: Exception) -> Response[Any]:
    """A fault of ours, or the database is away: logged with a reference that the reader can name."""
    reference = uuid4().hex[:10]
    status = 503 if is_database_away(error) else 500
    log.error(
        "request.failed", reference=reference, path=request.url.path, method=request.method, exc_info=error
    )
    return answer(
        request,
        status,
        EXPLANATIONS[status],
        kind="unavailable" if status == 503 else "fault",
        reference=reference,
        headers={"retry-after": "5"} if status == 503 else None,
    )

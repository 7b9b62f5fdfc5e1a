"""Refusals as pages or as problem details (RFC 9457). No stack trace ever leaves the process."""

from typing import Any
from uuid import uuid4

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

from core.errors import DisposalError, InvalidInput
from core.i18n import CHINESE, Message, msg
from core.identity import ANONYMOUS
from web.access.visitor import AnyRequest, Visitor, preferred_locale
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
    404: msg("地址可能有误，或该内容不对您公开。请从首页重新查找。"),
    405: msg("请从页面上的按钮或链接操作。"),
    413: msg("请减少内容或压缩文件后重试。"),
    422: msg("请按提示修改后重新提交。"),
    429: msg("请稍候再试。"),
    500: msg("操作没有生效，数据没有改变。问题已记录，请稍后重试；如仍出现，请将编号告知监督电话。"),
    503: msg("请稍候几秒再试，已提交的内容没有保存。"),
}


def wants_problem(request: AnyRequest) -> bool:
    """Whether the client is a program: API paths, or JSON asked for."""
    return request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", "")


def _ensure_visitor(request: AnyRequest) -> None:
    if getattr(request.state, "visitor", None) is None:
        request.state.visitor = Visitor(
            ANONYMOUS,
            preferred_locale(request.headers.get("accept-language", "")) or CHINESE,
            "auto",
            csrf="",
        )


def answer(
    request: AnyRequest,
    status: int,
    detail: Message,
    *,
    kind: str = "error",
    rule: str | None = None,
    remedy: Message | None = None,
    fields: dict[str, Message] | None = None,
    reference: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    """One refusal, in the shape the client reads."""
    _ensure_visitor(request)
    title = HEADLINES.get(status, HEADLINES[500 if status >= 500 else 400])
    if wants_problem(request):
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
        return Response(
            msgspec.json.encode(body),
            status_code=status,
            media_type="application/problem+json",
            headers=headers,
        )
    return page(
        request,
        "errors/refused.html",
        status=status,
        headline=title,
        detail=detail,
        rule=rule,
        remedy=remedy,
        fields=fields or {},
        reference=reference,
        status_code=status,
    )


def on_refusal(request: AnyRequest, error: DisposalError) -> Response[Any]:
    """A use case refused."""
    status = 401 if error.status == 403 and not _is_logged_in(request) else error.status
    fields = error.fields if isinstance(error, InvalidInput) else None
    return answer(
        request, status, error.message, kind=error.kind, rule=error.rule, remedy=error.remedy, fields=fields
    )


def _is_logged_in(request: AnyRequest) -> bool:
    _ensure_visitor(request)
    return bool(request.state.visitor.is_logged_in)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """The framework refused: unknown address, wrong method, wrong type of a parameter, too large."""
    status = error.status_code
    if isinstance(error, ValidationException):
        # A path or query parameter of the wrong type names nothing that exists.
        status = 422 if request.method != "GET" else 400
    kind = (
        "not-found"
        if isinstance(error, NotFoundException)
        else "method-not-allowed"
        if isinstance(error, MethodNotAllowedException)
        else "http"
    )
    if status == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
        kind = "too-large"
    if status >= 500:
        return on_failure(request, error)
    headers = {"allow": error.headers["Allow"]} if error.headers and "Allow" in error.headers else None
    return answer(request, status, EXPLANATIONS.get(status, EXPLANATIONS[400]), kind=kind, headers=headers)


def on_failure(request: AnyRequest, error: Exception) -> Response[Any]:
    """A fault of ours: logged with a reference that the reader can name."""
    reference = uuid4().hex[:10]
    log.error(
        "request.failed", reference=reference, path=request.url.path, method=request.method, exc_info=error
    )
    return answer(request, 500, EXPLANATIONS[500], kind="fault", reference=reference)

"""What every response carries and leaves behind: security headers, the anonymous visitor's cookie, metrics, the access log."""

from functools import cache
from time import perf_counter
from typing import cast

import structlog
from litestar.types import HTTPScope, Message, Method, Scope
from prometheus_client import Counter, Histogram

from web.access.visitor import ANONYMOUS_COOKIE

METHODS: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")

REQUESTS = Counter("http_requests_total", "Requests answered", ["method", "status"])
DURATION = Histogram(
    "http_request_seconds",
    "Time to answer",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

log = structlog.get_logger("web.access")

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


async def finish_response(message: Message, scope: Scope) -> None:
    """Complete the start of a response; called for every message that is sent."""
    if message["type"] != "http.response.start":
        return
    app_state = scope["litestar_app"].state
    headers = cast("list[tuple[bytes, bytes]]", message.setdefault("headers", []))
    headers.extend(SECURITY_HEADERS)
    if app_state.is_https:
        headers.append(ONLY_HTTPS)
    if app_state.sandbox is not None:
        headers.append(app_state.sandbox.header())
    state = scope.get("state", {})
    visitor = state.get("visitor")
    if visitor is not None and visitor.new_anonymous_secret is not None:
        cookie = f"{ANONYMOUS_COOKIE}={visitor.new_anonymous_secret}; Path=/; HttpOnly; SameSite=Lax"
        headers.append((b"set-cookie", (cookie + "; Secure" * app_state.is_https).encode()))
    started = state.get("arrived")
    if started is None:
        return
    status, method = message["status"], cast("HTTPScope", scope)["method"]
    seconds = perf_counter() - started
    count_answer(method, status, seconds)
    # Neither address nor person, and no query: they may hold names (P-01). Successes only when asked for.
    write = log.info if status >= 400 else log.debug
    write("request", method=method, path=scope["path"], status=status, ms=round(seconds * 1000, 1))


def count_answer(method: str, status: int, seconds: float) -> None:
    """Count one answer in the metrics."""
    _counter(method if method in METHODS else "other", status).inc()
    DURATION.observe(seconds)


@cache
def _counter(method: str, status: int) -> Counter:
    return REQUESTS.labels(method, status)

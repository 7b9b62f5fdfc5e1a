"""The web application: finds the route modules of every audience and wires them to database, visitor and errors."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import structlog
from litestar import Litestar, Request, route
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import (
    HTTPScope,
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Message,
    Method,
    Receive,
    Scope,
    Send,
)
from prometheus_client import Counter, Histogram

from core.database import Database
from core.errors import DisposalError
from core.settings import Settings, get_settings
from web.access.visitor import ANONYMOUS_COOKIE, SessionCache, Visitor, enter
from web.assets import static_file
from web.errors import on_failure, on_http_error, on_refusal

AUDIENCES = ("access", "portal", "team", "court", "finance", "supervision", "api", "live", "operations")
BODY_LIMIT = 12_000_000

REQUESTS = Counter("http_requests_total", "Requests answered", ["method", "status"])
DURATION = Histogram(
    "http_request_seconds",
    "Time to answer",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")

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


class Application(Litestar):
    """Litestar that also answers HEAD wherever it answers GET."""

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        """Serve one connection."""
        if scope.get("method") == "HEAD":
            scope = cast("Scope", {**scope, "method": "GET"})
            send = _without_body(cast("Send", send))
        await super().__call__(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return send_head


def route_handlers() -> list[Any]:
    """Everything that the modules of `web/<audience>/` offer in `route_handlers`."""
    found: list[Any] = []
    for audience in AUDIENCES:
        try:
            package = importlib.import_module(f"web.{audience}")
        except ModuleNotFoundError:
            continue
        for module in pkgutil.iter_modules(package.__path__, f"web.{audience}."):
            found.extend(getattr(importlib.import_module(module.name), "route_handlers", ()))
    return found


async def provide_database(state: State) -> Database:
    """The process's database."""
    return state.database  # type: ignore[no-any-return]


async def provide_visitor(request: Request[Any, Any, Any]) -> Visitor:
    """Who is asking."""
    return request.state.visitor  # type: ignore[no-any-return]


async def finish_response(message: Message, scope: Scope) -> None:
    """Security headers, the anonymous visitor's cookie, metrics and the access log, for every response."""
    if message["type"] != "http.response.start":
        return
    app_state = scope["litestar_app"].state
    headers = cast("list[tuple[bytes, bytes]]", message.setdefault("headers", []))
    headers.extend(SECURITY_HEADERS)
    if app_state.is_https:
        headers.append(ONLY_HTTPS)
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
    REQUESTS.labels(method if method in METHODS else "other", status).inc()
    DURATION.observe(seconds)
    # Neither address nor person, and no query: they may hold names (P-01). Successes only when asked for.
    write = log.info if status >= 400 else log.debug
    write("request", method=method, path=scope["path"], status=status, ms=round(seconds * 1000, 1))


@route("/{rest:path}", http_method=[*METHODS], include_in_schema=False)
async def unknown_address(rest: Path) -> None:
    """Whatever nothing else answers, so that the page of refusal knows who is asking."""
    raise NotFoundException


def create_app(settings: Settings | None = None, *, database: Database | None = None) -> Litestar:
    """The application. `database` is given by tests; otherwise it is opened from the settings and closed at the end."""
    settings = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        own = None
        if database is None:
            assert settings.database_url is not None, (
                "the web process is started with the address of its database"
            )
            own = Database(
                settings.database_url,
                read_url=settings.read_database_url,
                pool_size=settings.database_pool_size,
            )
        app.state.database = database or own
        async with start_services(app):
            yield
        if own is not None:
            await own.close()

    app = Application(
        route_handlers=[*route_handlers(), static_file, unknown_address],
        dependencies={"database": Provide(provide_database), "visitor": Provide(provide_visitor)},
        lifespan=[lifespan],
        before_request=enter,
        before_send=[finish_response],
        exception_handlers={DisposalError: on_refusal, HTTPException: on_http_error, Exception: on_failure},
        request_max_body_size=BODY_LIMIT,
        openapi_config=OpenAPIConfig(
            title="Judicial auction and asset disposal",
            version="1",
            path="/api/schema",
            render_plugins=[JsonRenderPlugin()],
            use_handler_docstrings=True,
        ),
        logging_config=None,
        debug=False,
    )
    app.state.settings = settings
    app.state.sessions = SessionCache()
    app.state.signing_key = settings.signing_secret()
    app.state.is_https = (settings.public_url or "").startswith("https://")
    return app


@asynccontextmanager
async def start_services(app: Litestar) -> AsyncIterator[None]:
    """Services that live as long as the process; each `web.<audience>` package may offer `lifespan(app)`."""
    async with AsyncExitStack() as stack:
        for audience in AUDIENCES:
            try:
                package = importlib.import_module(f"web.{audience}")
            except ModuleNotFoundError:
                continue
            offered = getattr(package, "lifespan", None)
            if offered is not None:
                await stack.enter_async_context(offered(app))
        yield

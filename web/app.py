"""The web application: finds the route modules of every audience and wires them to database, visitor and errors."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

from litestar import Litestar, Request, route
from litestar.datastructures import State
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import (
    HTTPScope,
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Message,
    Receive,
    Scope,
    Send,
)

from core.database import Database
from core.errors import DisposalError
from core.settings import Settings, get_settings
from web.access.visitor import ORDINARY_BODY, SessionCache, Visitor, enter
from web.api.short_road import ShortRoad
from web.assets import static_file
from web.errors import on_failure, on_http_error, on_refusal
from web.responses import METHODS, finish_response

AUDIENCES = (
    "access",
    "portal",
    "team",
    "court",
    "finance",
    "supervision",
    "risk",
    "api",
    "live",
    "operations",
    "practice",
    "sandbox",
)
BODY_LIMIT = ORDINARY_BODY


class Application(Litestar):
    """Litestar that also answers HEAD wherever it answers GET, and bids of programs on the short road."""

    short_road: ShortRoad | None = None

    async def __call__(
        self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive, send: Send | LifeSpanSend
    ) -> None:
        """Serve one connection."""
        if scope["type"] == ScopeType.HTTP and self.short_road is not None:
            scope, receive, send = cast("HTTPScope", scope), cast("Receive", receive), cast("Send", send)
            if await self.short_road.answer(scope, receive, send):
                return
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


@route("/{rest:path}", http_method=[*METHODS], include_in_schema=False)
async def unknown_address(rest: Path) -> None:
    """Whatever nothing else answers, so that the page of refusal knows who is asking."""
    raise NotFoundException


def create_app(settings: Settings | None = None, *, database: Database | None = None) -> Litestar:
    """The application. `database` is given by tests; otherwise it is opened from the settings and closed at the end."""
    return equip(build(), settings or get_settings(), database)


def build() -> Application:
    """All routes, which know nothing yet of settings and database."""
    return Application(
        route_handlers=[*route_handlers(), static_file, unknown_address],
        dependencies={"database": Provide(provide_database), "visitor": Provide(provide_visitor)},
        lifespan=[_connected],
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


def equip(app: Application, settings: Settings, database: Database | None) -> Application:
    """Give it what it works with; also anew, once it has ended (building takes a third of a second, this nothing)."""
    app.state.settings = settings
    app.state.given_database = database
    app.state.sessions = SessionCache()
    app.state.signing_key = settings.signing_secret()
    app.state.sandbox = None
    app.state.is_https = (settings.public_url or "").startswith("https://")
    app.short_road = ShortRoad(app)
    return app


@asynccontextmanager
async def _connected(app: Litestar) -> AsyncIterator[None]:
    """The database and the services, from start to end."""
    settings: Settings = app.state.settings
    own = None
    if app.state.given_database is None:
        assert settings.database_url is not None, (
            "the web process is started with the address of its database"
        )
        own = Database(
            settings.database_url,
            read_url=settings.read_database_url,
            pool_size=settings.database_pool_size,
        )
    app.state.database = app.state.given_database or own
    async with start_services(app):
        yield
    if own is not None:
        await own.close()


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

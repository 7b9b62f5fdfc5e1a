"""Logging in and out, and the language and theme of the pages."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from core.database import Database
from core.errors import DisposalError
from core.i18n import LOCALES
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import WrongPassword, authenticate, note_failure
from core.identity.sessions import SESSION_LENGTH, close_session, open_session
from web.access.visitor import (
    LOCALE_COOKIE,
    SESSION_COOKIE,
    THEME_COOKIE,
    THEMES,
    AnyRequest,
    Visitor,
    session_token,
)
from web.forms import Form, query_form, read_form
from web.rendering import page

ONE_YEAR = 31_536_000


def home_of(actor: Actor) -> str:
    """Where a person starts to work."""
    if actor.has(Role.INTERMEDIATE_COURT):
        return "/supervision"
    if actor.has(Role.FINANCE):
        return "/finance"
    if actor.has(Role.DISPOSAL_TEAM):
        return "/team"
    if actor.has(Role.RISK_OFFICER):
        return "/risk"
    if actor.is_staff:
        return "/court"
    return "/my"


def safe_path(path: str) -> str | None:
    """A path of this site, or None: a redirect never leads to another host."""
    if path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and len(path) < 500:
        return path
    return None


@get("/login", include_in_schema=False)
async def login_page(request: AnyRequest, visitor: Visitor) -> Response[Any]:
    """The login form."""
    return _form_page(request, Form.blank(), safe_path(query_form(request).value("next")) or "")


def _form_page(request: AnyRequest, form: Form, next_path: str, status: int = 200) -> Response[Any]:
    return page(request, "access/login.html", form=form, next_path=next_path, status=status)


@post("/login", include_in_schema=False)
async def log_in(request: AnyRequest, database: Database) -> Response[Any]:
    """Check login and password, open a session."""
    form = await read_form(request)
    login, password = form.text("login", longest=60), form.text("password", longest=200)
    next_path = safe_path(form.value("next")) or ""
    form.values["password"] = ""
    if form.is_bad:
        return _form_page(request, form, next_path, 422)
    try:
        async with database.begin(SYSTEM) as work:
            actor = await authenticate(work, login, password)
            assert actor.account_id is not None
            token = await open_session(work, actor.account_id)
    except DisposalError as error:
        if isinstance(error, WrongPassword):
            async with database.begin(SYSTEM) as work:
                await note_failure(work, login)
        form.refuse(error)
        return _form_page(request, form, next_path, error.status)
    response = Redirect(next_path or home_of(actor), status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LENGTH.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.is_https,
    )
    return response


@post("/logout", include_in_schema=False)
async def log_out(request: AnyRequest, database: Database) -> Response[Any]:
    """End the session."""
    token, _ = session_token(request)
    if token:
        async with database.begin(SYSTEM) as work:
            await close_session(work, token)
        request.app.state.sessions.forget(token)
    response = Redirect("/", status_code=303)
    response.delete_cookie(SESSION_COOKIE)
    return response


@get("/preferences", include_in_schema=False)
async def set_preferences(request: AnyRequest) -> Response[Any]:
    """Language and theme, kept in cookies; works without a script."""
    query = query_form(request)
    response = Redirect(safe_path(query.value("back")) or "/", status_code=303)
    if query.value("lang") in LOCALES:
        response.set_cookie(LOCALE_COOKIE, query.value("lang"), max_age=ONE_YEAR, samesite="lax")
    if query.value("theme") in THEMES:
        response.set_cookie(THEME_COOKIE, query.value("theme"), max_age=ONE_YEAR, samesite="lax")
    return response


@get("/home", include_in_schema=False)
async def own_home(visitor: Visitor) -> Response[Any]:
    """On to the person's own start page."""
    return Redirect(home_of(visitor.actor) if visitor.is_logged_in else "/login", status_code=303)


route_handlers = [login_page, log_in, log_out, set_preferences, own_home]

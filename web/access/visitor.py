"""Who is asking, in which language, with which protection against forged requests."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from secrets import token_urlsafe
from time import monotonic, perf_counter
from typing import Any

from litestar import Request

from core.database import Database
from core.errors import NotPermitted
from core.i18n import CHINESE, LOCALES, msg
from core.identity import ANONYMOUS, Actor
from core.identity.sessions import SessionInfo, session_of

SESSION_COOKIE = "session"
ANONYMOUS_COOKIE = "visitor"
LOCALE_COOKIE = "lang"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CACHE_SECONDS = 3.0

AnyRequest = Request[Any, Any, Any]


@dataclass(slots=True)
class Visitor:
    """The person behind a request."""

    actor: Actor
    locale: str
    theme: str
    csrf: str
    expires_at: datetime | None = None
    new_anonymous_secret: str | None = None
    by_token: bool = False

    @property
    def is_logged_in(self) -> bool:
        """Whether there is an account behind the request."""
        return self.actor.account_id is not None


class SessionCache:
    """Sessions looked up within the last seconds, so that a storm of bids does not ask the database for each."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, SessionInfo | None]] = {}

    async def find(self, database: Database, token: str) -> SessionInfo | None:
        """The session of a token."""
        known = self._known.get(token)
        now = monotonic()
        if known is not None and now - known[0] < CACHE_SECONDS:
            return known[1]
        async with database.read() as work:
            info = await session_of(work, token)
        if len(self._known) > 20_000:
            self._known.clear()
        self._known[token] = (now, info)
        return info

    def forget(self, token: str) -> None:
        """The session has ended."""
        self._known.pop(token, None)


def session_token(request: AnyRequest) -> tuple[str | None, bool]:
    """The token of a request, and whether it came in the Authorization header (then forgery is no concern)."""
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith("bearer "):
        return authorization[7:].strip(), True
    return request.cookies.get(SESSION_COOKIE), False


async def visitor_of(request: AnyRequest) -> Visitor:
    """Find out who is asking."""
    locale = request.cookies.get(LOCALE_COOKIE) or preferred_locale(
        request.headers.get("accept-language", "")
    )
    theme = request.cookies.get(THEME_COOKIE, "auto")
    visitor = Visitor(
        ANONYMOUS, locale if locale in LOCALES else CHINESE, theme if theme in THEMES else "auto", csrf=""
    )
    token, by_token = session_token(request)
    if token:
        info = await request.app.state.sessions.find(request.app.state.database, token)
        if info is not None:
            visitor.actor, visitor.csrf, visitor.expires_at = info.actor, info.csrf_secret, info.expires_at
            visitor.by_token = by_token
            return visitor
    secret = request.cookies.get(ANONYMOUS_COOKIE)
    if not secret or len(secret) < 20:
        secret = visitor.new_anonymous_secret = token_urlsafe(24)
    visitor.csrf = secret
    return visitor


def preferred_locale(accept_language: str) -> str:
    """The first known language of an Accept-Language header; Chinese when there is none."""
    for part in accept_language.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return CHINESE
        if tag.startswith("en"):
            return "en"
    return CHINESE


async def refuse_forged(request: AnyRequest, visitor: Visitor) -> None:
    """Raise `NotPermitted` for an unsafe request that does not carry the visitor's own token."""
    if request.method not in UNSAFE or visitor.by_token:
        return
    token = request.headers.get("x-csrf-token")
    if token is None and request.content_type[0] in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        token = str((await request.form()).get("csrf") or "")
    if not token or not compare_digest(token.encode(), visitor.csrf.encode()):
        raise NotPermitted(
            msg("页面已过期或请求不是从本站发出。请返回上一页刷新后重新提交，已填写的内容没有保存。")
        )


async def enter(request: AnyRequest) -> None:
    """Before every handler: know the visitor, refuse forged requests."""
    if request.url.path.startswith("/static/"):
        return
    request.state.arrived = perf_counter()
    visitor = await visitor_of(request)
    request.state.visitor = visitor
    await refuse_forged(request, visitor)

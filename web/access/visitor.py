"""Who is asking, in which language, with which protection against forged requests."""

import re
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from hmac import digest as hmac_digest
from secrets import token_urlsafe
from time import monotonic, perf_counter
from typing import Any

from litestar import Request

from core.database import Database
from core.errors import InvalidInput, NotFound, NotPermitted
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
ORDINARY_BODY = 12_000_000
"""Bytes of a request, unless its route takes more from people who are logged in."""
LONGEST_TOKEN = 100

AnyRequest = Request[Any, Any, Any]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def has_control_characters(text: str) -> bool:
    """Whether a text holds what no person types: control, direction and zero-width characters."""
    return _CONTROL.search(text) is not None


@dataclass(slots=True)
class Visitor:
    """The person behind a request."""

    actor: Actor
    locale: str
    theme: str
    expires_at: datetime | None = None
    by_token: bool = False
    session_secret: str | None = None
    anonymous_secret: str | None = None
    signing_key: bytes = b""
    new_anonymous_secret: str | None = None

    @property
    def is_logged_in(self) -> bool:
        """Whether there is an account behind the request."""
        return self.actor.account_id is not None

    @property
    def csrf(self) -> str:
        """The token that every form of this visitor carries.

        An anonymous visitor gets a cookie only when a page really holds a form; its token is signed, so that a cookie
        planted from elsewhere is worth nothing.
        """
        if self.session_secret is not None:
            return self.session_secret
        if self.anonymous_secret is None:
            self.anonymous_secret = self.new_anonymous_secret = token_urlsafe(24)
        return hmac_digest(self.signing_key, self.anonymous_secret.encode(), "sha256").hex()


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
        info = await session_of(database, token)
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


def visitor_at_first_sight(request: AnyRequest) -> Visitor:
    """Language and theme of a request, whoever it is from."""
    chosen = (request.query_params.get("lang"), request.cookies.get(LOCALE_COOKIE))
    locale = next((each for each in chosen if each in LOCALES), None) or preferred_locale(
        request.headers.get("accept-language", "")
    )
    theme = request.cookies.get(THEME_COOKIE, "auto")
    secret = request.cookies.get(ANONYMOUS_COOKIE, "")
    return Visitor(
        ANONYMOUS,
        locale,
        theme if theme in THEMES else "auto",
        anonymous_secret=secret if 20 <= len(secret) <= 64 and secret.isascii() else None,
        signing_key=request.app.state.signing_key,
    )


def program_visitor(info: SessionInfo | None, accept_language: str) -> Visitor:
    """The visitor of a request that says who it is by its token alone, without cookies."""
    locale = preferred_locale(accept_language) if accept_language else CHINESE
    if info is None:
        return Visitor(ANONYMOUS, locale, "auto", by_token=True)
    return Visitor(info.actor, locale, "auto", info.expires_at, True, info.csrf_secret)


async def visitor_of(request: AnyRequest) -> Visitor:
    """Find out who is asking."""
    visitor = visitor_at_first_sight(request)
    token, by_token = session_token(request)
    if token and len(token) <= LONGEST_TOKEN:
        info = await request.app.state.sessions.find(request.app.state.database, token)
        if info is not None:
            visitor.actor, visitor.session_secret = info.actor, info.csrf_secret
            visitor.expires_at, visitor.by_token = info.expires_at, by_token
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


class ForgedRequest(NotPermitted):
    """An unsafe request without the visitor's own token."""


async def refuse_forged(request: AnyRequest, visitor: Visitor) -> None:
    """Raise `ForgedRequest` for an unsafe request that does not carry the visitor's own token."""
    if request.method not in UNSAFE or visitor.by_token or _brings_its_own_key(request, visitor):
        return
    token = request.headers.get("x-csrf-token")
    if token is None and request.content_type[0] in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        token = str((await request.form()).get("csrf") or "")
    if not token or not compare_digest(token.encode(), visitor.csrf.encode()):
        raise ForgedRequest(
            msg("页面已过期或请求不是从本站发出。请返回上一页刷新后重新提交，已填写的内容没有保存。")
        )


def refuse_large_from_strangers(request: AnyRequest, visitor: Visitor) -> None:
    """Raise `NotPermitted` before anything is read where a route takes large uploads and nobody is logged in."""
    limit = request.route_handler.resolve_request_max_body_size()
    if not visitor.is_logged_in and (limit is None or limit > ORDINARY_BODY):
        raise NotPermitted(msg("请先登录，再办理此事项。"))


def _brings_its_own_key(request: AnyRequest, visitor: Visitor) -> bool:
    """Whether a program calls with a key that no browser would add by itself, and with nobody's session."""
    return not visitor.is_logged_in and request.headers.get("authorization", "").startswith("Bearer ")


def refuse_garbled_address(request: AnyRequest) -> None:
    """Raise for an address with control characters: nothing has such a name, no filter such a value."""
    if has_control_characters(request.url.path):
        raise NotFound(msg("地址可能有误，或该内容不对您公开。请从首页重新查找。"))
    if any(has_control_characters(value) for _, value in request.query_params.multi_items()):
        raise InvalidInput(msg("地址中含有不可见的控制字符，请从页面上重新选择。"))


async def enter(request: AnyRequest) -> None:
    """Before every handler: know the visitor, refuse garbled addresses and forged requests."""
    if request.url.path.startswith("/static/"):
        return
    request.state.arrived = perf_counter()
    visitor = request.state.visitor = await visitor_of(request)
    refuse_garbled_address(request)
    refuse_large_from_strangers(request, visitor)
    await refuse_forged(request, visitor)

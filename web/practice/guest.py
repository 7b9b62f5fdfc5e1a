"""Who practises: a signed cookie and nothing else; and how often one address or one cookie may come."""

from hmac import compare_digest
from hmac import digest as hmac_digest
from time import monotonic
from typing import Any
from uuid import UUID

from litestar import Response

from auction.practice.rules import KEPT_FOR
from core.errors import DisposalError
from core.i18n import msg
from core.ids import new_id
from core.settings import Settings
from web.access.footprint import origin_of
from web.access.visitor import AnyRequest

COOKIE = "practice"
REMEMBERED = 10_000


class TooOften(DisposalError):
    """Asked again too soon."""

    status = 429
    kind = "too-many-requests"
    retry_after_s = 10

    def __init__(self) -> None:
        super().__init__(
            msg("操作太快了，请稍等几秒再试。"), remedy=msg("练习限制次数，以免占用真实拍卖的资源。")
        )


class Throttle:
    """Lets each key through `most` times in a while. One per process; it forgets by the while."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._began = float("-inf")
        self._counts: dict[str, int] = {}

    def forget(self) -> None:
        """Begin to count anew."""
        self._began = float("-inf")

    def admit(self, key: str) -> None:
        """Count once more. Raises `TooOften`."""
        now = monotonic()
        if now - self._began >= self._seconds or len(self._counts) >= REMEMBERED:
            self._began, self._counts = now, {}
        self._counts[key] = count = self._counts.get(key, 0) + 1
        if count > self._most:
            raise TooOften


STARTS = Throttle(60, 600)
"""Rounds begun from one address: a classroom may share one."""
BIDS = Throttle(12, 10)
"""Bids of one person, faster than anybody types."""


def address_of(request: AnyRequest) -> str:
    """The network address of a request."""
    settings: Settings = request.app.state.settings
    return origin_of(request).footprint(settings.proxy_networks).address or ""


def _mark(request: AnyRequest, visitor: UUID) -> str:
    key: bytes = request.app.state.signing_key
    return hmac_digest(key, b"practice:" + visitor.bytes, "sha256").hex()


def guest_of(request: AnyRequest) -> UUID | None:
    """The visitor of the cookie; None without one, or with one that is not ours."""
    name, _, mark = request.cookies.get(COOKIE, "").partition(".")
    try:
        visitor = UUID(hex=name)
    except ValueError:
        return None
    return visitor if compare_digest(mark.encode(), _mark(request, visitor).encode()) else None


def welcome(request: AnyRequest) -> UUID:
    """The visitor of the cookie, or a new one."""
    return guest_of(request) or new_id()


def remember(request: AnyRequest, response: Response[Any], visitor: UUID) -> None:
    """Let the visitor find the own round for a day."""
    response.set_cookie(
        COOKIE,
        f"{visitor.hex}.{_mark(request, visitor)}",
        max_age=int(KEPT_FOR.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.is_https,
    )

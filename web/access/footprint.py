"""Where a request comes from: the network address, and a random mark that a bidder's device keeps (B-82).

Neither is logged or stored in clear; `auction.risk_signals` turns them into keyed hashes.
"""

from ipaddress import ip_address
from secrets import token_urlsafe
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response

from auction.risk_signals.traces import Footprint
from core.identity import Actor
from core.settings import Network, Settings
from web.access.visitor import AnyRequest

DEVICE_COOKIE = "device"
ONE_YEAR = 31_536_000


class Origin(NamedTuple):
    """What a request says of its origin, not yet looked at: the device's mark, the peer's address, the proxies' word."""

    device: str | None
    peer: str | None
    forwarded: str

    def footprint(self, proxies: tuple[Network, ...]) -> Footprint:
        """The device, and the address of the person's connection: the nearest one that is not a trusted proxy's own."""
        hops = [each.strip() for each in self.forwarded.split(",") if each.strip()]
        address = self.peer
        while address is not None and hops and _is_proxy(address, proxies):
            address = hops.pop()
        return Footprint(self.device, address)


def _is_proxy(address: str, proxies: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in proxies)


def origin_of(request: AnyRequest) -> Origin:
    """The origin of a request."""
    peer = request.scope.get("client")
    device = request.cookies.get(DEVICE_COOKIE)
    return Origin(device, peer[0] if peer else None, request.headers.get("x-forwarded-for", ""))


def footprint_of(request: AnyRequest, *, device: str) -> Footprint:
    """The footprint of a request from a device that is only now being marked, or has its mark already."""
    settings: Settings = request.app.state.settings
    return origin_of(request)._replace(device=device).footprint(settings.proxy_networks)


def note_place(request: AnyRequest, actor: Actor, lot_id: UUID) -> None:
    """Have it noted from where somebody bids; costs a look into a set, and a write when the place is new."""
    if actor.account_id is not None:
        request.app.state.traces.note(actor.account_id, lot_id, origin_of(request))


def mark_device(request: AnyRequest) -> tuple[str, bool]:
    """The device's mark, and whether it is a new one that has yet to be given to the device (`give_mark`)."""
    known = request.cookies.get(DEVICE_COOKIE)
    return (known, False) if known else (token_urlsafe(24), True)


def give_mark(request: AnyRequest, response: Response[Any], device: str) -> None:
    """Let the device keep its mark for a year."""
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=ONE_YEAR,
        httponly=True,
        samesite="lax",
        secure=request.app.state.is_https,
    )

"""From where a request comes: only trusted proxies are believed (B-82)."""

from ipaddress import ip_network

import pytest

from web.access.footprint import Origin

PROXIES = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("1.2.3.4", "", "1.2.3.4"),
        ("1.2.3.4", "5.6.7.8", "1.2.3.4"),
        ("127.0.0.1", "5.6.7.8", "5.6.7.8"),
        ("127.0.0.1", "9.9.9.9, 5.6.7.8", "5.6.7.8"),
        ("127.0.0.1", "5.6.7.8, 10.0.0.3", "5.6.7.8"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "nonsense"),
        (None, "5.6.7.8", None),
    ],
)
def test_the_address_is_the_nearest_that_is_no_trusted_proxy(
    peer: str | None, forwarded: str, address: str | None
) -> None:
    assert Origin(None, peer, forwarded).footprint(PROXIES).address == address

"""Every test begins with a sold lot (`tests.auction.revocation.conftest`)."""

from tests.auction.revocation.conftest import sale, sold, template

__all__ = ["sale", "sold", "template"]

"""Every database of this folder begins with a published lot."""

import pytest

from auction.listing.models import Lot
from tests.conftest import Snapshot


@pytest.fixture
def template(published: Snapshot[Lot]) -> str:
    """What a fresh database is a copy of."""
    return published.template

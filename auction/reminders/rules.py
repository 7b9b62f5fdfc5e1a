"""When which reminder is due (§11.3). Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta


def bands(now: datetime, hours: Iterable[int]) -> Iterator[tuple[int, datetime, datetime]]:
    """For each reminder (hours before the start) the starts it is due for: after the first moment, up to the second.

    Only the nearest reminder is due for a start: who missed the first is not reminded twice at once.
    """
    after = now
    for each in sorted(set(hours)):
        until = now + timedelta(hours=each)
        yield each, after, until
        after = until

"""Where nothing proves that bids could be taken: the gaps between intervals of service."""

from datetime import UTC, datetime

from sqlalchemy import text

from auction.service_faults.rules import Gap
from core.database import Work
from core.settings import get_settings

_GAPS = """
SELECT i.id, i.court_lasted_until AS since, n.court_began_at AS until, i.server AS server_before,
       extract(epoch FROM coalesce(n.began_at, clock_timestamp()) - i.lasted_until)::float8 AS seconds,
       coalesce(n.server, service_server()) AS server_after
  FROM service_interval AS i
  LEFT JOIN LATERAL (
       SELECT began_at, court_began_at, server FROM service_interval AS later
        WHERE later.began_at > i.began_at ORDER BY later.began_at LIMIT 1) AS n ON true
"""

_NOT_OVER = """
 WHERE NOT EXISTS (SELECT FROM service_fault AS f WHERE f.key = 'gap:' || i.id AND f.over_at IS NOT NULL)
 ORDER BY i.began_at
"""

_WITH_ENDS = """
 WHERE NOT gap_is_overruled(i.id) AND coalesce(n.court_began_at, 'infinity') >= (
       SELECT min(ends_at) FROM lot_bidding WHERE phase = 'open' AND ends_at <= :now)
 ORDER BY i.began_at
"""

_NEWEST = """
SELECT CASE WHEN gap_is_overruled(id) THEN :now ELSE court_lasted_until END
  FROM service_interval ORDER BY began_at DESC LIMIT 1
"""


def is_measured() -> bool:
    """Whether this installation measures its service at all. What is not measured proves nothing."""
    return get_settings().measure_seconds > 0


async def unjudged_gaps(work: Work) -> list[Gap]:
    """Gaps, the one that may be running now included, without a fault that is over."""
    return await _gaps(work, _GAPS + _NOT_OVER)


async def gaps_with_ends(work: Work) -> list[Gap]:
    """Gaps that may hold the end of a lot that is due to be closed; none that an officer has overruled."""
    return await _gaps(work, _GAPS + _WITH_ENDS, now=work.now)


async def proven_until(work: Work) -> datetime:
    """The court time up to which it is proven that bids could be taken; now, when nothing was ever measured."""
    newest: datetime | None = (
        await work.session.execute(text(_NEWEST), {"now": work.now})
    ).scalar_one_or_none()
    return work.now if newest is None else min(work.now, newest.astimezone(UTC))


async def _gaps(work: Work, query: str, **values: object) -> list[Gap]:
    rows = await work.session.execute(text(query), values)
    return [
        Gap(
            after=row.id,
            since=row.since.astimezone(UTC),
            seconds=row.seconds,
            server_before=row.server_before,
            until=row.until and row.until.astimezone(UTC),
            server_after=row.server_after,
        )
        for row in rows
    ]

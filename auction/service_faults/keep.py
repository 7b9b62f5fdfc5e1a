"""How long measurements are kept: each for two days, the first of a minute as long as bidding data (B-42)."""

from sqlalchemy import text

from core.database import Work
from core.legal_settings import legal

PASSING_DAYS = 2


async def forget_passing_samples(work: Work) -> int:
    """Delete what need not be kept; returns how many. Faults hold their own evidence."""
    gone = await work.session.execute(
        text(
            """
            WITH gone AS (
                DELETE FROM service_sample
                 WHERE NOT marks_minute AND taken_at < clock_timestamp() - make_interval(days => :passing)
                    OR taken_at < clock_timestamp() - make_interval(years => :years)
                RETURNING 1
            ) SELECT count(*) FROM gone
            """
        ),
        {"passing": PASSING_DAYS, "years": legal().bidding_data_years},
    )
    return int(gone.scalar_one())

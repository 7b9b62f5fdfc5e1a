"""Background work on orders: thin, keyed, safe to run twice."""

from uuid import UUID

from core.database import Work
from core.outbox import every, task
from disposal_teams.orders.follow import missed_orders, put_missed_order_up


@task(queue="instructions")
async def put_up(work: Work, *, order_id: UUID) -> None:
    """Put one missed time limit before the court that set it."""
    await put_missed_order_up(work, order_id)


@every(seconds=60)
async def find_missed_orders(work: Work) -> None:
    """Time limits that have passed without a result (T-20)."""
    await put_up.later_many(
        work, [(str(order_id), {"order_id": order_id}) for order_id in await missed_orders(work)]
    )

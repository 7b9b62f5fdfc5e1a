"""Background work of the money (rulebook §12.2, workers 10 and 11): thin, keyed, safe to run twice."""

from auction.proceeds.objections.advance import advance_objection
from auction.proceeds.objections.queries import objections_to_advance
from auction.proceeds.open_file import find_arrived, open_proceeds
from auction.proceeds.plan.finalise import look_at_plan
from auction.proceeds.plan.serve import plans_to_look_at
from core.database import Work
from core.outbox import every

__all__ = ["find_money_to_divide", "open_proceeds", "run_plans"]


@every(seconds=60)
async def find_money_to_divide(work: Work) -> None:
    """Money that is there and has no file yet (§11.5 MONEY_ARRIVED)."""
    for source, source_id in await find_arrived(work):
        await open_proceeds.later(work, key=f"{source}:{source_id}", source=str(source), source_id=source_id)


@every(seconds=60)
async def run_plans(work: Work) -> None:
    """Objections whose window has ended, then served plans whose windows may all be over (D-23, L-32)."""
    for objection_id in await objections_to_advance(work):
        await advance_objection(work, objection_id)
    for proceeds_id in await plans_to_look_at(work):
        await look_at_plan(work, proceeds_id)

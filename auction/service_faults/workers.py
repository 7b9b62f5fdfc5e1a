"""Background work of service faults: thin, the use cases stand beside."""

from auction.service_faults import sandbox as _sandbox  # noqa: F401 - what a sandbox's clock waits for
from auction.service_faults.declare import touch_more_lots
from auction.service_faults.gaps import is_measured
from auction.service_faults.keep import forget_passing_samples
from auction.service_faults.measure import measure_worker
from auction.service_faults.report import report_fault, tell_of_closed_lot
from auction.service_faults.watch import watch_service
from core.database import Work
from core.outbox import daily, every

__all__ = [
    "judge_service",
    "measure_worker_clock",
    "report_fault",
    "tell_of_closed_lot",
    "thin_out_samples",
    "touch_more_lots",
]


@every(seconds=2, follows_clock=False)
async def judge_service(work: Work) -> None:
    """Find faults, and that they are over. Web processes run the same job, so that it goes on without any worker."""
    if is_measured():
        await watch_service(work)


@every(seconds=30)
async def measure_worker_clock(work: Work) -> None:
    """Whichever worker runs this measures its own clock (B-47)."""
    if is_measured():
        await measure_worker(work)


@daily(at="03:40")
async def thin_out_samples(work: Work) -> None:
    """Keep one measurement of each minute (B-42)."""
    await forget_passing_samples(work)

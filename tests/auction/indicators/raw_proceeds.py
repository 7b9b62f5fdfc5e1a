"""The money of a raw sale: its file, paid out or not, put off or not, with its clocks; by a chance of its own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from auction.listing.models import Lot
from auction.proceeds.models import Proceeds, ProceedsSource
from core.deadlines.models import Deadline
from core.ids import new_id

DAY = timedelta(days=1)


def raw_proceeds(lot: Lot, price: int, arrived: datetime, *, now: datetime) -> Iterator[Proceeds | Deadline]:
    """The rows; one file in five is put off and has ten days afterwards."""
    luck = Random(lot.lot_no)
    out = arrived + luck.uniform(0, 45) * DAY if luck.random() < 0.8 else None
    out = out if out is not None and out < now else None
    state = "revoked" if luck.random() < 0.1 else "paid_out" if out else "money_arrived"
    file = Proceeds(
        id=new_id(), source=ProceedsSource.SALE, source_id=lot.id, asset_id=lot.asset_id, lot_id=lot.id, case_id=lot.case_id,
        court_code=lot.court_code, title="标的", gross_fen=price, arrived_at=arrived, state=state, opened_at=arrived,
        paid_out_at=out,
    )  # fmt: skip
    yield file
    if luck.random() < 0.2:
        yield _clock("L-33", file, arrived, 30, arrived + DAY, now, is_waived=True)
        later = arrived + luck.uniform(1, max((now - arrived) / DAY, 2)) * DAY
        yield _clock("L-34", file, later, 10, out, now)
    else:
        yield _clock("L-33", file, arrived, 30, out, now)


def _clock(
    rule: str,
    file: Proceeds,
    started: datetime,
    days: int,
    done: datetime | None,
    now: datetime,
    *,
    is_waived: bool = False,
) -> Deadline:
    due = started + days * DAY
    late = (done or now) >= due and not is_waived
    return Deadline(
        id=new_id(), rule=rule, subject_kind="proceeds", subject_id=file.id, lot_id=file.lot_id, asset_id=file.asset_id,
        started_at=started, due_at=due, owner_role="finance", owner_court=file.court_code, done_at=done,
        state="waived" if is_waived else "breached" if late else "met" if done else "running", breached_at=due if late else None,
    )  # fmt: skip

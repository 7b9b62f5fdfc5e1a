"""Red flags: figures beyond their threshold, what the court above orders on one (督办), and what came of it (T-20, K-21)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.indicators.definitions import BY_CODE, SUMS
from auction.indicators.figures import basic_courts
from auction.indicators.models import (
    FlagOrder,
    FlagState,
    FrozenMonth,
    RedFlag,
)
from auction.indicators.rules import NOTHING, Figure, Threshold, month_of, thresholds
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.models import Instruction, InstructionKind
from disposal_teams.orders.issue import issue_order
from disposal_teams.orders.models import CourtOrder

BATCH = 200


async def look_for_flags(work: Work) -> list[RedFlag]:
    """Raise what is red and not yet flagged, clear what is in order again. Returns the new flags.

    Counts are looked at in the running month, at once; everything else in the newest published month, so that a month's first
    days raise nothing.
    """
    newest = (await work.session.exec(select(func.max(FrozenMonth.month)))).first()
    raised = []
    for threshold in thresholds(legal().red_flags):
        is_count = BY_CODE[threshold.code].unit in SUMS
        month = month_of(work.now) if is_count else newest
        if month is None:
            continue
        figures = await _figures(work, threshold.code, month, frozen=not is_count)
        for court in await basic_courts(work):
            flag = await _set(work, threshold, court, month, figures.get(court, NOTHING), clears=is_count)
            if flag is not None:
                raised.append(flag)
    return raised


_NOW = "SELECT * FROM indicator_figure WHERE indicator = :code AND month = :month AND team_id IS NULL"
_PUBLISHED = (
    "SELECT * FROM indicator_frozen_figure WHERE indicator = :code AND month = :month AND team_id IS NULL"
)


async def _figures(work: Work, code: str, month: date, *, frozen: bool) -> dict[str, Figure]:
    rows = await work.session.execute(text(_PUBLISHED if frozen else _NOW), {"code": code, "month": month})
    return {row.court_code: Figure(row.numerator, row.denominator, row.row_count) for row in rows}


async def _set(
    work: Work, threshold: Threshold, court: str, month: date, figure: Figure, *, clears: bool
) -> RedFlag | None:
    if threshold.is_red(figure):
        return await _raise(work, threshold, court, month, figure)
    if not clears and figure.denominator == 0:
        return None  # a month without rows says nothing of a ratio
    found = await work.session.exec(
        select(RedFlag)
        .where(
            RedFlag.indicator == threshold.code,
            RedFlag.court_code == court,
            RedFlag.state != FlagState.CLEARED,
            col(RedFlag.month) <= month if clears else col(RedFlag.month) < month,
        )
        .with_for_update()
    )
    for flag in found:
        flag.state, flag.cleared_at = FlagState.CLEARED, work.now
        await record(
            work, "red_flag.cleared", stream=f"red_flag:{flag.id}", rule=flag.indicator[:4], month=month.isoformat(),
            numerator=figure.numerator, denominator=figure.denominator,
        )  # fmt: skip
    return None


async def _raise(work: Work, threshold: Threshold, court: str, month: date, figure: Figure) -> RedFlag | None:
    made = await work.session.execute(
        insert(RedFlag)
        .values(
            id=new_id(), indicator=threshold.code, court_code=court, month=month, comparison=threshold.comparison,
            threshold=threshold.number, numerator=figure.numerator, denominator=figure.denominator, raised_at=work.now,
            state=FlagState.RAISED,
        )
        .on_conflict_do_nothing(index_elements=["indicator", "court_code"], index_where=text("state <> 'cleared'"))
        .returning(RedFlag)
    )  # fmt: skip
    flag: RedFlag | None = made.scalar_one_or_none()
    if flag is None:
        return None
    await record(
        work, "red_flag.raised", stream=f"red_flag:{flag.id}", rule=threshold.code[:4], court=court, month=month.isoformat(),
        numerator=figure.numerator, denominator=figure.denominator,
    )  # fmt: skip
    name = msg(BY_CODE[threshold.code].name)
    await tell_court(
        work, court, Role.BUREAU_DIRECTOR, key=f"red_flag:{flag.id}", title=msg("指标红旗"),
        body=msg("{name}超出阈值，请核查原因并整改。", name=name), link="/court/indicators",
    )  # fmt: skip
    return flag


async def flag_of(work: Work, flag_id: UUID) -> RedFlag:
    """A flag for its court and the court above; unknown to everybody else (P-03)."""
    flag = await work.session.get(RedFlag, flag_id)
    actor = work.actor
    is_own = flag is not None and actor.is_staff and actor.court_code == flag.court_code
    if flag is None or not (is_own or actor.has(Role.INTERMEDIATE_COURT, Role.SYSTEM)):
        raise NotFound(msg("没有找到该红旗，或它与本院无关。"), rule="P-03")
    return flag


async def flags(work: Work, *, court_code: str | None = None, limit: int = 100) -> list[RedFlag]:
    """Flags, the open ones first; of one court for its staff. Raises `NotPermitted`."""
    if court_code is None:
        require(work.actor, Permission.SEE_ALL_COURTS)
    else:
        require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(RedFlag).order_by(
        (col(RedFlag.state) == FlagState.CLEARED).asc(), col(RedFlag.raised_at).desc(), col(RedFlag.id).desc()
    )
    if court_code is not None:
        query = query.where(RedFlag.court_code == court_code)
    return list(await work.session.exec(query.limit(limit)))


async def orders_of_flags(
    work: Work, flags: Iterable[UUID]
) -> dict[UUID, list[tuple[FlagOrder, Instruction]]]:
    """What was ordered on these flags, the newest first, with how far the court has come."""
    rows = await work.session.exec(
        select(FlagOrder, Instruction)
        .join(Instruction, col(Instruction.id) == col(FlagOrder.instruction_id))
        .where(col(FlagOrder.flag_id).in_(list(flags)))
        .order_by(col(FlagOrder.made_at).desc())
    )
    found: dict[UUID, list[tuple[FlagOrder, Instruction]]] = {}
    for order, instruction in rows:
        found.setdefault(order.flag_id, []).append((order, instruction))
    return found


async def order_on_flag(work: Work, flag_id: UUID, *, case_id: UUID, reason: str, due_on: date) -> FlagOrder:
    """Order the court to act in one of its cases behind the figure (督促执行令): with its clock and what follows from it (T-20).

    Keeps the figure as it is today. Raises `RuleViolation` for a cleared flag or another court's case, and what
    `issue_order` raises.
    """
    require(work.actor, Permission.ORDER_COURTS)
    flag = await work.session.get(RedFlag, flag_id, with_for_update=True)
    if flag is None:
        raise NotFound(msg("没有找到该红旗，或它与本院无关。"), rule="P-03")
    if flag.state == FlagState.CLEARED:
        raise RuleViolation("K-21", msg("该红旗已经消除，无需督办。"))
    case = await case_of(work, case_id)
    if case.court_code != flag.court_code:
        raise RuleViolation("K-21", msg("该案件不属于红旗所指的法院。"))
    order = await issue_order(
        work,
        case_id=case_id,
        kind=InstructionKind.URGE,
        chosen_court=case.court_code,
        reason=reason,
        due_on=due_on,
    )
    month, figure = await _newest(work, flag)
    made = FlagOrder(
        instruction_id=order.instruction_id, flag_id=flag.id, case_id=case.id, made_by=work.actor.account_id,
        made_by_name=work.actor.name, made_at=work.now, month_before=month, numerator_before=figure.numerator,
        denominator_before=figure.denominator,
    )  # fmt: skip
    work.session.add(made)
    flag.state = FlagState.ORDERED
    await record(
        work, "red_flag.ordered", stream=f"red_flag:{flag.id}", rule=flag.indicator[:4], case_id=case.id,
        order=str(order.instruction_id), numerator=figure.numerator, denominator=figure.denominator,
    )  # fmt: skip
    return made


async def _newest(work: Work, flag: RedFlag) -> tuple[date, Figure]:
    """The figure as it is now: of the running month for counts, else of the newest published month."""
    is_count = BY_CODE[flag.indicator].unit in SUMS
    newest = (await work.session.exec(select(func.max(FrozenMonth.month)))).first()
    month = month_of(work.now) if is_count else newest or flag.month
    figures = await _figures(work, flag.indicator, month, frozen=not is_count)
    return month, figures.get(flag.court_code, NOTHING)


async def measure_effects(work: Work) -> list[FlagOrder]:
    """What came of the orders that are over (done, or past their day): the figure after. A ratio waits for a later month."""
    rows = await work.session.exec(
        select(FlagOrder, RedFlag)
        .join(RedFlag, col(RedFlag.id) == col(FlagOrder.flag_id))
        .join(Instruction, col(Instruction.id) == col(FlagOrder.instruction_id))
        .join(CourtOrder, col(CourtOrder.instruction_id) == col(FlagOrder.instruction_id))
        .where(
            col(FlagOrder.measured_at).is_(None),
            col(Instruction.closed_at).is_not(None)
            | (col(CourtOrder.due_on) < work.now.astimezone(COURT_ZONE).date()),
        )
        .order_by(col(FlagOrder.made_at))
        .limit(BATCH)
    )
    measured = []
    for order, flag in rows:
        month, figure = await _newest(work, flag)
        if BY_CODE[flag.indicator].unit not in SUMS and month <= order.month_before:
            continue
        order.month_after, order.measured_at = month, work.now
        order.numerator_after, order.denominator_after = figure.numerator, figure.denominator
        await record(
            work, "red_flag.measured", stream=f"red_flag:{flag.id}", rule=flag.indicator[:4], case_id=order.case_id,
            numerator=figure.numerator, denominator=figure.denominator, month=month.isoformat(),
        )  # fmt: skip
        measured.append(order)
    return measured

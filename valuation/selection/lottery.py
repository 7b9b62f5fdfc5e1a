"""The draw (摇号): committed first, held later with a value that nobody could know, recomputable by anyone (V-20, V-37)."""

from datetime import datetime, time, timedelta
from functools import cache
from uuid import UUID

import msgspec
from sqlmodel import col, select

from core.calendar import official_calendar
from core.clock import COURT_ZONE
from core.crypto import FieldCipher
from core.database import Work
from core.deadlines import meet_deadline
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput, NotFound, RuleViolation
from core.fair_draw import new_secret
from core.i18n import Message, msg
from core.identity import Permission, require
from core.legal_settings import legal
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.assets.note import note_asset
from disposal_teams.plain_text import clean_text
from valuation.appraisal.entrust import entrust_chosen, replaced_firms
from valuation.appraisers.keep_list import eligible_firms
from valuation.models import Valuation
from valuation.selection import rules
from valuation.selection.choose import selection_for_update
from valuation.selection.models import AppraiserSelection, SelectionState, SelectionWay
from valuation.selection.rules import Candidate, DrawRecord

PURPOSE = "draw-secret"
DRAW_HOUR = time(16)
"""In court: after the closing values of the day have been published."""


@cache
def _cipher() -> FieldCipher:
    return FieldCipher(get_settings().encryption_key(), PURPOSE)


async def commit_due_draws(work: Work, *, limit: int = 50) -> int:
    """Where the parties' period has ended without accord: fix the candidates and publish the commitment; how many.

    The draw may be held from four o'clock on the next working day, with the value that the setting `draw_value_name`
    names: it becomes known only then. A list without any firm for the asset leaves the choice waiting.
    """
    due = await work.session.exec(
        select(AppraiserSelection)
        .where(
            AppraiserSelection.state == SelectionState.AGREEING, col(AppraiserSelection.due_at) <= work.now
        )
        .order_by(col(AppraiserSelection.due_at))
        .limit(limit)
    )
    count = 0
    for each in due.all():
        selection, valuation, asset = await selection_for_update(work, each.id)
        if selection.state == SelectionState.AGREEING:
            count += await _commit(work, selection, valuation, asset)
    return count


async def _commit(work: Work, selection: AppraiserSelection, valuation: Valuation, asset: Asset) -> bool:
    firms = await eligible_firms(
        work, AssetKind(asset.kind), place=selection.place, without=await replaced_firms(work, valuation.id)
    )
    if not firms:
        return False
    candidates = [Candidate(firm.id, firm.name, firm.licence_no) for firm in firms]
    secret = new_secret()
    selection.candidates = [msgspec.to_builtins(each) for each in candidates]
    selection.commitment = rules.committed(selection.id, candidates, secret)
    selection.secret_sealed = _cipher().encrypt(secret.hex(), bound_to=str(selection.id))
    selection.committed_at = work.now
    selection.draw_from = draw_moment(work.now)
    selection.value_name = legal().draw_value_name
    selection.state = SelectionState.COMMITTED
    await meet_deadline(
        work,
        "V-20",
        subject_kind="valuation",
        subject_id=valuation.id,
        done_event="appraisers.draw_committed",
    )
    await note_asset(
        work,
        asset,
        "appraisers.draw_committed",
        "V-20",
        selection=str(selection.id),
        candidates=[each.licence_no for each in candidates],
        commitment=selection.commitment.hex(),
        draw_from=selection.draw_from,
        value_name=selection.value_name,
    )
    return True


def draw_moment(committed_at: datetime) -> datetime:
    """The first moment at which the draw may be held: four o'clock on the first working day after the commitment."""
    day = official_calendar().first_working_day_from(day_in_court(committed_at) + timedelta(days=1))
    return datetime.combine(day, DRAW_HOUR, COURT_ZONE)


async def hold_draw(
    work: Work, selection_id: UUID, *, public_value: str, witnesses: str
) -> AppraiserSelection:
    """Hold the draw in public: with the named value, before witnesses; the secret is published with the result (V-20).

    Raises `RuleViolation` (V-20: not committed, or before its time), `InvalidInput`.
    """
    selection, valuation, asset = await selection_for_update(work, selection_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if selection.state != SelectionState.COMMITTED or selection.secret_sealed is None:
        raise RuleViolation("V-20", msg("该选定程序没有待进行的摇号。"))
    if selection.draw_from is not None and work.now < selection.draw_from:
        raise RuleViolation(
            "V-20",
            msg(
                "摇号须在 {from_} 以后进行，届时“{name}”已经公布。",
                from_=f"{selection.draw_from.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
                name=selection.value_name,
            ),
        )
    fields: dict[str, Message] = {}
    public_value = clean_text(public_value, "public_value", fields, longest=60)
    witnesses = clean_text(witnesses, "witnesses", fields, longest=200)
    if fields:
        raise InvalidInput(msg("摇号没有进行，请按提示修改。"), fields=fields, rule="V-20")
    secret = bytes.fromhex(_cipher().decrypt(selection.secret_sealed, bound_to=str(selection.id)))
    drawn = rules.draw(candidates_of(selection), secret, public_value)
    selection.public_value, selection.witnesses = public_value, witnesses
    selection.secret, selection.drawn_at = secret, work.now
    selection.chosen = [str(each.id) for each in drawn]
    selection.state, selection.way = SelectionState.CHOSEN, SelectionWay.LOTTERY
    await note_asset(
        work,
        asset,
        "appraisers.drawn",
        "V-20",
        selection=str(selection.id),
        public_value=public_value,
        secret=secret.hex(),
        chosen=[each.licence_no for each in drawn],
        witnesses=witnesses,
    )
    await entrust_chosen(work, valuation, asset, [each.id for each in drawn])
    return selection


def candidates_of(selection: AppraiserSelection) -> list[Candidate]:
    """The firms in the draw."""
    return msgspec.convert(selection.candidates, list[Candidate])


async def public_draw(work: Work, selection_id: UUID) -> tuple[AppraiserSelection, DrawRecord | None]:
    """A draw for the public page, and its record once it has been held. Raises `NotFound` before the commitment."""
    selection = await work.session.get(AppraiserSelection, selection_id)
    if selection is None or selection.commitment is None:
        raise NotFound(msg("没有找到该摇号记录。"))
    if selection.secret is None:
        return selection, None
    return selection, DrawRecord(
        selection.id,
        candidates_of(selection),
        selection.commitment.hex(),
        selection.value_name,
        selection.public_value,
        selection.secret.hex(),
        [UUID(each) for each in selection.chosen],
    )

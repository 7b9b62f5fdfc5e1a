"""The course of one asset for ever: every court that disposed of it, every transfer and every run, on one line of time. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auction.listing.models import Lot, LotState, Round
from auction.listing.rules import ROUND_LABELS
from auction.listing.rules import STATE_LABELS as RUN_STATES
from core.audit import AuditEvent
from core.i18n import Message, msg
from disposal_teams.transfers.models import TransferRequest, TransferState
from disposal_teams.transfers.rules import STATE_LABELS


@dataclass(frozen=True, slots=True)
class Stage:
    """One line: when, what, with which court, and where it is shown."""

    at: datetime
    title: Message
    text: Message
    link: str | None


def course_of(
    courts: Mapping[str, str],
    *,
    registered_at: datetime,
    first_court: str,
    moves: Sequence[AuditEvent],
    transfers: Sequence[TransferRequest],
    runs: Sequence[Lot],
) -> list[Stage]:
    """All stages, newest first. `moves` are the events `asset.court_changed`."""

    def name(code: str) -> Message:
        return msg(courts.get(code, code))

    stages = [Stage(registered_at, msg("登记标的物"), name(first_court), None)]
    stages += [
        Stage(
            move.recorded_at,
            msg("处置法院变更"),
            msg(
                "{before} → {after}",
                before=name(str(move.details["before"])),
                after=name(str(move.details["after"])),
            ),
            None,
        )
        for move in moves
    ]
    for transfer in transfers:
        link = f"/court/transfers/{transfer.id}"
        between = msg(
            "{before} → {after}",
            before=name(transfer.first_court_code),
            after=name(transfer.requesting_court_code),
        )
        stages.append(Stage(transfer.requested_at, msg("商请移送处置权"), between, link))
        ended = transfer.completed_at or transfer.decided_at or transfer.answered_at
        if ended is not None:
            stages.append(Stage(ended, msg(STATE_LABELS[TransferState(transfer.state)]), between, link))
    for run in runs:
        link = f"/team/lots/{run.lot_no}"
        title = msg(ROUND_LABELS[Round(run.round)])
        if run.published_at is not None:
            stages.append(Stage(run.published_at, title, name(run.court_code), link))
        if run.ended_at is not None:
            stages.append(
                Stage(run.ended_at, msg(RUN_STATES[LotState(run.state)]), name(run.court_code), link)
            )
    return sorted(stages, key=lambda stage: stage.at, reverse=True)

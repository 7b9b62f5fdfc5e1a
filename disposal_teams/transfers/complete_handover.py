"""The old court hands its files over, the new one checks and signs for them: three days, with a score (T-04, §11.6)."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from core.audit import record
from core.database import Work
from core.deadlines import Deadline, meet_deadline
from core.errors import Conflict, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from disposal_teams.assets.models import Asset
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers import handover_rules as rules
from disposal_teams.transfers.hand_over import CLOCK
from disposal_teams.transfers.models import HandOver, TransferRequest
from disposal_teams.transfers.notify import COURT_ROLES
from disposal_teams.transfers.papers import issue_hand_over_list
from disposal_teams.transfers.progress import wake_pages
from disposal_teams.transfers.request import request_of


async def hand_over_of(work: Work, transfer_id: UUID, *, lock: bool = False) -> HandOver | None:
    """The newest hand-over of a transfer; the caller has opened the transfer."""
    query = (
        select(HandOver)
        .where(HandOver.transfer_id == transfer_id)
        .order_by(col(HandOver.round).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await work.session.exec(query.with_for_update() if lock else query)).first()


async def deliver_files(
    work: Work, transfer_id: UUID, *, handed: Collection[str] = (), none: Mapping[str, str] | None = None
) -> HandOver:
    """The old court ticks what it has handed over, or says why there is no such thing. May be done in parts.

    When nothing is left its clock stops. Raises `Conflict` after the receipt, `InvalidInput`, `NotPermitted`.
    """
    open_ = await _open_one(work, transfer_id)
    require(work.actor, Permission.ANSWER_TRANSFER, court_code=open_.from_court)
    items = rules.delivered(rules.read_items(open_.items), handed, none or {})
    _keep(open_, items)
    if not any(item.state in {rules.ItemState.PENDING, rules.ItemState.MISSING} for item in items):
        open_.delivered_at = work.now
        await meet_deadline(
            work,
            CLOCK,
            subject_kind="transfer",
            subject_id=transfer_id,
            done_event="transfer.files_delivered",
        )
    await _note(work, open_, "files_delivered", handed=sorted(handed), none=sorted(none or {}))
    await _tell(work, open_, open_.to_court, msg("原处置法院已移交材料，请核对签收。"))
    return open_


async def find_missing(work: Work, transfer_id: UUID, *, missing: Mapping[str, str]) -> HandOver:
    """The new court says what it did not find; the score falls, the old court is told. Raises as `deliver_files`."""
    open_ = await _open_one(work, transfer_id)
    _require_receiver(work, open_)
    _keep(open_, rules.checked(rules.read_items(open_.items), missing))
    if missing:
        open_.delivered_at = None
    await _note(work, open_, "files_missing", missing=sorted(missing))
    await _tell(work, open_, open_.from_court, msg("接收法院指出移交材料有缺失，请补交。"))
    return open_


async def confirm_files(work: Work, transfer_id: UUID, *, remark: str = "") -> HandOver:
    """The new court signs for everything; the list is issued. Raises `RuleViolation` while something is still to come."""
    open_ = await _open_one(work, transfer_id)
    _require_receiver(work, open_)
    fields: dict[str, Message] = {}
    open_.remark = clean_text(remark, "remark", fields, longest=1000, required=False)
    items = rules.read_items(open_.items)
    rules.check_receivable(items)
    open_.confirmed_at = work.now
    request = await request_of(work, transfer_id)
    asset = await work.session.get_one(Asset, open_.asset_id)
    paper = await issue_hand_over_list(work, request, asset, open_)
    open_.list_document_id = paper.id
    await _note(work, open_, "files_confirmed", document_id=paper.id, score=open_.score)
    await _tell(work, open_, open_.from_court, msg("接收法院已签收全部移交材料。"))
    return open_


async def flag_late_hand_over(work: Work, deadline: Deadline) -> None:
    """The three days are over: the old court's director and the new court learn of it, and the superior."""
    open_ = await hand_over_of(work, deadline.subject_id)
    if open_ is None or open_.confirmed_at is not None:
        return
    request = await work.session.get_one(TransferRequest, deadline.subject_id)
    text = msg("移交材料逾期：完整度 {score}%。", score=open_.score)
    await _tell(work, open_, open_.from_court, text)
    await _tell(work, open_, open_.to_court, text)
    if request.superior_court_code is not None:
        await tell_court(
            work,
            request.superior_court_code,
            Role.INTERMEDIATE_COURT,
            key=f"transfer:{open_.transfer_id}:late-files:{open_.round}",
            title=msg("移交材料逾期"),
            body=text,
            link=f"/supervision/transfers/{open_.transfer_id}",
        )


def may_receive_files(work: Work, open_: HandOver) -> bool:
    """Whether the actor signs for what comes to the new court."""
    actor = work.actor
    if actor.has(Role.INTERMEDIATE_COURT):
        return actor.court_code == open_.to_court
    return may(actor, Permission.REQUEST_TRANSFER, court_code=open_.to_court)


def _require_receiver(work: Work, open_: HandOver) -> None:
    if not may_receive_files(work, open_):
        require(work.actor, Permission.REQUEST_TRANSFER, court_code=open_.to_court)
        raise Conflict(msg("材料由接收法院签收。"), rule="P-03")


async def _open_one(work: Work, transfer_id: UUID) -> HandOver:
    await request_of(work, transfer_id)
    open_ = await hand_over_of(work, transfer_id, lock=True)
    if open_ is None:
        raise NotFound(msg("该移送没有待移交的材料。"))
    if open_.confirmed_at is not None:
        raise Conflict(msg("移交材料已全部签收。"), rule="T-04")
    return open_


def _keep(open_: HandOver, items: list[rules.Item]) -> None:
    open_.items = [item.as_stored() for item in items]
    open_.score = rules.score(items)


async def _note(
    work: Work, open_: HandOver, event: str, document_id: UUID | None = None, **details: Any
) -> None:
    await record(
        work,
        f"transfer.{event}",
        stream=f"asset:{open_.asset_id}",
        rule="T-04",
        asset_id=open_.asset_id,
        document_id=document_id,
        transfer=str(open_.transfer_id),
        round=open_.round,
        **details,
    )
    await wake_pages(work, open_.transfer_id)


async def _tell(work: Work, open_: HandOver, court: str, text: Message) -> None:
    await tell_court(
        work,
        court,
        *COURT_ROLES,
        key=f"transfer:{open_.transfer_id}:files:{open_.round}:{work.now.isoformat()}",
        title=msg("移交材料"),
        body=text,
        link=f"/court/transfers/{open_.transfer_id}",
    )

"""The dossier that goes over with the disposal right: the new court reads it where it is, every look recorded (T-04, P-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import select

from core.database import Work
from core.documents import Document, document_by_id
from core.errors import NotFound, NotPermitted
from core.i18n import msg
from core.identity import Permission, Role, require
from core.sealed_files import OpenedFile
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import Paper, papers_of_asset
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import case_of
from disposal_teams.dossier.models import DossierKind
from disposal_teams.dossier.read import (
    Entry,
    OpenItem,
    entries_going_out,
    item_going_out,
    note_catalogue,
    note_paper,
    open_item,
    open_version,
)
from disposal_teams.dossier.sources import Elsewhere, dossier_source
from disposal_teams.transfers.complete_handover import hand_over_of
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.request import request_of


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What went over: the old case with its items and the papers of the asset."""

    transfer: TransferRequest
    asset: Asset
    case: EnforcementCase
    entries: Sequence[Entry]
    papers: Sequence[Paper]


async def open_handed_over(work: Work, transfer_id: UUID) -> HandedOver:
    """The dossier for the court to which the disposal right went. Raises `NotFound`, `NotPermitted` before the hand-over and
    after the right has gone on to another court."""
    transfer, asset, case = await _checked(work, transfer_id)
    await note_catalogue(work, case, ground=_ground(transfer))
    return HandedOver(
        transfer,
        asset,
        case,
        await entries_going_out(work, case.id, asset_id=asset.id),
        await papers_of_asset(work, asset.id),
    )


async def handed_over_item(work: Work, transfer_id: UUID, file_id: UUID) -> OpenItem:
    """One item with its versions. Raises what `open_handed_over` raises."""
    transfer, asset, case = await _checked(work, transfer_id)
    file = await item_going_out(work, case.id, file_id, asset_id=asset.id)
    return await open_item(work, file, ground=_ground(transfer))


async def handed_over_version(work: Work, transfer_id: UUID, file_id: UUID, number: int) -> OpenedFile:
    """The bytes of a version. Raises what `open_handed_over` raises, and `Conflict` for bytes that were changed."""
    transfer, asset, case = await _checked(work, transfer_id)
    file = await item_going_out(work, case.id, file_id, asset_id=asset.id)
    return await open_version(work, file, number, ground=_ground(transfer))


async def handed_over_paper(work: Work, transfer_id: UUID, document_id: UUID) -> Document:
    """A court paper of the asset. Raises what `open_handed_over` raises."""
    transfer, asset, case = await _checked(work, transfer_id)
    paper = await document_by_id(work, document_id)
    if paper.asset_id != asset.id:
        raise NotFound(msg("没有找到该文书。"), rule="P-03")
    await note_paper(work, case, paper, ground=_ground(transfer))
    return paper


async def _checked(work: Work, transfer_id: UUID) -> tuple[TransferRequest, Asset, EnforcementCase]:
    require(work.actor, Permission.SEE_COURT_FILES)
    transfer = await request_of(work, transfer_id)
    asset = await work.session.get_one(Asset, transfer.asset_id)
    opened = await hand_over_of(work, transfer.id)
    actor = work.actor
    if opened is None:
        raise NotPermitted(msg("处置权尚未移送，对方法院的电子卷宗不开放。"), rule="P-03")
    reads_own = actor.court_code == opened.from_court or actor.has(Role.INTERMEDIATE_COURT, Role.SYSTEM)
    if not reads_own and not (actor.court_code == opened.to_court == asset.court_code):
        raise NotPermitted(msg("电子卷宗只向现在行使处置权的法院开放。"), rule="P-03")
    return transfer, asset, await case_of(work, UUID(transfer.handed_over["from_case"]))


def _ground(transfer: TransferRequest) -> str:
    return f"transfer:{transfer.id}"


@dossier_source("transfers")
async def handed_over_dossiers(work: Work, case_id: UUID) -> Sequence[Elsewhere]:
    """The dossiers that the court of this case was handed over: they stay where they are and are read from here."""
    rows = await work.session.exec(
        select(TransferRequest).where(TransferRequest.requesting_case_id == case_id)
    )
    return [
        Elsewhere(
            DossierKind.HAND_OVER,
            msg("随处置权移送的电子卷宗（{case_no}，{count} 件）",
                case_no=each.first_case_no, count=len(each.handed_over.get("dossier", []))),
            msg("原处置法院"),
            each.decided_at or each.answered_at or each.requested_at,
            f"/court/transfers/{each.id}/dossier",
        )
        for each in rows
        if each.handed_over.get("to_court") == work.actor.court_code
    ]  # fmt: skip

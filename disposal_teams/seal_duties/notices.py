"""Tell mortgagees and co-owners of the seal; let a partition suit stop execution on the asset (A-09, A-10)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.money import LARGEST_FEN
from disposal_teams.assets.advance import advance_asset, lock_asset, resume_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.rules import PREPARATION_STATES
from disposal_teams.plain_text import clean_text
from disposal_teams.seal_duties.models import Concerned, PartitionSuit, SealNotice, SuitState
from disposal_teams.seal_duties.rules import check_receipt, secured_amount

CONCERNED_LABELS: dict[Concerned, str] = {
    Concerned.MORTGAGEE: "抵押权人",
    Concerned.CO_OWNER: "共有人",
}
_CLOCK = {Concerned.MORTGAGEE: "A-09", Concerned.CO_OWNER: "A-10"}


@dataclass(frozen=True, slots=True)
class Duties:
    """Who must be told of an asset's seal, and the suits for its partition, newest last."""

    notices: list[SealNotice]
    suits: list[PartitionSuit]

    @property
    def open_suit(self) -> PartitionSuit | None:
        """The suit that stops execution on the asset now."""
        return next((suit for suit in self.suits if suit.state == SuitState.FILED), None)


async def duties_of(work: Work, asset: Asset) -> Duties:
    """For the pages of the court whose asset it is (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    notices = await work.session.exec(
        select(SealNotice).where(SealNotice.asset_id == asset.id).order_by(col(SealNotice.id))
    )
    suits = await work.session.exec(
        select(PartitionSuit).where(PartitionSuit.asset_id == asset.id).order_by(col(PartitionSuit.id))
    )
    return Duties(list(notices), list(suits))


async def enter_concerned(
    work: Work,
    asset: Asset,
    *,
    kind: Concerned,
    name: str,
    share: str = "",
    is_maximum_amount: bool = False,
) -> SealNotice:
    """Note who holds a mortgage or a share in the sealed asset; the clock for telling them runs from now."""
    require(work.actor, Permission.RECORD_SEAL, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    name = clean_text(name, "name", fields, longest=80)
    share = clean_text(share, "share", fields, longest=40, required=False)
    if fields:
        raise InvalidInput(msg("通知对象有误，请按提示修改。"), fields=fields, rule=_CLOCK[kind])
    known = await work.session.exec(
        select(SealNotice.id).where(
            SealNotice.asset_id == asset.id, SealNotice.kind == kind, SealNotice.name == name
        )
    )
    if known.first() is not None:
        raise Conflict(msg("该通知对象已经登记。"), rule=_CLOCK[kind])
    notice = SealNotice(
        id=new_id(),
        asset_id=asset.id,
        kind=kind,
        name=name,
        share=share,
        is_maximum_amount=is_maximum_amount and kind is Concerned.MORTGAGEE,
        entered_by=work.actor.account_id,
        entered_at=work.now,
    )
    work.session.add(notice)
    await work.session.flush()
    await open_deadline(
        work, _CLOCK[kind], subject_kind="seal_notice", subject_id=notice.id, owner_role=Role.DISPOSAL_TEAM,
        owner_court=asset.court_code, asset_id=asset.id,
    )  # fmt: skip
    await note_asset(
        work, asset, "seal.concerned_entered", _CLOCK[kind], notice=str(notice.id), kind=str(kind)
    )
    return notice


async def note_sent(work: Work, asset: Asset, notice_id: UUID, *, sent_on: date, sent_by: str) -> SealNotice:
    """The notice of the seal went out on that day, by that paper or way."""
    notice = await _notice(work, asset, notice_id)
    kind = Concerned(notice.kind)
    fields: dict[str, Message] = {}
    sent_by = clean_text(sent_by, "sent_by", fields, longest=80)
    if sent_on > _today(work):
        fields["sent_on"] = msg("发出日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("通知有误，请按提示修改。"), fields=fields, rule=_CLOCK[kind])
    if notice.received_on is not None:
        raise Conflict(msg("该通知已经收到，不能再改。"), rule=_CLOCK[kind])
    notice.sent_on, notice.sent_by = sent_on, sent_by
    await meet_deadline(
        work, _CLOCK[kind], subject_kind="seal_notice", subject_id=notice.id, done_event="seal.concerned_told"
    )
    await note_asset(
        work, asset, "seal.concerned_told", _CLOCK[kind], notice=str(notice.id), sent_on=sent_on.isoformat()
    )
    return notice


async def note_received(
    work: Work, asset: Asset, notice_id: UUID, *, received_on: date, owed_fen: int = 0, highest_fen: int = 0
) -> SealNotice:
    """The notice was received: from that day a maximum-amount mortgage grows no more (A-09)."""
    notice = await _notice(work, asset, notice_id)
    check_receipt(sent_on=notice.sent_on, received_on=received_on, today=_today(work))
    if notice.is_maximum_amount:
        if not (0 <= owed_fen <= LARGEST_FEN and 0 < highest_fen <= LARGEST_FEN):
            raise InvalidInput(
                msg("请填写收到时的债权余额和最高额。"),
                fields={"highest": msg("金额须为 0 至 10 万亿元。")},
                rule="A-09",
            )
        notice.secured_fen = secured_amount(owed_at_receipt_fen=owed_fen, highest_fen=highest_fen)
    notice.received_on = received_on
    await note_asset(
        work, asset, "seal.notice_received", _CLOCK[Concerned(notice.kind)], notice=str(notice.id),
        received_on=received_on.isoformat(), secured_fen=notice.secured_fen,
    )  # fmt: skip
    return notice


async def file_partition_suit(
    work: Work, asset: Asset, *, plaintiff: str, court_case: str, filed_on: date
) -> PartitionSuit:
    """A suit for partition is filed: the preparation of the asset stands still (A-10). On sale, the sale is stopped first."""
    require(work.actor, Permission.RECORD_SEAL, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    plaintiff = clean_text(plaintiff, "plaintiff", fields, longest=80)
    court_case = clean_text(court_case, "court_case", fields, longest=80)
    if filed_on > _today(work):
        fields["filed_on"] = msg("起诉日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("析产诉讼有误，请按提示修改。"), fields=fields, rule="A-10")
    asset = await lock_asset(work, asset)
    if (await duties_of(work, asset)).open_suit is not None:
        raise Conflict(msg("该标的物已有析产诉讼正在进行。"), rule="A-10")
    if AssetState(asset.state) not in PREPARATION_STATES:
        raise RuleViolation(
            "A-10",
            msg("标的物不在准备阶段，不能直接中止。"),
            remedy=msg("正在拍卖的，请先在拍品页面裁定中止或暂缓；已成交的，在价款分配中处理共有份额。"),
        )
    suit = PartitionSuit(
        id=new_id(),
        asset_id=asset.id,
        plaintiff=plaintiff,
        court_case=court_case,
        filed_on=filed_on,
        entered_at=work.now,
    )
    work.session.add(suit)
    await advance_asset(work, asset, AssetState.SUSPENDED, reason="析产诉讼期间中止执行", rule="A-10")
    await note_asset(
        work, asset, "asset.partition_suit_filed", "A-10", suit=str(suit.id), court_case=court_case
    )
    return suit


async def end_partition_suit(
    work: Work, asset: Asset, suit_id: UUID, *, outcome: str, ended_on: date
) -> PartitionSuit:
    """The suit has ended: the asset goes on from where it stood (A-10)."""
    require(work.actor, Permission.RECORD_SEAL, court_code=asset.court_code)
    asset = await lock_asset(work, asset)
    suit = await work.session.get(PartitionSuit, suit_id, with_for_update=True)
    if suit is None or suit.asset_id != asset.id:
        raise NotFound(msg("没有找到该析产诉讼。"))
    fields: dict[str, Message] = {}
    outcome = clean_text(outcome, "outcome", fields, longest=500)
    if not suit.filed_on <= ended_on <= _today(work):
        fields["ended_on"] = msg("终结日期须在起诉之后、今天之前。")
    if fields:
        raise InvalidInput(msg("析产诉讼有误，请按提示修改。"), fields=fields, rule="A-10")
    if suit.state != SuitState.FILED:
        raise Conflict(msg("该析产诉讼已经终结。"), rule="A-10")
    suit.state, suit.outcome, suit.ended_on = SuitState.ENDED, outcome, ended_on
    if AssetState(asset.state) is AssetState.SUSPENDED:
        await resume_asset(work, asset, reason="析产诉讼终结，恢复执行", rule="A-10")
    await note_asset(work, asset, "asset.partition_suit_ended", "A-10", suit=str(suit.id))
    return suit


async def _notice(work: Work, asset: Asset, notice_id: UUID) -> SealNotice:
    require(work.actor, Permission.RECORD_SEAL, court_code=asset.court_code)
    notice = await work.session.get(SealNotice, notice_id, with_for_update=True)
    if notice is None or notice.asset_id != asset.id:
        raise NotFound(msg("没有找到该通知。"))
    return notice


def _today(work: Work) -> date:
    return work.now.astimezone(COURT_ZONE).date()

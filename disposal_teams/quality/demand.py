"""Demand the papers on quality, take them in from the debtor or on paper, or close without them (B-05)."""

from hashlib import sha256
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import period_end
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.notices import notify
from core.sealed_files import OpenedFile, keep_file, open_file
from disposal_teams.assets.models import Asset
from disposal_teams.assets.note import note_asset
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text
from disposal_teams.quality.models import DemandState, QualityDemand, QualityFile
from disposal_teams.quality.workers import issue_demand_letter

CLOCK, PURPOSE = "B-05", "quality"
DAYS_MOST = 30
MOST_FILES = 30
WANTED = "产品合格证、说明书、检验和维修记录、竣工验收及质量保修资料等反映标的物质量的材料。"
"""What is asked for unless the court says otherwise."""

STATE_LABELS: dict[DemandState, str] = {
    DemandState.OPEN: "等待提交",
    DemandState.HANDED_IN: "已提交",
    DemandState.NOTHING: "没有提交",
}

also_kept_in(CLOCK, table=QualityDemand, end="due_at")


async def demands_of(work: Work, asset_id: UUID) -> list[QualityDemand]:
    """The demands for an asset, newest first; the caller has checked who reads."""
    rows = await work.session.exec(
        select(QualityDemand)
        .where(QualityDemand.asset_id == asset_id)
        .order_by(col(QualityDemand.asked_at).desc())
    )
    return list(rows)


async def files_of(work: Work, demand_id: UUID) -> list[QualityFile]:
    """The papers of a demand, in the order in which they came."""
    rows = await work.session.exec(
        select(QualityFile)
        .where(QualityFile.demand_id == demand_id)
        .order_by(col(QualityFile.added_at), col(QualityFile.file_id))
    )
    return list(rows)


async def demand_papers(work: Work, asset: Asset, *, wanted: str, days: int) -> QualityDemand:
    """Demand the papers from every debtor of the case, within `days`; the letter is written and they are told.

    Raises `InvalidInput` by field, `Conflict` while a demand is open, `NotPermitted`.
    """
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    wanted = clean_text(wanted, "wanted", fields, longest=1000)
    if not 1 <= days <= DAYS_MOST:
        fields["days"] = msg("请填写 {least} 到 {most} 之间的整数。", least=1, most=DAYS_MOST)
    if fields:
        raise InvalidInput(msg("通知有误，请按提示修改。"), fields=fields, rule="B-05")
    if any(each.state == DemandState.OPEN for each in await demands_of(work, asset.id)):
        raise Conflict(msg("已经通知被执行人提交，正在等待。"), rule="B-05")
    demand = QualityDemand(
        id=new_id(),
        asset_id=asset.id,
        case_id=asset.case_id,
        wanted=wanted,
        asked_by=work.actor.account_id,
        asked_at=work.now,
        due_at=period_end(work.now, days=days),
    )
    work.session.add(demand)
    await work.session.flush()
    await open_deadline(
        work,
        CLOCK,
        subject_kind="quality_demand",
        subject_id=demand.id,
        days=days,
        owner_role=Role.DEBTOR,
        owner_court=asset.court_code,
        asset_id=asset.id,
        case_id=asset.case_id,
        trigger_event="quality.demanded",
    )
    await _note(work, asset, demand, "quality.demanded")
    for party in await parties_of(work, asset.case_id):
        if party.role == PartyRole.DEBTOR and party.account_id is not None:
            await notify(
                work,
                account_id=party.account_id,
                key=f"quality:{demand.id}",
                title=msg("请提交财产的质量资料"),
                body=msg(
                    "法院要求您在 {day} 前提交“{title}”的质量资料。",
                    day=f"{demand.due_at.astimezone(COURT_ZONE):%Y-%m-%d}",
                    title=asset.title,
                ),
                link=f"/my/quality/{demand.id}",
            )
    await issue_demand_letter.later(work, key=str(demand.id), demand_id=demand.id)
    return demand


async def own_demand(work: Work, demand_id: UUID) -> tuple[QualityDemand, Asset, Party]:
    """A demand on the actor as a debtor of its case. Raises `NotFound`."""
    demand = await work.session.get(QualityDemand, demand_id)
    if demand is not None and work.actor.account_id is not None:
        for party in await parties_of(work, demand.case_id):
            if party.role == PartyRole.DEBTOR and party.account_id == work.actor.account_id:
                return demand, await work.session.get_one(Asset, demand.asset_id), party
    raise NotFound(msg("没有找到该通知，或它不是发给您的。"), rule="P-03")


async def hand_in(
    work: Work, demand_id: UUID, *, files: list[tuple[str, bytes]], statement: str
) -> QualityDemand:
    """The debtor hands papers in, or states that there are none. Late is better than never: it counts until the court has
    closed the demand. Raises `NotFound`, `RuleViolation`, `InvalidInput`."""
    demand, asset, _ = await own_demand(work, demand_id)
    await _take_in(work, asset, demand, files, statement, by_debtor=True)
    await tell_court(
        work,
        asset.court_code,
        Role.CASE_OFFICER,
        Role.DISPOSAL_TEAM,
        key=f"quality-in:{demand.id}",
        title=msg("被执行人已提交质量资料"),
        body=msg("“{title}”的质量资料或者说明已经提交，请核对后写入公告的已知瑕疵。", title=asset.title),
        link=f"/team/assets/{asset.asset_no}/quality",
    )
    return demand


async def take_in_papers(
    work: Work, asset: Asset, demand_id: UUID, *, files: list[tuple[str, bytes]], statement: str
) -> QualityDemand:
    """The court takes in what came on paper. Raises what `hand_in` raises, and `NotPermitted`."""
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    demand = await _demand_on(work, asset, demand_id)
    await _take_in(work, asset, demand, files, statement, by_debtor=False)
    return demand


async def close_without_papers(work: Work, asset: Asset, demand_id: UUID, *, statement: str) -> QualityDemand:
    """The debtor gave nothing: say what follows. Raises `InvalidInput`, `RuleViolation`, `NotPermitted`."""
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    demand = await _demand_on(work, asset, demand_id)
    await _end(work, demand, statement, DemandState.NOTHING, required=True)
    await waive_deadline(
        work, CLOCK, subject_kind="quality_demand", subject_id=demand.id, reason="quality.closed"
    )
    await _note(work, asset, demand, "quality.closed")
    return demand


async def quality_paper(work: Work, asset: Asset, file_id: UUID) -> OpenedFile:
    """A paper for the court that holds the asset; opening it is recorded. Raises `NotFound`, `NotPermitted`."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    found = await work.session.get(QualityFile, file_id)
    if found is None:
        raise NotFound(msg("没有找到该文件。"))
    demand = await _demand_on(work, asset, found.demand_id)
    await _note(work, asset, demand, "quality.paper_opened")
    return await open_file(work, file_id, purpose=PURPOSE)


async def _demand_on(work: Work, asset: Asset, demand_id: UUID) -> QualityDemand:
    demand = await work.session.get(QualityDemand, demand_id)
    if demand is None or demand.asset_id != asset.id:
        raise NotFound(msg("没有找到该通知。"))
    return demand


async def _take_in(
    work: Work,
    asset: Asset,
    demand: QualityDemand,
    files: list[tuple[str, bytes]],
    statement: str,
    *,
    by_debtor: bool,
) -> None:
    if len(files) > MOST_FILES:
        raise RuleViolation("B-05", msg("一次最多 {most} 个文件。", most=MOST_FILES))
    await _end(work, demand, statement, DemandState.HANDED_IN, required=not files)
    for name, content in files:
        work.session.add(
            QualityFile(
                file_id=await keep_file(work, purpose=PURPOSE, name=name, content=content),
                demand_id=demand.id,
                sha256=sha256(content).hexdigest(),
                by_debtor=by_debtor,
                added_at=work.now,
            )
        )
    await meet_deadline(
        work, CLOCK, subject_kind="quality_demand", subject_id=demand.id, done_event="quality.handed_in"
    )
    await _note(work, asset, demand, "quality.handed_in", files=len(files))


async def _end(
    work: Work, demand: QualityDemand, statement: str, state: DemandState, *, required: bool
) -> None:
    await work.session.refresh(demand, with_for_update=True)
    if demand.state != DemandState.OPEN:
        raise RuleViolation("B-05", msg("该通知已经办结。"))
    fields: dict[str, Message] = {}
    demand.statement = clean_text(statement, "statement", fields, longest=1000, required=required)
    if fields:
        raise InvalidInput(msg("请提交文件，或者写明情况。"), fields=fields, rule="B-05")
    demand.state, demand.ended_at = state, work.now
    await work.session.flush()


async def _note(work: Work, asset: Asset, demand: QualityDemand, event: str, **details: int) -> None:
    await work.session.flush()
    await note_asset(
        work,
        asset,
        event,
        "B-05",
        demand=str(demand.id),
        **details,
    )

"""What only the database knows of the drafts: cases and assets that are registered already. One query a batch and question."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.i18n import msg
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.intake.asset_lines import AssetDraft
from disposal_teams.intake.case_lines import CaseDraft


async def refuse_known_cases(work: Work, drafts: Sequence[CaseDraft]) -> None:
    """A fault for every case that is registered already: a file never changes what is there."""
    numbers = [str(draft.number) for draft in drafts]
    rows = await work.session.exec(
        select(EnforcementCase.case_no).where(col(EnforcementCase.case_no).in_(numbers))
    )
    known = set(rows)
    for draft in drafts:
        if str(draft.number) in known:
            draft.cells.fault(
                "case_no",
                msg("案件 {number} 已登记。", number=str(draft.number)),
                msg("请删除该案各行；要补充当事人请到案件页面办理。"),
            )


@dataclass(slots=True)
class CasesOfFile:
    """The cases that assets of a file belong to: id by number. `new`: those that the file itself brings."""

    ids: dict[str, UUID] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    new: dict[str, UUID | None] = field(default_factory=dict)

    async def look_up(self, work: Work, drafts: Sequence[AssetDraft]) -> None:
        """Learn which cases of the batch are registered."""
        wanted = {str(draft.number) for draft in drafts} - self.ids.keys() - self.new.keys()
        if wanted:
            rows = await work.session.exec(
                select(EnforcementCase.case_no, EnforcementCase.id, EnforcementCase.state).where(
                    col(EnforcementCase.case_no).in_(sorted(wanted))
                )
            )
            for case_no, case_id, state in rows:
                self.ids[case_no] = case_id
                if state == CaseState.CLOSED:
                    self.closed.add(case_no)


async def new_assets(work: Work, drafts: Sequence[AssetDraft], cases: CasesOfFile) -> list[AssetDraft]:
    """The drafts that are not there yet, and a fault for each that cannot come: another asset has its number, its case is
    unknown and not described. An asset of the same source key and name is there already and left as it is."""
    await cases.look_up(work, drafts)
    by_source, by_registry = await _registered(work, drafts)
    new: list[AssetDraft] = []
    for draft in drafts:
        title = by_source.get(draft.source_key)
        if title is not None:
            if title != draft.title:
                draft.cells.fault(
                    "source_key",
                    msg("该来源编号已用于“{title}”。", title=title),
                    msg("请更换编号，或核对名称。"),
                )
            continue
        if draft.registry_no in by_registry:
            draft.cells.fault(
                "registry_no",
                msg("该权证号已登记为标的物 {asset_no}。", asset_no=by_registry[draft.registry_no]),
                msg("同一财产不能重复登记，请在该标的物上登记轮候查封。"),
                rule="A-04",
            )
        number = str(draft.number)
        if number in cases.closed:
            draft.cells.fault(
                "case_no",
                msg("案件 {case_no} 已结案，不能登记标的物。", case_no=number),
                msg("发现可供执行财产的，请先恢复执行，在恢复执行的案件中登记。"),
                rule="D-06",
            )
        if number not in cases.ids and number not in cases.new:
            described = draft.filed_on is not None and bool(draft.cause)
            if not described:
                draft.cells.fault(
                    "filed_on" if draft.filed_on is None else "cause",
                    msg("案件 {number} 尚未登记。", number=number),
                    msg("请先导入案件，或在此填写立案日期和案由。"),
                )
            else:
                cases.new[number] = None
        new.append(draft)
    return new


async def _registered(work: Work, drafts: Sequence[AssetDraft]) -> tuple[dict[str, str], dict[str, str]]:
    keys = [draft.source_key for draft in drafts if draft.source_key]
    numbers = [draft.registry_no for draft in drafts if draft.registry_no]
    by_source = {
        key: title
        for key, title in await work.session.exec(
            select(Asset.source_key, Asset.title).where(col(Asset.source_key).in_(keys))
        )
        if key is not None
    }
    by_registry = {
        number: asset_no
        for number, asset_no in await work.session.exec(
            select(Asset.registry_no, Asset.asset_no).where(col(Asset.registry_no).in_(numbers))
        )
        if number is not None
    }
    return by_source, by_registry

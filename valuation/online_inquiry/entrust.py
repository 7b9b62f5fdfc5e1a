"""Ask every platform of the list at the same moment (V-10)."""

from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import period_end
from core.errors import RuleViolation
from core.i18n import msg
from core.identity import Role
from core.ids import new_id
from core.outbox import task
from disposal_teams.assets.letter import issue_letter
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import case_of
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.online_inquiry import rules
from valuation.online_inquiry.models import InquiryPlatform, PlatformInquiry
from valuation.online_inquiry.platforms import platforms_on_list
from valuation.queries import asset_of_valuation
from valuation.ways.enter import begin_valuation, open_step
from valuation.ways.rules import WayFacts

also_kept_in("L-02", table=PlatformInquiry, end="due_at", by="valuation_id")


async def begin_online_inquiry(work: Work, asset_id: UUID, *, facts: WayFacts) -> Valuation:
    """Start with an online inquiry (V-02 permitting). Raises what `begin_valuation` raises; `RuleViolation` (V-10)
    when no platform stands on the list."""
    valuation = await begin_valuation(work, asset_id, method=ValuationMethod.ONLINE_INQUIRY, facts=facts)
    asset = await asset_of_valuation(work, valuation.id)
    await entrust_all(work, valuation, asset)
    return valuation


async def entrust_waiting(work: Work, *, limit: int = 50) -> int:
    """Ask the platforms for valuations that V-02 led to the online inquiry by itself; returns how many. For the sweep."""
    waiting = await work.session.exec(
        select(Valuation, Asset)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            Valuation.state == ValuationState.ONLINE_INQUIRY,
            ~select(PlatformInquiry.id).where(PlatformInquiry.valuation_id == Valuation.id).exists(),
            select(InquiryPlatform.code).where(col(InquiryPlatform.removed_on).is_(None)).exists(),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    found = waiting.all()
    for valuation, asset in found:
        await entrust_all(work, valuation, asset)
    return len(found)


async def entrust_all(work: Work, valuation: Valuation, asset: Asset) -> list[PlatformInquiry]:
    """One entrustment for each platform, all sent and due at the same moment (V-10, V-11)."""
    platforms = await platforms_on_list(work)
    if not platforms:
        raise RuleViolation("V-10", msg("名单中没有网络询价平台，请先由中级法院登记平台。"))
    due_at = period_end(work.now, days=rules.REPORT_DAYS)
    inquiries = [
        PlatformInquiry(
            id=new_id(), valuation_id=valuation.id, platform_code=each.code, sent_at=work.now, due_at=due_at
        )
        for each in platforms
    ]
    work.session.add_all(inquiries)
    step = await open_step(work, valuation.id)
    assert step is not None
    step.due_at = due_at
    await open_deadline(
        work,
        "L-02",
        subject_kind="valuation",
        subject_id=valuation.id,
        owner_role=Role.APPRAISER,
        owner_court=asset.court_code,
        days=rules.REPORT_DAYS,
        asset_id=asset.id,
        case_id=asset.case_id,
    )
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.platforms_asked",
        "V-10",
        platforms=[each.code for each in platforms],
        due_at=due_at.isoformat(),
    )
    await issue_entrustment.later(work, key=str(valuation.id), valuation_id=valuation.id)
    return inquiries


async def inquiries_of(work: Work, valuation_id: UUID, *, lock: bool = False) -> list[PlatformInquiry]:
    """The inquiries of a valuation, by platform."""
    query = (
        select(PlatformInquiry)
        .where(PlatformInquiry.valuation_id == valuation_id)
        .order_by(col(PlatformInquiry.platform_code))
    )
    return list(await work.session.exec(query.with_for_update() if lock else query))


@task(queue="documents")
async def issue_entrustment(work: Work, *, valuation_id: UUID) -> None:
    """Write the 网络询价委托书 (§10 no. 5)."""
    asset = await asset_of_valuation(work, valuation_id)
    inquiries = await inquiries_of(work, valuation_id)
    names = {each.code: each.name for each in await work.session.exec(select(InquiryPlatform))}
    case = await case_of(work, asset.case_id)
    due = inquiries[0].due_at.astimezone(COURT_ZONE).date().isoformat()
    await issue_letter(
        work,
        asset,
        "online_inquiry_entrustment",
        addressee="、".join(names[each.platform_code] for each in inquiries),
        paragraphs=[
            f"本院在执行{case.case_no}一案中需确定下列财产的处置参考价，现同时委托名单库中的全部司法网络询价平台进行询价。",
            "报告应当载明财产基本情况、参照样本、计算方法、询价结果及有效期。不能按期出具的，应当在期限届满前申请延长。",
        ],
        facts=[
            ["财产名称", asset.title],
            ["物理特征", f"坐落{asset.location or '—'}；面积{asset.area_m2 or '—'}㎡"],
            ["规格数量", "1"],
            ["目的要求", "确定财产处置参考价"],
            ["完成期限", f"{due}前"],
        ],
    )

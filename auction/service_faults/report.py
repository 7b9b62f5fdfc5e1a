"""Who hears of a fault: the intermediate court and the command centres at once (B-50), all who bid for a closed lot (B-55)."""

from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.service_faults.models import FaultKind, ServiceFault, TouchedLot
from auction.service_faults.wording import KIND_LABELS
from auction.suspension.tell import tell_bidders
from core.database import Work
from core.i18n import msg
from core.identity import Role
from core.notices.notify import from_json
from core.outbox import task
from disposal_teams.courts.models import Court, CourtLevel
from disposal_teams.courts.tell import tell_court


@task(queue="listing")
async def report_fault(work: Work, *, fault_id: UUID) -> None:
    """Report to the intermediate court, and to the command centre of each court whose lots are touched. Each hears it once."""
    fault = await work.session.get_one(ServiceFault, fault_id)
    about = {"reason": from_json(fault.reason), "kind": KIND_LABELS[FaultKind(fault.kind)]}
    touched = await work.session.exec(
        select(Lot.court_code)
        .join(TouchedLot, col(TouchedLot.lot_id) == col(Lot.id))
        .where(TouchedLot.fault_id == fault.id)
        .distinct()
    )
    superiors = await work.session.exec(select(Court.code).where(Court.level == CourtLevel.INTERMEDIATE))
    for code in superiors:
        await tell_court(
            work,
            code,
            Role.INTERMEDIATE_COURT,
            key=f"fault:{fault.id}",
            title=msg("平台故障：{kind}", kind=about["kind"]),
            body=msg("{reason}受影响的标的已按故障规则处理，请复核。", reason=about["reason"]),
            link=f"/supervision/faults/{fault.id}",
        )
    for code in touched:
        await tell_court(
            work,
            code,
            Role.COMMAND_CENTRE,
            key=f"fault:{fault.id}",
            title=msg("平台故障：{kind}", kind=about["kind"]),
            body=msg("{reason}本院受影响的标的已按故障规则处理。", reason=about["reason"]),
            link="/service",
        )


@task(queue="listing")
async def tell_of_closed_lot(work: Work, *, fault_id: UUID, lot_id: UUID) -> None:
    """Winner and losers of a lot that was closed while the fault stood learn what happened and what they may do (B-55)."""
    fault = await work.session.get_one(ServiceFault, fault_id)
    lot = await work.session.get_one(Lot, lot_id)
    title = msg("竞价期间平台发生故障")
    body = msg(
        "“{title}”竞价期间平台发生故障：{reason}竞价结果不因此改变。认为故障造成结果错误的，可以向执行法院提出异议，请求撤销。",
        title=lot.title,
        reason=from_json(fault.reason),
    )
    await tell_bidders(work, lot, key=f"fault:{fault.id}:{lot.id}", title=title, body=body)
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        Role.BUREAU_DIRECTOR,
        key=f"fault:{fault.id}:{lot.id}",
        title=title,
        body=msg(
            "“{title}”在平台故障期间结束：{reason}竞价不再重开；有人提出异议的，按撤销程序审查。",
            title=lot.title,
            reason=from_json(fault.reason),
        ),
        link=f"/team/lots/{lot.lot_no}",
    )

"""The costs that the service knows of, each with its evidence: enforcement fee, valuation, auxiliary work (D-01, M-09, V-25)."""

from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.auxiliary.models import AuxiliaryBody, AuxiliaryWork, WorkState
from auction.proceeds.models import Proceeds, ProceedsCost, ProceedsState
from auction.proceeds.plan.divide import CostKind
from auction.proceeds.reckon import enforcement_fee_fen
from core.database import Work
from core.ids import new_id
from core.money import yuan
from disposal_teams.cases.models import Party
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from valuation.fees.models import AdvanceWay, FeeAdvance, ValuationFee
from valuation.fees.rules import FeeState
from valuation.models import Valuation

AUXILIARY_LABELS = {
    "pictures": "拍摄制作",
    "viewing": "看样服务",
    "expert": "专业辅助",
    "storage": "仓储保管",
}


async def find_costs(work: Work, proceeds: Proceeds) -> int:
    """Add what is not yet among the costs of the file; how many were added. Doing it again finds only what is new."""
    standing = await work.session.exec(
        select(ProceedsCost.source_key).where(ProceedsCost.proceeds_id == proceeds.id)
    )
    known = set(standing)
    found = [await _fee(work, proceeds)]
    for part in proceeds.parts:
        found += await _valuation(work, proceeds, UUID(part["asset_id"]))
        found += await _auxiliary(work, proceeds, UUID(part["asset_id"]))
    new = [each for each in found if each.amount_fen > 0 and each.source_key not in known]
    work.session.add_all(new)
    await work.session.flush()
    return len(new)


async def _fee(work: Work, proceeds: Proceeds) -> ProceedsCost:
    """The fee on everything executed in the case, less what earlier sales of it have paid (M-09)."""
    case = await case_of(work, proceeds.case_id)
    others = await work.session.exec(
        select(func.coalesce(func.sum(Proceeds.gross_fen), 0)).where(
            Proceeds.case_id == proceeds.case_id,
            Proceeds.id != proceeds.id,
            Proceeds.state != ProceedsState.REVOKED,
        )
    )
    before = int(others.one())
    most = case.claim_fen or before + proceeds.gross_fen
    earlier, executed = min(before, most), min(before + proceeds.gross_fen, most)
    court = await court_of(work, proceeds.court_code)
    return _cost(
        work,
        proceeds,
        CostKind.FEE,
        "申请执行费",
        court.name,
        enforcement_fee_fen(executed) - enforcement_fee_fen(earlier),
        f"本案执行到位 {yuan(executed)} 元，按《诉讼费用交纳办法》第十四条分段计算"
        + (f"，已扣除此前 {yuan(earlier)} 元对应的费用" if earlier else ""),
        "fee",
    )


async def _valuation(work: Work, proceeds: Proceeds, asset_id: UUID) -> list[ProceedsCost]:
    """Fixed fees of firms and platforms: to the applicant who advanced them, to the court that paid them, else to the firm."""
    rows = await work.session.exec(
        select(ValuationFee, FeeAdvance.way, FeeAdvance.paper_ref, Party.name)
        .join(Valuation, col(Valuation.id) == col(ValuationFee.valuation_id))
        .outerjoin(FeeAdvance, col(FeeAdvance.valuation_id) == col(Valuation.id))
        .outerjoin(Party, col(Party.id) == col(FeeAdvance.party_id))
        .where(Valuation.asset_id == asset_id, col(ValuationFee.amount_fen) > 0)
        .order_by(col(ValuationFee.counted_at), col(ValuationFee.id))
    )
    court = await court_of(work, proceeds.court_code)
    found = []
    for fee, how_advanced, paper, applicant in rows.all():
        payee, how = fee.payee, "尚未支付"
        if how_advanced == AdvanceWay.MONEY:
            payee, how = applicant or fee.payee, f"申请执行人已垫付（{paper}）"
        elif fee.state == FeeState.PAID:
            payee, how = court.name, f"本院已支付（{fee.paid_ref}）"
        found.append(
            _cost(
                work,
                proceeds,
                CostKind.COST,
                f"评估费（{fee.payee}）",
                payee,
                fee.amount_fen or 0,
                f"评估费核定，{how}",
                f"valuation:{fee.id}",
                asset_id,
            )
        )
    return found


async def _auxiliary(work: Work, proceeds: Proceeds, asset_id: UUID) -> list[ProceedsCost]:
    rows = await work.session.exec(
        select(AuxiliaryWork, AuxiliaryBody.name)
        .join(AuxiliaryBody, col(AuxiliaryBody.id) == col(AuxiliaryWork.body_id))
        .where(
            AuxiliaryWork.asset_id == asset_id,
            AuxiliaryWork.state == WorkState.DONE,
            col(AuxiliaryWork.cost_fen) > 0,
        )
        .order_by(col(AuxiliaryWork.ordered_at), col(AuxiliaryWork.id))
    )
    return [
        _cost(
            work,
            proceeds,
            CostKind.COST,
            f"辅助工作（{AUXILIARY_LABELS[order.kind]}）",
            name,
            order.cost_fen,
            f"已完成：{order.result}"[:300],
            f"auxiliary:{order.id}",
            asset_id,
        )
        for order, name in rows.all()
    ]


def _cost(
    work: Work,
    proceeds: Proceeds,
    kind: CostKind,
    label: str,
    payee: str,
    amount_fen: int,
    evidence: str,
    source_key: str,
    asset_id: UUID | None = None,
) -> ProceedsCost:
    return ProceedsCost(
        id=new_id(),
        proceeds_id=proceeds.id,
        kind=kind,
        label=label[:120],
        payee=payee[:80],
        amount_fen=amount_fen,
        asset_id=asset_id,
        evidence=evidence[:300],
        source_key=source_key,
        entered_at=work.now,
    )

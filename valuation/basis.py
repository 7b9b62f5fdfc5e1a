"""What a price rests on, in one line and in the rows of a paper, whichever way led to it."""

from dataclasses import dataclass

from sqlmodel import col, select

from core.database import Work
from core.money import capital_amount, yuan
from valuation.appraisal.models import AppraisalReport
from valuation.directed_inquiry.models import DirectedInquiry
from valuation.models import Valuation, ValuationMethod
from valuation.objections.models import ReportObjection
from valuation.online_inquiry.queries import delivered_rows
from valuation.unvalued.models import UnvaluedGround, UnvaluedPrice
from valuation.unvalued.rules import GROUND_LABELS


@dataclass(frozen=True, slots=True)
class Basis:
    """`source` names it in one line; `facts` are rows for a paper (name, value)."""

    source: str
    facts: list[list[str]]


async def basis_of(work: Work, valuation: Valuation) -> Basis:
    """What the valuation's price rests on."""
    match ValuationMethod(valuation.method):
        case ValuationMethod.AGREEMENT:
            return Basis("当事人议价一致", [["确定方式", "当事人议价"], *_price_rows(valuation)])
        case ValuationMethod.DIRECTED_INQUIRY:
            return await _directed(work, valuation)
        case ValuationMethod.ONLINE_INQUIRY:
            return await _online(work, valuation)
        case ValuationMethod.APPRAISAL:
            return await _appraised(work, valuation)
        case ValuationMethod.MARKET_PRICE | ValuationMethod.ABOVE_COSTS:
            return await _unvalued(work, valuation)


def _price_rows(valuation: Valuation) -> list[list[str]]:
    rows = []
    if valuation.price_fen:
        rows.append(
            ["参考价", f"{yuan(valuation.price_fen)}元（人民币{capital_amount(valuation.price_fen)}）"]
        )
    if valuation.valid_until:
        rows.append(["有效期至", valuation.valid_until.isoformat()])
    return rows


async def _directed(work: Work, valuation: Valuation) -> Basis:
    inquiry = await work.session.get(DirectedInquiry, valuation.id)
    if inquiry is None:
        return Basis("", _price_rows(valuation))
    source = f"{inquiry.agency} {inquiry.reply_no}".strip()
    return Basis(
        source, [["询价机构", inquiry.agency], ["答复文号", inquiry.reply_no], *_price_rows(valuation)]
    )


async def _online(work: Work, valuation: Valuation) -> Basis:
    rows = await delivered_rows(work, valuation.id)
    facts = [[row.platform.name, f"{yuan(row.inquiry.price_fen or 0)}元"] for row in rows]
    names = "、".join(row.platform.name for row in rows)
    return Basis(f"网络询价平均值（{names}）" if names else "", [*facts, *_price_rows(valuation)])


async def _unvalued(work: Work, valuation: Valuation) -> Basis:
    found = await work.session.get_one(UnvaluedPrice, valuation.id)
    costs = [["执行费用", f"{yuan(found.costs_fen)}元"]] if found.costs_fen else []
    ground = str(GROUND_LABELS[UnvaluedGround(found.ground)])
    return Basis(
        f"{ground}，{found.source}",
        [
            ["不进行评估的事由", ground],
            ["依据", found.source],
            ["意见", found.opinions],
            *costs,
            *_price_rows(valuation),
        ],
    )


async def _appraised(work: Work, valuation: Valuation) -> Basis:
    report = (
        await work.session.exec(
            select(AppraisalReport)
            .where(AppraisalReport.valuation_id == valuation.id)
            .order_by(col(AppraisalReport.entered_at).desc())
        )
    ).first()
    if report is None:
        return Basis("", _price_rows(valuation))
    reviewed = (
        await work.session.exec(
            select(ReportObjection)
            .where(
                ReportObjection.valuation_id == valuation.id,
                col(ReportObjection.review_price_fen).is_not(None),
            )
            .order_by(col(ReportObjection.reviewed_at).desc())
        )
    ).first()
    price_fen = reviewed.review_price_fen if reviewed is not None else None
    review = [["专业技术评审确定的价格", f"{yuan(price_fen)}元"]] if price_fen else []
    return Basis(
        f"{report.firm} {report.report_no}" + ("（经专业技术评审）" if price_fen else ""),
        [
            *review,
            ["评估机构", report.firm],
            ["报告编号", report.report_no],
            ["评估价", f"{yuan(report.price_fen)}元（人民币{capital_amount(report.price_fen)}）"],
            ["价值时点", report.appraised_on.isoformat()],
            ["有效期至", report.valid_until.isoformat()],
        ],
    )

"""Count what firms and platforms are paid once it is known what came of the valuation (V-14, V-25)."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetState
from valuation.appraisal.entrust import OUT_STATES, engagements_of
from valuation.appraisal.models import AppraisalEngagement, AppraisalReport, EngagementState
from valuation.appraisers.models import AppraisalFirm
from valuation.fees import rules
from valuation.fees.models import ValuationFee
from valuation.fees.rules import FeeBasis, FeeState
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.note import note_valuation
from valuation.online_inquiry.models import PlatformInquiry
from valuation.online_inquiry.queries import delivered_rows
from valuation.queries import valuation_for_update

UNSOLD = (
    AssetState.UNSOLD_RELEASED,
    AssetState.OTHER_MEASURE,
    AssetState.IN_KIND_RULED,
    AssetState.WITHDRAWN,
)
"""Where an asset's disposal has ended without a sale: a firm is paid its actual expense (V-25)."""


async def sale_known(work: Work, valuation_id: UUID, *, price_fen: int | None, sold_on: date | None) -> None:
    """What a valued asset was sold for, paid in full; None takes back what became undone. The fees follow (V-14, V-25)."""
    valuation, asset = await valuation_for_update(work, valuation_id)
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.sale_known" if price_fen is not None else "valuation.sale_undone",
        "V-25",
        price_fen=price_fen,
        reference_fen=valuation.price_fen,
    )
    others = (
        await work.session.exec(  # earlier reports that expired or were issued anew are paid by the same sale
            select(Valuation)
            .where(Valuation.asset_id == asset.id, Valuation.state != ValuationState.WITHDRAWN)
            .order_by(col(Valuation.started_at))
            .with_for_update()
        )
    )
    for each in others.all():
        each.sold_fen, each.sold_on = price_fen, sold_on
        await count_fees(work, each, asset)


async def count_unsold(work: Work, *, limit: int = 100) -> int:
    """Count the fees of assets whose disposal has ended without a sale; returns how many valuations. For the sweep (V-25)."""
    due = await work.session.exec(
        select(Valuation, Asset)
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            Valuation.is_current,
            col(Valuation.state).in_((ValuationState.FIXED, ValuationState.EXPIRED)),
            col(Valuation.method).in_((ValuationMethod.APPRAISAL, ValuationMethod.ONLINE_INQUIRY)),
            col(Asset.state).in_(UNSOLD),
            ~select(ValuationFee.id).where(ValuationFee.valuation_id == Valuation.id).exists(),
        )
        .limit(limit)
        .with_for_update(skip_locked=True, of=Valuation)
    )
    found = due.all()
    counted = 0
    for valuation, asset in found:
        counted += await count_fees(work, valuation, asset) > 0
    return counted


async def count_fees(work: Work, valuation: Valuation, asset: Asset) -> int:
    """Count, or count anew, every fee of a valuation that is not paid yet; returns how many there are.

    Doing it twice changes nothing. The caller holds the valuation's lock.
    """
    kept = {
        each.engagement_id or each.inquiry_id: each
        for each in await work.session.exec(
            select(ValuationFee).where(ValuationFee.valuation_id == valuation.id).with_for_update()
        )
    }
    wanted = [*await _of_firms(work, valuation), *await _of_platforms(work, valuation)]
    changed = []
    for fee in wanted:
        known = kept.get(fee.engagement_id or fee.inquiry_id)
        if known is None:
            work.session.add(fee)
            changed.append(fee)
        elif known.state != FeeState.PAID and (known.basis, known.base_fen) != (fee.basis, fee.base_fen):
            known.basis, known.base_fen, known.percent = fee.basis, fee.base_fen, fee.percent
            known.amount_fen, known.state = fee.amount_fen, fee.state
            known.counted_at, known.fixed_at = work.now, fee.fixed_at
            changed.append(known)
    await work.session.flush()
    for fee in changed:
        await note_valuation(
            work,
            asset,
            valuation.id,
            "valuation.fee_counted",
            "V-25" if fee.engagement_id else "V-14",
            payee=fee.payee,
            basis=str(fee.basis),
            base_fen=fee.base_fen,
            percent=fee.percent,
            amount_fen=fee.amount_fen,
        )
    return len(wanted)


async def _of_firms(work: Work, valuation: Valuation) -> list[ValuationFee]:
    fees = []
    for engagement in await engagements_of(work, valuation.id):
        if engagement.entrusted_at is None:
            continue
        firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
        basis, base = rules.fee_basis(
            appraised_fen=await _appraised_fen(work, valuation, firm),
            price_fen=valuation.sold_fen,
            is_withdrawn=engagement.state == EngagementState.WITHDRAWN
            or valuation.state == ValuationState.WITHDRAWN,
            is_replaced=engagement.state in OUT_STATES,
        )
        percent = rules.REISSUE_PERCENT if valuation.reissue_of else rules.FULL_PERCENT
        amount = 0 if basis is FeeBasis.NOTHING else None
        if base is not None:
            amount = rules.normal_fee_fen(base, bands=legal().appraisal_fee_bands) * percent // 100
        fees.append(_fee(work, valuation, firm.name, basis, base, percent, amount, engagement=engagement))
    return fees


async def _appraised_fen(work: Work, valuation: Valuation, firm: AppraisalFirm) -> int | None:
    newest = await work.session.exec(
        select(AppraisalReport.price_fen)
        .where(AppraisalReport.valuation_id == valuation.id, AppraisalReport.firm == firm.name)
        .order_by(col(AppraisalReport.version).desc())
    )
    return newest.first()


async def _of_platforms(work: Work, valuation: Valuation) -> list[ValuationFee]:
    rows = await delivered_rows(work, valuation.id)
    amounts = rules.inquiry_fees(
        [row.inquiry.price_fen or 0 for row in rows],
        price_fen=valuation.sold_fen,
        fee_fen=legal().inquiry_fee_fen,
        is_withdrawn=valuation.state == ValuationState.WITHDRAWN,
        is_replaced=valuation.method == ValuationMethod.APPRAISAL,
    )
    fees = []
    for row, amount in zip(rows, amounts, strict=True):
        basis = FeeBasis.PER_INQUIRY if amount else FeeBasis.NOTHING
        base = amount or None
        fees.append(_fee(work, valuation, row.platform.name, basis, base, 100, amount, inquiry=row.inquiry))
    return fees


def _fee(
    work: Work,
    valuation: Valuation,
    payee: str,
    basis: FeeBasis,
    base: int | None,
    percent: int,
    amount: int | None,
    *,
    engagement: AppraisalEngagement | None = None,
    inquiry: PlatformInquiry | None = None,
) -> ValuationFee:
    return ValuationFee(
        id=new_id(),
        valuation_id=valuation.id,
        engagement_id=engagement.id if engagement else None,
        inquiry_id=inquiry.id if inquiry else None,
        payee=payee,
        basis=basis,
        base_fen=base,
        percent=percent,
        amount_fen=amount,
        state=rules.state_of(amount),
        counted_at=work.now,
        fixed_at=work.now if amount is not None else None,
    )

"""Proofs of the qualification to buy, kept for the check before the ruling (B-17)."""

from datetime import date
from uuid import UUID

import msgspec
from sqlmodel import col, select

from auction.listing.models import Lot
from auction.purchase_limits.models import ProofSource, PurchaseProof
from auction.purchase_limits.rules import Finding, Place, continuity_gap, limit_in_force
from auction.registration.models import Registration
from core.audit import record
from core.crypto import StructSeal
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import SYSTEM, Permission, require
from core.ids import new_id
from core.legal_settings import PurchaseLimit, legal
from disposal_teams.assets.models import Asset


class Certificate(msgspec.Struct, frozen=True):
    """What a proof refers to."""

    number: str
    note: str = ""


_seal = StructSeal("purchase-proof", Certificate)


async def limit_of_lot(work: Work, lot: Lot, *, on: date | None = None) -> PurchaseLimit | None:
    """The purchase limit that binds the buyers of a lot on a day (default: today)."""
    asset = await work.session.get_one(Asset, lot.asset_id)
    place = Place(lot.asset_kind, asset.district, f"{asset.location}{lot.title}")
    settings = legal()
    return limit_in_force(
        settings.purchase_limits, place, on=on or day_in_court(work.now), home_city=settings.home_city
    )


async def keep_promise(work: Work, registration: Registration, certificate: str) -> None:
    """Keep the promise made at registration, in the caller's act."""
    _add(work, registration, ProofSource.PROMISE, day_in_court(work.now), may_buy=True, number=certificate)
    registration.qualification_promised_at = work.now


async def record_proof(
    work: Work,
    registration: Registration,
    lot: Lot,
    *,
    source: ProofSource,
    as_of: date,
    may_buy: bool,
    number: str,
    note: str = "",
) -> PurchaseProof:
    """The court records what the housing authority (or the buyer's paper) says, after the sale. Raises `InvalidInput`."""
    require(work.actor, Permission.ISSUE_RULING, court_code=lot.court_code)
    if as_of > day_in_court(work.now):
        raise InvalidInput(
            msg("证明信息有误。"), fields={"as_of": msg("证明日期不能晚于今天。")}, rule="B-17"
        )
    if not number.strip():
        raise InvalidInput(msg("证明信息有误。"), fields={"number": msg("请填写证明编号。")}, rule="B-17")
    proof = _add(work, registration, source, as_of, may_buy=may_buy, number=number.strip(), note=note)
    await work.session.flush()
    await record(
        work, "sale.purchase_proof", stream=f"lot:{lot.id}", rule="B-17", lot_id=lot.id, asset_id=lot.asset_id,
        case_id=lot.case_id, source=str(source), as_of=as_of.isoformat(), may_buy=may_buy,
    )  # fmt: skip
    return proof


def _add(
    work: Work,
    registration: Registration,
    source: ProofSource,
    as_of: date,
    *,
    may_buy: bool,
    number: str,
    note: str = "",
) -> PurchaseProof:
    proof_id = new_id()
    proof = PurchaseProof(
        id=proof_id,
        registration_id=registration.id,
        source=source,
        as_of=as_of,
        may_buy=may_buy,
        reference_sealed=_seal.seal(Certificate(number[:80], note[:200]), bound_to=proof_id)
        if number
        else None,
        # A promise is the bidder's own: the row must not lead to the account (P-01).
        recorded_by=None if source is ProofSource.PROMISE or work.actor is SYSTEM else work.actor.account_id,
        recorded_at=work.now,
    )
    work.session.add(proof)
    return proof


async def proofs_of(work: Work, registration_id: UUID) -> list[tuple[PurchaseProof, Certificate | None]]:
    """What is kept on an entry's qualification, oldest first, with what each refers to."""
    rows = await work.session.exec(
        select(PurchaseProof)
        .where(PurchaseProof.registration_id == registration_id)
        .order_by(col(PurchaseProof.as_of), col(PurchaseProof.recorded_at))
    )
    return [
        (row, _seal.open(row.reference_sealed, bound_to=row.id) if row.reference_sealed else None)
        for row in rows
    ]


async def ruling_gap(work: Work, registration: Registration, lot: Lot) -> Message | None:
    """Why no ruling can be made today as far as the purchase limit goes, or None (B-17)."""
    registered_on, today = day_in_court(registration.created_at), day_in_court(work.now)
    limit = await limit_of_lot(work, lot, on=registered_on) or await limit_of_lot(work, lot, on=today)
    if limit is None:
        return None
    findings = [
        Finding(proof.as_of, proof.may_buy, ProofSource(proof.source))
        for proof, _ in await proofs_of(work, registration.id)
    ]
    return continuity_gap(
        limit,
        registered_on=registered_on,
        ruling_on=today,
        findings=findings,
        fresh_days=legal().purchase_proof_days,
    )

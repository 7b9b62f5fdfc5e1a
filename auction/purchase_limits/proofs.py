"""Proofs of the qualification to buy, kept for the check before the ruling (B-17)."""

from datetime import date
from uuid import UUID

import msgspec
from sqlmodel import col, select

from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.purchase_limits.models import ProofSource, PurchaseProof
from auction.purchase_limits.policy import limits_now
from auction.purchase_limits.rules import Finding, Place, continuity_gap, limit_in_force
from auction.registration.identity import account_match
from auction.registration.models import Registration
from core.crypto import StructSeal
from core.database import Work
from core.deadlines.rules import day_in_court
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import SYSTEM, Permission, Role, require
from core.ids import new_id
from core.legal_settings import PurchaseLimit, legal
from core.sealed_files import OpenedFile, keep_file, open_file
from disposal_teams.assets.models import Asset
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

PURPOSE = "purchase-proof"


class Certificate(msgspec.Struct, frozen=True):
    """What a proof refers to."""

    number: str
    note: str = ""
    file: UUID | None = None


_seal = StructSeal(PURPOSE, Certificate)


async def limit_of_lot(work: Work, lot: Lot, *, on: date | None = None) -> PurchaseLimit | None:
    """The purchase limit that binds the buyers of a lot on a day (default: today)."""
    asset = await work.session.get_one(Asset, lot.asset_id)
    place = Place(lot.asset_kind, asset.district, f"{asset.location}{lot.title}")
    return limit_in_force(
        await limits_now(work), place, on=on or day_in_court(work.now), home_city=legal().home_city
    )


async def keep_promise(work: Work, registration: Registration, certificate: str) -> None:
    """Keep the promise made at registration, in the caller's act."""
    today = day_in_court(work.now)
    _add(work, registration, ProofSource.PROMISE, today, may_buy=True, number=certificate, by_court=False)
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
    await note_lot(
        work, lot, "sale.purchase_proof", "B-17", source=str(source), as_of=as_of.isoformat(), may_buy=may_buy
    )
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
    file: UUID | None = None,
    by_court: bool = True,
) -> PurchaseProof:
    proof_id = new_id()
    proof = PurchaseProof(
        id=proof_id,
        registration_id=registration.id,
        source=source,
        as_of=as_of,
        may_buy=may_buy,
        reference_sealed=_seal.seal(Certificate(number[:80], note[:200], file), bound_to=proof_id)
        if number
        else None,
        # What the bidder gives itself must not lead from the row to the account (P-01).
        recorded_by=work.actor.account_id if by_court and work.actor is not SYSTEM else None,
        recorded_at=work.now,
    )
    work.session.add(proof)
    return proof


async def hand_in_proof(
    work: Work,
    registration: Registration,
    lot: Lot,
    *,
    as_of: date,
    number: str,
    name: str,
    content: bytes,
) -> PurchaseProof:
    """The buyer hands in a certificate for the check before the ruling (B-17). It proves nothing by itself: the court still
    asks the housing authority. Raises `InvalidInput` by field, `RuleViolation` where no limit binds, `NotFound` for an entry
    of somebody else."""
    account = work.actor.account_id
    if account is None or registration.account_match != account_match(account):
        raise NotFound(msg("您尚未报名该标的物。"), rule="B-17")
    registered_on = day_in_court(registration.created_at)
    if (await limit_of_lot(work, lot, on=registered_on) or await limit_of_lot(work, lot)) is None:
        raise RuleViolation("B-17", msg("该标的物没有限购，无需提交购房资格证明。"))
    fields: dict[str, Message] = {}
    number = clean_text(number, "number", fields, longest=80)
    if not registered_on <= as_of <= day_in_court(work.now):
        fields["as_of"] = msg("证明日期须在报名之后、今天之前。")
    if fields:
        raise InvalidInput(msg("证明信息有误。"), fields=fields, rule="B-17")
    file_id = await keep_file(work, purpose=PURPOSE, name=name, content=content)
    proof = _add(
        work,
        registration,
        ProofSource.BUYER,
        as_of,
        may_buy=True,
        number=number,
        file=file_id,
        by_court=False,
    )
    await work.session.flush()
    await note_lot(
        work,
        lot,
        "sale.purchase_proof",
        "B-17",
        source=str(ProofSource.BUYER),
        as_of=as_of.isoformat(),
        may_buy=True,
    )
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        key=f"proof:{proof.id}",
        title=msg("买受人提交购房资格证明"),
        body=msg("标的 {lot_no} 的买受人提交了购房资格证明，请核对后向住房管理部门复核。", lot_no=lot.lot_no),
        link=f"/team/settlements/{lot.lot_no}",
    )
    return proof


async def handed_in_file(work: Work, lot: Lot, registration_id: UUID, file_id: UUID) -> OpenedFile:
    """A certificate that the buyer handed in, for the court that rules. Raises `NotFound`."""
    require(work.actor, Permission.ISSUE_RULING, court_code=lot.court_code)
    kept = {each.file for _, each in await proofs_of(work, registration_id) if each is not None}
    if file_id not in kept:
        raise NotFound(msg("没有找到该文件。"))
    return await open_file(work, file_id, purpose=PURPOSE)


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

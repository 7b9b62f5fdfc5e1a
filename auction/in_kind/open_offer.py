"""After a failed round: ask the applicant and the other creditors whether one takes the asset in kind (B-74, X-01, X-09)."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.in_kind.models import InKindInquiry, InKindOffer
from auction.in_kind.papers import issue_inquiry_letter
from auction.in_kind.queries import SUBJECT, WINDOW, offer_of_lot
from auction.in_kind.rules import proposed_rank
from auction.in_kind.tell import note_offer
from auction.listing.models import Lot, LotState
from auction.listing.parts import advance_lot_assets
from auction.listing.queries import lot_for_update, lots_of_asset
from auction.registration.register import new_virtual_account
from core.crypto import FieldCipher
from core.database import Work
from core.deadlines import open_deadline
from core.deadlines.rules import period_end
from core.fair_draw import commitment, new_secret
from core.i18n import msg
from core.identity import Role
from core.ids import new_id
from core.legal_settings import legal
from core.money import yuan
from core.notices import notify
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import CREDITORS, EnforcementCase, Party, PartyRole
from disposal_teams.cases.queries import case_of, parties_of

FAILED = frozenset({LotState.FAILED, LotState.SELLOFF_FAILED})
VIRTUAL_PREFIX = "7"
HOLIDAYS = 14
"""Days by which a period may end later (C-02): how far back the sweep looks."""


def draw_cipher() -> FieldCipher:
    """Keeps the secrets of draws until they are held."""
    return FieldCipher(get_settings().encryption_key(), "in-kind-draw")


async def open_offer(work: Work, lot_id: UUID) -> InKindOffer | None:
    """Open the inquiry after a failed run. None when there is nothing to ask: the run did not fail, a later one was published,
    the ten days since the failure have passed, or no creditor is known. Repeating is a no-op.

    The letters go out at once; an answer counts until the end of the tenth day after the failure (L-22).
    """
    lot = await lot_for_update(work, lot_id)
    standing = await offer_of_lot(work, lot.id)
    if standing is not None or lot.state not in FAILED or lot.ended_at is None:
        return standing
    due_at = period_end(lot.ended_at, days=legal().in_kind_inquiry_days)
    asset = await work.session.get(Asset, lot.asset_id)
    assert asset is not None
    runs = await lots_of_asset(work, asset.id)
    superseded = any(run.published_at and run.published_at > lot.ended_at for run in runs)
    creditors = await _creditors(work, lot)
    if due_at <= work.now or superseded or not creditors or asset.state != AssetState.LISTED:
        return None
    offer_id, secret = new_id(), new_secret()
    offer = InKindOffer(
        id=offer_id,
        lot_id=lot.id,
        asset_id=asset.id,
        case_id=lot.case_id,
        court_code=lot.court_code,
        price_fen=lot.starting_price_fen,
        opened_at=work.now,
        draw_commitment=commitment(str(offer_id), secret),
        draw_secret_sealed=draw_cipher().encrypt(secret.hex(), bound_to=str(offer_id)),
        draw_source=legal().draw_public_value,
        virtual_account_no=new_virtual_account(VIRTUAL_PREFIX),
    )
    work.session.add(offer)
    await work.session.flush()
    inquiries = [
        InKindInquiry(
            id=new_id(),
            offer_id=offer.id,
            party_id=party.id,
            creditor_name=party.name,
            role=party.role,
            rank=rank,
            claim_fen=claim_fen,
            asked_at=work.now,
        )
        for party, rank, claim_fen in creditors
    ]
    work.session.add_all(inquiries)
    await advance_lot_assets(
        work, lot, AssetState.OFFERED_IN_KIND, reason="流拍后征询债权人以物抵债", rule="B-74"
    )
    await open_deadline(
        work,
        WINDOW,
        subject_kind=SUBJECT,
        subject_id=offer.id,
        owner_role=Role.CREDITOR,
        owner_court=lot.court_code,
        started_at=lot.ended_at,
        days=legal().in_kind_inquiry_days,
        asset_id=asset.id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.failed",
    )
    await note_offer(
        work,
        offer,
        "in_kind.opened",
        price_fen=offer.price_fen,
        creditors=len(inquiries),
        due_at=due_at,
        draw_commitment=offer.draw_commitment.hex(),
    )
    await issue_inquiry_letter.later(work, key=str(offer.id), offer_id=offer.id)
    for party, _, _ in creditors:
        if party.account_id is not None:
            await notify(
                work,
                account_id=party.account_id,
                key=f"in-kind:{offer.id}",
                title=msg("征询以物抵债"),
                body=msg(
                    "“{title}”流拍。您可以按 {yuan} 元接受抵债，请在期限届满前答复；不答复视为不接受。",
                    title=lot.title,
                    yuan=yuan(offer.price_fen),
                ),
                link=f"/my/in-kind/{lot.lot_no}",
            )
    return offer


async def _creditors(work: Work, lot: Lot) -> list[tuple[Party, int, int]]:
    """(creditor, proposed rank, claim in fen): those of the case and, by the seal chain, those of the other cases."""
    case = await case_of(work, lot.case_id)
    parties = await parties_of(work, case.id)
    chain = [
        seal
        for seal in await seals_of(work, lot.asset_id)
        if seal.state not in {SealState.LAPSED, SealState.RELEASED}
    ]
    seal_of = {seal.case_no: seal for seal in chain}
    debtors = [party for party in parties if party.role == PartyRole.DEBTOR]
    natural = any(party.is_natural_person for party in debtors) or not debtors
    found = [(party, case) for party in parties if PartyRole(party.role) in CREDITORS]
    found += await _of_other_cases(work, case, seal_of)
    rows: dict[object, tuple[Party, int, int]] = {}
    for party, own_case in found:
        seal = seal_of.get(own_case.case_no)
        rank = proposed_rank(
            has_priority=party.role == PartyRole.PRIORITY_CREDITOR
            or (seal is not None and seal.has_priority_right),
            debtor_is_natural=natural,
            seal_position=seal.position if seal else len(chain) + 1,
        )
        key = party.identity_match or party.account_id or party.name
        rows.setdefault(key, (party, rank, _claim_fen(party, own_case, seal, found)))
    return list(rows.values())


def _claim_fen(
    party: Party, case: EnforcementCase, seal: Seal | None, found: list[tuple[Party, EnforcementCase]]
) -> int:
    """The claim as registered: the person's own, else the seal's, else the case's when the person is its only creditor."""
    if party.claim_fen:
        return party.claim_fen
    if seal is not None and seal.claim_fen:
        return seal.claim_fen
    return case.claim_fen if sum(other.id == case.id for _, other in found) == 1 else 0


async def _of_other_cases(
    work: Work, case: EnforcementCase, seal_of: dict[str, Seal]
) -> list[tuple[Party, EnforcementCase]]:
    others = [number for number in seal_of if number != case.case_no]
    if not others:
        return []
    rows = await work.session.exec(
        select(Party, EnforcementCase)
        .join(EnforcementCase, col(EnforcementCase.id) == col(Party.case_id))
        .where(col(EnforcementCase.case_no).in_(others), Party.role == PartyRole.APPLICANT)
        .order_by(col(Party.id))
    )
    return list(rows.all())


async def failures_without_inquiry(work: Work, *, limit: int = 50) -> list[UUID]:
    """Failed runs of listed assets whose creditors were not asked yet: what a lost message left undone."""
    later = Lot.__table__.alias("later")  # type: ignore[attr-defined]
    rows = await work.session.exec(
        select(Lot.id)
        .join(Asset, col(Asset.id) == col(Lot.asset_id))
        .outerjoin(InKindOffer, col(InKindOffer.lot_id) == col(Lot.id))
        .where(
            col(Lot.state).in_([str(state) for state in FAILED]),
            Asset.state == AssetState.LISTED,
            col(InKindOffer.id).is_(None),
            col(Lot.ended_at) > work.now - timedelta(days=legal().in_kind_inquiry_days + HOLIDAYS),
            ~select(later.c.id)
            .where(later.c.asset_id == Lot.asset_id, later.c.published_at > Lot.ended_at)
            .exists(),
        )
        .limit(limit)
    )
    return list(rows)

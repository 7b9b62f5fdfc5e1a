"""A party names a price, or refuses to (V-02)."""

from datetime import date
from uuid import UUID

from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, may
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from disposal_teams.plain_text import clean_text
from valuation import rules
from valuation.agreement.compare import settle_agreement
from valuation.agreement.invite import negotiating_parties
from valuation.agreement.models import AgreementEntry
from valuation.agreement.sealing import seal_price
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.queries import valuation_for_update
from valuation.ways.enter import open_step


async def submit_price(
    work: Work,
    valuation_id: UUID,
    party_id: UUID,
    *,
    price_fen: int | None,
    valid_until: date | None = None,
    paper_ref: str = "",
) -> None:
    """Enter a party's price in fen, or its refusal (None): by the party itself, or by the court from its paper.

    It may be replaced until the last one is in; then the system compares at once. Raises `NotPermitted` (not this party),
    `RuleViolation` (V-02: the period is over), `InvalidInput` by field.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    party = await _party(work, asset, party_id)
    fields: dict[str, Message] = {}
    by_court = party.account_id is None or party.account_id != work.actor.account_id
    if by_court:
        if not may(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code):
            raise NotPermitted(msg("只有当事人本人或者承办法院可以提交价格。"), rule="V-02")
        paper_ref = clean_text(paper_ref, "paper_ref", fields, longest=120)
    await _check_open(work, valuation)
    if price_fen is not None and not 0 < price_fen <= rules.MAX_PRICE_FEN:
        fields["price"] = msg("价格须大于 0，且不超过一万亿元。")
    today = work.now.astimezone(COURT_ZONE).date()
    if valid_until is not None and not today < valid_until <= rules.latest_validity(today):
        fields["valid_until"] = msg("有效期须晚于今天，且不超过一年（V-33）。")
    if fields:
        raise InvalidInput(msg("价格没有提交，请按提示修改。"), fields=fields, rule="V-02")
    await work.session.merge(
        AgreementEntry(
            valuation_id=valuation.id,
            party_id=party.id,
            price_sealed=None
            if price_fen is None
            else seal_price(price_fen, valuation_id=valuation.id, party_id=party.id),
            refuses=price_fen is None,
            valid_until=valid_until,
            paper_ref=paper_ref if by_court else "",
            entered_by=work.actor.account_id,
            entered_at=work.now,
        )
    )
    await work.session.flush()
    # Neither the price nor its hash: the audit trail is read by people who must not know it yet.
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.price_refused" if price_fen is None else "valuation.price_submitted",
        "V-02",
        party=str(party.id),
        by_court=by_court,
    )
    await settle_agreement(work, valuation, asset)


async def _party(work: Work, asset: Asset, party_id: UUID) -> Party:
    for party in await negotiating_parties(work, asset.case_id):
        if party.id == party_id:
            return party
    raise NotFound(msg("该当事人不参加议价。"))


async def _check_open(work: Work, valuation: Valuation) -> None:
    if valuation.state != ValuationState.NEGOTIATING:
        raise Conflict(msg("议价已经结束。"), rule="V-02")
    step = await open_step(work, valuation.id)
    if step is None:
        raise Conflict(msg("双方价格均已提交并比对完毕，不能再修改。"), rule="V-02")
    if step.due_at is not None and work.now >= step.due_at:
        raise RuleViolation(
            "V-02",
            msg(
                "议价期限已于 {due} 届满，逾期提交的价格不予采用。",
                due=f"{step.due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
        )


async def own_part(work: Work, valuation_id: UUID) -> tuple[Valuation, Asset, Party, AgreementEntry | None]:
    """What a party's own page shows: the valuation, the asset, the party and its entry. Raises `NotFound`."""
    valuation = await work.session.get(Valuation, valuation_id)
    asset = await work.session.get(Asset, valuation.asset_id) if valuation else None
    if valuation is not None and asset is not None and work.actor.account_id is not None:
        for party in await negotiating_parties(work, asset.case_id):
            if party.account_id == work.actor.account_id:
                entry = (
                    await work.session.exec(
                        select(AgreementEntry).where(
                            AgreementEntry.valuation_id == valuation_id, AgreementEntry.party_id == party.id
                        )
                    )
                ).first()
                return valuation, asset, party, entry
    raise NotFound(msg("没有找到该议价，或您不是该案当事人。"))

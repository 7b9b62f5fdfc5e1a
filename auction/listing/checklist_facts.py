"""Gather what the publish checklist looks at."""

from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import func
from sqlmodel import col, select

from auction.direct_sale.queries import direct_problem
from auction.in_kind.queries import holding_offer
from auction.listing import rules
from auction.listing.checklist import run_checklist
from auction.listing.disclosure import Disclosure, read_disclosure
from auction.listing.models import LIVE_STATES, Lot, LotState, PanelDecision, Round
from auction.listing.parts import assets_of
from auction.listing.parts_ready import parts_problem
from auction.listing.pre_emption import pre_emption_end
from auction.listing.price_basis import price_basis
from auction.listing.publish_facts import ChecklistLine, PanelFacts, PriceFacts, PublishFacts, SurveyFacts
from auction.listing.queries import Position, decision_of_lot, lots_of_asset, notifications_of
from auction.listing.rounds import before_round, defaulted_run
from auction.platforms.choose import platform_file
from auction.purchase_limits.proofs import limit_of_lot
from auction.worth_selling.guard import agrees_to_all, excess_stops, surplus_stops
from core.database import Work
from core.deadlines.rules import day_in_court, earliest_auction_start
from core.i18n import Message, msg
from core.identity import Permission, require
from core.identity_number import masked_name
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetKind, AssetState, LeaseStatus, SoleHome
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of
from disposal_teams.objections.queries import forbids_disposal
from disposal_teams.photos.show import count_of
from disposal_teams.surveys.conduct import latest_survey, lines_of
from disposal_teams.transfers.leave import may_publish_meanwhile
from disposal_teams.transfers.request import has_open_transfer
from valuation.models import ValuationState
from valuation.queries import current_valuation
from valuation.reference_price import ReferencePrice, reference_price_of
from valuation.rules import STATE_LABELS as VALUATION_LABELS


async def checklist_of(work: Work, lot: Lot) -> list[ChecklistLine]:
    """The checklist of a lot as if it were published now; for people of its court (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=lot.court_code)
    return run_checklist(await gather_facts(work, lot))


async def gather_facts(work: Work, lot: Lot) -> PublishFacts:
    """The facts at this moment."""
    asset = await work.session.get(Asset, lot.asset_id)
    assert asset is not None
    round_ = Round(lot.round)
    settings = legal()
    publish_on = day_in_court(work.now)
    seal = await seal_in_force(work, asset.id)
    lots = await lots_of_asset(work, asset.id)
    earlier = [each for each in lots if each.id != lot.id]
    position = Position(
        round_,
        lot.rerun,
        lot.attempt,
        None if lot.direct_sale_id else before_round(earlier, round_),
        defaulted_run(earlier, round_) if lot.rerun else None,
        direct_sale_id=lot.direct_sale_id,
    )
    price = await reference_price_of(work, asset.id)
    people, shareholders_until = await _people(work, lot)
    days = rules.notice_days(round_, is_movable=lot.is_movable, rerun=lot.rerun, settings=settings)
    court = await court_of(work, lot.court_code)
    case = await case_of(work, lot.case_id)
    limit = await limit_of_lot(work, lot)
    return PublishFacts(
        publish_on=publish_on,
        title=lot.title,
        round=round_,
        rerun=lot.rerun,
        is_movable=lot.is_movable,
        kind=AssetKind(asset.kind),
        starting_price_fen=lot.starting_price_fen,
        increment_fen=lot.increment_fen,
        deposit_fen=lot.deposit_fen,
        balance_due_days=lot.balance_due_days,
        starts_at=lot.starts_at,
        ends_at=lot.scheduled_end_at,
        earliest_start=earliest_auction_start(work.now, days=days, strict=settings.notice_counting_strict),
        delivery_expected_on=_delivery_day(lot.scheduled_end_at, settings.seal_margin_days),
        seal_ends_on=seal.expires_on if seal else None,
        survey=await _survey(work, asset),
        price=_price_facts(price, lot, publish_on, lots),
        price_state=await _price_state(work, asset),
        basis=await price_basis(
            work, position, earlier, price, asset_ids=[each.id for each in await assets_of(work, lot)]
        ),
        parts_problem=await parts_problem(work, lot),
        direct_problem=await direct_problem(work, lot),
        is_in_self_sale=asset.state == AssetState.SELF_SALE,
        panel=_panel(await decision_of_lot(work, lot.id)),
        notified=people,
        shareholders_until=shareholders_until,
        transfer_open=await has_open_transfer(work, asset.id),
        transfer_approved=await may_publish_meanwhile(work, asset.id),
        objection_open=asset.state == AssetState.SUSPENDED
        or await forbids_disposal(work, asset.id) is not None,
        in_kind_open=await holding_offer(work, asset.id) is not None,
        sole_home=SoleHome(asset.sole_home),
        lease=LeaseStatus(asset.lease_status),
        platform=(await platform_file(work, asset.id)).platform,
        disclosure=disclosure_with_notification(lot, people),
        purchase_limit=limit.text if limit else "",
        court_account=f"{court.bank_name} {court.bank_account_no}" if court.bank_account_no else "",
        claim_fen=case.claim_fen,
        other_lots_fen=await _other_lots_fen(work, lot),
        surplus_problem=await surplus_stops(work, lot, asset),
        excess_problem=await excess_stops(work, lot),
        sells_all=await agrees_to_all(work, lot),
        settings=settings,
        ceiling_bids_allowed=lot.ceiling_bids_allowed,
        photos=await count_of(work, [each.id for each in await assets_of(work, lot)]),
    )


def disclosure_with_notification(lot: Lot, people: tuple[rules.Notified, ...]) -> Disclosure:
    """The draft's disclosure with the state of notification filled in (B-12)."""
    return msgspec.structs.replace(
        read_disclosure(lot.disclosure), notification_statement=notification_statement(people)
    )


def notification_statement(people: tuple[rules.Notified, ...]) -> str:
    """What the notice tells of the notification of parties and priority purchasers (B-12), with counts only."""
    if not people:
        return ""
    received = sum(person.received_on is not None for person in people)
    waived = sum(person.waived for person in people)
    posted = sum(person.posted_on is not None and person.received_on is None for person in people)
    return f"应通知 {len(people)} 人：已签收 {received} 人，书面放弃 {waived} 人，公示送达 {posted} 人。"


def _delivery_day(ends_at: datetime | None, margin_days: int) -> date | None:
    return None if ends_at is None else day_in_court(ends_at) + timedelta(days=margin_days)


async def _survey(work: Work, asset: Asset) -> SurveyFacts | None:
    survey = await latest_survey(work, asset.id)
    if survey is None:
        return None
    return SurveyFacts(survey.surveyed_on, len(await lines_of(work, survey.id)))


def _price_facts(
    price: ReferencePrice | None, lot: Lot, publish_on: date, lots: list[Lot]
) -> PriceFacts | None:
    if price is None:
        return None
    sale_on = day_in_court(lot.scheduled_end_at) if lot.scheduled_end_at else publish_on
    first_notices = [
        each.published_at for each in lots if each.id != lot.id and each.published_at is not None
    ]
    if first_notices and day_in_court(min(first_notices)) <= price.valid_until:
        problem = price.unusable_for_later_round(sale_on=sale_on)
    else:
        problem = price.unusable_for_first_notice(published_on=publish_on, sale_on=sale_on)
    return PriceFacts(price.price_fen, price.source, price.valid_until, problem)


async def _price_state(work: Work, asset: Asset) -> Message:
    valuation = await current_valuation(work, asset.id)
    if valuation is None:
        return msg("还没有启动参考价程序。")
    return msg("参考价程序目前处于“{state}”。", state=msg(VALUATION_LABELS[ValuationState(valuation.state)]))


def _panel(decision: PanelDecision | None) -> PanelFacts | None:
    if decision is None:
        return None
    return PanelFacts(
        decision.starting_price_fen,
        decision.increment_fen,
        decision.deposit_fen,
        tuple(decision.members),
        decision.decided_on,
        decision.ceiling_bids_allowed,
    )


async def _people(work: Work, lot: Lot) -> tuple[tuple[rules.Notified, ...], datetime | None]:
    """How everybody stands, and until when the last shareholder may still claim (B-22)."""
    notes = await notifications_of(work, lot.id)
    people: list[rules.Notified] = []
    ends: list[datetime | None] = []
    for party in await parties_of(work, lot.case_id):
        note = notes.get(party.id)
        name = masked_name(party.name) if party.is_natural_person else party.name
        received = day_in_court(note.received_at) if note and note.received_at else None
        posted = day_in_court(note.posted_at) if note and note.posted_at else None
        people.append(rules.Notified(name, bool(note and note.waived), received, posted))
        if party.role == PartyRole.SHAREHOLDER and not (note and note.waived):
            ends.append(pre_emption_end(note) if note else None)
    known = [end for end in ends if end is not None]
    return tuple(people), max(known) if known and len(known) == len(ends) else None


async def _other_lots_fen(work: Work, lot: Lot) -> int:
    """What the other lots of the case fetched or will at least fetch (A-24)."""
    counted = [str(state) for state in (LIVE_STATES - {LotState.DRAFT, LotState.NOTIFYING}) | {LotState.SOLD}]
    total = await work.session.exec(
        select(func.coalesce(func.sum(func.coalesce(Lot.final_price_fen, Lot.starting_price_fen)), 0)).where(
            Lot.case_id == lot.case_id, Lot.asset_id != lot.asset_id, col(Lot.state).in_(counted)
        )
    )
    return int(total.one())

"""Whether a price could have come about lawfully: written from the rulebook (V-02, V-13, V-30 to V-33) and not from the code."""

from datetime import timedelta
from typing import Any

from tests.valuation.search_desk import SearchDesk, is_demand_open, open_objections
from valuation.agreement.models import AgreementEntry
from valuation.agreement.sealing import opened
from valuation.appraisal.models import AppraisalEngagement, AppraisalReport, ResultService
from valuation.appraisers.models import AppraisalFirm
from valuation.directed_inquiry.models import DirectedInquiry
from valuation.models import Valuation, ValuationMethod
from valuation.objections.models import ReportObjection
from valuation.online_inquiry.models import PlatformInquiry
from valuation.unvalued.models import UnvaluedGround, UnvaluedPrice
from valuation.ways.models import ValuationStep

M = ValuationMethod
WAYS = (M.AGREEMENT, M.DIRECTED_INQUIRY, M.ONLINE_INQUIRY, M.APPRAISAL)


async def ways_in_order(desk: SearchDesk, at: Valuation) -> None:
    """Each way was open on the facts, and every earlier one failed, lay behind, was closed, or was jumped over (V-02)."""
    if at.reissue_of is not None or at.method not in WAYS:
        return
    steps = sorted(await desk.rows(ValuationStep, at.id), key=lambda each: each.position)
    behind = -1
    for step in steps:
        place, known = WAYS.index(step.method), step.facts
        asked = known["both_ask_for"]
        assert place > behind or step.method == M.APPRAISAL, "a way was gone back to"
        jumped = step.method in asked or (step.method == M.APPRAISAL and known["law_demands_appraisal"])
        for earlier in range(behind + 1, place):
            assert jumped or _closed(WAYS[earlier], known), f"{WAYS[earlier]} was left out"
        assert step.method == M.APPRAISAL or not _closed(step.method, known)
        assert step is steps[-1] or step.outcome not in (None, "priced")
        behind = max(behind, place)


async def lawful(desk: SearchDesk, at: Valuation) -> None:
    """The price that stands could have come about (V-02, V-13, V-31, V-33)."""
    assert at.price_fen is not None
    assert at.fixed_at is not None
    assert at.valid_until is not None
    assert at.valid_until <= at.fixed_at.date() + timedelta(days=366)
    match at.method:
        case M.AGREEMENT:
            named = [opened(each).price_fen for each in await desk.rows(AgreementEntry, at.id)]
            assert len(named) == 2
            assert set(named) == {at.price_fen}
        case M.DIRECTED_INQUIRY:
            (letter,) = await desk.rows(DirectedInquiry, at.id)
            assert letter.price_fen == at.price_fen
            assert letter.replied_at < letter.due_at
        case M.ONLINE_INQUIRY:
            delivered = [
                each for each in await desk.rows(PlatformInquiry, at.id) if each.state == "delivered"
            ]
            assert delivered
            carrying = [each for each in delivered if each.fault is None]
            free = [each for each in carrying if not each.is_objected]
            amounts = [each.price_fen for each in free or carrying]
            assert at.price_fen == (2 * sum(amounts) + len(amounts)) // (2 * len(amounts))
            await _windows_closed(desk, at)
        case M.APPRAISAL:
            engagements = await desk.rows(AppraisalEngagement, at.id)
            reported = [each for each in engagements if each.state == "reported"]
            assert len(reported) == 1
            firm = await desk.session.get_one(AppraisalFirm, reported[0].firm_id)
            reports = [each for each in await desk.rows(AppraisalReport, at.id) if each.firm == firm.name]
            reviewed = [
                each.review_price_fen
                for each in await desk.rows(ReportObjection, at.id)
                if each.review_price_fen is not None and each.outcome != "superseded"
            ]
            newest = max(reports, key=lambda each: each.version)
            assert at.price_fen in {newest.price_fen, *reviewed}
            assert not await is_demand_open(desk, at.id)
            await _windows_closed(desk, at)
        case _:
            (found,) = await desk.rows(UnvaluedPrice, at.id)
            assert found.ground == UnvaluedGround.ALL_ASK  # the price is above what is of low value
            assert set(found.asked_by) == set(desk.parties)


async def _windows_closed(desk: SearchDesk, at: Valuation) -> None:
    """Everybody was served, everybody's five days were over, nothing was undecided (V-30, V-31)."""
    services = [each for each in await desk.rows(ResultService, at.id) if not each.is_superseded]
    assert {each.party_id for each in services} == set(desk.parties)
    assert at.fixed_at is not None
    for each in services:
        assert each.received_at is not None
        assert each.window_ends_at is not None
        assert each.received_at + timedelta(days=5) <= each.window_ends_at + timedelta(hours=24)
        assert each.window_ends_at <= at.fixed_at
    assert not await open_objections(desk, at.id)


def _closed(way: str, known: dict[str, Any]) -> bool:
    """Whether V-02 closes a way on these facts."""
    if way == M.AGREEMENT:
        return bool(known["party_missing"] or known["party_refuses_agreement"])
    if way == M.APPRAISAL:
        return False
    if known["law_demands_appraisal"]:
        return True
    asked = way in known["both_ask_for"]
    if way == M.DIRECTED_INQUIRY:
        return not (known["base_price_exists"] or asked)
    return not asked and bool(known["needs_inspection"] or not known["market_data_exists"])

"""Bring an asset of a small city through survey and valuation to a lot, by the use cases, as people would."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec
from sqlmodel import col, select

from auction.listing.disclosure import Disclosure, read_disclosure
from auction.listing.draft_lot import draft_lot, edit_draft
from auction.listing.models import Lot, PanelDecision
from auction.listing.notify import notify_parties, record_notification
from auction.listing.panel import record_panel_decision
from core.clock import COURT_ZONE
from core.database import Work
from core.identity import Actor, Role
from disposal_teams.assets.models import Asset, AssetKind, LeaseStatus, SoleHome
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.cases.register import add_party
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.models import Court
from disposal_teams.surveys.conduct import begin_survey, complete_survey, record_finding
from disposal_teams.surveys.matrix import required_items
from tests.disposal_teams.city import KUNSHAN, make_asset, make_case
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisal.enter_report import Figures, enter_appraisal_report
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.models import ResultService
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.appraisers.keep_list import all_firms, list_firm
from valuation.appraisers.models import AppraisalFirm
from valuation.fix_price import fix_due_prices
from valuation.models import Valuation, ValuationMethod
from valuation.selection.begin import selections_of
from valuation.selection.choose import name_firms
from valuation.selection.lottery import commit_due_draws, hold_draw
from valuation.ways.rules import WayFacts

YUAN = 100
VALUE = 1_000_000 * YUAN

FIRMS = ("某评估公司", "乙评估公司", "丙评估公司")
KEEPER = Actor(None, "中院", frozenset({Role.INTERMEDIATE_COURT}), "05")

BOTH_ASK = WayFacts(both_ask_for=(ValuationMethod.APPRAISAL,))
"""Both parties ask for an appraisal (V-02)."""

TEAM = Actor(None, "处置团队", frozenset({Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.CLERK}), KUNSHAN)
PANEL = Actor(None, "审判长", frozenset({Role.PANEL_MEMBER}), KUNSHAN)
STRANGER = Actor(None, "外院", frozenset({Role.DISPOSAL_TEAM, Role.PANEL_MEMBER, Role.CASE_OFFICER}), "0505")


def at(work: Work, now: datetime, actor: Actor = TEAM) -> Work:
    """The same transaction at another court time, with somebody acting."""
    return Work(work.session, actor, now)


def later(work: Work, **length: float) -> Work:
    """The same person some time later."""
    return Work(work.session, work.actor, work.now + timedelta(**length))


def by(work: Work, actor: Actor) -> Work:
    """Somebody else at the same time."""
    return Work(work.session, actor, work.now)


@dataclass(slots=True)
class Surveyed:
    """A surveyed asset of Kunshan court with its case and two parties."""

    case: EnforcementCase
    asset: Asset
    applicant: Party
    debtor: Party


async def surveyed_asset(
    work: Work, *, kind: AssetKind = AssetKind.REAL_ESTATE, debtor_reachable: bool = True, number: int = 1
) -> Surveyed:
    """Case, parties, sealed asset, complete survey."""
    await establish_courts(work)
    court = await work.session.get(Court, KUNSHAN)
    assert court is not None
    court.bank_name, court.bank_account_no = "某银行", "6222020000001"
    case = await make_case(work, KUNSHAN, number)
    team = by(work, TEAM)
    applicant = await add_party(team, case, role=PartyRole.APPLICANT, name="某银行", is_natural_person=False)
    debtor = await add_party(team, case, role=PartyRole.DEBTOR, name="王小明", is_reachable=debtor_reachable)
    asset = await make_asset(work, case, kind=kind)
    await survey(team, asset)
    return Surveyed(case, asset, applicant, debtor)


async def further_asset(work: Work, made: Surveyed, *, kind: AssetKind = AssetKind.VEHICLE) -> Surveyed:
    """Another surveyed asset of the same case."""
    asset = await make_asset(work, made.case, kind=kind)
    await survey(by(work, TEAM), asset)
    return Surveyed(made.case, asset, made.applicant, made.debtor)


async def survey(team: Work, asset: Asset) -> None:
    """A complete survey without anything unusual."""
    asset.lease_status, asset.sole_home = LeaseStatus.NONE, SoleHome.NO
    begun = await begin_survey(team, asset, surveyor_names="甲、乙")
    for item in required_items(AssetKind(asset.kind), asset.attributes):
        await record_finding(
            team,
            begun,
            item=item.code,
            finding="已查明，无异常",
            evidence_kind=sorted(item.evidence)[0],
            evidence_ref="卷1",
        )
    await complete_survey(team, begun)


async def list_firms(work: Work) -> dict[str, AppraisalFirm]:
    """Put `FIRMS` on the list."""
    return {
        name: await list_firm(
            by(work, KEEPER),
            name=name,
            licence_no=f"苏评{number}",
            licence_until=work.now.date() + timedelta(days=900),
            kinds=list(AssetKind),
        )
        for number, name in enumerate(FIRMS)
    }


async def appraised(work: Work, made: Surveyed) -> Valuation:
    """An appraisal for which both parties have named the same firms: the first of `FIRMS` is at work."""
    team = by(work, TEAM)
    valuation = await begin_appraisal(team, made.asset.id, facts=BOTH_ASK)
    known = {firm.name: firm for firm in await all_firms(work)} or await list_firms(work)
    (selection,) = await selections_of(work, valuation.id)
    firms = [known[name].id for name in FIRMS]
    if selection.due_at > work.now:
        for party in (made.applicant, made.debtor):
            await name_firms(team, selection.id, party.id, firms=firms, paper_ref="卷2")
    else:  # a party is missing: the draw decides, and it may be any of the three
        await commit_due_draws(team)
        drawing = later(team, days=9)
        await hold_draw(drawing, selection.id, public_value="3286.65", witnesses="王某")
    return valuation


async def firm_at_work(work: Work, valuation: Valuation) -> str:
    """The name of the firm whose report is expected."""
    (at_work,) = [each for each in await engagements_of(work, valuation.id) if each.state == "entrusted"]
    return (await work.session.get_one(AppraisalFirm, at_work.firm_id)).name


async def valued_asset(work: Work, **options: object) -> tuple[Work, Surveyed, Valuation]:
    """The asset with a fixed reference price of a million yuan; the work returned is of the day it became fixed."""
    made = await surveyed_asset(work, **options)  # type: ignore[arg-type]
    team, valuation = await valued(by(work, TEAM), made)
    return team, made, valuation


async def valued(
    team: Work, made: Surveyed, *, price_fen: int = VALUE, mark: str = ""
) -> tuple[Work, Valuation]:
    """Appraise it at the price and let the windows pass: the work returned is of the day on which the price is fixed."""
    valuation = await appraised(team, made)
    today = team.now.astimezone(COURT_ZONE).date()
    await enter_appraisal_report(
        team,
        valuation.id,
        Figures(
            firm=await firm_at_work(team, valuation),
            report_no=f"评{made.case.case_no}{mark}",
            price_fen=price_fen,
            price_again_fen=price_fen,
            appraised_on=today,
            valid_until=today + timedelta(days=365),
        ),
    )
    await serve_results(team, valuation.id)
    for service in await team.session.exec(
        select(ResultService).where(
            ResultService.valuation_id == valuation.id, col(ResultService.received_at).is_(None)
        )
    ):
        await record_receipt(team, service.id, received_at=team.now, proof="回证1")
    team = later(team, days=40)
    await fix_due_prices(team)
    await team.session.refresh(valuation)
    await team.session.refresh(made.asset)
    return team, valuation


async def decided(
    work: Work, made: Surveyed, *, start: int = 700_000 * YUAN, **options: object
) -> PanelDecision:
    """The panel's record, within every limit unless told otherwise."""
    values = {
        "starting_price_fen": start,
        "increment_fen": 3_000 * YUAN,
        "deposit_fen": start // 10,
        "members": ["审判长", "审判员甲", "审判员乙"],
        "minutes": "合议庭一致同意。",
        "decided_on": work.now.astimezone(COURT_ZONE).date(),
        **options,
    }
    return await record_panel_decision(by(work, PANEL), made.asset.id, **values)  # type: ignore[arg-type]


def at_ten(day: date) -> datetime:
    """Ten o'clock in court."""
    return datetime.combine(day, time(10), COURT_ZONE)


async def ready_lot(work: Work, **options: object) -> tuple[Work, Surveyed, Lot]:
    """A lot whose checklist is green on the day of the work returned: drafted, completed, everybody notified."""
    team, made, _ = await valued_asset(work, **options)
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    return await made_ready(team, lot), made, lot


async def made_ready(team: Work, lot: Lot, *, notice_days: int = 31) -> Work:
    """Fill in times and the no-surplus answer, notify everybody, and let three days pass."""
    start = at_ten((team.now + timedelta(days=notice_days + 6)).astimezone(COURT_ZONE).date())
    length = timedelta(days=60) if lot.round == "sell_off" else timedelta(days=1)
    disclosure = read_disclosure(lot.disclosure)
    await edit_draft(
        team,
        lot.id,
        starts_at=start,
        ends_at=start + length,
        disclosure=replaced(disclosure, no_surplus="surplus"),
    )
    for note in await notify_parties(team, lot.id):
        if note.posted_at is None:
            await record_notification(team, note.id, received_at=team.now, proof="回证")
    return later(team, days=5)


def replaced(value: Disclosure, **changes: Any) -> Disclosure:
    """A disclosure with changes."""
    return msgspec.structs.replace(value, **changes)

"""Searches for a price in the demo city: an agreement that waits for a party, an online inquiry with some reports in."""

from datetime import timedelta

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import DisposalError
from core.identity import SYSTEM, Role
from core.identity.accounts import as_actor, hash_password, open_account
from core.outbox.run_due import run_due
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from valuation.agreement.invite import begin_agreement, negotiating_parties
from valuation.agreement.submit_price import submit_price
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisers.keep_list import eligible_firms, list_firm
from valuation.models import Valuation, ValuationMethod
from valuation.online_inquiry.deliver import deliver_report
from valuation.online_inquiry.entrust import begin_online_inquiry, inquiries_of
from valuation.online_inquiry.exchange import PlatformReport
from valuation.online_inquiry.platforms import list_platform
from valuation.selection.begin import selections_of
from valuation.selection.choose import name_firms
from valuation.ways.rules import WayFacts
from web.demo_city.appraisals import report_and_object
from web.demo_city.cast import TEAM_COURT
from web.demo_city.history import City
from web.demo_city.logins import PASSWORD

PLATFORM_LABELS = (("p1", "询价平台甲"), ("p2", "询价平台乙"), ("p3", "询价平台丙"))
REPORTED_FEN = (98_000_000, 101_500_000)


FIRM_NAMES = ("甲房地产评估有限公司", "乙资产评估有限公司", "丙土地房地产评估有限公司", "丁资产评估事务所")


async def seek_prices(city: City) -> None:
    """Three surveyed assets whose price is being found; fewer when the city is too small to have them."""
    async with city.database.begin(SYSTEM) as work:
        account = await open_account(
            work,
            login="appraiser",
            password_hash=hash_password(PASSWORD),
            display_name=f"演示{FIRM_NAMES[0]}",
            roles={Role.APPRAISER},
            is_demo=True,
        )
        for number, name in enumerate(FIRM_NAMES, start=1):
            await list_firm(
                work,
                name=f"演示{name}",
                licence_no=f"苏评演示{number:03}",
                licence_until=work.now.date() + timedelta(days=700),
                kinds=list(AssetKind),
                place="苏州市",
                account_id=account.id if number == 1 else None,
                is_demo=True,
            )
        for code, name in PLATFORM_LABELS:
            await list_platform(work, code=code, name=name)
        waiting = await work.session.exec(
            select(Asset)
            .where(
                Asset.state == AssetState.VALUATION,
                Asset.court_code == TEAM_COURT,
                ~select(Valuation.id).where(Valuation.asset_id == Asset.id).exists(),
            )
            .order_by(col(Asset.id))
            .limit(3)
        )
        for asset, begin in zip(list(waiting), (_agree, _ask_platforms, _appraise), strict=False):
            try:
                async with work.session.begin_nested():
                    await begin(work, asset)
            except DisposalError as refusal:
                city.refused.append(f"{asset.asset_no}: {refusal}")
    await run_due(city.database)
    await report_and_object(city, as_actor(account))


async def _agree(work: Work, asset: Asset) -> None:
    valuation = await begin_agreement(work, asset.id, facts=WayFacts())
    first = (await negotiating_parties(work, asset.case_id))[0]
    await submit_price(work, valuation.id, first.id, price_fen=REPORTED_FEN[0], paper_ref="议价意见书")


async def _ask_platforms(work: Work, asset: Asset) -> None:
    valuation = await begin_online_inquiry(work, asset.id, facts=WayFacts(party_missing=True))
    until = work.now.astimezone(COURT_ZONE).date() + timedelta(days=180)
    for inquiry, price in zip(await inquiries_of(work, valuation.id), REPORTED_FEN, strict=False):
        report = PlatformReport(f"询{inquiry.platform_code}", price, until, "市场比较法")
        await deliver_report(work, inquiry.id, report)


async def _appraise(work: Work, asset: Asset) -> None:
    """Both parties name the same firms, the first of which works through the portal."""
    valuation = await begin_appraisal(
        work, asset.id, facts=WayFacts(both_ask_for=(ValuationMethod.APPRAISAL,))
    )
    (selection,) = await selections_of(work, valuation.id)
    firms = [firm.id for firm in await eligible_firms(work, AssetKind(asset.kind))][:3]
    for party in await negotiating_parties(work, asset.case_id):
        if selection.due_at > work.now:
            await name_firms(work, selection.id, party.id, firms=firms, paper_ref="选定意见书")

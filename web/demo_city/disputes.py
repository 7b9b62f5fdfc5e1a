"""Transfers of the disposal right in the demo city: idle, asked for, refused and before the superior, handed over."""

from datetime import timedelta

from core.clock import COURT_ZONE
from core.database import Work
from core.identity import SYSTEM, Role
from core.outbox.run_due import run_due
from disposal_teams.assets.models import Asset, AssetKind, SealKind
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.models import EnforcementCase, PartyRole
from disposal_teams.cases.register import add_party, register_case
from disposal_teams.transfers.answer import consent_transfer, receive_request, refuse_transfer
from disposal_teams.transfers.complete_handover import confirm_files, deliver_files
from disposal_teams.transfers.models import RefusalReason, TransferBasis, TransferRequest
from disposal_teams.transfers.propose import scan_idle_seals
from disposal_teams.transfers.request import request_transfer
from web.demo_city.cast import FIRST_COURT, PRIORITY_COURT, person_at
from web.demo_city.history import City
from web.demo_city.people import firm_name, person_name

TITLES = (
    "苏州市吴中区越溪街道某科技园 3 幢厂房",
    "苏州市吴中区木渎镇某小区 21 幢 902 室房产",
    "苏州市吴中区甪直镇某商业街 108 号商铺",
    "苏州市吴中区临湖镇某小区 6 幢 301 室房产",
    "苏州市吴中区胥口镇某花园 12 幢 502 室房产",
)
SEALED_DAYS_AGO = 75


async def settle_disputes(city: City) -> None:
    """Five assets sealed first by one court and waited for by another: idle, asked for, refused, handed over with all files,
    and with some still to come."""
    for number, title in enumerate(TITLES):
        async with city.database.begin(city.bidders[0].actor) as nobody:
            first_officer = await person_at(nobody, "officer", FIRST_COURT)
            priority_officer = await person_at(nobody, "officer", PRIORITY_COURT)
            first = Work(nobody.session, first_officer, nobody.now)
            priority = Work(nobody.session, priority_officer, nobody.now)
            asset, waiting_case = await _sealed_twice(city, first, priority, number, title)
            if number == 0:
                continue
            request = await _ask(priority, asset, waiting_case)
            if number >= 2:
                await receive_request(first, request)
            if number == 2:
                reason = "评估报告即将作出，本院可在一个月内上拍。"
                await refuse_transfer(first, request, code=RefusalReason.NEAR_SALE, reason=reason)
            if number >= 3:
                await consent_transfer(first, request, note="材料随函移交。")
                await _hand_files_over(first, priority, request, complete=number == 3)
    await run_due(city.database)
    async with city.database.begin(SYSTEM) as work:
        await scan_idle_seals(work)


async def _hand_files_over(first: Work, priority: Work, request: TransferRequest, *, complete: bool) -> None:
    """One hand-over is signed for; in the other the keys and addresses are still to come."""
    await deliver_files(first, request.id, handed={"title", "seal_papers"})
    if complete:
        await deliver_files(
            first, request.id, handed={"contacts"}, none={"keys": "房屋由被执行人占有，本院没有钥匙"}
        )
        await confirm_files(priority, request.id, remark="卷宗复印件两册，核对无误。")


async def _sealed_twice(
    city: City, first: Work, priority: Work, number: int, title: str
) -> tuple[Asset, EnforcementCase]:
    today = first.now.astimezone(COURT_ZONE).date()
    sealed_on = today - timedelta(days=SEALED_DAYS_AGO + number)
    first_case = await _case(
        city, first, FIRST_COURT, 7001 + number, sealed_on.year, "买卖合同纠纷", 48_000_000
    )
    waiting_case = await _case(
        city, priority, PRIORITY_COURT, 8001 + number, sealed_on.year, "金融借款合同纠纷", 320_000_000
    )
    asset = await register_asset(
        first,
        case=first_case,
        kind=AssetKind.REAL_ESTATE,
        title=title,
        location=title.split("某", maxsplit=1)[0],
        district="吴中区",
        registry_no=f"苏（2019）苏州市不动产权第{60_0000 + number:07d}号",
        owner_name=person_name(city.random),
        is_demo=True,
    )
    await record_seal(
        first, asset, case_no=first_case.case_no, registered_on=sealed_on, claim_fen=48_000_000,
        creditor_name=firm_name(city.random),
    )  # fmt: skip
    await record_seal(
        priority, asset, case_no=waiting_case.case_no, registered_on=sealed_on + timedelta(days=2),
        kind=SealKind.ENFORCEMENT, claim_fen=320_000_000, creditor_name="某银行苏州分行", has_priority_right=True,
    )  # fmt: skip
    return asset, waiting_case


async def _case(
    city: City, work: Work, court: str, number: int, year: int, cause: str, claim_fen: int
) -> EnforcementCase:
    assert work.actor.has(Role.CASE_OFFICER)
    case = await register_case(
        work,
        case_no=f"（{year}）苏{court}执{number}号",
        filed_on=work.now.astimezone(COURT_ZONE).date() - timedelta(days=SEALED_DAYS_AGO + 10),
        cause=cause,
        claim_fen=claim_fen,
    )
    await add_party(
        work, case, role=PartyRole.APPLICANT, name=firm_name(city.random), is_natural_person=False
    )
    await add_party(work, case, role=PartyRole.DEBTOR, name=person_name(city.random))
    return case


async def _ask(work: Work, asset: Asset, case: EnforcementCase) -> TransferRequest:
    return await request_transfer(
        work,
        asset=asset,
        requesting_case=case,
        basis=TransferBasis.PRIORITY_CLAIM,
        reason="本院申请执行人对该房产享有第一顺位抵押权，首封已逾六十日尚未发布拍卖公告。",
        claim_fen=320_000_000,
        effective_title=f"（{work.now.year - 1}）苏0505民初2231号民事判决书",
        right_note="第一顺位抵押权",
        estimated_value_fen=520_000_000,
    )

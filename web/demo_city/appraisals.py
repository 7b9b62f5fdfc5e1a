"""Reports and objections in the demo city, told to the end that waits for you: the firm has to answer the debtor's objection; an
earlier entrustment was withdrawn and its expense may be claimed; an agreed price is before the court above."""

from datetime import timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

from auction.registration.real_name import confirm_identity, sign_up
from core.clock import COURT_ZONE
from core.database import Work
from core.documents.render import render_pdf
from core.errors import DisposalError
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor
from core.identity.models import Account
from core.outbox.run_due import run_due
from core.pdf_check import CheckedPdf
from disposal_teams.assets.models import Asset, AssetKind, LeaseStatus, SoleHome
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.cases.register import add_party, register_case
from disposal_teams.surveys.conduct import begin_survey, complete_survey, record_finding
from disposal_teams.surveys.matrix import required_items
from valuation.agreement.invite import begin_agreement
from valuation.agreement.submit_price import submit_price
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisal.enter_report import upload_report
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.firm_steps import accept_engagement
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.appraisal.take_report import Figures
from valuation.appraisers.keep_list import eligible_firms
from valuation.fees.models import AdvanceWay
from valuation.fees.pay import record_advance
from valuation.models import Valuation, ValuationMethod
from valuation.objections.models import ObjectionGround
from valuation.objections.object import object_to_report
from valuation.objections.progress import services_of
from valuation.online_inquiry.deliver import deliver_report
from valuation.online_inquiry.entrust import begin_online_inquiry, inquiries_of
from valuation.online_inquiry.exchange import PlatformReport
from valuation.selection.begin import selections_of
from valuation.selection.choose import name_firms
from valuation.stay import withdraw_valuation
from valuation.supervision.models import SupervisionGround
from valuation.supervision.review import ask_supervision
from valuation.ways.rules import WayFacts
from web.demo_city.cast import TEAM_COURT, person_at
from web.demo_city.history import City
from web.demo_city.logins import PASSWORD
from web.demo_city.people import firm_name, identity_number

TITLES = (
    "昆山市花桥镇某花园 8 幢 1203 室房产",
    "昆山市巴城镇某小区 15 幢 602 室房产",
    "昆山市周市镇某公寓 3 幢 410 室房产",
    "昆山市张浦镇某小区 27 幢 305 室房产",
)
VALUE_FEN = 168_000_000
OWNER = "沈建明"


async def report_and_object(city: City, appraiser: Actor) -> None:
    """Four assets of one debtor, who has an account: a contested report, a withdrawn entrustment, a contested agreement, and
    platforms whose reports are in."""
    try:
        async with city.database.begin(SYSTEM) as work:
            officer = await person_at(work, "officer", TEAM_COURT)
            debtor = await _debtor(work, city.random)
            court = Work(work.session, officer, work.now)
            case, people = await case_against(court, city.random, debtor)
            first, second, third, fourth = [
                await surveyed_home(court, case, number) for number in range(len(TITLES))
            ]
            contested = await reported_on(court, appraiser, first, people, number=1)
            await _contest(Work(work.session, as_actor(debtor), work.now), contested, people[1])
            await _withdrawn(court, appraiser, second, people)
            await _agreed(court, Work(work.session, as_actor(debtor), work.now), third, people)
            await _inquired(court, fourth)
    except DisposalError as refusal:
        city.refused.append(f"{TITLES[0]}: {refusal}")
    await run_due(city.database)


async def _debtor(work: Work, random: Random) -> Account:
    account = await sign_up(
        work,
        login="debtor",
        password=PASSWORD,
        name=OWNER,
        identity_number=identity_number(random),
        phone="13800009999",
        is_demo=True,
    )
    account.roles = sorted({*account.roles, Role.DEBTOR})
    await confirm_identity(work, account.id)
    await work.session.flush()
    return account


async def case_against(
    court: Work, random: Random, debtor: Account, *, number: int = 9301
) -> tuple[EnforcementCase, list[Party]]:
    """A case against the person of this account; the applicant and the debtor."""
    case = await register_case(
        court,
        case_no=f"（{court.now.year}）苏{TEAM_COURT}执{number}号",
        filed_on=court.now.astimezone(COURT_ZONE).date() - timedelta(days=60),
        cause="金融借款合同纠纷",
        claim_fen=210_000_000,
    )
    applicant = await add_party(
        court, case, role=PartyRole.APPLICANT, name=firm_name(random), is_natural_person=False
    )
    owner = await add_party(court, case, role=PartyRole.DEBTOR, name=OWNER, account_id=debtor.id)
    return case, [applicant, owner]


async def surveyed_home(court: Work, case: EnforcementCase, number: int) -> Asset:
    """One of the debtor's homes (by its number, which the registry number ends with), sealed and surveyed."""
    title = TITLES[number % len(TITLES)]
    asset = await register_asset(
        court,
        case=case,
        kind=AssetKind.REAL_ESTATE,
        title=title,
        location=title.split("某", maxsplit=1)[0],
        district="昆山市",
        registry_no=f"苏（2019）昆山市不动产权第{90_0000 + number:07d}号",
        owner_name=OWNER,
        is_demo=True,
    )
    sealed_on = court.now.astimezone(COURT_ZONE).date() - timedelta(days=20)
    await record_seal(court, asset, case_no=case.case_no, registered_on=sealed_on, claim_fen=210_000_000)
    asset.lease_status, asset.sole_home = LeaseStatus.NONE, SoleHome.NO
    survey = await begin_survey(court, asset, surveyor_names="甲、乙")
    for item in required_items(AssetKind.REAL_ESTATE, asset.attributes):
        await record_finding(
            court,
            survey,
            item=item.code,
            finding="已查明，无异常",
            evidence_kind=sorted(item.evidence)[0],
            evidence_ref="卷1",
        )
    await complete_survey(court, survey)
    return asset


async def _entrusted(
    court: Work, appraiser: Actor, asset: Asset, people: list[Party]
) -> tuple[Valuation, UUID]:
    """The firm with the login is at work; the applicant has advanced the fee."""
    valuation = await begin_appraisal(
        court, asset.id, facts=WayFacts(both_ask_for=(ValuationMethod.APPRAISAL,))
    )
    (selection,) = await selections_of(court, valuation.id)
    firms = await eligible_firms(court, AssetKind(asset.kind))
    firms.sort(key=lambda firm: (firm.account_id is None, firm.licence_no))
    for party in people:
        await name_firms(
            court, selection.id, party.id, firms=[firm.id for firm in firms[:3]], paper_ref="选定意见书"
        )
    engagement = (await engagements_of(court, valuation.id))[0]
    await accept_engagement(Work(court.session, appraiser, court.now), engagement.id)
    await record_advance(
        court, valuation.id, way=AdvanceWay.MONEY, amount_fen=840_000, paper_ref="诉讼费票据 20266"
    )
    return valuation, engagement.id


async def reported_on(
    court: Work, appraiser: Actor, asset: Asset, people: list[Party], *, number: int
) -> Valuation:
    """A report with its PDF, served and received."""
    valuation, engagement_id = await _entrusted(court, appraiser, asset, people)
    today = court.now.astimezone(COURT_ZONE).date()
    figures = Figures(
        firm=appraiser.name,
        report_no=f"苏评报字（{today.year}）第{number:04}号",
        registry_no=asset.registry_no or "",
        signers="张某（证3219980001）、李某（证3220010022）",
        price_fen=VALUE_FEN,
        price_again_fen=VALUE_FEN,
        appraised_on=today,
        valid_until=today + timedelta(days=360),
    )
    await upload_report(
        Work(court.session, appraiser, court.now), engagement_id, figures, _report_pdf(court, asset, figures)
    )
    await serve_results(court, valuation.id)
    for service in await services_of(court, valuation.id):
        if service.received_at is None:
            await record_receipt(court, service.id, received_at=court.now, proof="电子送达回执")
    return valuation


def _report_pdf(court: Work, asset: Asset, figures: Figures) -> CheckedPdf:
    """A one-page report, made here: no need to look it through."""
    content = render_pdf(
        "core/documents/templates/plain_letter.typ",
        {
            "court": figures.firm,
            "addressee": "昆山市人民法院",
            "paragraphs": ["受贵院委托，本机构对下列财产进行了评估，采用比较法和收益法，结果如下。"],
            "facts": [
                ["报告编号", figures.report_no],
                ["评估财产", asset.title],
                ["权证号", asset.registry_no or "—"],
                ["评估价", f"{figures.price_fen // 100}.00 元"],
                ["价值时点", figures.appraised_on.isoformat()],
                ["有效期至", figures.valid_until.isoformat()],
            ],
            "closing": [figures.signers],
            "date": figures.appraised_on.isoformat(),
            "is_demo": True,
        },
        issued_at=court.now,
    )
    return CheckedPdf("评估报告.pdf", content, sha256(content).digest(), 1, "")


async def _contest(own: Work, valuation: Valuation, debtor: Party) -> None:
    await object_to_report(
        own,
        valuation.id,
        debtor.id,
        grounds=[ObjectionGround.METHOD, ObjectionGround.RESULT],
        reasons="报告选取的三个可比实例均为底层房屋，未作楼层修正；同小区近期成交单价明显高于评估单价，请重新说明。",
    )


async def _withdrawn(court: Work, appraiser: Actor, asset: Asset, people: list[Party]) -> None:
    valuation, _ = await _entrusted(court, appraiser, asset, people)
    await withdraw_valuation(
        court, valuation.id, ground="no_sale_agreed", reason="双方达成和解，暂不处置该房产"
    )


async def _inquired(court: Work, asset: Asset) -> None:
    """All platforms have delivered: the court has to check them."""
    valuation = await begin_online_inquiry(court, asset.id, facts=WayFacts(party_refuses_agreement=True))
    until = court.now.astimezone(COURT_ZONE).date() + timedelta(days=180)
    for number, inquiry in enumerate(await inquiries_of(court, valuation.id)):
        report = PlatformReport(f"询{number + 1}", 112_000_000 + 2_500_000 * number, until, "市场比较法")
        await deliver_report(court, inquiry.id, report)


async def _agreed(court: Work, own: Work, asset: Asset, people: list[Party]) -> None:
    valuation = await begin_agreement(court, asset.id, facts=WayFacts())
    await submit_price(court, valuation.id, people[0].id, price_fen=90_000_000, paper_ref="议价意见书")
    await submit_price(own, valuation.id, people[1].id, price_fen=90_000_000)
    await ask_supervision(
        own,
        valuation.id,
        people[1].id,
        ground=SupervisionGround.FRAUD_OR_DURESS,
        evidence="议价时对方隐瞒了该房产已有买家出价 130 万元的事实，附微信聊天记录截图三张。",
    )

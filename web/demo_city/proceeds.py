"""The money of two sales: one paid out to the last fen, one whose plan is served and objected to (chapters 6 and 8)."""

from sqlmodel import col, select

from auction.proceeds.accounts import PayeeAccount
from auction.proceeds.claims.enter import correct_claim, enter_claim
from auction.proceeds.claims.models import ClaimState, DistributionClaim
from auction.proceeds.claims.queries import claims_of
from auction.proceeds.claims.rules import Figures
from auction.proceeds.costs import settle_costs
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.objections.models import Demand
from auction.proceeds.objections.raise_objection import note_others_told, object_to_plan
from auction.proceeds.payout.approve import decide_sheet, propose_sheet, set_payee
from auction.proceeds.payout.bank_file import BankResult, make_payout_file, take_results
from auction.proceeds.payout.queries import payouts_of
from auction.proceeds.plan.approve import approve_plan
from auction.proceeds.plan.divide import Rank, Sharing
from auction.proceeds.plan.draft import draft_plan
from auction.proceeds.plan.models import DistributionPlan
from auction.proceeds.plan.serve import record_receipt, services_of
from auction.proceeds.queries import owned_since
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import DisposalError
from core.identity import SYSTEM, Actor
from core.outbox.run_due import run_due, run_jobs
from web.demo_city.cast import TEAM_COURT, person_at
from web.demo_city.history import City

PANEL = ["沈某", "陆某", "顾某"]


async def divide_money(city: City) -> None:
    """Two files of the newcomer's court whose ruling has been served go on; the others wait on the desk."""
    await run_jobs(city.database, ("find_money_to_divide",))
    await run_due(city.database)
    async with city.database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(Proceeds)
            .where(Proceeds.state == ProceedsState.MONEY_ARRIVED)
            .order_by(col(Proceeds.court_code) != TEAM_COURT, col(Proceeds.gross_fen))
        )
        ready = [each for each in rows if await owned_since(work, each) is not None]
    try:
        for each, act in zip(ready, (_dispute, _pay_out), strict=False):
            await act(city, each)
    except DisposalError as refusal:
        city.refused.append(f"proceeds: {refusal}")


async def _people(city: City, proceeds: Proceeds) -> dict[str, Actor]:
    async with city.database.read(SYSTEM) as work:
        return {
            post: await person_at(work, post, proceeds.court_code)
            for post in ("officer", "panel", "finance", "leader")
        }


async def _settle_claims(work: Work, proceeds: Proceeds, share: int) -> list[DistributionClaim]:
    """Every claim of the file gets figures: so many percent of the price where the case names none."""
    claims = await claims_of(work, proceeds.id, only=ClaimState.ADMITTED)
    for claim in claims:
        secured = claim.rank == Rank.SECURED and claim.since is None
        if claim.title_fen and not secured:
            continue
        await correct_claim(
            work,
            claim.id,
            Figures(
                rank=Rank(claim.rank),
                part_asset_id=claim.part_asset_id,
                since=claim.since or work.now.astimezone(COURT_ZONE).date().replace(year=2024),
                principal_fen=claim.principal_fen or proceeds.gross_fen * share // 100,
                has_title=claim.has_title,
                is_confirmed=claim.is_confirmed,
                title_ref=claim.title_ref or claim.case_no,
            ),
        )
    return claims


async def _approved(city: City, people: dict[str, Actor], proceeds: Proceeds) -> DistributionPlan:
    async with city.database.begin(people["officer"]) as work:
        await settle_costs(work, proceeds.id)
        sharing = Sharing.BY_SEAL if proceeds.debtor_is_company else Sharing.PRO_RATA
        await draft_plan(
            work, proceeds.id, sharing=sharing,
            reason="已征询移送破产审查，债权人均不同意。" if proceeds.debtor_is_company else "",
        )  # fmt: skip
    async with city.database.begin(people["panel"]) as work:
        return await approve_plan(
            work, proceeds.id, members=PANEL, minutes="经核对费用、债权和计算结果，一致同意。",
            decided_on=work.now.astimezone(COURT_ZONE).date(),
        )  # fmt: skip


async def _dispute(city: City, proceeds: Proceeds) -> None:
    """Two creditors and too little money; everybody has the plan, and one objects to the other's claim."""
    people = await _people(city, proceeds)
    async with city.database.begin(people["officer"]) as work:
        await _settle_claims(work, proceeds, 90)
        other = await enter_claim(
            work,
            proceeds.id,
            Figures(
                principal_fen=proceeds.gross_fen * 45 // 100,
                interest_fen=1_234_567,
                title_ref="（2025）苏0505民初2046号",
            ),
            creditor="钱某（另案申请执行人）",
            case_no="（2026）苏0505执2046号",
            facts="虎丘法院来函：被执行人其他财产不足以清偿全部债务，申请参与分配。",
        )
    plan = await _approved(city, people, proceeds)
    if plan.is_simple:
        return
    async with city.database.begin(people["officer"]) as work:
        today = work.now.astimezone(COURT_ZONE).date()
        served = await services_of(work, plan.id)
        for each in served:
            await record_receipt(work, each.id, received_on=today, proof="电子送达回执")
        objector = next(each for each in served if each.claim_id is not None and each.claim_id != other.id)
        objection = await object_to_plan(
            work,
            objector.id,
            target_claim_id=other.id,
            demand=Demand.AMOUNT,
            demanded_fen=proceeds.gross_fen * 30 // 100,
            demanded_rank=None,
            reasons="另案债权已经部分清偿，应按尚欠的数额参与分配。",
        )
        if objection.others_told_at is None:
            await note_others_told(work, objection.id, told_on=today)


async def _pay_out(city: City, proceeds: Proceeds) -> None:
    """One creditor: no plan needs to be served; approved by a leader, sent to the bank, paid."""
    people = await _people(city, proceeds)
    async with city.database.begin(people["officer"]) as work:
        claims = await _settle_claims(work, proceeds, 80)
    if len(claims) != 1:
        return
    await _approved(city, people, proceeds)
    async with city.database.begin(people["finance"]) as work:
        payouts = await payouts_of(work, proceeds.id)
        for number, each in enumerate(payouts):
            await set_payee(work, each.id, PayeeAccount(each.payee, "演示银行", f"62220200{number:08d}"))
        sheet = await propose_sheet(
            work, proceeds.id, [each.id for each in payouts], note="费用、债权和余额一并发放"
        )
    async with city.database.begin(people["leader"]) as work:
        await decide_sheet(work, sheet.id, approve=True)
    async with city.database.begin(people["finance"]) as work:
        await make_payout_file(work, proceeds.court_code)
        sent = [each.reference for each in await payouts_of(work, proceeds.id)]
        await take_results(
            work,
            proceeds.court_code,
            [BankResult(each, True, "演示流水") for each in sent if each is not None],
        )

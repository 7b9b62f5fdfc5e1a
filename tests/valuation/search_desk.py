"""One search for a price, driven by its use cases in one open transaction: what is refused leaves nothing behind."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from core.database import Database, Work
from core.errors import DisposalError
from core.identity import SYSTEM, Actor
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.objections.models import Objection, ObjectionState, Outcome
from tests.auction.listing.workshop import KEEPER, TEAM, list_firms, surveyed_asset
from valuation.agreement.compare import end_due_agreements
from valuation.agreement.submit_price import submit_price
from valuation.appraisal.demands import open_demand
from valuation.appraisal.enter_report import Figures, enter_appraisal_report
from valuation.appraisal.entrust import end_overdue_engagements, engagements_of
from valuation.appraisal.models import ResultService
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.appraisers.models import AppraisalFirm
from valuation.directed_inquiry.reply import end_due_inquiries
from valuation.expiry import expire_prices
from valuation.fix_price import fix_due_prices
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.objections.answer import end_due_answers
from valuation.objections.effects import apply_final_rulings
from valuation.objections.models import ReportObjection, ReportObjectionState
from valuation.online_inquiry.deliver import deliver_report
from valuation.online_inquiry.entrust import entrust_waiting, inquiries_of
from valuation.online_inquiry.exchange import PlatformReport
from valuation.online_inquiry.platforms import list_platform
from valuation.online_inquiry.review import (
    end_due_corrections,
    end_due_platforms,
    finish_review,
    review_report,
)
from valuation.selection.begin import begin_waiting_selections
from valuation.selection.choose import name_firms
from valuation.selection.lottery import commit_due_draws, hold_draw
from valuation.selection.models import AppraiserSelection, SelectionState

S = ValuationState
PLATFORMS = ("p0", "p1", "p2")
Step = Callable[[Work], Awaitable[Any]]
SWEEPS: tuple[Callable[[Work], Awaitable[int]], ...] = (
    end_due_agreements,
    end_due_inquiries,
    end_due_platforms,
    end_due_corrections,
    entrust_waiting,
    begin_waiting_selections,
    commit_due_draws,
    end_overdue_engagements,
    apply_final_rulings,
    end_due_answers,
    fix_due_prices,
    expire_prices,
)


class SearchDesk:
    """The court, two parties, three platforms and three firms around one surveyed asset, at a time that only goes on."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.stack = AsyncExitStack()
        self.numbers = 0

    async def open(self) -> None:
        """Begin the transaction and make the city."""
        work = await self.stack.enter_async_context(self.database.read(SYSTEM))
        work.session.autoflush = True
        self.session = work.session
        made = await surveyed_asset(work)
        self.asset_id, self.kind = made.asset.id, AssetKind(made.asset.kind)
        self.parties = [made.applicant.id, made.debtor.id]
        self.now: datetime = work.now
        self.firms = [firm.id for firm in (await list_firms(work)).values()]
        for code in PLATFORMS:
            await list_platform(self.by(KEEPER), code=code, name=f"平台{code}")
        await work.session.flush()

    async def close(self) -> None:
        """Nothing was ever kept."""
        await self.stack.aclose()
        await self.database.close()

    def by(self, actor: Actor = TEAM) -> Work:
        """Somebody at the desk's time."""
        return Work(self.session, actor, self.now)

    @property
    def today(self) -> date:
        return self.now.date()

    async def attempt(self, step: Step, actor: Actor = TEAM) -> bool:
        """Do it, or be refused with a reason and leave nothing behind. Whatever else goes wrong is a fault of the product."""
        try:
            async with self.session.begin_nested():
                await step(self.by(actor))
        except DisposalError:
            self.session.expire_all()
            return False
        return True

    async def sweep(self) -> None:
        """What the worker does by itself, once around."""
        for job in SWEEPS:
            await job(self.by(SYSTEM))

    # --- what stands in the database ----------------------------------------------------------------------------------

    async def valuation(self) -> Valuation | None:
        """The newest search."""
        found = await self.session.exec(
            select(Valuation)
            .where(Valuation.asset_id == self.asset_id, Valuation.is_current)
            .execution_options(populate_existing=True)
        )
        return found.first()

    async def rows(self, model: Any, valuation_id: UUID) -> list[Any]:
        """All rows of a table for a search."""
        return list(
            await self.session.exec(
                select(model)
                .where(model.valuation_id == valuation_id)
                .execution_options(populate_existing=True)
            )
        )

    async def asset(self) -> Asset:
        """The asset as it stands."""
        return await self.session.get_one(Asset, self.asset_id, populate_existing=True)

    # --- what sensible people do next ---------------------------------------------------------------------------------

    async def go_on(self, price_fen: int) -> None:
        """The next lawful step for where the search stands, if people have one."""
        valuation = await self.valuation()
        if valuation is None:
            return
        acts: dict[str, Callable[[Valuation, int], Awaitable[None]]] = {
            S.NEGOTIATING: self.agree,
            S.ONLINE_INQUIRY: self.deliver_all,
            S.APPRAISER_SELECTION: self.choose,
            S.APPRAISING: self.report,
            S.COURT_REVIEW: self.review,
            S.SERVING: self.receive,
        }
        if act := acts.get(valuation.state):
            await act(valuation, price_fen)

    async def agree(self, valuation: Valuation, price_fen: int) -> None:
        """Both name the same price."""
        for party in self.parties:
            await self.attempt(
                partial(
                    submit_price,
                    valuation_id=valuation.id,
                    party_id=party,
                    price_fen=price_fen,
                    paper_ref="卷",
                )
            )

    async def deliver_all(self, valuation: Valuation, price_fen: int) -> None:
        """Every platform delivers."""
        for number, inquiry in enumerate(await inquiries_of(self.by(), valuation.id)):
            await self.deliver(inquiry.id, price_fen + number)

    async def deliver(self, inquiry_id: UUID, price_fen: int) -> bool:
        """One platform delivers."""
        report = PlatformReport(self.number(), price_fen, self.today + timedelta(days=90), "市场比较法")
        return await self.attempt(lambda work: deliver_report(work, inquiry_id, report))

    async def choose(self, valuation: Valuation, _: int) -> None:
        """Both parties name the same firms; after the commitment the draw is held."""
        selection = await self.selection(valuation)
        if selection is None:
            return
        if selection.state == SelectionState.COMMITTED:
            await self.attempt(
                lambda work: hold_draw(work, selection.id, public_value="3286.65", witnesses="王某")
            )
            return
        out = {
            each.firm_id
            for each in await engagements_of(self.by(), valuation.id)
            if each.state in ("declined", "overdue", "replaced")
        }
        firms = [firm for firm in self.firms if firm not in out]
        for party in self.parties:
            await self.attempt(
                partial(name_firms, selection_id=selection.id, party_id=party, firms=firms, paper_ref="卷")
            )

    async def selection(self, valuation: Valuation) -> AppraiserSelection | None:
        """The newest choice of firms."""
        found = await self.session.exec(
            select(AppraiserSelection)
            .where(AppraiserSelection.valuation_id == valuation.id)
            .order_by(col(AppraiserSelection.position).desc())
            .execution_options(populate_existing=True)
        )
        return found.first()

    async def report(self, valuation: Valuation, price_fen: int) -> None:
        """The firm at work reports."""
        await self.hand_in(valuation, price_fen, None)

    async def hand_in(self, valuation: Valuation, price_fen: int, firm_name: str | None) -> bool:
        """A report comes in, in the name of this firm or of the one at work."""
        working = [
            each
            for each in await engagements_of(self.by(), valuation.id)
            if each.state in ("entrusted", "reported")
        ]
        if firm_name is None:
            if not working:
                return False
            firm_name = (await self.session.get_one(AppraisalFirm, working[-1].firm_id)).name
        figures = Figures(
            firm=firm_name,
            report_no=self.number(),
            price_fen=price_fen,
            price_again_fen=price_fen,
            appraised_on=self.today,
            valid_until=self.today + timedelta(days=60),
        )
        return await self.attempt(lambda work: enter_appraisal_report(work, valuation.id, figures))

    async def review(self, valuation: Valuation, _: int) -> None:
        """The court finds everything in order and serves it."""
        if valuation.method == ValuationMethod.ONLINE_INQUIRY:
            for inquiry in await inquiries_of(self.by(), valuation.id):
                if inquiry.state == "delivered":
                    await self.attempt(partial(review_report, inquiry_id=inquiry.id, fault=None))
            await self.attempt(lambda work: finish_review(work, valuation.id))
        await self.attempt(lambda work: serve_results(work, valuation.id))

    async def receive(self, valuation: Valuation, _: int) -> None:
        """Everybody receives."""
        for service in await self.rows(ResultService, valuation.id):
            if service.received_at is None and not service.is_superseded:
                await self.attempt(
                    partial(record_receipt, service_id=service.id, received_at=self.now, proof="证")
                )

    async def rule_on(self, objection: ReportObjection, outcome: Outcome) -> None:
        """The panel's ruling becomes final (how it does: tests/auction/objections); the sweep lets it take effect."""
        ruled = await self.session.get_one(Objection, objection.objection_id)
        ruled.state, ruled.outcome = ObjectionState.FINAL, outcome
        ruled.remedy = "correct_act" if outcome is Outcome.FOUNDED else None
        await self.session.flush()
        await apply_final_rulings(self.by(SYSTEM))

    def number(self) -> str:
        """A number that no report had before."""
        self.numbers += 1
        return f"报{self.numbers}"


async def open_objections(desk: SearchDesk, valuation_id: UUID) -> list[ReportObjection]:
    """What is not settled."""
    rows = await desk.rows(ReportObjection, valuation_id)
    return [each for each in rows if each.state != ReportObjectionState.CLOSED]


async def is_demand_open(desk: SearchDesk, valuation_id: UUID) -> bool:
    """Whether the firm still owes a correction."""
    return await open_demand(desk.by(), valuation_id) is not None

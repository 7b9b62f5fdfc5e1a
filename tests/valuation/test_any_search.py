"""Any search for a price, whatever people try: no price is ever reached by a forbidden path (V-02, V-13, V-31 to V-35, §11.2).

The check is written from the rulebook and not from the code: after each step it reads the rows and asks whether the price that
stands there could have come about lawfully. `DISPOSAL_SEARCHES` makes it longer and random.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.database import Database
from disposal_teams.assets.models import AssetState
from disposal_teams.objections.models import Outcome
from tests.auction.listing.workshop import KEEPER, STRANGER, TEAM, VALUE
from tests.valuation.lawful_price import WAYS, lawful, ways_in_order
from tests.valuation.search_desk import PLATFORMS, SearchDesk, open_objections
from valuation.agreement.invite import begin_agreement
from valuation.agreement.submit_price import submit_price
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisal.demands import demand_correction, explain_report, replace_firm
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.firm_steps import ask_more_time, decide_more_time, decline_engagement
from valuation.appraisal.models import DemandCause
from valuation.appraisal.serve import serve_results
from valuation.directed_inquiry.ask import begin_directed_inquiry
from valuation.directed_inquiry.reply import record_reply
from valuation.expiry import reissue_price
from valuation.fix_price import fix_price
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.objections.answer import accept_answer, answer_objection, contest_answer, send_to_firm
from valuation.objections.effects import record_technical_review
from valuation.objections.models import ObjectionGround, ReportObjection, ReviewVerdict
from valuation.objections.object import object_to_report, withdraw_report_objection
from valuation.online_inquiry.deliver import ask_extension, record_platform_refusal
from valuation.online_inquiry.entrust import begin_online_inquiry, inquiries_of
from valuation.online_inquiry.models import ReportFault
from valuation.online_inquiry.review import finish_review, review_report
from valuation.reference_price import reference_price_of
from valuation.stay import resume_valuation, stay_valuation, withdraw_valuation
from valuation.supervision.models import SupervisionGround, SupervisionOutcome
from valuation.supervision.queries import supervision_rows
from valuation.supervision.review import ask_supervision, decide_supervision
from valuation.unvalued.models import UnvaluedGround
from valuation.unvalued.set_price import price_above_costs, use_market_price
from valuation.ways.rules import WayFacts

SEARCHES, STEPS = int(os.environ.get("DISPOSAL_SEARCHES", "12")), 14
M, S = ValuationMethod, ValuationState
Got = TypeVar("Got")
before = st.sampled_from([0, 0, 3, 9])
"""Days that pass before an attempt."""
prices = st.sampled_from([VALUE, VALUE * 9 // 10, VALUE + 1])
facts = st.builds(
    WayFacts,
    party_refuses_agreement=st.booleans(),
    party_missing=st.booleans(),
    base_price_exists=st.booleans(),
    needs_inspection=st.booleans(),
    market_data_exists=st.booleans(),
    law_demands_appraisal=st.booleans(),
    both_ask_for=st.sampled_from([(), (), (M.DIRECTED_INQUIRY,), (M.ONLINE_INQUIRY,), (M.APPRAISAL,)]),
)


class AnySearch(RuleBasedStateMachine):
    """One asset, and everything that people may try about its price."""

    url: str
    fixed: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.desk = SearchDesk(self.loop.run(self._database()))
        self.do(self.desk.open())
        self.seen: tuple[Any, str | None] = (None, None)

    async def _database(self) -> Database:
        return Database(self.url, pool_size=1)

    def teardown(self) -> None:
        self.do(self.desk.close())
        self.loop.close()

    def do(self, doing: Awaitable[Got]) -> Got:
        return self.loop.run(doing)  # type: ignore[arg-type]

    def now_at(self) -> Valuation | None:
        return self.do(self.desk.valuation())

    # --- beginnings ---------------------------------------------------------------------------------------------------

    @initialize(known=facts, way=st.sampled_from(WAYS))
    def begin_first(self, known: WayFacts, way: ValuationMethod) -> None:
        self.begin(known=known, way=way)

    @rule(known=facts, way=st.sampled_from(WAYS))
    def begin(self, known: WayFacts, way: ValuationMethod) -> None:
        """Any way on any facts: refused where the law does not open it."""
        asset = self.desk.asset_id

        async def step(work: Any) -> None:
            if way is M.AGREEMENT:
                await begin_agreement(work, asset, facts=known)
            elif way is M.DIRECTED_INQUIRY:
                await begin_directed_inquiry(work, asset, facts=known, agency="昆山市税务局")
            elif way is M.ONLINE_INQUIRY:
                await begin_online_inquiry(work, asset, facts=known)
            else:
                await begin_appraisal(work, asset, facts=known)

        self.do(self.desk.attempt(step))

    @rule(price=prices, days=st.sampled_from([1, 3, 6, 16, 31]))
    def time_passes(self, price: int, days: int) -> None:
        """People do what is next, then nobody does anything for some days but the worker."""
        self.do(self.desk.go_on(price))
        self.desk.now += timedelta(days=days)
        self.do(self.desk.sweep())

    def meanwhile(self, days: int) -> None:
        """What comes before somebody's attempt: life goes on."""
        if days:
            self.time_passes(price=VALUE, days=days)

    # --- what anybody may try at any time -----------------------------------------------------------------------------

    @rule(days=before, who=st.integers(0, 1), price=st.none() | prices)
    def name_a_price(self, who: int, price: int | None, days: int) -> None:
        self.meanwhile(days)
        if at := self.now_at():
            party, id_ = self.desk.parties[who], at.id
            self.do(self.desk.attempt(lambda w: submit_price(w, id_, party, price_fen=price, paper_ref="卷")))

    @rule(days=before, price=st.none() | prices)
    def the_body_replies(self, price: int | None, days: int) -> None:
        self.meanwhile(days)
        if at := self.now_at():
            id_ = at.id
            self.do(
                self.desk.attempt(
                    lambda w: record_reply(w, id_, price_fen=price, reply_no="复1", basis="计税基准价")
                )
            )

    @rule(
        days=before,
        which=st.integers(0, 2),
        act=st.sampled_from(["deliver", "ask", "refuse", "find_fault", "find_none", "finish"]),
        price=prices,
    )
    def a_platform(self, which: int, act: str, price: int, days: int) -> None:
        self.meanwhile(days)
        at = self.now_at()
        inquiries = self.do(inquiries_of(self.desk.by(), at.id)) if at else []
        if which >= len(inquiries):
            return
        id_ = inquiries[which].id
        if act == "deliver":
            self.do(self.desk.deliver(id_, price))
        elif act == "ask":
            self.do(self.desk.attempt(lambda w: ask_extension(w, id_)))
        elif act == "refuse":
            self.do(self.desk.attempt(lambda w: record_platform_refusal(w, id_, withdrew=False)))
        elif act == "finish" and at is not None:
            of = at.id
            self.do(self.desk.attempt(lambda w: finish_review(w, of)))
        else:
            fault = ReportFault.WRONG_BASICS if act == "find_fault" else None
            self.do(self.desk.attempt(lambda w: review_report(w, id_, fault=fault)))

    @rule(
        days=before,
        act=st.sampled_from(["decline", "ask", "decide", "demand", "explain", "replace", "wrong", "report"]),
        price=prices,
    )
    def a_firm(self, act: str, price: int, days: int) -> None:
        self.meanwhile(days)
        at = self.now_at()
        working = self.do(engagements_of(self.desk.by(), at.id)) if at else []
        if at is None or not working:
            return
        id_, busy = at.id, [each for each in working if each.state in ("entrusted", "reported")]
        last = (busy or working)[-1].id
        steps = {
            "decline": lambda w: decline_engagement(w, last, reason="利害关系"),
            "ask": lambda w: ask_more_time(w, last, days=15, reason="现场复杂"),
            "decide": lambda w: decide_more_time(w, last, granted=True),
            "demand": lambda w: demand_correction(w, id_, cause=DemandCause.OTHER, wanted="说明依据"),
            "explain": lambda w: explain_report(w, last, explanation="依据如下"),
            "replace": lambda w: replace_firm(w, last, reason="不具备资格"),
        }
        if act in steps:
            self.do(self.desk.attempt(steps[act]))
        else:
            self.do(self.desk.hand_in(at, price, "外地评估公司" if act == "wrong" else None))

    @rule(days=before, who=st.integers(0, 1), ground=st.sampled_from(list(ObjectionGround)))
    def object(self, who: int, ground: ObjectionGround, days: int) -> None:
        self.meanwhile(days)
        if at := self.now_at():
            id_, party = at.id, self.desk.parties[who]
            about = PLATFORMS[:1] if at.method == M.ONLINE_INQUIRY else ()
            self.do(
                self.desk.attempt(
                    lambda w: object_to_report(
                        w, id_, party, grounds=[ground], reasons="理由", platforms=about, paper_ref="卷"
                    ),
                    TEAM,
                )
            )

    @rule(
        days=before,
        act=st.sampled_from(["rule", "send", "answer", "accept", "contest", "review", "withdraw"]),
        founded=st.booleans(),
        price=prices,
    )
    def deal_with_an_objection(self, act: str, founded: bool, price: int, days: int) -> None:
        self.meanwhile(days)
        at = self.now_at()
        waiting = self.do(open_objections(self.desk, at.id)) if at else []
        if not waiting:
            return
        first: ReportObjection = waiting[0]
        id_ = first.id
        if act == "rule":
            if first.objection_id is not None and first.state == "ruling":
                outcome = Outcome.FOUNDED if founded else Outcome.DISMISSED
                self.do(self.desk.rule_on(first, outcome))
            return
        verdict = ReviewVerdict.OTHER_PRICE if founded else ReviewVerdict.UPHELD
        steps = {
            "send": lambda w: send_to_firm(w, id_),
            "answer": lambda w: answer_objection(w, id_, answer="依据如下"),
            "accept": lambda w: accept_answer(w, id_),
            "contest": lambda w: contest_answer(w, id_, reason="不同意"),
            "review": lambda w: record_technical_review(
                w, id_, verdict=verdict, conclusion="结论", price_fen=price if founded else None
            ),
            "withdraw": lambda w: withdraw_report_objection(w, id_),
        }
        self.do(self.desk.attempt(steps[act], TEAM))

    @rule(
        days=before,
        act=st.sampled_from(["fix", "serve", "stay", "resume", "withdraw", "reissue", "stranger"]),
    )
    def at_the_court(self, act: str, days: int) -> None:
        self.meanwhile(days)
        at = self.now_at()
        if at is None:
            return
        id_ = at.id
        steps = {
            "fix": lambda w: fix_price(w, id_),
            "serve": lambda w: serve_results(w, id_),
            "stay": lambda w: stay_valuation(w, id_, ground="case_stayed", reason="暂缓"),
            "resume": lambda w: resume_valuation(w, id_),
            "withdraw": lambda w: withdraw_valuation(w, id_, ground="other", reason="撤回"),
            "reissue": lambda w: reissue_price(w, id_),
            "stranger": lambda w: fix_price(w, id_),
        }
        if act == "withdraw" and self.desk.numbers % 3:
            return  # an end that comes too often leads nowhere
        done = self.do(self.desk.attempt(steps[act], STRANGER if act == "stranger" else TEAM))
        assert not (act == "stranger" and done), "a stranger fixed a price"

    @rule(
        days=before,
        ground=st.sampled_from([UnvaluedGround.LOW_VALUE, UnvaluedGround.ALL_ASK]),
        price=prices,
        all_=st.booleans(),
    )
    def without_a_valuation(self, ground: UnvaluedGround, price: int, all_: bool, days: int) -> None:
        self.meanwhile(days)
        asked = self.desk.parties if all_ else self.desk.parties[:1]
        if all_ and days:
            return  # a price that comes too easily hides the others
        asset = self.desk.asset_id
        self.do(
            self.desk.attempt(
                lambda w: use_market_price(
                    w, asset, ground=ground, price_fen=price, source="报价", opinions="无异议", asked_by=asked
                )
            )
        )
        if at := self.now_at():  # never for a house
            id_, day = at.id, self.desk.today
            assert not self.do(
                self.desk.attempt(
                    lambda w: price_above_costs(
                        w, id_, costs_fen=100, price_fen=120, told_on=day, firm_ref="x", request_ref="x"
                    )
                )
            )

    @rule(
        days=before,
        ground=st.sampled_from(list(SupervisionGround)),
        outcome=st.sampled_from(list(SupervisionOutcome)),
    )
    def ask_the_court_above(self, ground: SupervisionGround, outcome: SupervisionOutcome, days: int) -> None:
        self.meanwhile(days)
        if at := self.now_at():
            id_, party = at.id, self.desk.parties[1]
            self.do(
                self.desk.attempt(
                    lambda w: ask_supervision(w, id_, party, ground=ground, evidence="证据", paper_ref="卷"),
                    TEAM,
                )
            )
            waiting = [
                row.request.id
                for row in self.do(supervision_rows(self.desk.by(KEEPER)))
                if row.request.outcome is None
            ]
            if waiting:
                self.do(
                    self.desk.attempt(
                        lambda w: decide_supervision(w, waiting[0], outcome=outcome, reasons="理由"), KEEPER
                    )
                )

    # --- what must always hold ----------------------------------------------------------------------------------------

    @invariant()
    def no_price_by_a_forbidden_path(self) -> None:
        at = self.now_at()
        asset = self.do(self.desk.asset())
        is_fixed = at is not None and at.state == S.FIXED
        assert (asset.state == AssetState.READY_TO_LIST) == is_fixed
        assert (self.do(reference_price_of(self.desk.by(), asset.id)) is not None) == is_fixed
        if at is None:
            return
        self.do(ways_in_order(self.desk, at))
        if is_fixed:
            before_id, before = self.seen
            if before_id != at.id or before != S.FIXED:
                self.fixed[at.method] += 1
            self.do(lawful(self.desk, at))
        self.seen = (at.id, at.state)


def test_V02_no_search_reaches_a_price_by_a_forbidden_path(shared_database_url: str) -> None:
    counted: Counter[str] = Counter()

    class Search(AnySearch):
        url = shared_database_url
        fixed = counted

    run_state_machine_as_test(
        Search,
        settings=settings(
            max_examples=SEARCHES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="DISPOSAL_SEARCHES" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
        ),
    )
    assert len(counted) >= 3, f"too few ways led to a price: {counted}"

"""A debtor sells by itself: asked for, decided by others, paid to the court, released; or given back by the clock."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

import auction.self_sale.workers  # noqa: F401 - what follows a change of court
from auction.listing.draft_lot import draft_lot
from auction.listing.models import Lot, LotState, Round
from auction.listing.publish_lot import ChecklistRefused, publish_lot
from auction.payments.match import match_bank_line
from auction.payments.models import BankLine, BankLineState, PaymentOrder
from auction.payments.record_line import StatementLine, record_bank_line, record_reversal
from auction.payments.reversal import apply_reversal
from auction.self_sale.apply import apply_for_self_sale, name_buyer, withdraw_self_sale
from auction.self_sale.decide import allow_self_sale, refuse_self_sale
from auction.self_sale.end import window_over
from auction.self_sale.models import SelfSale, SelfSaleGround, SelfSaleState
from auction.self_sale.papers import release_seals
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import DeadlineState
from core.deadlines.models import Deadline
from core.deadlines.workers import sweep_deadlines
from core.documents import Document
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from core.ledger import account_balances, trial_balance
from disposal_teams.assets.models import AssetState, SealState
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from disposal_teams.transfers.hand_over import move_disposal
from tests.auction.listing.workshop import (
    PANEL,
    STRANGER,
    TEAM,
    YUAN,
    Surveyed,
    at,
    by,
    decided,
    made_ready,
    valued_asset,
)
from tests.auction.market import FINANCE
from tests.disposal_teams.city import HUQIU

G, S = SelfSaleGround, SelfSaleState
PRICE = 1_100_000 * YUAN
JUDGE = Actor(
    new_id(), "审判长", frozenset({Role.PANEL_MEMBER, Role.CASE_OFFICER, Role.DISPOSAL_TEAM}), TEAM.court_code
)


async def valued(work: Work) -> tuple[Work, Surveyed, Actor]:
    """An asset whose price of a million yuan is fixed, and its debtor with an account."""
    team, made, _ = await valued_asset(work)
    account = await open_account(
        work, login="debtor", password_hash="x", display_name="王小明", roles={Role.DEBTOR}, court_code=None
    )
    made.debtor.account_id = account.id
    await work.session.flush()
    return team, made, Actor(account.id, "王小明", frozenset({Role.DEBTOR}))


async def asked(work: Work, made: Surveyed, **changes: Any) -> SelfSale:
    values: dict[str, Any] = {
        "ground": G.REASONABLE_PRICE, "price_fen": PRICE, "reason": "已有意向买受人", **changes
    }  # fmt: skip
    return await apply_for_self_sale(work, made.asset.id, **values)


def panel(work: Work, **changes: Any) -> dict[str, Any]:
    """What every decision says."""
    return {
        "members": ["审判长", "审判员甲", "审判员乙"],
        "minutes": "一致同意",
        "decided_on": work.now.astimezone(COURT_ZONE).date(),
        **changes,
    }


async def allowed(work: Work, sale: SelfSale, **changes: Any) -> SelfSale:
    values = {"days": 30, "consents": {}, **panel(work), **changes}
    return await allow_self_sale(by(work, PANEL), sale.id, **values)


async def paid(work: Work, account_no: str | None, amount_fen: int, *, reference: str) -> BankLine:
    assert account_no is not None
    line = StatementLine(reference, account_no, amount_fen, "买受人甲", work.now)
    booked = await record_bank_line(by(work, FINANCE), FINANCE.court_code or "", line)
    await match_bank_line(work, line_id=booked.id)
    return booked


async def balanced(work: Work) -> None:
    assert sum((await trial_balance(work)).values()) == 0


async def clock_of(work: Work, rule: str) -> Deadline:
    rows = await work.session.exec(
        select(Deadline).where(Deadline.rule == rule).execution_options(populate_existing=True)
    )
    return rows.one()


async def test_A26_asked_decided_by_others_paid_to_the_court_and_released(work: Work) -> None:
    team, made, debtor = await valued(work)
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    ready = await made_ready(team, lot)
    own = at(work, ready.now, debtor)
    with pytest.raises(InvalidInput) as low:
        await asked(own, made, price_fen=700_000 * YUAN - 1)
    assert "price" in low.value.fields
    sale = await asked(own, made)
    with pytest.raises(Conflict):
        await asked(own, made)
    with pytest.raises(NotPermitted):
        await allow_self_sale(ready, sale.id, days=30, consents={}, **panel(ready))
    for wrong in (
        {"days": 61},
        {"members": ["审判长"]},
        {"decided_on": (ready.now + timedelta(days=2)).date()},
    ):
        with pytest.raises(InvalidInput):
            await allowed(ready, sale, **wrong)
    await allowed(ready, sale)
    assert (sale.state, sale.floor_fen, made.asset.state) == (
        S.ALLOWED,
        1_000_000 * YUAN,
        AssetState.SELF_SALE,
    )
    assert (await clock_of(work, "L-08")).state == DeadlineState.PAUSED
    with pytest.raises(ChecklistRefused) as stopped:
        await publish_lot(ready, lot.id)
    assert "self_sale" in [line.id for line in stopped.value.lines]

    early = await paid(ready, sale.virtual_account_no, 5 * YUAN, reference="r1")
    assert early.state == BankLineState.SUSPENDED, "nobody has been named who would pay"
    with pytest.raises(NotFound):
        await name_buyer(at(work, ready.now, Actor(new_id(), "x", frozenset({Role.BIDDER}))), sale.id,
                         buyer_name="甲", price_fen=PRICE, buyer_is_related=False)  # fmt: skip
    made.case.claim_fen = 5_000_000 * YUAN
    for price, related in ((999_999 * YUAN, False), (1_000_000 * YUAN, True)):
        with pytest.raises(InvalidInput):
            await name_buyer(own, sale.id, buyer_name="甲", price_fen=price, buyer_is_related=related)
    await name_buyer(own, sale.id, buyer_name="甲", price_fen=PRICE, buyer_is_related=False)
    first = await paid(ready, sale.virtual_account_no, 100_000 * YUAN, reference="r2")
    reversal = await record_reversal(by(ready, FINANCE), FINANCE.court_code or "", StatementLine(
        "r3", sale.virtual_account_no or "", 100_000 * YUAN, "买受人甲", ready.now, reverses="r2"))  # fmt: skip
    await apply_reversal(ready, reversal_id=reversal.id)
    await work.session.refresh(first)
    assert (first.state, sale.paid_fen) == (BankLineState.REVERSED, 0)
    await paid(ready, sale.virtual_account_no, 100_000 * YUAN, reference="r4")
    with pytest.raises(RuleViolation):
        await name_buyer(own, sale.id, buyer_name="乙", price_fen=PRICE, buyer_is_related=False)
    with pytest.raises(RuleViolation):
        await release_seals(ready, sale.id)
    await paid(ready, sale.virtual_account_no, PRICE, reference="r5")
    assert (sale.state, made.asset.state) == (S.PAID, AssetState.PAID)
    assert (await clock_of(work, "L-40")).state == DeadlineState.MET
    assert (await clock_of(work, "L-08")).state == DeadlineState.MET
    refunds = list(await work.session.exec(select(PaymentOrder.amount_fen)))
    assert refunds == [100_000 * YUAN], "what is too much goes back"
    held = {each.code: each.balance_fen for each in await account_balances(work, case_id=made.case.id)}
    assert held[f"price_balance:{sale.id}"] == -PRICE
    await balanced(work)
    with pytest.raises(NotPermitted):
        await release_seals(by(ready, STRANGER), sale.id)
    await release_seals(ready, sale.id)
    assert (sale.state, made.asset.state) == (S.RELEASED, AssetState.RULED)
    assert {seal.state for seal in await seals_of(work, made.asset.id)} == {SealState.LAPSED}
    kinds = set(
        await work.session.exec(select(Document.kind).where(Document.subject == f"self_sale:{sale.id}"))
    )
    assert kinds == {"self_sale_decision", "self_sale_ruling", "self_sale_notice"}


async def test_L40_the_window_closes_by_itself_money_goes_back_and_the_disposal_goes_on(work: Work) -> None:
    team, made, debtor = await valued(work)
    sale = await asked(at(work, team.now, debtor), made, buyer_name="甲")
    await allowed(team, sale, days=60)
    await paid(team, sale.virtual_account_no, 300_000 * YUAN, reference="r1")
    due = (await clock_of(work, "L-40")).due_at
    assert due == sale.ends_at
    await sweep_deadlines(at(work, due - timedelta(seconds=1)))
    assert sale.state == S.ALLOWED
    await sweep_deadlines(at(work, due))
    await work.session.refresh(made.asset)
    assert (await clock_of(work, "L-40")).answered_at == due
    await window_over(at(work, due), sale.id)  # a second time changes nothing
    assert (sale.state, made.asset.state) == (S.EXPIRED, AssetState.READY_TO_LIST)
    assert (await clock_of(work, "L-08")).state == DeadlineState.RUNNING
    assert list(await work.session.exec(select(PaymentOrder.amount_fen))) == [300_000 * YUAN]
    await balanced(work)
    late = await paid(at(work, due), sale.virtual_account_no, YUAN, reference="r2")
    assert late.state == BankLineState.SUSPENDED
    with pytest.raises(RuleViolation, match="A-26"):
        await asked(at(work, due, debtor), made)


async def test_A28_after_two_failures_at_the_failed_price_and_back_between_the_rounds(work: Work) -> None:
    team, made, debtor = await valued(work)
    own = at(work, team.now, debtor)
    with pytest.raises(RuleViolation, match="A-28"):
        await asked(own, made, ground=G.SEALED_TRANSFER, price_fen=560_000 * YUAN)
    await decided(team, made)
    lot = await draft_lot(team, made.asset.id)
    await made_ready(team, lot)
    lot.state, lot.ended_at, made.asset.state = LotState.FAILED, team.now, AssetState.LISTED
    again = Lot(**{**lot.model_dump(), "id": new_id(), "lot_no": "X2", "round": Round.SECOND,
                   "previous_lot_id": lot.id, "starting_price_fen": 560_000 * YUAN})  # fmt: skip
    work.session.add(again)
    await work.session.flush()
    with pytest.raises(InvalidInput):
        await asked(own, made, ground=G.SEALED_TRANSFER, price_fen=560_000 * YUAN - 1)
    sale = await asked(own, made, ground=G.SEALED_TRANSFER, price_fen=560_000 * YUAN)
    await allowed(team, sale)
    assert (sale.floor_fen, made.asset.state) == (560_000 * YUAN, AssetState.SELF_SALE)
    await withdraw_self_sale(own, sale.id)
    assert (sale.state, made.asset.state) == (S.WITHDRAWN, AssetState.LISTED)
    assert (await clock_of(work, "L-40")).state == DeadlineState.WAIVED


async def test_P05_a_paper_application_is_decided_by_somebody_else(work: Work) -> None:
    team, made, debtor = await valued(work)
    with pytest.raises(NotFound):
        await asked(at(work, team.now, JUDGE), made)
    with pytest.raises(NotPermitted):
        await asked(at(work, team.now, STRANGER), made, debtor_id=made.debtor.id)
    sale = await asked(at(work, team.now, JUDGE), made, debtor_id=made.debtor.id)
    with pytest.raises(RuleViolation, match="P-05"):
        await refuse_self_sale(at(work, team.now, JUDGE), sale.id, **panel(team))
    await refuse_self_sale(by(team, PANEL), sale.id, **panel(team, minutes="价格不合理"))
    assert (sale.state, made.asset.state) == (S.REFUSED, AssetState.READY_TO_LIST)
    with pytest.raises(RuleViolation):
        await withdraw_self_sale(at(work, team.now, debtor), sale.id)
    with pytest.raises(NotFound):
        await asked(at(work, team.now, Actor(new_id(), "x", frozenset({Role.DEBTOR}))), made)


async def test_A26_below_the_value_every_creditor_must_agree(work: Work) -> None:
    team, made, debtor = await valued(work)
    other = await add_party(
        team, made.case, role=PartyRole.PRIORITY_CREDITOR, name="乙银行", is_natural_person=False
    )
    sale = await asked(at(work, team.now, debtor), made, price_fen=800_000 * YUAN)
    one = {str(made.applicant.id): "同意书1"}
    with pytest.raises(InvalidInput) as low:
        await allowed(team, sale, consents=one)
    assert "price" in low.value.fields
    await allowed(team, sale, consents={**one, str(other.id): "同意书2"})
    assert sale.floor_fen == 700_000 * YUAN


async def test_T05_an_own_sale_ends_when_another_court_disposes(work: Work) -> None:
    team, made, debtor = await valued(work)
    sale = await asked(at(work, team.now, debtor), made, buyer_name="甲")
    await allowed(team, sale)
    await paid(team, sale.virtual_account_no, 300_000 * YUAN, reference="r1")
    await move_disposal(team, made.asset, to_court=HUQIU, rule="T-05")
    await work.session.refresh(made.asset)
    assert (sale.state, made.asset.state, made.asset.court_code) == (
        S.WITHDRAWN,
        AssetState.READY_TO_LIST,
        HUQIU,
    )
    assert list(await work.session.exec(select(PaymentOrder.amount_fen))) == [300_000 * YUAN]

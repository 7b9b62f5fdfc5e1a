"""A court with an objection in it: the lot, the filer, judges, and the court above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

import disposal_teams.objections.workers  # noqa: F401 - what a sale does, and what happens when a window passes
from auction.listing.models import Lot
from benchmarks.market import COURT
from core.database import Work
from core.deadlines import DeadlineState
from core.deadlines.queries import deadlines_of
from core.deadlines.workers import sweep_deadlines
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.outbox.models import OutboxMessage
from disposal_teams.objections.accept import accept_objection
from disposal_teams.objections.followers import tell_followers
from disposal_teams.objections.models import Capacity, Objection, ObjectionKind, Outcome
from disposal_teams.objections.rule import record_service, rule_objection
from disposal_teams.objections.submit import submit_objection
from tests.auction.suspension.standing import at, sealed_market, standing

DAY = timedelta(days=1)
CLAIM = {
    "kind": ObjectionKind.THIRD_PARTY,
    "capacity": Capacity.THIRD_PARTY,
    "claim": "停止对该房屋的执行",
    "reasons": "该房屋系本人于查封前购买并占有。",
    "evidence": "购房合同、付款凭证、入住证明",
}
COMPLAINT = {
    "kind": ObjectionKind.CONDUCT,
    "capacity": Capacity.WOULD_BE_BIDDER,
    "claim": "撤销对本人报名资格的限制",
    "reasons": "公告设置了不合法的竞买条件。",
}
DISMISSED = {"outcome": Outcome.DISMISSED, "remedy": None, "finding": "异议理由不能成立。"}


@dataclass(slots=True)
class Court:
    """A lot that is being bid for, somebody who objects, three judges who had no hand in it, and the court above."""

    work: Work
    lot: Lot
    filer: Actor
    judges: list[Actor]
    above: Actor

    def by(self, actor: Actor) -> Work:
        return Work(self.work.session, actor, self.work.now)

    async def later(self, **length: float) -> None:
        """Let time pass, and the clocks be swept."""
        self.work = await at(self.work, self.work.now + timedelta(**length))
        await sweep_deadlines(self.work)
        await self.deliver()

    async def deliver(self) -> None:
        """What a worker would do with the messages to followers."""
        rows = await self.work.session.exec(
            select(OutboxMessage).where(
                OutboxMessage.task.endswith("tell_followers"),
                OutboxMessage.done_at.is_(None),  # type: ignore[union-attr]
            )
        )
        for message in list(rows):
            await tell_followers.perform(Work(self.work.session, SYSTEM, self.work.now), message.arguments)
            message.done_at = self.work.now
        await self.work.session.flush()

    async def raised(self, **changes: object) -> Objection:
        made = await submit_objection(
            self.by(self.filer),
            self.lot.asset_id,
            lot_id=self.lot.id,
            **{**CLAIM, **changes},  # type: ignore[arg-type]
        )
        await self.deliver()
        return made

    async def accepted(self, **changes: object) -> Objection:
        made = await self.raised(**changes)
        panel = [judge.account_id for judge in self.judges]
        await accept_objection(
            self.by(self.judges[0]),
            made.id,
            number=f"（2026）苏{COURT}执异1号",
            panel_accounts=panel,  # type: ignore[arg-type]
        )
        await self.deliver()
        return made

    async def ruled(self, result: Mapping[str, object], **changes: object) -> Objection:
        """Accepted, ruled and served today."""
        made = await self.accepted(**changes)
        await rule_objection(self.by(self.judges[1]), made.id, **result)  # type: ignore[arg-type]
        await record_service(self.by(self.judges[1]), made.id, served_at=self.work.now, proof="回证")
        return made

    async def clock(self, rule: str) -> DeadlineState | None:
        found = [each for each in await deadlines_of(self.work, lot_id=self.lot.id) if each.rule == rule]
        return DeadlineState(found[-1].state) if found else None

    async def state(self) -> str:
        return (await standing(self.work, self.lot.id))[0].state


async def person(work: Work, login: str, roles: set[Role], court: str | None = None) -> Actor:
    account = await open_account(
        work, login=login, password_hash="-", display_name=f"{login}（某职）", roles=roles, court_code=court
    )
    account.identity_verified_at = work.now
    await work.session.flush()
    return as_actor(account)


@pytest.fixture
async def court(work: Work) -> Court:
    lot = (await sealed_market(work, seconds=90 * 86400)).lots[0]
    filer = await person(work, "filer", {Role.BIDDER})
    judges = [await person(work, f"judge{n}", {Role.OBJECTION_PANEL}, COURT) for n in range(3)]
    above = await person(work, "above", {Role.OBJECTION_PANEL}, "05")
    return Court(work, lot, filer, judges, above)

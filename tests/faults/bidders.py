"""People who bid over HTTP, ask again with the same key whenever they got no answer, and remember everything."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.faults.lots import Entrant, RunLot

ANSWER_WITHIN_S = 4.0
PATIENCE_S = 120.0
PAUSE_S = 0.05
WATCHES_FOR_S = 300.0
UNCERTAIN = frozenset({502, 503, 504})


class Wish(StrEnum):
    """What somebody asks for; the value ends its address."""

    BID = "bids"
    CEILING = "ceiling"
    WITHDRAWAL = "ceiling/withdrawal"


@dataclass(slots=True)
class Asked:
    """A bid, a ceiling or its withdrawal that somebody sent: how often, and the definite answer."""

    lot_id: UUID
    registration_id: UUID
    amount_fen: int
    key: str
    wish: Wish = Wish.BID
    times: int = 0
    unanswered: int = 0
    uncertain: int = 0
    status: int | None = None
    receipt: dict[str, Any] = field(default_factory=dict)
    refused_oddly: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether the bidder was told that the bid leads."""
        return self.status == 201


@dataclass(slots=True)
class Crowd:
    """Everybody who bids in a session, over the web processes at `ports`."""

    ports: Sequence[int]
    client: httpx.AsyncClient
    asked: list[Asked] = field(default_factory=list)
    tops: dict[UUID, int] = field(default_factory=dict)

    async def contest(self, run: RunLot, *, seconds: float) -> None:
        """The entrants of one lot bid for `seconds`, then everybody has a definite answer for every bid."""
        await asyncio.gather(*(self._bid_along(run, who, seconds) for who in range(len(run.entrants))))

    async def watch(self, run: RunLot, which: int) -> None:
        """Look at the lot's live page, as a browser does, until it shows that bidding is over; come back when it breaks."""
        deadline = asyncio.get_running_loop().time() + WATCHES_FOR_S
        while asyncio.get_running_loop().time() < deadline:
            try:
                async with self.client.stream(
                    "GET",
                    f"http://127.0.0.1:{self.ports[which]}/lots/{run.lot_no}/live",
                    timeout=WATCHES_FOR_S,
                ) as answer:
                    async for line in answer.aiter_lines():
                        if line.startswith("data: "):
                            run.shown = json.loads(line.removeprefix("data: "))
                        if run.shown.get("phase") == "closed":
                            return
            except (httpx.HTTPError, json.JSONDecodeError):
                pass
            await asyncio.sleep(PAUSE_S)

    async def _bid_along(self, run: RunLot, who: int, seconds: float) -> None:
        random = Random(f"{run.seed} bidder {who}")
        for number in range(random.randint(2, 4)):
            await asyncio.sleep(random.uniform(0, seconds / 3))
            amount, key = self._amount(run, random), f"run-{run.seed}-{who}-{number}"
            wish = Wish.BID
            if run.allows_ceilings:
                wish = random.choice((Wish.BID, Wish.CEILING, Wish.CEILING, Wish.WITHDRAWAL))
                if wish is Wish.CEILING:
                    amount += random.choice((0, 2, 4, 8, 16)) * run.step_fen
            await self.bid(run, run.entrants[who], amount, key, random, wish)

    def _amount(self, run: RunLot, random: Random) -> int:
        """Mostly a proper raise; sometimes an equal one, a step too little, or off the steps."""
        top = self.tops.get(run.lot_id)
        if run.allows_ceilings:
            top = run.shown.get("price_fen") or top
        if top is None:
            return run.start_fen + random.choice((0, 0, 0, run.step_fen, -run.step_fen))
        steps = random.choice((1, 1, 1, 2, 3, 0, 0, -1))
        return top + steps * run.step_fen + random.choice((0,) * 9 + (1,))

    async def bid(
        self, run: RunLot, entrant: Entrant, amount: int, key: str, random: Random, wish: Wish = Wish.BID
    ) -> Asked:
        """Send one bid (or what else is wished) until a definite answer comes. An unexpected refusal is noted and ends it too."""
        asked = Asked(run.lot_id, entrant.registration_id, amount, key, wish)
        self.asked.append(asked)
        port = random.randrange(len(self.ports))
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while asyncio.get_running_loop().time() < deadline:
            asked.times += 1
            try:
                answer = await self.client.post(
                    f"http://127.0.0.1:{self.ports[port]}/api/v1/lots/{run.lot_id}/{wish}",
                    json=_body(asked),
                    headers={"authorization": f"Bearer {entrant.token}", "idempotency-key": key},
                    timeout=ANSWER_WITHIN_S,
                )
            except httpx.HTTPError:
                asked.unanswered += 1
                port = (port + 1) % len(self.ports)
                await asyncio.sleep(PAUSE_S)
                continue
            if answer.status_code in UNCERTAIN:
                asked.uncertain += 1
                await asyncio.sleep(PAUSE_S)
                continue
            asked.status = answer.status_code
            body = answer.json()
            if wish is not Wish.BID and (answer.is_success or _is_refused_by_rule(body)):
                asked.receipt = body if answer.is_success else {}
            elif "seq" in body:
                asked.receipt = body
                if asked.accepted:
                    self.tops[run.lot_id] = max(amount, self.tops.get(run.lot_id, 0))
            else:
                asked.refused_oddly.append(f"{answer.status_code} {answer.text[:300]}")
            return asked
        return asked


def _body(asked: Asked) -> dict[str, Any] | None:
    if asked.wish is Wish.WITHDRAWAL:
        return None
    return {"amount_fen" if asked.wish is Wish.BID else "limit_fen": asked.amount_fen}


def _is_refused_by_rule(body: dict[str, Any]) -> bool:
    """Not qualified yet, over, too low, off the steps, or nothing to withdraw: a ceiling's refusal is not recorded."""
    return body.get("rule") in ("B-30", "B-40", "B-41")

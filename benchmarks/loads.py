"""What the load client asks for: nothing, bids for one lot, bids for a thousand lots."""

from collections import deque
from itertools import count

from benchmarks.client import post
from benchmarks.market import START_FEN, STEP_FEN, Market
from benchmarks.service import HOST

LOTS, BIDDERS = 1_000, 64
PER_BIDDER = LOTS // BIDDERS + 1
NOOP, NOOP_BY_THE_FRAMEWORK = "/api/v1/noop", "/api/v1/noop?road=long"


def two_bidders(lot: int) -> tuple[int, int]:
    """The two neighbours who compete for a lot."""
    one = lot // PER_BIDDER % BIDDERS
    return one, (one + 1) % BIDDERS


def takes_part(lot: int, bidder: int) -> bool:
    """Two compete for each lot; everybody bids for the first lots: the hot one (0) and pgbench's (1)."""
    return lot <= 1 or bidder in two_bidders(lot)


class Nothing:
    """Authenticated requests that change nothing: by the road of the bids, or by the framework as any other request."""

    def __init__(self, port: int, tokens: list[str], path: str = NOOP) -> None:
        self._port, self._tokens, self._path, self._numbers = port, tokens, path, count()

    def request(self, connection: int) -> bytes:
        body = b'{"amount_fen":%d,"idempotency_key":"noop-%d"}' % (START_FEN, next(self._numbers))
        return post(HOST, self._port, self._path, self._tokens[connection % BIDDERS], body)

    def answered(self, connection: int, status: int) -> None:
        return None


class HotLot:
    """Everybody bids for one lot, each offer a step above the one sent before it: what is refused was overtaken on its way."""

    def __init__(self, port: int, tokens: list[str], market: Market, lot: int = 0) -> None:
        self._port, self._tokens = port, tokens
        self._path = bids_path(market, lot)
        self._offers = count()

    def request(self, connection: int) -> bytes:
        offer = next(self._offers)
        return post(
            HOST,
            self._port,
            self._path,
            self._tokens[connection % BIDDERS],
            bid(START_FEN + offer * STEP_FEN),
        )

    def answered(self, connection: int, status: int) -> None:
        return None


class ManyLots:
    """The two bidders of each lot bid in turn: whoever has been overtaken bids a step above once the other has his answer.

    So every bid is valid when it is made, and a refused one would be the service's fault. A connection whose lots all wait
    for the other bidder stands idle until one of them is answered.
    """

    def __init__(self, port: int, tokens: list[str], market: Market, lots: range) -> None:
        self._port, self._tokens = port, tokens
        self._paths = {lot: bids_path(market, lot) for lot in lots}
        self._next_fen = dict.fromkeys(lots, START_FEN)
        self._turns: list[deque[int]] = [deque() for _ in range(BIDDERS)]
        self._bid_for: dict[int, int] = {}
        for lot in lots:
            self._turns[two_bidders(lot)[lot % 2]].append(lot)

    def request(self, connection: int) -> bytes | None:
        if (
            connection in self._bid_for
        ):  # a run ended before the answer came: it is not known whether the bid counts
            lot = self._bid_for.pop(connection)
            self._next_fen[lot] += STEP_FEN
            self._turns[connection].append(lot)
        if not self._turns[connection]:
            return None
        lot = self._turns[connection].popleft()
        self._bid_for[connection] = lot
        return post(HOST, self._port, self._paths[lot], self._tokens[connection], bid(self._next_fen[lot]))

    def answered(self, connection: int, status: int) -> int | None:
        lot = self._bid_for.pop(connection)
        self._next_fen[lot] += STEP_FEN
        one, other = two_bidders(lot)
        follower = other if connection == one else one
        self._turns[follower].append(lot)
        return follower


_keys = count()


def bid(amount_fen: int) -> bytes:
    """The body of a bid with a key of its own."""
    return b'{"amount_fen":%d,"idempotency_key":"bench-%08d"}' % (amount_fen, next(_keys))


def bids_path(market: Market, lot: int) -> str:
    """Where bids for the n-th lot go."""
    return f"/api/v1/lots/{market.lots[lot].id}/bids"

"""Latency at a fixed rate: requests leave by the clock, whatever the service does, and are timed from the instant at which
they should have left. A service that stalls cannot hide it by slowing the client down.

One thread and `select`, whose timeouts are exact to microseconds; event loops round theirs to a millisecond.
"""

import gc
import select
import socket
from collections import deque
from time import perf_counter

from benchmarks.client import Load, take_answer


def latencies_at(
    host: str, port: int, load: Load, *, per_second: float, seconds: float, connections: int = 64
) -> list[float]:
    """Milliseconds from each planned departure to the answer, the first half second left out."""
    sockets = [_connected(host, port) for _ in range(connections)]
    number = {each: n for n, each in enumerate(sockets)}
    buffers = {each: bytearray() for each in sockets}
    free, planned, busy = deque(sockets), deque[float](), dict[socket.socket, float]()
    latencies: list[float] = []
    interval = 1 / per_second
    began = perf_counter() + 0.05
    count_from, end = began + 0.5, began + 0.5 + seconds
    departure = began
    gc.collect()
    gc.disable()
    try:
        while departure < end or busy or planned:
            now = perf_counter()
            while departure <= now and departure < end:
                planned.append(departure)
                departure += interval
            while planned and free:
                each = free.popleft()
                request = load.request(number[each])
                assert request is not None
                busy[each] = planned.popleft()
                each.sendall(request)
            wait = max(0.0, departure - perf_counter()) if departure < end else 1.0
            for each in select.select(sockets, (), (), wait)[0]:
                data = each.recv(65_536)
                if not data:
                    raise RuntimeError("a connection was lost during the run")
                buffers[each] += data
                answer = take_answer(buffers[each])
                if answer is not None:
                    due = busy.pop(each)
                    if due >= count_from:
                        latencies.append((perf_counter() - due) * 1000)
                    load.answered(number[each], answer[0])
                    free.append(each)
    finally:
        gc.enable()
        for each in sockets:
            each.close()
    return latencies


def _connected(host: str, port: int) -> socket.socket:
    made = socket.create_connection((host, port))
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made

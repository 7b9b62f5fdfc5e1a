"""The message broker and the worker process.

dramatiq carries the messages: over PostgreSQL by default, over RabbitMQ when `BROKER_URL` is set. A message holds only the
id of an outbox row; the row holds the truth, so losing or doubling a message loses or doubles nothing.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import dramatiq
import psycopg
import structlog
from dramatiq.broker import Broker
from dramatiq.middleware import AgeLimit, Callbacks, Pipelines, Retries, ShutdownNotifications, TimeLimit

from core.channel import Channel
from core.database import Database
from core.outbox.relay import CHANNEL as OUTBOX_CHANNEL
from core.outbox.relay import RESEND_AFTER_SECONDS, relay_forever
from core.outbox.tasks import REGISTRY, run_message
from core.outbox.timetable import PERIODIC, Periodic, run_periodic

log = structlog.get_logger(__name__)

TASK_TIME_LIMIT_MS = 120_000


def make_broker(database_url: str, broker_url: str | None = None) -> Broker:
    """The broker: RabbitMQ for an `amqp://` address, else queues in PostgreSQL (its tables are made when missing)."""
    middleware = [
        AgeLimit(),
        TimeLimit(time_limit=TASK_TIME_LIMIT_MS),
        ShutdownNotifications(),
        Callbacks(),
        Pipelines(),
        Retries(min_backoff=500, max_backoff=60_000, max_retries=12),
    ]
    if broker_url and broker_url.startswith("amqp"):
        from dramatiq.brokers.rabbitmq import RabbitmqBroker

        return RabbitmqBroker(url=broker_url, middleware=middleware)
    from dramatiq_postgres import PostgresBroker, schema

    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        schema.init(cursor)
    # Each queue and its delayed twin hold a connection while they wait; acknowledgements and the listener need their own.
    connections = 2 * len({each.queue for each in REGISTRY.values()}) + 8
    url = f"{database_url}{'&' if '?' in database_url else '?'}maxconn={connections}"
    broker: Broker = PostgresBroker(url=url, middleware=middleware, results=False, poll_interval=0.5)
    return broker


class WorkerProcess:
    """One worker: broker consumers, the outbox relay and the timetable, sharing one event loop and one `Database`."""

    def __init__(
        self,
        database: Database,
        broker: Broker,
        *,
        threads: int = 4,
        resend_after_s: float = RESEND_AFTER_SECONDS,
    ) -> None:
        self.database = database
        self.broker = broker
        self.threads = threads
        self.resend_after_s = resend_after_s
        self.stopping = asyncio.Event()
        self._actors: dict[str, dramatiq.Actor[..., Any]] = {}
        self._wakers: list[asyncio.Event] = []
        self._listeners: list[asyncio.Task[None]] = []

    def _declare_actors(self, loop: asyncio.AbstractEventLoop) -> None:
        for name, each in REGISTRY.items():

            def perform(message_id: str, _name: str = name) -> None:
                future = asyncio.run_coroutine_threadsafe(run_message(self.database, UUID(message_id)), loop)
                future.result()

            declare = dramatiq.actor(actor_name=name, queue_name=each.queue, broker=self.broker)
            self._actors[name] = declare(perform)

    def send(self, queue: str, task: str, message_id: UUID) -> None:
        """Hand one outbox message to the broker."""
        self._actors[task].send(str(message_id))

    def _waker(self, channel: str | None) -> asyncio.Event:
        """An event that ends a pause: set whenever somebody notifies the channel, and when the process stops."""
        waker = asyncio.Event()
        self._wakers.append(waker)
        if channel is not None:
            listening = Channel(self.database, channel, heard=lambda _: waker.set(), began=waker.set)
            self._listeners.append(asyncio.create_task(listening.listen()))
        return waker

    async def _run_job(self, job: Periodic) -> None:
        pause = job.seconds if job.seconds is not None else 5.0
        waker = self._waker(job.woken_by)
        while not self.stopping.is_set():
            try:
                await run_periodic(self.database, job)
            except Exception:
                log.exception("timetable.failed", job=job.name)
            with suppress(TimeoutError):
                await asyncio.wait_for(waker.wait(), pause)
            waker.clear()

    async def run(self, *, on_ready: Callable[[], None] | None = None) -> None:
        """Work until SIGINT, SIGTERM or `stopping`. Finishes what is running before it returns."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.stopping.set)
        self._declare_actors(loop)
        worker = dramatiq.Worker(self.broker, worker_threads=self.threads, worker_timeout=500)
        await asyncio.to_thread(worker.start)
        jobs = [asyncio.create_task(self._run_job(job)) for job in PERIODIC.values()]
        relaying = relay_forever(
            self.database,
            self.send,
            self.stopping,
            self._waker(OUTBOX_CHANNEL),
            resend_after_s=self.resend_after_s,
        )
        relay = asyncio.create_task(relaying)
        log.info("worker.ready", tasks=len(self._actors), jobs=len(jobs))
        if on_ready is not None:
            on_ready()
        await self.stopping.wait()
        for waker in self._wakers:
            waker.set()
        for listener in self._listeners:
            listener.cancel()
        await asyncio.to_thread(worker.stop, 8000)
        await asyncio.gather(relay, *jobs, *self._listeners, return_exceptions=True)
        await asyncio.to_thread(self.broker.close)
        await self.database.close()

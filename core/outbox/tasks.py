"""Background tasks: use cases that a worker runs, each effect exactly once.

    @task(queue="money")
    async def refund_deposit(work: Work, *, deposit_id: UUID) -> None: ...

    await refund_deposit.later(work, key=f"{deposit_id}", deposit_id=deposit_id)

`later` writes the message in the caller's transaction. A worker runs the function in a transaction of its own that also
marks the message done, so a crash, a retry or a doubled message repeats nothing.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, get_type_hints
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from core.database import Database, Work
from core.identity.actor import SYSTEM
from core.ids import new_id
from core.outbox.models import OutboxMessage

REGISTRY: dict[str, "Task[...]"] = {}
"""Every task of the process by name; filled as rooms' `workers.py` are imported."""


P = ParamSpec("P")

_INSERT_MANY = text(
    """
    INSERT INTO outbox_message (id, task, key, queue, arguments, available_at, attempts)
    SELECT id, :task, key, :queue, arguments, :at, 0
      FROM json_to_recordset(CAST(:rows AS json)) AS effect(id uuid, key text, arguments jsonb)
    ON CONFLICT ON CONSTRAINT outbox_message_task_key DO NOTHING
    """
)


class Task(Generic[P]):
    """A named effect. Call it to run it at once in a given transaction; `later` has a worker run it."""

    def __init__(self, run: Callable[Concatenate[Work, P], Awaitable[None]], queue: str) -> None:
        self.run = run
        self.queue = queue
        self.name = f"{run.__module__.removesuffix('.workers')}.{run.__name__}"
        self.__doc__ = run.__doc__
        self._arguments = _argument_struct(run)
        REGISTRY[self.name] = self

    async def __call__(self, work: Work, *args: P.args, **kwargs: P.kwargs) -> None:
        await self.run(work, *args, **kwargs)

    async def later(self, work: Work, *, key: str, at: datetime | None = None, **arguments: Any) -> None:
        """Have a worker do this once, not before court time `at`. The same key a second time is a no-op."""
        checked = msgspec.convert(arguments, self._arguments, strict=False)
        await work.session.execute(
            insert(OutboxMessage)
            .values(
                id=new_id(),
                task=self.name,
                key=key,
                queue=self.queue,
                arguments=msgspec.to_builtins(checked),
                available_at=at or work.now,
            )
            .on_conflict_do_nothing(constraint="outbox_message_task_key")
        )
        if at is None or at <= work.now:
            await work.session.execute(text("SELECT pg_notify('outbox', '')"))

    async def later_many(
        self, work: Work, effects: Sequence[tuple[str, dict[str, Any]]], *, at: datetime | None = None
    ) -> None:
        """Have a worker do each of many effects `(key, arguments)` once, not before court time `at`, written in one statement."""
        if not effects:
            return
        rows = [
            {
                "id": new_id(),
                "key": key,
                "arguments": msgspec.to_builtins(msgspec.convert(arguments, self._arguments, strict=False)),
            }
            for key, arguments in effects
        ]
        await work.session.execute(
            _INSERT_MANY,
            {
                "task": self.name,
                "queue": self.queue,
                "at": at or work.now,
                "rows": msgspec.json.encode(rows).decode(),
            },
        )
        if at is None or at <= work.now:
            await work.session.execute(text("SELECT pg_notify('outbox', '')"))

    async def perform(self, work: Work, arguments: dict[str, Any]) -> None:
        """Run with the stored arguments."""
        typed = msgspec.convert(arguments, self._arguments, strict=False)
        values = {name: getattr(typed, name) for name in typed.__struct_fields__}
        await self.run(work, **values)  # type: ignore[call-arg]


def _argument_struct(run: Callable[..., Any]) -> type[msgspec.Struct]:
    hints = get_type_hints(run)
    fields: list[Any] = []
    for parameter in list(inspect.signature(run).parameters.values())[1:]:
        if parameter.default is inspect.Parameter.empty:
            fields.append((parameter.name, hints[parameter.name]))
        else:
            fields.append((parameter.name, hints[parameter.name], parameter.default))
    return msgspec.defstruct(f"{run.__name__}_arguments", fields, kw_only=True, forbid_unknown_fields=True)


def task(*, queue: str) -> Callable[[Callable[Concatenate[Work, P], Awaitable[None]]], Task[P]]:
    """Make a use case a background task of the named queue."""

    def wrap(run: Callable[Concatenate[Work, P], Awaitable[None]]) -> Task[P]:
        return Task(run, queue)

    return wrap


async def run_message(database: Database, message_id: UUID) -> bool:
    """Do what one outbox message asks, once. Returns False when it was done already or is being done elsewhere.

    Raises whatever the task raises, after noting it on the message, so that the broker retries.
    """
    try:
        async with database.begin(SYSTEM) as work:
            row = (
                await work.session.execute(
                    text(
                        """
                        SELECT task, arguments FROM outbox_message
                        WHERE id = :id AND done_at IS NULL FOR UPDATE SKIP LOCKED
                        """
                    ),
                    {"id": message_id},
                )
            ).one_or_none()
            if row is None:
                return False
            await REGISTRY[row.task].perform(work, row.arguments)
            await work.session.flush()
            await work.session.execute(
                text(
                    """
                    UPDATE outbox_message SET done_at = clock_timestamp(), attempts = attempts + 1, last_error = NULL
                    WHERE id = :id
                    """
                ),
                {"id": message_id},
            )
        return True
    except Exception as error:
        async with database.begin(SYSTEM) as work:
            await work.session.execute(
                text("UPDATE outbox_message SET attempts = attempts + 1, last_error = :error WHERE id = :id"),
                {"id": message_id, "error": f"{type(error).__name__}: {error}"[:2000]},
            )
        raise

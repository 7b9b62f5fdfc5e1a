"""A weighty step as a question page: fill in, check your answers, confirm. What the check page shows has been tried already."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auction.listing.models import Lot
from auction.listing.queries import open_lot_file
from core.database import Database, Work
from core.errors import DisposalError, NotFound
from core.i18n import Message
from core.identity import Actor, Permission
from web.forms import Form

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One step on a lot.

    `read` takes the typed values out of the form (noting faults there), `run` does the step and says what was done, `shown`
    writes the answers for checking. `template` below `stops/` holds the fields, and says what the step does.
    """

    act: str
    title: Message
    lead: Message
    button: Message
    rule: str
    permission: Permission
    labels: Mapping[str, Message]
    read: Callable[[Form], Answers]
    run: Callable[[Work, Lot, Answers], Awaitable[Message]]
    shown: Callable[[Answers], Mapping[str, Message | str]]
    is_grave: bool = False
    consequences: tuple[Message, ...] = field(default=())


class _Tried(Exception):
    """The step would succeed; everything it wrote is rolled back."""


async def take(
    database: Database, actor: Actor, lot_no: str, question: Question, form: Form
) -> tuple[str, Message | None]:
    """What to answer: `("done", said)`, `("check", None)` or `("ask", None)` with the faults in the form.

    The first sending tries the step and undoes it; only the confirmed one keeps it.
    """
    answers = question.read(form)
    if form.is_bad or form.value("step") == "back":
        return "ask", None
    confirmed = form.value("step") == "confirm"
    try:
        async with database.begin(actor) as work:
            said = await question.run(work, await open_lot_file(work, lot_no), answers)
            if not confirmed:
                raise _Tried
    except _Tried:
        return "check", None
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
        return "ask", None
    return "done", said

"""What happens by itself when a clock runs out. Rooms above register their action for a rule id."""

from collections.abc import Awaitable, Callable

from core.database import Work
from core.deadlines.models import Deadline

BreachAction = Callable[[Work, Deadline], Awaitable[None]]

ACTIONS: dict[str, BreachAction] = {}


def on_breach(rule: str) -> Callable[[BreachAction], BreachAction]:
    """Run the function, in the sweep's transaction, for each deadline of `rule` that runs out."""

    def register(action: BreachAction) -> BreachAction:
        ACTIONS[rule] = action
        return action

    return register

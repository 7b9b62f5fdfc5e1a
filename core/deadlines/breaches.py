"""What happens by itself when a clock runs out. Rooms above register their action for a rule id."""

from collections.abc import Awaitable, Callable

from core.database import Work
from core.deadlines.catalogue import CLOCKS
from core.deadlines.models import Deadline
from core.deadlines.row import TOLD_OF

BreachAction = Callable[[Work, Deadline], Awaitable[None]]

ACTIONS: dict[str, BreachAction] = {}
OTHERWISE: list[BreachAction] = []
"""What is done where a breach is to be told of and the rule has no action of its own; at most one."""


def on_breach(rule: str) -> Callable[[BreachAction], BreachAction]:
    """Run the function, in the sweep's transaction, for each deadline of `rule` that runs out."""

    def register(action: BreachAction) -> BreachAction:
        ACTIONS[rule] = action
        return action

    return register


def otherwise(action: BreachAction) -> BreachAction:
    """Run the function for each deadline that runs out, is to be told of, and whose rule has no action of its own."""
    OTHERWISE[:] = [action]
    return action


def action_for(rule: str) -> BreachAction | None:
    """What a breach of the rule brings."""
    if rule in ACTIONS:
        return ACTIONS[rule]
    return OTHERWISE[0] if OTHERWISE and rule in CLOCKS and CLOCKS[rule].breach in TOLD_OF else None

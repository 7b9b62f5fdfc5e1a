"""The few ways in which a request can be refused. Each says what to do, in the reader's language.

`web/` turns them into a page or an RFC 9457 problem; workers record them. Nothing else is ever shown to a person.
"""

from collections.abc import Mapping

from core.i18n import Message


class DisposalError(Exception):
    """Base of every refusal that a person may read."""

    status = 400
    kind = "error"
    retry_after_s: int | None = None
    """Seconds after which it makes sense to ask again, where that is all there is to do."""

    def __init__(self, message: Message, *, rule: str | None = None, remedy: Message | None = None) -> None:
        super().__init__(message.msgid)
        self.message = message
        self.rule = rule
        self.remedy = remedy

    def __str__(self) -> str:
        rule = f"[{self.rule}] " if self.rule else ""
        return rule + str(self.message)


class RuleViolation(DisposalError):
    """The law (or a setting standing for it) forbids the act. `rule` is the id in the rulebook."""

    status = 409
    kind = "rule-violation"

    def __init__(self, rule: str, message: Message, *, remedy: Message | None = None) -> None:
        super().__init__(message, rule=rule, remedy=remedy)


class InvalidInput(DisposalError):
    """One or more fields cannot be accepted as written. `fields` maps a field name to its message."""

    status = 422
    kind = "invalid-input"

    def __init__(
        self, message: Message, *, fields: Mapping[str, Message] | None = None, rule: str | None = None
    ) -> None:
        super().__init__(message, rule=rule)
        self.fields = dict(fields or {})


class NotPermitted(DisposalError):
    """The actor may not do or see this (rulebook §1, P-01…P-05)."""

    status = 403
    kind = "not-permitted"


class NotFound(DisposalError):
    """No such thing, or none that this actor may know of."""

    status = 404
    kind = "not-found"


class Conflict(DisposalError):
    """Somebody else changed it first, or the step was already taken."""

    status = 409
    kind = "conflict"

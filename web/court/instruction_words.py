"""The words and choices that the pages of instructions share."""

from typing import Any

from core.i18n import msg
from disposal_teams.instructions.kinds import FROM_ABOVE, KIND_LABELS, KINDS
from disposal_teams.instructions.models import InstructionState, Result, ReturnReason, Urgency
from disposal_teams.instructions.rules import (
    ACCEPTANCE_LABELS,
    ESCALATION_LABELS,
    RESULT_LABELS,
    RETURN_LABELS,
    STATE_LABELS,
    URGENCY_LABELS,
)
from disposal_teams.people.rules import SKILL_LABELS
from web.access.visitor import AnyRequest
from web.team.labels import shown

S = InstructionState

STATE_TAGS: dict[InstructionState, str] = {
    S.SENT: "warn",
    S.SIGNED_IN: "warn",
    S.RETURNED: "warn",
    S.FEEDBACK: "info",
    S.IN_PROGRESS: "info",
    S.ASSIGNED: "info",
    S.AWAITING_APPROVAL: "info",
    S.CLOSED: "good",
}
URGENCY_TAGS: dict[Urgency, str] = {Urgency.URGENT: "warn", Urgency.CRITICAL: "bad"}

WORDS: dict[str, Any] = {
    "kinds": KINDS,
    "kind_labels": KIND_LABELS,
    "state_labels": STATE_LABELS,
    "state_tags": STATE_TAGS,
    "urgency_labels": URGENCY_LABELS,
    "urgency_tags": URGENCY_TAGS,
    "result_labels": RESULT_LABELS,
    "return_labels": RETURN_LABELS,
    "acceptance_labels": ACCEPTANCE_LABELS,
    "escalation_labels": ESCALATION_LABELS,
    "skill_labels": SKILL_LABELS,
}


def choices(request: AnyRequest) -> dict[str, list[tuple[str, str]]]:
    """Options of the forms in the reader's language."""
    return {
        "kind_options": shown(
            request,
            [(str(kind), msg(label)) for kind, label in KIND_LABELS.items() if kind not in FROM_ABOVE],
        ),
        "every_kind": shown(request, [(str(kind), msg(label)) for kind, label in KIND_LABELS.items()]),
        "state_options": shown(request, [(str(state), msg(label)) for state, label in STATE_LABELS.items()]),
        "urgency_options": shown(
            request, [(str(each), msg(label)) for each, label in URGENCY_LABELS.items()]
        ),
        "result_options": shown(request, [(str(each), msg(RESULT_LABELS[each])) for each in Result]),
        "return_options": shown(request, [(str(each), msg(RETURN_LABELS[each])) for each in ReturnReason]),
    }

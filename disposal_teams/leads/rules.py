"""How a lead goes on, and how the channel is bounded. Pure."""

import secrets
from enum import StrEnum

from core.errors import RuleViolation
from core.i18n import msg
from disposal_teams.leads.models import LeadResult, LeadState

S = LeadState
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
"""About 59 bits: nobody guesses another's code."""


class Step(StrEnum):
    """What is done with a lead."""

    CHECK = "check"
    ANSWER = "answer"
    DROP = "drop"


STEPS: dict[Step, tuple[frozenset[LeadState], LeadState]] = {
    Step.CHECK: (frozenset({S.RECEIVED}), S.CHECKING),
    Step.ANSWER: (frozenset({S.CHECKING}), S.ANSWERED),
    Step.DROP: (frozenset({S.RECEIVED, S.CHECKING}), S.NOT_PURSUED),
}


def next_state(current: LeadState, step: Step) -> LeadState:
    """The state after the step. Raises `RuleViolation`."""
    allowed, target = STEPS[step]
    if current not in allowed:
        raise RuleViolation(
            "LEAD", msg("线索目前为“{state}”，不能办理此步骤。", state=msg(STATE_LABELS[current]))
        )
    return target


def new_code() -> str:
    """The reporter's code, shown once."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def plain_code(text: str) -> str:
    """A code as it was typed, for comparing."""
    return "".join(character for character in text.upper() if character in ALPHABET)[:CODE_LENGTH]


STATE_LABELS: dict[LeadState, str] = {
    S.RECEIVED: "已收到",
    S.CHECKING: "核查中",
    S.ANSWERED: "已反馈",
    S.NOT_PURSUED: "不予核查",
}

RESULT_LABELS: dict[LeadResult, str] = {
    LeadResult.FOUND: "线索属实，已采取措施",
    LeadResult.KNOWN_ALREADY: "法院已经掌握",
    LeadResult.NOTHING_FOUND: "经核查未发现",
    LeadResult.NOT_THIS_COURT: "不属于苏州法院执行案件",
    LeadResult.TOO_VAGUE: "内容过于笼统，无法核查",
}

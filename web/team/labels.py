"""Options of the forms, in the court's words."""

from collections.abc import Sequence

from core.deadlines.catalogue import CLOCKS
from core.i18n import Message, msg
from disposal_teams.assets.labels import KIND_LABELS, SEAL_KIND_LABELS, STATE_LABELS
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.labels import PARTY_ROLE_LABELS
from disposal_teams.cases.models import CaseState, Course
from web.access.visitor import AnyRequest
from web.rendering import translated

KIND_OPTIONS = [(str(kind), msg(label)) for kind, label in KIND_LABELS.items()]
STATE_OPTIONS = [(str(state), msg(label)) for state, label in STATE_LABELS.items()]
SEAL_KIND_OPTIONS = [(str(kind), msg(label)) for kind, label in SEAL_KIND_LABELS.items()]

PARTY_ROLE_OPTIONS = [(str(role), msg(label)) for role, label in PARTY_ROLE_LABELS.items()]

CASE_STATE_LABELS: dict[CaseState, str] = {
    CaseState.OPEN: "执行中",
    CaseState.SUSPENDED: "中止",
    CaseState.CLOSED: "已结案",
}
COURSE_LABELS: dict[Course, str] = {
    Course.FIRST: "首次执行",
    Course.RESUMED: "恢复执行",
    Course.NONE: "非执行实施",
}

TAG_OF_STATE: dict[AssetState, str] = {
    AssetState.SEALED_EFFECTIVE: "info",
    AssetState.UNDER_SURVEY: "info",
    AssetState.VALUATION: "info",
    AssetState.READY_TO_LIST: "warn",
    AssetState.LISTED: "live",
    AssetState.SUSPENDED: "warn",
    AssetState.TRANSFER_PENDING: "warn",
    AssetState.SOLD_PENDING_PAYMENT: "good",
    AssetState.PAID: "good",
    AssetState.RULED: "good",
    AssetState.DELIVERED: "good",
    AssetState.WITHDRAWN: "bad",
    AssetState.REVOKED: "bad",
}


def shown(request: AnyRequest, options: Sequence[tuple[str, Message]]) -> list[tuple[str, str]]:
    """Options in the reader's language."""
    return [(value, translated(request, label)) for value, label in options]


def deadline_title(clock: str) -> Message:
    """What a clock waits for."""
    return msg(CLOCKS[clock].title) if clock in CLOCKS else msg("{rule}", rule=clock)

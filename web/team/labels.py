"""Options of the forms, in the court's words."""

from collections.abc import Sequence

from core.deadlines.catalogue import STATUTORY
from core.i18n import Message, msg
from disposal_teams.assets.labels import KIND_LABELS, SEAL_KIND_LABELS, STATE_LABELS
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.models import PartyRole
from web.access.visitor import AnyRequest
from web.rendering import translated

KIND_OPTIONS = [(str(kind), msg(label)) for kind, label in KIND_LABELS.items()]
STATE_OPTIONS = [(str(state), msg(label)) for state, label in STATE_LABELS.items()]
SEAL_KIND_OPTIONS = [(str(kind), msg(label)) for kind, label in SEAL_KIND_LABELS.items()]

PARTY_ROLE_LABELS: dict[PartyRole, str] = {
    PartyRole.APPLICANT: "申请执行人",
    PartyRole.DEBTOR: "被执行人",
    PartyRole.PRIORITY_CREDITOR: "优先债权人",
    PartyRole.WAITING_SEAL_CREDITOR: "轮候查封债权人",
    PartyRole.CO_OWNER: "共有人",
    PartyRole.TENANT: "承租人",
    PartyRole.SHAREHOLDER: "股东",
    PartyRole.OTHER: "其他",
}
PARTY_ROLE_OPTIONS = [(str(role), msg(label)) for role, label in PARTY_ROLE_LABELS.items()]

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


def deadline_title(rule: str) -> Message:
    """What a clock waits for."""
    row = STATUTORY.get(rule)
    if row is not None:
        return msg(row.title)
    return OTHER_CLOCKS.get(rule) or msg("{rule}", rule=rule)


OTHER_CLOCKS: dict[str, Message] = {
    "T-03": msg("补正商请移送材料"),
    "T-04": msg("移交材料"),
    "T-05": msg("告知处置结果"),
    "T-06": msg("上级指定的处置期限"),
    "T-12": msg("接收法院立案"),
    "T-20": msg("限期执行逾期后的处理"),
    "T-25": msg("指令办理"),
    "LEAD": msg("线索核查与反馈"),
    "B-72": msg("占用人迁出"),
    "B-35": msg("悔拍后重新拍卖"),
    "B-74": msg("补交抵债差额"),
    "X-09": msg("变卖未成交后的处理"),
}
"""Clocks that §12.1 does not number."""

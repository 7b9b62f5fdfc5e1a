"""The law of objections (B-60 to B-64, L-35, L-36, P-04, §11.8). Pure: facts in, decision or violation out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.models import CaseState, PartyRole
from disposal_teams.objections.models import Capacity, ObjectionKind, ObjectionState, Outcome, Remedy

S = ObjectionState

TRANSITIONS: dict[ObjectionState, frozenset[ObjectionState]] = {
    S.FILED: frozenset({S.UNDER_REVIEW, S.RULED, S.FINAL}),
    S.UNDER_REVIEW: frozenset({S.RULED, S.FINAL}),
    S.RULED: frozenset({S.RECONSIDERATION, S.SUIT_WINDOW, S.FINAL}),
    S.RECONSIDERATION: frozenset({S.FINAL}),
    S.SUIT_WINDOW: frozenset({S.SUIT, S.FINAL}),
    S.SUIT: frozenset({S.FINAL}),
    S.FINAL: frozenset(),
}
"""§11.8. FILED → RULED is the ruling not to accept; FILED or UNDER_REVIEW → FINAL the filer's own withdrawal."""

STATE_LABELS: dict[ObjectionState, str] = {
    S.FILED: "已提交，待立案",
    S.UNDER_REVIEW: "审查中",
    S.RULED: "已裁定",
    S.RECONSIDERATION: "复议中",
    S.SUIT_WINDOW: "起诉期内",
    S.SUIT: "异议之诉中",
    S.FINAL: "已终结",
}
KIND_LABELS: dict[ObjectionKind, str] = {
    ObjectionKind.CONDUCT: "执行行为异议",
    ObjectionKind.THIRD_PARTY: "案外人对标的物主张权利",
}
CAPACITY_LABELS: dict[Capacity, str] = {
    Capacity.PARTY: "当事人（申请执行人、被执行人）",
    Capacity.WAITING_SEAL_CREDITOR: "轮候查封债权人",
    Capacity.WOULD_BE_BIDDER: "竞买人或者因违法限制未能参加竞买的人",
    Capacity.PRIORITY_PURCHASER: "优先购买权人",
    Capacity.OTHER_INTERESTED: "其他利害关系人",
    Capacity.THIRD_PARTY: "案外人",
}
OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.FOUNDED: "异议成立",
    Outcome.DISMISSED: "驳回异议",
    Outcome.NOT_ACCEPTED: "不予受理",
    Outcome.WITHDRAWN: "撤回异议",
}
REMEDY_LABELS: dict[Remedy, str] = {
    Remedy.CORRECT_ACT: "变更或者改正执行行为，拍卖继续",
    Remedy.STOP_SALE: "停止处置该标的物",
    Remedy.REVOKE_SALE: "撤销拍卖成交",
}

FILING_DAYS, NOTICE_DAYS, SUPPLEMENT_DAYS = 3, 3, 3
RULING_DAYS, ASK_DAYS, REVIEW_DAYS, SUIT_DAYS = 15, 10, 30, 15

FILING, NOTICE, SUPPLEMENT = "B-60立案", "B-60通知", "B-60补正"
ASKING, REVIEW, SUIT_WINDOW = "L-35申请复议", "L-35复议", "L-36起诉"
"""Clocks that §12.1 counts within one row; each needs an id of its own."""

THIRD_PARTY_ENDED = frozenset({AssetState.RULED, AssetState.DELIVERED, AssetState.CLOSED})
"""Ownership has passed to a buyer: execution on the asset has ended (B-62)."""


def check_transition(current: ObjectionState, wanted: ObjectionState) -> None:
    """Raise `RuleViolation` when §11.8 has no way from `current` to `wanted`."""
    if wanted not in TRANSITIONS[current]:
        raise RuleViolation(
            "§11.8",
            msg(
                "该异议目前处于“{current}”，不能转为“{wanted}”。",
                current=msg(STATE_LABELS[current]),
                wanted=msg(STATE_LABELS[wanted]),
            ),
        )


# --- who, when, where -------------------------------------------------------------------------------------------------

PARTIES = frozenset({PartyRole.APPLICANT, PartyRole.DEBTOR})


def check_kind(kind: ObjectionKind, capacity: Capacity) -> None:
    """A claim to the asset is a third party's, and only that (B-60, B-61). Raises `RuleViolation`."""
    if (kind is ObjectionKind.THIRD_PARTY) != (capacity is Capacity.THIRD_PARTY):
        raise RuleViolation(
            "B-61", msg("案外人主张标的物权利的，请以案外人身份提出；其他身份提出执行行为异议。")
        )


def check_capacity(capacity: Capacity, roles: Collection[PartyRole]) -> None:
    """Who may object (B-60, B-61, B-63); `roles` are what the case knows the person as. Raises `RuleViolation`.

    A party of the case has no third party's claim, and nobody is a party whom the case does not name. Whether an interested
    person has an interest is for the panel: it rests on papers.
    """
    is_party = not PARTIES.isdisjoint(roles)
    if capacity is Capacity.THIRD_PARTY and is_party:
        raise RuleViolation("B-61", msg("您是本案当事人，不能以案外人身份提出异议，请提出执行行为异议。"))
    if capacity is Capacity.PARTY and not is_party:
        raise RuleViolation(
            "B-63",
            msg("您的账号没有登记为本案当事人。"),
            remedy=msg("请选择其他身份，或者联系承办法官核对当事人信息。"),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the execution has come: of the case, of the asset, and whether a party of the case bought it."""

    case: CaseState
    asset: AssetState
    bought_by_party: bool = False


def check_in_time(kind: ObjectionKind, progress: Progress) -> None:
    """Until when an objection may be raised (B-62). Raises `RuleViolation`.

    Against an act: before the execution ends. A third party: before the execution on the asset ends; when a party of the
    case bought it, before the procedure ends.
    """
    if progress.case is CaseState.CLOSED:
        raise RuleViolation("B-62", msg("执行程序已经终结，不能再提出异议。"))
    if kind is ObjectionKind.CONDUCT:
        return
    by_party = progress.bought_by_party or progress.asset is AssetState.IN_KIND_RULED
    if progress.asset in THIRD_PARTY_ENDED and not by_party:
        raise RuleViolation(
            "B-62",
            msg("标的物的所有权已经转移给买受人，对该标的物的执行已经终结，不能再提出案外人异议。"),
            remedy=msg("可以依法另行起诉。"),
        )


def deciding_court(*, act_court: str, current_court: str, superiors: Mapping[str, str | None]) -> str:
    """Which court decides on acts of `act_court` when `current_court` is in charge now (B-64).

    The court in charge when the objection is filed, except that a superior's acts stay with the superior.
    """
    return act_court if superiors.get(current_court) == act_court else current_court


def check_panel(members: Mapping[str, str], *, handlers: Collection[str]) -> None:
    """Three or more judges, an odd number, none of whom has handled the case (P-04). Raises `RuleViolation`.

    `members`: names by account id; `handlers`: account ids and names of those who acted in the case.
    """
    if len(members) < 3 or len(members) % 2 == 0:
        raise RuleViolation("P-05", msg("审查异议的合议庭须有至少三名成员，人数为单数。"))
    for account, name in members.items():
        if account in handlers or plain_name(name) in handlers:
            raise RuleViolation(
                "P-04", msg("{name} 办理过本案，不能参加对本案异议的审查。请更换合议庭成员。", name=name)
            )


def plain_name(shown: str) -> str:
    """A name without the office written after it."""
    return shown.split("（", maxsplit=1)[0].strip()


# --- outcome and remedies ----------------------------------------------------------------------------------------------


def check_ruling(
    kind: ObjectionKind, outcome: Outcome, remedy: Remedy | None, *, revocation_ground: str | None
) -> None:
    """A founded objection says what follows, a third party's stops the disposal of the asset (B-55, B-61)."""
    if outcome not in (Outcome.FOUNDED, Outcome.DISMISSED):
        raise RuleViolation("B-60", msg("请选择裁定结果。"))
    if (outcome is Outcome.FOUNDED) != (remedy is not None):
        raise RuleViolation("B-60", msg("异议成立的须写明处理方式，驳回的不填。"))
    if kind is ObjectionKind.THIRD_PARTY and remedy is Remedy.CORRECT_ACT:
        raise RuleViolation("B-61", msg("案外人异议成立的，应当停止对该标的物的处置或者撤销成交。"))
    if (remedy is Remedy.REVOKE_SALE) != bool(revocation_ground):
        raise RuleViolation("B-55", msg("撤销成交须选择撤销事由，其他处理方式不填。"))


def goes_to_suit(kind: ObjectionKind, outcome: Outcome) -> bool:
    """Whether the way against the ruling is a suit (B-61) and not the review by the court above (B-60)."""
    return kind is ObjectionKind.THIRD_PARTY and outcome in (Outcome.FOUNDED, Outcome.DISMISSED)


def check_window(*, now: datetime, served_at: datetime | None, ends_at: datetime | None, rule: str) -> None:
    """A step against a ruling needs its service and must come before the window ends. Raises `RuleViolation`."""
    if served_at is None:
        raise RuleViolation(rule, msg("裁定尚未送达，期限还没有开始。"))
    if ends_at is not None and now >= ends_at:
        raise RuleViolation(rule, msg("期限已经届满。"))


def may_stay_by_decision(kind: ObjectionKind, state: ObjectionState) -> bool:
    """Whether the panel may decide on a stay: a conduct objection does not stay the sale by itself (B-60)."""
    return kind is ObjectionKind.CONDUCT and state in (S.UNDER_REVIEW, S.RULED, S.RECONSIDERATION)


def check_continue(
    kind: ObjectionKind, state: ObjectionState, *, stays_sale: bool, security_fen: int
) -> None:
    """When the sale may go on although the objection is open (B-60, B-61): for security by the applicant.

    During a third party's review nothing is disposed of; during its suit only for security. Raises `RuleViolation`.
    """
    if not stays_sale:
        raise RuleViolation("B-60", msg("拍卖没有因该异议停止。"))
    if security_fen <= 0:
        raise RuleViolation("B-61", msg("申请执行人提供充分、有效担保的，才可以继续处置。"))
    if kind is ObjectionKind.THIRD_PARTY and state not in (S.SUIT, S.SUIT_WINDOW):
        raise RuleViolation("B-61", msg("案外人异议审查期间不得处置标的物；进入诉讼后才可以凭担保继续。"))


def next_step(state: ObjectionState, kind: ObjectionKind) -> Message:
    """What the filer waits for."""
    return {
        S.FILED: msg("法院三日内决定是否立案。"),
        S.UNDER_REVIEW: msg("法院自立案起十五日内裁定。"),
        S.RULED: msg("裁定送达后计算期限：对执行行为异议裁定不服的，十日内向上一级法院申请复议。"),
        S.RECONSIDERATION: msg("上一级法院三十日内裁定。"),
        S.SUIT_WINDOW: msg("对裁定不服的，自送达之日起十五日内向执行法院起诉。"),
        S.SUIT: msg("等待异议之诉的判决。"),
        S.FINAL: msg("程序已经终结。"),
    }[state]

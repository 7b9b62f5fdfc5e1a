"""The types of instructions as data (rulebook §7.5): who is addressed, who approves, how long, which papers. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from disposal_teams.instructions.models import InstructionKind
from disposal_teams.people.models import Skill

K = InstructionKind


class Addressee(StrEnum):
    """To whom a type goes."""

    ANY_COURT = "any_court"
    SUPERIOR = "superior"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class RequiredPaper:
    """A paper that must travel with the instruction."""

    code: str
    title: str


TITLE = RequiredPaper("title", "生效法律文书")
OFFICER_CARD = RequiredPaper("officer_card", "执行公务证复印件")


@dataclass(frozen=True, slots=True)
class Kind:
    """One type. `days`: a clock of the law instead of the urgency's; `answer_days`: to mend what was returned.

    `must_date`: whoever sends it names the last day. `skill`: who is proposed for it first. `moves_power`: the disposal goes
    to another court with it.
    """

    kind: InstructionKind
    title: str
    rule: str
    addressee: Addressee = Addressee.ANY_COURT
    needs_approval: bool = False
    days: int | None = None
    answer_days: int | None = None
    papers: tuple[RequiredPaper, ...] = ()
    needs_asset: bool = False
    must_date: bool = False
    moves_power: bool = False
    effect: str = "不改变处置权"
    skill: Skill = Skill.COORDINATION


_ROWS = (
    Kind(K.FIND, "查人找物", "T-25", skill=Skill.FINDING),
    Kind(K.SERVE, "协助送达", "T-25", papers=(RequiredPaper("served_paper", "待送达文书"),), skill=Skill.SERVICE),
    Kind(
        K.SEAL, "协助查封", "T-25", needs_asset=True,
        papers=(RequiredPaper("seal_ruling", "查封裁定书和协助执行通知书"),), skill=Skill.SEALING,
    ),
    Kind(
        K.EVICT, "协助腾退", "T-25", needs_asset=True, needs_approval=True,
        papers=(RequiredPaper("vacating_notice", "腾退公告或责令迁出通知书"),), skill=Skill.EVICTION,
    ),
    Kind(
        K.PARTICIPATE, "参与分配", "§7.5", needs_approval=True, needs_asset=True,
        papers=(RequiredPaper("application", "参与分配申请书"), TITLE,
                RequiredPaper("insufficiency", "不能清偿全部债权的说明")),
        effect="债权人进入分配方案", skill=Skill.DISTRIBUTION,
    ),
    Kind(
        K.ENTRUST, "委托执行", "§7.5", needs_approval=True, days=7, answer_days=30,
        papers=(RequiredPaper("entrustment", "委托执行函"), RequiredPaper("application", "申请执行书"), TITLE,
                RequiredPaper("state_of_case", "案件进展说明和财产线索")),
        effect="受托法院立案后本案销案，查封视为受托法院的查封",
    ),
    Kind(
        K.COORDINATE, "提请协调", "T-17", addressee=Addressee.SUPERIOR, needs_approval=True, days=5,
        papers=(RequiredPaper("report", "协调请示报告"),), effect="协调意见有约束力",
    ),
    Kind(
        K.ASK_SUPERIOR, "提请提级、指定或交叉执行", "T-24", addressee=Addressee.SUPERIOR, needs_approval=True,
        papers=(RequiredPaper("report", "请示报告"),), effect="由上级法院审查决定",
    ),
    Kind(
        K.URGE, "督促执行", "T-20", addressee=Addressee.BELOW, needs_approval=True, must_date=True,
        effect="不改变处置权；逾期无正当理由的应当提级或者指定",
    ),
    Kind(
        K.JOINT, "协同执行", "T-21", addressee=Addressee.BELOW, needs_approval=True, must_date=True,
        effect="组成协同执行团队，不改变处置权",
    ),
    Kind(
        K.DESIGNATE, "指定（指令）执行", "T-20", addressee=Addressee.BELOW, needs_approval=True, needs_asset=True,
        must_date=True, moves_power=True, effect="处置权转由指定法院行使，原案销案",
    ),
    Kind(
        K.RAISE, "提级执行", "T-20", addressee=Addressee.BELOW, needs_approval=True, needs_asset=True,
        must_date=True, moves_power=True, effect="处置权转由上级法院行使，原案销案",
    ),
    Kind(
        K.CONCENTRATE, "集中执行", "T-21", addressee=Addressee.BELOW, needs_approval=True, needs_asset=True,
        must_date=True, moves_power=True, effect="关联案件由一家法院集中处置",
    ),
)  # fmt: skip

KINDS: dict[InstructionKind, Kind] = {row.kind: row for row in _ROWS}
"""By kind. 交叉执行 is the common name of the five orders from above, not a type of its own (T-21)."""

FROM_ABOVE = frozenset(row.kind for row in _ROWS if row.addressee is Addressee.BELOW)

KIND_LABELS: dict[InstructionKind, str] = {row.kind: row.title for row in _ROWS}

"""What a row of rulebook §12.1 says: length and counting of a clock, who acts, what stops it, who is warned, what follows."""

from dataclasses import dataclass
from enum import StrEnum

from core.identity.actor import Role


class Stop(StrEnum):
    """What makes a clock stand still (C-06, C-08)."""

    SALE = "sale"
    VALUATION = "valuation"
    SUPPLEMENT = "supplement"


STOP_LABELS: dict[Stop, str] = {
    Stop.SALE: "拍卖暂缓、中止或平台停拍（含异议停拍）",
    Stop.VALUATION: "参考价程序暂缓",
    Stop.SUPPLEMENT: "退回商请材料补正",
}

TOLD_OF = frozenset({"flag", "flag_director", "flag_eviction", "alarm", "chase"})
"""Breaches that consist in telling somebody."""
LAPSES = frozenset({"end", "waived", "continue", "close_window", "other_measures", "resume", "next_step"})

USUAL = None
"""Alarms before the end at the days of the setting `deadline_alarm_days`."""


@dataclass(frozen=True, slots=True)
class Alarms:
    """When a running clock is told of: `after` so many days of it have passed, and `before` so many are left (days in court).

    `before` is `USUAL` where the rulebook names no days. `told_by`: the room that tells by itself, at its own times (`words`).
    """

    after: tuple[int, ...] = ()
    before: tuple[int, ...] | None = ()
    told_by: str | None = None
    words: str = ""


NEAR_THE_END = Alarms(before=USUAL)
SILENT = Alarms()


@dataclass(frozen=True, slots=True)
class Statutory:
    """One row of §12.1, or a clock that §12.1 does not number.

    `length`: in words, as the rulebook has it; `days`, `hours`, `months` are what the code counts where nothing else is said.
    `rolls`: a last day that is a holiday moves on (C-02), for a person's act only (C-05). `owner`: the role that must act.
    `start` and `effect`: the event from which it runs, and what a breach brings. `settings`: legal settings that change it.
    `opened_in`: where the clock is started. `checked_by`: the row is no clock of somebody's act but a rule checked there, and
    never opened as a deadline. `not_yet`: nothing in this service opens or checks it so far, and why.
    """

    id: str
    title: str
    length: str = ""
    days: int | None = None
    hours: int | None = None
    months: int | None = None
    rolls: bool = True
    start: str = ""
    breach: str = "flag"
    effect: str = "提醒承办人员和执行局局长"
    owner: Role = Role.DISPOSAL_TEAM
    stops: tuple[Stop, ...] = ()
    alarms: Alarms = SILENT
    source: str = ""
    settings: tuple[str, ...] = ()
    opened_in: tuple[str, ...] = ()
    checked_by: str | None = None
    not_yet: str = ""

    @property
    def counting(self) -> str:
        """How it is counted, one of `COUNTING_LABELS`."""
        if self.hours is not None:
            return "hours"
        return "act" if self.rolls else "fixed"

    @property
    def lapses(self) -> bool:
        """Whether the end is no fault of anybody: a window closes, a right is gone, the next step comes by itself."""
        return self.breach in LAPSES


COUNTING_LABELS: dict[str, str] = {
    "act": "日历日；末日逢节假日顺延",
    "fixed": "日历日；不顺延",
    "hours": "按小时连续计算",
}
"""C-01, C-02, C-05."""

OWNER_LABELS: dict[str, str] = {
    Role.DISPOSAL_TEAM: "财产处置团队",
    Role.CASE_OFFICER: "承办人",
    Role.CLERK: "书记员",
    Role.COMMAND_CENTRE: "执行指挥中心",
    Role.FINANCE: "财务部门",
    Role.OBJECTION_PANEL: "执行裁判部门",
    Role.INTERMEDIATE_COURT: "上级法院执行局",
    Role.BUREAU_DIRECTOR: "执行局局长",
    Role.PANEL_MEMBER: "合议庭",
    Role.APPRAISER: "评估、询价机构",
    Role.CREDITOR: "当事人、债权人",
    Role.DEBTOR: "被执行人",
    Role.BIDDER: "买受人",
}
"""Who must act, as lists show it."""

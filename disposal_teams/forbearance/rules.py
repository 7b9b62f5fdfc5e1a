"""When a sealed asset may stay in use, when a report is due and what ends it; what a hardship note must say. Pure."""

from datetime import date, timedelta
from uuid import UUID

from core.errors import RuleViolation
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetState
from disposal_teams.assets.rules import SEALED_STATES
from disposal_teams.forbearance.models import HardshipKind, HardshipState, LiveSealState

LIVE = "LIVE-SEAL"
"""The clock of the reports, which §12.1 does not number (法发〔2019〕35号)."""
S, H = LiveSealState, HardshipState

LIVE_SEAL_LABELS: dict[LiveSealState, str] = {
    S.FILED: "待法院决定",
    S.REFUSED: "未准许继续使用",
    S.WITHDRAWN: "已撤回",
    S.IN_FORCE: "活封中，继续使用",
    S.ENDED: "活封已结束",
}

HARDSHIP_LABELS: dict[HardshipState, str] = {
    H.FILED: "待法院答复",
    H.RECOGNISED: "已认定",
    H.PARTLY: "部分认定",
    H.REFUSED: "未认定",
}

HARDSHIP_KIND_LABELS: dict[HardshipKind, str] = {
    HardshipKind.ILLNESS: "本人或者家庭成员重病",
    HardshipKind.DEPENDANTS: "抚养未成年人、赡养老人",
    HardshipKind.DISABILITY: "残疾或者丧失劳动能力",
    HardshipKind.LOW_INCOME: "低保或者收入不足以维持基本生活",
    HardshipKind.DISASTER: "灾害、意外事故",
    HardshipKind.OTHER: "其他困难",
}

CONDITIONS = (
    msg("按原用途使用并妥善保管，不得毁损。"),
    msg("不得转让、赠与、出租或者设定抵押等权利负担。"),
    msg("按期报告使用情况；法院检查时应当配合。"),
)
"""What every live seal demands."""
INSURANCE = msg("投保财产险并保持有效。")

USED_STATES = SEALED_STATES | {AssetState.SUSPENDED}
EVERY_LEAST, EVERY_MOST = 7, 180


def check_asset(state: AssetState, *, is_sealed: bool) -> None:
    """Raise `RuleViolation` unless the asset is under a seal in force and not sold."""
    if not is_sealed or state not in USED_STATES:
        raise RuleViolation(LIVE, msg("只有生效查封中、尚未成交的财产可以准许继续使用。"))


def terms_problem(
    *, every_days: int, must_insure: bool, insured_until: date | None, today: date
) -> tuple[str, Message] | None:
    """The field and the reason why terms cannot be set, or None."""
    if not EVERY_LEAST <= every_days <= EVERY_MOST:
        return "every_days", msg("报告间隔须为 {least} 至 {most} 日。", least=EVERY_LEAST, most=EVERY_MOST)
    if must_insure and (insured_until is None or insured_until < today):
        return "insured_until", msg("请填写仍在有效期内的保险到期日。")
    return None


def next_report(*, after: date, every_days: int) -> date:
    """The day by whose end the next report is due."""
    return after + timedelta(days=every_days)


def insurance_problem(*, must_insure: bool, insured_until: date | None, due_on: date) -> Message | None:
    """Why a report does not keep the condition of insurance, or None: it must last to the next report at least."""
    if must_insure and (insured_until is None or insured_until < due_on):
        return msg("保险须至少保持有效到下一次报告日 {day}。", day=due_on.isoformat())
    return None


def check_state(current: str, *wanted: LiveSealState) -> None:
    """Raise `RuleViolation` unless the live seal stands so."""
    if S(current) not in wanted:
        raise RuleViolation(
            LIVE, msg("该活封目前为“{state}”，不能办理此事项。", state=msg(LIVE_SEAL_LABELS[S(current)]))
        )


def check_decider(entered_by: UUID | None, decider: UUID | None) -> None:
    """Who wrote a paper request down does not decide on it (P-05). Raises `RuleViolation`."""
    if entered_by is not None and entered_by == decider:
        raise RuleViolation("P-05", msg("录入申请的人不能决定该申请，请由其他人员办理。"))


def hardship_problem(state: HardshipState, *, reserved: str, monthly_fen: int) -> Message | None:
    """Why a finding cannot be recorded, or None: what is recognised says what is left to the debtor (A-08)."""
    if state in (H.RECOGNISED, H.PARTLY) and not reserved and monthly_fen <= 0:
        return msg("认定困难的，须写明为其保留的生活必需品或者费用。")
    return None

"""The grounds on which a sale may be stopped, as data (§11.9, B-50, B-53, B-54)."""

from dataclasses import dataclass

from auction.suspension.models import StayKind

DEFERRAL, SUSPENSION, PLATFORM = StayKind.DEFERRAL, StayKind.SUSPENSION, StayKind.PLATFORM_STOP


@dataclass(frozen=True, slots=True)
class StayGround:
    """A reason code. `kinds` may rest on it; `has_date` says that a deferral on it names its last day."""

    code: str
    label: str
    kinds: frozenset[StayKind]
    has_date: bool = True


def _ground(code: str, label: str, *kinds: StayKind, has_date: bool = True) -> StayGround:
    return StayGround(code, label, frozenset(kinds), has_date)


SUPERIOR_ORDER = "superior_order"
OBJECTION = "objection"
BANKRUPTCY_REFERENCE = "bankruptcy_reference"

_ROWS = (
    _ground("applicant_consent", "申请执行人同意暂缓", DEFERRAL),
    _ground("security", "被执行人或案外人提供担保", DEFERRAL),
    _ground(SUPERIOR_ORDER, "上级法院决定暂缓", DEFERRAL),
    _ground(OBJECTION, "执行异议审查期间", DEFERRAL, has_date=False),
    _ground("platform_fault", "平台系统故障", DEFERRAL, PLATFORM),
    _ground("danger", "发现危及竞价安全的情形", PLATFORM),
    _ground("force_majeure", "不可抗力", DEFERRAL, PLATFORM),
    _ground("settlement", "当事人达成执行和解", SUSPENSION),
    _ground("third_party_founded", "案外人异议确有理由", SUSPENSION),
    _ground("party_ended", "当事人死亡或终止，尚未确定承继人", SUSPENSION),
    _ground(BANKRUPTCY_REFERENCE, "已移送破产审查，等待是否受理", SUSPENSION),
    _ground("bankruptcy", "法院已受理被执行人破产案件", SUSPENSION),
    _ground("retrial", "执行依据被裁定再审", SUSPENSION),
    _ground("other", "其他依法应当中止的情形", SUSPENSION),
)

GROUNDS: dict[str, StayGround] = {row.code: row for row in _ROWS}
"""By code."""

STAY_KIND_LABELS: dict[StayKind, str] = {
    DEFERRAL: "暂缓拍卖",
    SUSPENSION: "中止拍卖",
    PLATFORM: "平台先行停拍",
}

KIND_RULES: dict[StayKind, str] = {DEFERRAL: "B-50", SUSPENSION: "B-53", PLATFORM: "B-50"}

GROUND_LABELS: dict[str, str] = {row.code: row.label for row in _ROWS}

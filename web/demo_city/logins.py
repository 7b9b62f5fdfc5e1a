"""The logins that every start of a demonstration prints. Apart from the city, so that a start need not load all of it."""

from dataclasses import dataclass

PASSWORD = "suzhou-demo"  # noqa: S105 - printed on the screen at every start


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login that the start prints."""

    role: str
    name: str
    password: str


DEMO_LOGINS = (
    DemoLogin("处置团队（昆山法院）", "team", PASSWORD),
    DemoLogin("合议庭（昆山法院）", "panel", PASSWORD),
    DemoLogin("承办法官（昆山法院）", "officer", PASSWORD),
    DemoLogin("首封法院（吴中法院）", "court-first", PASSWORD),
    DemoLogin("优先债权法院（虎丘法院）", "court-priority", PASSWORD),
    DemoLogin("苏州中院", "intermediate", PASSWORD),
    DemoLogin("财务（昆山法院）", "finance", PASSWORD),
    DemoLogin("评估机构　　　　　", "appraiser", PASSWORD),
    DemoLogin("被执行人（房产所有人）", "debtor", PASSWORD),
    DemoLogin("申请执行人　　　　　", "creditor", PASSWORD),
    DemoLogin("风险核查（昆山法院）", "risk", PASSWORD),
    DemoLogin("分管院领导（昆山法院）", "leader", PASSWORD),
    DemoLogin("执行裁判（昆山法院）", "judge", PASSWORD),
    DemoLogin("院长（苏州中院）", "president", PASSWORD),
    DemoLogin("院长（昆山法院）", "court-president", PASSWORD),
    DemoLogin("竞买人一", "bidder1", PASSWORD),
    DemoLogin("竞买人二", "bidder2", PASSWORD),
)

IN_SANDBOXES = frozenset(
    {"team", "panel", "officer", "finance", "risk", "leader", "intermediate", "bidder1", "bidder2"}
)
"""Who of them is at home in a sandbox, too."""


def logins_of(*, sandbox: bool) -> list[DemoLogin]:
    """The logins of a demonstration, or of a sandbox."""
    return [login for login in DEMO_LOGINS if not sandbox or login.name in IN_SANDBOXES]

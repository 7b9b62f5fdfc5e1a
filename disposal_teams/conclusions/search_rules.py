"""How often the debtor of a case that ended without full result is searched again (法〔2016〕373号 art. 9, quoted from memory:
within five years every six months, the applicant is told; property that can be enforced on resumes the case). Pure."""

from collections.abc import Iterable
from datetime import date

from core.deadlines.rules import months_later
from core.errors import InvalidInput
from core.i18n import Message, msg
from disposal_teams.conclusions.models import SearchChannel, SearchState

RULE = "D-06"
EVERY_MONTHS = 6
YEARS = 5
MOST = YEARS * 12 // EVERY_MONTHS

CHANNEL_LABELS: dict[SearchChannel, str] = {
    SearchChannel.BANK: "银行存款",
    SearchChannel.ONLINE: "网络账户资金",
    SearchChannel.SECURITIES: "证券",
    SearchChannel.REAL_ESTATE: "不动产",
    SearchChannel.VEHICLES: "车辆、船舶",
    SearchChannel.COMPANIES: "股权、其他投资权益",
    SearchChannel.OTHER: "其他线索核查",
}
STATE_LABELS: dict[SearchState, str] = {
    SearchState.DUE: "待查询",
    SearchState.NOTHING: "未发现财产",
    SearchState.FOUND: "发现财产，待恢复执行",
    SearchState.CANCELLED: "不再查询",
}


def due_on(concluded_on: date, number: int) -> date:
    """The last day of the search with this number, the first being 1."""
    if not 1 <= number <= MOST:
        raise ValueError(f"there are {MOST} searches in {YEARS} years")
    return months_later(concluded_on, number * EVERY_MONTHS)


def next_number(concluded_on: date, *, after: int, today: date) -> int | None:
    """The number of the search that comes next after `after` and whose day has not passed; None when the five years are over.

    Searches whose day passed before the service knew of the case are not made up for.
    """
    return next((each for each in range(after + 1, MOST + 1) if due_on(concluded_on, each) >= today), None)


def check_result(channels: Iterable[SearchChannel], *, found: bool, findings: str) -> None:
    """Raise `InvalidInput` by field unless the result says what was asked, and what was found."""
    fields: dict[str, Message] = {}
    if not list(channels):
        fields["channels"] = msg("请至少选择一个查询渠道。")
    if found and not findings.strip():
        fields["findings"] = msg("请写明发现的财产。")
    if fields:
        raise InvalidInput(msg("查询结果有误，请按提示修改。"), fields=fields, rule=RULE)

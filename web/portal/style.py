"""The living style page: every component in its states, in both languages and themes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get

from core.database import Database
from core.errors import RuleViolation
from core.i18n import Message, msg
from web.access.visitor import AnyRequest
from web.forms import Form, query_form
from web.rendering import page


@dataclass(frozen=True)
class _Line:
    id: str
    is_green: bool | None
    title: Message
    rule: str
    evidence: Message | None = None
    remedy: Message | None = None


@dataclass(frozen=True)
class _Entry:
    at: Any
    title: Message
    text: Message | None = None


CHECKS = [
    _Line("seal", True, msg("查封有效"), "A-02", msg("到期日 2028-03-01，晚于预计交付日")),
    _Line(
        "told",
        False,
        msg("已通知当事人"),
        "B-20",
        None,
        msg("请向尚未通知的当事人发出拍卖通知书，并登记送达证明。"),
    ),
    _Line("pre_emption", None, msg("股东优先购买权已满二十日"), "B-22", msg("标的物不是股权")),
]


@dataclass(frozen=True)
class _Paper:
    id: str
    title: Message
    issued_at: datetime
    version: int = 1


@get("/style", include_in_schema=False)
async def style_page(request: AnyRequest, database: Database) -> Response[Any]:
    """Every component."""
    async with database.read() as work:
        now = work.now
    form = Form.blank(
        title="虎丘区某小区 12 幢 1204 室", amount="1,234.567", deposit="56700", agree="",
        sort=query_form(request).value("sort"),
    )  # fmt: skip
    form.errors["amount"] = msg("最多 {longest} 个字，现有 {count} 个。", longest=8, count=9)
    form.refuse(RuleViolation("V-40", msg("起拍价不得低于参考价的 70%。")))
    entries = [
        _Entry(now, msg("竞价开始")),
        _Entry(now - timedelta(days=31), msg("发布拍卖公告"), msg("公告期 30 日")),
    ]
    rises = (0, 0, 2_000_00, 5_000_00, 6_000_00, 12_000_00, 13_000_00)
    return page(
        request,
        "style/style.html",
        form=form,
        checks=CHECKS,
        entries=entries,
        papers=[_Paper("0", msg("拍卖公告"), now), _Paper("1", msg("成交裁定书"), now, 2)],
        points=[
            (now - timedelta(minutes=90 - 14 * place), 567_000_00 + rise) for place, rise in enumerate(rises)
        ],
        soon=now + timedelta(minutes=4),
        later=now + timedelta(days=3),
        now=now,
        server_time=now,
    )


route_handlers = [style_page]

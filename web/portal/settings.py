"""A person's own settings: of what an SMS is wanted, and the password, which is also the password of bidding (B-32)."""

from typing import Any

from litestar import Response, get, post

from core.database import Database, Work
from core.errors import DisposalError
from core.i18n import Message, msg
from core.identity import SYSTEM
from core.identity.accounts import WrongPassword, note_failure
from core.identity.change_password import change_password
from core.identity.models import Account
from core.notices import TOPIC_LABELS, Topic, choose_topics, declined_topics
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor, session_token
from web.forms import Form, read_form
from web.rendering import page, see_other

TOPICS: dict[Topic, Message] = {topic: msg(label) for topic, label in TOPIC_LABELS.items()}
FIELD_LABELS = {"old_password": msg("原密码"), "new_password": msg("新密码"), "again": msg("再次输入新密码")}


async def _show(request: AnyRequest, work: Work, form: Form) -> Response[Any]:
    assert work.actor.account_id is not None
    account = await work.session.get_one(Account, work.actor.account_id)
    for name in FIELD_LABELS:
        form.values.pop(name, None)
    return page(
        request,
        "my/settings.html",
        status=form.status,
        form=form,
        account=account,
        topics=TOPICS,
        declined=await declined_topics(work, account.id),
        field_labels=FIELD_LABELS,
        server_time=work.now,
    )


@get("/my/settings", include_in_schema=False)
async def settings_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Notices and password."""
    actor = require_login(visitor)
    async with database.read(actor) as work:
        return await _show(request, work, Form.blank())


@post("/my/settings/notices", include_in_schema=False)
async def save_topics(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Keep of what an SMS is wanted."""
    actor = require_login(visitor)
    assert actor.account_id is not None
    form = await read_form(request)
    wanted = {topic for topic in Topic if form.flag(f"sms_{topic}")}
    async with database.begin(actor) as work:
        await choose_topics(work, actor.account_id, by_sms=wanted)
    return see_other(request, "/my/settings", said=msg("通知设置已保存。"))


@post("/my/settings/password", include_in_schema=False)
async def new_password(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """Change the password; other sessions end."""
    actor = require_login(visitor)
    assert actor.account_id is not None
    form = await read_form(request)
    old, new = form.text("old_password", longest=200), form.text("new_password", longest=200)
    if not form.is_bad and form.text("again", longest=200) != new:
        form.errors["again"] = msg("两次输入的新密码不一致。")
    if not form.is_bad:
        token, _ = session_token(request)
        try:
            async with database.begin(actor) as work:
                await change_password(work, actor.account_id, old=old, new=new, keep_token=token)
            return see_other(request, "/my/settings", said=msg("密码已修改，其他设备上的登录已全部退出。"))
        except DisposalError as error:
            if isinstance(error, WrongPassword):
                async with database.begin(SYSTEM) as work:
                    account = await work.session.get_one(Account, actor.account_id)
                    await note_failure(work, account.login)
            form.refuse(error)
    async with database.read(actor) as work:
        return await _show(request, work, form)


route_handlers = [settings_page, save_topics, new_password]

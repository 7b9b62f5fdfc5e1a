"""Pages: Jinja2 templates with the visitor's language, and how values are written."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import msgspec
from babel.numbers import format_compact_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import MediaType, Response
from litestar.response import Redirect
from markupsafe import Markup

from core.clock import COURT_ZONE
from core.deadlines.catalogue import rule_number
from core.errors import DisposalError
from core.i18n import CHINESE, ENGLISH, Message, Translator, load_catalogue
from core.i18n.message import msg
from core.identity_number import masked_name
from core.money import yuan
from web.access.visitor import AnyRequest, Visitor
from web.assets import asset_url
from web.charts import month_course, price_curve
from web.forms import Form

HERE = Path(__file__).parent
SAID_COOKIE = "said"


@cache
def translators() -> dict[str, Translator]:
    """The translators of all languages."""
    catalogue = load_catalogue(HERE / "locale" / "en")
    return {CHINESE: Translator(CHINESE, {}), ENGLISH: Translator(ENGLISH, catalogue)}


def court_time(value: datetime | None, style: str = "minute") -> str:
    """A moment in court time: `2026-11-24 10:00` (`minute`), with seconds (`second`) or milliseconds (`millisecond`), or the
    day alone (`day`)."""
    if value is None:
        return "—"
    if style == "millisecond":
        return f"{court_time(value, 'second')}.{value.microsecond // 1000:03}"
    shapes = {"minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S", "day": "%Y-%m-%d"}
    return value.astimezone(COURT_ZONE).strftime(shapes[style])


def iso_time(value: datetime) -> str:
    """For `datetime` attributes and scripts."""
    return value.isoformat()


def plain_day(value: date | None) -> str:
    """A day without a time."""
    return value.isoformat() if value else "—"


@pass_context
def time_left(context: Context, milliseconds: int) -> str:
    """A length of time as a countdown shows it: `2 天 03:04:05`; rounded up, so that it is zero only at the end."""
    seconds = -(-milliseconds // 1000)
    clock = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    days = seconds // 86400
    return f"{days} {_gettext(context, '天')} {clock}" if days else clock


def money(fen: int | None) -> str:
    """`¥1,234.56`."""
    return "—" if fen is None else f"¥{yuan(fen)}"


@pass_context
def short_money(context: Context, fen: int | None) -> str:
    """A big amount at a glance: `56.7万` or, in English, `567K`."""
    if fen is None:
        return "—"
    if fen < 10_000_00:
        return yuan(fen)
    chinese = context["visitor"].locale == CHINESE
    return format_compact_decimal(
        fen / 100, locale="zh_Hans_CN" if chinese else "en", fraction_digits=2 if chinese else 1
    )


def percent(part: int, whole: int | None) -> str:
    """`70.0%`, or a dash."""
    return f"{part * 100 / whole:.1f}%" if whole else "—"


@pass_context
def demo_logins(context: Context) -> list[tuple[Message, str, str]]:
    """(who, login, password) of the invented people who may be tried out in a demonstration or sandbox."""
    from web.demo_city.logins import logins_of

    found = logins_of(sandbox=context["sandbox"] is not None)
    return [(msg(each.role), each.name, each.password) for each in found]


def query_with(path: str, /, **changes: str | None) -> str:
    """An address with some of its query changed; None takes a name out."""
    parts = urlsplit(path)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in changes]
    kept += [(name, value) for name, value in changes.items() if value is not None]
    return parts.path + (f"?{urlencode(kept)}" if kept else "")


@pass_context
def _gettext(context: Context, text: Message | str, /, **params: Any) -> str:
    return translators()[context["visitor"].locale](text, **params)


@pass_context
def in_words(context: Context, table: dict[str, Message]) -> dict[str, str]:
    """A table of messages in the visitor's language."""
    return {name: _gettext(context, text) for name, text in table.items()}


@cache
def environment() -> Environment:
    """The template environment."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    env.globals.update(
        _=_gettext,
        asset=asset_url,
        once=lambda: str(uuid4()),
        msg=msg,
        demo_logins=demo_logins,
        query_with=query_with,
        month_course=month_course,
        price_curve=price_curve,
    )
    env.filters.update(
        court_time=court_time,
        iso=iso_time,
        day=plain_day,
        money=money,
        short_money=short_money,
        percent=percent,
        rule_number=rule_number,
        time_left=time_left,
        masked_name=masked_name,
        words=in_words,
        tojson_attr=lambda value: Markup(msgspec.json.encode(value).decode().replace("<", "\\u003c")),  # noqa: S704
    )
    return env


def render(request: AnyRequest, template: str, /, **context: Any) -> str:
    """A template as text, for the request's visitor."""
    visitor: Visitor = request.state.visitor
    form = context.pop("form", None)
    full_path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return (
        environment()
        .get_template(template)
        .render(
            visitor=visitor,
            actor=visitor.actor,
            path=request.url.path,
            full_path=full_path,
            back_path=_back_path(request, full_path),
            is_demo=request.app.state.settings.demo,
            sandbox=request.app.state.sandbox and request.app.state.sandbox.face,
            is_htmx=request.headers.get("hx-request") == "true",
            said=_said(request),
            form=Form.blank() if form is None else form,
            **context,
        )
    )


def _back_path(request: AnyRequest, full_path: str) -> str:
    """Where a change of language or theme leads back to: this page, or, when it answers a form, the page before."""
    if request.method == "GET":
        return full_path if "lang=" not in full_path else request.url.path
    before = urlsplit(request.headers.get("referer", ""))
    if before.netloc != request.url.netloc:
        return "/"
    return before.path + (f"?{before.query}" if before.query else "")


def page(request: AnyRequest, template: str, /, *, status: int = 200, **context: Any) -> Response[str]:
    """A template as a page."""
    text = render(request, template, **context)
    response = Response(
        text,
        status_code=status,
        media_type=MediaType.HTML,
        headers={
            "cache-control": "private, no-store"
            if request.state.visitor.is_logged_in
            else "private, no-cache",
            "content-language": request.state.visitor.locale,
            "vary": "cookie, accept-language",
        },
    )
    if SAID_COOKIE in request.cookies:
        response.delete_cookie(SAID_COOKIE)
    return response


def see_other(request: AnyRequest, path: str, *, said: Message | None = None) -> Redirect:
    """After a successful form: go on to `path`, and say there what was done."""
    response = Redirect(path, status_code=303)
    if said is not None:
        text = urlsafe_b64encode(translated(request, said)[:600].encode()).decode().rstrip("=")
        response.set_cookie(
            SAID_COOKIE, text, max_age=30, httponly=True, samesite="lax", secure=request.app.state.is_https
        )
    return response


def _said(request: AnyRequest) -> str | None:
    """What the step before this page wants to tell."""
    text = request.cookies.get(SAID_COOKIE)
    if not text or len(text) > 4000:
        return None
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return None


def translated(request: AnyRequest, text: Message | str) -> str:
    """A message in the visitor's language."""
    return translators()[request.state.visitor.locale](text)


def refusal(request: AnyRequest, error: DisposalError, form: Form) -> int:
    """Put a refused use case into the form that asked for it; returns the status to answer with."""
    form.refuse(error)
    return error.status

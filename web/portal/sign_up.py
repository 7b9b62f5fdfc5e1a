"""Sign up as a bidder with the real name (B-30)."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from auction.registration.real_name import sign_up
from core.database import Database
from core.errors import DisposalError
from core.i18n import msg
from core.identity import SYSTEM
from core.identity.accounts import PASSWORD_LEAST
from core.identity.sessions import SESSION_LENGTH, open_session
from web.access.login import safe_path
from web.access.visitor import SESSION_COOKIE, AnyRequest, Visitor
from web.forms import Form, query_form, read_form
from web.rendering import page


def _form_page(request: AnyRequest, form: Form, next_path: str, *, status: int = 200) -> Response[Any]:
    form.values["password"] = ""
    return page(
        request,
        "registration/sign_up.html",
        form=form,
        status=status,
        least=PASSWORD_LEAST,
        next_path=next_path,
    )


@get("/sign-up", include_in_schema=False)
async def sign_up_page(request: AnyRequest, visitor: Visitor) -> Response[Any]:
    """The form, with what the data is used for."""
    if visitor.is_logged_in:
        return Redirect("/home", status_code=303)
    return _form_page(request, Form.blank(), safe_path(query_form(request).value("next")) or "")


@post("/sign-up", include_in_schema=False)
async def create_account(request: AnyRequest, database: Database) -> Response[Any]:
    """Open the account, log in, go on to the own page."""
    form = await read_form(request)
    login = form.text("login", longest=60)
    password = form.text("password", longest=200)
    name = form.text("name", longest=60)
    number = form.identity_number("identity_number")
    phone = form.text("phone", longest=30)
    next_path = safe_path(form.value("next")) or ""
    if login and "login" not in form.errors and len(login) < 3:
        form.errors["login"] = msg("登录名至少 3 个字。")
    if phone and "phone" not in form.errors and sum(each.isdigit() for each in phone) < 7:
        form.errors["phone"] = msg("请填写可以联系到您的电话号码。")
    if password and "password" not in form.errors and len(password) < PASSWORD_LEAST:
        form.errors["password"] = msg("密码至少 {least} 位。", least=PASSWORD_LEAST)
    form.flag("consent", required=True)
    if form.is_bad:
        return _form_page(request, form, next_path, status=422)
    try:
        async with database.begin(SYSTEM) as work:
            account = await sign_up(
                work, login=login, password=password, name=name, identity_number=number, phone=phone
            )
            token = await open_session(work, account.id)
    except DisposalError as error:
        form.refuse(error)
        return _form_page(request, form, next_path, status=error.status)
    response = Redirect(next_path or "/my", status_code=303)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(SESSION_LENGTH.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


route_handlers = [sign_up_page, create_account]

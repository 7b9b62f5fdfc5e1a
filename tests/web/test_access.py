"""Logging in and out, forged requests, sessions, language and theme."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from core.database import Database
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import MAX_FAILURES
from tests.conftest import CourtClock
from tests.web.pages import PASSWORD, Guest, staff
from web.access.login import home_of, safe_path
from web.access.visitor import SessionCache

HUQIU = "320505"


@pytest.fixture
async def officer(database: Database, guest: Guest) -> Guest:
    """Somebody of the disposal team, not logged in yet."""
    await staff(database, "team-one", {Role.DISPOSAL_TEAM}, HUQIU)
    return guest


async def test_logging_in_leads_to_the_own_start_page_and_out_again(officer: Guest) -> None:
    answer = await officer.post("/login", {"login": "team-one", "password": PASSWORD}, page="/login")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/team"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "team-one" in (await officer.get("/lots")).text
    token = officer.client.cookies["session"]
    assert (await officer.post("/logout", page="/lots")).status_code == 303
    assert "team-one" not in (await officer.get("/lots")).text
    officer.client.cookies.set("session", token)
    assert "team-one" not in (await officer.get("/lots")).text, "an ended session must not come back to life"


async def test_a_wrong_password_says_so_keeps_the_login_and_forgets_the_password(officer: Guest) -> None:
    answer = await officer.post("/login", {"login": "team-one", "password": "wrong-secret"}, page="/login")
    assert answer.status_code == 403
    assert "登录名或密码不正确" in answer.text
    assert 'value="team-one"' in answer.text
    assert "wrong-secret" not in answer.text


async def test_guessing_passwords_is_stopped(officer: Guest) -> None:
    for _ in range(MAX_FAILURES):
        await officer.post("/login", {"login": "team-one", "password": "wrong"}, page="/login")
    answer = await officer.post("/login", {"login": "team-one", "password": PASSWORD}, page="/login")
    assert answer.status_code == 403
    assert "密码错误次数过多" in answer.text


async def test_a_session_ends_by_itself_in_real_time(
    officer: Guest, database: Database, clock: CourtClock
) -> None:
    await officer.log_in("team-one")
    await clock.pass_time(timedelta(days=3))
    officer.app.state.sessions = SessionCache()  # what a few seconds do: the cache forgets
    assert "team-one" in (await officer.get("/lots")).text, "a sandbox in a hurry must not log people out"
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE login_session SET expires_at = clock_timestamp()"))
    officer.app.state.sessions = SessionCache()
    assert "team-one" not in (await officer.get("/lots")).text


@pytest.mark.parametrize("token", ["", "x", "ä" * 30, "0" * 64])
async def test_a_form_without_its_own_token_is_refused(officer: Guest, token: str) -> None:
    await officer.get("/login")
    data = {"login": "team-one", "password": PASSWORD} | ({"csrf": token} if token else {})
    answer = await officer.client.post("/login", data=data, headers={"accept-language": "zh-CN"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.text
    assert "session" not in officer.client.cookies


async def test_the_token_of_one_visitor_is_worth_nothing_to_another(officer: Guest) -> None:
    await officer.log_in("team-one")
    token = await officer.csrf("/lots")
    officer.client.cookies.clear()
    answer = await officer.client.post("/login", data={"csrf": token, "login": "a", "password": "b"})
    assert answer.status_code == 403
    officer.client.cookies.set("visitor", token)
    answer = await officer.client.post("/login", data={"csrf": token, "login": "a", "password": "b"})
    assert answer.status_code == 403, (
        "a planted cookie that equals the token must not pass: the token is signed"
    )


async def test_the_token_may_come_in_a_header_and_a_bearer_needs_none(officer: Guest) -> None:
    await officer.log_in("team-one")
    token, session = await officer.csrf("/lots"), officer.client.cookies["session"]
    assert (await officer.client.post("/logout", headers={"x-csrf-token": token})).status_code == 303
    await officer.log_in("team-one")
    session = officer.client.cookies["session"]
    officer.client.cookies.clear()
    answer = await officer.client.post("/logout", headers={"authorization": f"Bearer {session}"})
    assert answer.status_code == 303


async def test_pages_without_a_form_give_no_cookie(guest: Guest) -> None:
    answer = await guest.client.get("/lots")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "visitor=" in (await guest.client.get("/login")).headers["set-cookie"]


async def test_a_closed_page_shows_the_login_form_and_leads_back_after_it(officer: Guest) -> None:
    answer = await officer.get("/team/assets?q=a")
    assert answer.status_code == 401
    assert 'name="next" value="/team/assets?q=a"' in answer.text
    answer = await officer.post(
        "/login", {"login": "team-one", "password": PASSWORD, "next": "/team/assets?q=a"}, page="/login"
    )
    assert answer.headers["location"] == "/team/assets?q=a"


async def test_P03_a_page_of_another_role_is_refused_with_the_rule(officer: Guest) -> None:
    await officer.log_in("team-one")
    answer = await officer.get("/supervision")
    assert answer.status_code == 403
    assert "P-03" in answer.text


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "/a\nb", "/" + "a" * 600],
)
def test_a_redirect_never_leads_to_another_host(path: str) -> None:
    assert safe_path(path) is None


def test_everybody_has_a_start_page() -> None:
    def home(*roles: Role) -> str:
        return home_of(Actor(SYSTEM.account_id, "x", frozenset(roles), HUQIU))

    assert home(Role.BIDDER) == "/my"
    assert home(Role.FINANCE) == "/finance"
    assert home(Role.CASE_OFFICER) == "/court"
    assert home(Role.DISPOSAL_TEAM, Role.CASE_OFFICER) == "/team"
    assert home(Role.INTERMEDIATE_COURT) == "/supervision"


async def test_the_language_is_taken_from_the_address_the_cookie_and_the_browser_in_this_order(
    guest: Guest,
) -> None:
    async def shown(path: str = "/login", accept: str = "", cookie: str = "") -> str:
        headers = {"accept-language": accept} | ({"cookie": f"lang={cookie}"} if cookie else {})
        return (await guest.client.get(path, headers=headers)).headers["content-language"]

    assert await shown() == "zh-CN"
    assert await shown(accept="fr, en;q=0.8") == "en"
    assert await shown(accept="en", cookie="zh-CN") == "zh-CN"
    assert await shown("/login?lang=en", cookie="zh-CN") == "en"
    assert await shown("/login?lang=xx", cookie="yy") == "zh-CN"


async def test_language_and_theme_are_kept_and_lead_back(guest: Guest) -> None:
    answer = await guest.client.get("/preferences?lang=en&theme=dark&back=/lots%3Fq%3Da")
    assert answer.headers["location"] == "/lots?q=a"
    shown = (await guest.client.get("/lots")).text
    assert '<html lang="en" data-theme="dark">' in shown
    answer = await guest.client.get("/preferences?theme=pink&lang=xx&back=//evil.example")
    assert answer.headers["location"] == "/"
    assert '<html lang="en" data-theme="dark">' in (await guest.client.get("/lots")).text


async def test_an_empty_form_comes_back_with_a_linked_list_of_its_faults(guest: Guest) -> None:
    answer = await guest.post("/login", {"login": "a\u202eb", "password": ""}, page="/login")
    assert answer.status_code == 422
    assert 'href="#login"' in answer.text
    assert 'href="#password"' in answer.text
    assert 'id="login-error"' in answer.text
    assert 'aria-describedby="login-error" aria-invalid="true"' in answer.text
    assert "控制字符" in answer.text


async def test_only_a_demonstration_offers_its_accounts(guest: Guest) -> None:
    assert "suzhou-demo" in (await guest.get("/login")).text
    guest.app.state.settings = guest.app.state.settings.model_copy(update={"demo": False})
    assert "suzhou-demo" not in (await guest.get("/login")).text


async def test_programs_are_told_how_to_use_the_service(guest: Guest) -> None:
    page = await guest.get("/developers")
    assert "/api/v1/lots/{lot_id}/bids" in page.text
    schema = (await guest.client.get("/api/schema")).json()
    assert schema["openapi"].startswith("3.1")
    assert (await guest.client.get("/robots.txt")).text.startswith("User-agent")
    assert (await guest.client.get("/favicon.ico", follow_redirects=True)).status_code == 200

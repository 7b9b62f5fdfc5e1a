"""Whatever goes wrong is answered in the reader's language, with what to do, and never with a stack trace."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import get
from sqlalchemy.exc import DBAPIError, OperationalError

import web.app
from core.database import Database
from core.errors import Conflict, InvalidInput, RuleViolation
from core.i18n import msg
from core.settings import Settings
from tests.web.pages import Guest
from web.app import BODY_LIMIT, create_app


@get("/api/refused/{way:str}", include_in_schema=False)
async def refusing(way: str) -> None:
    """Fails in the way asked for."""
    match way:
        case "rule":
            raise RuleViolation(
                "V-40", msg("起拍价不得低于参考价的 70%。"), remedy=msg("请按提示修改后重新提交。")
            )
        case "fields":
            raise InvalidInput(msg("请按提示修改后重新提交。"), fields={"price": msg("金额过小，请核对。")})
        case "conflict":
            raise Conflict(msg("登录名 {login} 已被使用，请换一个。", login="<b>x</b>"))
        case "database":
            raise OperationalError("SELECT secret", {}, OSError("connection refused by 10.0.0.7"))
        case "starting":
            told = Exception("the driver's word")
            told.__cause__ = asyncpg.CannotConnectNowError("the database system is starting up")
            raise DBAPIError("SELECT secret", {}, told)
        case _:
            raise ZeroDivisionError("secret detail")


@pytest.fixture
async def program(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncClient]:
    """A client of an application with a route that fails."""
    found = web.app.route_handlers()
    monkeypatch.setattr(web.app, "route_handlers", lambda: [*found, refusing])
    app = create_app(settings, database=database)
    app.state.database = database
    transport = ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://court.test") as client:
        yield client


async def test_a_broken_rule_is_a_problem_with_its_id_and_what_to_do(program: AsyncClient) -> None:
    answer = await program.get("/api/refused/rule", headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:disposal:rule-violation"
    assert problem["rule"] == "V-40"
    assert problem["detail"] == "The starting price may not be lower than 70% of the reference price."
    assert problem["remedy"]
    assert problem["instance"] == "/api/refused/rule"


async def test_faulty_fields_are_named(program: AsyncClient) -> None:
    problem = (await program.get("/api/refused/fields")).json()
    assert problem["status"] == 422
    assert problem["errors"] == {"price": "金额过小，请核对。"}


@pytest.mark.parametrize(("way", "status"), [("fault", 500), ("database", 503), ("starting", 503)])
async def test_a_fault_of_ours_tells_a_reference_and_nothing_else(
    program: AsyncClient, way: str, status: int
) -> None:
    answer = await program.get(f"/api/refused/{way}")
    assert answer.status_code == status
    assert answer.json()["reference"]
    assert not any(word in answer.text for word in ("secret", "Traceback", "Error", "10.0.0.7", "SELECT"))
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_people_get_a_page_where_programs_get_a_problem(guest: Guest) -> None:
    page = await guest.get("/nowhere")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "没有找到" in page.text
    problem = await guest.client.get("/nowhere", headers={"accept": "application/json"})
    assert problem.headers["content-type"] == "application/problem+json"
    assert (await guest.client.get("/api/nowhere")).json()["type"] == "urn:disposal:not-found"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/lots/%00", 404),
        ("GET", "/lots/a%E2%80%AEb", 404),
        ("GET", "/lots?q=%00", 422),
        ("GET", "/lots/" + "x" * 3000, 404),
        ("GET", "/documents/not-an-id", 404),
        ("GET", "/documents/00000000-0000-0000-0000-000000000000", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/static/x/..%2F..%2Fapp.py", 404),
        ("POST", "/style", 403),
        ("DELETE", "/lots", 403),
    ],
)
async def test_odd_addresses_are_refused_in_order(guest: Guest, method: str, path: str, status: int) -> None:
    answer = await guest.client.request(method, path)
    assert answer.status_code in (status, 405 if method in ("POST", "DELETE") else status), answer.text[:500]
    assert "Traceback" not in answer.text


async def test_what_a_visitor_types_is_never_markup(guest: Guest) -> None:
    answer = await guest.get("/lots?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in answer.text
    answer = await guest.get("/%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in answer.text


async def test_too_much_is_refused_before_it_is_read(guest: Guest) -> None:
    answer = await guest.post("/login", {"login": "x" * (BODY_LIMIT + 1)}, page="/login")
    assert answer.status_code == 413
    assert "提交的内容过大" in answer.text or "Too much" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "multipart/form-data"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded; charset=utf-16"},
        {"content-type": ";;;"},
    ],
)
async def test_a_garbled_body_is_refused_in_order(guest: Guest, headers: dict[str, str]) -> None:
    answer = await guest.client.post("/login", content=b"\xff\x00--x\r\n{", headers=headers)
    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text


async def test_every_answer_carries_the_security_headers(guest: Guest) -> None:
    for path in ("/", "/login", "/nowhere", "/api/nowhere", "/healthz", "/static/x/css/app.css"):
        headers = (await guest.client.get(path)).headers
        assert "'unsafe-inline'" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers


async def test_behind_https_cookies_are_secure_and_the_browser_is_told_to_stay(
    database: Database, settings: Settings
) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://paimai.example"}), database=database)
    app.state.database = database
    transport = ASGITransport(app)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://court.test") as client:
        headers = (await client.get("/login")).headers
    assert "max-age=" in headers["strict-transport-security"]
    assert "; Secure" in headers["set-cookie"]


async def test_no_page_needs_inline_scripts_or_styles() -> None:
    folder = Path(web.app.__file__).parent / "templates"
    for file in folder.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<[a-z][^<>{}]*\s(style|on[a-z]+)=", text), file
        assert "<style" not in text, file
        for script in text.split("<script")[1:]:
            tag = script.split(">")[0]
            assert "src=" in tag or "application/ld+json" in tag, file


async def test_head_answers_like_get_without_a_body(guest: Guest) -> None:
    answer = await guest.client.head("/lots")
    assert answer.status_code == 200
    assert answer.content == b""
    assert (await guest.client.head("/nowhere")).status_code == 404


async def test_health_and_readiness(guest: Guest) -> None:
    assert (await guest.client.get("/healthz")).json() == {"status": "ok"}
    assert (await guest.client.get("/readyz")).json() == {"status": "ok"}
    assert "http_requests_total" in (await guest.client.get("/metrics")).text


async def test_without_its_database_the_process_is_not_healthy(settings: Settings) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", pool_size=1)
    app = create_app(settings, database=away)
    app.state.database = away
    transport = ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://court.test") as client:
        assert (await client.get("/healthz")).status_code == 503
        assert (await client.get("/readyz")).status_code == 503
        answer = await client.get("/courts", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "The service is busy" in answer.text
    await away.close()


async def test_what_was_done_is_said_once(guest: Guest) -> None:
    from base64 import urlsafe_b64encode

    guest.client.cookies.set("said", urlsafe_b64encode("<i>已保存</i>".encode()).decode())
    answer = await guest.client.get("/guide")
    assert "&lt;i&gt;已保存&lt;/i&gt;" in answer.text
    assert "said=" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"] or "expires" in answer.headers["set-cookie"].lower()
    for broken in ("%%%", "_w", "x" * 5000):
        assert (await guest.client.get("/guide", headers={"cookie": f"said={broken}"})).status_code == 200

"""What fails because the database went away is answered as busy, whatever lies on top of it; a fault of ours is not."""

import asyncpg
import msgspec
import pytest
from litestar import Litestar, get
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from tests.web.pages import in_service
from web.errors import is_database_away, on_failure


def caused_by(outer: Exception, inner: BaseException) -> Exception:
    """An error that was raised from another."""
    try:
        raise outer from inner
    except Exception as error:  # noqa: BLE001 - as it is raised
        return error


def while_handling(outer: Exception, inner: BaseException) -> Exception:
    """An error that came up while another was handled, as in a rollback on a broken connection."""
    outer.__context__ = inner
    return outer


AWAY = {
    "the pool gives none in time": PoolTimeout(),
    "refused": ConnectionRefusedError(),
    "reset": OperationalError("SELECT 1", {}, ConnectionResetError()),
    "told to go": asyncpg.AdminShutdownError("terminating connection"),
    "starting": asyncpg.CannotConnectNowError("the database system is starting up"),
    "full": asyncpg.TooManyConnectionsError("sorry"),
    "last words": asyncpg.InternalClientError("got result for unknown protocol state"),
    "wrapped by the driver's adapter": DBAPIError("SELECT 1", {}, asyncpg.AdminShutdownError("bye")),
    "noticed by the pool": DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True),
    "deep below": caused_by(
        RuntimeError("a page"), caused_by(ValueError("a use case"), ConnectionResetError())
    ),
    "hidden by the rollback": while_handling(
        RuntimeError("cannot roll back"), asyncpg.ConnectionDoesNotExistError("closed in the middle")
    ),
    "hidden twice": while_handling(
        KeyError("x"), caused_by(AttributeError("y"), OperationalError("COMMIT", {}, OSError("broken pipe")))
    ),
}
OURS = {
    "plain": ValueError("x"),
    "wrong SQL": ProgrammingError("SELEC 1", {}, asyncpg.PostgresSyntaxError("syntax error")),
    "a constraint": DBAPIError("INSERT", {}, asyncpg.UniqueViolationError("twice")),
    "deep below": caused_by(RuntimeError("a page"), caused_by(KeyError("x"), ZeroDivisionError())),
}


def test_a_chain_that_leads_back_to_itself_is_walked_once() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first
    assert not is_database_away(first)


@pytest.mark.parametrize("fails_with", [*AWAY, *(f"ours: {name}" for name in OURS)])
async def test_what_fails_because_the_database_is_away_is_answered_as_busy(fails_with: str) -> None:
    error = AWAY.get(fails_with) or OURS[fails_with.removeprefix("ours: ")]

    @get("/api/fails")
    async def fails() -> None:
        raise error

    app = Litestar([fails], exception_handlers={Exception: on_failure}, openapi_config=None)
    app.state.signing_key = b"key"
    with capture_logs() as logs:
        async with in_service(app, raise_errors=False) as client:
            answer = await client.get("/api/fails")
    body = msgspec.json.decode(answer.content)
    if fails_with in AWAY:
        assert (answer.status_code, answer.headers["retry-after"], body["type"]) == (
            503,
            "5",
            "urn:disposal:unavailable",
        )
    else:
        assert (answer.status_code, body["type"]) == (500, "urn:disposal:fault")
        assert "retry-after" not in answer.headers
    assert body["reference"] == logs[0]["reference"]
    assert type(error).__name__ not in answer.text

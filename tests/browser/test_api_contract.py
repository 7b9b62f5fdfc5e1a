"""The interface for programs keeps what its published schema promises, whatever it is asked (Schemathesis makes the requests)."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlmodel import select

from core.database import Database
from core.identity import SYSTEM
from core.identity.models import Account
from core.identity.sessions import open_session
from tests.browser.conftest import RunningCity

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXAMPLES = 12
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


async def token_of(city: RunningCity, login: str) -> str:
    """A session of the demo city's person, for a program."""
    database = Database(city.database_url, pool_size=1)
    try:
        async with database.begin(SYSTEM) as work:
            account = (await work.session.exec(select(Account).where(Account.login == login))).one()
            return await open_session(work, account.id)
    finally:
        await database.close()


@pytest.mark.parametrize("login", [None, "bidder1", "team"])
async def test_every_answer_is_one_that_the_schema_names(city: RunningCity, login: str | None) -> None:
    headers = {} if login is None else {"Authorization": f"Bearer {await token_of(city, login)}"}
    schema = schemathesis.openapi.from_url(f"{city.url}/api/schema")
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(base_url=city.url, headers=headers)
            case.validate_response(answer, checks=list(CHECKS))

        ask()
        asked += 1
    assert asked >= 12, "the schema names the operations of the interface"

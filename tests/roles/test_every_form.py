"""P-03, P-02: whoever has nothing to do with a matter sends each form in vain, and no answer shows anything of what is kept.

The people are those furthest away: a passer-by, a bidder in other matters, and every post of a court that has nothing to do with
it. What each of them may send is kept in `who_may_send.toml`; what the others may is held by `test_every_use_case`.
"""

import json
import tomllib
from pathlib import Path

from structlog.testing import capture_logs

from core.identity import Role
from tests.roles.filled_city import MARK
from tests.roles.walk import REFUSED, Walk
from tests.roles.words import NOBODY

TABLE = Path(__file__).with_name("who_may_send.toml")
FAR = (NOBODY, str(Role.BIDDER), "third all")
ENDS_THE_SESSION = {"/logout"}
TOLD_WHAT_IS_WRONG = {400, 409, 413, 422, 429, 503}


async def test_P03_no_form_does_anything_for_whoever_has_nothing_to_do_with_it(walk: Walk) -> None:
    table = tomllib.loads(TABLE.read_text())["routes"]
    routes = [path for path in walk.routes("POST") if path not in ENDS_THE_SESSION]
    faults: list[str] = []
    for path in routes:
        address, done = walk.address(path), []
        for who in FAR:
            with capture_logs():
                answer = await walk.send(who, address)
            if answer.is_success or answer.is_redirect:
                done.append(who)
            elif answer.status_code not in REFUSED | TOLD_WHAT_IS_WRONG:
                faults.append(f"{path} answers {who} with {answer.status_code}: {answer.text[:200]}")
            elif MARK in answer.text.replace(address, ""):
                faults.append(f"{path} tells {who}: {answer.text[:300]}")
        if done != table.get(path, []):
            faults.append(f"{path} is done for others than {TABLE.name} says. It is done for:")
            faults.append(f'"{path}" = {json.dumps(done)}')
    faults += [
        f"{gone} is in {TABLE.name} but is no form any more" for gone in sorted(table.keys() - set(routes))
    ]
    assert not faults, "\n".join(faults)

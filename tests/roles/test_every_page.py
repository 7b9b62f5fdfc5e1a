"""P-03, P-02: every page opens for whoever may, answers everybody else with a refusal, and no refusal shows anything of what is
kept.

Who may is kept in `who_may_open.toml` next to this file. A new page fails here with its address until a line says who may open
it.
What pages send is refused by the use cases: `test_every_use_case`.
"""

import json
import tomllib
import zlib
from pathlib import Path

from structlog.testing import capture_logs

from tests.roles.filled_city import MARK
from tests.roles.walk import REFUSED, Walk
from tests.roles.words import NOBODY, SECOND_ALL, expand, in_words

TABLE = Path(__file__).with_name("who_may_open.toml")


def worth_asking(walk: Walk, may: set[str] | None, name: str) -> list[str]:
    """Everybody who may not (of the second court only who holds all its posts, where none of them may); of those who may, a
    passer-by if he may, else one of each place. Of a page that nobody has said anything about, everybody."""
    if may is None:
        return list(walk.headers)
    if NOBODY in may:
        return [NOBODY]
    one_of: dict[str, list[str]] = {}
    for who in sorted(may):
        one_of.setdefault(who.partition(" ")[0] if " " in who else "", []).append(who)
    chosen = {each[zlib.crc32(name.encode()) % len(each)] for each in one_of.values()}
    asks_second = any(who.startswith("second ") for who in may)
    return [
        who
        for who in walk.headers
        if who in chosen
        or (who not in may and (asks_second or not who.startswith("second ") or who == SECOND_ALL))
    ]


async def test_P03_every_page_opens_for_whoever_may_and_tells_nobody_else_anything(walk: Walk) -> None:
    everybody = set(walk.headers)
    table = tomllib.loads(TABLE.read_text())["routes"]
    faults: list[str] = []
    routes = list(walk.routes())
    for path in routes:
        address = walk.address(path)
        may = expand(table[path], everybody) if path in table else None
        asked = worth_asking(walk, may, path)
        entered = set()
        for who in asked:
            with capture_logs():  # a page may stumble over a mark; nobody needs to read where
                answer = await walk.ask(who, address)
            if answer.status_code not in REFUSED:
                entered.add(who)
            elif MARK in answer.text.replace(address, ""):
                faults.append(f"{path} tells {who}, who is refused: {answer.text[:200]}")
        if may is None:
            entered = everybody if NOBODY in entered else entered
            faults.append(f"{path} is new. Add to {TABLE.name} who may open it. It opens for:")
            faults.append(f'"{path}" = {json.dumps(in_words(entered, everybody))}')
            continue
        if entered - may:
            faults.append(f"{path} opens for {in_words(entered - may, everybody)}, who may not")
        if (may & set(asked)) - entered:
            faults.append(
                f"{path} is closed for {in_words((may & set(asked)) - entered, everybody)}, who may"
            )
    faults += [
        f"{gone} is in {TABLE.name} but is no page any more" for gone in sorted(table.keys() - set(routes))
    ]
    assert not faults, "\n".join(faults)

"""Whether a database stands at the newest schema: a quick look, so that an ordinary start need not load the migrations."""

import re
from pathlib import Path

import psycopg

VERSIONS = Path(__file__).parent / "versions"
REVISION = re.compile(r"^revision(?:: str)? = \"(\w+)\"$", re.MULTILINE)
FOLLOWS = re.compile(r"^down_revision(?:: .+)? = \"(\w+)\"$", re.MULTILINE)


def newest_revision() -> str:
    """The one revision that no other follows (the history is linear)."""
    texts = [path.read_text(encoding="utf-8") for path in VERSIONS.glob("*.py")]
    revisions = {found[1] for text in texts if (found := REVISION.search(text))}
    followed = {found[1] for text in texts if (found := FOLLOWS.search(text))}
    (newest,) = revisions - followed
    return newest


def is_newest(url: str) -> bool:
    """Whether the database at `url` (`postgresql://…`) has the newest schema."""
    with psycopg.connect(url) as connection:
        known = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        if known != (True,):
            return False
        return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (newest_revision(),)
        ]

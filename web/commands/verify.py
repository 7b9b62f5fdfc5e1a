"""`disposal verify`: prove that records are untouched. Other commands that prove something hook in beside `audit`."""

import argparse
from collections.abc import Sequence

from core.settings import Settings
from web.commands import Subparsers, open_database, register_all


def register(subparsers: Subparsers) -> None:
    """Add the command and what can be verified."""
    parser = subparsers.add_parser(
        "verify",
        help="核验记录未被篡改 · prove that records are untouched",
        description="Exit code 0: everything fits. 1: something does not, and it is printed.",
    )
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    audit = kinds.add_parser(
        "audit",
        help="审计链 · the hash chains of the audit record",
        description="Recomputes every hash of every chain of audit events.",
    )
    audit.add_argument("--stream", help="one chain only, for instance lot:ID")
    audit.set_defaults(handler=verify_audit)
    register_all("web.commands.verifying", kinds)


def with_kind(argv: Sequence[str]) -> list[str]:
    """`disposal verify FILE` means `disposal verify sale FILE`: a sale is what people verify."""
    words = list(argv)
    if words[:1] == ["verify"] and len(words) > 1 and words[1].lower().endswith(".json"):
        words.insert(1, "sale")
    return words


async def verify_audit(arguments: argparse.Namespace, settings: Settings) -> int:
    """Walk the chains; print the first broken link of each."""
    from sqlmodel import select

    from core.audit import verify_stream
    from core.audit.models import AuditHead
    from core.identity import SYSTEM

    broken = 0
    async with open_database(settings) as database, database.begin(SYSTEM) as work:
        streams = (
            [arguments.stream]
            if arguments.stream
            else sorted(await work.session.exec(select(AuditHead.stream)))
        )
        for stream in streams:
            link = await verify_stream(work, stream)
            if link is not None:
                broken += 1
                print(f"{link.stream}: event {link.seq}: {link.reason}")
    print(f"{len(streams)} chains verified, {broken} broken")
    return 1 if broken else 0

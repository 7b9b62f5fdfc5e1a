"""Nothing that was bid, published or asked about prices can be removed within ten years (B-42, L-43, V-37)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import migrations.all_models  # noqa: F401 - knows every table
from core.database import Work

ROOMS = (
    "auction.bidding.",
    "auction.listing.",
    "auction.registration.",
    "auction.settlement.",
    "auction.suspension.",
    "auction.transparency.",
    "valuation.",
    "core.audit.",
)
MAY_GO = {
    "entry_person": "the people of an entry that is made anew; they stand in its sealed identity too",
    "log_position": "how far the publisher has come",
    "self_check": "how far the self-check has come",
    "audit_head": "the newest link of each stream, found again from the events",
    "appraisal_firm": "a list that is kept up to date",
    "inquiry_platform": "a list that is kept up to date",
    "sale_record": "made of lots that are kept, and of files that can be read again",
    "price_model": "trained anew each night",
    "price_outlook": "computed anew from the model",
}
GUARDED = """
    SELECT DISTINCT c.relname FROM pg_trigger AS t
    JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND p.proname IN ('refuse_change', 'refuse_removal')
      AND t.tgtype & 8 > 0 AND t.tgtype & 32 > 0
"""
"""Tables that refuse DELETE (8) and TRUNCATE (32)."""


def tables() -> set[str]:
    """The tables of the rooms that hold bidding and inquiry data."""
    return {
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__.startswith(ROOMS)
    }


async def test_L43_every_table_of_bidding_and_inquiry_refuses_removal(work: Work) -> None:
    guarded = {row.relname for row in await work.session.execute(text(GUARDED))}
    unguarded = tables() - guarded - set(MAY_GO)
    assert not unguarded, f"name them in migrations/sql/080_retention.sql: {sorted(unguarded)}"
    assert set(MAY_GO) <= tables()


async def test_L43_a_purge_is_refused_whatever_the_age(work: Work) -> None:
    for table in (
        "bid",
        "lot",
        "lot_bidding",
        "registration",
        "log_checkpoint",
        "valuation",
        "platform_inquiry",
    ):
        for act in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(IntegrityError, match=r"append-only|at least ten years"):
                async with work.session.begin_nested():
                    await work.session.execute(text(act))

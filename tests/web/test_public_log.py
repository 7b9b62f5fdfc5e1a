"""The public log over HTTP: what a stranger fetches verifies with nothing but the published key, and the command agrees."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from auction.transparency.checkpoint import open_checkpoint
from auction.transparency.leaves import entry_hash
from auction.transparency.merkle import tree_root, verify_consistency, verify_inclusion
from auction.transparency.note import read_verifier_key
from auction.transparency.verify_sale import ProofBundle, check_bundle, holds
from benchmarks.market import Market
from core.database import Database
from core.settings import PROJECT_ROOT
from tests.auction.transparency.market import a_market, bid_up, end_all, publish
from tests.conftest import CourtClock
from tests.web.pages import Guest

IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
async def ended_sale(database: Database, clock: CourtClock) -> Market:
    """Two ended lots, the first sold, published in three checkpoints."""
    market = await a_market(database, lots=2)
    await publish(database)
    await bid_up(database, market, 0, 2, 1, 2, 5)
    await publish(database)
    await end_all(database, clock)
    await publish(database)
    return market


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, as a stranger types it."""
    return subprocess.run(
        [sys.executable, "-m", "web.cli", "verify", *arguments],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_B42_a_stranger_builds_the_tree_and_finds_every_checkpoint_in_it(
    guest: Guest, ended_sale: Market
) -> None:
    key = read_verifier_key((await guest.get("/api/v1/log/key")).text)
    answer = await guest.get("/api/v1/log/checkpoint")
    assert answer.headers["content-type"].startswith("text/plain")
    newest = open_checkpoint(answer.text, [key])
    hashes: list[bytes] = []
    while len(hashes) < newest.size:
        page = (await guest.get(f"/api/v1/log/leaves?start={len(hashes)}&limit=2")).json()
        hashes += [entry_hash(leaf["entry"]) for leaf in page["leaves"]]
        assert page["next_start"] == (len(hashes) if len(hashes) < newest.size else None)
    assert tree_root(hashes) == newest.root

    first = await guest.get(f"/api/v1/log/leaves?start=0&limit={newest.size}")
    assert [entry_hash(leaf["entry"]).hex() for leaf in first.json()["leaves"]] == [
        leaf["leaf_hash"] for leaf in first.json()["leaves"]
    ]
    sizes = [
        size
        for size in range(1, newest.size)
        if (await guest.get(f"/api/v1/log/checkpoint/{size}")).is_success
    ]
    assert len(sizes) == 2
    for size in sizes:
        older = await guest.get(f"/api/v1/log/checkpoint/{size}")
        assert older.headers["cache-control"] == IMMUTABLE
        head = open_checkpoint(older.text, [key])
        assert head.root == tree_root(hashes[:size])
        proof = await guest.get(f"/api/v1/log/proof/consistency?old={size}&new={newest.size}")
        assert proof.headers["cache-control"] == IMMUTABLE
        path = [bytes.fromhex(each) for each in proof.json()["hashes"]]
        assert verify_consistency(size, head.root, newest.size, newest.root, path)


async def test_B42_inclusion_is_proved_by_lot_and_by_leaf(guest: Guest, ended_sale: Market) -> None:
    lot_no = ended_sale.lots[0].lot_no
    key = read_verifier_key((await guest.get("/api/v1/log/key")).text)
    newest = open_checkpoint((await guest.get("/api/v1/log/checkpoint")).text, [key])
    by_lot = await guest.get(f"/api/v1/log/proof/inclusion?lot={lot_no}")
    assert "immutable" not in by_lot.headers["cache-control"]
    told = by_lot.json()
    assert json.loads(told["entry"])[-1][0] == "sold"
    by_leaf = await guest.get(f"/api/v1/log/proof/inclusion?leaf={told['leaf_index']}&size={newest.size}")
    assert by_leaf.headers["cache-control"] == IMMUTABLE
    assert by_leaf.json() == told
    path = [bytes.fromhex(each) for each in told["hashes"]]
    assert verify_inclusion(entry_hash(told["entry"]), told["leaf_index"], newest.size, path, newest.root)


async def test_B42_refusals_are_problems(guest: Guest, ended_sale: Market) -> None:
    for path, status in (
        ("checkpoint/999999", 404),
        ("checkpoint/0", 422),
        ("checkpoint/99999999999999999999999", 422),
        ("proof/inclusion", 422),
        ("proof/inclusion?lot=none", 404),
        ("proof/inclusion?leaf=999999", 404),
        ("proof/consistency?old=1&new=999999", 404),
        ("proof/consistency", 422),
        ("lots/none", 404),
        ("lots/none/proof", 404),
    ):
        answer = await guest.get(f"/api/v1/log/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
            path
        )
        assert answer.headers["cache-control"] == "no-store"


async def test_B42_before_the_first_checkpoint_there_is_a_key_and_nothing_else(guest: Guest) -> None:
    assert (await guest.get("/api/v1/log/key")).is_success
    assert (await guest.get("/api/v1/log/checkpoint")).status_code == 404


async def test_B42_the_command_verifies_the_published_bundle_and_finds_any_touch(
    guest: Guest, ended_sale: Market, tmp_path: Path
) -> None:
    lot_no = ended_sale.lots[0].lot_no
    answer = await guest.get(f"/api/v1/log/lots/{lot_no}/proof")
    bundle = msgspec.json.decode(answer.content, type=ProofBundle)
    assert holds(check_bundle(bundle))
    file, checkpoint = tmp_path / "proof.json", tmp_path / "checkpoint"
    file.write_bytes(answer.content)
    checkpoint.write_text((await guest.get("/api/v1/log/checkpoint")).text, "utf-8")
    keys = ("--public-key", bundle.log.public_key, "--verifier-key", bundle.verifier_key)
    good = verify(str(file), *keys, "--checkpoint", str(checkpoint))
    assert (good.returncode, good.stderr) == (0, "")
    assert "ok    inclusion\nok    saved checkpoint" in good.stdout
    assert f"{lot_no}: 5 bids; sold for 10500000 fen to {bundle.log.entries[4].code}" in good.stdout

    other = json.loads(answer.content)
    other["log"]["closing"]["price_fen"] += 100
    file.write_text(json.dumps(other), "utf-8")
    bad = verify(str(file))
    assert bad.returncode == 1
    assert "FAULT signature" in bad.stdout
    assert "FAULT result" in bad.stdout
    assert "FAULT inclusion" in bad.stdout


async def test_B42_every_changed_field_of_a_bundle_is_found(guest: Guest, ended_sale: Market) -> None:
    content = (await guest.get(f"/api/v1/log/lots/{ended_sale.lots[0].lot_no}/proof")).content
    keys = json.loads(content)["verifier_key"], json.loads(content)["log"]["public_key"]
    touched = 0
    for path, value in leaves_of(json.loads(content)):
        if path in (("verifier_key",), ("log", "public_key")):
            continue  # what the reader trusts instead
        other = json.loads(content)
        place = other
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = different(value)
        try:
            read = msgspec.convert(other, ProofBundle)
        except msgspec.ValidationError:
            continue
        lines = check_bundle(read, public_key=bytes.fromhex(keys[1]), trusted=[read_verifier_key(keys[0])])
        assert not holds(lines), path
        touched += 1
    assert touched > 40


def leaves_of(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], object]]:
    """Every plain value with its place."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in leaves_of(inner, (*path, name))]
    if isinstance(value, list):
        return [found for at, inner in enumerate(value) for found in leaves_of(inner, (*path, at))]
    return [(path, value)]


def different(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 1
    text = str(value)
    if text[4:5] == "-" and text[10:11] == "T":
        return f"{int(text[:4]) + 1}{text[4:]}"
    return text[:-1] + ("0" if text[-1] != "0" else "1")

"""The public log over HTTP: what a stranger fetches verifies with nothing but the published key, and the command agrees."""

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from html import escape
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from auction.transparency.alarm import raise_alarm
from auction.transparency.check_tree import Finding
from auction.transparency.checkpoint import open_checkpoint
from auction.transparency.leaves import entry_hash
from auction.transparency.merkle import tree_root, verify_consistency, verify_inclusion
from auction.transparency.models import FaultKind
from auction.transparency.note import read_verifier_key
from auction.transparency.verify_sale import ProofBundle, check_bundle, holds
from benchmarks.market import Market
from core.database import Database
from core.identity import SYSTEM, Role
from core.settings import PROJECT_ROOT
from tests.auction.transparency.market import a_market, bid_up, end_all, publish
from tests.conftest import CourtClock, Snapshot, snapshot
from tests.web.pages import Guest, staff

IMMUTABLE = "public, max-age=31536000, immutable"


async def make_ended_sale(database: Database, clock: CourtClock) -> Market:
    """Two ended lots, the first sold, published in three checkpoints."""
    market = await a_market(database, lots=2)
    await publish(database)
    await bid_up(database, market, 0, 2, 1, 2, 5)
    await publish(database)
    await end_all(database, clock)
    await publish(database)
    return market


@pytest.fixture(scope="module")
async def snapshot_of_sale(server_url: str) -> AsyncIterator[Snapshot[Market]]:
    async with snapshot(server_url, make_ended_sale) as made:
        yield made


@pytest.fixture
def template(snapshot_of_sale: Snapshot[Market]) -> str:
    """Every test of this module begins with a copy of the sale."""
    return snapshot_of_sale.template


@pytest.fixture
def ended_sale(snapshot_of_sale: Snapshot[Market]) -> Market:
    """What was sold."""
    return snapshot_of_sale.made


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
    assert "· inclusion\nok    保存的检查点属于同一历史 · consistency" in good.stdout
    assert f"5 bids; 成交价 · sold for 105,000.00 元 · yuan, {bundle.log.entries[4].code}" in good.stdout

    other = json.loads(answer.content)
    other["log"]["closing"]["price_fen"] += 100
    file.write_text(json.dumps(other), "utf-8")
    bad = verify(str(file))
    assert bad.returncode == 1
    faults = [line.partition(" · ")[2] for line in bad.stdout.splitlines() if line.startswith("FAULT")]
    assert {fault.partition(":")[0] for fault in faults} == {"signature", "result", "inclusion"}


async def test_B42_a_checkpoint_saved_long_ago_holds_by_the_proof_that_the_tree_only_grew(
    guest: Guest, ended_sale: Market, tmp_path: Path
) -> None:
    """Whoever saved a checkpoint earlier is told what to fetch, and not that something was touched."""
    answer = await guest.get(f"/api/v1/log/lots/{ended_sale.lots[0].lot_no}/proof")
    size = answer.json()["tree_size"]
    sizes = [n for n in range(1, size) if (await guest.get(f"/api/v1/log/checkpoint/{n}")).is_success]
    older = sizes[0]
    note = (await guest.get(f"/api/v1/log/checkpoint/{older}")).text
    way = f"/api/v1/log/proof/consistency?old={older}&new={size}"
    proof = (await guest.get(way)).content
    file, saved, growth = (tmp_path / name for name in ("proof.json", "saved.txt", "growth.json"))
    file.write_bytes(answer.content)
    saved.write_text(note, "utf-8")
    alone = verify(str(file), "--checkpoint", str(saved))
    assert alone.returncode == 2
    assert "FAULT" not in alone.stdout
    assert way in alone.stdout
    growth.write_bytes(proof)
    both = ("--checkpoint", str(saved), "--consistency", str(growth))
    assert verify(str(file), *both).returncode == 0
    growth.write_text('{"hashes": []}', "utf-8")
    assert verify(str(file), *both).returncode == 1, "a history that was rewritten has no such proof"


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
    said = str(value)
    if said[4:5] == "-" and said[10:11] == "T":
        return f"{int(said[:4]) + 1}{said[4:]}"
    return said[:-1] + ("0" if said[-1] != "0" else "1")


async def test_B42_the_verify_page_tells_in_plain_words_that_a_sale_holds(
    guest: Guest, ended_sale: Market
) -> None:
    sold, failed = ended_sale.lots
    answer = await guest.get(f"/lots/{sold.lot_no}/verify")
    assert answer.status_code == 200
    assert "核验通过" in answer.text
    assert answer.text.count("check-good") == 9
    assert "check-bad" not in answer.text
    assert "成交价 105,000.00 元" in answer.text
    found = re.search(rf'href="(/lots/{sold.lot_no}/proof\.json\?size=(\d+))"', answer.text)
    assert found is not None
    bundle = await guest.get(found[1])
    assert f'href="/api/v1/log/checkpoint/{found[2]}"' in answer.text, "both files are of the same tree"
    assert bundle.json()["tree_size"] == int(found[2])
    assert holds(check_bundle(msgspec.json.decode(bundle.content, type=ProofBundle)))
    assert f"disposal verify {sold.lot_no}-proof.json" in answer.text
    assert "无人出价，流拍" in (await guest.get(f"/lots/{failed.lot_no}/verify")).text
    for page in (f"/lots/{sold.lot_no}", "/results"):
        assert f'href="/lots/{sold.lot_no}/verify"' in (await guest.get(page)).text
    assert (await guest.get("/lots/none/verify")).status_code == 404


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE bid SET amount_fen = amount_fen + 100 WHERE seq = 1", "每次出价首尾相扣"),
        (
            "UPDATE lot SET final_price_fen = final_price_fen - 100 WHERE state = 'sold'",
            "公布的结果就是出价算出的结果",
        ),
        ("UPDATE lot_bidding SET increment_fen = 100", "本场日志包含在检查点中"),
        ("DELETE FROM log_leaf WHERE lot_id IS NULL", "本场日志包含在检查点中"),
        ("UPDATE log_checkpoint SET note = 'x' || note", "检查点的签名有效"),
    ],
)
async def test_B42_the_verify_page_shows_in_red_what_was_touched(
    guest: Guest, database: Database, ended_sale: Market, statement: str, line: str
) -> None:
    async with database.begin(SYSTEM) as work:
        for table in ("bid", "lot", "lot_bidding", "log_leaf", "log_checkpoint"):
            await work.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        await work.session.execute(text(statement))
    answer = await guest.get(f"/lots/{ended_sale.lots[0].lot_no}/verify")
    assert answer.status_code == 200
    assert "核验未通过" in answer.text
    red = [part.split("</strong>")[0] for part in answer.text.split("check-bad")[1:]]
    assert any(line in part for part in red), red


async def test_B42_the_log_page_gives_the_key_and_every_checkpoint(guest: Guest, ended_sale: Market) -> None:
    page = (await guest.get("/log")).text
    key = (await guest.get("/api/v1/log/key")).text.strip()
    assert escape(key) in page
    newest = (await guest.get("/api/v1/log/checkpoint")).text
    assert escape(newest) in page
    for link in re.findall(r'href="(/api/v1/log/checkpoint/\d+)"', page):
        open_checkpoint((await guest.get(link)).text, [read_verifier_key(key)])
    assert (await guest.get("/log?before=2")).status_code == 200


async def test_B47_an_alarm_is_explained_on_the_page_of_the_intermediate_court(
    guest: Guest, database: Database, ended_sale: Market
) -> None:
    await staff(database, "superior", {Role.INTERMEDIATE_COURT}, "05")
    await staff(database, "officer", {Role.CASE_OFFICER}, "0505")
    async with database.begin(SYSTEM) as work:
        finding = Finding(FaultKind.BID_CHANGED, "lot:1", "bid 1: hash", ended_sale.lots[0].id)
        assert await raise_alarm(work, [finding]) == 1
    assert "integrity_faults_open 1.0" in (await guest.get("/metrics")).text
    await guest.log_in("officer")
    assert (await guest.get("/supervision/integrity")).status_code == 403
    await guest.log_in("superior")
    assert '"/supervision/integrity"' in (await guest.get("/supervision")).text
    page = (await guest.get("/supervision/integrity")).text
    assert ended_sale.lots[0].lot_no in page
    action = re.search(r'action="(/supervision/integrity/[^"]+)"', page)
    assert action is not None
    empty = await guest.post(action[1], {"explanation": ""}, page="/supervision/integrity")
    assert empty.status_code == 422
    assert "此项必填" in empty.text
    done = await guest.post(action[1], {"explanation": "已核查"}, page="/supervision/integrity")
    assert done.status_code == 303
    page = (await guest.get("/supervision/integrity")).text
    assert "没有待核查的异常" in page
    assert "已核查" in page
    assert "integrity_faults_open 0.0" in (await guest.get("/metrics")).text

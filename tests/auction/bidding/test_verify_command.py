"""`disposal verify log` tells a true log from a touched one."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec

from core.settings import PROJECT_ROOT
from tests.auction.bidding.test_log import a_sale, published


def verify(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "web.cli", "verify", "log", str(file), *options],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_B42_the_published_tool_verifies_a_true_log_and_finds_a_touched_one(tmp_path: Path) -> None:
    log = published(a_sale())
    file = tmp_path / "log.json"
    file.write_bytes(msgspec.json.encode(log))
    good = verify(file, "--public-key", log.public_key)
    assert (good.returncode, good.stderr) == (0, "")
    assert "5 bids, 3 accepted\n" in good.stdout
    assert "最高价 · price: 13.00 元 · yuan, K0\n不符 0 处 · 0 faults" in good.stdout
    touched = json.loads(file.read_text("utf-8"))
    touched["entries"][2]["amount_fen"] += 100
    file.write_text(json.dumps(touched), "utf-8")
    assert verify(file).returncode == 1
    wrong_key = verify(file, "--public-key", "localhost/log+f1eff52f+AbAGQWw8HyXR")
    assert (wrong_key.returncode, wrong_key.stdout) == (2, "")
    assert "--public-key" in wrong_key.stderr, "the key is at fault, and not the file"
    file.write_text("[]", "utf-8")
    assert verify(file).returncode == 2

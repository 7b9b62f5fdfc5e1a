"""Make `.venv` from the hashed lock files. Standard library only; run through scripts/setup.sh.

A stamp in `.venv` remembers what was installed, so that nothing is done twice. An interrupted run is noticed and begun
again. uv does the work because it is quick; where it cannot, pip does the same from the same lock.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
UNFINISHED = VENV / ".unfinished"
GROUPS = {"run": ("tools", "runtime"), "dev": ("tools", "runtime", "dev")}


class Failed(Exception):
    """Set-up cannot go on; the text says what to do."""


def stamp_of(group: str) -> str:
    digest = sha256(f"{VENV}\0".encode())
    for path in (
        *(REQUIREMENTS / f"{name}.txt" for name in GROUPS[group]),
        ROOT / "pyproject.toml",
        Path(__file__),
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_ready(group: str) -> bool:
    """Whether `.venv` holds the group as the lock says (the larger group holds the smaller)."""
    if UNFINISHED.exists():
        return False
    for each in ("dev", group):
        stamp = VENV / f".stamp-{each}"
        if stamp.exists() and stamp.read_text() == stamp_of(each):
            return True
    return False


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time; a second one waits for the first."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is running here: waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def say(text: str) -> None:
    print(f"[setup] {text}", flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, and every ten seconds that it is still going on."""
    say(f"{text} …")
    done = threading.Event()
    began = time.monotonic()

    def remind() -> None:
        while not done.wait(10):
            say(f"   … {time.monotonic() - began:.0f} s")

    threading.Thread(target=remind, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def run(*command: object, environment: dict[str, str] | None = None) -> None:
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    if result.returncode != 0:
        raise Failed("\n".join(result.stdout.strip().splitlines()[-15:]))


def make_environment() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Failed(
            f"this Python has no venv: install it (Debian: apt-get install python{version}-venv), then try again"
        )
    with step(f"making .venv with Python {sys.version.split()[0]}"):
        shutil.rmtree(VENV, ignore_errors=True)
        if VENV.exists():
            raise Failed(f"{VENV} cannot be replaced: remove it as its owner, then try again")
        # The interpreter behind a virtual environment, so that ours does not hang on another one.
        base = getattr(sys, "_base_executable", None) or sys.executable
        if sys.prefix == sys.base_prefix:
            VENV.mkdir()
            UNFINISHED.touch()
            venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)
        else:
            VENV.mkdir()
            UNFINISHED.touch()
            run(base, "-I", "-m", "venv", VENV)


def pip_install(*arguments: object) -> None:
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments)


def uv_environment() -> dict[str, str]:
    """Lead uv to the same package index and certificates as pip."""
    environment = dict(os.environ)
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment.setdefault("UV_LINK_MODE", "copy")
    environment.pop("VIRTUAL_ENV", None)
    if "UV_DEFAULT_INDEX" not in environment and "UV_INDEX_URL" not in environment:
        asked = subprocess.run(
            [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
        ).stdout
        found = dict(line.partition("=")[::2] for line in asked.splitlines())
        for key in ("install.index-url", "global.index-url", ":env:.index-url"):
            if key in found:
                environment["UV_DEFAULT_INDEX"] = found[key].strip("'\"")
        for key in ("install.cert", "global.cert", ":env:.cert"):
            if key in found:
                environment.setdefault("SSL_CERT_FILE", found[key].strip("'\""))
    return environment


def install(group: str) -> None:
    with step("installing the installer"):
        pip_install("--require-hashes", "-r", REQUIREMENTS / "tools.txt")
    locks: list[object] = []
    for name in GROUPS[group]:
        locks += ["-r", REQUIREMENTS / f"{name}.txt"]
    count = sum(line[0].isalnum() and "==" in line for name in GROUPS[group] for line in _lines(name))
    environment = uv_environment()
    with step(f"installing {count} packages, each checked against its hash"):
        try:
            run(
                PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", *locks,
                environment=environment,
            )  # fmt: skip
        except Failed as error:
            say("uv could not: pip goes on, which takes longer")
            try:
                pip_install("--require-hashes", *locks)
            except Failed as second:
                raise Failed(
                    f"{error}\n{second}\nthe packages could not be installed: see the lines above"
                ) from None
    with step("installing the project itself"):
        pip_install(
            "--no-deps", "--no-build-isolation", "--config-settings", "editable_mode=compat", "-e", ROOT
        )
    for name in ("run", "dev"):
        (VENV / f".stamp-{name}").unlink(missing_ok=True)
    (VENV / f".stamp-{group}").write_text(stamp_of(group))


def _lines(name: str) -> list[str]:
    return [line for line in (REQUIREMENTS / f"{name}.txt").read_text().splitlines() if line]


def is_sound() -> bool:
    """Whether `.venv` is whole, stands where it was made and belongs to a Python that is still there."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return False
    probe = subprocess.run(
        [str(PYTHON), "-I", "-c", "import pip, sys; print(sys.version_info >= (3, 11))"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    script = VENV / "bin" / "pip"
    here = script.exists() and str(VENV) in script.read_text(errors="replace")
    return probe.stdout.strip() == "True" and here


def main() -> int:
    arguments = [each for each in sys.argv[1:] if each != "--check"]
    group = arguments[0] if arguments else "run"
    if group not in GROUPS:
        print(f"setup: say one of {', '.join(GROUPS)}, not {group!r}", file=sys.stderr)
        return 2
    if "--check" in sys.argv:
        return 0 if is_ready(group) else 1
    try:
        if not os.access(ROOT, os.W_OK) or (VENV.exists() and not os.access(VENV, os.W_OK)):
            raise Failed(
                f"cannot write in {VENV if VENV.exists() else ROOT}: start as its owner, or clone to a folder of your own"
            )
        with alone():
            if is_ready(group):
                return 0
            if (VENV / ".stamp-dev").exists() and is_sound():
                group = "dev"
            if not is_sound():
                make_environment()
            UNFINISHED.touch()
            install(group)
            UNFINISHED.unlink()
        say("ready")
    except Failed as error:
        print(f"[setup] {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"[setup] {error.filename or ''}: {error.strerror}: check the folder's owner and the free space",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("\n[setup] interrupted; the next run begins again", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

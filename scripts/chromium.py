"""Find a Chromium for the browser tests, or install Debian's where that is allowed. Standard library only."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """The program's path: `DISPOSAL_CHROMIUM` first, then what stands on the search path."""
    given = os.environ.get("DISPOSAL_CHROMIUM")
    if given and Path(given).exists():
        return given
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> str | None:
    """Install Debian's package as root or by a sudo that asks no password; the program's path when that worked."""
    if shutil.which("apt-get") is None:
        return None
    before = [] if os.geteuid() == 0 else ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    if before and (
        shutil.which("sudo") is None
        or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    ):
        return None
    print(
        "[test] no Chromium here: installing the Debian package chromium, this takes a minute or two …",
        flush=True,
    )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
        result = subprocess.run(
            [*before, "apt-get", *command],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        if result.returncode != 0 and command[0] == "install":
            print("\n".join(result.stdout.splitlines()[-5:]), flush=True)
    return find()

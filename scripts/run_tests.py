"""`make test`: everything, in parallel. Arguments go on to pytest.

Without a Chromium, and without the right to install one, the browser tests are left out and one line says so. With
CI=true nothing may be left out: a skipped test fails the run.
"""

import os
import sys
from pathlib import Path

import chromium

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    in_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    arguments = ["-n", os.environ.get("DISPOSAL_TEST_WORKERS", "2"), "--dist", "loadgroup", *sys.argv[1:]]
    browser = chromium.find() or chromium.install()
    if browser is not None:
        os.environ["DISPOSAL_CHROMIUM"] = browser
    elif in_ci:
        sys.exit("[test] no Chromium and no right to install it: in CI the browser tests may not be left out")
    else:
        print(
            "[test] LEFT OUT: the browser tests, for want of Chromium (install the package chromium)",
            flush=True,
        )
        arguments += ["-m", "not browser"]
    if in_ci:
        arguments += ["-p", "tests.nothing_skipped"]
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


if __name__ == "__main__":
    main()

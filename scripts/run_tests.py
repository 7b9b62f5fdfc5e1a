"""`make test`: everything, in parallel. Arguments go on to pytest.

Without a Chromium, and without the right to install one, the browser tests are left out and one line says so. With
CI=true nothing may be left out: a skipped test fails the run.
"""

import importlib.util
import os
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import chromium

ROOT = Path(__file__).resolve().parent.parent


def offer_chinese_font() -> Path:
    """A bare machine has no Chinese font: let the browser use the one that the court papers are set in."""
    package = importlib.util.find_spec("manimgx_fonts_cjk")
    assert package is not None
    assert package.origin is not None
    path = ROOT / ".venv" / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        f"  <dir>{escape(str(Path(package.origin).parent))}</dir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    return path


def main() -> None:
    in_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    arguments = ["-n", os.environ.get("DISPOSAL_TEST_WORKERS", "2"), *sys.argv[1:]]
    browser = chromium.find() or chromium.install()
    if browser is not None:
        os.environ["DISPOSAL_CHROMIUM"] = browser
        os.environ["FONTCONFIG_FILE"] = str(offer_chinese_font())
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
    # A run starts Python a hundred times; where nothing compiled is kept, each start compiles everything (half of its time).
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(ROOT / ".venv" / "compiled")
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


if __name__ == "__main__":
    main()

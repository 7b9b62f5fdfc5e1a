#!/bin/sh
# Prepare .venv: `setup.sh run` for the service, `setup.sh dev` with the test tools too. Quick when nothing changed.
# PYTHON=/path/to/python chooses the interpreter.
set -u
cd "$(dirname "$0")/.." || exit 2

if [ -x .venv/bin/python ] && .venv/bin/python -I scripts/bootstrap.py --check "$1" 2>/dev/null; then
    exit 0
fi

usable() {
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (4, 0)))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if ! usable "$PYTHON"; then
        echo "PYTHON=$PYTHON is not Python 3.11 or newer: name another one, or leave PYTHON unset" >&2
        exit 2
    fi
    exec "$PYTHON" -I scripts/bootstrap.py "$1"
fi
for name in python3 python3.11 python3.12 python3.13 python3.14 python; do
    if command -v "$name" >/dev/null 2>&1 && usable "$name"; then
        exec "$name" -I scripts/bootstrap.py "$1"
    fi
done
echo "Python 3.11 or newer is needed: install it (Debian: apt-get install python3 python3-venv) or name one with PYTHON=..." >&2
exit 2

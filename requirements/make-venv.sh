#!/bin/sh
# Make the virtual environment $1 with $PYTHON; say in a sentence what is missing.
set -eu

python=${PYTHON:-python3}
venv=$1

if ! command -v "$python" >/dev/null; then
    echo "Safelight needs Python 3.11 or newer, and there is no \`$python\` here." >&2
    echo "Install it, or name another: make run PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Safelight needs Python 3.11 or newer; \`$python\` is $("$python" --version)." >&2
    echo "Name a newer one: make run PYTHON=/path/to/python3" >&2
    exit 1
fi
if [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi
if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
    rm -rf "$venv"
    echo "\`$python -m venv\` does not work here. On Debian and Ubuntu the module is a package" >&2
    echo "of its own: apt-get install python3-venv" >&2
    exit 1
fi

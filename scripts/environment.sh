# Sourced by serve, test, bench and lock, from the repository's root: finds a Python and makes virtual environments.
# scripts/environment/ does the work, with that Python and its standard library alone.

die() {
    printf '%s\n' "$1" >&2
    [ $# -lt 2 ] || printf '    hint: %s\n' "$2" >&2
    exit 3
}

# find_python: sets $python to one that LiteLLM supports. POINTSMAN_PYTHON names the one to use.
find_python() {
    set -- python3 python3.14 python3.13 python3.12 python3.11
    [ -z "${POINTSMAN_PYTHON:-}" ] || set -- "$POINTSMAN_PYTHON"
    for python; do
        if "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            return
        fi
    done
    found=$("${POINTSMAN_PYTHON:-python3}" --version 2>&1 | head -n 1)
    die "python: 3.11 to 3.14 is needed, found: ${found:-none}" \
        "apt-get install python3 python3-venv (Debian 12, Ubuntu 24.04 or later), or set POINTSMAN_PYTHON=/path/to/python3.12"
}

# environment FOLDER LOCK [OPTION...]: FOLDER holds what LOCK names. For the options: scripts/environment/__main__.py.
environment() {
    find_python
    PYTHONPATH=scripts "$python" -m environment "$@" || exit $?
}

# ensure_environment LOCK: .venv holds what LOCK names, and this package.
ensure_environment() {
    environment .venv "$1" --editable
}

# ensure_release VERSION: .venv-litellm-VERSION is .venv with that release of LiteLLM in place of the locked one.
ensure_release() {
    [ -f "tests/releases/litellm-$1.lock" ] ||
        die "LiteLLM $1 is not a tested release" "see tests/releases for those that are, and docs/litellm.md to add one"
    environment ".venv-litellm-$1" requirements-dev.lock --editable --over "tests/releases/litellm-$1.lock"
}

# ensure_kosong: Moonshot's own client in an environment of its own; it and LiteLLM need different openai packages.
# It asks for Python 3.12; the tests make it run on 3.11 too.
ensure_kosong() {
    environment .venv-kosong requirements-kosong.lock --ignore-requires-python
}

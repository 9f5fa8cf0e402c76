# Sourced by serve, test and bench, from the repository's root: makes .venv from a lock file, once.
# Needs a Python of 3.11 or later with venv; SWITCHYARD_PYTHON names another one to use.

die() {
    printf '%s\n' "$1" >&2
    [ $# -lt 2 ] || printf '    hint: %s\n' "$2" >&2
    exit 3
}

find_python() {
    for python in ${SWITCHYARD_PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return
        fi
    done
    found=$("${SWITCHYARD_PYTHON:-python3}" --version 2>&1 | head -n 1)
    die "python: 3.11 or later is needed, found: ${found:-none}" \
        "apt-get install python3 python3-venv, or set SWITCHYARD_PYTHON=/path/to/python3.12"
}

# ensure_environment LOCK: .venv holds exactly what LOCK names, with hashes checked, and this package.
ensure_environment() {
    lock=$1
    stamp=.venv/$(basename "$lock").installed
    # Of the place too: an environment does not survive being moved.
    wanted=$({ cat "$lock" pyproject.toml; pwd; } | sha256sum | cut -d' ' -f1)
    if [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
        return
    fi
    find_python
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        die "$python: has no venv module" "apt-get install python3-venv"
    echo "installing into $(pwd)/.venv (once; about a minute)" >&2
    [ -x .venv/bin/python ] || "$python" -m venv .venv ||
        die ".venv: could not be created" "check that $(pwd) is writable and has 1 GB free"
    # --compile: without bytecode LiteLLM takes twice as long to start and serves a third less.
    .venv/bin/python -m pip install -qq --disable-pip-version-check --compile \
        --require-hashes --requirement "$lock" ||
        die ".venv: installing $lock failed" "read pip's message above; then run this again"
    .venv/bin/python -m pip install -qq --disable-pip-version-check \
        --no-deps --no-build-isolation --no-index --editable . ||
        die ".venv: installing this package failed" "read pip's message above; then run this again"
    echo "$wanted" >"$stamp"
}

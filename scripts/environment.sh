# Sourced by serve, test and bench, from the repository's root: makes .venv from a lock file, once.
# Needs a Python of 3.11 or later with venv; POINTSMAN_PYTHON names another one to use.

die() {
    printf '%s\n' "$1" >&2
    [ $# -lt 2 ] || printf '    hint: %s\n' "$2" >&2
    exit 3
}

find_python() {
    set -- python3 python3.14 python3.13 python3.12 python3.11
    [ -z "${POINTSMAN_PYTHON:-}" ] || set -- "$POINTSMAN_PYTHON"
    for python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return
        fi
    done
    found=$("${POINTSMAN_PYTHON:-python3}" --version 2>&1 | head -n 1)
    die "python: 3.11 or later is needed, found: ${found:-none}" \
        "apt-get install python3 python3-venv, or set POINTSMAN_PYTHON=/path/to/python3.12"
}

# runs FOLDER: whether its Python does; after an upgrade of the system it may be a link to nothing.
runs() {
    "$1/bin/python" -c '' 2>/dev/null
}

# installed FOLDER LOCK: whether FOLDER holds what LOCK names. Sets $wanted.
installed() {
    # Of the place too: an environment does not survive being moved.
    wanted=$({ cat "$2" pyproject.toml; pwd; } | sha256sum | cut -d' ' -f1)
    [ "$(cat "$1/$(basename "$2").installed" 2>/dev/null || true)" = "$wanted" ] && runs "$1"
}

# install FOLDER LOCK [pip's options]: what LOCK names, with hashes checked.
install() {
    folder=$1 lock=$2
    shift 2
    find_python
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        die "$python: has no venv module" "apt-get install python3-venv"
    echo "installing $lock into $(pwd)/$folder (once; about a minute)" >&2
    # What an interrupted first run has left may lack pip, or half a package: it is made anew.
    { ls "$folder"/*.installed >/dev/null 2>&1 && runs "$folder"; } || "$python" -m venv --clear "$folder" ||
        die "$folder: could not be created" "check that $(pwd) is writable and has 1 GB free"
    # --compile: without bytecode LiteLLM takes twice as long to start and serves a third less.
    "$folder/bin/python" -m pip install -qq --disable-pip-version-check --compile \
        --no-deps --require-hashes --requirement "$lock" "$@" ||
        die "$folder: installing $lock failed" "read pip's message above; then run this again"
}

# ensure_environment LOCK: .venv holds what LOCK names, and this package.
ensure_environment() {
    installed .venv "$1" && return
    install .venv "$1"
    .venv/bin/python -m pip install -qq --disable-pip-version-check \
        --no-deps --no-build-isolation --no-index --editable . ||
        die ".venv: installing this package failed" "read pip's message above; then run this again"
    echo "$wanted" >".venv/$(basename "$1").installed"
}

# ensure_kosong: Moonshot's own client in an environment of its own, for it and LiteLLM want different openai packages.
# It asks for Python 3.12; the tests make it run on 3.11 too.
ensure_kosong() {
    installed .venv-kosong requirements-kosong.lock && return
    install .venv-kosong requirements-kosong.lock --ignore-requires-python
    echo "$wanted" >.venv-kosong/requirements-kosong.lock.installed
}

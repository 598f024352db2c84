#!/usr/bin/env bash
# Makes .venv and installs into it what the Makefile's targets need:  scripts/setup.sh runtime|bench|test|docs
#
# runtime: server and command line; bench: with measurements and the demo as well; test: with all that tests need
# docs: what makes the site of the documentation, in an environment of its own, .venv-docs, which has no PyTorch
#
# PYTHON           interpreter to start from, at least 3.10 (default: the first that is found)
# TORCH_INDEX_URL  package index to take PyTorch from, for a site with its own (default: as pip is configured)
set -euo pipefail
cd "$(dirname "$0")/.."

level=${1:?usage: scripts/setup.sh runtime|bench|test|docs}
venv=.venv
if [[ $level == docs ]]; then venv=.venv-docs; fi
stamp=$venv/.dualnetssl-$level

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then bold=$'\033[1m' plain=$'\033[0m'; fi
say() { printf '%s[set-up]%s %s\n' "$bold" "$plain" "$*"; }

fail() {
    printf '[set-up] %s\n' "$*" >&2
    exit 1
}

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10 python}; do
        if recent_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "found no Python 3.10 or later (tried ${PYTHON:-python3, python3.13 … 3.10, python})." \
        "Install one, or name it: make PYTHON=/path/to/python3 …"
}

# What the environment was made from; a change of any of it sets it up anew.
fingerprint() {
    {
        "$venv/bin/python" -c 'import sys; print(sys.version, sys.prefix)'
        cat requirements/*.lock requirements/torch.txt server/pyproject.toml server/dependencies.txt \
            server/bench/pyproject.toml scripts/setup.sh
    } | cksum
}

# Asks the environment itself, so that a half-removed one is found out although its stamp is there.
works() {
    "$venv/bin/python" - "$level" <<'PY' 2>/dev/null
import importlib.util
import sys

needed = {
    "runtime": "torch monai numpy scipy SimpleITK filelock fastapi uvicorn pydantic requests dualnetssl",
    "bench": "dualnetssl_bench matplotlib",
    "test": "pytest pytest_cov xdist hypothesis httpx mypy",
    "docs": "sphinx furo myst_parser autoapi",
}
order = ["runtime", "bench", "test"]
levels = order[: order.index(sys.argv[1]) + 1] if sys.argv[1] in order else [sys.argv[1]]
names = [name for level in levels for name in needed[level].split()]
sys.exit(any(importlib.util.find_spec(name) is None for name in names))
PY
}

up_to_date() { [[ -x $venv/bin/python && -f $stamp ]] && [[ $(<"$stamp") == "$(fingerprint)" ]] && works; }

# Python compiles what is imported when it first is; most of what is installed never is.
pip_install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$@"; }

install_locked() { pip_install --no-deps --require-hashes -r "requirements/$1.lock"; }

has_nvidia_gpu() { command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q '^GPU'; }

# The CPU build of PyTorch is a tenth of the size, but the common index has it for some systems only: so ask the
# configured index for it by name, then uv, which knows where PyTorch keeps it; last take whichever build there is.
install_cpu_torch() {
    local torch=$1
    pip_install --no-deps "$torch+cpu" 2>/dev/null && return
    "$venv/bin/python" -m uv pip install --quiet --python "$venv/bin/python" --no-deps --torch-backend cpu "$torch" &&
        return
    say "the CPU build cannot be had from here; taking the index's own build of PyTorch"
    pip_install "$torch"
}

install_torch() {
    local torch
    torch=$(grep -E '^torch==' requirements/torch.txt)
    if "$venv/bin/python" -c "import importlib.metadata as m, sys
sys.exit(m.version('torch').split('+')[0] != '${torch#torch==}')" 2>/dev/null; then
        return
    fi
    if [[ -n ${TORCH_INDEX_URL:-} ]]; then
        say "PyTorch ${torch#torch==} from the index in TORCH_INDEX_URL"
        pip_install --index-url "$TORCH_INDEX_URL" "$torch"
    elif has_nvidia_gpu; then
        say "PyTorch ${torch#torch==} with CUDA: an NVIDIA GPU was found (some gigabytes)"
        pip_install "$torch"
    elif [[ $(uname -s) == Linux ]]; then
        say "PyTorch ${torch#torch==} for CPU: no NVIDIA GPU was found"
        install_cpu_torch "$torch"
    else
        say "PyTorch ${torch#torch==}"
        pip_install "$torch"
    fi
}

make_venv() {
    if [[ -e $venv ]] && ! recent_enough "$venv/bin/python"; then
        fail "$venv is there but its Python does not run or is older than 3.10." \
            "Remove it (make clean-all) and run the same command again."
    fi
    if [[ ! -e $venv ]]; then
        local python
        python=$(find_python)
        say "new environment in $venv with $("$python" --version 2>&1)"
        "$python" -m venv "$venv" || {
            rm -rf "$venv"
            fail "$python cannot make virtual environments." \
                "On Debian and Ubuntu: sudo apt-get install python3-venv, then run the same command again."
        }
    fi
}

install_lists() {
    local list
    for list in "$@"; do
        say "packages of requirements/$list.lock, each checked against its hash"
        install_locked "$list" || return
    done
}

apt_install() {
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# The panel's tests run on Qt and VTK, which want libraries of the system; without them those tests are skipped.
install_libraries() {
    local probe=("$venv/bin/python" Testing/SlicerHost/slicerhost/probe.py) needed
    needed=$("${probe[@]}" 2>/dev/null) && return 0
    if [[ -z $needed ]]; then
        say "the panel's tests will be skipped: they need 64-bit Linux with Python 3.11 or 3.12"
        return 0
    fi
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        say "libraries of the system for the panel's tests: $needed"
        # shellcheck disable=SC2086  # a list of names
        if apt_install $needed >/dev/null 2>&1 && "${probe[@]}" >/dev/null 2>&1; then return 0; fi
    fi
    say "some of the panel's tests will be skipped; on Debian and Ubuntu: sudo apt-get install $needed"
}

# PyTorch's package and those of the measurements and tests have no file in common, so both are unpacked at once.
install_torch_and_more() {
    install_torch &
    local torch=$! more=0
    case $level in
        bench) install_lists bench || more=1 ;;
        test) install_lists bench test || more=1 ;;
    esac
    wait "$torch" && return "$more"
}

install_ours() {
    local projects=(--editable server)
    if [[ $level != runtime ]]; then projects+=(--editable server/bench); fi
    # an environment of before has the server under its former name
    "$venv/bin/python" -m pip uninstall --quiet --disable-pip-version-check --yes dualnetssl-server 2>/dev/null
    pip_install --no-deps --no-build-isolation "${projects[@]}"
}

# One chain, because bash forgets `set -e` inside a function whose outcome is asked for.
install() {
    install_locked setup || return
    if [[ $level == docs ]]; then
        install_lists docs
        return
    fi
    install_lists runtime && install_torch_and_more &&
        install_ours &&
        if [[ $level == test ]]; then install_libraries; fi
}

if up_to_date; then
    exit 0
fi
make_venv
rm -f "$stamp"
install || fail "a package could not be installed; the lines above say which and why. Nothing was marked as done:" \
    "the same command goes on from here."
works || fail "the environment lacks a package although every installation passed; remove $venv and try again."
fingerprint >"$stamp"
say "ready ($level)"

#!/bin/sh
# Makes .venv with everything that `make demo` (setup.sh demo) or `make test` (setup.sh test) needs.
#
# Idempotent; when nothing changed it takes a moment and no network. System libraries are looked for by trying to load
# them, not by package name. On Debian and Ubuntu missing ones are installed with apt, as root or with a sudo that asks
# for no password; otherwise the line to run is printed and the exit code is 1. On macOS the wheels bring all libraries.
set -eu

cd "$(dirname "$0")/.."
here=$(pwd -P) # as Python writes it; reached through a link it is the same folder
purpose=${1:-demo}
case $purpose in
demo) extras=tiny-en ;;
test) extras=tiny-en,dev ;;
*) echo "Usage: scripts/setup.sh demo|test" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$@" >&2; exit 1; }

# --- Python --------------------------------------------------------------------------------------------------------

is_usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if is_usable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    found=$(python3 --version 2>/dev/null || echo "no python3")
    fail "Depthcue needs Python 3.11 or newer; here is $found." \
        "Debian 12, Ubuntu 24.04: apt install python3 python3-venv    macOS: brew install python@3.12" \
        "Installed elsewhere? Say where: make $purpose PYTHON=/path/to/python3.12"
fi

# --- system libraries ----------------------------------------------------------------------------------------------

# What is loaded at run time, and the Debian package that has it.
libraries="libEGL.so.1=libegl1 libGL.so.1=libgl1 libX11.so.6=libx11-6 libxkbcommon.so.0=libxkbcommon0
    libdbus-1.so.3=libdbus-1-3 libfontconfig.so.1=libfontconfig1 libgthread-2.0.so.0=libglib2.0-0
    libportaudio.so.2=libportaudio2 libpulse.so.0=libpulse0"
commands="parec=pulseaudio-utils"
if [ "$purpose" = test ]; then # a sound server and an X server of the tests' own
    libraries="$libraries libxcb-cursor.so.0=libxcb-cursor0 libxcb-icccm.so.4=libxcb-icccm4
        libxcb-image.so.0=libxcb-image0 libxcb-keysyms.so.1=libxcb-keysyms1 libxcb-randr.so.0=libxcb-randr0
        libxcb-render-util.so.0=libxcb-render-util0 libxcb-shape.so.0=libxcb-shape0 libxcb-sync.so.1=libxcb-sync1
        libxcb-util.so.1=libxcb-util1 libxcb-xfixes.so.0=libxcb-xfixes0 libxcb-xkb.so.1=libxcb-xkb1
        libX11-xcb.so.1=libx11-xcb1 libxkbcommon-x11.so.0=libxkbcommon-x11-0"
    commands="$commands pulseaudio=pulseaudio Xvfb=xvfb xauth=xauth"
fi

has_font() {
    for folder in /usr/share/fonts /usr/local/share/fonts "$HOME/.local/share/fonts" "$HOME/.fonts"; do
        [ -d "$folder" ] && [ -n "$(find -L "$folder" -name '*.[to]tf' 2>/dev/null | head -n 1)" ] && return
    done
    return 1
}

# The packages that are missing, separated by spaces.
missing_packages() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || printf 'python3-venv '
    # shellcheck disable=SC2086 # the list is split on purpose
    "$python" - $libraries <<'EOF'
import ctypes, sys

for pair in sys.argv[1:]:
    library, package = pair.split("=")
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package, end=" ")
EOF
    for pair in $commands; do
        command -v "${pair%%=*}" >/dev/null || printf '%s ' "${pair#*=}"
    done
    has_font || printf 'fonts-inter fonts-dejavu-core '
}

install_packages() { # arguments: packages
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        return 1
    fi
    say "Installing system packages: $*"
    apt="env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq"
    log=$(mktemp)
    # An update that fails for one source of several is no reason to stop: the installation tells.
    if { $as_root $apt update || true; $as_root $apt install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
        rm -f "$log"
    else
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
}

if [ "$(uname -s)" = Linux ]; then
    missing=$(missing_packages)
    # shellcheck disable=SC2086 # the list is split on purpose
    if [ -n "$missing" ] && command -v apt-get >/dev/null && install_packages $missing; then
        missing=$(missing_packages)
    fi
    if [ -n "$missing" ] && command -v apt-get >/dev/null; then
        fail "Some system packages are missing and could not be installed from here. As root (or with sudo) run" "" \
            "    apt-get update && apt-get install -y --no-install-recommends ${missing% }" "" \
            "and then 'make $purpose' again."
    elif [ -n "$missing" ]; then
        fail "Some system libraries or programs are missing. In Debian's packages they are called" "" \
            "    ${missing% }" "" \
            "Install what your system calls them, and then run 'make $purpose' again."
    fi
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    fail "$python can't make virtual environments. macOS: brew install python@3.12, then 'make $purpose' again."
fi

# --- .venv ---------------------------------------------------------------------------------------------------------

# An environment holds its own path and that of its Python: moved, copied or with Python gone, it has to be made anew.
is_whole() {
    is_usable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 \
        && grep -qF " $here/.venv" .venv/pyvenv.cfg
}

wanted="$(cat pyproject.toml constraints.txt | cksum) $here"
stamp=.venv/.installed-$purpose
if is_usable .venv/bin/python && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

say "Installing Depthcue and its speech model into .venv (a few hundred MB the first time) ..."
is_whole || "$python" -m venv --clear .venv
rm -f .venv/.installed-*
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    -c constraints.txt -e ".[$extras]"; then
    fail "" "The installation did not succeed; pip's own words are above. It needs a package index: behind a proxy set" \
        "HTTPS_PROXY, and where the proxy has its own certificate authority PIP_CERT=/path/to/authority.pem." \
        "Then run 'make $purpose' again: what is already there is kept."
fi
printf '%s\n' "$wanted" >"$stamp"
if [ "$purpose" = test ]; then # all that a demo needs is in it
    printf '%s\n' "$wanted" >.venv/.installed-demo
fi

#!/usr/bin/env bash
# Runs the module's own test in a 3D Slicer, from this checkout; without a screen on one that nobody sees.
#   scripts/selftest_in_slicer.sh SLICER
# Ends with 0 if the whole loop has run, with Slicer's own status otherwise.
set -euo pipefail
slicer=${1:?"usage: $0 SLICER (the path of Slicer's program)"}
[ -x "$slicer" ] || { echo "$slicer is no program. Give the path of Slicer's own." >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)

screen=()
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}" ]; then
    command -v xvfb-run > /dev/null || { echo "There is no screen here. Install xvfb, or set DISPLAY." >&2; exit 2; }
    screen=(xvfb-run --auto-servernum --server-args "-screen 0 1600x1200x24")
fi

exec ${screen[@]+"${screen[@]}"} "$slicer" --no-splash --ignore-slicerrc \
    --additional-module-paths "$root/DualNetSSL" --python-script "$root/Testing/Tools/selftest_in_slicer.py"

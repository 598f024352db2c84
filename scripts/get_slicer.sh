#!/usr/bin/env bash
# Downloads the stable 3D Slicer for this system and unpacks it; the path of its program is written into FOLDER/executable.
#   scripts/get_slicer.sh FOLDER
# SLICER_PACKAGE=FILE unpacks a package that is there already.
set -euo pipefail
folder=${1:?"usage: $0 FOLDER"}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

case "${SLICER_SYSTEM:-$(uname -s)}" in
    Linux) os=linux ;;
    Darwin) os=macosx ;;
    MINGW* | MSYS* | CYGWIN*) os=win ;;
    *) echo "No Slicer for this system: $(uname -s). It is there for Linux, macOS and Windows." >&2; exit 2 ;;
esac

package=${SLICER_PACKAGE:-}
if [ -z "$package" ]; then
    package=$folder/package.exe
    curl --fail --location --retry 3 --output "$package" \
        "https://download.slicer.org/download?os=$os&stability=release"
fi

case $os in
    linux)
        mkdir -p "$folder/unpacked"
        tar --extract --gzip --file "$package" --directory "$folder/unpacked" --strip-components 1
        program=$folder/unpacked/Slicer
        ;;
    macosx)
        hdiutil attach -nobrowse -mountpoint "$folder/image" "$package"
        cp -R "$folder/image/Slicer.app" "$folder/"
        hdiutil detach "$folder/image"
        program=$folder/Slicer.app/Contents/MacOS/Slicer
        ;;
    win)
        "$package" /S "/D=$(cygpath --windows "$folder/unpacked")"
        program=$folder/unpacked/Slicer.exe
        ;;
esac

[ -e "$program" ] || { echo "The package holds no $program. Look into it: $folder" >&2; exit 1; }
echo "$program" > "$folder/executable"

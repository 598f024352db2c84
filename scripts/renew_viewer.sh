#!/usr/bin/env bash
# Puts a version of the viewer library (NiiVue) into the server's page, packed, with the licences of what is in it.
# Nobody needs this to install or to use the server: what it makes is committed. Needs npm and the registry it is set to.
#
#   scripts/renew_viewer.sh 0.69.0
#
# Afterwards write version and SHA-256 into docs/dependencies.md (a test compares them), and run the tests of the page.
set -euo pipefail

version=${1:?which version of @niivue/niivue, for instance 0.69.0}
static=$(cd "$(dirname "$0")/../server/src/dualnetssl/server/page/static" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund --omit=dev --omit=optional "@niivue/niivue@$version"
gzip -9 --no-name --stdout node_modules/@niivue/niivue/dist/niivue.umd.js > "$static/niivue.js.gz"
{
    sed '/^What niivue.js contains/,$d' "$static/niivue-licences.txt" # NiiVue's own, which its package lacks: compare it
    printf 'What niivue.js contains beside NiiVue itself:\n'
    find node_modules -iname 'licen[sc]e*' -not -path '*/@niivue/*' | LC_ALL=C sort | while read -r licence; do
        name=$(dirname "${licence#node_modules/}")
        printf '\n--- %s %s ---\n\n' "$name" "$(npm pkg get version --prefix "node_modules/$name" | tr -d '"')"
        tr -d '\r' < "$licence"
    done
} > "$folder/licences.txt"
mv "$folder/licences.txt" "$static/niivue-licences.txt"
echo "niivue.js: version $version, SHA-256 $(gzip -dc "$static/niivue.js.gz" | sha256sum | cut -c 1-64)"

#!/bin/sh
# Puts the YAML language server, which most editors use, into a folder, for the tests that drive it.
#
#     tests/tools/fetch_yaml_server.sh [DIR]
#
# Afterwards DIR/node_modules/.bin/yaml-language-server runs. Wants node and npm; about 27 MB from the npm registry, no
# script of any package is run, and nothing outside DIR is touched. Without DIR: a folder in your cache, where the tests
# look by themselves.
set -eu

VERSION=2.0.0

dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/palaver-tests/yaml-language-server}
command -v node >/dev/null || { echo "node is not installed" >&2; exit 1; }
command -v npm >/dev/null || { echo "npm is not installed" >&2; exit 1; }
mkdir -p "$dir"
npm install --prefix "$dir" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    "yaml-language-server@$VERSION" >&2
echo "PALAVER_YAML_SERVER=$dir/node_modules/.bin/yaml-language-server"

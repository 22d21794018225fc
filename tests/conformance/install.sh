#!/usr/bin/env bash
# Install the client libraries that the conformance tests drive, each in an environment of its own:
# two of them are one import name, and one is under a licence that keeps it out of ours.
set -euo pipefail
cd "$(dirname "$0")"
root=../..
home="$root/.venv-clients"
base=$root/.venv/bin/python
[ -x "$base" ] || base=${PYTHON:-python3.11}

for wanted in clients/requirements/*.txt; do
    name=$(basename "$wanted" .txt)
    venv="$home/$name"
    if ! cmp -s "$wanted" "$venv/.installed"; then
        echo "conformance: installing $name (once)" >&2
        "$base" -m venv --clear "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" >&2
        cp "$wanted" "$venv/.installed"
    fi
done

command -v npm >/dev/null 2>&1 || {
    echo "npm is not on the PATH: install Node 20, then 'make conformance'." >&2
    exit 3
}
stoqey=clients/stoqey
if ! cmp -s "$stoqey/package-lock.json" "$stoqey/node_modules/.installed"; then
    echo "conformance: installing the suite of @stoqey/ib (once)" >&2
    (cd "$stoqey" && npm ci --silent --no-audit --no-fund)
    cp "$stoqey/package-lock.json" "$stoqey/node_modules/.installed"
fi

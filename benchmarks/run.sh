#!/usr/bin/env bash
# Run every benchmark against the peers; arguments (--json, --secs N) go to each of them.
# A missed bar is printed and is no error; exit 1 means that a benchmark could not run.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv-peers
stamp="$venv/.installed"
wanted=$(cat pyproject.toml constraints.txt benchmarks/peers/requirements.txt | cksum)

if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "benchmarks: installing the peers into $venv (once)" >&2
    base=.venv/bin/python
    [ -x "$base" ] || base=${PYTHON:-python3.11}
    "$base" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        -c constraints.txt -r benchmarks/peers/requirements.txt -e ".[ib]" >&2
    echo "$wanted" >"$stamp"
fi

failed=0
for name in implied_vol fused_greeks accuracy threads_and_overhead analyze_file start_up \
    live_reprice simulator recorder start_live fanout live_ticks ib_decode ib_feed exchange_orders \
    order_path deribit_snapshot; do
    "$venv/bin/python" "benchmarks/$name.py" "$@" || {
        echo "benchmarks: $name failed" >&2
        failed=1
    }
done
exit "$failed"

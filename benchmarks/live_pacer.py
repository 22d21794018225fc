"""Says when ticks are due for `live_ticks.py`: so many per second, a batch every millisecond."""

import json
import select
import socket
import struct
import sys
import time

_PULSE = struct.Struct("<qi")
STEP_NS = 1_000_000


def main() -> None:
    """Obey ``rate N`` lines until stdin ends; answer how late the pulses were, at most, so far."""
    line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(json.dumps({}), flush=True)
    per_step = owed = latest_ns = 0.0
    due = time.time_ns()
    while True:
        wait = max(due - time.time_ns(), 0) / 1e9 if per_step else None
        if select.select([sys.stdin], [], [], wait)[0]:
            words = sys.stdin.readline().split()
            if not words:
                return
            per_step = float(words[1]) * STEP_NS / 1e9
            print(json.dumps({"late_ms": latest_ns / 1e6}), flush=True)
            due, owed, latest_ns = time.time_ns(), 0.0, 0
            continue
        latest_ns = max(latest_ns, time.time_ns() - due)
        owed += per_step
        if owed >= 1.0:
            line.sendall(_PULSE.pack(due, int(owed)))
            owed -= int(owed)
        due += STEP_NS


if __name__ == "__main__":
    main()

"""Runs a server for as long as its standard input stays open, then ends it and removes its folder.

So a server outlives neither the tests that started it nor their being killed. The order comes as JSON in the argument:
`command`, `folder`, `signal` (what ends the server), and `user`, `group` (null: those of this process).
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading


def main() -> int:
    order = json.loads(sys.argv[1])
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # meant for the tests; we end when they have
        signal.signal(ignored, signal.SIG_IGN)
    as_user = {"user": order["user"], "group": order["group"], "extra_groups": []} if order["user"] else {}
    server = subprocess.Popen(
        order["command"],
        stdin=subprocess.DEVNULL,
        cwd=order["folder"] if order["user"] else None,
        process_group=0,
        **as_user,
    )
    threading.Thread(target=_end_with_input, args=(server, order["signal"]), daemon=True).start()
    code = server.wait()
    shutil.rmtree(order["folder"], ignore_errors=True)
    return code


def _end_with_input(server: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(sys.stdin.fileno(), 4096):
            pass
    # With what it has started: some programs are only wrappers.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, number)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())

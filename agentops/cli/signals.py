"""The signals by which a run is asked to stop."""

import signal
from collections.abc import Sequence
from typing import Final

HANGUP: Final[signal.Signals | None] = getattr(signal, "SIGHUP", None)
"""The terminal went away. Comes twice: from the system, and from the shell that ran there. Not on every system."""


def handled() -> Sequence[signal.Signals]:
    """Those that end a run in good order. `nohup` is to outlive its terminal."""
    stays = HANGUP is None or signal.getsignal(HANGUP) == signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([] if HANGUP is None or stays else [HANGUP])]

"""The web server's settings, for script/demo and for production alike; the address is given on the command line."""

import gc
import os
from typing import Any

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True  # a worker that was killed is there again at once, and workers share what was loaded
timeout = 60  # an upload of 50 MB over a slow line
graceful_timeout = 5
control_socket_disable = True  # it would lie in the home directory, where two clones meet


def when_ready(server: Any) -> None:
    """What was loaded before the workers are born need not be looked through again: a full look takes a fifth of a second, in
    which the threads of a worker answer nobody; and memory that is not looked through stays shared."""
    gc.collect()
    gc.freeze()

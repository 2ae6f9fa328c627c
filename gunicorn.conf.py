"""The web server's settings, for script/demo and for production alike; the address is given on the command line."""

import gc
import os
import socket
from typing import Any

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True  # a worker that was killed is there again at once, and workers share what was loaded
timeout = 60  # an upload of 50 MB over a slow line
graceful_timeout = 5
control_socket_disable = True  # it would lie in the home directory, where two clones meet


def on_starting(server: Any) -> None:
    """Each worker listens for itself (SO_REUSEPORT), and the kernel deals out connections evenly. At one socket for all, the
    worker that wakes first takes what has come: of sixteen connections often fourteen and sometimes all, and keeps them while
    they live, beside another one that has nothing to do. Sockets that somebody else opened, or that are files, stay shared."""
    addresses = server.cfg.address
    if "LISTEN_FDS" not in os.environ and all(isinstance(one, tuple) and one[1] for one in addresses):
        if "GUNICORN_PID" not in os.environ:  # else an older master hands over to this one
            for one in addresses:
                refuse_if_taken(one)
        server.cfg.set("reuse_port", True)


def refuse_if_taken(address: tuple[str, int]) -> None:
    """Who listens for themselves would let another server listen too, and share the visitors with it."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise SystemExit(f"Cannot listen on {address[0]}:{address[1]}: {error.strerror}") from None


def when_ready(server: Any) -> None:
    """What was loaded before the workers are born need not be looked through again: a full look takes a fifth of a second, in
    which the threads of a worker answer nobody; and memory that is not looked through stays shared."""
    gc.collect()
    gc.freeze()

"""Keeps PostgreSQL and Redis running for one clone, as long as anything uses them.

A process of its own: `python -m gesoc.keeper HOME PROFILE SERVICE…`. Whoever needs the services holds a shared lock on
`HOME/lock/users`; the keeper asks for the same lock exclusively and gets it when the last user is gone, by whatever way
it went. Then it stops both services and ends. If the keeper itself is killed, the kernel tells both to shut down.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gesoc.home import Home, ServiceError, says_why, try_lock, wait_until
from gesoc.servers import ANSWERS, ensure_database, start_pg, start_redis

POLL = 0.1  # seconds between two looks at the lock and the services


@dataclass
class Keeper:
    home: Home
    profile: str
    wanted: tuple[str, ...]

    def __post_init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        self.running[name] = start_pg(self.home, self.profile) if name == "postgres" else start_redis(self.home)

    def wait_ready(self) -> None:
        for name in self.wanted:
            wait_until(partial(self.is_decided, name), 120)
            if not ANSWERS[name](self.home):
                raise ServiceError(f"{name} did not start; {says_why(self.home, name)}")
        if "postgres" in self.wanted:
            ensure_database(self.home)

    def is_decided(self, name: str) -> bool:
        return self.running[name].poll() is not None or ANSWERS[name](self.home)

    def watch(self, users: int) -> None:
        """Until nobody is left. A service that dies in the meantime is started again, once a second at most."""
        last_start = 0.0
        while not try_lock(users, fcntl.LOCK_EX):
            dead = [name for name, process in self.running.items() if process.poll() is not None]
            if dead and time.monotonic() - last_start > 1:
                last_start = time.monotonic()
                for name in dead:
                    self.start(name)
            time.sleep(POLL)

    def stop(self) -> None:
        how = {"postgres": signal.SIGINT, "redis": signal.SIGTERM}
        for name, process in self.running.items():
            if process.poll() is None:
                process.send_signal(how[name])
        for process in self.running.values():
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.home.redis_socket.unlink(missing_ok=True)
        if self.home.run.parent != self.home.root:
            shutil.rmtree(self.home.run, ignore_errors=True)


def main(root: str, profile: str, *wanted: str) -> int:
    home = Home(Path(root))
    alive, users = home.lock("keeper"), home.lock("users")
    # Someone who is only looking (`embedded.keeper_lives`) holds it for a moment; another keeper would hold it for good.
    if not wait_until(partial(try_lock, alive, fcntl.LOCK_EX), 5):
        return 0
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a Ctrl-C or a closed terminal ends the users, and that ends the keeper
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keeper = Keeper(home, profile, wanted)
    try:
        for name in wanted:
            keeper.start(name)
        keeper.wait_ready()
        print("ready", flush=True)  # noqa: T201 - the starter waits for this line
        keeper.watch(users)
    except ServiceError as error:
        print(error, flush=True)  # noqa: T201
        return 1
    finally:
        keeper.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

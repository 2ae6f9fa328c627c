"""Where one pair of embedded services lives, and how processes agree about it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PG_PORT = 5432  # part of the socket's name; PGPORT in the environment means another server
PG_SOCKET = f".s.PGSQL.{PG_PORT}"
LONGEST_SOCKET = 100  # bytes; the kernel takes 107
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")  # what needs no quoting in any of the addresses made from it
LARGEST_LOG = 5_000_000


class ServiceError(RuntimeError):
    """Why an embedded service does not run, in a sentence for the person at the terminal."""


def not_ours(root: Path) -> str:
    return f"{root} was made by another account: work as that account, or remove the directory and start again."


@dataclass(frozen=True)
class Home:
    """The directory in which one pair of embedded services lives (`var/`, or `var/test` for the test suite)."""

    root: Path

    @property
    def pg(self) -> Path:
        return self.root / "pg"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def run(self) -> Path:
        """Where the sockets are: in the home, or under /tmp where its path is too long or too odd for an address."""
        here = self.root / "run"
        if len(os.fsencode(here / PG_SOCKET)) <= LONGEST_SOCKET and PLAIN_PATH.fullmatch(str(here)):
            return here
        key = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(f"/tmp/mesa-{os.getuid()}-{key}")  # noqa: S108 - owner and mode are checked in make_run

    @property
    def pg_socket(self) -> Path:
        return self.run / PG_SOCKET

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    def lock(self, name: str) -> int:
        """An open descriptor of one of the home's lock files: start, users, keeper, prepare, demo."""
        directory = self.root / "lock"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            return os.open(directory / name, os.O_RDWR | os.O_CREAT, 0o600)
        except PermissionError:
            raise ServiceError(not_ours(self.root)) from None


def try_lock(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def open_log(home: Home, name: str) -> BinaryIO:
    """Goes on where it ended, unless it grew too long."""
    home.log.mkdir(parents=True, exist_ok=True)
    path = home.log / f"{name}.log"
    too_long = path.exists() and path.stat().st_size > LARGEST_LOG
    return path.open("wb" if too_long else "ab")


def says_why(home: Home, name: str) -> str:
    """Where to look, and the last lines of it: whoever reads the sentence may not have the machine."""
    path = home.log / f"{name}.log"
    try:
        last = path.read_text(errors="replace").splitlines()[-5:]
    except OSError:
        last = []
    return "\n".join([f"{path} says why{':' if last else '.'}", *last])

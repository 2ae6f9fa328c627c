"""A real Celery worker for tests marked `worker`: a process of its own on the test database and the test Redis."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.core.cache import cache
from django.db import connection

from gesoc.accounts import become
from gesoc.celery import app

REPOSITORY = Path(__file__).resolve().parent.parent


class CeleryWorker:
    def __init__(self, log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        self.environment = environment or {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, with_beat: bool = False, seconds: float = 30) -> None:
        """Returns when the worker takes tasks."""
        cache.delete("alive:worker")
        command = [sys.executable, "-m", "celery", "--app", "gesoc", "worker", "--concurrency", "1"]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        if with_beat:
            command += ["--beat", "--schedule", str(self.log.with_suffix(".schedule"))]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=os.environ
                | {"DJANGO_SETTINGS_MODULE": "gesoc.settings", "MESA_DATABASE": database_name()}
                | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=become(None, signal.SIGKILL),
            )
        end = time.monotonic() + seconds
        while cache.get("alive:worker") is None:
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL for the worker and its pool, as the out-of-memory killer or a power cut would do."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                pass
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def empty_queue() -> None:
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()

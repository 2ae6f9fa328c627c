"""`script/demo`: the whole platform on this machine, in the foreground, until Ctrl-C or SIGTERM.

Starts what it needs, shows how far it is, starts again what dies, and stops exactly what it started.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from gesoc import embedded
from gesoc.accounts import become
from gesoc.home import ServiceError, open_log, try_lock
from gesoc.probe import LOOPBACK, health

BASE_DIR = embedded.BASE_DIR
PYTHON = sys.executable
GRACE = {signal.SIGTERM: 10, signal.SIGQUIT: 5, signal.SIGKILL: 5}  # seconds that each signal gets
RESTARTS, WITHIN = 4, 60  # a child that dies more often than this many times in so many seconds stops the demo


stop_asked: list[int] = []


class Stop(Exception):
    """Someone pressed Ctrl-C, or the process was told to end."""


class Failure(Exception):
    """Why the demo cannot go on, in a sentence."""


def pause(seconds: float) -> None:
    """The only place where a signal takes effect, so that none falls between starting a process and knowing it."""
    end = time.monotonic() + seconds
    while not stop_asked and time.monotonic() < end:
        time.sleep(0.05)
    if stop_asked:
        raise Stop


def ask_to_stop(number: int, frame: FrameType | None) -> None:
    stop_asked.append(number)


def say(text: str, end: str = "\n") -> None:
    try:
        sys.stdout.write(text + end)
        sys.stdout.flush()
    except OSError:
        pass  # nobody reads any more: no reason to stop, and no reason not to stop in good order


@contextmanager
def step(text: str) -> Iterator[None]:
    say(f"  {text} … ", end="")
    started = time.monotonic()
    yield
    say(f"{time.monotonic() - started:.1f} s")


# -- processes ----------------------------------------------------------------------------------------------------


@dataclass
class Child:
    """One of the processes that the demo keeps running, in a process group of its own."""

    name: str
    command: list[str]
    shown: bool = False  # what it says is for the terminal, not for a log
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return embedded.home().log / f"{self.name}.log"

    def start(self) -> None:
        self.started.append(time.monotonic())
        with open_log(embedded.home(), self.name) as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=None if self.shown else log,
                stderr=None if self.shown else log,
                cwd=BASE_DIR,
                process_group=0,
                pass_fds=embedded.held(),  # the services stay until the last child is gone, also if we are killed
                preexec_fn=become(None, signal.SIGTERM),
            )

    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def is_hopeless(self) -> bool:
        return sum(time.monotonic() - at < WITHIN for at in self.started) > RESTARTS

    def signal_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:])


def children(port: int) -> list[Child]:
    celery = [PYTHON, "-m", "celery", "--app", "gesoc"]
    return [
        Child("web", [PYTHON, "-m", "gunicorn", "gesoc.wsgi", "--bind", f"{LOOPBACK}:{port}"]),
        Child("worker", [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]),
        Child("beat", [*celery, "beat", "--pidfile", ""]),
    ]


def stop_all(started: list[Child]) -> None:
    """Politely first: the worker finishes or hands back what it is doing. Nobody outlives the last round."""
    alive = [child for child in started if child.process is not None]
    for number, seconds in GRACE.items():
        leaders = [child.process for child in alive if child.process and child.process.poll() is None]
        for child in alive:
            if number == signal.SIGKILL:
                child.signal_group(number)  # whatever a leader left behind in its group
            elif child.process in leaders:
                child.process.send_signal(number)
        end = time.monotonic() + seconds
        for process in leaders:
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass


def watch(started: list[Child]) -> None:
    for child in started:
        if not child.is_dead():
            continue
        if child.is_hopeless():
            raise Failure(f"{child.name} keeps stopping. The end of {child.log}:\n{child.last_words()}")
        say(f"  {child.name} stopped unexpectedly; starting it again")
        child.signal_group(signal.SIGKILL)
        child.start()


# -- the way up ---------------------------------------------------------------------------------------------------


def port_from_environment() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(f"PORT is {text!r}: it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, int(text)))
        except PermissionError:
            raise Failure(f"Port {text} is reserved for root. Choose another: PORT=8001 script/demo") from None
        except OSError:
            raise Failure(f"Port {text} is in use. Choose another: PORT=8001 script/demo") from None
    return int(text)


def claim() -> int:
    """One demo per clone."""
    descriptor = embedded.home().lock("demo")
    if not try_lock(descriptor, fcntl.LOCK_EX):
        raise Failure("A demo of this clone is already running.")
    return descriptor


def reset() -> None:
    embedded.erase()
    place = embedded.home()
    for name in ("media", "mail"):
        shutil.rmtree(place.root / name, ignore_errors=True)
    for path in place.root.glob("beat*"):
        path.unlink()
    (place.root / "demo_logins.json").unlink(missing_ok=True)


def run(started: list[Child], *command: str, shown: bool = False) -> None:
    """A command that ends, stoppable like the others."""
    child = Child("setup", [PYTHON, *command], shown)
    started.append(child)
    child.start()
    while not child.is_dead():
        pause(0.05)
    started.remove(child)
    if child.process and child.process.returncode:
        raise Failure(f"{' '.join(command)} failed.\n{'' if shown else child.last_words()}")


def wait_healthy(started: list[Child], port: int) -> None:
    end = time.monotonic() + 90
    while (state := health(port)).get("status") != "ok":
        watch(started)
        if time.monotonic() > end:
            raise Failure(f"The platform did not become well: {state or 'no answer'}. See {embedded.home().log}.")
        pause(0.2)


def has_command(name: str) -> bool:
    return any(BASE_DIR.glob(f"*/management/commands/{name}.py"))


def start(started: list[Child], port: int) -> None:
    if os.environ.get("RESET") == "1" and embedded.is_local():
        with step("RESET=1: removing the database, the queue and the files of this clone"):
            reset()
    if embedded.wanted():
        with step("PostgreSQL and Redis"):
            embedded.use()
            forget_signs_of_life()
    with step("Tables and reference data"):
        if not embedded.is_local():
            run(started, "manage.py", "migrate", "--noinput")
        run(started, "manage.py", "load_reference")  # in local mode every command sees to the tables first
    with step("Static files"):
        embedded.collect_static()
    with step("Web server, worker and beat"):
        for child in children(port):
            started.append(child)
            child.start()
        wait_healthy(started, port)


def forget_signs_of_life() -> None:
    """Those of the last demo are young enough to count, if this one follows at once."""
    from redis import Redis

    with Redis.from_url(os.environ.get("REDIS_URL") or embedded.redis_url()) as redis:
        for key in redis.scan_iter("*:alive:*"):
            redis.delete(key)


def load_demo(started: list[Child]) -> None:
    if not embedded.is_local():
        say("  DATABASE_URL is set, so this is not local mode: no demo data, and demo accounts are refused.")
    elif has_command("load_demo"):
        say("  Demo: organisations, people and files")
        run(started, "manage.py", "load_demo", shown=True)
        if has_command("load_demo_projects"):
            run(started, "manage.py", "load_demo_projects", shown=True)
        if has_command("load_demo_dialogues"):
            run(started, "manage.py", "load_demo_dialogues", shown=True)


def welcome(port: int) -> None:
    from gesoc.local import read_demo_logins

    say(f"\nMesa de Datos: http://{LOOPBACK}:{port}/")
    logins = read_demo_logins() if embedded.is_local() else {}
    width = max(map(len, logins), default=0)
    for email, password in logins.items():
        say(f"  {email:<{width}}  {password}")
    say("Ctrl-C stops everything.")


def on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup asks to ignore this one
            signal.signal(number, handler)


def main() -> int:
    started: list[Child] = []
    on_signals(ask_to_stop)
    code = 0
    try:
        claim()
        if not embedded.is_local():
            embedded.check_settings()
        port = port_from_environment()
        start(started, port)
        load_demo(started)
        welcome(port)
        while True:
            watch(started)
            pause(0.5)
    except Stop:
        say("\nStopping …")
    except (Failure, ServiceError, subprocess.CalledProcessError) as error:
        say("")
        sys.stderr.write(f"{error}\n")
        code = 1
    finally:
        on_signals(signal.SIG_IGN)
        stop_all(started)
        embedded.release()
    if not code:
        say("Stopped.")
    return code


if __name__ == "__main__":
    sys.exit(main())

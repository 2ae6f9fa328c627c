"""PostgreSQL and Redis for local mode: found or started when `DATABASE_URL` / `REDIS_URL` are unset.

Every process that needs them calls `use()` and so holds them; they stop when the last holder ends, by whatever way
(see `gesoc.keeper`). Their addresses follow from the clone's path alone, so nothing has to be in the environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from gesoc.home import PG_PORT, Home, ServiceError, open_log, says_why, try_lock, wait_until

BASE_DIR = Path(__file__).resolve().parent.parent
NEEDS_NOTHING = {
    "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "spectacular",
    "startapp", "startproject", "version",
}  # fmt: skip
NEEDS_NO_TABLES = {
    "createcachetable", "dbshell", "flush", "inspectdb", "makemigrations", "migrate", "optimizemigration",
    "showmigrations", "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations",
}  # fmt: skip
_held: dict[Path, int] = {}


def is_local() -> bool:
    """Local mode: this clone serves itself, on this machine alone."""
    return not os.environ.get("DATABASE_URL")


def home() -> Home:
    """`var/`, or `var/test…` under the test suite, which must not disturb a demo that runs in the same clone."""
    return Home(BASE_DIR / "var" / os.environ.get("MESA_PROFILE", ""))


def wanted() -> list[str]:
    """Which services nobody else provides."""
    names = {"postgres": is_local(), "redis": is_local() and not os.environ.get("REDIS_URL")}
    return [name for name, needed in names.items() if needed]


def redis_url() -> str:
    return f"unix://{home().redis_socket}?db=0"


def use() -> None:
    """Hold the embedded services for the life of this process; starts them if nobody has."""
    place, names = home(), wanted()
    if not names or place.root in _held:
        return
    start, users = place.lock("start"), place.lock("users")
    fcntl.flock(start, fcntl.LOCK_EX)
    try:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is stopping them
        if not keeper_lives(place):
            launch(place, names)
        wait_for(place, names)
        _held[place.root] = users
    finally:
        os.close(start)


def keeper_lives(place: Home) -> bool:
    probe = place.lock("keeper")
    free = try_lock(probe, fcntl.LOCK_SH)  # shared: two who look at once must not take each other for the keeper
    os.close(probe)
    return not free


def launch(place: Home, names: list[str]) -> None:
    command = [sys.executable, "-m", "gesoc.keeper", str(place.root)]
    command += [os.environ.get("MESA_PROFILE") or "local", *names]
    with open_log(place, "keeper") as log:
        keeper = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
            cwd=BASE_DIR,
        )
    assert keeper.stdout
    with keeper.stdout as said:
        line = said.readline()
        if line != "ready\n":
            line += said.read()
    if line != "ready\n":
        keeper.wait()
        raise ServiceError(line.strip() or f"The embedded services did not start; {says_why(place, 'keeper')}")
    keeper.returncode = 0  # it outlives this process on purpose: no warning that it still runs


def wait_for(place: Home, names: list[str]) -> None:
    from gesoc.servers import ANSWERS

    end = time.monotonic() + 60
    for name in names:
        while not wait_until(partial(ANSWERS[name], place), 1):
            if not keeper_lives(place):  # it was just ending: the kernel gives its locks back in no order
                launch(place, names)
            elif time.monotonic() > end:
                raise ServiceError(f"The embedded {name} does not answer; {says_why(place, name)}")


def held() -> tuple[int, ...]:
    """The locks of this process, to be passed on to children that shall hold the services too."""
    return tuple(_held.values())


def release() -> None:
    """Let go, and if nobody else holds the services wait until they have stopped."""
    place = home()
    users = _held.pop(place.root, None)
    if users is None:
        return
    os.close(users)
    probe = place.lock("users")
    end = time.monotonic() + 90
    while keeper_lives(place) and time.monotonic() < end:
        if try_lock(probe, fcntl.LOCK_EX):
            fcntl.flock(probe, fcntl.LOCK_UN)  # nobody holds it: the keeper is about to see that
        elif try_lock(probe, fcntl.LOCK_SH):
            break  # someone else uses them
        time.sleep(0.05)
    os.close(probe)


def erase(seconds: float = 5) -> None:
    """Remove the clone's database and queue (`RESET=1`). Refused while another process uses them."""
    import shutil

    place = home()
    start, users = place.lock("start"), place.lock("users")
    fcntl.flock(start, fcntl.LOCK_EX)
    try:
        if not wait_until(lambda: try_lock(users, fcntl.LOCK_EX), seconds):
            raise ServiceError("Another process of this clone uses its database: stop it first, then RESET=1 again.")
        for directory in (place.pg, place.redis):
            shutil.rmtree(directory, ignore_errors=True)
    finally:
        os.close(users)
        os.close(start)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time in this clone."""
    descriptor = home().lock(name)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


# -- manage.py ----------------------------------------------------------------------------------------------------


def prepare(argv: list[str]) -> None:
    """Before manage.py does anything in local mode: services, tables and reference data, as the command needs them."""
    command = argv[1] if len(argv) > 1 else "help"
    if {"-h", "--help", "--version"} & set(argv):
        return
    if not is_local():
        check_settings()
        return
    if command in NEEDS_NOTHING and not any(argument.startswith("--database") for argument in argv):
        return
    if command == "runserver":
        refuse_strangers(argv[2:])
    try:
        use()
    except ServiceError as error:
        sys.exit(f"{error}")
    if command in NEEDS_NO_TABLES:
        set_stamp("")  # what it does to the tables is not known here: look again next time
    else:
        bring_up_to_date()
    if command == "runserver":
        collect_static()


def check_settings() -> None:
    """Outside local mode something may be missing: one sentence instead of a traceback."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        import gesoc.settings  # noqa: F401
    except ImproperlyConfigured as error:
        sys.exit(str(error))


def refuse_strangers(arguments: list[str]) -> None:
    """Local mode has made-up secrets and demo passwords: it serves this machine and no other."""
    for address in arguments:
        host = address.rpartition(":")[0]
        if not address.startswith("-") and host and host not in {"127.0.0.1", "localhost", "[::1]"}:
            sys.exit(f"Local mode serves this machine alone, not {host}. To serve others set DATABASE_URL (README.md).")


def bring_up_to_date() -> bool:
    """Migrations and reference data, unless the database says that it has seen these very files. True if it did."""
    with alone("prepare"):
        stamp = fingerprint()
        if get_stamp() == stamp:
            return False
        import django
        from django.core.management import call_command, get_commands

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        if "load_reference" in get_commands():
            call_command("load_reference", stdout=sys.stderr)
        set_stamp(stamp)
        return True


def ours(*patterns: str) -> Iterator[Path]:
    """Files of the clone that match, in order; none of what was made here and none of the tests'."""
    for pattern in patterns:
        for path in sorted(BASE_DIR.glob(pattern)):
            if path.is_file() and path.relative_to(BASE_DIR).parts[0] not in {"var", ".venv", "tests"}:
                yield path


def fingerprint() -> str:
    """Changes whenever a migration, a data file in the box or a command that loads one does."""
    digest = hashlib.sha256()
    for path in ours("*/migrations/*.py", "*/data/**/*", "*/management/commands/load_*.py"):
        digest.update(f"{path.relative_to(BASE_DIR)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def static_stamp() -> str:
    """Changes whenever a static file of ours does, or the packages that bring others."""
    digest = hashlib.sha256()
    for path in ours("static/**/*", "*/static/**/*", "requirements/*.txt"):
        state = path.stat()
        digest.update(f"{path.relative_to(BASE_DIR)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """The web server serves collected files under names with a hash; a stale collection would fail its pages."""
    seen, stamp = home().root / "static.stamp", static_stamp()
    if seen.exists() and seen.read_text() == stamp:
        return
    with alone("static"):
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
            cwd=BASE_DIR,
            check=True,
            stdin=subprocess.DEVNULL,
            process_group=0,  # a Ctrl-C is for the caller, which stops right after
        )
        seen.write_text(stamp)


def get_stamp() -> str:
    """Kept as the database's comment, so that it goes when the database goes."""
    with database_cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        return str(cursor.fetchone()[0] or "")


def set_stamp(stamp: str) -> None:
    with database_cursor() as cursor:
        cursor.execute(f"COMMENT ON DATABASE mesa IS '{stamp}'")


@contextmanager
def database_cursor() -> Iterator[Any]:
    import psycopg2

    connection = psycopg2.connect(host=str(home().run), port=PG_PORT, user="mesa", dbname="mesa")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()

"""A PostgreSQL and a Redis that may be broken at will: a copy of the suite's own cluster, in a house of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
from kombu import pools

from gesoc import embedded, servers
from gesoc.accounts import server_account
from gesoc.home import PG_PORT, Home, wait_until
from tests.worker import database_name

SECONDS = 60
MEGABYTE = 1 << 20


class BreakableHouse:
    """Its servers keep their promises as in production (fsync on): what they lose, production would lose."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self.home = Home(embedded.BASE_DIR / "var" / profile)
        self.disk = self.home.root / "disk"
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """For processes that shall live in this house."""
        return {"MESA_PROFILE": self.profile}

    @property
    def redis_url(self) -> str:
        return f"unix://{self.home.redis_socket}?db=0"

    def build(self) -> None:
        """The suite's cluster with its migrated database, copied while it runs: seconds less than migrating another."""
        self.tear_down()
        self.home.pg.mkdir(parents=True, mode=0o700)
        command = [servers.pg_program("pg_basebackup"), "-D", str(self.home.pg), "--checkpoint=fast", "--no-sync"]
        command += ["-h", str(embedded.home().run), "-p", str(PG_PORT), "-U", "postgres"]
        subprocess.run(command, check=True, env=servers.environment(), cwd=self.home.root)
        self.start_pg()
        self.start_redis()

    def tear_down(self) -> None:
        for process in self.servers.values():
            process.kill()
            process.wait()
        self.servers.clear()
        if os.path.ismount(self.disk):
            subprocess.run(["umount", "--lazy", str(self.disk)], check=True)
        shutil.rmtree(self.home.root, ignore_errors=True)

    # -- servers --------------------------------------------------------------------------------------------------

    def start_pg(self) -> None:
        self.servers["postgres"] = servers.start_pg(self.home, self.profile.replace("test", "broken"))
        assert wait_until(partial(servers.pg_answers, self.home), SECONDS), self.pg_log()

    def stop_pg(self) -> None:
        """Immediate mode: as a machine that goes down, without a word to those who are connected."""
        self._end("postgres", signal.SIGQUIT)

    def start_redis(self) -> None:
        self.servers["redis"] = servers.start_redis(self.home)
        assert wait_until(partial(servers.redis_answers, self.home), SECONDS)

    def kill_redis(self) -> None:
        self._end("redis", signal.SIGKILL)

    def ends_by_itself(self) -> bool:
        """The database server, after a blow that it cannot recover from."""
        process = self.servers["postgres"]
        return wait_until(lambda: process.poll() is not None, SECONDS)

    def _end(self, name: str, number: signal.Signals) -> None:
        process = self.servers.pop(name)
        process.send_signal(number)  # does nothing where it has ended by itself
        process.wait(SECONDS)

    def pg_log(self) -> str:
        return (self.home.log / "postgres.log").read_text(errors="replace")

    def admin(self) -> Any:
        """A connection past everything that limits the product."""
        connection = psycopg2.connect(host=str(self.home.run), port=PG_PORT, user="postgres", dbname=database_name())
        connection.autocommit = True
        return connection

    def ask(self, query: str) -> Any:
        connection = self.admin()
        with connection.cursor() as cursor:
            cursor.execute(query)
            [answer] = cursor.fetchone()
        connection.close()
        return answer

    def do(self, statement: str) -> None:
        connection = self.admin()
        connection.cursor().execute(statement)
        connection.close()

    # -- a disk of a few megabytes ----------------------------------------------------------------------------------

    @contextmanager
    def small_disk(self, megabytes: int) -> Iterator[Path]:
        """A file system that really ends. Yields a folder on it that belongs to the server."""
        self.disk.mkdir(exist_ok=True)
        options = f"size={megabytes}m"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.disk)], check=True)
        try:
            folder = self.disk / "folder"
            folder.mkdir(mode=0o700)
            account = server_account(self.home.pg)
            if account:
                os.chown(folder, account.pw_uid, account.pw_gid)
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(self.disk)], check=True)

    def fill(self, spare: int = 0) -> None:
        """To the last byte but some megabytes."""
        with (self.disk / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(MEGABYTE)) == MEGABYTE:
                    pass
            except OSError:
                pass
            ballast.truncate(ballast.tell() - spare * MEGABYTE)

    def make_room(self) -> None:
        (self.disk / "ballast").unlink(missing_ok=True)

    # -- the write-ahead log on a disk of its own, as in production ----------------------------------------------------

    def move_log(self, folder: Path) -> None:
        """The server's log moves there, and lies there when it starts again."""
        log = self.home.pg / "pg_wal"
        if "postgres" in self.servers:
            self._end("postgres", signal.SIGINT)
        subprocess.run(["cp", "--archive", f"{log}/.", str(folder)], check=True)
        if log.is_symlink():
            log.unlink()
        else:
            shutil.rmtree(log)
        log.symlink_to(folder)
        self.start_pg()

    def leave_log(self, bytes_left: int) -> None:
        """Write the segments that are there already to their end, but for some bytes: the next one needs room."""
        position, size = "pg_current_wal_insert_lsn()", 16 * MEGABYTE
        ahead = self.ask(f"SELECT count(*) FROM pg_ls_waldir() WHERE name > pg_walfile_name({position})")
        used = self.ask(f"SELECT file_offset FROM pg_walfile_name_offset({position})")
        rest = (ahead + 1) * size - used - bytes_left
        for piece in [MEGABYTE] * (rest // MEGABYTE):
            self.ask(f"SELECT pg_logical_emit_message(false, 'ballast', repeat('x', {piece}), true)::text")

    def only_sessions_write(self) -> None:
        """The server's own writers stand still: what meets the end of the disk is the session that needs the room."""
        of_the_server = "('walwriter', 'background writer', 'checkpointer', 'autovacuum launcher')"
        found = self.ask(f"SELECT array_agg(pid) FROM pg_stat_activity WHERE backend_type IN {of_the_server}")
        for pid in found:
            os.kill(pid, signal.SIGSTOP)


def can_mount(place: Path) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode == 0:
        subprocess.run(["umount", str(place)], check=True)
    return done.returncode == 0


AWAY = "redis://127.0.0.1:9/0"  # nobody listens there


class broker_at:
    """Tasks are handed over there for a while: at a server of a test's own, or where nobody is."""

    def __init__(self, address: str = AWAY) -> None:
        from gesoc.celery import app

        self.app, self.address, self.before = app, address, app.conf.broker_url

    def __enter__(self) -> None:
        self._turn_to(self.address)

    def __exit__(self, *error: object) -> None:
        self._turn_to(self.before)

    def _turn_to(self, address: str) -> None:
        self.app.conf.broker_url = address
        pools.reset()  # a pool that is only closed would be found again, closed, by whoever comes later
        self.app._pool = None
        self.app.amqp._producer_pool = None

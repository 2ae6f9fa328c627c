"""Embedded services as `manage.py` by hand meets them: nothing in the environment, nothing run before."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gesoc.home import LONGEST_SOCKET, Home, try_lock, wait_until
from tests.ops.clones import Clone

STATES = "from municipalities.models import State; print(State.objects.count())"
HOLD = "print('holding', flush=True); import time; time.sleep(60)"
SETTING = "from django.db import connection; c = connection.cursor(); c.execute('SHOW {}'); print(c.fetchone()[0])"


def end(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.communicate()


def test_manage_from_nothing_has_tables_and_reference_data_and_leaves_no_process(clone: Clone) -> None:
    before = clone.modes()
    assert clone.shell(STATES) == "32"
    assert clone.wait_until_quiet() == {}
    assert clone.modes() == before


def test_manage_from_nothing_three_at_once(clone: Clone) -> None:
    started = [clone.start_shell(STATES) for _ in range(3)]
    assert [process.communicate(timeout=120)[0].strip() for process in started] == ["32", "32", "32"]


def test_services_run_as_an_ordinary_role_with_the_locale_of_production(ready_clone: Clone) -> None:
    query = "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'mesa'"
    role = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    code = f"from django.db import connection; c = connection.cursor(); c.execute({query!r}); print(*c.fetchone());"
    code += f"c.execute({role!r}); print(*c.fetchone())"
    assert ready_clone.shell(code).split() == ["b", "C.UTF-8", "UTF8", "False"]
    assert ready_clone.shell(SETTING.format("fsync")) == "on"


def test_two_clones_beside_each_other_share_nothing(ready_clone: Clone, filled_clone: Callable[..., Clone]) -> None:
    clone = filled_clone()
    write = "from django.core.cache import cache; cache.set('mine', 1); from django.db import connection; "
    write += f"connection.cursor().execute('CREATE TABLE mine ()'); {HOLD}"
    read = "from django.core.cache import cache; print(cache.get('mine')); from django.db import connection; "
    read += "print('mine' in connection.introspection.table_names())"
    holder = ready_clone.start_shell(write)
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    assert clone.shell(read) == "None\nFalse"
    assert ready_clone.shell(read) == "1\nTrue"
    end(holder)


def test_services_stay_while_anyone_uses_them_and_go_after_a_kill(ready_clone: Clone) -> None:
    holder = ready_clone.start_shell(HOLD)
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    servers = ready_clone.find("bin/postgres")
    assert ready_clone.shell(STATES) == "32"
    assert ready_clone.find("bin/postgres") == servers != []
    end(holder)
    assert ready_clone.wait_until_quiet() == {}


def test_services_start_again_after_everything_was_killed(ready_clone: Clone) -> None:
    ready_clone.shell("from django.core.cache import cache; cache.set('kept', 1, None)")
    holder = ready_clone.start_shell(HOLD)
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    ready_clone.kill_everything()
    holder.communicate()
    assert (ready_clone.root / "var" / "pg" / "postmaster.pid").exists()
    assert ready_clone.shell(f"{STATES}; from django.core.cache import cache; print(cache.get('kept'))") == "32\n1"


def test_services_that_die_are_started_again_by_their_keeper(ready_clone: Clone) -> None:
    holder = ready_clone.start_shell(HOLD)
    assert holder.stdout and holder.stdout.readline() == "holding\n"
    for word in ("bin/postgres", "redis-server"):
        for pid in ready_clone.find(word):
            os.kill(pid, signal.SIGKILL)
    time.sleep(1)
    assert ready_clone.shell(STATES) == "32"
    end(holder)


def test_stale_pid_file_with_a_number_that_lives_today(ready_clone: Clone) -> None:
    assert ready_clone.shell(STATES) == "32"
    assert ready_clone.wait_until_quiet() == {}
    pid_file = ready_clone.root / "var" / "pg" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n1700000000\n5432\n\n\n")
    assert ready_clone.shell(STATES) == "32"


def test_interrupted_initdb_is_begun_again(clone: Clone) -> None:
    half = clone.root / "var" / "pg"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert clone.shell(STATES) == "32"


def test_deep_clone_keeps_its_sockets_elsewhere_and_cleans_up(filled_clone: Callable[..., Clone]) -> None:
    clone = filled_clone("/".join(["a-rather-long-directory-name"] * 4))
    home = Home(clone.root / "var")
    assert home.run.parent == Path("/tmp")
    assert clone.shell(STATES) == "32"
    assert clone.wait_until_quiet() == {}
    assert not home.run.exists()


def test_environment_of_another_server_and_an_unknown_locale_do_not_disturb(clone: Clone) -> None:
    strange = {
        "PGPORT": "6000",
        "PGHOST": "nowhere.invalid",
        "PGUSER": "x",
        "PGDATA": "/nowhere",
        "LC_ALL": "xx_YY.UTF-8",
    }
    assert clone.shell(STATES, **strange) == "32"
    assert clone.shell(STATES) == "32"


def test_keeper_that_ends_just_now_is_followed_by_another(ready_clone: Clone) -> None:
    """Its locks come free one after the other: whoever looks in between finds a keeper that keeps nothing."""
    with (ready_clone.root / "var" / "lock" / "keeper").open("r+") as ending:
        fcntl.flock(ending, fcntl.LOCK_EX)
        waiting = ready_clone.start_shell(STATES)
        assert wait_until(lambda: is_held(ready_clone.root / "var" / "lock" / "users"), 30)
        time.sleep(1.5)  # it waits for the services of a keeper that has none
    assert waiting.communicate(timeout=90)[0] == "32\n"


def is_held(lock: Path) -> bool:
    with lock.open("r+") as probe:
        return not try_lock(probe.fileno(), fcntl.LOCK_EX)


def test_clone_with_an_odd_name(new_clone: Callable[..., Clone]) -> None:
    clone = new_clone("Mesa de datos, 100% ñ 'x' #1?")
    assert (
        clone.shell(f"{STATES}; from django.core.cache import cache; cache.set('a', 1); print(cache.get('a'))")
        == "32\n1"
    )
    assert clone.wait_until_quiet() == {}


@pytest.mark.parametrize("length", [10, 50, 60, 80, 300])
def test_socket_path_always_fits(length: int) -> None:
    home = Home(Path("/" + "x" * length))
    assert len(os.fsencode(home.pg_socket)) <= LONGEST_SOCKET


def test_changed_migration_is_applied_by_the_next_command(ready_clone: Clone) -> None:
    assert ready_clone.shell(STATES) == "32"
    migrations = ready_clone.root / "projects" / "migrations"
    newest = max(migrations.glob("0*.py")).stem
    (migrations / "9999_test.py").write_text(
        "from django.db import migrations\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [('projects', '{newest}')]\n"
        "    operations = [migrations.RunSQL('CREATE TABLE seen_by_the_next_command ()')]\n"
    )
    code = (
        "from django.db import connection; print('seen_by_the_next_command' in connection.introspection.table_names())"
    )
    assert ready_clone.shell(code) == "True"


@pytest.mark.parametrize("arguments", [["check"], ["help"], ["--version"], ["makemessages", "--help"]])
def test_commands_without_data_start_no_services(clone: Clone, arguments: list[str]) -> None:
    assert clone.manage(*arguments).returncode == 0
    assert not (clone.root / "var" / "pg").exists()


def test_local_mode_serves_no_strangers(clone: Clone) -> None:
    done = clone.manage("runserver", "0.0.0.0:8000")
    assert done.returncode == 1
    assert done.stderr == (
        "Local mode serves this machine alone, not 0.0.0.0. To serve others set DATABASE_URL (README.md).\n"
    )

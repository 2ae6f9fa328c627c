"""Servers that really stop and a disk that is really full, in the middle of a load by a real worker.

Each load ends as if nothing had happened, by itself or after one press: nothing lost, nothing doubled, and it is said.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.dirty import LINES_PER_SLICE, write_dirty_csv
from datasets import services
from datasets.ingest import endings
from datasets.management.commands.ingest import FOLLOWED, NOTHING_BEGUN
from datasets.models import ExpenditureCell, ExpenditureLine, Ingest, Release, SourceFile
from datasets.tasks import ingest_file
from gesoc.accounts import become
from municipalities.models import State
from tests.conftest import STRICT
from tests.datasets.test_ingest_failures import wait_for
from tests.factories.partners import GesocFactory
from tests.outage import MEGABYTE, BreakableHouse, broker_at, can_mount
from tests.worker import REPOSITORY, CeleryWorker, database_name

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
LINES = 30_000  # two blocks: there is a middle to be stopped in
REJECTED = LINES // LINES_PER_SLICE * 2
TABLE = "datasets_expenditureline"
EMPTY = f"SET mesa.may_truncate = on; TRUNCATE {TABLE}, datasets_expenditurecell, datasets_sourcefile CASCADE"
PATIENCE = 60  # seconds: what comes at all comes sooner, but a machine may have other work
GATE = 20_240_101  # the number of an advisory lock that the product does not use
BEFORE_READING, AT_THE_END = "datasets_rowissue", "datasets_reviewstep"


@pytest.fixture(scope="module")
def house(django_db_setup):
    built = BreakableHouse(f"{os.environ['MESA_PROFILE']}-outage")
    try:
        built.build()
        yield built
    finally:
        built.tear_down()


@pytest.fixture
def at_home(house, settings, monkeypatch):
    """This process lives in the breakable house, whose database knows the country."""
    monkeypatch.setenv("MEDIA_ROOT", str(settings.MEDIA_ROOT))
    settings.CACHES = settings.CACHES | {"default": {**settings.CACHES["default"], "LOCATION": house.redis_url}}
    broker = house.redis_url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    with monkeypatch.context() as moved, broker_at(broker):
        connection.close()
        moved.setitem(connection.settings_dict, "HOST", str(house.home.run))
        try:
            house.do(EMPTY)
            if not State.objects.exists():
                call_command("load_reference", verbosity=0)
            yield house
        finally:
            connection.close()


@pytest.fixture
def worker(at_home, tmp_path):
    process = CeleryWorker(tmp_path / "worker.log", at_home.environment)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def dirty(tmp_path_factory):
    path = tmp_path_factory.mktemp("dirty") / "gasto.csv"
    write_dirty_csv(path, LINES)
    return path


def hand_over(path, period, *, by=None):
    """The same file for another period is another load, whose rows stand beside those of the last."""
    with path.open("rb") as stream:
        file = services.register_file(stream=stream, name=path.name, by=by)
    return services.start_ingest(file=file, publish=True, by=by, kind="expenditure", period=period)


def end_of(ingest, seconds=3 * PATIENCE):
    wait_for(lambda: (ingest.refresh_from_db(), ingest.is_finished)[1], seconds)
    return ingest


@contextmanager
def gate(house, table):
    """Holds a table still, so that a load stops where it first writes there; gone with the server."""
    held = house.admin()
    held.cursor().execute(f"BEGIN; LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    yield
    held.close()


def stops_at(house, table):
    blocked = f"SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass"
    wait_for(lambda: house.ask(blocked), PATIENCE)


@contextmanager
def gate_in_copy(house, line_no):
    """Holds a COPY still at a line of it: the lines before have arrived, those after wait in the worker."""
    held = house.admin()
    held.cursor().execute(f"""
        SELECT pg_advisory_lock({GATE});
        CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END';
        CREATE TRIGGER gate BEFORE INSERT ON {TABLE} FOR EACH ROW WHEN (NEW.line_no = {line_no})
            EXECUTE FUNCTION wait_at_gate();
    """)
    yield
    held.close()


def stops_in_copy(house):
    stands = f"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY {TABLE}%' AND wait_event = 'advisory'"
    wait_for(lambda: house.ask(stands), PATIENCE)


def without_gate(house):
    house.do(f"DROP TRIGGER IF EXISTS gate ON {TABLE}; DROP FUNCTION IF EXISTS wait_at_gate()")


def within_second_block(expected):
    return max(line_no for _body, line_no, *_amounts in expected[0]) - 1_000


def kept(house, period):
    """What the database holds of a load: lines, their numbers, their cents; releases, by state."""
    rows = ExpenditureLine.objects.filter(release__period=period)
    sums = list(rows.values_list("public_body_id", "line_no", "approved", "paid").order_by("line_no"))
    releases = Release.objects.filter(period=period).values_list(
        "public_body_id", "year", "status", "version", "line_count"
    )
    cells = ExpenditureCell.objects.filter(release__period=period)
    return sums, sorted(releases), sorted(cells.values_list("public_body_id", "by", "key", "line_count", "approved"))


def temporary_files(settings):
    return [path.name for path in settings.MEDIA_ROOT.rglob("*") if path.is_file() and "-" in path.name]


def page_of(ingest, user=None):
    client = Client()
    if user:
        client.force_login(user)
    return client.get(ingest.get_absolute_url()).content.decode()


def test_database_that_stops_in_the_middle_of_a_load_costs_only_time(worker, at_home, dirty, settings):
    expected = undisturbed(dirty)
    for period, stage in (("Q1", BEFORE_READING), ("Q2", ""), ("Q3", AT_THE_END)):
        with gate(at_home, stage) if stage else gate_in_copy(at_home, within_second_block(expected)):
            ingest = hand_over(dirty, period)
            stops_at(at_home, stage) if stage else stops_in_copy(at_home)
            at_home.stop_pg()
        at_home.start_pg()
        without_gate(at_home)
        connection.close()
        lines, releases, cells = kept(at_home, period)
        assert (lines, cells, [one for one in releases if one[2] == "published"]) == ([], [], [])
        done = end_of(ingest)
        assert (done.status, done.error, done.rows_rejected) == ("published", "", REJECTED)
        assert done.attempts >= 2
        assert kept(at_home, period) == expected
        assert "La lectura se interrumpió " in page_of(done)
    assert temporary_files(settings) == []


def undisturbed(dirty):
    done = end_of(hand_over(dirty, "annual"))
    assert (done.status, done.attempts) == ("published", 1), done.error
    return kept(None, "annual")


def test_redis_that_is_killed_in_the_middle_of_a_load_costs_neither_the_load_nor_the_one_behind_it(
    worker, at_home, dirty, settings
):
    for first, behind, stage in (("2024-01", "2024-02", BEFORE_READING), ("2024-03", "2024-04", AT_THE_END)):
        with gate(at_home, stage):
            ingest = hand_over(dirty, first)
            waits = hand_over(dirty, behind)
            stops_at(at_home, stage)
            at_home.kill_redis()
        done = end_of(ingest)  # Redis is still away
        assert (done.status, done.error, done.attempts) == ("published", "", 1)
        at_home.start_redis()
        after = end_of(waits)
        assert (after.status, after.error) == ("published", "")
        assert kept(at_home, first) == kept(at_home, behind)
        assert "interrumpió" not in page_of(done)
    assert temporary_files(settings) == []


def test_redis_that_is_killed_in_the_middle_of_a_copy_costs_only_the_sight_of_the_progress(
    worker, at_home, dirty, settings
):
    expected, coordinator = undisturbed(dirty), GesocFactory()
    with gate_in_copy(at_home, within_second_block(expected)):
        ingest = hand_over(dirty, "Q1", by=coordinator)
        stops_in_copy(at_home)
        assert "filas leídas" in page_of(ingest, coordinator)
        at_home.kill_redis()
        told = page_of(ingest, coordinator)
        assert "Sigue en marcha; en este momento no se puede saber cuánto lleva." in told
        assert "filas leídas" not in told
        assert "<progress" in told and 'value="' not in told.partition("<progress")[2][:200]
    done = end_of(ingest)  # Redis is still away
    without_gate(at_home)
    assert (done.status, done.error, done.attempts, done.rows_rejected) == ("published", "", 1, REJECTED)
    assert kept(at_home, "Q1") == expected
    page = page_of(done, coordinator)
    assert "interrumpió" not in page and "no se puede saber" not in page

    at_home.start_redis()
    assert end_of(hand_over(dirty, "Q2")).status == "published"  # whatever the broker gave out again has been looked at
    assert (kept(at_home, "Q1"), Ingest.objects.get(pk=done.pk).attempts) == (expected, 1)
    assert temporary_files(settings) == []


class Command:
    """`manage.py ingest` in a terminal of its own: a process that lives in the breakable house."""

    RUN = "import django; django.setup(); from django.core.management import call_command; call_command('ingest', {})"

    def __init__(self, house, folder, path, *options):
        self.errors = folder / "stderr.txt"
        arguments = ", ".join(repr(str(one)) for one in (path, *options, "--json"))
        about = {"DJANGO_SETTINGS_MODULE": "gesoc.settings", "MESA_DATABASE": database_name()}
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", self.RUN.format(arguments)],
                cwd=REPOSITORY,
                env=os.environ | about | house.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                preexec_fn=become(None, signal.SIGKILL),
            )

    def said(self):
        return self.errors.read_text()

    def end(self, seconds=3 * PATIENCE):
        out = self.process.communicate(timeout=seconds)[0]
        return json.loads(out), self.process.returncode


def test_command_waits_for_a_database_that_restarts_and_loads_the_file_once(at_home, dirty, settings, tmp_path):
    expected = commanded(at_home, tmp_path, dirty, "annual")
    for period, stage in (("Q1", BEFORE_READING), ("Q2", ""), ("Q3", AT_THE_END)):
        with gate(at_home, stage) if stage else gate_in_copy(at_home, within_second_block(expected)):
            command = Command(at_home, tmp_path, dirty, "--publish", "--period", period)
            stops_at(at_home, stage) if stage else stops_in_copy(at_home)
            at_home.stop_pg()
        wait_for(lambda command=command: "se espera hasta 120 segundos" in command.said().lower(), PATIENCE)
        at_home.start_pg()
        without_gate(at_home)
        connection.close()
        result, code = command.end()
        assert (result["status"], code, result["rows_rejected"]) == ("published", 0, REJECTED), command.said()
        assert "La base de datos volvió" in command.said() and "Traceback" not in command.said()
        assert kept(at_home, period) == expected
        assert Ingest.objects.get(options__period=period).attempts == 2
    assert temporary_files(settings) == []


def commanded(house, folder, path, period):
    result, code = Command(house, folder, path, "--publish", "--period", period).end()
    assert (result["status"], code) == ("published", 0), result
    return kept(house, period)


def test_command_that_waited_in_vain_says_so_and_the_load_is_there_for_whoever_comes_next(
    at_home, dirty, settings, tmp_path
):
    expected = commanded(at_home, tmp_path, dirty, "annual")
    with gate(at_home, AT_THE_END):
        command = Command(at_home, tmp_path, dirty, "--publish", "--period", "Q1", "--wait", "1")
        stops_at(at_home, AT_THE_END)
        at_home.stop_pg()
    result, code = command.end()
    assert (result["status"], code) == ("failed", 75)
    assert "La base de datos no volvió a tiempo: nada quedó a medias y el original está a salvo." in command.said()
    assert "Traceback" not in command.said()
    before = Command(at_home, tmp_path, dirty, "--publish", "--period", "Q2", "--wait", "0")
    result, code = before.end()
    assert (result["error"], code) == (NOTHING_BEGUN, 75)
    at_home.start_pg()
    connection.close()
    assert kept(at_home, "Q1") == ([], [], [])
    assert Ingest.objects.get(options__period="Q1").status == "running"
    assert commanded(at_home, tmp_path, dirty, "Q1") == expected
    assert (Ingest.objects.count(), SourceFile.objects.count()) == (2, 1)
    assert temporary_files(settings) == []


def test_command_follows_a_worker_that_took_the_load_up_before_it(worker, at_home, dirty, tmp_path):
    expected = undisturbed(dirty)
    with gate(at_home, AT_THE_END):
        command = Command(at_home, tmp_path, dirty, "--publish", "--period", "Q1")
        stops_at(at_home, AT_THE_END)
        command.process.send_signal(signal.SIGSTOP)
        at_home.stop_pg()
    at_home.start_pg()
    connection.close()
    ingest = Ingest.objects.get(options__period="Q1")
    with gate(at_home, AT_THE_END):
        ingest_file.delay(ingest.pk)
        stops_at(at_home, AT_THE_END)
        command.process.send_signal(signal.SIGCONT)
        wait_for(lambda: FOLLOWED in command.said(), PATIENCE)
    result, code = command.end()
    assert (result["status"], code) == ("published", 0), command.said()
    ingest.refresh_from_db()
    assert (kept(at_home, "Q1"), ingest.attempts) == (expected, 2)


@pytest.fixture
def small_disk(at_home, tmp_path):
    """A file system of its own that really ends, which takes the right to mount one."""
    if not can_mount(tmp_path):
        assert not STRICT, "Nothing may be left out here, but this account may not mount a file system"
        pytest.skip("this account may not mount a file system")
    with at_home.small_disk(256) as folder:
        yield folder


def test_disk_that_is_full_in_the_middle_of_a_load_is_told_and_one_press_loads_it(
    worker, at_home, small_disk, dirty, settings
):
    coordinator = GesocFactory()
    at_home.do(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
    at_home.do(f"ALTER TABLE {TABLE} SET TABLESPACE small")
    at_home.fill(spare=1)
    failed = end_of(hand_over(dirty, "Q1", by=coordinator))
    assert (failed.status, failed.error) == ("failed", endings.NO_ROOM)
    assert "could not extend file" in at_home.pg_log() and "No space left on device" in at_home.pg_log()
    assert kept(at_home, "Q1") == ([], [], [])
    told = page_of(failed, coordinator)
    assert "sin espacio en disco" in told and "Reintentar" in told

    again = press_try_again(failed, coordinator)
    assert end_of(again).error == endings.NO_ROOM  # too early
    at_home.make_room()
    done = end_of(press_try_again(again, coordinator))
    assert (done.status, done.rows_rejected, SourceFile.objects.count()) == ("published", REJECTED, 1)
    assert kept(at_home, "Q1") == undisturbed(dirty)
    assert temporary_files(settings) == []
    at_home.do(f"ALTER TABLE {TABLE} SET TABLESPACE pg_default")
    at_home.do("DROP TABLESPACE small")


def press_try_again(failed, user):
    client = Client()
    client.force_login(user)
    answer = client.post(f"/datos/cargas/{failed.pk}/reintentar/")
    assert answer.status_code == 302
    return Ingest.objects.get(pk=int(answer.url.strip("/").rpartition("/")[2]))


@pytest.fixture
def log_on_small_disk(at_home, small_disk):
    """What the server writes before all else lies on a disk of its own, as in many an installation."""

    def move(wal_buffers):
        at_home.do(f"ALTER SYSTEM SET wal_buffers = '{wal_buffers}'")
        at_home.move_log(small_disk / wal_buffers)
        connection.close()

    yield move
    at_home.make_room()
    at_home.move_log(at_home.home.root / "wal")
    at_home.do("ALTER SYSTEM RESET wal_buffers")


def test_log_disk_that_is_full_takes_the_database_down_and_the_load_is_done_once_when_it_is_back(
    worker, at_home, log_on_small_disk, dirty, settings
):
    expected = undisturbed(dirty)
    for period, wal_buffers, where in (
        ("Q1", "64kB", f"CONTEXT:  COPY {TABLE}, line "),
        ("Q2", "16MB", "STATEMENT:  COMMIT"),  # all of it is still in memory: nothing was asked of the disk before
    ):
        log_on_small_disk(wal_buffers)
        at_home.fill()
        at_home.leave_log(2 * MEGABYTE)
        at_home.only_sessions_write()
        ingest = hand_over(dirty, period)
        assert at_home.ends_by_itself()  # it cannot even recover without room
        panic = at_home.pg_log().rpartition("PANIC:")[2]
        assert panic.startswith('  could not write to file "pg_wal/') and "No space left on device" in panic
        assert where in panic.splitlines()[1]
        away = Client(raise_request_exception=False).get(ingest.get_absolute_url())
        assert (away.status_code, away["Retry-After"]) == (503, "30")
        assert "La base de datos no responde" in away.content.decode()

        at_home.make_room()
        at_home.start_pg()
        connection.close()
        assert kept(at_home, period) == ([], [], [])
        done = end_of(ingest)
        assert (done.status, done.error, done.attempts, done.rows_rejected) == ("published", "", 2, REJECTED)
        assert kept(at_home, period) == expected
        assert "La lectura se interrumpió una vez" in page_of(done)
    assert temporary_files(settings) == []

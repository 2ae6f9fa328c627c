"""What breaks around a load: the process, the database, the broker, the disk. Nothing is lost or doubled, and it is said."""

import io
import os
import resource
import signal
import subprocess
import sys
import time

import psycopg2
import pytest
from django.db import connection

from datasets import services
from datasets.ingest import pipeline
from datasets.models import ExpenditureCell, ExpenditureLine, Ingest, Release, SourceFile
from datasets.tasks import teller
from tests.datasets.files import ABOUT, HEADINGS, ROWS, member, upload
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory
from tests.outage import AWAY, broker_at
from tests.worker import REPOSITORY, database_name

RUN = "import django; django.setup(); from datasets.ingest.pipeline import run_ingest; run_ingest({pk})"
BLOCKED = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def load_in_a_process(ingest):
    return subprocess.Popen(
        [sys.executable, "-c", RUN.format(pk=ingest.pk)],
        cwd=REPOSITORY,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "gesoc.settings", "MESA_DATABASE": database_name()},
        stderr=subprocess.PIPE,
    )


def wait_for(found, seconds=20):
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
    return answer


def blocked():
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED)
        return [pid for (pid,) in cursor.fetchall()]


@pytest.fixture
def gate():
    """Holds a table still for writers, so that a load stops exactly where it first writes there."""
    held = psycopg2.connect(**{**connection.get_connection_params(), "dbname": database_name(), "cursor_factory": None})

    def close(table):
        held.cursor().execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")

    close.open = held.rollback
    yield close
    held.close()


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_load_that_is_killed_or_loses_the_database_at_any_stage_is_loaded_once(gate, settings, monkeypatch):
    monkeypatch.setenv("MEDIA_ROOT", str(settings.MEDIA_ROOT))
    MunicipalityFactory()
    file = services.register_file(stream=io.BytesIO((HEADINGS + ROWS).encode()), name="gasto.csv")
    options = services.ingest_options(**ABOUT)
    ingest = services.prepare_ingest(file=file, options=options, publish=True).ingest
    for table, end in (
        ("datasets_rowissue", "kill"),  # before the file is read
        ("datasets_expenditureline", "database"),  # while its lines are written
        ("datasets_dataversion", "kill"),  # all written, public in the next moment
    ):
        gate(table)
        process = load_in_a_process(ingest)
        [pid] = wait_for(blocked)
        if end == "kill":
            process.send_signal(signal.SIGKILL)
        else:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        said = process.communicate()[1].decode()
        gate.open()
        wait_for(lambda pid=pid: pid not in running())
        ingest.refresh_from_db()
        assert (ingest.status, Release.objects.count(), ExpenditureLine.objects.count()) == ("running", 0, 0), said
        assert ("RecoverableError" in said) == (end == "database")
    done = pipeline.run_ingest(ingest.pk)
    assert (done.status, done.attempts, done.rows_loaded) == ("published", 4, 3)
    assert list(Release.objects.values_list("status", "version", "line_count")) == [("published", 1, 3)]
    assert (ExpenditureLine.objects.count(), ExpenditureCell.objects.filter(by="chapter").count()) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_load_waits_for_a_database_that_is_restarting_and_says_that_it_was_interrupted(client, monkeypatch):
    MunicipalityFactory()
    file = services.register_file(stream=io.BytesIO((HEADINGS + ROWS).encode()), name="gasto.csv")
    ingest = services.prepare_ingest(file=file, options=services.ingest_options(**ABOUT), publish=True).ingest
    with monkeypatch.context() as restart:
        restart.setitem(connection.settings_dict, "HOST", "/nobody/listens/here")
        connection.close()
        with pytest.raises(pipeline.RecoverableError):  # the task tries again, later each time
            pipeline.run_ingest(ingest.pk)
        connection.close()
    Ingest.objects.filter(pk=ingest.pk).update(status="running", attempts=1)  # as one that was cut off leaves it
    done = pipeline.run_ingest(ingest.pk)
    assert (done.status, done.attempts, Release.objects.count(), ExpenditureLine.objects.count()) == (
        "published",
        2,
        1,
        3,
    )
    page = client.get(f"/datos/cargas/{done.pk}/").content.decode()
    assert "La lectura se interrumpió una vez" in page
    assert "nada se perdió y nada está dos veces" in page


def running():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_load_goes_on_while_redis_is_away_and_the_sweep_sends_what_waits(settings):
    MunicipalityFactory()
    settings.CACHES = settings.CACHES | {"default": {**settings.CACHES["default"], "LOCATION": AWAY}}
    with broker_at():
        file = services.register_file(stream=io.BytesIO((HEADINGS + ROWS).encode()), name="gasto.csv")
        ingest = services.start_ingest(file=file, publish=True, **ABOUT)  # whoever uploads sees no error
        assert ingest.status == "queued"
        done = pipeline.run_ingest(ingest.pk, teller(ingest.pk))
    assert (done.status, done.error) == ("published", "")
    assert list(Release.objects.values_list("status", "version")) == [("published", 1)]


@pytest.mark.django_db
def test_database_without_room_says_so_and_one_press_loads_the_file_when_there_is(client):
    MunicipalityFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON datasets_expenditureline "
            "FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.full_disk()"
        )
    ingest = upload(HEADINGS + ROWS, publish=True, **ABOUT)
    assert (ingest.status, ingest.report["error_code"]) == ("failed", "no_room")
    assert "sin espacio en disco: no se cargó nada y el original está a salvo" in ingest.error
    assert not (Release.objects.exists() or ExpenditureLine.objects.exists())
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER full_disk ON datasets_expenditureline")
    client.force_login(GesocFactory())
    assert "Reintentar" in client.get(ingest.get_absolute_url()).content.decode()
    answer = client.post(f"/datos/cargas/{ingest.pk}/reintentar/")
    again = pipeline.run_ingest(ingest.followed_by.get().pk)
    assert answer.url == again.get_absolute_url()
    assert (again.status, Ingest.objects.count(), SourceFile.objects.count()) == ("published", 2, 1)
    client.post(f"/datos/cargas/{again.pk}/reintentar/")  # it did not fail: there is nothing to try again
    assert Ingest.objects.count() == 2


@pytest.mark.django_db
def test_load_that_stops_again_and_again_is_given_up_until_a_person_asks_for_it(client):
    MunicipalityFactory()
    file = services.register_file(stream=io.BytesIO((HEADINGS + ROWS).encode()), name="gasto.csv")
    ingest = services.prepare_ingest(file=file, options=services.ingest_options(**ABOUT), publish=True).ingest
    for last in (pipeline.MOST_ATTEMPTS, pipeline.MOST_ATTEMPTS - 1):
        Ingest.objects.update(status="running", attempts=last, error="")  # as one whose process died leaves it
        ended = pipeline.run_ingest(ingest.pk)
        if last == pipeline.MOST_ATTEMPTS:
            assert (ended.status, ended.report["error_code"], ended.attempts) == ("failed", "interrupted", last)
            assert not Release.objects.exists()
            client.force_login(GesocFactory())
            page = client.get(ended.get_absolute_url()).content.decode()
            assert "se interrumpió una y otra vez" in page and "Reintentar" in page
            assert "began anew" not in page and "cada vez empezó de nuevo" not in page
    assert (ended.status, ended.attempts) == ("published", pipeline.MOST_ATTEMPTS)


@pytest.fixture
def little_room():
    """No file of this process may grow beyond 100 kB: the kernel refuses the write, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.django_db
def test_upload_without_room_says_so_and_keeps_nothing(client, little_room, settings):
    client.force_login(member("coordinacion")[0])
    sent = io.BytesIO((HEADINGS + ROWS * 2_000).encode())
    sent.name = "gasto.csv"
    answer = client.post("/datos/subir/", {"file": sent})
    assert answer.status_code == 422
    assert "El servidor no tiene espacio para este archivo: no se guardó nada de él." in answer.content.decode()
    assert not SourceFile.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]

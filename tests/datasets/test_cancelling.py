"""A load that a person stops: at once where it waits, within seconds where a worker has it, never where it has ended."""

import io
import time

import pytest
from django.core.cache import cache
from django.db import connection

from benchmarks.dirty import write_dirty_csv
from datasets import services
from datasets.ingest import pipeline
from datasets.models import ExpenditureLine, Ingest, Label, PublicBody, Release, ReviewStep, RowIssue
from datasets.releases import NotAllowedNow
from datasets.tasks import progress_key, resume_ingests
from tests.datasets.files import ABOUT, HEADINGS, ROWS, member
from tests.datasets.test_ingest_failures import gate, load_in_a_process, wait_for  # noqa: F401 - a fixture
from tests.datasets.test_ingest_worker import LINES, hand_over, wait
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory

SENTENCE = "Se canceló la carga: no quedó nada de ella y el original está a salvo."


def waiting(user=None, organisation=None):
    MunicipalityFactory()
    file = services.register_file(stream=io.BytesIO((HEADINGS + ROWS).encode()), name="gasto.csv", by=user)
    if organisation:
        file.organisations.add(organisation)
    options = services.ingest_options(**ABOUT)
    return services.prepare_ingest(file=file, options=options, publish=True, by=user).ingest


def press(client, ingest, button="cancelar"):
    answer = client.post(f"/datos/cargas/{ingest.pk}/{button}/", follow=True)
    ingest.refresh_from_db()
    return answer.content.decode()


def left():
    return [model.objects.count() for model in (Release, ExpenditureLine, RowIssue)]


@pytest.mark.django_db
def test_load_that_waits_is_cancelled_at_once_and_one_press_asks_for_it_anew(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    ingest = waiting(user, organisation)
    assert "Cancelar la carga" in client.get(ingest.get_absolute_url()).content.decode()
    page = press(client, ingest)
    assert (ingest.status, ingest.stage, ingest.attempts) == ("cancelled", "done", 0)
    assert ingest.error.startswith(SENTENCE)
    assert SENTENCE in page and "Reintentar" in page and "Cancelar la carga" not in page
    shown = client.get(ingest.get_absolute_url()).context["steps"]
    assert [step.state for step in shown] == ["stopped", "pending", "pending", "pending"]
    assert list(ReviewStep.objects.values_list("step", "by")) == [("cancelled", user.pk)]
    assert pipeline.run_ingest(ingest.pk).status == "cancelled"  # its message comes late
    assert (resume_ingests(), left()) == (0, [0, 0, 0])

    assert "Ya terminó: no queda nada que cancelar." in press(client, ingest)
    press(client, ingest, "reintentar")
    again = pipeline.run_ingest(ingest.followed_by.get().pk)
    assert (again.status, left()[:2], ReviewStep.objects.filter(step="cancelled").count()) == ("published", [1, 3], 1)


@pytest.mark.django_db
def test_load_whose_worker_died_is_cancelled_at_once(client):
    ingest = waiting()
    Ingest.objects.update(status="running", attempts=1)
    client.force_login(GesocFactory())
    press(client, ingest)
    assert (ingest.status, ingest.attempts, left()) == ("cancelled", 1, [0, 0, 0])


@pytest.mark.django_db
def test_only_those_who_work_on_the_file_may_cancel(client):
    ingest = waiting(*member("coordinacion"))
    for user in (None, member("coordinacion")[0]):
        if user:
            client.force_login(user)
        assert client.post(f"/datos/cargas/{ingest.pk}/cancelar/").status_code == 404
        assert Ingest.objects.get().status == "queued" and not ReviewStep.objects.exists()


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_who_asks_while_the_end_is_written_down_is_told_that_it_is_too_late(gate, settings, monkeypatch):  # noqa: F811
    monkeypatch.setenv("MEDIA_ROOT", str(settings.MEDIA_ROOT))
    ingest = waiting()
    gate("datasets_dataversion")  # all is written, and public in the next moment
    process = load_in_a_process(ingest)
    wait_for(lambda: _is_blocked())
    with pytest.raises(NotAllowedNow, match="Está terminando en este mismo momento"):
        services.cancel_ingest(ingest=ingest, by=None)
    gate.open()
    process.communicate(timeout=30)
    ingest.refresh_from_db()
    assert (ingest.status, left()[:2], ReviewStep.objects.filter(step="cancelled").count()) == ("published", [1, 3], 0)


def _is_blocked():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_worker_stops_within_seconds_and_leaves_nothing_and_the_next_load_is_whole(
    worker, territory, tmp_path, client, settings
):
    path = tmp_path / "grande.csv"
    write_dirty_csv(path, LINES)
    client.force_login(GesocFactory())
    bodies, labels = PublicBody.objects.count(), Label.objects.count()
    ingest = hand_over(path, kind="expenditure")
    wait_for(lambda: (cache.get(progress_key(ingest.pk)) or {}).get("rows", 0) >= LINES // 10, 60)
    page = press(client, ingest)
    pressed = time.monotonic()
    assert ingest.status == "cancelled" or "Cancelando" in page
    assert wait(ingest, 30).status == "cancelled"
    assert time.monotonic() - pressed < 5
    assert (left(), ingest.attempts) == ([0, 0, 0], 1)
    assert (PublicBody.objects.count(), Label.objects.count()) == (bodies, labels)
    assert not list((settings.MEDIA_ROOT / "originals").glob("*-*"))
    assert SENTENCE in client.get(ingest.get_absolute_url()).content.decode()

    press(client, ingest, "reintentar")
    again = wait(ingest.followed_by.get(), 300)
    assert (again.status, again.rows_read) == ("published", LINES)
    assert again.rows_loaded == ExpenditureLine.objects.count() > LINES * 0.9

"""Watched sources: what is new becomes a load, what is not costs nothing, what fails is told and in the end stopped."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from datasets import services, tasks, watches
from datasets.ingest import pipeline
from datasets.models import Fetch, Ingest, Package, SourceFile, Watch
from datasets.watches import Wanted
from partners.models import OutboxMail
from tests.datasets.files import ABOUT, HEADINGS, ROWS, member
from tests.datasets.test_fetching import reply, serving
from tests.datasets.test_packages import MIXED
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory
from tests.outage import broker_at

pytestmark = pytest.mark.django_db
FIRST = (HEADINGS + ROWS).encode()
SECOND = (HEADINGS + ROWS.replace("500.00", "510.00")).encode()


class Site:
    """What the server of the test answers now."""

    def __init__(self):
        self.body, self.status, self.headers, self.asked = FIRST, 200, {}, []

    def __call__(self, handler):
        self.asked.append(dict(handler.headers))
        reply(handler, self.status, self.body, **self.headers)


@pytest.fixture
def site(settings):
    """A publisher's server on this machine, the only port of it that may be fetched from."""
    site = Site()
    with serving(site) as (port, _):
        settings.FETCH_ALSO = frozenset({("127.0.0.1", port)})
        site.url = f"http://127.0.0.1:{port}/cuenta/gasto%202024.csv"
        yield site


def wanted(url, **more):
    said = {"name": "Gasto de Torreón", "publisher": "Tesorería", "licence": "", "cadence": "weekly"}
    return Wanted(url=url, **(said | {"late_after": None, "options": ABOUT} | more))


@pytest.fixture
def watch(site):
    MunicipalityFactory()
    user, organisation = member()
    return services.save_watch(wanted=wanted(site.url), by=user, organisation=organisation)


def look(watch, **how):
    """As the worker looks; a load that results is read at once."""
    fetch = watches.check(watch_id=watch.pk, **({"forced": True} | how))
    watch.refresh_from_db()
    if fetch and fetch.ingest:
        tasks.ingest_file(fetch.ingest.pk)
    return fetch


def mails():
    return list(OutboxMail.objects.order_by("pk").values_list("kind", "subject"))


def test_a_new_file_becomes_a_load_of_whoever_watches_and_is_not_published(watch, site):
    site.headers = {"ETag": '"v1"', "Last-Modified": "Mon, 02 Jun 2025 10:00:00 GMT"}
    fetch = look(watch)
    ingest = Ingest.objects.get()
    assert (fetch.outcome, fetch.status, fetch.address, fetch.size) == ("new", 200, "127.0.0.1", len(FIRST))
    assert (fetch.ingest, ingest.status, ingest.created_by) == (ingest, "ready", watch.steward)
    file = fetch.file
    assert (file.original_name, file.source, file.retrieved_from) == ("gasto 2024.csv", watch.source, site.url)
    assert list(file.organisations.all()) == [watch.organisation]
    assert (watch.etag, watch.sha256, watch.failures) == ('"v1"', file.sha256, 0)
    assert timedelta(days=6, hours=23) < watch.next_at - timezone.now() < timedelta(days=7, minutes=1)
    assert mails() == [("watch_news", "Archivo nuevo: Gasto de Torreón")]
    text = OutboxMail.objects.get().text
    assert "Estado de la carga: Lista para publicar" in text and f"/datos/cargas/{ingest.pk}/" in text


def test_an_unchanged_file_makes_nothing(watch, site):
    """By its ETag, and where there is none by its bytes."""
    look(watch)
    assert look(watch).outcome == "unchanged"  # the same bytes
    site.headers, site.status, site.body = {"ETag": '"v1"'}, 304, b""
    assert look(watch).outcome == "unchanged"
    site.headers = {}
    look(watch)
    assert site.asked[-1]["If-None-Match"] == '"v1"'
    assert (Ingest.objects.count(), SourceFile.objects.count(), len(mails())) == (1, 1, 1)


def test_a_changed_file_is_a_candidate_beside_what_is_public(watch, site, client):
    first = look(watch).ingest
    first.refresh_from_db()
    services.publish_ingest(ingest=first, by=GesocFactory())
    site.body = SECOND
    second = look(watch).ingest
    second.refresh_from_db()
    assert (second.status, first.releases.get().status) == ("ready", "published")
    client.force_login(watch.steward)
    page = client.get(second.get_absolute_url()).content.decode()
    assert "10.00" in page and second.pk != first.pk  # its difference is shown
    assert [kind for kind, _ in mails()] == ["watch_news", "watch_news"]


def test_a_package_is_unpacked(watch, site):
    site.body, site.headers = MIXED, {"Content-Disposition": 'attachment; filename="../../cuenta pública.zip"'}
    tasks.check_watch(watch.pk, watch.steward_id)
    package = Package.objects.get()
    assert (package.file.original_name, package.fetches.get().watch) == ("cuenta pública.zip", watch)
    tasks.unpack_package(package.pk)
    assert [one.state for one in package.members.all()][:3] == ["taken", "taken", "left_out"]
    assert "un paquete con 2 archivos" in OutboxMail.objects.get().text


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (404, b"", "ya no está en esa dirección"),
        (500, b"", "error (500)"),
        (200, b"<!doctype html><title>Error</title>", "Parece una página web"),
        (200, b"", "Está vacío"),
        (200, b"%PDF-1.4 nada", "Parece un PDF"),
    ],
)
def test_a_failure_is_told_in_words_and_tried_again_sooner(watch, site, status, body, why):
    site.status, site.body = status, body
    fetch = look(watch)
    assert (fetch.outcome, fetch.status, why in fetch.error) == ("failed", status, True), fetch.error
    assert (watch.failures, watch.state, watch.sha256) == (1, "active", "")
    assert timedelta(minutes=59) < watch.next_at - timezone.now() < timedelta(hours=1, minutes=1)
    assert not SourceFile.objects.exists()
    site.status, site.body = 200, FIRST
    assert look(watch).outcome == "new"
    assert watch.failures == 0


def test_many_failures_stop_it_and_whoever_is_told_reads_so(watch, site):
    site.status = 503
    for failures in range(1, watches.MAX_FAILURES + 1):
        assert (watch.state, look(watch).outcome, watch.failures) == ("active", "failed", failures)
    assert watch.state == "stopped"
    assert mails() == [("watch_stopped", "Detenida por fallas: Gasto de Torreón")]
    assert look(watch, forced=False) is None
    watch = services.resume_watch(watch=watch, by=watch.steward)
    assert (watch.state, watch.failures) == ("active", 0)


def test_what_is_against_our_rules_is_stopped_at_once(watch, site, settings):
    site.status, site.headers = 302, {"Location": "http://169.254.169.254/latest/meta-data/"}
    assert "red privada" in look(watch).error
    assert watch.state == "stopped"
    settings.FETCH_ALSO = frozenset()
    with pytest.raises(ValidationError, match="puertos 80"):
        services.save_watch(wanted=wanted(site.url), by=watch.steward)


def test_beat_looks_at_what_is_due_and_at_nothing_else(watch, site, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.check_watch, "delay", sent.append)
    assert (tasks.watch_sources(), sent) == (1, [watch.pk])
    look(watch, forced=False)
    assert tasks.watch_sources() == 0
    assert look(watch, forced=False) is None  # a message that came twice
    services.pause_watch(watch=watch, by=watch.steward)
    Watch.objects.update(next_at=timezone.now() - timedelta(days=1))
    assert tasks.watch_sources() == 0
    assert len(site.asked) == 1


def test_two_never_look_at_once_and_what_a_dead_worker_left_is_told(watch, site):
    with pipeline.held(watches.LOCKS - watch.pk):
        pass
    Fetch.objects.create(watch=watch)
    look(watch)
    assert [(one.outcome, one.error) for one in watch.fetches.order_by("pk")] == [
        ("failed", watches.INTERRUPTED), ("new", ""),
    ]  # fmt: skip


def test_silence_is_told_once(watch, site):
    Watch.objects.update(
        late_after=90, news_at=timezone.now() - timedelta(days=91), next_at=timezone.now() + timedelta(1)
    )
    tasks.watch_sources()
    tasks.watch_sources()
    watch.refresh_from_db()
    assert (watch.is_late, mails()) == (True, [("watch_late", "Atrasada: Gasto de Torreón")])
    look(watch)
    assert not watch.is_late


@pytest.mark.parametrize(
    ("day", "months", "today", "following"),
    [
        ("2026-01-30", 3, "2026-01-28", "2026-04-30"),
        ("2026-01-31", 1, "2026-02-02", "2026-02-28"),  # the last day of a month stays the last
        ("2026-02-28", 1, "2026-02-28", "2026-03-31"),
        ("2025-10-30", 3, "2026-05-02", "2026-07-30"),  # two were never published
        ("2026-04-30", 3, "2026-02-10", "2026-04-30"),  # long before its day: a correction of the last one
        ("2026-04-30", 12, "2026-04-30", "2027-04-30"),
        ("2026-04-30", None, "2026-05-02", None),
        (None, None, "2026-05-02", None),
    ],
)
def test_the_day_of_the_next_file_follows_from_the_one_that_came(day, months, today, following):
    given = date.fromisoformat(day) if day else None
    found = watches.next_expected(given, months, date.fromisoformat(today))
    assert found == (date.fromisoformat(following) if following else None)


def test_a_day_that_passed_without_the_file_is_told_once_and_moves_when_it_comes(watch, site, client):
    client.force_login(watch.steward)
    page = f"{watch.get_absolute_url()}cambiar/"
    sent = FORM | {"url": site.url, "steward": str(watch.steward_id)}
    assert "Di también" in client.post(page, sent | {"comes_every": "3"}).content.decode()
    yesterday = timezone.localdate() - timedelta(days=1)
    assert client.post(page, sent | {"comes_every": "3", "expected_on": str(yesterday)}).status_code == 302
    Watch.objects.update(next_at=timezone.now() + timedelta(1))
    tasks.watch_sources()
    tasks.watch_sources()
    watch.refresh_from_db()
    assert (watch.is_late, mails()) == (True, [("watch_late", f"Atrasada: {watch.source.name}")])
    assert "Se esperaba" in OutboxMail.objects.get().text
    assert "Se esperaba un archivo el" in client.get(watch.get_absolute_url()).content.decode()
    look(watch)
    watch.refresh_from_db()
    assert not watch.is_late and watch.expected_on > timezone.localdate()
    assert "Cada trimestre".lower() in client.get(watch.get_absolute_url()).content.decode()


def test_another_address_is_looked_at_from_the_beginning(watch, site):
    look(watch)
    changed = services.save_watch(wanted=wanted(site.url + "?b"), by=watch.steward, watch=watch)
    assert (changed.sha256, changed.etag, changed.next_at <= timezone.now()) == ("", "", True)
    assert changed.pk == watch.pk and changed.source_id == watch.source_id


# -- pages ----------------------------------------------------------------------------------------------------------

FORM = {
    "name": "Gasto",
    "publisher": "Tesorería",
    "cadence": "daily",
    "late_after": "100",
    "body": "05035",
    "year": "2024",
}


def test_a_member_sets_one_up_looks_and_pauses(client, site, django_capture_on_commit_callbacks):
    MunicipalityFactory()
    user, organisation = member()
    client.force_login(user)
    response = client.post("/datos/vigiladas/nueva/", FORM | {"url": site.url})
    watch = Watch.objects.get()
    assert (response.url, watch.organisation, watch.steward) == (watch.get_absolute_url(), organisation, user)
    assert watch.options == {"municipality": "05035", "year": 2024}
    address = watch.get_absolute_url()
    client.post(f"{address}comprobar/")
    assert "data-live" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    tasks.check_watch(watch.pk, user.pk)
    page = client.get(address).content.decode()
    assert "Archivo nuevo" in page and "127.0.0.1" in page and f"Pedida por {user.full_name}" in page
    assert "data-finished" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Se acaba de revisar" in client.post(f"{address}comprobar/", follow=True).content.decode()
    client.post(f"{address}pausa/", {"pause": ""})
    assert "En pausa" in client.get("/datos/vigiladas/").content.decode()
    form = client.get(f"{address}cambiar/").content.decode()
    assert re.search(r'name="body"[^>]*value="Torreón, Coahuila"', form)
    response = client.post(
        f"{address}cambiar/", FORM | {"url": site.url, "cadence": "monthly", "steward": str(user.pk)}
    )
    assert (response.status_code, Watch.objects.get().cadence) == (302, "monthly")


@pytest.mark.django_db(transaction=True)
def test_who_asks_for_a_look_while_the_queue_of_work_is_away_is_told(client, watch):
    client.force_login(watch.steward)
    with broker_at():
        page = client.post(f"{watch.get_absolute_url()}comprobar/", follow=True).content.decode()
    assert "La cola de trabajo no responde" in page and not services.check_awaited(watch)


@pytest.mark.parametrize("url", ["http://10.0.0.1:8080/", "ftp://datos.example/a.csv", "https://datos.example:22/"])
def test_the_form_refuses_what_will_never_be_fetched(client, url):
    client.force_login(member()[0])
    response = client.post("/datos/vigiladas/nueva/", FORM | {"url": url, "body": ""})
    assert (response.status_code, "url" in response.context["form"].errors) == (422, True)
    assert not Watch.objects.exists()


def test_others_neither_see_nor_touch_it(client, watch):
    client.force_login(member("coordinacion")[0])
    assert client.get(watch.get_absolute_url()).status_code == 404
    assert client.post(f"{watch.get_absolute_url()}comprobar/").status_code == 404
    assert watch.source.name not in client.get("/datos/vigiladas/").content.decode()


def test_list_tells_what_changed_and_when_the_next_file_is_expected(client, watch, site):
    Watch.objects.update(late_after=90)
    look(watch)
    Watch.objects.update(news_at=datetime(2026, 1, 1, 18, tzinfo=UTC), next_at=timezone.now() + timedelta(1))
    client.force_login(watch.steward)
    first = Ingest.objects.get()
    page = client.get("/datos/vigiladas/").content.decode()
    assert (
        f'<a href="{first.get_absolute_url()}">Cambió: revísala</a>' in page
        and "se esperaba a más tardar el 1 abr 2026" in page
    )
    assert "1 abr 2026" in client.get(watch.get_absolute_url()).content.decode()
    services.publish_ingest(ingest=first, by=GesocFactory())
    assert "Cambió" not in client.get("/datos/vigiladas/").content.decode()
    site.body = SECOND
    second = look(watch).ingest
    assert (
        f'<a href="{second.get_absolute_url()}">Cambió: revísala</a>'
        in client.get("/datos/vigiladas/").content.decode()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_queries_for_one_and_for_three(client, site, count, django_assert_num_queries):
    user, organisation = member()
    for number in range(count):
        services.save_watch(wanted=wanted(f"{site.url}?{number}", options={}), by=user, organisation=organisation)
    client.force_login(user)
    with django_assert_num_queries(5):  # session, person, right, count, page
        assert len(client.get("/datos/vigiladas/").context["rows"]) == count


def test_uploading_the_same_bytes_by_hand_is_the_same_file(watch, site):
    file = services.register_file(stream=io.BytesIO(FIRST), name="a-mano.csv")
    assert look(watch).file == file


def cancelled(watch, by):
    """The newest file comes, and somebody stops its load before a worker has it."""
    fetch = watches.check(watch_id=watch.pk, forced=True)
    watch.refresh_from_db()
    services.cancel_ingest(ingest=fetch.ingest, by=by)
    return fetch


def test_who_watches_is_told_that_somebody_cancelled_the_load_and_what_happens_next(watch, site, client):
    other = GesocFactory()
    fetch = cancelled(watch, other)
    tasks.ingest_file(fetch.ingest_id)  # its message comes late: nothing is told twice
    assert mails() == [("watch_cancelled", "Carga cancelada: Gasto de Torreón")]
    text = OutboxMail.objects.get().text
    assert f"{other} canceló la carga de gasto 2024.csv" in text
    assert "No se carga otra vez por sí sola" in text
    assert f"/datos/cargas/{fetch.ingest_id}/" in text
    assert look(watch).outcome == "unchanged"  # as the mail says: no look loads it
    client.force_login(watch.steward)
    page = client.get(reverse("datasets:watches")).content.decode()
    assert "Se canceló la carga del archivo más reciente" in page and f'href="/datos/cargas/{fetch.ingest_id}/"' in page


def test_one_press_after_it_was_cancelled_is_told_as_the_news_that_it_is(watch, site, client):
    first = cancelled(watch, GesocFactory())
    client.force_login(watch.steward)
    client.post(f"/datos/cargas/{first.ingest_id}/reintentar/")
    first.refresh_from_db()
    assert first.ingest.follows.status == "cancelled"
    tasks.ingest_file(first.ingest_id)
    assert [kind for kind, _ in mails()] == ["watch_cancelled", "watch_news"]
    page = client.get(reverse("datasets:watches")).content.decode()
    assert "Cambió: revísala" in page and "Se canceló la carga" not in page


def test_who_cancels_a_load_of_a_source_of_their_own_gets_no_mail_of_it(watch, site):
    cancelled(watch, watch.steward)
    assert mails() == []


def test_load_of_a_package_that_is_cancelled_is_told_too(watch, site):
    site.body = MIXED
    fetch = watches.check(watch_id=watch.pk, forced=True)
    tasks.unpack_package(fetch.package_id)
    member_ = fetch.package.members.filter(state="taken").order_by("place").first()
    other = GesocFactory()
    services.cancel_ingest(ingest=member_.ingest, by=other)
    assert [kind for kind, _ in mails()] == ["watch_news", "watch_cancelled"]
    assert f"{other} canceló la carga de {member_.file.original_name}" in OutboxMail.objects.latest("pk").text

"""Watched sources that changed, are late, were given up, and whose load somebody cancelled: the list, their pages, the mails."""

from datetime import timedelta

import pytest
from django.utils import timezone

from datasets import services, tasks, watches
from datasets.models import Watch
from partners.models import OutboxMail
from tests.browser.clicks import fits
from tests.browser.phone import sign_in
from tests.datasets.files import HEADINGS, ROWS, member
from tests.datasets.test_fetching import reply, serving
from tests.datasets.test_watches import wanted
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory

from .test_file_becomes_dashboard import looks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def publisher(settings):
    """A server of files of its own making; what is no longer there is a 404."""

    def answer(handler):
        if "baja" in handler.path:
            reply(handler, 404, b"")
        else:
            reply(handler, 200, (HEADINGS + ROWS.replace("500.00", f"{500 + len(handler.path)}.00")).encode())

    with serving(answer) as (port, _):
        settings.FETCH_ALSO = frozenset({("127.0.0.1", port)})
        yield f"http://127.0.0.1:{port}"


def watched(publisher, user, organisation, name, path, **more):
    said = wanted(f"{publisher}/{path}.csv", **({"name": name} | more))
    return services.save_watch(wanted=said, by=user, organisation=organisation)


def looked(watch, *, load=True):
    fetch = watches.check(watch_id=watch.pk, forced=True)
    if load and fetch and fetch.ingest:
        tasks.ingest_file(fetch.ingest_id)
    watch.refresh_from_db()
    return fetch


def given_up(watch):
    while watch.state != Watch.State.STOPPED:
        looked(watch)


def made(publisher, user, organisation):
    MunicipalityFactory()
    looked(watched(publisher, user, organisation, "Cuenta pública trimestral", "cambio"))
    late = watched(publisher, user, organisation, "Contratos del mes", "tarde", late_after=30)
    Watch.objects.filter(pk=late.pk).update(news_at=timezone.now() - timedelta(days=45))
    given_up(watched(publisher, user, organisation, "Padrón de obras", "baja"))
    stopped = looked(watched(publisher, user, organisation, "Egresos por partida", "cancelada"), load=False)
    services.cancel_ingest(ingest=stopped.ingest, by=GesocFactory(full_name="Inés Cantú"))
    watches.tell_of_late()


def fits_and_is_accessible(page, axe):
    for look in looks(page):
        assert fits(page), look
        axe()


def test_what_became_of_each_is_seen_and_told(live_server, page, axe, publisher):
    user, organisation = member()
    made(publisher, user, organisation)
    sign_in(page.context, live_server.url, user)
    page.goto(f"{live_server.url}/datos/vigiladas/")
    rows = {row.locator("th a").inner_text(): row.inner_text() for row in page.locator("tbody tr").all()}
    for name, said in {
        "Cuenta pública trimestral": "Cambió: revísala",
        "Contratos del mes": "Con retraso",
        "Padrón de obras": "Detenida",
        "Egresos por partida": "Se canceló la carga del archivo más reciente",
    }.items():
        assert said in rows[name]
    fits_and_is_accessible(page, axe)
    for name, said in {
        "Contratos del mes": "más tarde de lo esperado",
        "Padrón de obras": "Ya no se revisa",
        "Egresos por partida": "Cancelada",
    }.items():
        page.goto(f"{live_server.url}/datos/vigiladas/")
        page.get_by_role("link", name=name).click()
        page.get_by_role("heading", name="Historial").wait_for()
        assert said in page.locator("main").inner_text()
        fits_and_is_accessible(page, axe)
    page.get_by_role("link", name="Qué se entendió").click()
    assert "Terminó aquí:" in page.locator("main").inner_text()
    fits_and_is_accessible(page, axe)
    assert list(OutboxMail.objects.order_by("pk").values_list("kind", "subject")) == [
        ("watch_news", "Archivo nuevo: Cuenta pública trimestral"),
        ("watch_stopped", "Detenida por fallas: Padrón de obras"),
        ("watch_cancelled", "Carga cancelada: Egresos por partida"),
        ("watch_late", "Atrasada: Contratos del mes"),
    ]

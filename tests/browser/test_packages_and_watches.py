"""What came in a ZIP, and a watched source, on a telephone: they fit, are accessible, and a source can be set up and paused."""

import io

import pytest

from datasets import packages, services
from datasets.ingest import pipeline
from datasets.models import Fetch, Watch
from datasets.receiving import ingest_options, register_file
from tests.browser.clicks import fits
from tests.browser.phone import sign_in
from tests.datasets.files import ABOUT, member
from tests.datasets.test_packages import MIXED
from tests.factories.datasets import MunicipalityFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def somebody(live_server, page):
    user, organisation = member()
    sign_in(page.context, live_server.url, user)
    page.set_viewport_size({"width": 390, "height": 844})
    return user, organisation


def is_well(page, axe, *schemes):
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert fits(page)
        axe()


def test_package_and_watched_source_on_a_telephone(live_server, page, axe, somebody):
    MunicipalityFactory()
    user, organisation = somebody
    file = register_file(stream=io.BytesIO(MIXED), name="cuenta publica.zip", organisation=organisation)
    package = packages.prepare_package(file=file, options=ingest_options(**ABOUT), by=user)
    for ingest in packages.unpack(package):
        pipeline.run_ingest(ingest.pk)
    page.goto(live_server.url + package.get_absolute_url())
    page.get_by_role("heading", name="6 archivos en el paquete").wait_for()
    assert page.get_by_text("Es otro archivo comprimido").is_visible()
    is_well(page, axe, "light", "dark")

    page.goto(f"{live_server.url}/datos/")
    page.get_by_role("link", name="Fuentes vigiladas").click()
    page.get_by_role("main").get_by_role("link", name="Vigilar una fuente").click()
    page.get_by_label("Dirección del archivo").fill("https://torreon.example/gasto.csv")
    page.get_by_label("¿Qué es?").fill("Gasto trimestral")
    page.get_by_label("¿Quién la publica?").fill("Tesorería")
    is_well(page, axe, "light")
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("heading", name="Historial").wait_for()
    watch = Watch.objects.get()
    Fetch.objects.create(
        watch=watch, outcome="failed", error="El archivo ya no está.", status=404, ended_at=watch.created_at
    )
    page.get_by_role("button", name="Pausar").click()
    page.get_by_text("En pausa").wait_for()
    page.get_by_text("Evidencia").click()
    assert page.get_by_text("404").is_visible()
    is_well(page, axe, "dark")
    assert services.resume_watch(watch=watch, by=user).state == "active"

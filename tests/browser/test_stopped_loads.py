"""A load that is cancelled, and one that failed on our side, on a telephone: what stopped it is said, one press begins anew."""

import io
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from datasets import services
from datasets.ingest import endings, pipeline
from datasets.models import Ingest
from tests.browser.clicks import fits
from tests.browser.phone import sign_in
from tests.datasets.files import ABOUT, HEADINGS, ROWS, member
from tests.factories.datasets import MunicipalityFactory
from tests.worker import database_name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def waiting():
    MunicipalityFactory()
    user, organisation = member("coordinacion")
    file = services.register_file(stream=io.BytesIO((HEADINGS + ROWS).encode()), name="gasto 2024.csv", by=user)
    file.organisations.add(organisation)
    options = services.ingest_options(**ABOUT)
    return services.prepare_ingest(file=file, options=options, publish=True, by=user).ingest


@contextmanager
def held_by_a_worker(ingest):
    """As its worker does, from another connection."""
    parameters = {**connection.get_connection_params(), "dbname": database_name(), "cursor_factory": None}
    worker = psycopg2.connect(**parameters)
    worker.cursor().execute("SELECT pg_advisory_lock(%s, %s)", [pipeline.LOCK_CLASS, ingest.pk])
    Ingest.objects.filter(pk=ingest.pk).update(status="running", stage="reading", attempts=1)
    yield
    worker.cursor().execute("SELECT pg_advisory_unlock_all()")
    worker.close()


def is_well(page, axe):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert fits(page)
        axe()


def test_running_load_is_cancelled_and_tried_again_on_a_telephone(live_server, page, axe, waiting):
    sign_in(page.context, live_server.url, waiting.created_by)
    page.set_viewport_size(PHONE)
    with held_by_a_worker(waiting):
        page.goto(live_server.url + waiting.get_absolute_url())
        is_well(page, axe)
        page.get_by_role("button", name="Cancelar la carga").click()
        page.get_by_text("Cancelando").wait_for()
        assert page.get_by_text("Se detiene en unos segundos y no queda nada de ella.").is_visible()
        assert not page.get_by_role("button", name="Cancelar la carga").is_visible()
        is_well(page, axe)
    pipeline.run_ingest(waiting.pk)
    page.get_by_role("heading", name="Se canceló la carga").wait_for()  # the page looks by itself
    assert page.get_by_text("no quedó nada de ella y el original está a salvo").is_visible()
    is_well(page, axe)
    tried_again(page, axe, waiting)


def test_load_that_failed_on_our_side_is_tried_again_on_a_telephone(live_server, page, axe, waiting):
    endings.fail(waiting, endings.NO_ROOM, "no_room")
    sign_in(page.context, live_server.url, waiting.created_by)
    page.set_viewport_size(PHONE)
    page.goto(live_server.url + waiting.get_absolute_url())
    page.get_by_role("heading", name="La carga no se pudo terminar").wait_for()
    assert page.get_by_text("El servidor se quedó sin espacio en disco").is_visible()
    is_well(page, axe)
    tried_again(page, axe, waiting)


def tried_again(page, axe, ingest):
    page.get_by_role("button", name="Reintentar").click()
    page.get_by_text("En espera de su turno").wait_for()
    pipeline.run_ingest(ingest.followed_by.get().pk)
    page.get_by_role("heading", name="Fila por fila").wait_for()
    assert page.get_by_text("Publicado").first.is_visible()
    is_well(page, axe)


def test_both_work_without_javascript(live_server, browser, waiting):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="es-MX")
    sign_in(context, live_server.url, waiting.created_by)
    page = context.new_page()
    page.goto(live_server.url + waiting.get_absolute_url())
    page.get_by_role("button", name="Cancelar la carga").click()
    page.get_by_role("heading", name="Se canceló la carga").wait_for()
    page.get_by_role("button", name="Reintentar").click()
    page.get_by_text("En espera de su turno").wait_for()
    assert list(Ingest.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "queued"]
    context.close()

"""Every shape in which a figure leaves: the same numbers, their source beside them, and nothing that can run."""

import html
import io
import json
import re
import struct
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from openpyxl import load_workbook
from redis.exceptions import RedisError

from datasets import pictures, tasks
from datasets.models import PinnedFigure, Release
from datasets.releases import withdraw_release
from datasets.versions import bump_data_version
from gesoc.common import workbook as xlsx
from gesoc.common.charts.png import png
from gesoc.common.charts.standalone import standalone
from tests.datasets import dashboards as place
from tests.datasets.dashboards import csv_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
BUDGET = "/municipios/05035/presupuesto/"


@pytest.fixture
def body():
    place.classifiers()
    return make.PublicBodyFactory()


@pytest.fixture
def release(body):
    bump_data_version()
    return place.spending(body, 2024)


def take(client, shape, figure="partes", page=BUDGET):
    return client.get(f"{page}?formato={shape}&figura={figure}")


def test_workbook_has_the_numbers_of_the_csv_and_a_sheet_of_notes(client, release):
    book = load_workbook(io.BytesIO(take(client, "xlsx").getvalue()))
    assert book.sheetnames == ["Datos", "Notas"]
    rows = [list(row) for row in book["Datos"].iter_rows(values_only=True)]
    told = csv_of(take(client, "csv"))
    assert [str(value) for value in rows[0]] == told[0]
    assert [Decimal(str(row[3])).quantize(Decimal("0.01")) for row in rows[1:]] == [Decimal(row[3]) for row in told[1:]]
    notes = dict(book["Notas"].iter_rows(values_only=True))
    assert notes["Fuente, archivo, versión y fecha"] == (
        f"Tesorería Municipal, {release.ingest.file.original_name}, versión 1 del 30 abr 2025, 0 renglones"
    )
    assert notes["Versión de los datos"] == "1"
    assert notes["De quién"] == "Torreón, Coahuila"
    assert "CC BY 4.0" in notes["Licencia"]


def test_json_tells_exact_amounts_and_where_they_come_from(client, release):
    told = json.loads(take(client, "json").content)
    assert told["rows"][0][:4] == ["1000", "", "Servicios personales", "50000000.00"]
    assert told["data_version"] == 1
    assert told["sources"][0]["url"] == f"http://testserver/datos/cargas/{release.ingest_id}/"
    assert "Torreón, Coahuila: «De cada 100 pesos, 56 van a Servicios personales" in told["citation"]


def test_drawing_is_one_file_with_title_and_source_and_without_scripts(client, release):
    answer = take(client, "svg")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = answer.text
    assert "Fuente: Tesorería Municipal" in text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", text)
    assert root.get("width") == "800"


def test_figure_without_a_drawing_has_no_svg(client, release):
    assert take(client, "svg", "momentos").status_code == 404
    assert take(client, "png", "momentos").status_code == 404
    assert "SVG" not in take(client, "llevar", "momentos").text


@pytest.fixture
def orders(monkeypatch):
    """Names of the pictures that the worker was told to draw."""
    sent = []
    monkeypatch.setattr(pictures.current_app, "send_task", lambda task, args: sent.append(*args))
    return sent


def drawn(client, orders, *args, **kwargs):
    """What the reader gets once the worker has done what it was told."""
    take(client, *args, **kwargs)
    tasks.draw_picture(orders[-1])
    return take(client, *args, **kwargs)


def size(image):
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", image[16:24])


@pytest.mark.parametrize(("shape", "width", "height"), [("png-horizontal", 1600, 900), ("png-cuadrado", 1080, 1080)])
def test_picture_has_the_size_of_its_place_and_says_what_it_shows(client, release, orders, shape, width, height):
    answer = drawn(client, orders, shape)
    assert answer["Content-Type"] == "image/png"
    assert size(answer.content) == (width, height)
    assert b"iTXtDescription\0\0\0\0\0Torre\xc3\xb3n, Coahuila: De cada 100 pesos, 56 van a" in answer.content
    assert answer["Content-Disposition"] == f'attachment; filename="05035-expenditure-partes{shape[3:]}.png"'


def test_letters_are_drawn_with_fonts_of_our_own():
    with_text = standalone('<svg height="10"/>', title="Año 2024: niñez", lines=[], source="")
    assert png(with_text) != png(with_text.replace("niñez", "obras"))


def test_no_picture_is_drawn_in_the_request_and_the_page_asks_again(client, release, orders, monkeypatch):
    monkeypatch.setattr(pictures, "png", None)  # whoever calls it fails
    waiting = take(client, "png")
    assert (waiting.status_code, waiting["Retry-After"], waiting["Cache-Control"]) == (202, "2", "no-store")
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting.text
    assert f'href="{BUDGET}?formato=png&amp;figura=partes"' in waiting.text
    assert len(orders) == 1


def test_order_is_given_once_however_many_ask_and_new_ones_are_bounded(client, release, orders, monkeypatch):
    monkeypatch.setattr(pictures.PictureThrottle, "rate", "1/min")
    assert [take(client, "png").status_code for _again in range(3)] == [202, 202, 202]
    assert len(orders) == 1
    refused = take(client, "png-cuadrado")
    assert (refused.status_code, len(orders)) == (429, 1)
    assert 0 < int(refused["Retry-After"]) <= 60
    assert tasks.draw_picture(orders[0]) is True
    assert size(take(client, "png").content)[0] == 1600


def test_script_of_the_waiting_page_is_told_when_to_ask_for_the_picture(client, release, orders):
    address = f"{BUDGET}?formato=png&figura=partes"
    asks = {"HX-Request": "true"}
    client.get(address)
    waiting = client.get(address, headers=asks)
    assert (waiting.status_code, "data-finished" in waiting.text) == (202, False)
    tasks.draw_picture(orders[0])
    assert "data-finished" in client.get(address, headers=asks).text
    assert client.get(address)["Content-Type"] == "image/png"


def test_order_delivered_twice_is_carried_out_once_and_an_unknown_one_never(client, release, orders):
    take(client, "png")
    assert [tasks.draw_picture(orders[0]) for _twice in range(2)] == [True, False]
    assert tasks.draw_picture("picture:1600:nada") is False


def test_order_whose_message_was_lost_is_given_anew(client, release, orders):
    take(client, "png")
    cache.delete(f"{orders[0]}:order")  # as its time runs out
    take(client, "png")
    assert orders == [orders[0]] * 2


def test_picture_of_other_data_is_another_one(client, release, orders):
    take(client, "png")
    tasks.draw_picture(orders[0])
    bump_data_version()
    assert take(client, "png").status_code == 202
    assert len(set(orders)) == 2


def test_drawing_that_fails_is_said_and_the_reader_not_left_waiting(client, release, orders, monkeypatch):
    take(client, "png")

    def fails(*args, **kwargs):
        raise ValueError("resvg")

    monkeypatch.setattr(pictures, "png", fails)
    tasks.draw_picture(orders[0])
    answer = take(client, "png")
    assert (answer.status_code, answer.text) == (500, "No se pudo dibujar esta imagen. Toma el SVG en su lugar.")


def test_without_redis_the_svg_is_named_instead(client, release, monkeypatch):
    def away(*args):
        raise RedisError

    monkeypatch.setattr(pictures, "kept", away)
    answer = take(client, "png")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert answer.text == "En este momento no se pueden hacer imágenes. Toma el SVG en su lugar."


def test_way_out_offers_pictures_and_the_words_to_put_beside_them(client, release):
    text = take(client, "llevar").text
    assert "formato=png-cuadrado&amp;figura=partes" in text
    assert "Torreón, Coahuila: De cada 100 pesos, 56 van a Servicios personales" in text


@pytest.mark.parametrize("shape", ["csv", "xlsx", "json", "svg", "png", "insertar", "llevar"])
def test_figure_that_is_none_is_not_found_and_never_another(client, release, shape):
    assert take(client, shape, "nada").status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1"])
def test_text_never_becomes_a_formula(text):
    out = io.BytesIO()
    xlsx.write(out, [xlsx.Sheet("Datos", [["a"], [text], [Decimal("12345678901234.56")], [None], [7]])])
    sheet = load_workbook(out)["Datos"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")
    assert sheet["A3"].value == "12345678901234.56"  # sixteen digits: Excel would round them
    assert (sheet["A4"].value, sheet["A5"].value) == (None, 7)


def test_only_frames_may_be_framed(client, release):
    framed = take(client, "insertar")
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "default-src 'none'" in framed["Content-Security-Policy"]
    page = client.get(BUDGET)
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def pin(client, address=BUDGET, figure="partes"):
    return client.post("/figuras/fijar/", {"address": address, "figure": figure})


def test_permanent_link_leads_to_the_living_page_and_keeps_the_figure_of_its_day(client, body, release):
    answer = pin(client, f"{BUDGET}?anio=2024")
    found = PinnedFigure.objects.get()
    assert answer["Location"].startswith(f"{BUDGET}?anio=2024&formato=llevar&figura=partes")
    assert client.get(f"/f/{found.key}/")["Location"] == f"{BUDGET}?anio=2024#partes"
    assert found.title in client.get(answer["Location"]).text

    release.status = Release.Status.SUPERSEDED
    release.save()
    place.spending(body, 2024, {"1000": {"accrued": "1.00"}, "3000": {"accrued": "3.00"}}, version=2)
    bump_data_version()
    fixed = client.get(f"/f/{found.key}/fija/")
    assert "De cada 100 pesos, 56 van a Servicios personales" in fixed.text
    assert "Desde entonces se han publicado datos" in fixed.text
    assert "frame-ancestors *" in fixed["Content-Security-Policy"]
    assert "75 van a Servicios generales" in client.get(BUDGET).text


def test_same_figure_of_the_same_data_is_kept_once(client, release):
    pin(client)
    pin(client)
    assert PinnedFigure.objects.count() == 1
    bump_data_version()
    pin(client)
    assert PinnedFigure.objects.count() == 2


def test_copy_is_gone_when_its_file_is_withdrawn(client, release):
    pin(client)
    release.status = Release.Status.WITHDRAWN
    release.save()
    gone = client.get(f"/f/{PinnedFigure.objects.get().key}/fija/")
    assert gone.status_code == 410
    assert "Servicios personales" not in gone.text


def test_copy_outlives_what_somebody_else_withdraws_of_the_same_file(client, body, release):
    neighbour = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code="05036"))
    other = place.spending(neighbour, 2024, ingest=release.ingest)
    pin(client)
    found = PinnedFigure.objects.get()
    withdraw_release(release=other, by=None, reason="No era de ese municipio.")
    assert (found.releases, client.get(f"/f/{found.key}/fija/").status_code) == ([release.pk], 200)
    withdraw_release(release=release, by=None, reason="Tampoco.")
    assert client.get(f"/f/{found.key}/fija/").status_code == 410


def test_copy_is_of_every_year_that_one_file_tells(client, body, release):
    earlier = place.spending(body, 2023, ingest=release.ingest)
    assert PinnedFigure.objects.count() == 0 and pin(client, figure="anios").status_code == 302
    assert PinnedFigure.objects.get().releases == [release.pk, earlier.pk]
    withdraw_release(release=earlier, by=None, reason="Repetida.")
    assert client.get(f"/f/{PinnedFigure.objects.get().key}/fija/").status_code == 410


def test_copy_from_before_its_releases_were_kept_goes_with_its_file(client, release):
    pin(client)
    PinnedFigure.objects.update(releases=[])
    assert client.get(f"/f/{PinnedFigure.objects.get().key}/fija/").status_code == 200
    withdraw_release(release=release, by=None, reason="No era.")
    assert client.get(f"/f/{PinnedFigure.objects.get().key}/fija/").status_code == 410


def test_oembed_tells_nothing_of_a_copy_that_is_gone(client, release):
    pin(client)
    found = PinnedFigure.objects.get()
    withdraw_release(release=release, by=None, reason="No era.")
    for address in (found.get_absolute_url(), f"{found.get_absolute_url()}fija/"):
        answer = client.get("/oembed/", {"url": f"http://testserver{address}"})
        assert (answer.status_code, found.title in answer.text) == (404, False)


@pytest.mark.parametrize(
    "address",
    [
        "https://otro.example/",
        "/datos/",
        "/no-hay/",
        "//otro.example/x",
        "javascript:1",
        "",
        "/admin/",
        BUDGET + "\x00",
    ],
)
def test_only_figures_of_ours_are_pinned(client, release, address):
    assert pin(client, address).status_code == 404
    assert not PinnedFigure.objects.exists()


def test_oembed_gives_the_frame_of_a_figure_and_of_a_permanent_link(client, release):
    told = client.get("/oembed/", {"url": f"http://testserver{BUDGET}?anio=2024#partes"}).json()
    assert told["type"] == "rich"
    assert f"{BUDGET}?anio=2024&amp;formato=insertar&amp;figura=partes" in told["html"]
    pin(client)
    key = PinnedFigure.objects.get().key
    assert f"/f/{key}/fija/" in client.get("/oembed/", {"url": f"http://testserver/f/{key}/"}).json()["html"]
    assert client.get("/oembed/", {"url": "https://otro.example/x"}).status_code == 404
    assert client.get("/oembed/", {"url": f"{BUDGET}#partes", "format": "xml"}).status_code == 501


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (800, 640)),
        ({"maxwidth": "300", "maxheight": "200"}, (300, 200)),
        ({"maxwidth": "5000", "maxheight": "641"}, (800, 640)),
        ({"maxwidth": "0", "maxheight": "alto"}, (800, 640)),
    ],
)
def test_oembed_never_takes_more_room_than_there_is(client, release, asked, size):
    told = client.get("/oembed/", {"url": f"{BUDGET}?anio=2024#partes", **asked}).json()
    assert (told["width"], told["height"]) == size
    assert f'height="{size[1]}"' in told["html"]


def test_what_is_pasted_beside_a_picture_says_of_whom_and_of_when(client, release):
    page = client.get(f"{BUDGET}?anio=2024&formato=llevar&figura=partes").text
    (text,) = re.findall(r'<textarea class="inp" id="alternative"[^>]*>([^<]*)<', page)
    assert html.unescape(text).replace("\u00a0", " ") == (
        "Torreón, Coahuila: De cada 100 pesos, 56 van a Servicios personales y 37 a Servicios generales. "
        "Devengado, Cuenta pública 2024, pesos de 2024: 90.0 mdp. Se reparte en 3 capítulos."
    )


def test_comparison_leaves_in_the_same_shapes(client, body, release):
    place.people(body)
    answer = client.get("/comparar/?m=05035&formato=json&figura=gasto")
    told = json.loads(answer.content)
    assert told["place"] == "Torreón"
    assert told["rows"][0][:2] == ["05035", "Torreón"]

"""The page of a load, its questions, publishing, and the rejected rows."""

import csv
import io

import pytest
from django.core.cache import cache
from django.utils import translation

from datasets import readout, tasks
from datasets.ingest import pipeline, reading
from datasets.ingest.readers import stream, text
from datasets.models import Ingest, MappingProfile, PublicBody, Release, SourceFile
from gesoc.common.exports import BOM
from tests.datasets.files import ABOUT, BAD_ROW, HEADINGS, ROWS, member, published, upload
from tests.factories.datasets import IngestFactory, SourceFileFactory
from tests.factories.partners import GesocFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def page(response):
    return response.content.decode()


def address(ingest, more=""):
    return f"/datos/cargas/{ingest.pk}/{more}"


def waiting(status=Ingest.Status.RUNNING, **fields):
    user, organisation = member()
    file = SourceFileFactory()
    file.organisations.add(organisation)
    return user, IngestFactory(file=file, status=status, stage=fields.pop("stage", "loading"), **fields)


# -- progress -----------------------------------------------------------------------------------------------------


def test_running_load_shows_its_progress_and_refreshes_without_scripts(client):
    user, ingest = waiting()
    told = {"stage": "loading", "done": 0.784, "rows": 1036, "rejected": 37, "rate": 512}
    cache.set(tasks.progress_key(ingest.pk), told, 60)
    client.force_login(user)
    text = page(client.get(address(ingest)))
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in text
    assert 'value="78"' in text
    for number in ("1,036", "37", "512"):
        assert number in text
    part = client.get(address(ingest), headers={"HX-Request": "true"})
    assert part["Cache-Control"] == "no-store"
    assert "HX-Request" in part["Vary"]
    assert "<html" not in page(part)
    assert 'value="78"' in page(part)
    assert 'role="status"' in page(part)


def test_queued_load_says_how_many_are_before_it(client):
    IngestFactory(status=Ingest.Status.QUEUED)
    IngestFactory(status=Ingest.Status.RUNNING)
    IngestFactory(status=Ingest.Status.PUBLISHED)
    user, ingest = waiting(status=Ingest.Status.QUEUED, stage="received")
    IngestFactory(status=Ingest.Status.QUEUED)
    client.force_login(user)
    response = client.get(address(ingest))
    assert response.context["ahead"] == 2


def test_finished_load_tells_the_script_to_reload(client):
    ingest = published()
    part = client.get(address(ingest), headers={"HX-Request": "true"})
    assert page(part).strip() == "<div data-finished></div>"


# -- who sees it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", ["", "columnas/", "rechazadas.csv"])
def test_load_that_is_not_public_does_not_exist_for_others(client, more):
    user, organisation = member()
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation, **ABOUT)
    assert client.get(address(ingest, more)).status_code == 404
    client.force_login(member()[0])
    assert client.get(address(ingest, more)).status_code == 404
    assert client.post(address(ingest, "publicar/")).status_code == 404
    client.force_login(user)
    assert client.get(address(ingest, more)).status_code == 200


def test_public_page_of_a_load_shows_no_row_of_a_file_with_personal_data(client):
    ingest = published(HEADINGS + ROWS + "5000,Tel. 871 123 4567,GOMC800229HCLMRL09,1,1,1\n")
    SourceFile.objects.update(has_personal_data=True)
    response = client.get(address(ingest))
    assert response.status_code == 200
    assert "set-cookie" not in response
    for secret in ("GOMC800229HCLMRL09", "871 123 4567", "rechazadas.csv", ingest.created_by.full_name):
        assert secret not in page(response)
    assert response.context["counts"] == {"read": "4", "loaded": "3", "rejected": "1", "skipped": "0"}
    client.force_login(GesocFactory())
    assert "GOMC800229HCLMRL09" in page(client.get(address(ingest)))


@pytest.mark.parametrize("bad_rows", [1, 3])
def test_load_asks_the_same_queries_whatever_was_rejected(client, bad_rows, django_assert_num_queries):
    ingest = published(HEADINGS + ROWS + BAD_ROW * bad_rows)
    SourceFile.objects.update(has_personal_data=False)
    client.get(address(ingest))  # what was read of the original is remembered
    with django_assert_num_queries(5):  # load, right to the original, versions, reasons, rejected rows
        assert client.get(address(ingest)).status_code == 200


# -- what was understood ------------------------------------------------------------------------------------------


def test_finished_load_says_what_was_understood(client):
    user, organisation = member("coordinacion")
    text = HEADINGS + ROWS + "\n" + BAD_ROW + ',Total,"1,500.00","1,650.00",700.00,500.50\n'
    ingest = upload(text, by=user, organisation=organisation, **ABOUT)
    assert ingest.status == Ingest.Status.READY, (ingest.error, ingest.report)
    client.force_login(user)
    context = client.get(address(ingest)).context
    assert [(column.heading, column.example) for column in context["columns"]] == [
        ("Capítulo", "1000"),
        ("Concepto", "Servicios personales"),
        ("Aprobado", "1,000.00"),
        ("Modificado", "1,100.00"),
        ("Devengado", "500.00"),
        ("Pagado", "400.00"),
    ]
    assert context["counts"] == {"read": "6", "loaded": "3", "rejected": "1", "skipped": "2"}
    [slice_] = context["slices"]
    assert [total for _name, total in slice_.totals] == ["1,500.00", "1,650.00", "700.00", "500.50"]
    [rejected] = context["rejected_rows"]
    assert (rejected.line_no, rejected.column, rejected.value) == (6, "Aprobado", "por definir")
    assert context["may_publish"]
    assert [step.state for step in context["steps"]] == ["done", "done", "done", "current"]


@pytest.mark.parametrize(
    ("breakdown", "name"),
    [
        ("object", "Objeto del gasto, nombre"),
        ("administrative", "Unidad administrativa"),
        ("functional", "Función"),
        ("programme", "Programa"),
        (None, "Objeto del gasto, nombre"),
    ],
)
def test_column_of_names_is_called_by_what_the_statement_tells(breakdown, name):
    report = {"columns": {"Concepto": "object_name", "Aprobado": "approved"}, "breakdown": breakdown}
    with translation.override("es-mx"):
        found = {one.heading: one.field for one in readout.columns(report, {}, {}, confirmed=False)}
    assert found == {"Concepto": name, "Aprobado": "Aprobado"}


def test_failed_load_says_why_and_what_to_do(client):
    user, organisation = member()
    ingest = upload(b"%PDF-1.7 not a workbook", name="gasto.xlsx", by=user, organisation=organisation)
    assert ingest.status == Ingest.Status.FAILED
    client.force_login(user)
    text = page(client.get(address(ingest)))
    assert "PDF" in ingest.error
    assert ingest.error in text
    assert "/datos/subir/" in text


# -- publishing ---------------------------------------------------------------------------------------------------


def test_publishing_needs_the_coordination_of_the_organisation(client):
    user, organisation = member()
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation, **ABOUT)
    client.force_login(user)
    assert client.get(address(ingest)).context["awaits_others"]
    assert client.post(address(ingest, "publicar/")).status_code == 403
    assert not Release.objects.published().exists()
    coordinator = MembershipFactory(organisation=organisation, role="coordinacion").user
    client.force_login(coordinator)
    assert client.get(address(ingest, "publicar/")).status_code == 405
    response = client.post(address(ingest, "publicar/"), follow=True)
    assert response.redirect_chain == [(address(ingest), 302)]
    release = Release.objects.published().get()
    assert (release.published_by, release.version) == (coordinator, 1)
    # Twice is once, and says so.
    response = client.post(address(ingest, "publicar/"), follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert Release.objects.published().get() == release


# -- rejected rows ------------------------------------------------------------------------------------------------


def download(client, ingest):
    response = client.get(address(ingest, "rechazadas.csv"))
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="rechazadas-{ingest.pk}.csv"'
    return list(csv.reader(io.StringIO(response.getvalue().decode().removeprefix(BOM))))


def test_rejects_are_whole_rows_of_the_file_with_where_and_why(client):
    bad = "4000,=HYPERLINK(1),por definir,-10.00,5.00,5.00,nota\n"
    ingest = published(HEADINGS.replace("\n", ",Observaciones internas\n") + ROWS.replace("\n", ",\n") + bad)
    client.force_login(GesocFactory())
    headings, row = download(client, ingest)
    assert headings[:7] == [
        "Capítulo",
        "Concepto",
        "Aprobado",
        "Modificado",
        "Devengado",
        "Pagado",
        "Observaciones internas",
    ]
    assert row[:7] == ["4000", "'=HYPERLINK(1)", "por definir", "-10.00", "5.00", "5.00", "nota"]
    assert row[7:10] == ["5", "Aprobado", "por definir"]
    assert len(row) == len(headings) == 12


def test_rejects_without_the_original_are_what_was_kept(client, media_root):
    ingest = published(HEADINGS + ROWS + BAD_ROW)
    (media_root / ingest.file.storage_path).unlink()
    client.force_login(GesocFactory())
    headings, row = download(client, ingest)
    kept = dict(zip(headings, row, strict=True))
    assert (kept["Aprobado"], kept["Modificado"]) == ("por definir", "10.00")


def test_rejects_are_public_only_without_personal_data(client):
    ingest = published(HEADINGS + ROWS + BAD_ROW)
    SourceFile.objects.update(has_personal_data=True)
    assert client.get(address(ingest, "rechazadas.csv")).status_code == 302
    client.force_login(member()[0])
    assert client.get(address(ingest, "rechazadas.csv")).status_code == 403
    client.logout()
    SourceFile.objects.update(has_personal_data=False)
    assert len(download(client, ingest)) == 2


# -- columns ------------------------------------------------------------------------------------------------------

ODD = "Clave,Nombre de la cosa,Cifra A,Cifra B\n1000,Sueldos,10.00,12.00\n2000,Papel,5.00,5.00\n"


@pytest.fixture
def odd(client):
    """A file that needs a person, and somebody who may answer signed in."""
    user, organisation = member("coordinacion")
    client.force_login(user)
    return upload(ODD, by=user, organisation=organisation, name="raro.csv")


def form_of(client, ingest, **changes):
    """What a browser would send back unchanged, and the changes."""
    context = client.get(address(ingest, "columnas/")).context
    data = {"shown": context["shown"]}
    for form in (context["answers"].shown(), context["reading"], context["columns"]):
        data |= {field.html_name: field.value() or "" for field in form}
    return data | changes


def test_unknown_headings_are_laid_out_before_anything_is_typed(client, odd):
    assert (odd.report["kind"], odd.report["header_row"]) == (None, 1)
    rows = client.get(address(odd, "columnas/")).context["rows"]
    assert [row["field"].label for row in rows] == ["Clave", "Nombre de la cosa", "Cifra A", "Cifra B"]
    data = form_of(client, odd, kind="contracts", look="1")
    chosen = client.post(address(odd, "columnas/"), data).context
    assert ("amount_with_tax", "Monto con IVA") in [
        pair for _title, group in chosen["rows"][2]["field"].field.choices[1:] for pair in group
    ]


def test_columns_of_unknown_headings_are_named_by_hand(client, odd):
    """The row of the headings first, then what each column is, and the file loads."""
    assert (odd.status, odd.report["columns"]) == (Ingest.Status.NEEDS_MAPPING, {})
    data = form_of(client, odd, header_row="1", kind="expenditure", look="1")
    context = client.post(address(odd, "columnas/"), data).context
    rows = [(row["field"].label, row["example"], row["field"].value()) for row in context["rows"]]
    assert [row[:2] for row in rows] == [
        ("Clave", "1000"),
        ("Nombre de la cosa", "Sueldos"),
        ("Cifra A", "10.00"),
        ("Cifra B", "12.00"),
    ]
    assert len(context["preview"].rows) == 2
    answers = {"body": "05035", "year": "2024", "period": "annual", "document": "quarterly"}
    fields = ["chapter_code", "object_name", "approved", "modified"]
    columns = {f"column-{number}": field for number, field in enumerate(fields)}
    confirmed = {"shown": context["shown"], "header_row": "1", "kind": "expenditure", **answers, **columns}
    response = client.post(address(odd, "columnas/"), confirmed)
    assert response.status_code == 302, response.context["answers"].errors
    again = Ingest.objects.exclude(pk=odd.pk).get()
    pipeline.run_ingest(again.pk)
    again.refresh_from_db()
    assert (again.status, again.report["totals"]) == (Ingest.Status.READY, {"approved": "15.00", "modified": "17.00"})


BOUGHT = """Folio,A quien,Que se pidió,Cuando,Cuanto fue
A-01,Ferretería Muestra SA de CV,Tubería de 4 pulgadas,12/02/2023,"45,320.50"
A-02,Bombas Muestra SA de CV,Bomba sumergible,03/03/2023,"128,900.00"
A-03,Químicos Muestra SA de CV,Hipoclorito,21/04/2023,"18,760.10"
"""


def test_list_that_was_only_supposed_to_be_contracts_is_confirmed_on_one_page(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    ingest = upload(BOUGHT, by=user, organisation=organisation, name="relacion.csv")
    assert (ingest.status, ingest.kind, ingest.rows_loaded) == (Ingest.Status.NEEDS_MAPPING, "contracts", 0)
    assert "parece una lista de compras o contratos" in page(client.get(address(ingest)))
    assert readout.steps(ingest)[1].note == "3 de 5"
    fields = ["contract_number", "supplier_name", "description", "date_signed", "amount_unspecified_tax"]
    columns = {f"column-{number}": field for number, field in enumerate(fields)}
    response = client.post(address(ingest, "columnas/"), form_of(client, ingest, body="05035", **columns))
    assert response.status_code == 302, page(response)
    again = Ingest.objects.exclude(pk=ingest.pk).get()
    pipeline.run_ingest(again.pk)
    again.refresh_from_db()
    assert (again.status, again.rows_loaded, again.report["totals"]) == (
        Ingest.Status.READY,
        3,
        {"MXN": "192980.60"},
    )
    assert readout.steps(again)[1].note == "5 de 5"


def test_columns_confirmed_once_are_remembered(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation)
    assert ingest.status == Ingest.Status.NEEDS_MAPPING
    assert ingest.report["questions"]
    data = form_of(
        client, ingest, kind="expenditure", body="Torreón", year="2024", period="annual", document="public_account"
    )
    response = client.post(address(ingest, "columnas/"), data)
    assert response.status_code == 302, page(response)
    again = Ingest.objects.exclude(pk=ingest.pk).get()
    assert response.url == address(again)
    profile = MappingProfile.objects.get()
    assert profile.columns == {
        "Capítulo": "chapter_code",
        "Concepto": "object_name",
        "Aprobado": "approved",
        "Modificado": "modified",
        "Devengado": "accrued",
        "Pagado": "paid",
    }
    assert profile.approved_by == user
    pipeline.run_ingest(again.pk)
    again.refresh_from_db()
    assert (again.status, again.rows_loaded) == (Ingest.Status.READY, 3)
    assert again.report["municipality"] == "05035"


def test_columns_of_an_institution_nobody_knows_are_kept_under_its_name(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation, year=2024)
    name = "Comisión del Agua de Ejemplo"
    data = form_of(client, ingest, body=name)
    assert "new_body" not in data
    response = client.post(address(ingest, "columnas/"), data)
    assert response.status_code == 422
    assert "new_body" in [field.name for field in response.context["answers"].shown()]
    assert not PublicBody.objects.filter(name=name).exists()
    response = client.post(address(ingest, "columnas/"), data | {"new_body": "on"})
    assert response.status_code == 302
    again = Ingest.objects.exclude(pk=ingest.pk).get()
    body = PublicBody.objects.get(name=name)
    assert (body.slug, body.kind, body.confirmed) == ("comision-del-agua-de-ejemplo", "unknown", False)
    pipeline.run_ingest(again.pk)
    assert Release.objects.get(ingest=again).public_body == body


def test_columns_page_shows_what_the_file_says(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation, **ABOUT)
    context = client.get(address(ingest, "columnas/")).context
    blanks = {name: str(dict(context["answers"].fields[name].choices)[""]) for name in ("kind", "period", "document")}
    assert blanks == {
        "kind": "Lo dice el archivo: Gasto",
        "period": "Lo dice el archivo: Año completo",
        "document": "Lo dice el archivo: Cuenta pública",
    }
    assert str(context["reading"].fields["delimiter"].choices[0][1]) == "Como se detectó: coma"
    assert context["reading"].fields["header_row"].help_text.endswith("La leímos como la fila 1.")


def test_columns_with_one_field_twice_are_refused_and_kept(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation)
    data = form_of(client, ingest, **{"column-3": "approved", "year": "veinte"})
    response = client.post(address(ingest, "columnas/"), data)
    assert response.status_code == 422
    assert list(response.context["columns"].errors) == ["column-3"]
    assert list(response.context["answers"].errors) == ["year"]
    assert response.context["columns"]["column-3"].value() == "approved"
    assert response.context["answers"]["year"].value() == "veinte"
    assert not MappingProfile.objects.exists()
    assert Ingest.objects.count() == 1


def test_columns_can_be_looked_at_under_another_reading_without_saving(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    ingest = upload("Ayuntamiento\n" + HEADINGS + ROWS, by=user, organisation=organisation)
    data = form_of(client, ingest, delimiter=";", look="1")
    response = client.post(address(ingest, "columnas/"), data)
    assert response.status_code == 200
    assert response.context["looked_again"]
    assert len(response.context["preview"].rows[0][1]) == 1
    assert Ingest.objects.count() == 1
    # Without the button, a changed reading is first shown, never saved unseen.
    del data["look"]
    response = client.post(address(ingest, "columnas/"), data)
    assert response.context["looked_again"]
    assert Ingest.objects.count() == 1


def test_published_load_is_read_again_with_other_columns_and_published_over_the_first(client):
    ingest = published()
    client.force_login(GesocFactory())
    data = form_of(client, ingest, **{"column-5": "exercised"})
    response = client.post(address(ingest, "columnas/"), data)
    again = Ingest.objects.exclude(pk=ingest.pk).get()
    assert response.url == address(again)
    assert (again.follows, again.wants_publish) == (ingest, False)
    pipeline.run_ingest(again.pk)
    first, second = ingest.releases.get(), again.releases.get()
    assert (first.status, second.status) == ("published", "draft")
    assert second.totals == {"approved": "1500.00", "modified": "1650.00", "accrued": "700.00", "exercised": "500.50"}
    client.post(address(again, "publicar/"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.version) == ("superseded", "published", 2)
    changes = client.get(f"/datos/versiones/{second.pk}/").context["changes"]
    assert [(row["name"], row["before"], row["after"]) for row in changes["totals"][-2:]] == [
        ("Ejercido", "", "500.50"),
        ("Pagado", "500.50", ""),
    ]
    client.post(f"/datos/versiones/{first.pk}/restaurar/", {"reason": "La columna sí era lo pagado."})
    first.refresh_from_db()
    assert first.status == "published"


def test_columns_of_a_public_load_need_the_right(client):
    ingest = published()
    assert client.get(address(ingest, "columnas/")).status_code == 302
    client.force_login(member()[0])
    assert client.get(address(ingest, "columnas/")).status_code == 403


def test_counts_of_a_file_that_waits_for_an_answer_add_up(client):
    user, organisation = member()
    client.force_login(user)
    ingest = upload(HEADINGS + ROWS + BAD_ROW, by=user, organisation=organisation)
    shown = client.get(address(ingest)).context["counts"]
    assert shown == {"read": "4", "loaded": "0", "rejected": "1", "skipped": "0", "waiting": "3"}
    assert "4 leídas = 3 en espera de tu respuesta + 1 rechazadas + 0 omitidas." in page(client.get(address(ingest)))


@pytest.mark.parametrize(
    ("content", "states"),
    [
        ("%PDF-1.4", ["done", "stopped", "pending", "pending"]),  # there is no table to read
        # Its head is understood; then a quote is opened and never closed.
        (
            "Ejercicio,Clave Municipio,Partida,Concepto,Aprobado\n"
            + "2024,05035,11301,Sueldos,1.00\n" * 3_000
            + '2024,05035,11301,"Sueldos,1.00\n'
            + "2024,05035,11301,Sueldos,1.00\n" * 3_000,
            ["done", "done", "stopped", "pending"],
        ),
    ],
)
def test_steps_of_a_failed_load_show_where_it_ended(client, monkeypatch, content, states):
    for module in (text, reading):
        monkeypatch.setattr(module, "MAX_GRID_BYTES", 1_000)
    monkeypatch.setattr(stream, "BLOCK", 10_000)
    monkeypatch.setattr(stream, "LONGEST_RECORD", 20_000)
    ingest = published(content)
    assert ingest.status == "failed"
    client.force_login(GesocFactory())
    page = client.get(address(ingest))
    assert [step.state for step in page.context["steps"]] == states
    assert "Terminó aquí:" in page.content.decode()

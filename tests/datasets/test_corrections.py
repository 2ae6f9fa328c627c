"""Rejected rows are corrected on the page or in a spreadsheet, and loaded beside the rows that were right."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from datasets import rereading, services
from datasets.ingest import pipeline
from datasets.models import ExpenditureLine, Ingest, Release
from datasets.releases import NotAllowedNow
from tests.datasets.files import ABOUT, BAD_ROW, HEADINGS, ROWS, member, upload

pytestmark = pytest.mark.django_db

SECOND_BAD = "5000,Bienes muebles,=2+2,20.00,1.00,1.00\n"


def address(ingest, more=""):
    return f"/datos/cargas/{ingest.pk}/{more}"


@pytest.fixture
def load(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    return upload(HEADINGS + ROWS + BAD_ROW + SECOND_BAD, by=user, organisation=organisation, publish=True, **ABOUT)


def read_again(load):
    again = Ingest.objects.exclude(pk=load.pk).get()
    pipeline.run_ingest(again.pk)
    again.refresh_from_db()
    return again


def cell_of(client, load, line, heading):
    [row] = [row for row in client.get(address(load, "rechazadas/")).context["rows"] if row.issue.line_no == line]
    return next(name for name, own, _text in row.cells if own == heading)


def test_reject_corrected_on_the_page_is_added_by_a_new_release(client, load):
    assert (load.status, load.rows_loaded, load.rows_rejected) == ("published", 3, 2)
    page = client.get(address(load, "rechazadas/"))
    assert [row.refused[1:] for row in page.context["rows"]] == [("Aprobado", "por definir"), ("Aprobado", "=2+2")]
    name = cell_of(client, load, 5, "Aprobado")
    response = client.post(address(load, "rechazadas/"), {name: "1,250.00"})
    again = read_again(load)
    assert response.url == address(again)
    assert (again.follows, again.options["fixes"]) == (load, {"": {"5": {"Aprobado": "1,250.00"}}})
    assert (again.status, again.rows_loaded, again.rows_rejected) == ("ready", 4, 1)
    assert again.report["totals"]["approved"] == "2750.00"
    added = ExpenditureLine.objects.get(release=again.releases.get(), source_row=5)
    assert added.approved == 1250
    row = client.get(f"/datos/versiones/{again.releases.get().pk}/filas/{added.line_no}/").content.decode()
    assert "por definir" in row
    assert "1,250.00" in row
    client.post(address(again, "publicar/"))
    assert [release.status for release in load.releases.all()] == ["superseded"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rejects_come_back_from_a_spreadsheet(client, load, kind):
    response = client.get(address(load, f"rechazadas.{kind}"))
    data = response.getvalue()
    if kind == "xlsx":
        rows = [[cell or "" for cell in row] for row in load_workbook(io.BytesIO(data)).active.values]
    else:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    titles, first, second = rows
    assert titles[:6] == ["Capítulo", "Concepto", "Aprobado", "Modificado", "Devengado", "Pagado"]
    assert str(first[6]) == "5"
    assert second[2] == ("'=2+2" if kind == "csv" else "=2+2")
    first[2] = "1250.00"
    sent = io.StringIO()
    csv.writer(sent).writerows(rows)
    file = SimpleUploadedFile("corregidas.csv", sent.getvalue().encode())
    client.post(address(load, "rechazadas/"), {"file": file})
    again = read_again(load)
    assert again.options["fixes"] == {"": {"5": {"Aprobado": "1250.00"}}}
    assert (again.rows_loaded, again.report["totals"]["approved"]) == (4, "2750.00")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows[1].__setitem__(6, "2"), "La fila 2 no es una de las rechazadas."),
        (lambda rows: rows[0].__setitem__(0, "Otra"), "Estas no son las filas rechazadas de esta carga"),
        (lambda rows: None, "Ninguna celda es distinta de la del archivo"),
    ],
)
def test_file_of_other_rows_is_refused_with_a_sentence(client, load, change, sentence):
    rows = list(csv.reader(io.StringIO(client.get(address(load, "rechazadas.csv")).getvalue().decode("utf-8-sig"))))
    change(rows)
    sent = io.StringIO()
    csv.writer(sent).writerows(rows)
    response = client.post(
        address(load, "rechazadas/"), {"file": SimpleUploadedFile("a.csv", sent.getvalue().encode())}
    )
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Ingest.objects.count() == 1


def test_corrections_need_the_right(client, load):
    load.file.has_personal_data = False
    load.file.save()
    client.force_login(member()[0])
    assert client.get(address(load, "rechazadas/")).status_code == 403
    assert client.post(address(load, "rechazadas/"), {"cell-1-0": "x"}).status_code == 403


CONTRACTS = (
    "Ejercicio,Número de contrato,Tipo de procedimiento,Objeto del contrato,Proveedor,Fecha del contrato,"
    "Monto del contrato con impuestos incluidos\n"
    '2024,A-1,Adjudicación directa,Bacheo,"Pavimentos, S.A. de C.V.",03/02/2024,"1,160.00"\n'
    '2024,A-2,Adjudicación directa,Puente,"Puentes, S.A. de C.V.",31/02/2024,"$25,315,108,26"\n'
)


def test_cells_that_a_contract_was_loaded_without_are_corrected_too(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    load = upload(CONTRACTS, by=user, organisation=organisation, **ABOUT)
    assert (load.rows_loaded, load.rows_rejected, load.report["totals"]) == (2, 0, {"MXN": "1160.00"})
    shown = client.get(address(load))
    assert (shown.context["unread_count"], {issue.value for issue in shown.context["unread_rows"]}) == (
        "2",
        {"$25,315,108,26", "31/02/2024"},
    )
    assert "amount_in_words" not in {issue["code"] for issue in shown.context["issues"]}  # told once
    page = client.get(address(load, "rechazadas/"))
    assert "2 celdas sin las cuales se cargaron sus renglones." in page.content.decode()
    assert [row.name for row in page.context["rows"]] == ["Puentes, S.A. de C.V."] * 2
    refused = {heading: name for name, heading, _text in (row.refused for row in page.context["rows"])}
    amount, day = refused["Monto del contrato con impuestos incluidos"], refused["Fecha del contrato"]
    # Both cells stand in one row, each in a panel of its own.
    client.post(address(load, "rechazadas/"), {amount: "25,315,108.26", day: "28/02/2024"})
    again = read_again(load)
    assert (again.rows_loaded, again.report["totals"]) == (2, {"MXN": "25316268.26"})
    assert client.get(address(again)).context["unread_count"] == ""


def test_two_people_correct_the_same_load(client, load):
    page = client.get(address(load, "rechazadas/"))
    first = cell_of(client, load, 5, "Aprobado")
    second = cell_of(client, load, 6, "Aprobado")
    assert page.context["seen"] == "0"
    client.post(address(load, "rechazadas/"), {first: "1,250.00", "seen": "0"})
    other = Ingest.objects.exclude(pk=load.pk).get()
    late = client.post(address(load, "rechazadas/"), {second: "3.00", "seen": "0"})
    assert late.status_code == 422
    assert f"{load.created_by} corrigió filas de esta carga mientras la tenías abierta" in late.content.decode()
    assert f'href="{address(other)}"' in late.content.decode()
    assert (late.context["seen"], Ingest.objects.count()) == (str(other.pk), 2)
    again = client.post(address(load, "rechazadas/"), {second: "3.00", "seen": str(other.pk)})
    assert again.status_code == 302
    assert Ingest.objects.latest("pk").options["fixes"] == {"": {"6": {"Aprobado": "3.00"}}}


def publish(ingest, by):
    ingest.refresh_from_db()
    services.publish_ingest(ingest=ingest, by=by, reason="visto")


def test_corrections_that_are_public_are_not_published_over_by_a_load_without_them():
    user, organisation = member("coordinacion")
    content = HEADINGS + ROWS + BAD_ROW + SECOND_BAD
    base = upload(content, by=user, organisation=organisation, **ABOUT)

    def corrected(of, row):
        again = rereading.correct_rows(ingest=of, fixes={"": {row: {"Aprobado": "1,250.00"}}}, by=user)
        return pipeline.run_ingest(again.pk)

    first = corrected(base, "5")
    publish(first, user)
    beside = corrected(base, "6")
    for load in (base, beside):
        with pytest.raises(NotAllowedNow, match=rf"\b{first.pk}\b"):
            publish(load, user)
    # The same file handed in once more to be published does not go round it.
    assert upload(content, by=user, organisation=organisation, publish=True, **ABOUT).status == "ready"
    assert list(Release.objects.published().values_list("ingest", flat=True)) == [first.pk]
    further = corrected(first, "6")
    publish(further, user)
    services.withdraw_release(release=further.releases.get(), by=user, reason="Vuelve el original.")
    publish(base, user)
    assert list(Release.objects.published().values_list("ingest", flat=True)) == [base.pk]


def test_row_says_who_corrected_which_cell_when(client, load):
    client.post(address(load, "rechazadas/"), {cell_of(client, load, 5, "Aprobado"): "1,250.00"})
    first = read_again(load)
    colleague, _organisation = member("coordinacion")
    colleague.memberships.update(organisation=load.file.organisations.get())
    client.force_login(colleague)
    client.post(address(first, "rechazadas/"), {cell_of(client, first, 6, "Aprobado"): "3.00"})
    second = pipeline.run_ingest(Ingest.objects.latest("pk").pk)
    release = second.releases.get()
    told = {}
    for line in ExpenditureLine.objects.filter(release=release, source_row__in=(5, 6)):
        page = client.get(f"/datos/versiones/{release.pk}/filas/{line.line_no}/")
        told[line.source_row] = page.context["corrections"]
    assert told == {5: [("Aprobado", "1,250.00", first)], 6: [("Aprobado", "3.00", second)]}
    assert str(colleague) in page.content.decode()


def test_corrections_that_change_no_figure_give_nothing_to_publish(client, load):
    client.post(address(load, "rechazadas/"), {cell_of(client, load, 5, "Aprobado"): "no se sabe"})
    again = read_again(load)
    assert (again.status, again.rows_loaded, again.rows_rejected, again.releases.count()) == ("ready", 3, 2, 0)
    page = client.get(address(again))
    assert "Ninguna cifra cambió con esto" in page.content.decode()
    assert not page.context["may_publish"]
    client.post(address(again, "publicar/"))
    again.refresh_from_db()
    assert (again.status, [release.status for release in load.releases.all()]) == ("ready", ["published"])


def sent_back(client, load, change):
    """The download as a spreadsheet saves it after somebody worked on it."""
    book = load_workbook(io.BytesIO(client.get(address(load, "rechazadas.xlsx")).getvalue()))
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("rechazadas.xlsx", out.getvalue())
    return client.post(address(load, "rechazadas/"), {"file": file, "seen": "0"})


def as_excel_leaves_it(sheet):
    """Numbers as numbers, sorted the other way round, a column taken out, empty rows between and below."""
    sheet["C2"], sheet["C3"] = 1250.5, 3
    sheet["D2"] = 10  # as it was, but made a number
    rows = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    sheet.delete_rows(2, len(rows))
    for row in [*reversed(rows), [None], ["  "]]:
        sheet.append([None])
        sheet.append(row)
    sheet.delete_cols(6)


def test_rows_come_back_as_a_spreadsheet_leaves_them(client, load):
    assert sent_back(client, load, as_excel_leaves_it).status_code == 302
    again = read_again(load)
    assert again.options["fixes"] == {"": {"5": {"Aprobado": "1250.5"}, "6": {"Aprobado": "3"}}}
    assert (again.rows_loaded, again.rows_rejected, again.report["totals"]["approved"]) == (5, 0, "2753.50")


def test_column_that_names_the_row_may_not_be_taken_out(client, load):
    response = sent_back(client, load, lambda sheet: sheet.delete_cols(7))
    assert response.status_code == 422
    assert "Falta la columna «línea»: dice de qué fila del archivo es cada corrección." in response.content.decode()


def test_only_what_says_something_else_is_a_correction(client):
    """Codes without their zeros, days and amounts written in a spreadsheet's way are what they were."""
    user, organisation = member("coordinacion")
    client.force_login(user)
    text = CONTRACTS.replace("Ejercicio,", "Clave,Ejercicio,").replace("\n2024,", "\n007,2024,")
    load = upload(text, by=user, organisation=organisation, **ABOUT)

    def change(sheet):
        for row in (2, 3):  # both cells of the one row
            sheet.cell(row, 1).value, sheet.cell(row, 2).value = 7, 2024
        sheet.cell(2, 8).value = 25315108.26
        sheet.cell(3, 7).value = date(2024, 2, 28)

    assert sent_back(client, load, change).status_code == 302
    again = read_again(load)
    amount, day = "Monto del contrato con impuestos incluidos", "Fecha del contrato"
    assert again.options["fixes"] == {"": {"3": {amount: "25315108.26", day: "2024-02-28"}}}
    assert (again.rows_loaded, again.report["totals"]) == (2, {"MXN": "25316268.26"})


def test_number_of_a_spreadsheet_takes_the_mark_of_its_column(client):
    user, organisation = member("coordinacion")
    client.force_login(user)
    rows = "".join(f'{code};Concepto {code};"1.{code[:3]},50"\n' for code in ("1131", "1211", "1311", "2111"))
    text = "Partida;Concepto;Aprobado\n" + rows + "3111;Luz;por definir\n3121;Gas;ver anexo\n"
    load = upload(text, by=user, organisation=organisation, **ABOUT)
    assert (load.rows_rejected, load.report["numbers"]["Aprobado"]["mark"]) == (2, ",")

    def change(sheet):
        sheet["C2"], sheet["C3"] = 1250.5, "1.250,75"

    assert sent_back(client, load, change).status_code == 302
    again = read_again(load)
    assert again.options["fixes"] == {"": {"6": {"Aprobado": "1250,5"}, "7": {"Aprobado": "1.250,75"}}}
    assert (again.rows_loaded, again.rows_rejected) == (6, 0)
    assert again.report["totals"]["approved"] == "7079.25"

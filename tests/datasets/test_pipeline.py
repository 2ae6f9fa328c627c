"""From a file to releases: what is loaded, rejected, asked, published, replaced, and what is never half-written."""

from decimal import Decimal
from pathlib import Path

import pytest

from datasets.ingest import endings, pipeline, understand
from datasets.models import (
    Contract,
    ExpenditureCell,
    ExpenditureLine,
    Ingest,
    Label,
    PublicBody,
    Release,
    RevenueCell,
    RevenueLine,
    RowIssue,
    Supplier,
)

pytestmark = pytest.mark.django_db

BUDGET = """Ejercicio,Clave Municipio,Unidad Responsable,Función,Partida Específica,Concepto,Aprobado,Devengado
2024,05035,Obras Públicas,2.2,61301,Obra,"1,000.50",900.25
2024,05035,Tesorería,1.5,11301,Sueldos,"$2,000.00",
2024,05035,Tesorería,1.5,12101,Honorarios,(100.00),50.00
2024,99999,Tesorería,1.5,11301,Sueldos,5.00,5.00
2024,05030,Tesorería,1.5,11301,Sueldos,7.00,pendiente
2024,05030,Tesorería,1.5,11301,Sueldos,8.00,8.00
"""


def test_lines_keep_labels_moments_and_source_rows(ingest, write) -> None:
    done = ingest(write("gasto.csv", BUDGET))
    assert (done.status, done.error) == ("ready", "")
    lines = ExpenditureLine.objects.order_by("line_no").values_list(
        "line_no", "source_row", "last_row", "object__published_code", "object__code", "object__name", "unit__name",
        "function__code", "approved", "accrued", "paid",
    )  # fmt: skip
    assert list(lines) == [
        (1, 2, 2, "61301", "6130", "Obra", "Obras Públicas", "2.2", Decimal("1000.50"), Decimal("900.25"), None),
        (2, 3, 3, "11301", "1130", "Sueldos", "Tesorería", "1.5", Decimal("2000.00"), None, None),
        (3, 4, 4, "12101", "1210", "Honorarios", "Tesorería", "1.5", Decimal("-100.00"), Decimal("50.00"), None),
        (4, 7, 7, "11301", "1130", "Sueldos", "Tesorería", "1.5", Decimal("8.00"), Decimal("8.00"), None),
    ]


def test_report_adds_up_and_names_its_slices(ingest, write) -> None:
    report = ingest(write("gasto.csv", BUDGET)).report
    assert report["rows_read"] == report["rows_loaded"] + report["rows_rejected"] + report["rows_skipped"] == 6
    assert (report["kind"], report["breakdown"], report["year"], report["period"], report["document"]) == (
        "expenditure", "full", 2024, "annual", "public_account",
    )  # fmt: skip
    assert (report["publisher"], report["municipality"]) == (None, None)
    assert report["totals"] == {"approved": "2908.50", "accrued": "958.25"}
    slices = [(one["municipality"], one["rows_loaded"], one["totals"]) for one in report["slices"]]
    assert slices == [
        ("05035", 3, {"approved": "2900.50", "accrued": "950.25"}),
        ("05030", 1, {"approved": "8.00", "accrued": "8.00"}),
    ]
    totals = dict(Release.objects.values_list("public_body__municipality", "totals"))
    assert totals == {"05035": slices[0][2], "05030": slices[1][2]}


def test_rejected_rows_say_where_what_why_and_how(ingest, write) -> None:
    done = ingest(write("gasto.csv", BUDGET))
    found = RowIssue.objects.filter(ingest=done, severity="error").order_by("line_no")
    assert list(found.values_list("line_no", "column", "value", "code")) == [
        (5, "Clave Municipio", "99999", "unknown_municipality"),
        (6, "Devengado", "pendiente", "bad_amount"),
    ]
    assert all(issue.message and issue.hint for issue in found)
    assert found[1].raw == {
        "Ejercicio": "2024", "Clave Municipio": "05030", "Unidad Responsable": "Tesorería", "Función": "1.5",
        "Partida Específica": "11301", "Concepto": "Sueldos", "Aprobado": "7.00", "Devengado": "pendiente",
    }  # fmt: skip


def test_cells_are_the_sums_of_the_lines_by_every_dimension(ingest, write) -> None:
    ingest(write("gasto.csv", BUDGET), publish=True)
    cells = ExpenditureCell.objects.filter(public_body__municipality="05035")
    found = {(cell.by, cell.key): (cell.line_count, cell.approved, cell.accrued, cell.paid) for cell in cells}
    assert {key: value for key, value in found.items() if key[0] in ("chapter", "concept", "item", "function")} == {
        ("chapter", "1000"): (2, Decimal("1900.00"), Decimal("50.00"), None),
        ("chapter", "6000"): (1, Decimal("1000.50"), Decimal("900.25"), None),
        ("concept", "1100"): (1, Decimal("2000.00"), None, None),
        ("concept", "1200"): (1, Decimal("-100.00"), Decimal("50.00"), None),
        ("concept", "6100"): (1, Decimal("1000.50"), Decimal("900.25"), None),
        ("item", "1130"): (1, Decimal("2000.00"), None, None),
        ("item", "1210"): (1, Decimal("-100.00"), Decimal("50.00"), None),
        ("item", "6130"): (1, Decimal("1000.50"), Decimal("900.25"), None),
        ("function", "1.5"): (2, Decimal("1900.00"), Decimal("50.00"), None),
        ("function", "2.2"): (1, Decimal("1000.50"), Decimal("900.25"), None),
    }
    units = {cell.label.name: cell.line_count for cell in cells.filter(by="unit").select_related("label")}
    assert units == {"Obras Públicas": 1, "Tesorería": 2}


def test_same_bytes_and_options_change_nothing(ingest, write) -> None:
    path = write("gasto.csv", BUDGET)
    first = ingest(path, publish=True)
    again = ingest(path, publish=True)
    assert again.pk == first.pk
    assert (Ingest.objects.count(), Release.objects.count(), ExpenditureLine.objects.count()) == (1, 2, 4)


def test_publishing_what_is_ready_does_not_read_again(ingest, write) -> None:
    path = write("gasto.csv", BUDGET)
    ready = ingest(path)
    published = ingest(path, publish=True)
    assert (published.pk, published.status) == (ready.pk, "published")
    assert set(Release.objects.values_list("status", "version")) == {("published", 1)}


def test_newer_file_replaces_only_its_slices(ingest, write) -> None:
    ingest(write("gasto.csv", BUDGET), publish=True)
    one = "\n".join(line for line in BUDGET.splitlines() if "05030" not in line).replace("2,000.00", "2,500.00")
    second = ingest(write("corregido.csv", one), publish=True)
    found = Release.objects.order_by("public_body__municipality", "version").values_list(
        "public_body__municipality", "version", "status", "totals__approved"
    )
    assert list(found) == [
        ("05030", 1, "published", "8.00"),
        ("05035", 1, "superseded", "2900.50"),
        ("05035", 2, "published", "3400.50"),
    ]
    assert second.releases.count() == 1


def test_unknown_body_is_created_unconfirmed_and_told(ingest, write) -> None:
    text = BUDGET.replace("Unidad Responsable", "Ente público").replace("Tesorería", "Instituto del Agua")
    done = ingest(write("gasto.csv", text))
    created = PublicBody.objects.get(name="Instituto del Agua", municipality="05035")
    assert (created.kind, created.confirmed) == ("municipal_agency", False)
    assert "new_public_body" in [issue["code"] for issue in done.report["issues"]]


def test_file_that_does_not_say_whose_it_is_asks_and_sums(ingest, write) -> None:
    text = "Partida,Concepto,Aprobado\n11301,Sueldos,100.00\n61301,Obra,50.00\n"
    done = ingest(write("anonimo.csv", text), year=2024)
    assert (done.status, done.rows_loaded) == ("needs_mapping", 0)
    assert done.report["totals"] == {"approved": "150.00"}
    assert any("institución" in question for question in done.report["questions"])
    assert (Release.objects.count(), ExpenditureLine.objects.count()) == (0, 0)


def test_answering_the_question_loads_it(ingest, write) -> None:
    text = "Partida,Concepto,Aprobado\n11301,Sueldos,100.00\n61301,Obra,50.00\n"
    done = ingest(write("anonimo.csv", text), year=2024, municipality="05035", publish=True)
    assert (done.status, done.report["publisher"]) == ("published", "torreon-05035")
    assert Release.objects.get().document == "approved"


@pytest.mark.parametrize("said", [{"year": 2023}, {"municipality": "23005"}, {"kind": "revenue"}])
def test_option_that_contradicts_the_file_is_for_a_person(ingest, write, said) -> None:
    one = "\n".join(line for line in BUDGET.splitlines() if "05030" not in line and "99999" not in line)
    done = ingest(write("gasto.csv", one), publish=True, **said)
    assert (done.status, Release.objects.count(), ExpenditureLine.objects.count()) == ("needs_mapping", 0, 0)
    assert done.report["questions"]


def test_publisher_that_does_not_exist_yet_is_created_with_its_address(ingest, write) -> None:
    text = "Ejercicio,Partida,Concepto,Aprobado\n2024,11301,Sueldos,100.00\n"
    done = ingest(write("agua.csv", text), public_body="comision-del-agua")
    assert (done.status, done.report["publisher"]) == ("ready", "comision-del-agua")
    assert not PublicBody.objects.get(slug="comision-del-agua").confirmed


def test_most_rows_bad_means_the_columns_were_misread(ingest, write) -> None:
    text = (
        "Ejercicio,Clave Municipio,Partida,Aprobado\n" + "2024,05035,11301,ver anexo\n" * 8 + "2024,05035,11301,1.00\n"
    )
    done = ingest(write("malo.csv", text), publish=True)
    assert (done.status, ExpenditureLine.objects.count()) == ("needs_mapping", 0)


def test_revenue_by_rubro_type_and_item(ingest, write) -> None:
    text = (
        "Ejercicio,Clave Municipio,CRI,Rubro de ingresos,Estimado,Modificado,Devengado,Recaudado\n"
        "2024,05035,11,Impuestos sobre los ingresos,10.00,11.00,12.00,12.00\n"
        "2024,05035,12,Impuestos sobre el patrimonio,20.00,21.00,,19.50\n"
        "2024,05035,81,Participaciones,70.00,70.00,70.00,70.00\n"
    )
    done = ingest(write("ingresos.csv", text), publish=True)
    assert done.report["totals"] == {
        "estimated": "100.00",
        "modified": "102.00",
        "accrued": "82.00",
        "collected": "101.50",
    }
    assert RevenueLine.objects.filter(accrued=None).count() == 1
    rubros = dict(RevenueCell.objects.filter(by="rubro").values_list("key", "collected"))
    assert rubros == {"1": Decimal("31.50"), "8": Decimal("70.00")}


CONTRACT_HEADINGS = (
    "Ejercicio,Clave Municipio,Número de contrato,Tipo de procedimiento,Objeto del contrato,Proveedor,RFC,"
    "Fecha de firma,Monto con IVA,Moneda\n"
)
CONTRACTS = (
    CONTRACT_HEADINGS
    + """\
2024,05035,A-1,Adjudicación directa,Bacheo,"Pavimentos, S.A. de C.V.",PAV010230AB1,03/02/2024,"$1,160.00",MXN
2024,05035,A-2,Licitación pública,Puente,"PAVIMENTOS SA DE CV",PAV010230AB1,2024-03-05,500.00,Pesos
2024,05035,A-3,Invitación a cuando menos tres personas,Asesoría,Juana Ejemplo,EEJJ800101AB1,05/MAR/2024,según catálogo,MXN
2024,05035,A-4,,Licencias,Software Inc,,,900.00,USD
2024,05035,,,,,,,,
"""
)


def test_contracts_with_suppliers_dates_currencies_and_amounts_in_words(ingest, write) -> None:
    done = ingest(write("contratos.csv", CONTRACTS), publish=True)
    assert (done.status, done.report["totals"]) == ("published", {"MXN": "1660.00", "USD": "900.00"})
    rows = Contract.objects.order_by("line_no").values_list(
        "contract_number", "method", "amount", "currency", "signed_on"
    )
    assert [(*row[:4], str(row[4])) for row in rows] == [
        ("A-1", "direct", Decimal("1160.00"), "MXN", "2024-02-03"),
        ("A-2", "open", Decimal("500.00"), "MXN", "2024-03-05"),
        ("A-3", "limited", None, "MXN", "2024-03-05"),
        ("A-4", "", Decimal("900.00"), "USD", "None"),
    ]
    warnings = RowIssue.objects.filter(ingest=done, severity="warning").values_list("line_no", "code", "value")
    assert list(warnings) == [(4, "amount_in_words", "según catálogo")]


def test_one_supplier_however_its_name_is_written(ingest, write) -> None:
    ingest(write("contratos.csv", CONTRACTS))
    suppliers = {one.rfc or one.name: one for one in Supplier.objects.all()}
    assert set(suppliers) == {"PAV010230AB1", "EEJJ800101AB1", "Software Inc"}
    assert suppliers["PAV010230AB1"].public_rfc == "PAV010230AB1"
    assert (suppliers["EEJJ800101AB1"].is_natural_person, suppliers["EEJJ800101AB1"].public_rfc) == (True, "")


def test_failure_in_the_middle_leaves_nothing(ingest, write, monkeypatch) -> None:
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline.Loader, "finish", broken)
    done = ingest(write("gasto.csv", BUDGET), publish=True)
    assert (done.status, done.error) == ("failed", endings.BROKEN)
    for model in (Release, ExpenditureLine, ExpenditureCell, Label, RowIssue):
        assert not model.objects.exists()


def test_failed_file_may_be_tried_again(ingest, write, monkeypatch) -> None:
    path = write("gasto.csv", BUDGET)
    with monkeypatch.context() as patch:
        patch.setattr(understand, "read_file", lambda *args, **kwargs: 1 / 0)
        assert ingest(path).status == "failed"
    assert ingest(path).status == "ready"


@pytest.mark.django_db(transaction=True)
def test_ingest_held_by_another_process_is_left_alone(territory, write) -> None:
    from django.db import connections

    from datasets.services import prepare_ingest, register_file

    path: Path = write("gasto.csv", BUDGET)
    with path.open("rb") as stream:
        waiting = prepare_ingest(file=register_file(stream=stream, name="gasto.csv"), options={}).ingest
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [pipeline.LOCK_CLASS, waiting.pk])
        with pytest.raises(pipeline.BusyElsewhere):
            pipeline.run_ingest(waiting.pk)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [pipeline.LOCK_CLASS, waiting.pk])
    finally:
        other.close()
    assert pipeline.run_ingest(waiting.pk).status == "ready"


def test_rejects_beyond_what_memory_holds_are_all_kept(ingest, write, monkeypatch) -> None:
    monkeypatch.setattr(pipeline, "MOST_IN_HAND", 2)
    good = "2024,05035,11301,Sueldos,1.00\n" * 300
    bad = "".join(f"2024,05035,11301,Sueldos,ver anexo {number}\n" for number in range(7))
    done = ingest(write("malo.csv", "Ejercicio,Clave Municipio,Partida,Concepto,Aprobado\n" + good + bad))
    values = RowIssue.objects.filter(ingest=done, severity="error").order_by("line_no").values_list("value", flat=True)
    assert (done.status, done.rows_rejected) == ("ready", 7)
    assert list(values) == [f"ver anexo {number}" for number in range(7)]


def test_hopeless_file_is_not_read_to_its_end(ingest, write, monkeypatch) -> None:
    from datasets.ingest.readers import text

    monkeypatch.setattr(text, "MAX_GRID_BYTES", 1_000)
    monkeypatch.setattr("datasets.ingest.reading.MAX_GRID_BYTES", 1_000)
    monkeypatch.setattr("datasets.ingest.readers.stream.BLOCK", 10_000)
    monkeypatch.setattr(pipeline, "HOPELESS", 50)
    text_ = "Ejercicio,Clave Municipio,Partida,Concepto,Aprobado\n2024,05035,11301,Sueldos,1.00\n"
    done = ingest(write("malo.csv", text_ + "2024,05035,11301,Sueldos,ver anexo\n" * 40_000))
    assert (done.status, done.rows_rejected < 20_000) == ("needs_mapping", True)
    assert RowIssue.objects.filter(ingest=done).count() < 20_000


@pytest.mark.parametrize(
    "text",
    [
        "Ejercicio,Clave Municipio,Partida,Concepto,Aprobado\n"
        "2024,05035,11301,A,300\n2024,05035,12101,B,200\n2024,05035,13101,C,100\n",
        "Ejercicio,Clave Municipio,Unidad Responsable,Aprobado\n"
        "2024,05035,Obras,300\n2024,05035,DIF,200\n2024,05035,Parques,100\n",
        "Ejercicio,Clave Municipio,Partida,Concepto,Aprobado\n" + "2024,05035,11301,Sueldos,300.00\n" * 2,
    ],
)
def test_rows_that_happen_to_add_up_are_rows_of_their_own(ingest, write, text: str) -> None:
    done = ingest(write("plano.csv", text))
    assert (done.status, done.report["totals"]) == ("ready", {"approved": "600.00"})


def test_impossible_dates_are_told_and_cost_the_row_only_its_year(ingest, write) -> None:
    text = (
        "No. Contrato,Clave Municipio,Proveedor,Monto,Fecha de firma,Fecha de inicio\n"
        "C-1,05035,Uno SA de CV,10.00,31/12/2024,31/02/2025\n"
        "C-2,05035,Dos SA de CV,20.00,2024-02-30,\n"
        "C-3,05035,Tres SA de CV,30.00,15/06/2024,no aplica\n"
    )
    done = ingest(write("fechas.csv", text))
    found = (
        RowIssue.objects.filter(ingest=done)
        .order_by("line_no")
        .values_list("severity", "line_no", "code", "column", "value")
    )
    assert list(found) == [
        ("warning", 2, "date_left_out", "Fecha de inicio", "31/02/2025"),
        ("error", 3, "bad_date", "Fecha de firma", "2024-02-30"),
    ]
    assert list(Contract.objects.order_by("line_no").values_list("contract_number", flat=True)) == ["C-1", "C-3"]

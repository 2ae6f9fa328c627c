"""The same contracts in two files of one package: counted once, said which was left aside, and a person decides."""

import io

import pytest

from datasets import packages, services
from datasets.ingest import pipeline
from datasets.models import Contract, Release
from datasets.receiving import ingest_options, register_file
from datasets.selectors.contracts import contract_releases
from tests.datasets.reading_files import write_xlsx
from tests.datasets.test_packages import zipped
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory

pytestmark = pytest.mark.django_db

HEAD = [
    "Ejercicio",
    "Número de contrato",
    "Objeto del contrato",
    "Proveedor",
    "Fecha del contrato",
    "Monto del contrato con impuestos incluidos",
]
QUARTER = [
    ["2024", f"A-{n}", f"Bacheo {n}", "Pavimentos, S.A. de C.V.", f"0{n}/0{1 + n % 3}/2024", f"{n}160.00"]
    for n in range(1, 7)
]
MARCH = [row for row in QUARTER if row[4][3:5] == "03"]
OTHER = [["2024", "B-1", "Puente", "Puentes, S.A. de C.V.", "09/03/2024", "99.00"]]


def as_csv(rows):
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEAD, *rows]).encode()


def as_xlsx(tmp_path, rows):
    return write_xlsx(tmp_path / "lista.xlsx", {"Contratos": [HEAD, *rows]}).read_bytes()


def handed_in(*members, **said):
    """A package that is published where nothing speaks against it; every load of it has ended."""
    MunicipalityFactory()
    person = GesocFactory()
    file = register_file(stream=io.BytesIO(zipped(*members)), name="contratos.zip", by=person)
    options = ingest_options(**({"kind": "contracts", "municipality": "05035", "year": 2024} | said))
    package = packages.prepare_package(file=file, options=options, by=person, publish=True)
    return package, [pipeline.run_ingest(ingest.pk) for ingest in packages.unpack(package)]


def remarks(ingest):
    return [(one["code"], one["message"]) for one in ingest.report["issues"] if one["code"].endswith("_package")]


def test_the_same_list_as_csv_and_as_workbook_counts_once(client, tmp_path):
    package, (first, second) = handed_in(
        ("contratos.csv", as_csv(QUARTER)), ("contratos.xlsx", as_xlsx(tmp_path, QUARTER)), period="Q1"
    )
    assert [first.status, second.status] == ["published", "ready"]
    sentence = "Sus 6 contratos ya están en «contratos.csv» del mismo paquete: se cuentan una sola vez"
    sentence += " y este archivo se dejó aparte."
    assert (remarks(first), remarks(second)) == ([], [("repeated_in_package", sentence)])
    assert list(Release.objects.values_list("version", "status").order_by("pk")) == [(1, "published"), (None, "draft")]
    client.force_login(package.created_by)
    assert sentence in client.get(package.get_absolute_url()).content.decode()
    assert sentence in [
        caution.text[: len(sentence)] for caution in client.get(second.get_absolute_url()).context["cautions"]
    ]
    # A person prefers the other one: it takes the place of the first.
    services.publish_ingest(ingest=second, by=package.created_by)
    assert [release.status for release in Release.objects.order_by("pk")] == ["superseded", "published"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (["enero-marzo.csv", "marzo.csv"], "repeated_in_package"),
        (["marzo.csv", "enero-marzo.csv"], "holds_others_of_package"),
    ],
)
def test_a_month_beside_the_quarter_that_holds_it_counts_once_in_either_order(order, code):
    marked = {"enero-marzo.csv": (as_csv(QUARTER), "Q1"), "marzo.csv": (as_csv(MARCH), "2024-03")}
    _package, (first, second) = handed_in(*((name, titled(*marked[name])) for name in order))
    counted = contract_releases()
    assert [release.period for release in counted] == ["Q1"]
    assert Contract.objects.filter(release__in=counted).count() == 6
    assert (remarks(first), [one[0] for one in remarks(second)]) == ([], [code])
    assert second.status == ("ready" if code == "repeated_in_package" else "published")


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (["enero-marzo.csv", "marzo.csv"], "not_in_wider_of_package"),
        (["marzo.csv", "enero-marzo.csv"], "lacks_others_of_package"),
    ],
)
def test_a_contract_of_the_month_that_its_quarter_lacks_is_told_and_a_person_decides(order, code):
    marked = {"enero-marzo.csv": (as_csv(QUARTER), "Q1"), "marzo.csv": (as_csv(MARCH + OTHER), "2024-03")}
    _package, (first, second) = handed_in(*((name, titled(*marked[name])) for name in order))
    assert [first.status, second.status, remarks(first)] == ["published", "ready", []]
    [(found, message)] = remarks(second)
    assert (found, "1 contrato " in message, f"«{order[0]}»" in message) == (code, True, True)


def titled(data, period):
    start, end = {"Q1": ("01/01/2024", "31/03/2024"), "2024-03": ("01/03/2024", "31/03/2024")}[period]
    head, *rows = data.decode().splitlines()
    dates = '"Fecha de inicio del periodo que se informa","Fecha de término del periodo que se informa"'
    return "\n".join([f"{head},{dates}", *(f'{row},"{start}","{end}"' for row in rows)]).encode()


def test_other_contracts_in_the_same_place_replace_nothing_by_themselves(tmp_path):
    _package, (first, second) = handed_in(("obras.csv", as_csv(QUARTER)), ("servicios.csv", as_csv(OTHER)), period="Q1")
    assert [first.status, second.status] == ["published", "ready"]
    [(code, message)] = remarks(second)
    assert code == "different_in_package"
    assert message.startswith("«obras.csv», del mismo paquete, trae otra lista de la misma institución y periodo")
    assert list(Release.objects.published().values_list("ingest", flat=True)) == [first.pk]


def test_packages_of_different_lists_are_left_alone(tmp_path):
    _package, loads = handed_in(("marzo.csv", titled(as_csv(MARCH), "2024-03")), ("gasto.csv", b"nada\n"))
    assert (loads[0].status, remarks(loads[0])) == ("published", [])


def test_the_package_handed_in_again_publishes_nothing_that_was_left_aside(tmp_path):
    members = [("contratos.csv", as_csv(QUARTER)), ("contratos.xlsx", as_xlsx(tmp_path, QUARTER))]
    handed_in(*members, period="Q1")
    handed_in(*members, ("leeme.csv", b"nada\n"), period="Q1")
    assert [release.status for release in Release.objects.order_by("pk")] == ["published", "draft"]


SPENDING = ["Partida", "Denominación", "Aprobado", "Modificado", "Devengado", "Pagado"]
TREASURY = [
    ["1131", "Sueldos base", 100, 110, 90, 80],
    ["2111", "Papelería", 50, 50, 40, 40],
    ["3111", "Luz", 30, 30, 20, 9],
]
WORKS_UNIT = [
    ["1131", "Sueldos base", 900, 910, 890, 880],
    ["6141", "Calles", 500, 700, 600, 600],
    ["2911", "Pico", 9, 9, 8, 8],
]
WORKS = ["Número de obra", "Nombre de la obra", "Localidad", "Avance físico", "Monto aprobado", "Monto ejercido"]
FUND = [
    ["O-1", "Barda", "Centro", 10, 5000, 500],
    ["O-2", "Domo", "Norte", 20, 700, 70],
    ["O-3", "Aula", "Sur", 30, 90, 9],
]
OTHER_FUND = [
    ["P-1", "Pozo", "Centro", 10, 4000, 400],
    ["P-2", "Calle", "Norte", 20, 800, 80],
    ["P-3", "Luz", "Sur", 30, 60, 9],
]
KINDS = {"expenditure": (SPENDING, TREASURY, WORKS_UNIT), "works": (WORKS, FUND, OTHER_FUND)}


def table(head, rows):
    return "\n".join(",".join(map(str, row)) for row in [head, *rows]).encode()


def parts_of(kind, *lists):
    period = {} if kind == "works" else {"period": "Q1"}
    members = [(f"parte {n}.csv", table(KINDS[kind][0], rows)) for n, rows in enumerate(lists, 1)]
    return handed_in(*members, kind=kind, **period)


@pytest.mark.parametrize("kind", KINDS)
def test_two_lists_of_one_slice_that_differ_never_replace_one_another_by_themselves(kind):
    _head, one, other = KINDS[kind]
    _package, (first, second) = parts_of(kind, one, other)
    assert [first.status, second.status] == ["published", "ready"]
    [(code, message)] = remarks(second)
    assert (code, "con renglones distintos" in message) == ("different_in_package", True)
    assert list(Release.objects.published().values_list("ingest", flat=True)) == [first.pk]


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_are_the_same_count_once(kind):
    _head, one, other = KINDS[kind]
    _package, (first, second, third) = parts_of(kind, one, list(reversed(one)), [*one, *other])
    assert [first.status, second.status, third.status] == ["published", "ready", "published"]
    assert remarks(second)[0][1].startswith("Sus 3 renglones ya están en «parte 1.csv» del mismo paquete")
    assert "holds_others_of_package" in [code for code, _message in remarks(third)]
    assert list(Release.objects.published().values_list("line_count", flat=True)) == [6]


def test_quarters_of_one_budget_do_not_hold_one_another():
    head = [*SPENDING, "Fecha de inicio del periodo que se informa", "Fecha de término del periodo que se informa"]
    quarters = [("01/01/2024", "31/03/2024"), ("01/04/2024", "30/06/2024")]
    members = [(f"{n}.csv", table(head, [[*row, *days] for row in TREASURY])) for n, days in enumerate(quarters)]
    _package, loads = handed_in(*members, kind="expenditure")
    assert [(load.status, remarks(load)) for load in loads] == [("published", []), ("published", [])]

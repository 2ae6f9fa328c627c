"""Infrastructure projects in OC4IDS are works: one a project, with what its contracts add up to."""

import json

import pytest

from datasets.ingest.reading import read_file
from datasets.models import Work

AUTHORITY = {"id": "MX-1", "name": "Municipio de Torreón, Coahuila", "roles": ["publicAuthority"]}


def project(number="OP-1", **more):
    return {
        "id": f"oc4ids-abc-{number}",
        "title": "Puente de la calzada",
        "description": "Puente vehicular de dos carriles",
        "status": "implementation",
        "type": "construction",
        "sector": ["transport", "transport.road"],
        "period": {"startDate": "2023-02-01T00:00:00-06:00", "endDate": "2024-01-31T00:00:00-06:00"},
        "parties": [AUTHORITY, {"id": "s", "name": "Constructora Ejemplo, S.A. de C.V.", "roles": ["supplier"]}],
        "locations": [
            {
                "description": "Calzada Colón",
                "geometry": {"type": "Point", "coordinates": [-103.44, 25.54]},
                "address": {"locality": "Torreón", "region": "Coahuila"},
            }
        ],
        "budget": {"amount": {"amount": 1500000.50, "currency": "MXN"}},
        "contractingProcesses": [
            {
                "id": "ocds-x-1",
                "summary": {
                    "externalReference": "LO-1-2023",
                    "nature": ["construction"],
                    "suppliers": [{"id": "s", "name": "Constructora Ejemplo, S.A. de C.V."}],
                    "contractValue": {"amount": 1400000, "currency": "MXN"},
                },
            },
            {
                "id": "ocds-x-2",
                "summary": {"nature": ["supervision"], "contractValue": {"amount": 50000.25, "currency": "MXN"}},
            },
        ],
    } | more


def package(*projects):
    about = {"uri": "https://a.example/p.json", "version": "0.9", "publishedDate": "2024-03-01T00:00:00Z"}
    return json.dumps(about | {"publisher": {"name": "Torreón"}, "projects": list(projects)}, ensure_ascii=False)


def columns(reading):
    (table,) = reading.tables
    (block,) = table.blocks()
    return {name: column.to_pylist() for name, column in block.columns.items()}


def test_a_project_is_a_work(write):
    reading = read_file(write("proyectos.json", package(project())), name="proyectos.json")
    assert (reading.kind, reading.questions, reading.layout) == ("works", [], "OC4IDS, proyectos de infraestructura")
    told = columns(reading)
    expected = {
        "work_code": "oc4ids-abc-OP-1",
        "work_name": "Puente de la calzada",
        "work_type": "construction",
        "status_raw": "implementation",
        "entity_name": "Municipio de Torreón, Coahuila",
        "work_location": "Calzada Colón",
        "work_municipality": "Torreón",
        "latitude": "25.54",
        "longitude": "-103.44",
        "start_date": "2023-02-01",
        "end_date": "2024-01-31",
        "approved": "1500000.5",
        "contracted": "1450000.25",
        "contract_number": "LO-1-2023",
        "supplier_name": "Constructora Ejemplo, S.A. de C.V.",
        "fiscal_year": "2024",
    }
    assert {name: told[name] for name in expected} == {name: [value] for name, value in expected.items()}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([project("A"), project("B")]),
        "\n".join(json.dumps(project(name)) for name in "AB"),
        package(project("A"), project("B")),
    ],
)
def test_however_they_are_wrapped(write, text):
    reading = read_file(write("proyectos.json", text), name="proyectos.json")
    assert columns(reading)["work_code"] == ["oc4ids-abc-A", "oc4ids-abc-B"]


def test_what_was_finished_says_when_and_for_how_much(write):
    done = {"endDate": "2024-05-30T00:00:00-06:00", "finalValue": {"amount": 1600000, "currency": "MXN"}}
    reading = read_file(write("p.json", package(project(completion=done))), name="p.json")
    told = columns(reading)
    assert (told["end_date"], told["spent"]) == (["2024-05-30"], ["1600000"])


def test_dollars_are_not_added_to_pesos(write):
    paid = {"amount": {"amount": 100, "currency": "USD"}}
    reading = read_file(write("p.json", package(project(budget=paid))), name="p.json")
    assert "approved" not in columns(reading)
    assert [found.severity for found in reading.findings if found.code == "oc4ids_currency"] == ["warning"]


def test_another_json_is_none(write):
    text = json.dumps({"projects": [{"id": "1", "title": "Un proyecto de ley"}]})
    assert read_file(write("p.json", text), name="p.json").kind is None


@pytest.mark.django_db
def test_projects_are_loaded(write, ingest):
    done = ingest(write("proyectos.json", package(project("A"), project("B"))), publish=True)
    assert (done.status, done.kind, done.report["rows_rejected"]) == ("published", "works", 0)
    assert done.report["totals"]["approved"] == "3000001.00"
    assert set(Work.objects.values_list("municipality_code", flat=True)) == {"05035"}

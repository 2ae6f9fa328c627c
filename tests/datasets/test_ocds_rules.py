"""Each constraint of the release schema of OCDS 1.1 that docs/adr/open-contracting-data.md lists, broken once."""

import json

import pytest

from datasets.ingest.readers.ocds_rules import Faults
from datasets.ingest.readers.values import parsed

DAY = "2024-03-01T00:00:00-06:00"
PERIOD = {"startDate": DAY, "endDate": DAY, "maxExtentDate": DAY, "durationInDays": 3}
MONEY = {"amount": 10.5, "currency": "MXN"}
DOCUMENT = {
    "id": "d",
    "documentType": "contractSigned",
    "url": "https://a.example/d.pdf",
    "datePublished": DAY,
    "language": "es",
}
MILESTONE = {"id": 1, "status": "met", "dueDate": DAY, "documents": [DOCUMENT]}
ITEM = {
    "id": "i",
    "description": "Papel",
    "quantity": 2.5,
    "unit": {"name": "Caja", "value": MONEY, "uri": "https://a.example/u"},
    "classification": {"scheme": "CUCOP", "id": 21100001, "uri": "https://a.example/c"},
    "additionalClassifications": [{"id": "1"}],
}
AMENDMENT = {"id": "a", "date": DAY, "rationale": "Plazo", "amendsReleaseID": "1", "releaseID": "2"}
COMMON = {"items": [ITEM], "documents": [DOCUMENT], "amendments": [AMENDMENT], "milestones": [MILESTONE]}
PARTY = {
    "id": "p",
    "name": "Torreón",
    "roles": ["buyer"],
    "details": {},
    "identifier": {"scheme": "MX-RFC", "id": "MTO010101AB1", "legalName": "Torreón", "uri": "https://a.example/p"},
    "additionalIdentifiers": [{"id": "x"}],
    "address": {"region": "Coahuila"},
    "contactPoint": {"name": "Ana", "url": "https://a.example/"},
}
RELATED = {
    "id": "r",
    "relationship": ["framework"],
    "scheme": "ocid",
    "identifier": "o-2",
    "uri": "https://a.example/r",
}
RELEASE = {
    "ocid": "o-1",
    "id": "1",
    "date": DAY,
    "tag": ["contract"],
    "initiationType": "tender",
    "language": "es",
    "parties": [PARTY],
    "buyer": {"id": "p", "name": "Torreón"},
    "relatedProcesses": [RELATED],
    "planning": {
        "rationale": "Hace falta",
        "budget": {"id": 3, "amount": MONEY, "uri": "https://a.example/b"},
        "milestones": [MILESTONE],
    },
    "tender": {
        "id": "t",
        "status": "complete",
        "procurementMethod": "direct",
        "mainProcurementCategory": "goods",
        "hasEnquiries": False,
        "submissionMethod": ["written"],
        "additionalProcurementCategories": ["x"],
        "numberOfTenderers": 1,
        "tenderers": [{"id": "s"}],
        "enquiryPeriod": PERIOD,
        "awardPeriod": PERIOD,
        "value": MONEY,
        "procuringEntity": {"id": "p"},
        **COMMON,
    },
    "awards": [
        {
            "id": "a",
            "status": "active",
            "date": DAY,
            "value": MONEY,
            "suppliers": [{"id": "s"}],
            "contractPeriod": PERIOD,
            **COMMON,
        }
    ],
    "contracts": [
        {
            "id": "c",
            "awardID": "a",
            "status": "active",
            "dateSigned": DAY,
            "period": PERIOD,
            "value": MONEY,
            "relatedProcesses": [RELATED],
            "implementation": {
                "transactions": [
                    {"id": "x", "date": DAY, "source": "https://a.example/t", "value": MONEY, "payer": {"id": "p"}}
                ],
                "milestones": [MILESTONE],
                "documents": [DOCUMENT],
            },
            **COMMON,
        }
    ],
}
PACKAGE = {
    "uri": "https://a.example/p.json",
    "version": "1.1",
    "publishedDate": DAY,
    "publisher": {"name": "x", "uri": "https://a.example/"},
    "extensions": ["https://a.example/e.json"],
    "license": "https://a.example/l",
    "publicationPolicy": "https://a.example/q",
}


def told(release, package=PACKAGE):
    """(path, fault) of everything that is wrong, as it is read from JSON."""
    faults = Faults()
    faults.check([parsed(json.dumps(release))], [parsed(json.dumps(package))])
    return set(faults.counts)


def broken(value, path, new):
    """A copy of the value with what stands at the path replaced; `...` takes it away."""
    value = json.loads(json.dumps(value))
    place = value
    *above, last = path
    for step in above:
        place = place[step]
    if new is ...:
        del place[last]
    else:
        place[last] = new
    return value


def test_a_release_that_uses_every_object_of_the_standard_has_no_fault():
    assert told(RELEASE) == set()


MISSING = "falta y es obligatorio"
NO_CODE = "tiene una clave que no está en la lista del estándar"
TWICE = "tiene la misma entrada dos veces"
LINK = "debe ser una dirección completa, como https://…"
DATE = "debe ser fecha con hora y zona, como 2024-03-31T00:00:00-06:00"
NULL, EMPTY = "no puede ser null: si no hay dato, se omite", "está vacío: si no hay dato, se omite"
NUMBER = "debe ser un número, sin comillas"
TEXT, NO_OBJECT = "debe ser texto", "debe ser un objeto"
TENDER, AWARD, CONTRACT = ("tender",), ("awards", 0), ("contracts", 0)


@pytest.mark.parametrize(
    ("path", "new", "fault"),
    [
        *[((name,), ..., MISSING) for name in ("ocid", "id", "date", "tag", "initiationType")],
        *[((*where, "id"), ..., MISSING) for where in (TENDER, AWARD, CONTRACT, (*TENDER, "items", 0))],
        ((*CONTRACT, "awardID"), ..., MISSING),
        ((*CONTRACT, "implementation", "transactions", 0, "id"), ..., MISSING),
        (("tag",), ["anexo"], NO_CODE),
        (("initiationType",), "licitación", NO_CODE),
        ((*TENDER, "status"), "vigente", NO_CODE),
        ((*TENDER, "procurementMethod"), "directa", NO_CODE),
        ((*TENDER, "mainProcurementCategory"), "bienes", NO_CODE),
        ((*AWARD, "status"), "vigente", NO_CODE),
        ((*CONTRACT, "status"), "vigente", NO_CODE),
        ((*CONTRACT, "implementation", "milestones", 0, "status"), "cumplido", NO_CODE),
        (("parties",), [PARTY, PARTY], TWICE),
        ((*AWARD, "suppliers"), [{"id": "s"}, {"id": "s"}], TWICE),
        ((*CONTRACT, "items"), [ITEM, ITEM], TWICE),
        ((*TENDER, "hasEnquiries"), "no", "debe ser true o false, sin comillas"),
        ((*TENDER, "submissionMethod"), "escrito", "debe ser una lista de textos"),
        ((*TENDER, "enquiryPeriod", "durationInDays"), 2.5, "debe ser un número entero, sin comillas"),
        ((*TENDER, "items", 0, "quantity"), "dos", NUMBER),
        ((*TENDER, "items", 0, "unit", "value", "amount"), "10", NUMBER),
        ((*TENDER, "items", 0, "classification", "id"), 1.5, "debe ser texto o un número entero"),
        ((*CONTRACT, "documents", 0, "url"), "www.ejemplo.mx/contrato.pdf", LINK),
        ((*CONTRACT, "documents", 0, "datePublished"), "01/03/2024", DATE),
        ((*CONTRACT, "amendments", 0, "date"), "2024-03-01", DATE),
        ((*CONTRACT, "relatedProcesses", 0, "uri"), "o-2", LINK),
        ((*CONTRACT, "implementation", "transactions", 0, "source"), "tesorería", LINK),
        (("parties", 0, "roles"), "buyer", "debe ser una lista de textos"),
        (("parties", 0, "contactPoint", "url"), "ejemplo", LINK),
        (("parties", 0, "address", "postalCode"), 27000, "debe ser texto"),
        (("planning", "budget", "amount", "currency"), "pesos", "debe ser la clave de una moneda, como MXN"),
        (("planning", "budget"), 100, NO_OBJECT),
        ((*CONTRACT, "documents", 0, "id"), ..., MISSING),
        ((*TENDER, "milestones", 0, "id"), None, MISSING),
        (("parties",), None, NULL),
        (("buyer",), None, NULL),
        (("buyer", "name"), "", EMPTY),
        ((*AWARD, "items"), [], EMPTY),
        (("tag",), [], MISSING),
        (("awards",), {}, "debe ser una lista"),
        ((*AWARD, "suppliers", 0), "Papelera", NO_OBJECT),
        ((*TENDER, "amendment"), {"date": DAY, "rationale": 3}, None),
        ((*CONTRACT, "title_en"), 5, TEXT),
        ((*CONTRACT, "implementation", "transactions", 0, "amount"), {"amount": "3"}, None),
        ((*CONTRACT, "dateSigned"), "2024-02-30T10:00:00Z", DATE),
    ],
)  # fmt: skip
def test_each_constraint_is_seen_where_it_is_broken(path, new, fault):
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    while "[0]" in shown:
        shown = shown.replace("[0]", "[]")
    if fault is None:  # inside of what is given
        shown, fault = {"amendment": (f"{shown}.rationale", TEXT), "amount": (f"{shown}.amount", NUMBER)}[path[-1]]
    assert told(broken(RELEASE, path, new)) == {(shown, fault)}


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ((*CONTRACT, "title"), None),
        ((*CONTRACT, "title_en"), "Paper"),
        ((*CONTRACT, "title_internal_note"), 5),  # no language: a field of the publisher's own
        ((*CONTRACT, "x_amount"), "5"),
        ((*TENDER, "items"), [{"id": 1}, {"id": "1"}]),
        ((*TENDER, "documents"), [DOCUMENT, DOCUMENT]),  # what may stand twice
        ((*TENDER, "status"), None),
        ((*TENDER, "additionalProcurementCategories"), None),
        ((*CONTRACT, "value", "currency"), "UYU"),
    ],
)
def test_what_the_schemas_allow_is_no_fault(path, new):
    assert told(broken(RELEASE, path, new)) == set()


def test_a_record_holds_releases_or_names_where_they_are():
    linked = {"url": "https://a.example/1.json#1", "date": DAY, "tag": ["contract"]}
    assert told({"ocid": "o-1", "releases": [linked]}) == set()
    assert told({"ocid": "o-1", "releases": [linked | {"date": "ayer"}, {"url": None}]}) == {
        ("releases[].date", DATE), ("releases[].date", MISSING),
    }  # fmt: skip
    assert told({"ocid": "o-1", "releases": [RELEASE], "compiledRelease": RELEASE | {"tag": ["compilado"]}}) == {
        ("compiledRelease.tag", NO_CODE)
    }
    assert told({"ocid": "o-1", "releases": [linked], "compiledRelease": None}) == {("compiledRelease", NO_OBJECT)}
    assert told({"releases": []}) == {("registro.ocid", MISSING), ("registro.releases", MISSING)}


@pytest.mark.parametrize(
    ("path", "new", "fault"),
    [
        *[((name,), ..., MISSING) for name in ("uri", "version", "publishedDate", "publisher")],
        (("uri",), "paquete", LINK),
        (("version",), "1", "debe ser dos números con un punto, como 1.1"),
        (("extensions",), ["lugar"], "debe ser una lista de direcciones completas"),
        (("license",), "libre", LINK),
        (("publisher", "name"), ..., MISSING),
    ],
)
def test_each_constraint_of_a_package(path, new, fault):
    assert told(RELEASE, broken(PACKAGE, path, new)) == {(".".join(("paquete", *path)), fault)}

"""The open data in files: complete, with their checksums, and without personal data."""

import csv
import gzip
import hashlib
import html
import io
import json
import re
import zipfile
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from celery import current_app
from celery.exceptions import Retry
from django.utils import timezone

from datasets import tasks
from datasets.glossary import KEYS
from datasets.ingest.pipeline import BusyElsewhere
from datasets.models import ExpenditureLine, Release, ReleaseEvent
from datasets.opendata.build import build, folder, read_index
from datasets.opendata.ocds import releases
from datasets.opendata.records import records
from datasets.releases import restore_release, withdraw_release
from datasets.versions import bump_data_version
from datasets.words import GLOSSARY
from tests.datasets import dashboards as place
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    place.classifiers()
    bump_data_version()
    return make.PublicBodyFactory(slug="torreon-05035")


def lines(release, *amounts):
    name = make.label("object", "=SUELDOS", code="1130")
    for number, amount in enumerate(amounts, 1):
        ExpenditureLine.objects.create(
            public_body=release.public_body,
            release=release,
            line_no=number,
            source_row=number + 1,
            last_row=number + 1,
            object=name,
            accrued=Decimal(amount),
        )


def table(name, inside):
    with zipfile.ZipFile(folder() / name) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(inside).decode("utf-8-sig"))))


def test_every_published_line_is_there_with_its_file_and_row(body):
    release = place.spending(body, 2024)
    lines(release, "10.10", "20.20")
    lines(place.spending(body, 2023, status=Release.Status.WITHDRAWN), "99.99")
    build()
    for name in ("torreon-05035.zip", "todo.zip"):
        rows = table(name, "gasto.csv")
        assert [row["accrued"] for row in rows] == ["10.10", "20.20"]
        assert rows[0]["file"] == release.ingest.file.original_name
        assert rows[1]["source_row"] == "3"
        assert rows[0]["object_name"] == "'=SUELDOS"


def test_package_describes_every_column_and_names_its_sources(body):
    release = place.spending(body, 2024)
    lines(release, "10.10")
    build()
    with zipfile.ZipFile(folder() / "torreon-05035.zip") as archive:
        told = json.loads(archive.read("datapackage.json"))
    fields = told["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == list(table("torreon-05035.zip", "gasto.csv")[0])
    meanings = {field["name"]: (field["type"], field.get("columnType")) for field in fields}
    assert meanings["accrued"] == ("number", "value")
    assert meanings["year"] == ("integer", "date:fiscal-year")
    assert told["sources"][0]["sha256"] == release.ingest.file.sha256


@pytest.mark.parametrize(
    ("kind", "factory", "file", "told"),
    [
        ("works", make.WorkFactory, "obras.csv", {"name": "Drenaje", "physical_progress": "60.00", "spent": "10.50"}),
        ("debt", make.DebtFactory, "deuda.csv", {"name": "Crédito", "balance": "99.10", "is_none": "False"}),
        ("sanctions", make.SanctionFactory, "sanciones.csv", {"outcome": "fined", "fine": "5.25", "term_months": "3"}),
    ],
)
def test_registers_leave_row_by_row_without_what_is_personal(body, kind, factory, file, told):
    release = make.ReleaseFactory(public_body=body, kind=kind, year=2024)
    secret = {"sanctions": {"facts": "De GAHL800101AB1"}}.get(kind, {"purpose": "De GAHL800101AB1"})
    secret = {"description": "De GAHL800101AB1"} if kind == "works" else secret
    factory(
        release=release, source_row=7, **{name: value for name, value in told.items() if name != "is_none"}, **secret
    )
    build()
    (row,) = table("torreon-05035.zip", file)
    assert {name: row[name] for name in told} == told
    assert (row["source_row"], row["file"]) == ("7", release.ingest.file.original_name)
    assert "GAHL800101AB1" not in str(row) and "De " in str(row)
    with zipfile.ZipFile(folder() / "torreon-05035.zip") as archive:
        (resource,) = json.loads(archive.read("datapackage.json"))["resources"]
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    numbers = {"physical_progress", "spent", "balance", "fine"} & set(told)
    assert {types[name] for name in numbers} == {"number"}
    assert types.get("is_none", "boolean") == "boolean" and types.get("term_months", "integer") == "integer"


def test_checksums_are_those_of_the_files(client, body):
    lines(place.spending(body, 2024), "10.10")
    index = build()
    for file in index.files:
        data = (folder() / file.name).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file.sha256, file.size)
    sums = b"".join(client.get("/datos/abiertos/SHA256SUMS").streaming_content).decode()
    assert f"{index.files[0].sha256}  todo.zip" in sums


def test_files_are_written_anew_only_where_something_was_published(body):
    lines(place.spending(body, 2024), "10.10")
    first = build()
    assert build() == first
    bump_data_version()
    assert build().version == first.version + 1


def test_contracts_leave_as_ocds_without_what_is_personal(body):
    release = place.awards(body, 2024, contracts=0)
    company = make.SupplierFactory(name="Obras, S.A.", rfc="OBR010101AB1")
    person = make.SupplierFactory(name="Ana Ejemplo", rfc="EEAA800101AB1", is_natural_person=True)
    for number, supplier in enumerate((company, person, None), 1):
        amount = None if supplier is None else Decimal("100.10")
        make.ContractFactory(release=release, line_no=number, supplier=supplier, amount=amount)
    build()
    package = json.loads((folder() / "torreon-05035.ocds.json").read_bytes())
    assert (package["version"], len(package["releases"])) == ("1.1", 3)
    with gzip.open(folder() / "todo.ocds.jsonl.gz", "rt") as stream:
        assert [json.loads(line) for line in stream] == package["releases"]
    first, second, third = package["releases"]
    assert first["awards"][0]["suppliers"][0]["id"] == "MX-RFC-OBR010101AB1"
    assert first["contracts"][0]["value"] == {"amount": 100.1, "currency": "MXN"}
    assert first["tender"]["procurementMethod"] == "direct"
    assert second["awards"][0]["suppliers"][0]["id"] == f"proveedor-{person.number}"
    assert "EEAA800101AB1" not in json.dumps(package)
    assert "value" not in third["contracts"][0]
    assert len({one["id"] for one in package["releases"]}) == 3
    rows = table("torreon-05035.zip", "contratos.csv")
    assert [row["supplier_rfc"] for row in rows] == ["OBR010101AB1", "", ""]


@pytest.mark.parametrize(
    ("code", "zone", "signed", "began"),
    [
        ("05035", "America/Monterrey", "-06:00", "-05:00"),  # summer time until 2022
        ("02004", "America/Tijuana", "-08:00", "-07:00"),
        ("23005", "America/Cancun", "-05:00", "-05:00"),
    ],
)
def test_days_of_a_contract_begin_and_end_where_its_publisher_is(code, zone, signed, began):
    place = make.MunicipalityFactory(code=code, time_zone=zone)
    days = {"signed_on": date(2022, 1, 10), "starts_on": date(2022, 7, 1), "ends_on": date(2022, 7, 31)}
    make.ContractFactory(release__public_body=make.PublicBodyFactory(municipality=place), **days)
    agency = make.PublicBodyFactory(kind="state_agency", municipality=None, state=place.state, name="Agua", slug="agua")
    make.ContractFactory(release__public_body=agency, signed_on=date(1900, 1, 1))
    of_agency, of_place = (one["contracts"][0] for one in releases())
    assert of_place["dateSigned"] == f"2022-01-10T00:00:00{signed}"
    assert of_place["period"] == {
        "startDate": f"2022-07-01T00:00:00{began}",
        "endDate": f"2022-07-31T23:59:59{began}",
    }
    assert of_agency["dateSigned"] == "1900-01-01T00:00:00-06:36"


def test_page_and_catalogue_list_the_files(client, body):
    assert "Los archivos todavía no se han escrito" in client.get("/datos/abiertos/").text
    lines(place.spending(body, 2024), "10.10")
    build()
    page = client.get("/datos/abiertos/").text
    assert "/datos/abiertos/torreon-05035.zip" in page
    told = client.get("/datos/abiertos/catalogo.jsonld").json()
    assert {one["dct:identifier"] for one in told["dcat:dataset"]} == {file.name for file in read_index().files}
    answer = client.get("/datos/abiertos/torreon-05035.zip")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert client.get("/datos/abiertos/torreon-05035.zip", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_contracts_leave_as_records_one_a_process(body):
    release = place.awards(body, 2024, contracts=0)
    for number, amount in ((1, "100.10"), (2, "7.00")):
        make.ContractFactory(release=release, line_no=number, contract_number=f"C-{number}", amount=Decimal(amount))
    build()
    published = json.loads((folder() / "torreon-05035.ocds.json").read_bytes())
    package = json.loads((folder() / "torreon-05035.ocds-records.json").read_bytes())
    assert package["packages"] == [published["uri"]]
    assert [one["releases"] for one in package["records"]] == [[one] for one in published["releases"]]
    for record, one in zip(package["records"], published["releases"], strict=True):
        compiled = record["compiledRelease"]
        assert (record["ocid"], compiled["ocid"], compiled["tag"]) == (one["ocid"], one["ocid"], ["compiled"])
        assert compiled["contracts"] == one["contracts"]
    sums = (folder() / "SHA256SUMS").read_text()
    assert "torreon-05035.ocds-records.json" in sums


def test_two_releases_of_a_process_are_one_record():
    told = {"ocid": "o-1", "language": "es", "tag": ["contract"], "initiationType": "tender"}
    first = told | {
        "id": "1",
        "date": "2024-01-01T00:00:00Z",
        "contracts": [{"id": "C", "awardID": "A", "title": "Obra"}],
    }
    later = told | {
        "id": "2",
        "date": "2024-02-01T00:00:00Z",
        "contracts": [{"id": "C", "awardID": "A", "title": "Obra 2"}],
    }
    (record,) = records([first, later])
    assert record["releases"] == [first, later]
    assert record["compiledRelease"]["contracts"] == later["contracts"]


def test_catalogue_names_addresses_as_addresses(client, body):
    """In JSON-LD a text that looks like an address is a text, and no harvester follows it."""
    lines(place.spending(body, 2024), "10.10")
    build()
    told = client.get("/datos/abiertos/catalogo.jsonld").json()
    (file,) = [one for one in read_index().files if one.name == "torreon-05035.zip"]
    (dataset,) = [one for one in told["dcat:dataset"] if one["dct:identifier"] == file.name]
    url = f"http://testserver/datos/abiertos/{file.name}"
    assert dataset["@id"] == f"http://testserver/datos/abiertos/#{file.name}"
    assert dataset["dct:title"] == {"@language": "es", "@value": file.title}
    assert dataset["dcat:distribution"] == {
        "@type": "dcat:Distribution",
        "@id": url,
        "dcat:downloadURL": {"@id": url},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/zip"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.size)},
        "dct:conformsTo": {"@id": "https://specs.frictionlessdata.io/tabular-data-package/"},
        "dct:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file.sha256},
        },
    }


def test_pages_tell_search_engines_what_they_hold(client, body):
    assert "schema.org" not in client.get("/municipios/05035/").text
    lines(place.spending(body, 2023), "5.00")
    lines(place.spending(body, 2024), "10.10")
    bump_data_version()
    page = client.get("/municipios/05035/").text
    told = dict(re.findall(r'<(?:meta|link) itemprop="(\w+)" (?:content|href)="([^"]*)"', page))
    assert 'itemtype="https://schema.org/Dataset"' in page
    assert told["temporalCoverage"] == "2023/2024"
    assert told["spatialCoverage"] == "Torreón, Coahuila, México"
    address = html.unescape(told["contentUrl"]).removeprefix("http://testserver")
    table = client.get(address).content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("year,chapter,approved")
    assert [row.split(",")[0] for row in table[1:]] == ["2023"] * 3 + ["2024"] * 3
    build()
    page = client.get("/datos/abiertos/").text
    assert f'<meta itemprop="sha256" content="{read_index().files[0].sha256}">' in page


FILES_OF_ALL = ("todo.zip", "todo.ocds.jsonl.gz")
FILES_OF_ONE = ("torreon-05035.zip", "torreon-05035.ocds.json", "torreon-05035.ocds-records.json")


def download(client, name):
    """Status, and what is told, of a file; never kept by anybody on the way."""
    answer = client.get(f"/datos/abiertos/{name}")
    return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_file_that_holds_what_was_withdrawn_is_not_given_away(client, body):
    release = place.awards(body, 2024, contracts=0)
    make.ContractFactory(release=release, line_no=1, title="Secreto")
    other = make.PublicBodyFactory(slug="otro-05036", municipality=make.MunicipalityFactory(code="05036"))
    lines(place.spending(other, 2024), "10.10")
    build()
    assert {download(client, name)[0] for name in (*FILES_OF_ALL, *FILES_OF_ONE)} == {200}
    (known,) = [f'"{file.sha256}"' for file in read_index().files if file.name == "torreon-05035.ocds.json"]
    withdraw_release(release=release, by=None, reason="No era de Torreón.")
    for name in (*FILES_OF_ALL, *FILES_OF_ONE):
        status, told = download(client, name)
        assert (status, b"Secreto" in told, "retirado" in told.decode()) == (503, False, True)
    again = client.get("/datos/abiertos/torreon-05035.ocds.json", headers={"If-None-Match": known})
    assert (again.status_code, again["Retry-After"], again["Cache-Control"]) == (503, "600", "no-store")
    assert download(client, "otro-05036.zip")[0] == 200
    build()
    assert [download(client, name)[0] for name in ("todo.zip", "torreon-05035.ocds.json")] == [200, 404]


def test_file_is_given_again_once_what_was_withdrawn_is_restored(client, body):
    release = place.spending(body, 2024)
    lines(release, "10.10")
    build()
    withdraw_release(release=release, by=None, reason="Duda.")
    assert download(client, "todo.zip")[0] == 503
    restore_release(release=release, by=None, reason="Estaba bien.")
    assert download(client, "todo.zip")[0] == 200


def test_files_from_before_their_journal_was_kept_go_by_their_day(client, body):
    release = place.spending(body, 2024)
    lines(release, "10.10")
    build()
    index = json.loads((folder() / "indice.json").read_text())
    (folder() / "indice.json").write_text(json.dumps({name: index[name] for name in ("version", "created", "files")}))
    assert download(client, "torreon-05035.zip")[0] == 200
    withdraw_release(release=release, by=None, reason="No era.")
    ReleaseEvent.objects.filter(status="withdrawn").update(pgh_created_at=timezone.now())
    assert download(client, "torreon-05035.zip")[0] == 503


def test_withdrawing_has_the_files_written_anew(body, django_capture_on_commit_callbacks, monkeypatch):
    release, sent = place.spending(body, 2024), []
    lines(release, "10.10")
    build()
    monkeypatch.setattr(current_app, "send_task", lambda name, args: sent.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_release(release=release, by=None, reason="No era.")
    assert ("datasets.tasks.build_open_data", []) in sent
    tasks.build_open_data()
    assert "torreon-05035.zip" not in [file.name for file in read_index().files]


def test_two_never_write_the_files_at_once(body, monkeypatch):
    monkeypatch.setattr(tasks, "build", None)  # whoever calls it fails

    @contextmanager
    def taken(number):
        raise BusyElsewhere
        yield

    monkeypatch.setattr(tasks.pipeline, "held", taken)
    monkeypatch.setattr(tasks.build_open_data, "retry", lambda **told: Retry(when=told["countdown"]))
    with pytest.raises(Retry, match="in 120s"):
        tasks.build_open_data()


@pytest.mark.parametrize("name", ["../secreto", "..%2Fsecreto", "otra.zip", "indice.json.bak"])
def test_only_what_is_listed_can_be_downloaded(client, body, name):
    lines(place.spending(body, 2024), "10.10")
    build()
    assert client.get(f"/datos/abiertos/{name}").status_code == 404


def test_words_lead_to_the_glossary(client, body):
    place.spending(body, 2024)
    assert 'href="/glosario/#devengado"' in client.get("/municipios/05035/presupuesto/").text
    page = client.get("/glosario/").text
    assert set(GLOSSARY) <= KEYS
    assert all(f'id="{key}"' in page for key in KEYS)

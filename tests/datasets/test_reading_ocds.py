"""Open contracting data: releases, records, packages, lines and wrappers become contracts; another JSON says what it is."""

import json
from pathlib import Path

import pytest

from datasets.ingest.contract_lines import procurement_method
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import UnreadableFile
from datasets.models import Contract


def release(number="1", date="2024-03-01T00:00:00Z", **more):
    return {
        "ocid": f"ocds-abc123-{number}",
        "id": f"r-{number}-{date}",
        "date": date,
        "tag": ["contract"],
        "buyer": {"name": "Secretaría de Ejemplo", "id": "S1"},
        "parties": [{"id": "P1", "name": "Papelera Uno, S.A. de C.V.", "identifier": {"id": "PUN010203AB1"}}],
        "tender": {"id": f"T-{number}", "title": "Papel", "procurementMethod": "selective"},
        "awards": [{"id": "A1", "date": "2024-02-20T00:00:00Z", "suppliers": [{"id": "P1"}], "status": "active"}],
        "contracts": [
            {
                "id": f"C-{number}/2024",
                "awardID": "A1",
                "title": "Papel bond",
                "value": {"amount": 1234.10, "currency": "MXN"},
                "dateSigned": "2024-02-28T00:00:00Z",
                "period": {"startDate": "2024-03-01T00:00:00Z", "endDate": "2024-12-31T00:00:00Z"},
            }
        ],
    } | more


def package(*releases):
    return {
        "version": "1.1",
        "uri": "https://ejemplo.example",
        "publishedDate": "2024-03-02",
        "releases": list(releases),
    }


RECORD = {"ocid": "ocds-abc123-1", "compiledRelease": release(), "releases": [release(date="2023-01-01T00:00:00Z")]}
SHAPES = {
    "a release": release(),
    "a release package": package(release()),
    "a record": RECORD,
    "a record package": {"version": "1.1", "publishedDate": "2024-03-02", "records": [RECORD]},
    "a record of releases": {"ocid": "ocds-abc123-1", "releases": [release()]},
    "a list": [release()],
    "results of an interface": {"pagination": {"total": 1}, "results": [release()]},
    "data of an interface": {"status": "ok", "data": {"records": [RECORD]}},
    "hits of a search": {"took": 3, "hits": {"hits": [{"_id": "1", "_source": RECORD}]}},
}


def write_json(tmp_path: Path, value, name="datos.json"):
    path = tmp_path / name
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def rows(path):
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.complete, reading.questions) == ("contracts", True, [])
    (table,) = reading.tables
    return [
        {name: column[at].as_py() for name, column in block.columns.items() if column[at].as_py()}
        for block in table.blocks()
        for at in range(len(block.rows))
    ]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_shape_gives_the_same_contract(tmp_path, shape):
    (contract,) = rows(write_json(tmp_path, shape))
    assert contract == {
        "ocid": "ocds-abc123-1",
        "procedure_number": "T-1",
        "contract_number": "C-1/2024",
        "title": "Papel bond",
        "buyer_name": "Secretaría de Ejemplo",
        "procedure_type_raw": "selective",
        "status_raw": "active",
        "supplier_name": "Papelera Uno, S.A. de C.V.",
        "supplier_rfc": "PUN010203AB1",
        "amount_unspecified_tax": "1234.1",
        "currency": "MXN",
        "award_date": "2024-02-20",
        "date_signed": "2024-02-28",
        "start_date": "2024-03-01",
        "end_date": "2024-12-31",
        "fiscal_year": "2024",
    }


def versions(value, days=("2023-12-01T00:00:00Z",)):
    """As ocdsmerge writes a versioned release: of each field its values, each with the release that stated it."""
    if isinstance(value, dict):
        return {name: inner if name == "id" else versions(inner, days) for name, inner in value.items()}
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return [versions(one, days) for one in value]
    return [{"releaseID": day, "releaseDate": day, "releaseTag": ["contract"], "value": value} for day in days]


def versioned_record():
    """One whose contract was first said to be of 99 pesos and signed on another day; the later release stands first."""
    found = versions({name: value for name, value in release().items() if name not in ("ocid", "id", "date", "tag")})
    contract = found["contracts"][0]
    before = {"releaseID": "r0", "releaseDate": "2023-11-01T00:00:00Z", "releaseTag": ["contract"]}
    contract["value"]["amount"].append(before | {"value": 99})
    contract["dateSigned"].insert(0, before | {"value": "2020-01-01T00:00:00Z"})
    contract["description"] = [before | {"value": "Papel de otro color"}, *versions(None)]  # taken away later
    links = [{"url": "https://ejemplo.example/1.json", "date": "2023-12-01T00:00:00Z", "tag": ["contract"]}]
    return {"ocid": "ocds-abc123-1", "versionedRelease": {"ocid": "ocds-abc123-1", **found}, "releases": links}


def test_a_record_without_its_releases_is_read_from_its_versions(tmp_path):
    path = write_json(tmp_path, {"version": "1.1", "publishedDate": "2024-03-02", "records": [versioned_record()]})
    (contract,) = rows(path)
    assert contract == rows(write_json(tmp_path, RECORD, "otro.json"))[0]
    assert "ocds_linked" not in {found.code for found in read_file(path, name=path.name).findings}


def test_what_a_publisher_compiled_or_the_releases_themselves_go_before_the_versions(tmp_path):
    other = versioned_record()
    other["versionedRelease"]["contracts"][0]["value"]["amount"][0]["value"] = 7
    for held in ({"compiledRelease": release()}, {"releases": [release()]}):
        (contract,) = rows(write_json(tmp_path, other | held))
        assert contract["amount_unspecified_tax"] == "1234.1"


def test_records_that_only_link_to_their_releases_say_so(tmp_path):
    one = versioned_record()
    del one["versionedRelease"]
    about = {"version": "1.1", "publishedDate": "2024-03-02"}
    path = write_json(tmp_path, about | {"records": [one]})
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.layout) == (None, "OCDS 1.1, paquete de registros")
    assert "solo dicen en qué dirección están sus publicaciones" in reading.questions[0]
    beside = write_json(tmp_path, about | {"records": [one, {"ocid": "ocds-abc123-2", "releases": [release("2")]}]})
    assert len(rows(beside)) == 1
    (linked,) = [found for found in read_file(beside, name="b.json").findings if found.code == "ocds_linked"]
    assert linked.message.endswith("Registros así: 1.")


def test_json_lines_and_blank_lines(tmp_path):
    path = tmp_path / "datos.jsonl"
    path.write_text("\n\n".join(json.dumps(release(str(number))) for number in (1, 2, 3)), encoding="utf-8")
    assert [one["contract_number"] for one in rows(path)] == ["C-1/2024", "C-2/2024", "C-3/2024"]


def test_later_releases_complete_and_replace_earlier_ones(tmp_path):
    first = release(contracts=[], tag=["award"])
    later = release(date="2024-05-01T00:00:00Z")
    later["contracts"][0]["value"]["amount"] = 2000
    del later["awards"], later["tender"]
    (contract,) = rows(write_json(tmp_path, package(later, first)))
    assert (contract["amount_unspecified_tax"], contract["procedure_number"], contract["award_date"]) == (
        "2000", "T-1", "2024-02-20",
    )  # fmt: skip


def test_the_same_release_twice_counts_once(tmp_path):
    path = write_json(tmp_path, package(release(), release()))
    assert len(rows(path)) == 1
    assert "ocds_repeated" in {found.code for found in read_file(path, name=path.name).findings}


def test_a_process_without_award_is_said_and_gives_no_row(tmp_path):
    path = write_json(tmp_path, release(awards=[], contracts=[]))
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.complete, reading.tables[0].lines) == ("contracts", True, 0)
    assert [found.code for found in reading.findings] == ["ocds_without_contract", "ocds_rules", "ocds_rule"]


def test_a_contract_cancelled_before_it_was_signed_is_said_and_gives_no_row(tmp_path):
    one = release()
    one["contracts"].append(one["contracts"][0] | {"id": "C-9/2024", "status": "cancelled"})
    path = write_json(tmp_path, one)
    assert [row["contract_number"] for row in rows(path)] == ["C-1/2024"]
    (found,) = [found for found in read_file(path, name=path.name).findings if found.code == "ocds_cancelled"]
    assert found.message.startswith("Contratos cancelados antes de firmarse, según el archivo: 1.")


def said_of(path):
    """The sentences on the rules of the standard."""
    reading = read_file(path, name=path.name)
    assert (reading.kind, reading.questions) == ("contracts", [])
    return [found.message for found in reading.findings if found.code.startswith("ocds_rule")]


FULL = {"initiationType": "tender"}
PUBLISHED = {"publisher": {"name": "Ejemplo"}, "publishedDate": "2024-03-02T00:00:00-06:00"}


def test_what_follows_the_standard_is_said_to(tmp_path):
    path = write_json(tmp_path, package(release(**FULL), release("2", **FULL)) | PUBLISHED)
    assert said_of(path) == ["Con las reglas de OCDS 1.1 se revisaron 2 publicaciones. No se encontraron faltas."]


def test_faults_are_told_with_their_path_and_refuse_nothing(tmp_path):
    one, two = release(**FULL), release("2", **FULL, tag=["contract", "anexo"])
    del one["contracts"][0]["awardID"], two["contracts"][0]["awardID"]
    one["contracts"][0]["value"]["amount"] = "1,234.10"
    two["awards"][0]["status"] = "vigente"
    two["tender"] |= {"numberOfTenderers": 2.5, "value": {"amount": 7, "currency": "pesos"}}
    path = write_json(tmp_path, package(one, two))
    assert said_of(path) == [
        "Con las reglas de OCDS 1.1 se revisaron 2 publicaciones. Con faltas: 2. Se leyeron igual; las faltas van aquí.",
        "«contracts[].awardID» falta y es obligatorio: 2 veces, la primera en contracts[0].awardID de ocds-abc123-1.",
        "«paquete.publisher» falta y es obligatorio: una vez en paquete.publisher.",
        "«paquete.publishedDate» debe ser fecha con hora y zona, como 2024-03-31T00:00:00-06:00: una vez en "
        "paquete.publishedDate.",
        "«contracts[].value.amount» debe ser un número, sin comillas: una vez en contracts[0].value.amount de ocds-abc123-1.",
        "«tag» tiene una clave que no está en la lista del estándar: una vez en tag de ocds-abc123-2.",
        "«tender.value.currency» debe ser la clave de una moneda, como MXN: una vez en tender.value.currency de "
        "ocds-abc123-2.",
        "«tender.numberOfTenderers» debe ser un número entero, sin comillas: una vez en tender.numberOfTenderers de "
        "ocds-abc123-2.",
        "«awards[].status» tiene una clave que no está en la lista del estándar: una vez en awards[0].status de "
        "ocds-abc123-2.",
    ]
    assert [row["amount_unspecified_tax"] for row in rows(path)] == ["1,234.10", "1234.1"]


def test_of_a_long_file_publications_spread_over_it_are_checked_and_that_is_said(tmp_path):
    """Every third of 4,001: the last is not looked at, the one before it is, and where it is a record, its releases."""
    many = [{"ocid": f"o-{number}", "id": "1", "date": "x", "tag": ["contract"], **FULL} for number in range(4_001)]
    for one in many[:4_000]:
        one["date"] = "2024-03-01T00:00:00Z"
    path = write_json(tmp_path, many)
    assert said_of(path) == [
        "Con las reglas de OCDS 1.1 se revisaron 1,334 publicaciones, tomadas a lo largo de un archivo de 4,001. "
        "No se encontraron faltas."
    ]
    many[3_999]["releases"] = [{"ocid": "o-3999", "id": "1", "date": "ayer", "tag": ["contract"], **FULL}]
    assert said_of(write_json(tmp_path, many))[1:] == [
        "«releases[].date» debe ser fecha con hora y zona, como 2024-03-31T00:00:00-06:00: una vez en releases[0].date de "
        "o-3999."
    ]


def test_the_code_is_derived_and_the_text_as_published_stays(ingest, tmp_path):
    details = release("2")
    details["tender"]["procurementMethodDetails"] = "Adjudicación directa por excepción"
    done = ingest(write_json(tmp_path, package(release(), details)), public_body="ejemplo", publish=True)
    assert (done.status, done.rows_loaded) == ("published", 2)
    assert list(Contract.objects.order_by("line_no").values_list("method", "method_raw")) == [
        ("limited", "selective"),
        ("direct", "Adjudicación directa por excepción"),
    ]
    assert procurement_method("ADJ. DIR.") == "direct"
    assert [procurement_method(code) for code in ("open", "selective", "limited", "direct")] == [
        "open", "limited", "direct", "direct",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['{"a":' * 50_000, "[" * 200_000, '{"ocid": "x", "tender": {'])
def test_deep_and_broken_json_is_refused_with_a_sentence(tmp_path, text):
    path = tmp_path / "hondo.json"
    path.write_text(text)
    with pytest.raises(UnreadableFile) as refused:
        read_file(path, name=path.name)
    assert refused.value.code in ("deep_json", "damaged_json") and "No se pudo leer" in refused.value.message


@pytest.mark.parametrize(
    "broken",
    [
        {"ocid": None, "contracts": [{"id": 1}]},
        {"ocid": "x", "tender": [], "awards": {}, "contracts": ["a", None, {"value": [], "suppliers": {}}]},
        {"ocid": "x", "contracts": [{"id": True, "value": {"amount": None}, "dateSigned": 5}], "parties": [3]},
        {"releases": [{"ocid": "x"}, 7, None]},
    ],
)
def test_what_does_not_follow_the_standard_breaks_nothing(tmp_path, broken):
    path = write_json(tmp_path, broken)
    reading = read_file(path, name=path.name)
    assert reading.tables or reading.questions


def test_a_register_of_suppliers_says_what_it_is_for(tmp_path):
    path = write_json(tmp_path, [{"RFC": "XAXX010101000", "Nombre": "Ejemplo"}])
    reading = read_file(path, name=path.name)
    assert (reading.kind, [found.code for found in reading.findings]) == (None, ["suppliers"])
    assert "padrón de proveedores" in reading.questions[0]


@pytest.mark.realdata
def test_published_open_contracting_data(realdata_dir):
    """Three contracts of one tender; every sample is understood, and those of a plan or a tender alone hold no contract."""
    sample = realdata_dir / "procurement" / "ocds_cdmx_sefin_017-2015.json"
    assert read_file(sample, name=sample.name).tables[0].lines == 3
    for path in sorted((realdata_dir / "procurement" / "ocds").glob("*.json")):
        reading = read_file(path, name=path.name)
        assert (reading.kind, reading.questions) == ("contracts", []), path.name
        without = {"ocds_without_contract"} & {found.code for found in reading.findings}
        assert bool(reading.tables[0].lines) != bool(without), path.name

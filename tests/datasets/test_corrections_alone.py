"""Corrected rows of a file that is read in pieces are loaded alone: as if all of it were read, and nothing else moves."""

import io

import pytest
from django.db import connection

from datasets import rereading, services
from datasets.ingest import pipeline, reading
from datasets.ingest.corrected import CELLS, columns_of
from datasets.ingest.readers import stream, text
from datasets.models import LINES, Ingest, Release, RowIssue
from datasets.source_rows import path_of
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory

pytestmark = pytest.mark.django_db

MONEY = "Ejercicio,Clave Municipio,Partida,Concepto,Aprobado,Pagado\n"
CONTRACTS = (
    "Ejercicio,Clave Municipio,Número de contrato,Objeto del contrato,Proveedor,Fecha del contrato,Monto del contrato\n"
)
BODIES = ("05035", "05030", "05018")


def money_rows(count=300):
    """Three municipalities in turn; every fiftieth amount cannot be read."""
    for number in range(count):
        amount = f"ver anexo {number}" if number % 50 == 7 else f'"{number + 1000:,}.50"'
        yield f"2024,{BODIES[number % 3]},{11301 + number % 2 * 800},Partida {number % 5},{amount},{number}.25\n"


def contract_rows(count=120):
    for number in range(count):
        amount = "según catálogo" if number == 31 else f"{number + 1},160.00" if number % 2 else f"{number}.10"
        amount = f'"{amount}"'
        day = "31/02/2024" if number in (31, 62) else "03/02/2024"
        code = BODIES[number % 3] if number != 90 else "99999"
        yield f"2024,{code},A-{number},Bacheo {number},Proveedor {number % 7} SA de CV,{day},{amount}\n"


@pytest.fixture
def in_pieces(monkeypatch):
    """Files of some kilobytes are large ones."""
    for module in (text, reading):
        monkeypatch.setattr(module, "MAX_GRID_BYTES", 2_000)
    monkeypatch.setattr(stream, "BLOCK", 4_000)
    monkeypatch.setattr("datasets.ingest.flow.RECORDS_AT_ONCE", 4_000)
    for code in BODIES:
        MunicipalityFactory(code=code)


@pytest.fixture
def person():
    return GesocFactory()


def load(content, person, *, publish=True, name="gasto.csv", **said):
    file = services.register_file(stream=io.BytesIO(content.encode()), name=name, by=person)
    said = {"period": "annual", "document": "public_account"} | said
    options = services.ingest_options(**said)
    ingest = services.prepare_ingest(file=file, options=options, by=person, publish=publish).ingest
    return pipeline.run_ingest(ingest.pk)


def correct(ingest, person, rows):
    again = rereading.correct_rows(ingest=ingest, fixes={"": rows}, by=person)
    return pipeline.run_ingest(again.pk)


def whole(ingest):
    """The same file with the same corrections read as a whole, beside what was loaded alone."""
    Ingest.objects.filter(pk=ingest.pk).update(status="cancelled")
    again = services.prepare_ingest(file=ingest.file, options=ingest.options, by=ingest.created_by).ingest
    Ingest.objects.filter(pk=ingest.pk).update(status=ingest.status)
    return pipeline.run_ingest(again.pk)


def read(model, release, without, order):
    columns = ", ".join(columns_of(model, "release_id", *without))
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(
            f"SELECT {columns} FROM {table} WHERE public_body_id = %s AND release_id = %s ORDER BY {order}",
            [release.public_body_id, release.pk],
        )
        return cursor.fetchall()


def contents(ids):
    """Every slice with its counts, its headings, its lines in the order of their numbers, and its cells."""
    found = {}
    for release in Release.objects.filter(pk__in=ids):
        cells = CELLS.get(release.kind)
        found[tuple(release.slice_key.values())] = (
            release.line_count,
            release.totals,
            release.sheets,
            release.headings,
            read(LINES[release.kind], release, ["line_no"], "line_no"),
            read(cells, release, [], '"by", key' if release.kind != "contracts" else '"by", currency, key')
            if cells
            else None,
        )
    return found


def of_file(ingest):
    return {one["release"] for one in ingest.report["slices"]}


def told(ingest):
    """What the page and `--json` say of the file, but for what only the way of reading it makes different."""
    report = {name: value for name, value in ingest.report.items() if name not in TIMES}
    slices = sorted(
        [one | {"release": None} for one in report.pop("slices")],
        key=lambda one: (one["publisher"], one["year"], one["period"]),
    )
    issues = RowIssue.objects.filter(ingest=ingest).order_by("line_no", "code", "column")
    rows = list(issues.values_list("severity", "code", "line_no", "column", "value", "raw"))
    counts = [getattr(ingest, f"rows_{name}") for name in ("read", "loaded", "rejected", "skipped")]
    return report, slices, rows, counts


TIMES = ("seconds", "rows_per_second", "correction", "issues")


def amount(text_):
    return {"Aprobado": text_}


@pytest.mark.parametrize("publish", [True, False])
def test_the_same_as_reading_all_of_it(in_pieces, person, publish):
    first = load(MONEY + "".join(money_rows()), person, publish=publish)
    assert (first.status, first.rows_loaded, first.rows_rejected) == ("published" if publish else "ready", 294, 6)
    again = correct(first, person, {"9": amount("9.90"), "59": amount("0.10"), "159": amount("ver otro")})
    assert again.report["correction"]["alone"] is True
    assert (again.status, again.rows_loaded, again.rows_rejected) == ("ready", 296, 4)
    other = whole(again)
    assert other.report["correction"] is None
    assert contents(of_file(again)) == contents(of_file(other))
    assert told(again) == told(other)


def test_slices_of_which_nothing_is_corrected_stay_as_they_are(in_pieces, person):
    first = load(MONEY + "".join(money_rows()), person)
    before = contents(of_file(first))
    again = correct(first, person, {"9": amount("9.90")})  # a row of the second municipality
    [fresh] = again.releases.all()
    assert fresh.public_body.municipality_id == BODIES[1]
    assert again.report["correction"] == {
        "of": first.pk,
        "alone": True,
        "rows": 1,
        "kept": sorted(first.releases.exclude(public_body=fresh.public_body).values_list("pk", flat=True)),
    }
    services.publish_ingest(ingest=again, by=person)
    versions = Release.objects.order_by("pk").values_list("public_body__municipality_id", "version", "status")
    assert list(versions) == [
        ("05035", 1, "published"),
        ("05030", 1, "superseded"),
        ("05018", 1, "published"),
        ("05030", 2, "published"),
    ]
    assert contents(of_file(first)) == before


def test_what_waits_is_published_with_the_slices_that_were_not_corrected(in_pieces, person):
    first = load(MONEY + "".join(money_rows()), person, publish=False)
    again = correct(first, person, {"9": amount("9.90")})
    services.publish_ingest(ingest=again, by=person)
    public = Release.objects.published().values_list("public_body__municipality_id", "ingest")
    assert set(public) == {("05035", first.pk), ("05030", again.pk), ("05018", first.pk)}


def test_second_correction_after_a_first(in_pieces, person):
    first = load(MONEY + "".join(money_rows()), person)
    second = correct(first, person, {"9": amount("9.90"), "59": amount("no se sabe")})
    third = correct(second, person, {"59": amount("1.00"), "109": amount("2.00"), "209": amount("3.00")})
    assert third.report["correction"]["alone"] is True
    assert third.options["fixes"][""].keys() == {"9", "59", "109", "209"}
    other = whole(third)
    assert contents(of_file(third)) == contents(of_file(other))
    assert told(third) == told(other)


def test_a_row_that_belongs_to_a_slice_of_its_own(in_pieces, person):
    first = load(MONEY + "".join(money_rows(2_400)), person)
    again = correct(first, person, {"2209": {"Aprobado": "9.90", "Ejercicio": "2023"}, "59": amount("1.00")})
    assert again.report["correction"]["alone"] is True
    assert set(again.releases.values_list("year", "line_count")) == {(2023, 1), (2024, 785)}
    other = whole(again)
    assert contents(of_file(again)) == contents(of_file(other))
    assert told(again) == told(other)


def test_contracts_that_were_loaded_without_a_cell(in_pieces, person):
    first = load(CONTRACTS + "".join(contract_rows()), person, name="contratos.csv", period="annual", document=None)
    assert (first.rows_loaded, first.rows_rejected, first.row_issues.unread().count()) == (119, 1, 3)
    day, price = "Fecha del contrato", "Monto del contrato"
    again = correct(
        first,
        person,
        {
            "33": {price: "500.00", day: "28/02/2024"},
            "64": {"Clave Municipio": "05018"},
            "92": {"Clave Municipio": "05035"},
        },
    )
    assert (again.report["correction"]["alone"], again.rows_loaded, again.rows_rejected) == (True, 120, 0)
    other = whole(again)
    assert contents(of_file(again)) == contents(of_file(other))
    assert told(again) == told(other)


def test_rows_that_are_read_otherwise_today_are_no_ground_to_stand_on(in_pieces, person):
    """A newer version of the platform may read differently: then everything is read anew."""
    first = load(MONEY + "".join(money_rows()), person)
    RowIssue.objects.filter(ingest=first, line_no=9).update(value="x", raw={"Aprobado": "otra cosa"})
    again = correct(first, person, {"9": amount("9.90")})
    assert again.report["correction"]["alone"] is False
    assert [release.public_body.municipality_id for release in again.releases.all()] == [BODIES[1]]


def test_a_file_that_is_read_whole_gives_new_versions_only_of_what_changed(person):
    for code in BODIES:
        MunicipalityFactory(code=code)
    first = load(MONEY + "".join(money_rows(60)), person)
    again = correct(first, person, {"9": amount("9.90")})
    assert again.report["correction"]["alone"] is False
    assert (again.releases.count(), len(of_file(again)), again.rows_loaded) == (1, 3, 59)
    [fresh] = again.releases.all()
    assert (fresh.line_count, fresh.totals["approved"]) == (20, str(sum_of(60, 1, extra="9.90")))
    assert RowIssue.objects.filter(ingest=again).rejected().count() == 1


def sum_of(count, body, extra):
    from decimal import Decimal

    rows = [number for number in range(count) if number % 3 == body and number % 50 != 7]
    return sum((Decimal(f"1{number:03}.50") for number in rows), Decimal(extra))


def test_cancelled_and_begun_again(in_pieces, person):
    first = load(MONEY + "".join(money_rows()), person)
    again = rereading.correct_rows(ingest=first, fixes={"": {"9": amount("9.90")}}, by=person)
    services.cancel_ingest(ingest=again, by=person)
    assert (again.status, again.releases.count()) == ("cancelled", 0)
    third = pipeline.run_ingest(rereading.try_again(ingest=again, by=person).pk)
    assert (third.report["correction"]["of"], third.report["correction"]["alone"]) == (first.pk, True)
    assert third.releases.count() == 1


def test_lines_keep_their_row_and_their_order(in_pieces, person):
    first = load(MONEY + "".join(money_rows()), person)
    again = correct(first, person, {"9": amount("9.90"), "159": amount("1.00")})
    [fresh] = again.releases.filter(public_body__municipality=BODIES[1])
    lines = LINES["expenditure"].objects.filter(public_body=fresh.public_body_id, release=fresh)
    rows = list(lines.order_by("line_no").values_list("source_row", flat=True))
    assert (rows, 9 in rows, 159 in rows) == (sorted(rows), True, True)
    assert len(set(lines.values_list("line_no", flat=True))) == len(rows) == 100


def test_only_the_rows_are_read(in_pieces, person):
    """What the original says elsewhere is of no consequence."""
    first = load(MONEY + "".join(money_rows()), person)
    path = path_of(first.file)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:200]))
    again = correct(first, person, {"9": amount("9.90")})
    assert (again.report["correction"]["alone"], again.rows_read, again.rows_loaded) == (True, 300, 295)
    assert [release.line_count for release in again.releases.all()] == [99]


def test_what_was_restated_or_withdrawn_meanwhile_is_only_touched_where_a_row_was_corrected(in_pieces, person):
    first = load(MONEY + "".join(money_rows()), person)
    second = load(MONEY + "".join(money_rows()).replace("299.25", "298.25"), person)  # of 05018
    withdrawn = second.releases.get(public_body__municipality=BODIES[0])
    services.withdraw_release(release=withdrawn, by=person, reason="No era la definitiva.")
    again = correct(first, person, {"9": amount("9.90")})  # a row of 05030
    services.publish_ingest(ingest=again, by=person)
    now = Release.objects.order_by("public_body__municipality_id", "version")
    assert list(now.values_list("public_body__municipality_id", "version", "status", "ingest")) == [
        ("05018", 1, "superseded", first.pk),
        ("05018", 2, "published", second.pk),
        ("05030", 1, "superseded", first.pk),
        ("05030", 2, "superseded", second.pk),
        ("05030", 3, "published", again.pk),
        ("05035", 1, "superseded", first.pk),
        ("05035", 2, "withdrawn", second.pk),
    ]


def test_a_load_that_breaks_in_the_middle_leaves_nothing(in_pieces, person):
    """The cells of the older release are copied into a place that is taken: the database refuses, all of it is undone."""
    first = load(MONEY + "".join(money_rows()), person)
    again = rereading.correct_rows(ingest=first, fixes={"": {"9": amount("9.90")}}, by=person)
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value + 1 FROM datasets_release_id_seq")
        [fresh] = cursor.fetchone()
    body = first.releases.get(public_body__municipality=BODIES[1]).public_body_id
    taken = CELLS["expenditure"].objects.filter(public_body=body).first()
    taken.release_id = fresh
    CELLS["expenditure"].objects.bulk_create([taken])
    broken = pipeline.run_ingest(again.pk)
    assert (broken.status, broken.report["error_code"], broken.releases.count()) == ("failed", "database", 0)
    assert LINES["expenditure"].objects.filter(release=fresh).count() == 0
    CELLS["expenditure"].objects.filter(release=fresh).delete()
    third = pipeline.run_ingest(rereading.try_again(ingest=broken, by=person).pk)
    assert (third.status, third.report["correction"]["alone"], third.releases.count()) == ("ready", True, 1)

"""Rollup cells of files larger than what memory holds: the sums of the lines, however the slices lie in the file."""

import importlib
import itertools
import random
from decimal import Decimal

import pytest
from django.db import connection

from datasets import selectors
from datasets.ingest import reading, rollups
from datasets.ingest.load import Loader
from datasets.ingest.readers import stream, text
from datasets.models import ContractCell, ExpenditureCell, Release, Supplier
from datasets.selectors import ContractFilters
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
sized = importlib.import_module("datasets.migrations.0025_sizes_of_contracts")
direct = importlib.import_module("datasets.migrations.0026_direct_awards_of_suppliers")
filled = importlib.import_module("datasets.migrations.0024_headings_of_releases")

# What the cells say, asked of the lines. A key is that of the one label it may have, a chapter or concept its digits.
FROM_LINES = """
    SELECT line.release_id, part.by, part.key, count(*), sum(approved), sum(accrued), sum(paid), min(part.label_id)
    FROM datasets_expenditureline line
    LEFT JOIN datasets_label object ON object.id = line.object_id
    LEFT JOIN datasets_label unit ON unit.id = line.unit_id
    CROSS JOIN LATERAL (VALUES
        ('item', object.code, object.id),
        ('concept', CASE WHEN object.code = '' THEN '' ELSE left(object.code, 2) || '00' END, object.id),
        ('chapter', CASE WHEN object.code = '' THEN '' ELSE left(object.code, 1) || '000' END, object.id),
        ('unit', CASE WHEN unit.code <> '' AND length(unit.code) <= 20 THEN unit.code ELSE unit.id::text END, unit.id)
    ) AS part (by, key, label_id)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
UNITS = ["Tesorería", "0101 Presidencia", "1234567890123456789012345 Obras con una clave muy larga", "Ñandú"]


def lines(order: str) -> list[str]:
    chance = random.Random(7)
    objects = [*(f"{digits}01" for digits in range(111, 700, 7) if "0" not in str(digits)), "X9"]
    rows = [
        f'2024,{place},"{unit}",{code},{_amount(chance)},{chance.choice(["", _amount(chance)])}'
        for place in ("05035", "05030", "05004")
        for unit, code in itertools.product(UNITS, objects)
    ]
    rows += rows[:40]
    if order == "mixed":
        chance.shuffle(rows)
    if order == "comes back":
        rows += rows[:30]
    return rows


def _amount(chance: random.Random) -> str:
    cents = chance.randrange(-(10**9), 10 ** chance.randrange(10, 17))
    return f"{cents // 100}.{cents % 100:02}"


@pytest.fixture
def in_small_blocks(monkeypatch):
    """Any file is one that is streamed, a few dozen lines at a time."""
    monkeypatch.setattr(stream, "BLOCK", 1_000)
    for module in (text, reading):
        monkeypatch.setattr(module, "MAX_GRID_BYTES", 4_000)


@pytest.mark.parametrize("order", ["by slice", "mixed", "comes back"])
@pytest.mark.parametrize(
    ("worth", "most", "at_once"), [(30_000, 250_000, 4_000), (50, 120, 7), (400, 600, 50), (0, 0, 1)]
)
def test_cells_are_the_sums_of_the_lines(ingest, write, monkeypatch, in_small_blocks, order, worth, most, at_once):
    monkeypatch.setattr(rollups, "WORTH_WRITING", worth)
    monkeypatch.setattr(rollups, "MOST_IN_HAND", most)
    monkeypatch.setattr(rollups, "_AT_ONCE", at_once)
    heading = "Ejercicio,Clave Municipio,Unidad Responsable,Partida Específica,Aprobado,Devengado"
    done = ingest(write("gasto.csv", "\n".join([heading, *lines(order)])), publish=True)
    assert done.status == "published", done.report["questions"]
    with connection.cursor() as cursor:
        cursor.execute(FROM_LINES)
        expected = cursor.fetchall()
    fields = ("release_id", "by", "key", "line_count", "approved", "accrued", "paid", "label_id")
    found = ExpenditureCell.objects.filter(by__in=("item", "concept", "chapter", "unit"))
    assert sorted(found.values_list(*fields)) == sorted(expected)
    assert len(expected) > 300
    releases = list(Release.objects.order_by("pk"))
    assert [one.headings for one in releases] == [make.headings(one) for one in releases]
    assert len(releases) == 3
    assert releases[0].headings["item"][1] > releases[0].headings["concept"][1] > releases[0].headings["chapter"][0]


def test_headings_are_counted_where_some_are_told_less_deeply_than_others(ingest, write):
    """What a file tells of a chapter alone stands under the chapter's code at every level, and is no heading of its own."""
    budget = ["Ejercicio,Clave Municipio,Partida,Aprobado"]
    budget += [f"2024,05035,{code},10.00" for code in ("1000", "1131", "2100", "2111", "6141", "")]
    income = ["Ejercicio,Clave Municipio,CRI,Rubro de ingresos,Estimado"]
    income += ["2024,05035,1,Impuestos,5.00", "2024,05035,41,Derechos,6.00", "2024,05035,4301,Otros derechos,7.00"]
    for name, rows in (("egresos.csv", budget), ("ingresos.csv", income)):
        done = ingest(write(name, "\n".join(rows)), publish=True)
        assert done.status == "published", done.report["questions"]
    told = {one.kind: one.headings for one in Release.objects.all()}
    assert told == {one.kind: make.headings(one) for one in Release.objects.all()}
    assert told["expenditure"]["chapter"][0] == 3
    Release.objects.update(headings={})
    with connection.cursor() as cursor:  # what an older site had loaded before
        cursor.execute(f"{filled.EXPENDITURE}; {filled.REVENUE}")
    assert {one.kind: one.headings for one in Release.objects.all()} == told


def test_contracts_are_counted_by_size_and_procedure(ingest, write):
    """The lower end of a band lies in it; what states no amount, or none above zero, is in no band."""
    rows = [
        "Ejercicio,Clave Municipio,No. de contrato,Tipo de procedimiento,Proveedor,Fecha de firma,Monto con IVA,Moneda"
    ]
    amounts = ["49999.99", "50000.00", "99999.99", "100000.00", "60000000.00", "0.00", "", "70000.00"]
    for number, amount in enumerate(amounts, start=1):
        how = "Licitación pública" if number % 2 else "Adjudicación directa"
        currency = "USD" if number == 8 else "MXN"
        rows.append(f"2024,05035,C-{number},{how},Proveedora {number},15/03/2024,{amount},{currency}")
    done = ingest(write("contratos_2024.csv", "\n".join(rows)), publish=True)
    assert done.status == "published", done.report["questions"]
    (release,) = Release.objects.all()
    fields = ("key", "currency", "line_count", "amount")
    of_load = set(ContractCell.objects.filter(by="band").values_list(*fields))
    ContractCell.objects.filter(by="band").delete()
    make.bands(release)
    assert of_load == set(ContractCell.objects.filter(by="band").values_list(*fields))
    assert {key for key, *_rest in of_load} == {
        *("0:open", "50000:direct", "50000:open", "100000:direct", "50000000:open"),
    }
    ContractCell.objects.filter(by="band").delete()
    with connection.cursor() as cursor:  # what an older site had loaded before
        cursor.execute(sized.BANDS)
    assert of_load == set(ContractCell.objects.filter(by="band").values_list(*fields))


def test_suppliers_are_told_what_they_got_by_direct_award(ingest, write):
    """Zero where all was competed; nothing where no procedure is stated, which is not zero."""
    rows = ["Ejercicio,Clave Municipio,No. de contrato,Tipo de procedimiento,Proveedor,Fecha de firma,Monto con IVA"]
    contracts = [
        ("Adjudicación directa", "Mixta", "100.00"),
        ("Licitación pública", "Mixta", "300.00"),
        ("Licitación pública", "Competida", "50.00"),
        ("", "Callada", "70.00"),
        ("Adjudicación directa", "Sin montos", ""),
    ]
    for number, (how, who, amount) in enumerate(contracts, start=1):
        rows.append(f"2024,05035,C-{number},{how},Proveedora {who},15/03/2024,{amount}")
    done = ingest(write("contratos_2024.csv", "\n".join(rows)), publish=True)
    assert done.status == "published", done.report["questions"]
    (release,) = Release.objects.all()
    names = {str(pk): name for pk, name in Supplier.objects.values_list("pk", "name")}
    told = {
        names[one.key]: one.direct for one in selectors.ContractSums([release], [release], version=0).suppliers("MXN")
    }
    expected = {"Mixta": Decimal(100), "Competida": Decimal(0), "Callada": None, "Sin montos": None}
    assert told == {f"Proveedora {name}": amount for name, amount in expected.items()}
    left = selectors.filtered_totals(ContractFilters(public_body=release.public_body), currency="MXN").top
    assert {names[one.key]: one.direct for one in left} == told
    cells = ContractCell.objects.exclude(direct_amount=None)
    assert set(cells.values_list("by", flat=True)) == {"supplier"}
    of_load = set(cells.values_list("key", "direct_amount"))
    ContractCell.objects.update(direct_amount=None)
    with connection.cursor() as cursor:  # what an older site had loaded before
        cursor.execute(direct.DIRECT)
    assert set(cells.values_list("key", "direct_amount")) == of_load


def test_slices_that_lie_together_are_written_while_the_file_is_read_and_once(
    ingest, write, monkeypatch, in_small_blocks
):
    monkeypatch.setattr(rollups, "WORTH_WRITING", 100)
    written, later = [], []
    write_cells, add_later = Loader._write_cells, rollups.add_later
    monkeypatch.setattr(Loader, "_write_cells", lambda self, due: (written.append(1), write_cells(self, due)))
    monkeypatch.setattr(rollups, "add_later", lambda *said: (later.append(1), add_later(*said))[1])
    heading = "Ejercicio,Clave Municipio,Unidad Responsable,Partida Específica,Aprobado,Devengado"
    ingest(write("gasto.csv", "\n".join([heading, *lines("by slice")[:-40]])), publish=True)
    assert len(written) == 3  # two when the next municipality began, one at the end
    assert not later

"""Rollup cells of files larger than what memory holds: the sums of the lines, however the slices lie in the file."""

import itertools
import random

import pytest
from django.db import connection

from datasets.ingest import reading, rollups
from datasets.ingest.load import Loader
from datasets.ingest.readers import stream, text
from datasets.models import ExpenditureCell

pytestmark = pytest.mark.django_db

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


def test_slices_that_lie_together_are_written_while_the_file_is_read_and_once(
    ingest, write, monkeypatch, in_small_blocks
):
    monkeypatch.setattr(rollups, "WORTH_WRITING", 100)
    written, later = [], []
    write_cells, add_later = Loader._write_cells, rollups.add_later
    monkeypatch.setattr(Loader, "_write_cells", lambda self: (written.append(1), write_cells(self)))
    monkeypatch.setattr(rollups, "add_later", lambda *said: (later.append(1), add_later(*said))[1])
    heading = "Ejercicio,Clave Municipio,Unidad Responsable,Partida Específica,Aprobado,Devengado"
    ingest(write("gasto.csv", "\n".join([heading, *lines("by slice")[:-40]])), publish=True)
    assert len(written) == 3  # two when the next municipality began, one at the end
    assert not later

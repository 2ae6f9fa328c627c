"""Published files printed otherwise: a margin, a title more, signatures, another format. The money and the rows stay the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from datasets.ingest.numbers import NotAnAmount, to_decimal
from datasets.ingest.readers.sheets import read_sheets
from datasets.ingest.readers.text import read_text
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import CONTRACT_AMOUNTS, MOMENTS, RECORD_KINDS, Grid, Reading
from tests.datasets.reading_files import write_ods, write_xlsx

pytestmark = pytest.mark.realdata

MOST_BYTES = 1_500_000  # larger files add minutes and no layout
MOST_QUESTIONS = 3
Book = list[Grid]
Money = dict[str, tuple[int, dict[str, Decimal]]]


def _each(book: Book, change: Callable[[list[list[str]], Grid], list[list[str]]]) -> Book:
    return [replace(grid, rows=change(grid.rows, grid)) if any(map(any, grid.rows)) else grid for grid in book]


def _head(rows: list[list[str]], header: int) -> list[list[str]]:
    """The rows down to the heading that the original was read by."""
    return rows[:header]


def margin(book: Book, header: int) -> Book:
    return _each(book, lambda rows, _grid: [["", *row] for row in rows])


def titled(book: Book, header: int) -> Book:
    return _each(book, lambda rows, _grid: [["Portal de transparencia"], [], *rows])


def signed(book: Book, header: int) -> Book:
    foot = [
        [],
        ["Bajo protesta de decir verdad declaramos que los datos son correctos."],
        ["", "________", "", "________"],
    ]
    return _each(
        book,
        lambda rows, _grid: [*rows, *foot, ["", "Elaboró: C.P. Juana Ejemplo", "", "Autorizó: Ing. Pedro Ejemplo"]],
    )


def ragged(book: Book, header: int) -> Book:
    return _each(book, lambda rows, _grid: [*[[*row, "", " ", ""] for row in rows], [""], [" "], []])


def shouted(book: Book, header: int) -> Book:
    marks = str.maketrans("áéíóúÁÉÍÓÚ", "aeiouAEIOU")
    return _each(
        book,
        lambda rows, _grid: [
            [cell.translate(marks).upper() for cell in row] if place < header else row for place, row in enumerate(rows)
        ],
    )


def broken_headings(book: Book, header: int) -> Book:
    return _each(
        book,
        lambda rows, _grid: [
            [f"{cell.replace(' ', chr(10), 1)}  " if cell else "" for cell in row] if place == header - 1 else row
            for place, row in enumerate(rows)
        ],
    )


def remarks(book: Book, header: int) -> Book:
    """A column nobody knows at the right of each sheet."""

    def add(rows: list[list[str]], grid: Grid) -> list[list[str]]:
        wide = [[*row, *[""] * (grid.width - len(row))] for row in rows]
        return [[*row, "Validado por" if place == header - 1 else ""] for place, row in enumerate(wide)]

    return _each(book, add)


VARIATIONS = {change.__name__: change for change in (margin, titled, signed, ragged, shouted, broken_headings, remarks)}


def book_of(path: Path) -> Book:
    if path.suffix in (".csv", ".txt"):
        return [read_text(path, encoding=None, delimiter=None)[0]]
    return read_sheets(path)


def write(book: Book, folder: Path, name: str, text: bool) -> Path:
    stem = Path(name).stem
    if text:
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(book[0].rows)
        path = folder / f"{stem}.csv"
        path.write_bytes(out.getvalue().encode("cp1252", errors="replace"))
        return path
    sheets = {grid.sheet or "Hoja1": grid.rows for grid in book}
    hidden = [grid.sheet for grid in book if grid.hidden and grid.sheet]
    return write_xlsx(folder / f"{stem}.xlsx", sheets, hidden=hidden)


def money(reading: Reading) -> Money:
    """By kind: how many lines, and what each amount adds up to."""
    found: Money = {}
    for table in reading.tables:
        lines, sums = found.get(table.kind, (0, {}))
        unit = table.unit if table.kind in RECORD_KINDS else 1
        for block in table.blocks():
            lines += len(block.rows)
            for name in (MOMENTS[table.kind] or CONTRACT_AMOUNTS) if block.columns else ():
                for text in block.columns[name].to_pylist() if name in block.columns else ():
                    try:
                        value = to_decimal(text or "", table.decimal.get(name, "."))
                    except NotAnAmount:
                        continue
                    if value is not None:
                        sums[name] = sums.get(name, Decimal()) + (value * unit).quantize(Decimal("0.01"))
        found[table.kind] = lines, sums
    return found


@cache
def original(path: Path) -> tuple[Reading, Book]:
    return read_file(path, name=path.name), book_of(path)


def files(folder: Path) -> list[Path]:
    return [
        path
        for room in ("budget", "procurement")
        for path in sorted((folder / room).iterdir())
        if path.suffix in (".csv", ".xlsx", ".xls", ".ods") and path.stat().st_size <= MOST_BYTES
    ]


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_published_file_printed_otherwise_holds_the_same_money(variation, realdata_dir, tmp_path):
    faults = {}
    for path in files(realdata_dir):
        plain, book = original(path)
        if not plain.tables:
            continue
        changed = VARIATIONS[variation](book, plain.header_row or 1)
        read = read_file(write(changed, tmp_path, path.name, path.suffix == ".csv"), name=path.name)
        if len(read.questions) > max(len(plain.questions), MOST_QUESTIONS) or (
            money(read) != money(plain) and len(read.questions) <= len(plain.questions)
        ):
            faults[path.name] = money(read), money(plain), read.questions
    assert faults == {}


def test_a_published_file_in_another_format_holds_the_same_money(realdata_dir, tmp_path):
    """Sheets become OpenDocument, text a workbook."""
    faults = {}
    for path in files(realdata_dir):
        plain, book = original(path)
        if not plain.tables:
            continue
        text = path.suffix == ".csv"
        visible = {grid.sheet or "Hoja1": grid.rows for grid in book if not grid.hidden}
        other = write_xlsx(tmp_path / "otro.xlsx", visible) if text else write_ods(tmp_path / "otro.ods", visible)
        read = read_file(other, name=path.name)
        if money(read) != money(plain) and len(read.questions) <= len(plain.questions):
            faults[path.name] = money(read), money(plain), read.questions
    assert faults == {}

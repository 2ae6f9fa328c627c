"""Files as treasurers of our own invention word them, each with its right answer, written before they were read.

`unseen/*.txt` hold them as text, `write` makes the file of each in the test. A file is told in three parts: a line
``### number name | kind | what else`` (``year``, ``period``, ``body``, ``unit`` of the answer; ``enc`` and ``delim`` of a text
file; ``asks``, how many questions it rightly leaves open; ``lacks``, how much is not read until they are answered), its rows,
and between them the line ``= `` with the field of each column: ``-`` where it counts for nothing, ``a/b`` where either will do,
``a+b`` where a code and a name share a cell. Lines marked ``*`` are those that count; all others are titles, headings, totals
and feet.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from datasets.ingest.dates import parse_date
from datasets.ingest.dictionary import fold
from datasets.ingest.numbers import NotAnAmount, to_decimal
from datasets.ingest.shapes import CONTRACT_AMOUNTS, MOMENTS, RECORD_KINDS, Reading, Table
from tests.datasets.reading_files import write_ods, write_xls, write_xlsx

FOLDER = Path(__file__).parent / "unseen"
WRITERS = {".xlsx": write_xlsx, ".xls": write_xls, ".ods": write_ods}
BODY_COLUMNS = {"entity_name", "municipality_name", "buyer_name"}


@dataclass(frozen=True)
class Unseen:
    number: int
    name: str
    kind: str
    said: dict[str, str]  # year, period, body, unit, asks, enc, delim
    fields: list[str]  # by column
    rows: list[list[str]]
    leaves: list[list[str]]

    @property
    def amounts(self) -> set[str]:
        return set(MOMENTS[self.kind] or CONTRACT_AMOUNTS)

    def cells(self, column: int) -> list[str]:
        return [row[column].strip() if column < len(row) else "" for row in self.leaves]


def unseen_files() -> list[Unseen]:
    return [
        _parsed(part)
        for path in sorted(FOLDER.glob("*.txt"))
        for part in re.split(r"(?m)^### ", path.read_text(encoding="utf-8"))[1:]
    ]


def _parsed(part: str) -> Unseen:
    head, *lines = part.rstrip("\n").split("\n")
    title, kind, *more = (text.strip() for text in head.split(" | "))
    number, name = title.split(" ", 1)
    said = dict(re.findall(r"(\w+)=(.+?)(?= \w+=|$)", " ".join(more)))
    place = next(at for at, line in enumerate(lines) if line.startswith("= "))
    mark = max("|;,", key=lines[place - 1].count)
    told = [line for line in lines if not line.startswith("= ")]
    rows = [next(csv.reader([line.lstrip("*")], delimiter=mark), []) for line in told]
    leaves = [row for row, line in zip(rows, told, strict=True) if line.startswith("*")]
    return Unseen(int(number), name, kind, said, lines[place][2:].split(), rows, leaves)


def write(unseen: Unseen, folder: Path) -> Path:
    path = folder / unseen.name
    if path.suffix in WRITERS:
        return WRITERS[path.suffix](path, {"Hoja1": [[_cell(text) for text in row] for row in unseen.rows]})
    text = io.StringIO()
    delimiter = {"tab": "\t", "bar": "|"}.get(unseen.said.get("delim", ","), unseen.said.get("delim", ","))
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(unseen.rows)
    path.write_bytes(text.getvalue().encode(unseen.said.get("enc", "utf-8")))
    return path


def _cell(text: str) -> Any:
    """As a spreadsheet holds it: plain figures are numbers, codes with a nought in front are text."""
    bare = text.strip()
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", bare):
        return float(bare) if "." in bare else int(bare)
    return bare or None


def faults(unseen: Unseen, reading: Reading) -> list[str]:
    """What was read otherwise than it says, one text for each thing; none where all of it was."""
    tables = [table for table in reading.tables if table.kind == unseen.kind]
    found = [f"kind {reading.kind}"] if reading.kind != unseen.kind else []
    if (lines := sum(table.lines for table in tables)) != len(unseen.leaves):
        found.append(f"{lines} lines instead of {len(unseen.leaves)}")
    return [*found, *_of_amounts(unseen, tables), *_of_texts(unseen, tables), *_of_context(unseen, reading)]


def _of_amounts(unseen: Unseen, tables: list[Table]) -> Iterator[str]:
    sums = {name: total for name in unseen.amounts if (total := sum_of(name, tables))}
    for column, said in enumerate(unseen.fields):
        names = said.split("/")
        if names[0] not in unseen.amounts:
            continue
        wanted = sum(map(_amount, unseen.cells(column)), Decimal()) * int(unseen.said.get("unit", 1))
        name = next((name for name in names if sums.get(name, 0) == wanted), None)
        if name is None:
            yield f"{said}: {[str(sums.get(name)) for name in names]} instead of {wanted}"
        for other in [name] if name else names:
            sums.pop(other, None)
    sums.pop("adjustments", None)  # made of increases and decreases
    yield from (f"{name}: {total} of no column" for name, total in sorted(sums.items()))


def sum_of(name: str, tables: list[Table]) -> Decimal:
    total = Decimal()
    for table in tables:
        unit = table.units.get(name, table.unit) if table.kind in RECORD_KINDS else 1
        for text in _texts(name, [table]):
            try:
                total += (to_decimal(text, table.decimal.get(name, ".")) or 0) * unit
            except NotAnAmount:
                total += Decimal("0.0000001")  # a fault that no sum has
    return total


def _texts(name: str, tables: list[Table]) -> list[str]:
    blocks = [block for table in tables for block in table.blocks()]
    return [text for block in blocks if name in block.columns for text in block.columns[name].to_pylist() if text]


def _amount(text: str) -> Decimal:
    bare = text.replace("$", "").replace(" ", "")
    if re.fullmatch(r"-?[\d.]+,\d\d", bare):
        bare = bare.replace(".", "").replace(",", ".")
    return Decimal(bare.replace(",", "") or 0)


def _of_texts(unseen: Unseen, tables: list[Table]) -> Iterator[str]:
    for column, said in enumerate(unseen.fields):
        if said == "-" or said.split("/")[0] in unseen.amounts:
            continue
        parts = [(said, [text for text in unseen.cells(column) if text])]
        if "+" in said:
            cells = [text.replace(" - ", " ").split(" ", 1) for text in unseen.cells(column)]
            parts = list(zip(said.split("+"), zip(*cells, strict=True), strict=True))
        for names, wanted in parts:
            if names == "cri_code":
                wanted = [text.replace(".", "") for text in wanted]  # 1.2 is 12, as the classifier writes it
            read = {name: Counter(map(_same, _texts(name, tables))) for name in names.split("/")}
            if Counter(map(_same, wanted)) not in read.values():
                yield f"{names}: {read} instead of {list(wanted)}"


def _same(text: str) -> str:
    return str(parse_date(text) or fold(text))


def _of_context(unseen: Unseen, reading: Reading) -> Iterator[str]:
    if not reading.tables:
        return
    context, columns = reading.tables[0].context, set(reading.columns.values())
    if "year" in unseen.said and str(context.year) != unseen.said["year"] and "fiscal_year" not in columns:
        yield f"year {context.year}"
    whole = {context.period, unseen.said.get("period")} == {"annual", "Q4"}  # both end with the year
    if "period" in unseen.said and context.period != unseen.said["period"] and not whole:
        yield f"period {context.period}"
    whose = fold(f"{context.body_name} {context.municipality_name} {context.state_name}")
    if fold(unseen.said.get("body", "")) not in whose and not columns & BODY_COLUMNS:
        yield f"body {context.body_name}"

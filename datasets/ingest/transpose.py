"""Tables whose moments stand in rows (``Aprobado``, ``Modificado``, ``Devengado``… under each programme), as SHCP
prints them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from datasets.ingest.columns import ColumnMapping
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area

SPENDING = {
    "aprobado": "approved", "original": "approved", "asignado": "approved", "presupuesto aprobado": "approved",
    "modificado": "modified", "vigente": "modified", "comprometido": "committed", "devengado": "accrued",
    "ejercido": "exercised", "ejercicio": "exercised", "pagado": "paid",
}  # fmt: skip
INCOME = {
    "estimado": "estimated", "original": "estimated", "modificado": "modified", "devengado": "accrued",
    "recaudado": "collected", "cobrado": "collected",
}  # fmt: skip
_PERCENT = re.compile(r"porcentaje|%|variacion|avance")
MIN_DISTINCT = 3


@dataclass(slots=True)
class Record:
    row: int
    label: list[tuple[int, str]]
    texts: dict[str, str]
    extra: tuple[int, ...]


@dataclass(slots=True)
class Merged:
    moments: list[str]
    records: list[Record] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)


def merge_moments(area: Area, mapping: ColumnMapping) -> Merged | None:
    """Rows gathered into one record per label, or None when the moments are not in the rows."""
    words = SPENDING if mapping.kind == "expenditure" else INCOME
    column = _moment_column(area, words)
    amount = mapping.column("reported")
    if column is None or amount is None:
        return None
    order = list(dict.fromkeys(words.values()))
    seen = {words[text] for row in range(area.first, area.end) if (text := fold(area.grid.cell(row, column))) in words}
    merged = Merged([moment for moment in order if moment in seen])
    _gather(area, column, amount, words, merged)
    return merged


def _moment_column(area: Area, words: dict[str, str]) -> int | None:
    for column in sorted(area.paths):
        found: dict[str, int] = {}
        filled = 0
        for row in range(area.first, min(area.end, area.first + 500)):
            text = fold(area.grid.cell(row, column))
            filled += bool(text)
            if text in words:
                found[words[text]] = found.get(words[text], 0) + 1
        if len(found) >= MIN_DISTINCT and sum(found.values()) * 4 >= filled:
            return column
    return None


def _gather(area: Area, moment_column: int, amount: int, words: dict[str, str], merged: Merged) -> None:
    label_columns = [column for column in range(amount) if column <= moment_column]
    opened: tuple[int, list[tuple[int, str]]] | None = None
    ended = False  # something that is no moment stood below the moments: the record is over
    texts: dict[str, str] = {}
    extra: list[int] = []

    def close() -> None:
        if opened and texts:
            merged.records.append(Record(opened[0], opened[1], dict(texts), tuple(extra)))
        elif opened:
            _skip(merged, "section")
            merged.records.append(Record(opened[0], opened[1], {}, ()))
        texts.clear()
        extra.clear()

    last = max(
        (row for row in range(area.first, area.end) if fold(area.grid.cell(row, moment_column)) in words), default=-1
    )
    for row in range(area.first, area.end):
        word = fold(area.grid.cell(row, moment_column))
        if word in words:
            if opened is None or (ended and texts) or words[word] in texts:
                close()
                opened = (row, [])  # its label is missing in the file
            ended = False
            texts[words[word]] = area.grid.cell(row, amount).strip()
            if row != opened[0]:
                extra.append(row)
        elif word and _PERCENT.match(word):
            _skip(merged, "percentage")
            ended = True
        else:
            ended = True
            label = [(column, text) for column in label_columns if (text := area.grid.cell(row, column)).strip()]
            if not label or row > last:
                _skip(merged, "note" if row > last and any(cell.strip() for cell in area.grid.rows[row]) else "blank")
                continue
            close()
            opened = (row, label)
    close()


def _skip(merged: Merged, reason: str) -> None:
    merged.skipped[reason] = merged.skipped.get(reason, 0) + 1

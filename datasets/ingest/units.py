"""Pesos, thousands or millions: what an area prints its amounts in, and its amounts in pesos."""

from __future__ import annotations

from decimal import Decimal

from datasets.ingest.columns import ColumnMapping
from datasets.ingest.context import is_unit_note, unit_of
from datasets.ingest.headings import MAX_TITLE
from datasets.ingest.layout import Area, area_titles
from datasets.ingest.numbers import NotAnAmount, by_either_mark, to_decimal
from datasets.ingest.shapes import RECORD_KINDS, Finding

MOST_APART = 30  # times: amounts of one thing, approved, contracted and paid; another unit makes them a thousand
UNDER_HEADINGS, AT_FOOT = 3, 30  # rows where a sheet says its unit, if not above the headings


def unit_notes(area: Area) -> list[str]:
    """Cells that say nothing but the unit, right below the headings or at the foot of the sheet: ``(miles de pesos)``."""
    rows = list(range(area.first, min(area.first + UNDER_HEADINGS, area.end)))
    if area.end == len(area.grid.rows):  # the last rows before another table may be the titles of that one
        rows += range(max(area.first, area.end - AT_FOOT), area.end)
    return [cell for row in rows for cell in area.grid.rows[row] if len(cell) <= MAX_TITLE and is_unit_note(cell)]


def _stated_unit(area: Area) -> int:
    """What the titles say, the name of the sheet, and the notes."""
    return unit_of([*area_titles(area), area.grid.sheet or "", *unit_notes(area)])


def printed_unit(area: Area, mapping: ColumnMapping) -> int:
    """Pesos for each printed unit: what a person said, else the titles and notes, else the headings of all amounts."""
    if area.said.unit:
        return area.said.unit
    stated = _stated_unit(area)
    units = set(_heading_units(area, mapping).values())
    return stated if stated > 1 or len(units) != 1 else units.pop()


def _heading_units(area: Area, mapping: ColumnMapping) -> dict[int, int]:
    return {column: unit_of(area.paths.get(column, ())) for column in mapping.moments.values()}


def unit_questions(area: Area, mapping: ColumnMapping) -> list[str]:
    """Headings of which some say thousands and others nothing, under titles that say nothing either."""
    by_unit = {unit: column for column, unit in _heading_units(area, mapping).items()}
    if len(by_unit) < 2 or area.said.unit or _stated_unit(area) > 1:
        return []
    if mapping.kind in RECORD_KINDS and column_units(area, mapping):
        return []
    one, other = (area.headings[column] for _, column in sorted(by_unit.items())[:2])
    return [f"«{other}» no está en la misma unidad que «{one}». ¿Todo está en pesos, en miles o en millones?"]


def column_units(area: Area, mapping: ColumnMapping) -> dict[str, int]:
    """Of a list whose headings say different units, which its figures confirm: what each amount is printed in.

    ``Autorizado (miles de pesos)`` beside ``Pagado`` of a thousand times as much. Empty where one unit holds for all.
    """
    units = _heading_units(area, mapping)
    if len(set(units.values())) < 2 or area.said.unit or _stated_unit(area) > 1:
        return {}
    middles = {column: middle * units[column] for column in units if (middle := _middle(area, column))}
    if len(middles) < 2 or max(middles.values()) > MOST_APART * min(middles.values()):
        return {}
    return {name: units[column] for name, column in mapping.moments.items()}


def _middle(area: Area, column: int) -> Decimal | None:
    """The middle one of its amounts, as printed."""
    cells = [area.grid.cell(row, column) for row in range(area.first, area.end)]
    amounts = sorted(value for cell in cells if (value := next(by_either_mark(cell), None)))
    return amounts[len(amounts) // 2] if amounts else None


def units_finding(area: Area, mapping: ColumnMapping, units: dict[str, int]) -> Finding:
    words = {1_000: "miles", 1_000_000: "millones"}
    scaled = [
        (area.headings[column], words[units[name]]) for name, column in mapping.moments.items() if units[name] > 1
    ]
    said = ", ".join(f"«{heading}» en {many} de pesos" for heading, many in scaled)
    text = f"Cada monto está en la unidad que dice su encabezado: {said}; los demás en pesos."
    return Finding("units", "warning", text, sheet=area.grid.sheet)


def unit_finding(unit: int, told: bool, sheet: str | None) -> Finding:
    words = "miles" if unit == 1_000 else "millones"
    who = "Se indicó que está en" if told else "El archivo dice"
    return Finding("unit", "info", f"{who} «{words} de pesos»: cada monto se multiplicó por {unit:,}.", sheet=sheet)


def in_pesos(text: str, unit: int, mark: str) -> str:
    """The text itself, or its value in pesos where the table prints thousands or millions. What is no amount stays as
    it is.
    """
    if unit == 1:
        return text
    try:
        value = to_decimal(text, mark)
    except NotAnAmount:
        return text
    if value is None:
        return text
    pesos = f"{value * unit:f}"
    return pesos.replace(".", ",") if mark == "," else pesos

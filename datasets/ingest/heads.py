"""What the head of a table prints beside its headings: titles, groups above the headings, and the unit, pesos included.

What people said of an earlier file is held against it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from datasets.ingest.context import unit_of
from datasets.ingest.dates import parse_period, year_of
from datasets.ingest.dictionary import fold, normalise
from datasets.ingest.layout import Area, area_titles
from datasets.ingest.moments import BEGINNINGS, said_moments
from datasets.ingest.shapes import Head
from datasets.ingest.units import AT_FOOT, UNDER_HEADINGS, unit_notes

_PESOS = re.compile(
    r"\b(?:cifras?|montos?|importes?|cantidad(?:es)?|datos|expresad[oa]s?|unidad)\b[^.]{0,40}?\ben pesos\b"
    r"|\(\s*(?:en )?pesos\b[^)]*\)|^\W*(?:en )?pesos(?: mexicanos| corrientes)?\W*$|\bunidad\W+pesos\b"
)
_BARE_YEAR = re.compile(r"(?:(?:ano|ejercicio(?: fiscal)?)\W+)?20\d\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def head_of(area: Area) -> Head:
    titles = [*area_titles(area), area.grid.sheet or ""]
    paths = [(*_over(area, column), *area.paths.get(column, ())) for column in sorted(area.headings)]
    lines = [*titles, *unit_notes(area), *_near(area), *dict.fromkeys(part for path in paths for part in path)]
    return Head(tuple(filter(None, titles)), tuple(path[:-1] for path in paths), frozenset(_units(lines)))


def _over(area: Area, column: int) -> tuple[str, ...]:
    """``Devengado | Pagado``, ``2025 | 2024`` right above headings that are read without them."""
    above = area.header_rows[0] - 1
    text = area.grid.cell(above, column).strip() if above >= 0 and column else ""
    words = fold(text)
    return (text,) if _BARE_YEAR.fullmatch(words) or any(said_moments(kind, words) for kind in BEGINNINGS) else ()


def _near(area: Area) -> list[str]:
    """Cells where a sheet may say that it is in pesos: below the headings and at the foot."""
    rows = {
        *range(area.first, min(area.first + UNDER_HEADINGS, area.end)),
        *range(max(area.first, area.end - AT_FOOT), area.end),
    }
    return [cell for row in sorted(rows) for cell in area.grid.rows[row] if _PESOS.search(fold(cell))]


def _units(lines: Sequence[str]) -> set[int]:
    found = {unit for line in lines if (unit := unit_of([line])) > 1}
    return found | {1 for line in lines if unit_of([line]) == 1 and _PESOS.search(fold(line))}


def title_moments(head: Head, kind: str) -> set[str]:
    """The moments that the titles name; those of the other side of the budget where they name none of this one."""
    words = fold(" ".join(head.titles))
    if kind not in BEGINNINGS:
        return set()
    other = "revenue" if kind == "expenditure" else "expenditure"
    return said_moments(kind, words) or said_moments(other, words)


def group_words(head: Head) -> list[str]:
    """The groups above each heading. Next month's date above all of them and next year's years leave them as they were."""
    shared = _above_all(head.groups)
    years = [year for parts in head.groups for part in parts if part not in shared if (year := year_of(part))]
    latest = max(years, default=0)

    def word(part: str) -> str:
        return normalise(_YEAR.sub(lambda found: "menos " * (latest - int(found[0])) + "hoy", part))

    return ["\x1e".join(word(part) for part in parts if part not in shared) for parts in head.groups]


def _above_all(groups: Sequence[tuple[str, ...]]) -> set[str]:
    """The dates that stand above every heading that has a group."""
    grouped = [set(parts) for parts in groups if parts]
    return {part for part in (set.intersection(*grouped) if grouped else ()) if any(parse_period(part))}

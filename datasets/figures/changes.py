"""What changed most against the year before, in pesos of one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from datasets import narration, sentences
from datasets.models import Release
from datasets.selectors import Cell
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, link, row

from .cycle import signed
from .ledger import View
from .sources import moment_in_document, provenances

EACH = 5  # of those that rose and of those that fell


class Change(NamedTuple):
    cell: Cell
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


def changes(
    view: View,
    cells: Sequence[Cell],
    before: Mapping[str, Decimal | None],
    earlier: Release | None,
    csv_url: str,
    *,
    down: Callable[[Cell], str],
    each: int = EACH,
) -> Figure | None:
    """`before`: amounts of the earlier year at prices of this one, by key. Nothing where no two headings compare.

    `down` leads from a heading to its parts; `each` is how many that rose, and how many that fell, are shown.
    """
    found = compared(view, cells, before)
    if earlier is None or len(found) < 2:
        return None
    up = [one for one in found if one.difference > 0][:each]
    fewer = [one for one in reversed(found) if one.difference < 0][:each]
    rose = [(one.cell.short_name, one.difference) for one in up]
    fell = [(one.cell.short_name, one.difference) for one in fewer]
    title = sentences.most_changed(rose[0] if rose else None, fell[0] if fell else None, earlier.year)
    return Figure(
        key="cambios",
        title=title,
        subtitle=gettext("%(figures)s against %(year)s, pesos of %(base)s")
        % {
            "figures": moment_in_document(view.moment, view.release),
            "year": earlier.year,
            "base": view.release.year,
        },
        text=narration.changes(rose[1:], fell[1:]),
        table=_table(view, [*up, *reversed(fewer)], earlier.year, down),
        sources=provenances([view.release, earlier]),
        notes=_notes(view, cells, found, earlier.year),
        csv_url=csv_url,
        csv_headings=[
            gettext("code"),
            gettext("name"),
            gettext("amount of %(year)s, at prices of %(base)s") % {"year": earlier.year, "base": view.release.year},
            gettext("amount"),
            gettext("difference"),
            gettext("change in percent"),
        ],
        csv_rows=[_csv_row(one) for one in found],
    )


def compared(view: View, cells: Sequence[Cell], before: Mapping[str, Decimal | None]) -> list[Change]:
    """Headings that both years state, the greatest rise first."""
    found = []
    for cell in cells:
        then, now = before.get(cell.key), cell.amount(view.moment)
        if then is not None and now is not None and cell.key:
            found.append(Change(cell, then, now))
    return sorted(found, key=lambda one: (-one.difference, one.cell.code, one.cell.key))


def _table(view: View, shown: Sequence[Change], year: int, down: Callable[[Cell], str]) -> Table:
    differences = [one.difference for one in shown]
    scale = money.scale_for([*(one.after for one in shown), *(one.before for one in shown)])
    low, high = min(differences, default=Decimal(0)), max(differences, default=Decimal(0))
    columns = [
        Column(view.level_name),
        Column(gettext("Difference"), "n"),
        Column("", is_bar=True),
        Column(gettext("Real change"), "n opt"),
    ]

    def line(one: Change) -> list[Any]:
        bar = charts.signed_bar(one.difference, low, high, "f1" if one.difference >= 0 else "f2")
        change = money.signed_percent(money.change(one.before, one.after))
        url = down(one.cell)
        name = link(one.cell.short_name, url) if url else one.cell.short_name
        return [name, signed(scale, one.difference), bar, change]

    return Table(
        "t-cambios",
        gettext("What changed most against %(year)s, %(unit)s") % {"year": year, "unit": scale.heading},
        columns,
        [row(columns, line(one)) for one in shown],
    )


def _notes(view: View, cells: Sequence[Cell], found: Sequence[Change], year: int) -> list[str]:
    alone = sum(1 for cell in cells if cell.key and cell.amount(view.moment) is not None) - len(found)
    notes = [gettext("Inflation is taken out.")]
    if alone:
        notes.append(
            ngettext(
                "%(parts)s states no comparable figure in %(year)s and is left out.",
                "%(parts)s state no comparable figure in %(year)s and are left out.",
                alone,
            )
            % {"parts": view.noun.counted(alone), "year": year}
        )
    return notes


def _csv_row(one: Change) -> list[Any]:
    change = money.change(one.before, one.after)
    percent = "" if change is None else change.quantize(Decimal("0.01"))
    return [one.cell.code, one.cell.name, one.before, one.after, one.difference, percent]

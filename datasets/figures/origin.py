"""Where revenue comes from: collected by the government itself, transferred to it, or borrowed. By CRI rubro."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from datasets import narration, sentences
from datasets.selectors import Cell, YearCells
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, KeyEntry, Table, row

from .ledger import View
from .sources import provenances

# CONAC, Clasificador por Rubros de Ingresos: the first digit.
OWN = frozenset("1234567")  # taxes, social security, contributions, duties, products, penalties, sales
TRANSFERRED = frozenset("89")  # shares and contributions of the federation, agreements, transfers
BORROWED = frozenset("0")  # financing
NAMES = {
    "own": gettext_lazy("Its own"),
    "transferred": gettext_lazy("Transferred"),
    "borrowed": gettext_lazy("Borrowed"),
    "unknown": gettext_lazy("Not classified"),
}
SHADES = {"own": "f1", "transferred": "f0", "borrowed": "f2", "unknown": "q0"}


@dataclass(frozen=True)
class Origin:
    year: YearCells
    own: Decimal
    transferred: Decimal
    borrowed: Decimal
    unknown: Decimal

    @property
    def parts(self) -> dict[str, Decimal]:
        return {name: getattr(self, name) for name in NAMES}

    @property
    def whole(self) -> Decimal:
        return sum(self.parts.values(), Decimal(0))

    @property
    def has_negatives(self) -> bool:
        return any(value < 0 for value in self.parts.values())

    def share(self, name: str) -> Decimal | None:
        return None if self.has_negatives else money.share(self.parts[name], self.whole)


def origin_of(one: YearCells, moment: str) -> Origin | None:
    """Nothing where no rubro of the year states the moment."""
    if not any(cell.amount(moment) is not None and cell.code for cell in one.cells):
        return None
    sums = {name: _sum(one.cells, moment, name) for name in NAMES}
    return Origin(one, **sums)


def _sum(cells: Iterable[Cell], moment: str, name: str) -> Decimal:
    return sum((cell.amount(moment) or Decimal(0) for cell in cells if _kind(cell) == name), Decimal(0))


def _kind(cell: Cell) -> str:
    first = cell.code[:1]
    for name, digits in (("own", OWN), ("transferred", TRANSFERRED), ("borrowed", BORROWED)):
        if first in digits and first:
            return name
    return "unknown"


def origin(view: View, trend: Sequence[YearCells], csv_url: str) -> Figure | None:
    """Own and transferred revenue year by year; the title tells the chosen one."""
    found = [told for one in trend if (told := origin_of(one, view.moment))]
    now = next((one for one in found if one.year.year == view.release.year), None)
    if now is None:
        return None
    first = found[0]
    text = ""
    if first is not now and not first.unknown and not now.unknown:
        text = narration.dependence(first.share("own"), now.share("own"), first.year.year)
    columns = [
        Column(gettext("Year")),
        *[Column(NAMES[name], "n" if name in ("own", "transferred") else "n opt") for name in _used(found)],
        Column("", is_bar=True),
    ]
    return Figure(
        key="origen",
        title=sentences.own_revenue(now.own, now.transferred, now.whole, now.unknown),
        subtitle=gettext("%(moment)s by origin, percent of all revenue") % {"moment": moment_name(view.moment)},
        text=text,
        table=Table(
            "t-origen",
            gettext("Own and transferred revenue by year"),
            columns,
            [row(columns, _line(one, _used(found))) for one in reversed(found)],
            note=gettext("Its own: rubros 1 to 7 of the CRI. Transferred: 8 and 9. Borrowed: 0"),
        ),
        key_list=[KeyEntry(charts.swatch(SHADES[name]), NAMES[name]) for name in _used(found)],
        sources=provenances([one.year.release for one in reversed(found)]),
        csv_url=csv_url,
        csv_headings=[gettext("year"), *[str(name) for name in NAMES.values()], gettext("version"), gettext("file")],
        csv_rows=[
            [one.year.year, *one.parts.values(), one.year.release.version, one.year.release.ingest.file.original_name]
            for one in found
        ],
    )


def _used(found: Sequence[Origin]) -> list[str]:
    return [name for name in NAMES if any(one.parts[name] for one in found)]


def _line(one: Origin, names: Sequence[str]) -> list[Any]:
    bar = charts.stacked_bar([(one.parts[name], SHADES[name]) for name in names])
    return [one.year.year, *[money.percent(one.share(name)) for name in names], bar]

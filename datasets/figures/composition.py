"""The parts of a whole: areas where they can be drawn, and always a table with bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext

from datasets import narration
from datasets.selectors import Cell
from datasets.sentences import Part
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, hung, link, row
from gesoc.common.text import sort_key

from .ledger import View
from .sources import document_name, moment_in_document, provenances

ROWS = 60  # a table on a page; the CSV has all
BLOCKS = 12  # of a treemap


@dataclass(frozen=True)
class Order:
    """By what the table is ordered, and the address of each other order."""

    by: str = "monto"
    url: Callable[[str], str] = lambda _by: ""


class _Field(NamedTuple):
    """A column: what stands in it for a heading, for the rest together and for the total."""

    column: Column
    of: Callable[[Cell], Any]
    others: Any = ""
    total: Any = ""


def composition(
    view: View,
    cells: Sequence[Cell],
    *,
    before: dict[str, Decimal | None],
    down: Callable[[Cell], str],
    csv_url: str,
    order: Order = Order(),
) -> Figure:
    """The parts of the whole: areas where they can be drawn, and always the table with bars.

    `before`: real amounts a year earlier by key, for the change; `down`: where a heading leads, or nothing.
    """
    shown = _Shown(view, cells)
    fields = _fields(view, shown, before, down, order)
    columns = [field.column for field in fields]
    rows = [row(columns, [field.of(cell) for field in fields]) for cell in _ordered(shown, before, order.by)[:ROWS]]
    if len(shown.cells) > ROWS:
        rows.append(row(columns, [field.others for field in fields]))
    return Figure(
        key="partes",
        wide=True,
        title=view.ledger.say([Part(cell.short_name, cell.amount(view.moment)) for cell in cells]),
        subtitle=_subtitle(view, shown),
        text=narration.parts_of_whole(
            [Part(cell.short_name, shown.values[cell.key]) for cell in shown.cells], view.noun
        ),
        chart=_areas(view, shown, down),
        table=Table(
            id="t-partes",
            caption=gettext("%(what)s by %(level)s, %(document)s")
            % {"what": view.subject, "level": view.level_name.lower(), "document": document_name(view.release)},
            note=gettext("Real change: against the year before, inflation taken out") if before else "",
            columns=columns,
            rows=rows,
            foot=row(columns, [field.total for field in fields]),
        ),
        sources=provenances([view.release]),
        notes=_notes(view, shown),
        csv_url=csv_url,
        csv_headings=_csv_headings(),
        csv_rows=[_csv_row(view, shown, cell) for cell in shown.cells],
    )


class _Shown:
    """The cells that state the moment, in the measure asked for; what does not state it is counted apart."""

    def __init__(self, view: View, cells: Sequence[Cell]) -> None:
        self.moment = view.moment
        self.cells = [cell for cell in cells if cell.amount(view.moment) is not None]
        self.silent = len(cells) - len(self.cells)
        self.values = {cell.key: view.measure.of(cell.amount(view.moment)) or Decimal(0) for cell in self.cells}
        self.cells.sort(key=lambda cell: (-self.values[cell.key], cell.code, cell.key))
        self.whole = sum(self.values.values(), Decimal(0))
        self.rest = sum((self.values[cell.key] for cell in self.cells[ROWS:]), Decimal(0))
        self.largest = max(self.values.values(), default=Decimal(0))
        self.least = min(self.values.values(), default=Decimal(0))
        self.scale = view.measure.scale([*self.values.values(), self.whole])

    @property
    def has_negatives(self) -> bool:
        return self.least < 0

    def share(self, value: Decimal) -> str:
        """No shares of a whole that has negative parts."""
        return "" if self.has_negatives else money.percent(money.share(value, self.whole))

    def change(self, cell: Cell, before: dict[str, Decimal | None]) -> Decimal | None:
        return money.change(before.get(cell.key), cell.amount(self.moment))


def _ordered(shown: _Shown, before: dict[str, Decimal | None], by: str) -> list[Cell]:
    """Only what is on the page is put in another order: the largest stay those that are shown."""
    cells = shown.cells[:ROWS]
    if by == "nombre":
        return sorted(cells, key=lambda cell: sort_key(cell.name))
    if by == "clave":
        return sorted(cells, key=lambda cell: (cell.code, cell.key))
    if by == "cambio" and before:
        changes = {cell.key: shown.change(cell, before) for cell in cells}
        return sorted(cells, key=lambda cell: (changes[cell.key] is None, -(changes[cell.key] or Decimal(0))))
    return cells


def _fields(
    view: View, shown: _Shown, before: dict[str, Decimal | None], down: Callable[[Cell], str], order: Order
) -> list[_Field]:
    def heading(label: str, key: str, css: str = "") -> Column:
        way = "ascending" if key in ("nombre", "clave") else "descending"
        return Column(label, css, url=order.url(key), sort=way if order.by == key else "")

    def name(cell: Cell) -> Any:
        text = link(cell.name, down(cell))
        return hung(charts.swatch(colour(view, cell)), text) if view.way == "objeto" and not view.heading_code else text

    value = shown.values
    rest = max(len(shown.cells) - ROWS, 0)
    others = ngettext("%(count)s other, in the CSV", "%(count)s others, all in the CSV", rest)
    others %= {"count": money.number(rest)}
    whole = "" if shown.has_negatives or not shown.whole else "100%"
    fields = [
        _Field(heading(view.level_name, "nombre"), name, others, gettext("Total")),
        _Field(heading(gettext("Code"), "clave", "opt"), lambda cell: cell.code),
        _Field(
            heading(shown.scale.heading, "monto", "n"),
            lambda cell: shown.scale.cell(value[cell.key]),
            shown.scale.cell(shown.rest),
            shown.scale.cell(shown.whole),
        ),
        _Field(
            Column(gettext("Share"), "n"), lambda cell: shown.share(value[cell.key]), shown.share(shown.rest), whole
        ),
        _Field(Column("", is_bar=True), lambda cell: _bar(view, shown, cell)),
        _Field(
            heading(gettext("Real change"), "cambio", "n opt"),
            lambda cell: money.signed_percent(shown.change(cell, before)),
        ),
    ]
    useful = {"opt": any(cell.code for cell in shown.cells), "n opt": bool(before)}
    kept = [field for field in fields if useful.get(field.column.css, True)]
    # In percent of the whole, the amounts are the shares already.
    return [field for field in kept if view.measure.key != "parte" or view.heading or field is not fields[3]]


def _bar(view: View, shown: _Shown, cell: Cell) -> Any:
    value, css = shown.values[cell.key], colour(view, cell)
    if shown.has_negatives:
        return charts.signed_bar(value, shown.least, shown.largest, css)
    return charts.inline_bar(value, shown.largest, css)


def colour(view: View, cell: Cell) -> str:
    """A chapter's colour stays with all its parts; other headings have one colour, length carries the difference."""
    code = (view.heading_code or cell.code)[:1]
    return f"c{code}" if view.way == "objeto" and code and code in "123456789" else "c2"


def _subtitle(view: View, shown: _Shown) -> str:
    said = gettext("%(figures)s, %(unit)s: %(total)s.") % {
        "figures": moment_in_document(view.moment, view.release),
        "unit": view.measure.wording,
        "total": view.measure.say(shown.whole),
    }
    if view.heading:
        said = f"{view.heading_code} {view.heading}. {said}"
    return said


def _areas(view: View, shown: _Shown, down: Callable[[Cell], str]) -> str:
    drawn = [cell for cell in shown.cells if shown.values[cell.key]]
    head, rest = (drawn, []) if len(drawn) <= BLOCKS else (drawn[: BLOCKS - 1], drawn[BLOCKS - 1 :])
    if any(shown.values[cell.key] < 0 for cell in drawn):
        return ""
    blocks = [_block(view, shown, cell, down) for cell in head]
    if rest:
        value = sum((shown.values[cell.key] for cell in rest), Decimal(0))
        blocks.append(charts.Block("", gettext("Others"), value, "c8", _said(view, shown, value)))
    finding = view.ledger.say([Part(cell.short_name, shown.values[cell.key]) for cell in shown.cells])
    return charts.treemap(blocks, f"{finding}. {_subtitle(view, shown)}")


def _block(view: View, shown: _Shown, cell: Cell, down: Callable[[Cell], str]) -> charts.Block:
    value = shown.values[cell.key]
    code = cell.code if view.way == "objeto" else ""
    return charts.Block(code, cell.short_name, value, colour(view, cell), _said(view, shown, value), down(cell))


def _said(view: View, shown: _Shown, value: Decimal) -> str:
    if view.measure.key == "parte":
        return view.measure.say(value)
    return f"{view.measure.say(value)} · {shown.share(value)}"


def _notes(view: View, shown: _Shown) -> list[str]:
    notes = list(view.measure.notes)
    if view.moment == "reported":
        notes.append(gettext("The file does not say which moment of the budget these figures are."))
    if shown.has_negatives:
        notes.append(gettext("There are negative figures: no shares are shown."))
    if shown.silent:
        notes.append(
            ngettext(
                "%(count)s heading states no figure of this moment and is not shown.",
                "%(count)s headings state no figure of this moment and are not shown.",
                shown.silent,
            )
            % {"count": money.number(shown.silent)}
        )
    return notes


def _csv_headings() -> list[str]:
    return [
        gettext("code"),
        gettext("published code"),
        gettext("name"),
        gettext("amount"),
        gettext("share in percent"),
        gettext("unit"),
        gettext("moment"),
        gettext("document"),
        gettext("year"),
        gettext("period"),
        gettext("breakdown"),
        gettext("version"),
        gettext("file"),
        gettext("SHA-256 of the file"),
    ]


def _csv_row(view: View, shown: _Shown, cell: Cell) -> list[Any]:
    value, release = shown.values[cell.key], view.release
    part = None if shown.has_negatives else money.share(value, shown.whole)
    return [
        cell.code,
        cell.published_code,
        cell.name,
        value.quantize(Decimal("0.01")),
        "" if part is None else part.quantize(Decimal("0.01")),
        view.measure.wording,
        moment_name(view.moment),
        release.get_document_display() if release.document else "",
        release.year,
        release.period,
        release.breakdown,
        release.version,
        release.ingest.file.original_name,
        release.ingest.file.sha256,
    ]

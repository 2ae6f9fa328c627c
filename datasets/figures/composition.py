"""The parts of a whole: areas where they can be drawn, and always a table with bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from datasets.selectors import Cell
from datasets.sentences import Part
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, TableCell, hung, link, row

from .ledger import View
from .sources import document_name, provenances

ROWS = 60  # a table on a page; the CSV has all
BLOCKS = 12  # of a treemap


def composition(
    view: View, cells: Sequence[Cell], before: dict[str, Decimal | None], down: Callable[[Cell], str], csv_url: str
) -> Figure:
    """The parts of the whole: areas where they can be drawn, and always the table with bars.

    `before`: real amounts a year earlier by key, for the change; `down`: where a heading leads, or nothing.
    """
    shown = _Shown(view, cells)
    columns = _columns(view, shown, bool(before))
    rows = [row(columns, _row(view, shown, cell, before, down)) for cell in shown.cells[:ROWS]]
    if len(shown.cells) > ROWS:
        rows.append(row(columns, _others(shown, before)))
    return Figure(
        key="partes",
        title=view.ledger.say([Part(cell.short_name, cell.amount(view.moment)) for cell in cells]),
        subtitle=_subtitle(view, shown),
        chart=_areas(view, shown, down),
        table=Table(
            id="t-partes",
            caption=gettext("%(what)s by %(level)s, %(document)s")
            % {"what": view.subject, "level": view.level_name.lower(), "document": document_name(view.release)},
            note=gettext("Real change: against the year before, inflation taken out") if before else "",
            columns=columns,
            rows=rows,
            foot=_foot(columns, shown, before),
        ),
        sources=provenances([view.release]),
        notes=_notes(view, shown),
        csv_url=csv_url,
        csv_headings=_csv_headings(view),
        csv_rows=[_csv_row(view, shown, cell) for cell in shown.cells],
    )


class _Shown:
    """The cells that state the moment, in the measure asked for; what does not state it is counted apart."""

    def __init__(self, view: View, cells: Sequence[Cell]) -> None:
        self.cells = [cell for cell in cells if cell.amount(view.moment) is not None]
        self.silent = len(cells) - len(self.cells)
        self.values = {cell.key: view.measure.of(cell.amount(view.moment)) or Decimal(0) for cell in self.cells}
        self.cells.sort(key=lambda cell: (-self.values[cell.key], cell.code, cell.key))
        self.whole = sum(self.values.values(), Decimal(0))
        self.largest = max(self.values.values(), default=Decimal(0))
        self.least = min(self.values.values(), default=Decimal(0))
        self.scale = view.measure.scale([*self.values.values(), self.whole])

    @property
    def has_negatives(self) -> bool:
        return self.least < 0

    def share(self, value: Decimal) -> str:
        """No shares of a whole that has negative parts."""
        return "" if self.has_negatives else money.percent(money.share(value, self.whole))


def _columns(view: View, shown: _Shown, has_change: bool) -> list[Column]:
    columns = [
        Column(view.level_name),
        Column(gettext("Code"), "opt"),
        Column(shown.scale.heading, "n"),
        Column(gettext("Share"), "n"),
        Column("", is_bar=True),
    ]
    return [*columns, Column(gettext("Real change"), "n opt")] if has_change else columns


def _row(
    view: View, shown: _Shown, cell: Cell, before: dict[str, Decimal | None], down: Callable[[Cell], str]
) -> list[Any]:
    value, css = shown.values[cell.key], colour(view, cell)
    name = link(cell.name, down(cell))
    if shown.has_negatives:
        bar = charts.signed_bar(value, shown.least, shown.largest, css)
    else:
        bar = charts.inline_bar(value, shown.largest, css)
    texts = [
        hung(charts.swatch(css), name) if view.way == "objeto" and not view.heading_code else name,
        cell.code,
        shown.scale.cell(value),
        shown.share(value),
        bar,
    ]
    if before:
        texts.append(_changed(view, cell, before))
    return texts


def _changed(view: View, cell: Cell, before: dict[str, Decimal | None]) -> str:
    return money.signed_percent(money.change(before.get(cell.key), cell.amount(view.moment)))


def _others(shown: _Shown, before: dict[str, Decimal | None]) -> list[Any]:
    rest = shown.cells[ROWS:]
    value = sum((shown.values[cell.key] for cell in rest), Decimal(0))
    name = gettext("%(count)s others, all in the CSV") % {"count": money.number(len(rest))}
    return [name, "", shown.scale.cell(value), shown.share(value), "", *([""] if before else [])]


def _foot(columns: Sequence[Column], shown: _Shown, before: dict[str, Decimal | None]) -> list[TableCell]:
    whole = "" if shown.has_negatives or not shown.whole else "100%"
    texts = [gettext("Total"), "", shown.scale.cell(shown.whole), whole, "", *([""] if before else [])]
    return row(columns, texts)


def colour(view: View, cell: Cell) -> str:
    """A chapter's colour stays with all its parts; other headings have one colour, length carries the difference."""
    code = (view.heading_code or cell.code)[:1]
    if view.way == "objeto" and code in "123456789" and code:
        return f"c{code}"
    return "c2"


def _subtitle(view: View, shown: _Shown) -> str:
    said = gettext("%(moment)s, %(document)s, %(unit)s: %(total)s.") % {
        "moment": moment_name(view.moment),
        "document": document_name(view.release),
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
    return charts.treemap(blocks, view.ledger.say([Part(c.short_name, shown.values[c.key]) for c in shown.cells]))


def _block(view: View, shown: _Shown, cell: Cell, down: Callable[[Cell], str]) -> charts.Block:
    value = shown.values[cell.key]
    code = cell.code if view.way == "objeto" else ""
    return charts.Block(code, cell.short_name, value, colour(view, cell), _said(view, shown, value), down(cell))


def _said(view: View, shown: _Shown, value: Decimal) -> str:
    return f"{view.measure.say(value)} · {shown.share(value)}"


def _notes(view: View, shown: _Shown) -> list[str]:
    notes = list(view.measure.notes)
    if view.moment == "reported":
        notes.append(gettext("The file does not say which moment of the budget these figures are."))
    if shown.has_negatives:
        notes.append(gettext("There are negative figures: no shares are shown."))
    if shown.silent:
        notes.append(
            gettext("%(count)s headings state no figure of this moment and are not shown.")
            % {"count": money.number(shown.silent)}
        )
    return notes


def _csv_headings(view: View) -> list[str]:
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

"""Figures of expenditure and of revenue: one way of telling both, with the words and levels of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from datasets import sentences
from datasets.models import Kind, Release
from datasets.selectors import Cell
from datasets.sentences import Part
from datasets.words import moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, TableCell, hung, link, row

from .measures import Measure
from .sources import document_name, provenances, stated_moments, total

ROWS = 60  # a table on a page; the CSV has all
BLOCKS = 12  # of a treemap


@dataclass(frozen=True)
class Ledger:
    """What is different between the two."""

    kind: str
    ways: dict[str, tuple[str, ...]]  # ?por= -> levels from coarse to fine
    way_names: dict[str, Any]
    level_names: dict[str, Any]
    params: tuple[str, ...]  # of the chosen heading at each level
    whole_name: Any
    plan: tuple[str, ...]
    done: tuple[str, ...]
    say: Callable[[Sequence[Part]], str]


EXPENDITURE = Ledger(
    kind=Kind.EXPENDITURE,
    ways={"objeto": ("chapter", "concept", "item"), "funcion": ("function",), "unidad": ("unit",)},
    way_names={
        "objeto": gettext_lazy("What it is spent on"),
        "funcion": gettext_lazy("What it is spent for"),
        "unidad": gettext_lazy("Who spends it"),
    },
    level_names={
        "chapter": gettext_lazy("Chapter"),
        "concept": gettext_lazy("Concept"),
        "item": gettext_lazy("Item"),
        "function": gettext_lazy("Function"),
        "unit": gettext_lazy("Unit"),
    },
    params=("cap", "con"),
    whole_name=gettext_lazy("All expenditure"),
    plan=("approved",),
    done=("accrued", "exercised", "paid"),
    say=sentences.spending,
)
REVENUE = Ledger(
    kind=Kind.REVENUE,
    ways={"rubro": ("rubro", "type", "item"), "fuente": ("funding",)},
    way_names={"rubro": gettext_lazy("Where it comes from"), "fuente": gettext_lazy("Funding source")},
    level_names={
        "rubro": gettext_lazy("Heading"),
        "type": gettext_lazy("Type"),
        "item": gettext_lazy("Item"),
        "funding": gettext_lazy("Funding source"),
    },
    params=("rubro", "tipo"),
    whole_name=gettext_lazy("All revenue"),
    plan=("estimated",),
    done=("collected", "accrued"),
    say=sentences.income,
)


@dataclass(frozen=True)
class View:
    """What the reader has chosen, once it is known to exist."""

    ledger: Ledger
    way: str
    level: str
    release: Release
    moment: str
    measure: Measure
    heading: str = ""  # the name of the heading drilled into
    heading_code: str = ""

    @property
    def subject(self) -> str:
        return self.heading or str(self.ledger.whole_name)


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
            % {"what": view.subject, "level": _level(view).lower(), "document": document_name(view.release)},
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


def _level(view: View) -> str:
    return str(view.ledger.level_names[view.level])


def _columns(view: View, shown: _Shown, has_change: bool) -> list[Column]:
    columns = [
        Column(_level(view)),
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


@dataclass(frozen=True)
class Point:
    """A year of the series with the release that answers for it."""

    year: int
    release: Release
    value: Decimal | None


def course(view: View, points: Sequence[Point], csv_url: str) -> Figure:
    """The subject over the years, in real pesos where every year has an index."""
    measure = view.measure
    values = [measure.of(point.value, point.year) for point in points]
    years, filled = _with_gaps([point.year for point in points], values)
    scale = measure.scale(values)
    columns = [Column(gettext("Year")), Column(scale.heading, "n"), Column(gettext("Document"), "opt")]
    rows = [
        row(columns, [point.year, scale.cell(value), document_name(point.release)])
        for point, value in zip(points, values, strict=True)
    ]
    title = sentences.trend(view.subject, years, filled, real=measure.key == "reales")
    said = {"subject": view.subject, "moment": moment_name(view.moment).lower(), "unit": measure.wording}
    gaps = [str(year) for year, value in zip(years, filled, strict=True) if value is None]
    missing = gettext("No comparable figure is published for %(years)s.") % {"years": ", ".join(gaps)}
    nominal = gettext("Pesos of each year: inflation is not taken out.")
    return Figure(
        key="anios",
        title=title,
        subtitle=gettext("%(subject)s, %(moment)s, %(unit)s") % said
        if measure.key == "reales"
        else gettext("%(subject)s, %(moment)s, pesos of each year") % said,
        chart=charts.lines(
            [str(year) for year in years],
            [charts.Series(view.subject, 1, [None if v is None else v / scale.divisor for v in filled])],
            label=title,
            show=axis_text(scale),
        ),
        table=Table("t-anios", gettext("%(subject)s by year") % said, columns, rows),
        sources=provenances([point.release for point in points][::-1]),
        folded=True,
        notes=[*measure.notes, *([] if measure.key == "reales" else [nominal]), *([missing] if gaps else [])],
        csv_url=csv_url,
        csv_headings=[
            gettext("year"),
            gettext("amount as published"),
            gettext("amount shown"),
            gettext("unit"),
            gettext("document"),
            gettext("version"),
            gettext("file"),
        ],
        csv_rows=[
            [
                point.year,
                point.value,
                value,
                measure.wording,
                document_name(point.release),
                point.release.version,
                point.release.ingest.file.original_name,
            ]
            for point, value in zip(points, values, strict=True)
        ],
    )


def axis_text(scale: money.Scale) -> Callable[[float], str]:
    """Numbers on an axis: as few places as its steps need."""

    def show(value: float) -> str:
        text = f"{value:,.1f}".removesuffix(".0")
        return text.replace("-", money.MINUS)

    return show


def _with_gaps(years: Sequence[int], values: Sequence[Decimal | None]) -> tuple[list[int], list[Decimal | None]]:
    """Every year between the first and the last; None where nothing comparable is published."""
    if not years:
        return [], []
    known = dict(zip(years, values, strict=True))
    span = list(range(min(years), max(years) + 1))
    return span, [known.get(year) for year in span]


def moments(view: View, csv_url: str) -> Figure | None:
    """The moments of the release beside each other, never added; nothing where only one is stated."""
    release = view.release
    stated = [moment for moment in stated_moments(release) if moment not in ("adjustments", "reported")]
    if len(stated) < 2:
        return None
    values = {moment: view.measure.of(total(release, moment)) for moment in stated}
    known = [value for value in values.values() if value is not None]
    scale, largest = view.measure.scale(known), max(known)
    plan = next((moment for moment in view.ledger.plan if moment in stated), stated[0])
    done = next((moment for moment in view.ledger.done if moment in stated), stated[-1])
    columns = [Column(gettext("Moment")), Column(scale.heading, "n"), Column("", is_bar=True)]
    rows = [
        row(columns, [moment_name(moment), scale.cell(value), _moment_bar(value, largest, moment in (plan, done))])
        for moment, value in values.items()
    ]
    return Figure(
        key="momentos",
        title=sentences.execution(
            Part(moment_name(plan), total(release, plan)), Part(moment_name(done), total(release, done))
        ),
        subtitle=gettext("Moments of the budget, %(document)s, %(unit)s")
        % {"document": document_name(release), "unit": view.measure.wording},
        table=Table(
            "t-momentos",
            gettext("%(what)s by moment") % {"what": view.ledger.whole_name},
            columns,
            rows,
            note=gettext("Moments are stages of the same money: they are not added"),
        ),
        sources=provenances([release]),
        notes=view.measure.notes,
        csv_url=csv_url,
        csv_headings=[gettext("moment"), gettext("amount"), gettext("unit"), gettext("document"), gettext("version")],
        csv_rows=[
            [moment_name(moment), value, view.measure.wording, document_name(release), release.version]
            for moment, value in values.items()
        ],
    )


def _moment_bar(value: Decimal | None, largest: Decimal, strong: bool) -> str:
    return charts.inline_bar(value, largest, "f1" if strong else "f0") if value is not None else ""


def carried_out(view: View, cells: Sequence[Cell], csv_url: str) -> Figure | None:
    """What was done of what was planned, heading by heading; nothing where a release lacks one of both."""
    stated = stated_moments(view.release)
    plan = next((moment for moment in view.ledger.plan if moment in stated), None)
    done = next((moment for moment in view.ledger.done if moment in stated), None)
    if not plan or not done:
        return None
    compared = [
        (cell, money.share(cell.amount(done), cell.amount(plan)))
        for cell in cells
        if (cell.amount(plan) or Decimal(0)) > 0
    ]
    parts = sorted(((cell, part) for cell, part in compared if part is not None), key=lambda one: -one[1])[:BLOCKS]
    if len(parts) < 2:
        return None
    largest = max(Decimal(100), *(part for _cell, part in parts))
    columns = [Column(_level(view)), Column(moment_name(done), "n"), Column("", is_bar=True)]
    named = {"plan": moment_name(plan).lower(), "done": moment_name(done)}
    (most, high), (least, low) = parts[0], parts[-1]
    return Figure(
        key="avance",
        title=gettext("%(most)s is at %(high)s of what was %(plan)s; %(least)s, at %(low)s")
        % {
            **named,
            "most": most.short_name,
            "high": money.percent(high),
            "least": least.short_name,
            "low": money.percent(low),
        },
        subtitle=gettext("%(done)s against %(plan)s, %(document)s")
        % {**named, "document": document_name(view.release)},
        table=Table(
            "t-avance",
            gettext("%(done)s as a percentage of %(plan)s") % named,
            columns,
            [
                row(
                    columns,
                    [
                        cell.short_name,
                        money.percent(part),
                        charts.inline_bar(max(part, Decimal(0)), largest, _shade(part), Decimal(100)),
                    ],
                )
                for cell, part in parts
            ],
            note=gettext("The line marks 100%% of what was %(plan)s") % named,
        ),
        sources=provenances([view.release]),
        csv_url=csv_url,
        csv_headings=[gettext("code"), gettext("name"), moment_name(plan), moment_name(done)],
        csv_rows=[[cell.code, cell.name, cell.amount(plan), cell.amount(done)] for cell, _part in parts],
    )


def _shade(part: Decimal) -> str:
    """Contrast where more was done than planned, the protagonist where clearly less, else context."""
    if part > 105:
        return "f2"
    return "f1" if part < 90 else "f0"

"""The moments of the budget beside each other, and how much of the plan was carried out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from datasets import narration, sentences
from datasets.selectors import Cell
from datasets.sentences import Part
from datasets.words import moment_link, moment_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, row

from .cycle import steps_of
from .ledger import View
from .sources import document_name, provenances, stated_moments, total

MOST = 12  # headings in the table; the CSV has all


def moments(view: View, csv_url: str) -> Figure | None:
    """The moments of the release beside each other, never added; nothing where only one is stated."""
    release = view.release
    stated = [moment for moment in stated_moments(release) if moment not in ("adjustments", "reported")]
    if len(stated) < 2:
        return None
    stated.sort(key=lambda moment: moment not in view.ledger.plan)
    values = {moment: view.measure.of(total(release, moment)) for moment in stated}
    known = [value for value in values.values() if value is not None]
    scale, largest = view.measure.scale(known), max(known)
    plan = next((moment for moment in view.ledger.plan if moment in stated), stated[0])
    done = next((moment for moment in view.ledger.done if moment in stated), stated[-1])
    columns = [Column(gettext("Moment")), Column(scale.heading, "n"), Column("", is_bar=True)]
    rows = [
        row(columns, [moment_link(moment), scale.cell(value), _moment_bar(value, largest, moment in (plan, done))])
        for moment, value in values.items()
    ]
    return Figure(
        key="momentos",
        title=sentences.execution(
            Part(moment_name(plan), total(release, plan)), Part(moment_name(done), total(release, done))
        ),
        subtitle=gettext("Moments of the budget, %(document)s, %(unit)s")
        % {"document": document_name(release), "unit": view.measure.wording},
        text=_told(view, stated),
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


def _told(view: View, stated: Sequence[str]) -> str:
    """Nothing where the way from plan to payment, on the same page, tells the same."""
    if steps_of(view):
        return ""
    return narration.cycle(
        {moment: total(view.release, moment) for moment in stated}, {moment: moment_name(moment) for moment in stated}
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
    parts = sorted(((cell, part) for cell, part in compared if part is not None), key=lambda one: -one[1])
    if len(parts) < 2:
        return None
    shown = parts if len(parts) <= MOST else [*parts[: MOST - 1], parts[-1]]  # the title names the least far too
    largest = max(Decimal(100), *(part for _cell, part in parts))
    columns = [Column(view.level_name), Column(moment_name(done), "n"), Column("", is_bar=True)]
    named = {"plan": moment_name(plan).lower(), "done": moment_name(done)}
    return Figure(
        key="avance",
        title=sentences.progress([(cell.short_name, part) for cell, part in parts], moment_name(plan)),
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
                for cell, part in shown
            ],
            note=". ".join([gettext("The line marks 100%% of what was %(plan)s") % named, *_left_out(len(parts))]),
        ),
        sources=provenances([view.release]),
        csv_url=csv_url,
        csv_headings=[gettext("code"), gettext("name"), moment_name(plan), moment_name(done)],
        csv_rows=[[cell.code, cell.name, cell.amount(plan), cell.amount(done)] for cell, _part in parts],
    )


def _left_out(count: int) -> list[str]:
    if count <= MOST:
        return []
    said = ngettext(
        "Between the last two there is %(count)s other, in the CSV",
        "Between the last two there are %(count)s others, in the CSV",
        count - MOST,
    )
    return [said % {"count": money.number(count - MOST)}]


def _shade(part: Decimal) -> str:
    """Contrast where more was done than planned, the protagonist where clearly less, else context."""
    if part > 105:
        return "f2"
    return "f1" if part < 90 else "f0"

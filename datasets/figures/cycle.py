"""Heading by heading through the budget cycle: what was planned, how the plan changed, what was done and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext

from datasets import narration, sentences
from datasets.selectors import Cell
from datasets.sentences import Part
from datasets.words import moment_link, moment_name, period_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, KeyEntry, Table, TableCell, row

from .ledger import View
from .sources import covers, document_name, inside_sentence, provenances, stated_moments, total

MOST = 20  # headings on the page; the CSV has all


class Steps(NamedTuple):
    """Moments of the cycle that the release states, the plan that is held against what was done, and where it began."""

    stated: list[str]
    first: str
    plan: str
    done: str


def steps_of(view: View) -> Steps | None:
    """Nothing where a release does not state a plan and what was done of it."""
    known = stated_moments(view.release)
    stated = [moment for moment in view.ledger.cycle if moment in known]
    done = next((moment for moment in view.ledger.done if moment in known), None)
    plans = [moment for moment in (*view.ledger.plan, "modified") if moment in known]
    if done is None or not plans:
        return None
    if done not in stated:
        stated.append(done)
    return Steps(stated, plans[0], plans[-1], done)


def cycle(view: View, cells: Sequence[Cell], csv_url: str) -> Figure | None:
    steps = steps_of(view)
    if steps is None or not cells:
        return None
    compared = [cell for cell in cells if cell.amount(steps.plan) is not None and cell.amount(steps.done) is not None]
    if not compared:
        return None
    if view.heading:
        planned, done = (_sum(compared, moment) for moment in (steps.plan, steps.done))
    else:
        planned, done = (total(view.release, moment) for moment in (steps.plan, steps.done))
    names = {"planned": moment_name(steps.plan), "done": moment_name(steps.done)}
    wholes = {moment: _sum(cells, moment) if view.heading else total(view.release, moment) for moment in steps.stated}
    return Figure(
        key="ciclo",
        title=sentences.deviation(Part(names["planned"], planned), Part(names["done"], done), _so_far(view)),
        subtitle=gettext("From plan to payment by %(level)s, %(document)s, %(unit)s")
        % {
            "level": view.level_name.lower(),
            "document": document_name(view.release),
            "unit": gettext("pesos of %(year)s") % {"year": view.release.year},
        },
        text=narration.joined(
            narration.cycle(wholes, {moment: moment_name(moment) for moment in steps.stated}),
            narration.deviations(
                [
                    (cell.name, cell.amounts[steps.plan] or Decimal(0), cell.amounts[steps.done] or Decimal(0))
                    for cell in compared
                ],
                names["planned"],
                names["done"],
                view.noun,
                is_over=not _so_far(view),
            ),
        ),
        table=_table(view, steps, compared, wholes),
        key_list=_key(steps),
        wide=True,
        sources=provenances([view.release]),
        csv_url=csv_url,
        csv_headings=[
            gettext("code"),
            gettext("name"),
            *[moment_name(moment) for moment in steps.stated],
            gettext("difference"),
            gettext("document"),
            gettext("version"),
            gettext("file"),
        ],
        csv_rows=[_csv_row(view, steps, cell) for cell in cells],
    )


def _so_far(view: View) -> str:
    """Until when a year that is not over is told; nothing of a whole one."""
    period = covers(view.release)
    return "" if period == "annual" else inside_sentence(period_name(period))


def _sum(cells: Sequence[Cell], moment: str) -> Decimal | None:
    values = [value for cell in cells if (value := cell.amount(moment)) is not None]
    return sum(values, Decimal(0)) if values else None


def _difference(cell: Cell, steps: Steps) -> Decimal | None:
    planned, done = cell.amount(steps.plan), cell.amount(steps.done)
    return None if planned is None or done is None else done - planned


def _table(view: View, steps: Steps, cells: Sequence[Cell], wholes: dict[str, Decimal | None]) -> Table:
    shown = sorted(cells, key=lambda cell: (-(cell.amount(steps.plan) or Decimal(0)), cell.code, cell.key))[:MOST]
    values = [cell.amount(moment) for cell in shown for moment in steps.stated]
    scale = money.scale_for([*values, *wholes.values()])
    largest = max((value for value in values if value is not None), default=Decimal(0))
    columns = [
        Column(view.level_name),
        *[
            Column(moment_link(moment), "n" if moment in (steps.plan, steps.done) else "n opt")
            for moment in steps.stated
        ],
        Column("", is_bar=True),
        Column(gettext("Difference"), "n"),
    ]

    def line(cell: Cell) -> Sequence[TableCell]:
        bar = charts.bullet(cell.amount(steps.done), cell.amount(steps.plan), cell.amount(steps.first), largest)
        amounts = [scale.cell(cell.amount(moment)) for moment in steps.stated]
        return row(columns, [cell.short_name, *amounts, bar, signed(scale, _difference(cell, steps))])

    both = wholes.get(steps.done), wholes.get(steps.plan)
    gap = both[0] - both[1] if both[0] is not None and both[1] is not None else None
    foot = [gettext("Total"), *[scale.cell(wholes[moment]) for moment in steps.stated], "", signed(scale, gap)]
    return Table(
        "t-ciclo",
        gettext("%(what)s through the budget cycle, %(unit)s") % {"what": view.subject, "unit": scale.heading},
        columns,
        [line(cell) for cell in shown],
        foot=row(columns, foot),
        note=gettext("Difference: %(done)s less %(plan)s")
        % {"done": moment_name(steps.done).lower(), "plan": moment_name(steps.plan).lower()},
    )


def signed(scale: money.Scale, value: Decimal | None) -> str:
    """With its sign, as differences are read."""
    shown = scale.cell(value)
    return f"+{shown}" if value is not None and value > 0 and not shown.startswith("<") else shown


def _key(steps: Steps) -> list[KeyEntry]:
    return [
        KeyEntry(charts.swatch("q2"), moment_name(steps.plan)),
        KeyEntry(charts.swatch("f1"), moment_name(steps.done)),
        KeyEntry(charts.swatch("f2"), gettext("%(done)s over the plan") % {"done": moment_name(steps.done)}),
    ]


def _csv_row(view: View, steps: Steps, cell: Cell) -> list[object]:
    release = view.release
    return [
        cell.code,
        cell.name,
        *[cell.amount(moment) for moment in steps.stated],
        _difference(cell, steps),
        document_name(release),
        release.version,
        release.ingest.file.original_name,
    ]

"""How far a year is, quarter by quarter, beside earlier years at the same date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext

from datasets import narration, selectors, sentences
from datasets.models import Document, Release
from datasets.words import moment_name, period_name
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, row

from .ledger import Ledger, View, axis_text
from .sources import inside_sentence, provenances, total

SLOTS = {"Q1": 1, "Q2": 2, "Q3": 3, "Q4": 4, "annual": 4}
EARLIER = 3  # years drawn beside the chosen one


class Step(NamedTuple):
    """The end of a quarter: what was done until then, of what was planned, and the release that says so."""

    release: Release
    done: Decimal
    planned: Decimal

    @property
    def percent(self) -> Decimal:
        return self.done / self.planned * 100


Course = dict[int, Step]  # by quarter


def quarters(view: View, releases: Iterable[Release], csv_url: str) -> Figure | None:
    """Quarterly reports cumulate since January. Nothing where the chosen year has no report of a quarter."""
    year = view.release.year
    plan, done = view.ledger.plan[0], _done(view)
    if done is None:
        return None
    courses = courses_of(view.ledger, releases, plan, done)
    mine = courses.get(year, {})
    if not any(slot < 4 for slot in mine):
        return None
    others = [one for one in sorted(courses, reverse=True) if one < year][:EARLIER]
    shown = {one: courses[one] for one in (year, *others)}
    last = max(mine)
    step, until = mine[last], inside_sentence(period_name(f"Q{last}" if last < 4 else "annual"))
    before = courses.get(year - 1, {}).get(last)
    title = sentences.so_far(step.done, step.planned, until, (moment_name(plan), moment_name(done)))
    subtitle = gettext("%(done)s as a percentage of %(plan)s, %(year)s and earlier years") % {
        "done": moment_name(done),
        "plan": moment_name(plan).lower(),
        "year": year,
    }
    return Figure(
        key="trimestres",
        title=title,
        subtitle=subtitle,
        text=narration.pace(step.percent, before.percent if before else None, year - 1),
        chart=_chart(shown, year, f"{title}. {subtitle}"),
        table=_table(shown),
        sources=provenances([step.release for course in shown.values() for step in course.values()]),
        notes=[gettext("Quarterly reports add up since January.")],
        csv_url=csv_url,
        csv_headings=[
            gettext("year"),
            gettext("quarter"),
            moment_name(plan),
            moment_name(done),
            gettext("percent"),
            gettext("version"),
            gettext("file"),
        ],
        csv_rows=[_csv_row(one, slot, step) for one, course in shown.items() for slot, step in sorted(course.items())],
    )


def _done(view: View) -> str | None:
    """The moment looked at, if it is one of doing; else the first that the release states."""
    stated = [moment for moment in view.ledger.done if moment in view.release.totals]
    return view.moment if view.moment in stated else next(iter(stated), None)


def courses_of(ledger: Ledger, releases: Iterable[Release], plan: str, done: str) -> dict[int, Course]:
    """For each year with a report of a quarter, its quarters; the plan of a report, else of the year's own budget."""
    mine = [release for release in releases if release.kind == ledger.kind]
    plans = _plans(mine, plan)
    by_slot: dict[int, list[Release]] = {}
    for release in mine:
        if release.period in SLOTS and done in release.totals:
            by_slot.setdefault(SLOTS[release.period], []).append(release)
    courses: dict[int, Course] = {}
    for slot, candidates in by_slot.items():
        for year, release in selectors.best_by_year(candidates).items():
            planned, used = total(release, plan) or plans.get(year), total(release, done)
            if planned and planned > 0 and used is not None:
                courses.setdefault(year, {})[slot] = Step(release, used, planned)
    return courses


def _plans(releases: Sequence[Release], plan: str) -> Mapping[int, Decimal]:
    budgets = [one for one in releases if one.document == Document.APPROVED and plan in one.totals]
    return {year: value for year, one in selectors.best_by_year(budgets).items() if (value := total(one, plan))}


def _chart(shown: Mapping[int, Course], year: int, label: str) -> str:
    series = [
        charts.Series(str(one), 1 if one == year else 0, [_percent(shown[one], slot) for slot in range(1, 5)])
        for one in sorted(shown)
    ]
    scale = money.Scale("%", Decimal(1), 0)
    return charts.lines(_ends(), series, label=label, show=axis_text(scale), unit="%")


def _ends() -> list[str]:
    return [gettext("to March"), gettext("to June"), gettext("to September"), gettext("to December")]


def _percent(course: Course, slot: int) -> Decimal | None:
    return course[slot].percent if slot in course else None


def _table(shown: Mapping[int, Course]) -> Table:
    columns = [Column(gettext("Year")), *[Column(text, "n") for text in _ends()]]
    rows = [
        row(columns, [year, *[money.percent(_percent(course, slot)) for slot in range(1, 5)]])
        for year, course in shown.items()
    ]
    return Table("t-trimestres", gettext("Progress at the end of each quarter"), columns, rows)


def _csv_row(year: int, slot: int, step: Step) -> list[Any]:
    release = step.release
    return [
        year,
        slot,
        step.planned,
        step.done,
        step.percent.quantize(Decimal("0.01")),
        release.version,
        release.ingest.file.original_name,
    ]

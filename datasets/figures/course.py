"""A subject over the years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from datasets import narration, sentences
from datasets.models import Release
from datasets.words import moment_name
from gesoc.common import charts
from gesoc.common.charts.frame import Column, Figure, Table, row

from .ledger import View, axis_text
from .sources import document_name, provenances


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
    title = _title(view, years, filled)
    said = {"subject": view.subject, "moment": moment_name(view.moment).lower(), "unit": measure.wording_of_years}
    is_nominal = not measure.is_real and measure.key != "parte"
    subtitle = gettext("%(subject)s, %(moment)s, %(unit)s") % said
    gaps = [year for year, value in zip(years, filled, strict=True) if value is None]
    missing = gettext("No comparable figure is published for %(years)s.") % {"years": narration.years_in_a_row(gaps)}
    nominal = gettext("Pesos of each year: inflation is not taken out.")
    return Figure(
        key="anios",
        title=title,
        subtitle=subtitle,
        text=narration.course(years, filled, measure.say),
        chart=charts.lines(
            [str(year) for year in years],
            [charts.Series(view.subject, 1, [None if v is None else v / scale.divisor for v in filled])],
            label=f"{title}. {subtitle}",
            show=axis_text(scale),
            unit=scale.heading,
        ),
        table=Table("t-anios", gettext("%(subject)s by year") % said, columns, rows),
        sources=provenances([point.release for point in points][::-1]),
        folded=True,
        notes=[*measure.notes, *([nominal] if is_nominal else []), *([missing] if gaps else [])],
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
                measure.wording_of(point.year),
                document_name(point.release),
                point.release.version,
                point.release.ingest.file.original_name,
            ]
            for point, value in zip(points, values, strict=True)
        ],
    )


def _title(view: View, years: Sequence[int], values: Sequence[Decimal | None]) -> str:
    if view.measure.key == "parte":
        return sentences.share_trend(view.subject, years, values)
    name = view.subject
    if view.measure.key == "habitante":
        name = gettext("%(subject)s per inhabitant") % {"subject": name}
    return sentences.trend(name, years, values, real=view.measure.is_real)


def _with_gaps(years: Sequence[int], values: Sequence[Decimal | None]) -> tuple[list[int], list[Decimal | None]]:
    """Every year between the first and the last; None where nothing comparable is published."""
    if not years:
        return [], []
    known = dict(zip(years, values, strict=True))
    span = list(range(min(years), max(years) + 1))
    return span, [known.get(year) for year in span]

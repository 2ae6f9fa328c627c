"""From a number to the rows of the file it was added up from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext

from datasets.figures.sources import document_name, provenance, row_url, stated_moments
from datasets.models import ExpenditureLine, Kind, Label, Release, RevenueLine
from datasets.selectors.under import LABELS, lines_under
from datasets.words import moment_name
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, link, row
from gesoc.common.pages import BoundedPaginator

from .dashboards import DashboardView
from .public import public_text

PER_PAGE = 50


class LinesView(DashboardView):
    """Lines of one published release, those under one heading if one is named."""

    template_name = "datasets/lines.html"
    model: ClassVar[type[ExpenditureLine] | type[RevenueLine]]

    def page(self) -> dict[str, Any]:
        release = self.chosen()
        known = None if self.key else release.line_count
        paginator = BoundedPaginator(self.lines(release), PER_PAGE, known=known)
        page = paginator.get_page(self.params.get("pagina"))
        return {
            "release": release,
            "document": document_name(release),
            "source": provenance(release),
            "page": page,
            "count": paginator.count_said,
            "back": self.place.url(self.section),
            "query": f"version={release.pk}&por={self.by}&clave={self.key}" if self.key else f"version={release.pk}",
            "table": self.table(release, with_labels(page)),
            "key": self.key,
        }

    def chosen(self) -> Release:
        wanted = self.params.get("version", "")
        found = next((one for one in self.releases if not wanted or str(one.pk) == wanted), None)
        if found is None:
            raise Http404
        return found

    @property
    def by(self) -> str:
        by = self.params.get("por", "")
        default = "rubro" if self.kind == Kind.REVENUE else "chapter"
        return by if by in LABELS and LABELS[by][0] in self.model.LABELS else default

    @property
    def key(self) -> str:
        return self.params.get("clave", "")[:24].replace("\x00", "")

    def lines(self, release: Release) -> QuerySet[Any]:
        found = self.model._default_manager.filter(public_body=release.public_body_id, release=release)
        if self.key:
            found = found.filter(lines_under(self.by, self.key))
        return found.order_by("line_no")

    def table(self, release: Release, lines: list[Any]) -> Table:
        moments = stated_moments(release)
        columns = [
            Column(gettext("Row of the file")),
            Column(gettext("What it says")),
            *[Column(moment_name(moment), "n") for moment in moments],
        ]
        rows = [row(columns, [where(line, release), said(line), *amounts(line, moments)]) for line in lines]
        caption = gettext("Lines of %(document)s, in pesos as published") % {"document": document_name(release)}
        return Table("t-lines", caption, columns, rows, stacked=True)


def with_labels(lines: Iterable[Any]) -> list[Any]:
    """The lines of a page with what they say. One query: a page repeats a few labels, and joins would look up each of six for
    every line."""
    found = list(lines)
    wanted = {pk for line in found for name in line.LABELS if (pk := getattr(line, f"{name}_id")) is not None}
    labels = Label.objects.in_bulk(wanted)
    for line in found:
        for name in line.LABELS:
            setattr(line, name, labels.get(getattr(line, f"{name}_id")))
    return found


def where(line: Any, release: Release) -> Any:
    """Sheet and row as a spreadsheet shows them, leading to the row itself."""
    sheets = release.sheets
    sheet = sheets[line.sheet_no] if line.sheet_no < len(sheets) else ""
    first, last = line.source_row, line.last_row
    rows = str(first) if first == last else f"{first}–{last}"
    text = gettext("row %(row)s") % {"row": rows}
    return link(f"{sheet}, {text}" if sheet else text, row_url(release, line.line_no))


def said(line: Any) -> str:
    labels = [getattr(line, name) for name in line.LABELS]
    texts = dict.fromkeys(str(label) for label in labels if label is not None and str(label))
    return " · ".join(public_text(text) for text in texts)


def amounts(line: Any, moments: list[str]) -> list[str]:
    return [money.pesos(getattr(line, moment), cents=True) for moment in moments]


class ExpenditureLinesView(LinesView):
    section = "expenditure"
    kind = Kind.EXPENDITURE
    model = ExpenditureLine


class RevenueLinesView(LinesView):
    section = "revenue"
    kind = Kind.REVENUE
    model = RevenueLine

"""`/clasificadores/`: the official codes of public money, what each means, since when, and what it was before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from datasets.models import ClassNode
from datasets.selectors import classifiers as selectors
from datasets.selectors.cells import node_name
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, row
from gesoc.common.exports import csv_response

from .choices import picked, query_with

WORDS = {
    "objeto": ClassNode.Classifier.OBJECT,
    "funcion": ClassNode.Classifier.FUNCTION,
    "ingresos": ClassNode.Classifier.REVENUE,
    "tipo": ClassNode.Classifier.ECONOMIC,
    "fuente": ClassNode.Classifier.FUNDING,
    "administrativa": ClassNode.Classifier.ADMIN,
}


@require_safe
def classifiers(request: HttpRequest) -> HttpResponseBase:
    word = picked(request.GET, "cual", WORDS, "objeto")
    query = request.GET.get("q", "").strip()[:100]
    found = selectors.entries(WORDS[word], query)
    if request.GET.get("formato") == "csv":
        return csv_response(f"clasificador-{word}.csv", csv_headings(), map(csv_row, found))
    context = {
        "word": word,
        "name": WORDS[word].label,
        "query": query,
        "tabs": [(key, one.label) for key, one in WORDS.items()],
        "count": money.number(len(found)),
        "n": len(found),
        "table": entries_table(WORDS[word].label, found),
        "sources": sorted({one.source for one in found}),
        "csv_url": query_with(request.GET, formato="csv"),
        "unfiltered": query_with(request.GET, q=None),
    }
    return render(request, "datasets/classifiers.html", context)


def entries_table(name: Any, found: Sequence[ClassNode]) -> Table:
    """Years and other codes only where one of the entries has them."""
    dated = any(one.since or one.until for one in found)
    columns = [Column(gettext("Code"), "nw"), Column(gettext("Name"))]
    if dated:
        columns += [Column(gettext("In force"), "nw"), Column(gettext("Before and after"))]
    rows = [row(columns, _cells(one, dated)) for one in found]
    return Table("t-clasificador", name, columns, rows, hide_caption=True, stacked=dated)


def _cells(one: ClassNode, dated: bool) -> list[Any]:
    cells = [one.code, node_name(one).full]
    return [*cells, in_force(one), other_codes(one)] if dated else cells


def in_force(one: ClassNode) -> str:
    if one.until:
        return gettext("until %(year)s") % {"year": one.until}
    return gettext("since %(year)s") % {"year": one.since} if one.since else ""


def other_codes(one: ClassNode) -> str:
    """What an entry is called in other editions."""
    became, was = list(one.became.all()), list(one.was.all())
    said = [gettext("is now %(codes)s") % {"codes": _listed(link.target for link in became)}] if became else []
    for link in was:
        before = (
            gettext("was %(code)s until %(year)s") if link.is_whole else gettext("was part of %(code)s until %(year)s")
        )
        said.append(before % {"code": link.origin.code, "year": link.origin.until})
    return "; ".join(said)


def _listed(nodes: Iterable[ClassNode]) -> str:
    return gettext(" and ").join(node.code for node in nodes)


def csv_headings() -> list[str]:
    return [
        gettext("code"),
        gettext("parent code"),
        gettext("level"),
        gettext("name in Spanish"),
        gettext("name in English"),
        gettext("from the year"),
        gettext("to the year"),
        gettext("before and after"),
        gettext("source"),
    ]


def csv_row(one: ClassNode) -> list[Any]:
    years = [one.since or "", one.until or ""]
    return [one.code, one.parent_code, one.level, one.name_es, one.name_en, *years, other_codes(one), one.source]

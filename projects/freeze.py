"""A figure of the dashboards as it stands today, asked for in a way that asks for the same tomorrow.

The page itself is asked, as a visitor would: what a card holds is what everybody can read there. Every filter is written
into the address, so that a newer year does not silently become the subject of an older card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from datasets.lines import amounts_of, line_of, moments_of, name_of
from datasets.models import Contract, Flag, PublicBody, Release
from datasets.privacy import cover
from datasets.selectors.indicators import contracts_behind
from datasets.takeaway import Taken
from datasets.views.choices import WORDS
from datasets.views.dashboards import DashboardView
from datasets.views.overview import OverviewView
from datasets.views.places import Place, place_of
from gesoc.common.charts.frame import Figure
from gesoc.common.i18n import in_language, language_of
from municipalities.models import Municipality

MOST_ROWS = 200
FEW_ROWS = 20  # that a card names one by one
NOT_ASKED = ("formato", "figura", "pagina")


@dataclass(frozen=True)
class Number:
    """A row of a figure and its first exact amount: what a card can be about."""

    label: str
    value: Decimal
    heading: str


@dataclass
class Frozen:
    title: str
    subtitle: str
    municipality: Municipality | None
    public_body: PublicBody | None
    source_path: str
    figure_key: str
    query: dict[str, str]
    columns: list[str]
    rows: list[list[str]]
    numbers: list[Number]
    releases: list[Release]
    sources: list[dict[str, str]]
    lines: list[dict[str, int]] = field(default_factory=list)
    is_contract: bool = False
    is_flag: bool = False
    caveat: str = ""  # what an honest reader should know, to begin with

    def number(self, label: str) -> Number | None:
        return next((one for one in self.numbers if one.label == label), None)


def figure_at(path: str, key: str) -> Frozen | None:
    """The figure `key` of the page at `path` (with its query); None where there is none, or none that names its files."""
    with translation.override(language_of(urlsplit(path).path)):
        try:
            view = _page(path)
            if not isinstance(view, DashboardView):
                return _taken(view.take(key)) if view else None
        except Http404:
            return None
        if isinstance(view, OverviewView):
            told = _told_by_ledger(view)
            return figure_at(told, key) if told else None
        context = view.page()
        figures = [figure for figure in context.get("figures", ()) if figure is not None]
        figure = next((one for one in figures if one.key == key), None)
        if figure is None:
            return None
        query = {name: value for name, value in view.params.dict().items() if name not in NOT_ASKED}
        query |= _chosen(context.get("filters") or ())
        return _frozen(view, figure, query)


def _page(path: str) -> Any:
    """The view at the address that has figures, made ready as for a visitor; None for any other address."""
    parts = urlsplit(path)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    kind = getattr(match.func, "view_class", None)
    if kind is None or not hasattr(kind, "take"):
        return None
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", parts.path, parts.path
    request.GET = QueryDict(parts.query)
    request.user = AnonymousUser()
    view = kind()
    view.setup(request, **match.kwargs)
    if isinstance(view, DashboardView):
        view.place = place_of(request, match.kwargs.get("code"), match.kwargs.get("slug"))
        view.params = request.GET
        view.releases = view.find_releases()
    return view


def _taken(taken: Taken) -> Frozen | None:
    """Of a page that is no place's own: a supplier, a comparison. The title says whose figure it is."""
    figure = taken.figure
    if not figure.sources:
        return None
    query = taken.request.GET.copy()
    for name in NOT_ASKED:
        query.pop(name, None)
    for name, value in taken.chosen.items():
        query[name] = value
    urls = {source.url for source in figure.sources}
    return replace(
        _of_figure(figure),
        title=f"{taken.place}: {strip_tags(str(figure.title))}",
        municipality=taken.municipality,
        source_path=f"{taken.request.path}?{query.urlencode()}" if query else taken.request.path,
        query={name: ", ".join(values) for name, values in query.lists()},
        releases=[one for one in taken.releases if one.ingest.get_absolute_url() in urls],
    )


def _told_by_ledger(view: OverviewView) -> str:
    """The first page of a place shows the last whole year; the page of the budget shows the same when it is said so."""
    told = view.view
    if told is None:
        return ""
    place: Place = view.place
    return place.url(
        "expenditure",
        anio=told.release.year,
        documento=f"{told.release.document}.{told.release.period}",
        por=told.way,
        momento=WORDS[told.moment],
    )


def _chosen(filters: Sequence[dict[str, Any]]) -> dict[str, str]:
    found = {}
    for one in filters:
        for option in one["options"]:
            chosen = option["chosen"] if isinstance(option, dict) else option.chosen
            value = option["value"] if isinstance(option, dict) else option.value
            if chosen and value:
                found[one["name"]] = str(value)
    return found


def _frozen(view: Any, figure: Figure, query: dict[str, str]) -> Frozen:
    place: Place = view.place
    path = place.url(view.section)
    return replace(
        _of_figure(figure),
        municipality=place.municipality,
        public_body=place.body,
        source_path=f"{path}?{urlencode(query)}" if query else path,
        query=query,
        releases=_releases(view, figure),
    )


def _of_figure(figure: Figure) -> Frozen:
    exact = [list(one) for one in figure.csv_rows][:MOST_ROWS]
    headings = [str(heading) for heading in figure.csv_headings]
    return Frozen(
        title=strip_tags(str(figure.title)),
        subtitle=strip_tags(str(figure.subtitle)),
        municipality=None,
        public_body=None,
        source_path="",
        figure_key=figure.key,
        query={},
        columns=headings,
        rows=[["" if cell is None else _text(cell) for cell in one] for one in exact],
        numbers=_numbers(headings, exact),
        releases=[],
        sources=[
            {"publisher": one.publisher, "file": one.file, "url": one.url, "detail": str(one.detail)}
            for one in figure.sources
        ],
    )


def _text(cell: Any) -> str:
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _numbers(headings: list[str], rows: list[list[Any]]) -> list[Number]:
    found = []
    for one in rows:
        at = next((n for n, cell in enumerate(one) if isinstance(cell, Decimal)), None)
        if at is None:
            continue
        label = " ".join(
            dict.fromkeys(str(cell) for n, cell in enumerate(one[:at]) if cell and (n == 0 or isinstance(cell, str)))
        )
        found.append(Number(label[:200] or str(one[0]), one[at], headings[at]))
    return found


def _releases(view: Any, figure: Figure) -> list[Release]:
    """Those whose figures it holds: of the files its source line names, and of the years it shows."""
    urls = {source.url for source in figure.sources}
    named = [one for one in view.releases if one.ingest.get_absolute_url() in urls]
    chosen = getattr(view, "release", None)
    if chosen is None:
        return named
    if figure.key == "anios":
        shown = {one.release.pk for one in view.trend}
        return [one for one in named if one.pk in shown]
    return [chosen]


def row_at(release: Release, line_no: int) -> Frozen | None:
    """One line of a published file: a heading of the budget, or a contract."""
    line = line_of(release, line_no)
    if line is None:
        return None
    moments = moments_of(release)
    amounts = amounts_of(line, moments)
    headings = [str(heading) for _key, heading in moments]
    is_contract = isinstance(line, Contract)
    name = cover(f"{line.title} · {line.supplier_name}" if is_contract else str(name_of(line)))
    shown = [str(amount or "") for amount in amounts]
    exact = [_exact(line, key) for key, _heading in moments]
    body = release.public_body
    return Frozen(
        title=name[:300],
        subtitle=str(release),
        municipality=body.municipality,
        public_body=body,
        source_path=reverse("datasets:row", args=[release.pk, line_no]),
        figure_key="",
        query={"release": str(release.pk), "line": str(line_no)},
        columns=headings,
        rows=[shown],
        numbers=[
            Number(heading, value, heading) for heading, value in zip(headings, exact, strict=True) if value is not None
        ],
        releases=[release],
        sources=[_source(release)],
        lines=[{"release": release.pk, "line": line_no, "row": line.source_row}],
        is_contract=is_contract,
    )


def _exact(line: Any, key: str) -> Decimal | None:
    value = getattr(line, key, None)
    return value if isinstance(value, Decimal) else None


def flag_at(flag: Flag) -> Frozen:
    """A question that published figures raise: its rule, its value, the rows on which it rests. It accuses nobody."""
    entry, body = flag.entry, flag.public_body
    rows = contracts_behind(flag)
    found = Release.objects.open().filter(pk__in={one.release_id for one in rows})
    releases = list(found.select_related("ingest__file__source").order_by("pk"))
    columns = [_("Indicator"), _("Value"), _("Asked about beyond"), _("Version of the rule")]
    threshold = "" if entry.threshold is None else f"{entry.threshold:f}"
    return Frozen(
        title=cover(flag.question)[:300],
        subtitle=f"{body}, {flag.year}",
        municipality=body.municipality,
        public_body=body,
        source_path=flag.get_absolute_url(),
        figure_key="",
        query={"flag": str(flag.key)},
        columns=columns,
        rows=[[str(entry.name), f"{flag.value:f}", threshold, str(flag.version)]],
        numbers=[Number(str(entry.name)[:200], flag.value, columns[1])],
        releases=releases,
        sources=[_source(one) for one in releases],
        lines=[{"release": one.release_id, "line": one.line_no, "row": one.source_row} for one in rows[:FEW_ROWS]],
        is_flag=True,
        caveat=_("It is a reason to ask, not proof of anything.") + f" {entry.caveat}",
    )


def in_the_other_language(frozen: Frozen) -> Frozen | None:
    """The same figure, row or question as a reader of the other language sees it; None where it is no longer the same."""
    here = language_of(frozen.source_path)
    language = next(name for name, _label in settings.LANGUAGES if name != here)
    with translation.override(language):
        other = _again(frozen, language)
    same = other is not None and [one.value for one in other.numbers] == [one.value for one in frozen.numbers]
    return other if other is not None and same and len(other.rows) == len(frozen.rows) else None


def _again(frozen: Frozen, language: str) -> Frozen | None:
    if frozen.figure_key:
        return figure_at(in_language(frozen.source_path, language), frozen.figure_key)
    if frozen.is_flag:
        return flag_at(Flag.objects.select_related("public_body__municipality__state").get(key=frozen.query["flag"]))
    return row_at(frozen.releases[0], frozen.lines[0]["line"])


def _source(release: Release) -> dict[str, str]:
    file = release.ingest.file
    return {
        "publisher": file.source.publisher_name if file.source else "",
        "file": file.original_name,
        "url": release.ingest.get_absolute_url(),
        "detail": "",
    }

"""One figure in every shape in which it can leave: table, workbook, JSON, drawing, frame, citation.

All shapes are made of the same `Figure` that the page shows, so that they cannot differ from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape, strip_tags
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext
from redis.exceptions import RedisError

from datasets import pictures
from datasets.models import Release
from datasets.pins import pinned
from datasets.versions import data_version
from gesoc.common import workbook as xlsx
from gesoc.common.charts.frame import Figure
from gesoc.common.charts.standalone import standalone
from gesoc.common.dates import day
from gesoc.common.exports import csv_response
from gesoc.common.views import refreshing
from municipalities.models import Municipality

PAGE_FORMATS = ("insertar", "llevar")
# Of pictures: the paper's shape (None: as the drawing needs) and how wide it is in pixels.
PICTURES: dict[str, tuple[Fraction | None, int]] = {
    "png": (None, 1600),
    "png-horizontal": (Fraction(16, 9), 1600),
    "png-cuadrado": (Fraction(1), 1080),
}
FORMATS = ("csv", "xlsx", "json", "svg", *PICTURES, *PAGE_FORMATS)
COLOUR = re.compile(r'fill="(#[0-9a-f]{6})"')
LICENCE = "CC BY 4.0"
ASK_AGAIN_SECONDS = 2  # while a picture is made
FRAME_HEIGHT = 640


@dataclass(frozen=True)
class Taken:
    """A figure, where it stands, and the version of the data that it shows."""

    figure: Figure
    request: HttpRequest
    name: str  # of files
    place: str  # whose figure it is, for the citation
    releases: Sequence[Release] = ()  # whose lines it was added up from
    chosen: Mapping[str, str] = field(default_factory=dict)  # by the page itself: what the address leaves unsaid
    municipality: Municipality | None = None

    @property
    def query(self) -> str:
        """The page's own query, without what asks for a format."""
        query = self.request.GET.copy()
        for name in ("formato", "figura"):
            query.pop(name, None)
        return query.urlencode()

    @property
    def page_path(self) -> str:
        return f"{self.request.path}?{self.query}" if self.query else self.request.path

    @property
    def page_url(self) -> str:
        return f"{self.request.build_absolute_uri(self.page_path)}#{self.figure.key}"

    def path(self, shape: str) -> str:
        join = "&" if self.query else "?"
        return f"{self.page_path}{join}formato={shape}&figura={self.figure.key}"

    def url(self, shape: str) -> str:
        return self.request.build_absolute_uri(self.path(shape))

    @property
    def csv(self) -> str:
        return self.path("csv")

    @property
    def xlsx(self) -> str:
        return self.path("xlsx")

    @property
    def json(self) -> str:
        return self.path("json")

    @property
    def svg(self) -> str:
        return self.path("svg")

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """Address and name of each picture; none where the figure has no drawing."""
        names = (
            gettext("for a document or a slide"),
            gettext("wide, 1600 × 900: for X, Facebook or LinkedIn"),
            gettext("square, 1080 × 1080: for Instagram or WhatsApp"),
        )
        shapes = PICTURES if self.figure.chart else {}
        return [(self.path(shape), name) for shape, name in zip(shapes, names, strict=False)]

    @property
    def alternative(self) -> str:
        """What the picture says, for who cannot see it: to be pasted beside it."""
        told = (f"{self.place}: {self.title}", self.figure.subtitle, self.figure.text)
        said = [strip_tags(str(one)).strip().rstrip(".") for one in told if one]
        return "".join(f"{one}. " for one in said if one).strip()

    @property
    def sources(self) -> list[str]:
        return [
            ", ".join(part for part in (one.publisher, one.file, one.detail) if part) for one in self.figure.sources
        ]

    @property
    def citation(self) -> str:
        """For a footnote: what, of whom, from which files, where and when it was read."""
        files = "; ".join(self.sources)
        said = gettext("%(place)s: “%(title)s”. Mesa de Datos, GESOC") % {
            "place": self.place,
            "title": self.title,
        }
        with_files = gettext("with data of %(files)s") % {"files": files} if files else ""
        read = gettext("Read on %(day)s, data version %(version)s") % {
            "day": day(timezone.now()),
            "version": data_version(),
        }
        return f"{said}{', ' if with_files else ''}{with_files}. {read}. {self.page_url}"

    @property
    def title(self) -> str:
        return str(self.figure.title or self.figure.table.caption)

    @property
    def frame_code(self) -> str:
        return frame_code(self.url("insertar"), self.title)


def frame_code(url: str, title: str, height: int = FRAME_HEIGHT) -> str:
    return (
        f'<iframe src="{escape(url)}" title="{escape(title)}" width="100%" height="{height}" '
        'loading="lazy" frameborder="0"></iframe>'
    )


def find(figures: Sequence[Figure], key: str) -> Figure:
    """The figure asked for; the first where none is named. A name that is none is not found: never another figure."""
    if not figures:
        raise Http404
    if not key:
        return figures[0]
    found = next((figure for figure in figures if figure.key == key), None)
    if found is None:
        raise Http404
    return found


def answer(shape: str, taken: Taken) -> HttpResponseBase:
    figure = taken.figure
    if shape == "csv":
        return csv_response(f"{taken.name}.csv", figure.csv_headings, figure.csv_rows)
    if shape == "xlsx":
        return xlsx.response(f"{taken.name}.xlsx", [data_sheet(figure), notes_sheet(taken)])
    if shape == "json":
        return _attached(as_json(taken), "application/json", f"{taken.name}.json")
    if shape == "svg":
        return _attached(as_svg(taken), "image/svg+xml", f"{taken.name}.svg")
    if shape in PICTURES:
        return picture(taken, shape)
    return framed(taken) if shape == "insertar" else ways_out(taken)


def ways_out(taken: Taken) -> HttpResponse:
    """The page that lists them, with the permanent link where somebody has made it for this version of the data."""
    found = pinned(address=taken.page_path, figure=taken.figure.key, version=data_version())
    context: dict[str, Any] = {"taken": taken}
    if found is not None:
        url = taken.request.build_absolute_uri(found.get_absolute_url())
        fixed = f"{url}fija/"
        context["pinned"] = {"url": url, "fixed": fixed, "frame_code": frame_code(fixed, taken.title)}
    return render(taken.request, "datasets/takeaway.html", context)


def data_sheet(figure: Figure) -> xlsx.Sheet:
    def rows() -> Any:
        yield list(figure.csv_headings)
        yield from figure.csv_rows

    return xlsx.Sheet(gettext("Data"), rows(), widths=[22] * len(figure.csv_headings))


def notes_sheet(taken: Taken) -> xlsx.Sheet:
    """What a figure needs beside its numbers once it is away from its page."""
    figure = taken.figure
    rows: list[list[str]] = [[gettext("About this figure"), ""], [gettext("Title"), taken.title]]
    rows += [[gettext("What it shows"), strip_tags(str(figure.subtitle))]] if figure.subtitle else []
    rows += [[gettext("Of whom"), taken.place]]
    rows += [[gettext("Source, file, version and date"), source] for source in taken.sources]
    rows += [[gettext("Note"), strip_tags(str(note))] for note in figure.notes]
    rows += [
        [gettext("Data version"), str(data_version())],
        [gettext("Taken on"), day(timezone.now())],
        [gettext("Page"), taken.page_url],
        [
            gettext("Licence"),
            gettext("Charts: %(licence)s. Data keep the licence of their source.") % {"licence": LICENCE},
        ],
        [gettext("How to cite"), taken.citation],
    ]
    return xlsx.Sheet(gettext("Notes"), rows, widths=[32, 110])


def as_json(taken: Taken) -> str:
    figure = taken.figure
    content = {
        "title": taken.title,
        "subtitle": strip_tags(str(figure.subtitle or "")),
        "text": strip_tags(str(figure.text or "")),
        "place": taken.place,
        "language": get_language(),
        "columns": [str(name) for name in figure.csv_headings],
        "rows": [[_plain(value) for value in row] for row in figure.csv_rows],
        "sources": [
            {
                "publisher": str(one.publisher),
                "file": one.file,
                "detail": str(one.detail),
                "url": taken.request.build_absolute_uri(one.url),
            }
            for one in figure.sources
        ],
        "notes": [strip_tags(str(note)) for note in figure.notes],
        "data_version": data_version(),
        "page": taken.page_url,
        "licence": LICENCE,
        "citation": taken.citation,
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _plain(value: Any) -> Any:
    """Amounts as text: no reader loses cents to a binary fraction."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if value is None or isinstance(value, int | bool) else str(value)


def as_svg(taken: Taken, shape: Fraction | None = None) -> str:
    figure = taken.figure
    source = gettext("Source: %(files)s. Mesa de Datos, GESOC, data version %(version)s.") % {
        "files": "; ".join(taken.sources),
        "version": data_version(),
    }
    lines = [f"{taken.place}. {strip_tags(str(figure.subtitle or ''))}"]
    key = [(found[1], str(entry.label)) for entry in figure.key_list if (found := COLOUR.search(entry.swatch))]
    drawing = standalone(str(figure.chart), title=taken.title, lines=lines, source=source, key=key, shape=shape)
    if not drawing:
        raise Http404  # a table alone has no drawing
    return drawing


def picture(taken: Taken, shape: str) -> HttpResponse:
    """The worker draws it once; until then a page that asks for it again. Who wants many new ones in a minute waits."""
    paper, width = PICTURES[shape]
    order = pictures.Order(as_svg(taken, paper), width, {"Title": taken.title, "Description": taken.alternative})
    try:
        image = pictures.kept(order)
        if image is not None and taken.request.htmx:  # type: ignore[attr-defined]  # the waiting page's script asks
            return _waiting(taken, shape, working=False)
        if image:
            return _sent(image, "image/png", f"{taken.name}{shape.removeprefix('png')}.png")
        if image == pictures.FAILED:
            return _no_picture(gettext("This picture could not be drawn. Take the SVG instead."), 500)
        if not pictures.is_ordered(order):
            if seconds := pictures.too_many(taken.request):
                return _no_picture(
                    gettext("Too many pictures in one minute. Try again in a little while."), 429, seconds
                )
            pictures.give(order)
    except RedisError:
        return _no_picture(gettext("No pictures can be made at this moment. Take the SVG instead."), 503, 60)
    return _waiting(taken, shape, working=True)


def _no_picture(text: str, status: int, seconds: int | None = None) -> HttpResponse:
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return HttpResponse(text, status=status, headers=headers, content_type="text/plain; charset=utf-8")


def _waiting(taken: Taken, shape: str, *, working: bool) -> HttpResponse:
    context = {"taken": taken, "address": taken.path(shape), "seconds": ASK_AGAIN_SECONDS}
    response = refreshing(taken.request, "datasets/picture.html", context, working=working)
    if working:
        response.status_code = 202
        response["Retry-After"] = str(ASK_AGAIN_SECONDS)
    return response


def _attached(text: str, kind: str, name: str) -> HttpResponse:
    return _sent(text.encode(), f"{kind}; charset=utf-8", name)


def _sent(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def framed(taken: Taken) -> HttpResponse:
    """The figure alone, for other people's pages: the one kind of page that may be framed."""
    context = {"taken": taken, "figure": taken.figure, "title": taken.title, "page_url": taken.page_url}
    return may_be_framed(render(taken.request, "datasets/embed.html", context))


def may_be_framed(response: HttpResponse) -> HttpResponse:
    response.xframe_options_exempt = True  # read by Django's middleware
    response._csp_replace = {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]  # read by django-csp
    return response

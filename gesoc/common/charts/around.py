"""What stands around a drawing, written in one pass as the rows of a table are: a page has up to eight figures, and a template
looks up each of their thirty parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from gesoc.common.addresses import address

from .tables import said

if TYPE_CHECKING:
    from .frame import Figure, Provenance, Table


def figure_with(figure: Figure, slot: Any, level: str, bare: bool, request: HttpRequest | None) -> SafeString:
    """`slot` stands above the drawing; a bare figure leads nowhere."""
    acts = "" if bare else f'<div class="acts">{"".join(_acts(figure, request))}</div>'
    told = f'<p class="told">{said(figure.text)}</p>' if figure.text else ""
    shown = f'<div class="mt">\n{table_with(figure.table)}\n</div>' if figure.table and not figure.folded else ""
    written = (
        f'<figure class="fig" id="{said(figure.key)}"><figcaption><h{level} class="big">{said(figure.title)}</h{level}>'
        f"<p>{said(figure.subtitle)}</p>{told}</figcaption>{said(slot)}{said(figure.chart)}{_key(figure)}{shown}"
        f'<p class="src">{_sources(figure.sources)}{"".join(f" {said(note)}" for note in figure.notes)}</p>{acts}</figure>'
    )
    return mark_safe(written)  # noqa: S308 - every part went through `said`


def table_with(table: Table, region: bool = True, css: str = "") -> SafeString:
    """A table with its caption, in a part of the page that scrolls by itself."""
    name, note = said(table.id), f"<span>{said(table.note)}</span>" if table.note else ""
    dress = f"data {said(css)}" if css else "data"
    role = ' stack" role="table"' if table.stacked else '"'
    caption = f"{said(table.caption)}{note}"
    hidden = ' class="vh"' if table.hide_caption else ""
    written = f'<table class="{dress}{role}><caption id="{name}"{hidden}>{caption}</caption>{table.inside}</table>'
    around = f'<section class="scroll" tabindex="0" aria-labelledby="{name}">{written}</section>' if region else written
    return mark_safe(around)  # noqa: S308 - every part went through `said`


def _key(figure: Figure) -> str:
    entries = "".join(f"<li>{said(one.swatch)}{said(one.label)}</li>" for one in figure.key_list)
    return f'<ul class="key mt1">{entries}</ul>' if entries else ""


def _sources(sources: Any) -> str:
    told, words = "; ".join(_source(one) for one in sources), gettext("Source:")
    return f"{said(words)} {told}." if told else ""


def _source(one: Provenance) -> str:
    publisher = f"{said(one.publisher)}, " if one.publisher else ""
    detail = f", {said(one.detail)}" if one.detail else ""
    return f'{publisher}<a href="{said(one.url)}">{said(one.file)}</a>{detail}'


def _acts(figure: Figure, request: HttpRequest | None) -> Iterator[str]:
    """What can be done with it: seen as a table, taken away, used as evidence."""
    if figure.table and figure.folded:
        words = gettext("See the data")
        yield f"<details><summary>{said(words)}</summary>\n{table_with(figure.table)}\n</details>"
    if figure.csv_url:
        yield _link(figure, figure.csv_url, gettext("Download CSV"))
        yield _link(figure, figure.take_url, gettext("Take away"), ' rel="nofollow"')
    if figure.csv_url and figure.sources and request is not None:
        yield from _evidence(figure, request)
    for link in figure.links:
        yield f'<a href="{said(link.url)}">{said(link.label)}</a>'


def _evidence(figure: Figure, request: HttpRequest) -> Iterator[str]:
    """Its card, for who may write one; and the cards there are. Without the room of projects there are none."""
    try:
        freeze, cards = address("projects:freeze"), address("projects:evidence_list")
    except NoReverseMatch:
        return
    if request.user.is_authenticated:
        asked = f"?de={quote(request.get_full_path(), safe='')}&amp;figura={said(figure.key)}"
        yield _link(figure, mark_safe(freeze + asked), gettext("Use as evidence"))  # noqa: S308 - quoted
    asked = f"?de={quote(request.path, safe='')}&amp;figura={said(figure.key)}"
    yield _link(figure, mark_safe(cards + asked), gettext("What was done with it"), ' rel="nofollow"')  # noqa: S308 - quoted


def _link(figure: Figure, url: str, words: str, more: str = "") -> str:
    label = said(words)
    return f'<a href="{said(url)}"{more} aria-label="{label}: {said(figure.title)}">{label}</a>'

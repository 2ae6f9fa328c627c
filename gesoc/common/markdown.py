"""Markdown to clean HTML: what somebody typed never reaches a page but through the list of tags below."""

from __future__ import annotations

import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

TAGS = {
    *("p", "br", "strong", "em", "del", "code", "pre", "blockquote", "hr", "a", "ul", "ol", "li", "h2", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td", "sup", "section"),
}


# Nobody writes attributes: those of footnotes are the plugin's own.
ATTRIBUTES = {"a": {"href", "id", "class", "aria-label"}, "ol": {"start"}, "li": {"id"}, "section": {"class"}}
READER = MarkdownIt("commonmark", {"html": False}).enable("table").use(footnote_plugin)


def markdown(text: str) -> SafeString:
    """Tables, lists and footnotes, links to the web and to pages of ours; no HTML, no images from elsewhere.

    A footnote is `text[^1]` and a line `[^1]: …` anywhere below: told at the end, with a way there and back.
    """
    html = READER.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    clean = nh3.clean(
        _labelled(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned in the line above


def _labelled(html: str) -> str:
    """A heading above the notes, and words for links that are a number or an arrow."""
    there, back = _("Footnote"), _("Back to the text")
    html = html.replace('<hr class="footnotes-sep" />\n<section class="footnotes">', _HEADED % _("Footnotes"))
    html = html.replace('class="footnote-backref"', f'class="footnote-backref" aria-label="{back}"')
    return _REFERENCE.sub(lambda found: f'{found[1]} aria-label="{there} {found[2]}">[{found[2]}]', html)


_HEADED = '<section class="footnotes"><h2>%s</h2>'
_REFERENCE = re.compile(r'(<a href="#fn\d+" id="fnref[\d:]+")>\[(\d+)(?::\d+)?\]')

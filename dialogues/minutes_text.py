"""Minutes as text: written by the platform from what was captured, shown as safe HTML or set on paper.

The text is plain: a line that begins with ## is a heading, one with - an item of a list, an empty line ends a
paragraph. Everything else is shown letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


def heading(text: str) -> str:
    return f"## {_line(text)}"


def item(text: str) -> str:
    return f"- {_line(text)}"


def _line(text: str) -> str:
    return " ".join(text.split())


def join(sections: Iterable[Iterable[str]]) -> str:
    """Sections of lines with an empty line between them; empty sections leave nothing."""
    return "\n\n".join("\n".join(lines) for lines in map(list, sections) if lines) + "\n"


class Block(NamedTuple):
    kind: str  # "heading", "item" or "text"
    lines: list[str]  # headings or items, each on its own; the lines of one paragraph


def blocks(text: str) -> Iterator[Block]:
    for kind, lines in groupby(text.replace("\r\n", "\n").split("\n"), key=_kind):
        if kind != "blank":
            yield Block(kind, [_said(kind, line.strip()) for line in lines])


def to_html(text: str, level: int = 3) -> SafeString:
    html = []
    for kind, lines in blocks(text):
        if kind == "heading":
            html += [format_html("<h{0}>{1}</h{0}>", level, line) for line in lines]
        elif kind == "item":
            html.append(format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines))))
        else:
            html.append(format_html("<p>{}</p>", mark_safe("<br>".join(map(conditional_escape, lines)))))  # noqa: S308
    return mark_safe("".join(html))  # noqa: S308  # every piece was escaped above


def _said(kind: str, line: str) -> str:
    if kind == "heading":
        return line.lstrip("#").strip()
    return line[2:] if kind == "item" else line


def _kind(line: str) -> str:
    stripped = line.strip()
    if not stripped:
        return "blank"
    if stripped.startswith("##"):
        return "heading"
    return "item" if stripped.startswith("- ") else "text"

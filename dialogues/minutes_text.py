"""Minutes as text: written by the platform from what was captured, shown as safe HTML.

The text is plain: a line that begins with ## is a heading, one with - an item of a list, an empty line ends a
paragraph. Everything else is shown letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

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


def to_html(text: str, level: int = 3) -> SafeString:
    blocks = []
    for kind, lines in groupby(text.replace("\r\n", "\n").split("\n"), key=_kind):
        said = [line.strip() for line in lines]
        if kind == "heading":
            blocks += [format_html("<h{0}>{1}</h{0}>", level, line.lstrip("#").strip()) for line in said]
        elif kind == "item":
            items = format_html_join("", "<li>{}</li>", ((line[2:],) for line in said))
            blocks.append(format_html("<ul>{}</ul>", items))
        elif kind == "text":
            blocks.append(format_html("<p>{}</p>", mark_safe("<br>".join(conditional_escape(line) for line in said))))  # noqa: S308
    return mark_safe("".join(blocks))  # noqa: S308  # every piece was escaped above


def _kind(line: str) -> str:
    stripped = line.strip()
    if not stripped:
        return "blank"
    if stripped.startswith("##"):
        return "heading"
    return "item" if stripped.startswith("- ") else "text"

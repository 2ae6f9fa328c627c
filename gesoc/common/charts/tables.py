"""The rows of a table, written in one pass: a page has hundreds of cells, and a template looks up each of their parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from .frame import Column, Table, TableCell


def said(value: Any) -> str:
    """As a template writes it: numbers as the language does, everything escaped that is not known to be safe."""
    if type(value) is str:
        return escape(value)
    return value if type(value) is SafeString else conditional_escape(localize(value))


def inside(table: Table) -> SafeString:
    """Head, rows and foot. A stacked table says its roles: on phones its parts are no longer shown as a table's."""
    group, line, head, term, cell = ROLES if table.stacked else NO_ROLES
    heads = "".join(_heading(column, head) for column in table.columns)
    rows = "".join(f"<tr{line}>{_cells(row, term, cell, labelled=table.stacked)}</tr>" for row in table.rows)
    foot = f"<tfoot><tr>{_cells(table.foot)}</tr></tfoot>" if table.foot else ""
    written = f"<thead{group}><tr{line}>{heads}</tr></thead><tbody{group}>{rows}</tbody>{foot}"
    return mark_safe(written)  # noqa: S308 - every part went through `said`


ROLES = tuple(f' role="{name}"' for name in ("rowgroup", "row", "columnheader", "rowheader", "cell"))
NO_ROLES = ("",) * len(ROLES)


def _heading(column: Column, role: str) -> str:
    if column.is_bar:
        return '<td class="bar"></td>'
    css = f' class="{said(column.css)}"' if column.css else ""
    sort = f' aria-sort="{said(column.sort)}"' if column.sort else ""
    label = said(column.label)
    shown = f'<a href="{said(column.url)}">{label}</a>' if column.url else label
    return f'<th scope="col"{role}{css}{sort}>{shown}</th>'


def _cells(row: Sequence[TableCell], term: str = "", role: str = "", *, labelled: bool = False) -> str:
    return "".join(_written(row, term, role, labelled))


def _written(row: Sequence[TableCell], term: str, role: str, labelled: bool) -> Iterable[str]:
    for number, (text, css, label) in enumerate(row):
        if not number:
            yield f'<th scope="row"{term}>{said(text)}</th>'
            continue
        of = f' data-l="{said(label)}:"' if labelled else ""
        dress = f' class="{said(css)}"' if css else ""
        yield f"<td{role}{of}{dress}>{said(text)}</td>"

"""What stands around a drawing: the finding as title, the table with the same numbers, their files, the CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import tables


class Column(NamedTuple):
    label: Any
    css: str = ""  # n: number; opt: gone on phones
    is_bar: bool = False
    url: str = ""  # orders the table by it
    sort: str = ""  # ascending | descending, if the table is ordered by it


class TableCell(NamedTuple):
    text: Any
    css: str = ""
    label: Any = ""  # of its column


@dataclass(frozen=True)
class Table:
    id: str
    caption: Any
    columns: Sequence[Column]
    rows: Sequence[Sequence[TableCell]]
    foot: Sequence[TableCell] = ()
    note: Any = ""
    hide_caption: bool = False
    stacked: bool = False  # on phones every row is a block of its own

    @property
    def inside(self) -> SafeString:
        return tables.inside(self)


class Provenance(NamedTuple):
    """A file that the numbers of a figure were read from."""

    publisher: str
    file: str
    url: str
    detail: str = ""
    ingest: int = 0  # the reading of the file
    releases: tuple[int, ...] = ()  # those of the reading that the numbers are of


class Action(NamedTuple):
    label: Any
    url: str


@dataclass(frozen=True)
class Later:
    """Rows that are made when somebody takes them away, which hardly any reader of a page does; as often as they are read."""

    make: Callable[[], Iterable[Sequence[Any]]]

    def __iter__(self) -> Iterator[Sequence[Any]]:
        return iter(self.make())


class KeyEntry(NamedTuple):
    swatch: SafeString
    label: Any


@dataclass(frozen=True)
class Figure:
    key: str  # its address within the page: #key, ?figura=key
    title: Any
    subtitle: Any
    table: Table
    chart: str = ""
    sources: Sequence[Provenance] = ()
    notes: Sequence[Any] = ()
    links: Sequence[Action] = ()
    key_list: Sequence[KeyEntry] = ()
    folded: bool = False  # the table waits behind "See the data"
    wide: bool = False  # takes the whole width of the page
    text: Any = ""  # a short paragraph written from the data
    csv_url: str = ""  # …formato=csv&figura=…: every other shape is one word away
    # What the CSV holds: bare exact values, not the rounded ones that the table shows.
    csv_headings: Sequence[str] = ()
    csv_rows: Iterable[Sequence[Any]] = ()

    @property
    def take_url(self) -> str:
        """The page with every shape in which it can leave."""
        return self.csv_url.replace("formato=csv", "formato=llevar")


def row(columns: Sequence[Column], texts: Iterable[Any]) -> list[TableCell]:
    """One row whose cells are dressed as their columns."""
    return [
        TableCell(text, "bar" if column.is_bar else column.css, column.label)
        for column, text in zip(columns, texts, strict=True)
    ]


def link(text: Any, url: str) -> Any:
    return format_html('<a href="{}">{}</a>', url, text) if url else text


def hung(swatch: SafeString, text: Any) -> SafeString:
    """A square of colour and the name it belongs to, aligned when the name breaks."""
    return format_html('<span class="hang">{}{}</span>', swatch, text)

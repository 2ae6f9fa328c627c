"""Boxes that narrow a list, with how many rows each would show: counted in one pass, however many facets there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


class Choice(NamedTuple):
    """One box of a filter: how many rows it would show beside those the other filters leave."""

    value: str
    label: str
    found: int
    chosen: bool


class Facet(NamedTuple):
    name: str
    choices: list[Choice]


class Tally(NamedTuple):
    """How many rows fit every filter, and of each facet: value -> how many fit all others."""

    total: int
    found: dict[str, dict[str, int]]


def tally(
    rows: QuerySet[Any],
    facets: Iterable[str],
    chosen: Mapping[str, Collection[str]] | None = None,
    *,
    several: Collection[str] = (),
    within: tuple[str, QuerySet[Any]] | None = None,
) -> Tally:
    """`rows` are `.values()` with a column for each facet; those in `several` are arrays. NULL is no value.

    `within` keeps the rows whose column of that name is among the values of another query.

    The rows are found once and kept by the database while each facet is counted; one query a facet would find them anew
    each time, and ten thousand organisations cost five milliseconds a time.
    """
    try:
        inner, arguments = _inner(rows, within)
    except EmptyResultSet:  # no row can fit
        return Tally(0, {name: {} for name in facets})

    def fits(*but: str) -> str:
        tests = ["TRUE"]
        for name, values in (chosen or {}).items():
            if values and name not in but:
                column = connection.ops.quote_name(name)
                tests.append(
                    f"{column}::text[] && %s::text[]" if name in several else f"{column}::text = ANY(%s::text[])"
                )
                arguments.append([*values])
        return " AND ".join(tests)

    parts = [f"SELECT '', NULL, count(*) FROM found WHERE {fits()}"]  # noqa: S608  # names of facets, from the code
    for name in facets:
        column = connection.ops.quote_name(name)
        value = f"{column}::text[]" if name in several else f"{column}::text"
        counted = f"SELECT {value} AS one, count(*) AS n FROM found WHERE {fits(name)} GROUP BY 1"  # noqa: S608
        if name in several:  # rows share few arrays: these are taken apart, not the rows
            counted = f"SELECT v AS one, sum(n)::int AS n FROM ({counted}) a, unnest(one) v GROUP BY 1"  # noqa: S608
        parts.append(f"SELECT '{name}', one, n FROM ({counted}) c")  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"WITH found AS MATERIALIZED ({inner}) {' UNION ALL '.join(parts)}", arguments)
        return _told(cursor.fetchall(), facets)


def _inner(rows: QuerySet[Any], within: tuple[str, QuerySet[Any]] | None) -> tuple[str, list[Any]]:
    sql, parameters = rows.order_by().query.sql_with_params()
    if within is None:
        return sql, [*parameters]
    column, among = within
    kept, more = among.order_by().query.sql_with_params()
    name = connection.ops.quote_name(column)
    return f"SELECT * FROM ({sql}) r WHERE {name} IN ({kept})", [*parameters, *more]  # noqa: S608


def _told(rows: Iterable[tuple[str, str | None, int]], facets: Iterable[str]) -> Tally:
    total, found = 0, {name: dict[str, int]() for name in facets}
    for name, value, count in rows:
        if not name:
            total = count
        elif value is not None:
            found[name][value] = count
    return Tally(total, found)


def facet(name: str, counts: Mapping[str, int], labels: Mapping[Any, Any], picked: Collection[str] = ()) -> Facet:
    """The boxes of one facet, what is most often first."""
    choices = [Choice(value, str(labels.get(value, value)), count, value in picked) for value, count in counts.items()]
    return Facet(name, sorted(choices, key=lambda choice: (-choice.found, choice.label)))

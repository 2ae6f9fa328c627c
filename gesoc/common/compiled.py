"""Questions of pages whose SQL Django writes once for each process.

To put a question together and to write its SQL takes Django longer than the database takes to answer it, and on a public
page it is the same text each time with other values. `compiled_once` stands above a function that gives a queryset: the
function runs the first time for each kind of values, and afterwards its SQL is asked with the values of the call.

What may be a value: a text, a whole number, a moment. Anything else (None, a function, a member of an enumeration) belongs
to what is asked, and each gets a text of its own. The function is run twice with two sets of marks: where the two texts
differ, where a mark is not found again as it was given, or where something else among the values moved (the clock), it is
refused at the first call, in any test that comes by. What it asks must depend on its arguments alone: no user, no language,
no day.

What is asked goes through the same cursor as ever, so that questions are prepared, counted and logged alike. See
docs/adr/compiled-questions.md.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")
Value = str | int | datetime.datetime
EPOCH = datetime.datetime(1901, 1, 1, tzinfo=datetime.UTC)


class Kept(NamedTuple):
    """A question that was written: `places` says which argument stands at which of its parameters."""

    queryset: QuerySet[Any]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]


def compiled_once(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """The rows of the queryset that `build` gives, which takes positional arguments alone."""
    known: dict[Hashable, Kept] = {}

    @wraps(build)
    def ask(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
        assert not kwargs, "Values are told apart by their places."
        kind = tuple(type(one) if is_value(one) else one for one in args)
        if kind not in known:
            known[kind] = written(build, args)
        return rows_of(known[kind], args)

    return ask


def is_value(given: Any) -> bool:
    return type(given) in (str, int, datetime.datetime)


def written(build: Callable[..., QuerySet[Any, Any]], args: tuple[Any, ...]) -> Kept:
    first, second = (asked(build, args, number) for number in (1, 2))
    if first.sql != second.sql or first.places != second.places or others(first) != others(second):
        raise ValueError(f"{build.__qualname__} asks for something else with other values: it cannot be compiled once.")
    missing = {number for number, one in enumerate(args) if is_value(one)} - {number for _at, number in first.places}
    if missing:
        raise ValueError(f"{build.__qualname__} does not pass on its arguments {sorted(missing)} as they are.")
    return first


def asked(build: Callable[..., QuerySet[Any, Any]], args: tuple[Any, ...], turn: int) -> Kept:
    marks = [mark(one, number, turn) if is_value(one) else None for number, one in enumerate(args)]
    queryset = build(*[one if marks[number] is None else marks[number] for number, one in enumerate(args)])
    compiler = queryset.query.get_compiler(using=queryset.db)
    sql, params = compiler.as_sql()
    found = [(at, marks.index(one)) for at, one in enumerate(params) if is_value(one) and one in marks]
    return Kept(queryset, compiler, sql, tuple(params), tuple(found))


def mark(given: Value, number: int, turn: int) -> Value:
    """A value that nobody asks for, of the same type."""
    one = 1_900_000_000 + 1_000 * turn + number
    if isinstance(given, datetime.datetime):
        return EPOCH + datetime.timedelta(seconds=one)
    return one if isinstance(given, int) else f"mark {one}"


def others(kept: Kept) -> list[Any]:
    places = {at for at, _number in kept.places}
    return [one for at, one in enumerate(kept.params) if at not in places]


def rows_of(kept: Kept, args: tuple[Any, ...]) -> list[Any]:
    """As the queryset itself would read them, with what it fetches besides."""
    params = list(kept.params)
    for at, number in kept.places:
        params[at] = args[number]
    compiler: Any = copy.copy(kept.compiler)
    compiler.connection = connections[kept.queryset.db]  # this thread's
    compiler.as_sql = lambda *args, **kwargs: (kept.sql, tuple(params))
    found = kept.queryset.all()
    found.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
    return list(found)

"""Questions of public pages, planned once for each connection.

To plan a page's questions takes the database three times as long as to answer them, and they are always the same ones with other
values. What one connection asks for the second time is prepared there under a name (`PREPARE`) and from then on only named
(`EXECUTE`), as newer drivers do by themselves. This is for pages that read, asked for without a session and outside of any
transaction: a question that cannot be prepared, or whose tables have changed since, is asked again as it is written, which a
transaction that has met an error would not let us do.

A plan is made once, for any value: left to itself PostgreSQL would make five for the first five values, and a connection that
lives for a minute hardly asks more often. What depends on its values so much that one plan cannot suit them (words, fragments,
patterns, spans of amounts or days) is never prepared. See docs/adr/prepared-questions.md.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]
AGAIN = 2  # what is asked once is not worth a name
MOST = 150  # of one connection: some 40 kB of the server's memory each
LONGEST = 20_000  # characters; a list of thousands of keys is asked once
# Operators and functions whose answer is few rows or nearly all of them, depending on the value.
BY_VALUE = re.compile(r"@@|@>|\bLIKE\b|\bSIMILAR\b| ~\*? |tsquery", re.IGNORECASE)
SPAN = re.compile(r"[<>]=? \$(\d+)")
OF_LISTS = re.compile(r'"datasets_contract"\."release_id" (?:= ANY\(|IN \(\$|= \$)')
SPANS = ("numeric", "date")  # of which a span is few rows or nearly all; years and moments stand beside a key
# Classes of errors: no connection, no room, the time is up or the server stops, the system fails.
TROUBLE = ("08", "53", "57", "58", "XX")
IS_THERE = "42P05"  # prepared already, under a name that tells what it is
PLACE = re.compile(r"(?<!NOT )\bIN \((?P<many>%s(?:, %s)+)\)|%(?P<one>s|%)")
ONE_PLAN = "SET plan_cache_mode = force_generic_plan"


def prepared_questions(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: around what anybody may read."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (
            not settings.PREPARED_QUESTIONS
            or request.method != "GET"
            or settings.SESSION_COOKIE_NAME in request.COOKIES
        ):
            return get_response(request)
        with connection.execute_wrapper(ask):
            return get_response(request)

    return middleware


def ask(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper of Django's: the question by its name if it has one, else as it is written."""
    if not may_be_named(sql, many, context):
        return execute(sql, params, many, context)
    question = Question.of(sql, tuple(params or ()))
    book = book_of(context["connection"])
    if question is None or not book.has(question, execute, context):
        return execute(sql, params, many, context)
    try:
        return execute(question.call, question.values or None, False, context)
    except DatabaseError as error:
        if not was_refused(error):
            raise
        book.give_up(question, execute, context)
        return execute(sql, params, many, context)


def was_refused(error: DatabaseError) -> bool:
    """Did the database refuse what it was asked? Where it is gone, full or out of time, to ask again would not help."""
    code = getattr(error.__cause__, "pgcode", None)
    return isinstance(code, str) and code[:2] not in TROUBLE


def may_be_named(sql: str, many: bool, context: dict[str, Any]) -> bool:
    """A question, outside of a transaction, whose rows are all fetched at once."""
    own = context["connection"]
    return (
        not many
        and own.vendor == "postgresql"
        and sql.startswith(("SELECT", "(SELECT"))  # the latter: one of several put together
        and len(sql) <= LONGEST
        and own.get_autocommit()
        and not own.in_atomic_block
        and getattr(context["cursor"].cursor, "name", None) is None  # else the cursor's name stands before it
    )


class Question:
    """What is asked without what it is asked about: the text, and the type of each value.

    Members of an enumeration (a status, a kind) are part of the text, so that an index over one of them can be used. A list
    of keys is one value: what is asked of nine releases is what was asked of ten.
    """

    __slots__ = ("call", "name", "text", "types", "values")

    def __init__(self, text: str, types: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self.text, self.types, self.values = text, types, values
        said = f"{text}|{types}".encode()
        # By what it says: even behind a pool that mixes up sessions, a name never stands for another question.
        self.name = f"asked_{hashlib.blake2b(said, digest_size=12).hexdigest()}"
        self.call = f"EXECUTE {self.name}" + (f" ({', '.join(['%s'] * len(values))})" if values else "")

    @classmethod
    def of(cls, sql: str, params: tuple[Any, ...]) -> Question | None:
        """None where a value has no type of its own here."""
        types: list[str] = []
        values: list[Any] = []
        given = iter(params)

        def put(value: Any, kind: str) -> str:
            types.append(kind)
            values.append(value)
            return f"${len(values)}"

        def place(found: re.Match[str]) -> str:
            if found["one"] == "%":
                return "%"
            some = list(islice(given, found["many"].count("%s") if found["many"] else 1))
            if found["many"] and (kind := type_of_keys(some)):
                return f"= ANY({put(some, kind)})"
            said = [in_text(one) if in_text(one) else put(one, type_of(one)) for one in some]
            return f"IN ({', '.join(said)})" if found["many"] else said[0]

        text = PLACE.sub(place, sql) if params else sql
        return None if "" in types else cls(text, tuple(types), tuple(values))

    @property
    def depends_on_its_values(self) -> bool:
        """Within lists that it names it is answered along their key, whatever it looks for there."""
        if OF_LISTS.search(self.text):
            return False
        return bool(BY_VALUE.search(self.text)) or any(
            self.types[int(number) - 1] in SPANS for number in SPAN.findall(self.text)
        )

    @property
    def statement(self) -> str:
        types = f" ({', '.join(self.types)})" if self.types else ""
        return f"PREPARE {self.name}{types} AS {self.text}"


def in_text(value: Any) -> str:
    """A member of an enumeration as it is written; empty for any other value."""
    if isinstance(value, Enum) and isinstance(value.value, str):
        return "'{}'".format(value.value.replace("'", "''"))
    return ""


def type_of_keys(values: Sequence[Any]) -> str:
    """Of a list of whole numbers; empty for any other list."""
    kinds = {"" if isinstance(value, Enum) else type_of(value) for value in values}
    if not kinds <= {"integer", "bigint"}:
        return ""
    return "integer[]" if kinds == {"integer"} else "bigint[]"


def type_of(value: Any) -> str:
    """The type that the value has where psycopg2 writes it into the text; empty for what is not asked by name."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if -(2**31) < value < 2**31 else "bigint" if -(2**63) < value < 2**63 else ""
    if value is None or isinstance(value, str):
        return "unknown"  # the database finds it, as it does for a text in quotes
    if isinstance(value, datetime):
        return "timestamptz" if value.tzinfo else "timestamp"
    if isinstance(value, date):
        return "date"
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return "text[]"  # keys of a document
    return "numeric" if isinstance(value, Decimal) else ""


class Book:
    """What one connection has prepared, the longest unasked first; and how often it was asked for the rest."""

    def __init__(self) -> None:
        self.names: OrderedDict[str, None] = OrderedDict()
        self.asked: OrderedDict[str, float] = OrderedDict()  # -inf: never again
        self.plans_once = False

    def has(self, question: Question, execute: Any, context: dict[str, Any]) -> bool:
        if question.name in self.names:
            self.names.move_to_end(question.name)
            return True
        times = self.asked.get(question.name, 0) + 1
        self.asked[question.name] = times
        self.asked.move_to_end(question.name)
        if len(self.asked) > 10 * MOST:
            self.asked.popitem(last=False)
        return times >= AGAIN and self.prepare(question, execute, context)

    def prepare(self, question: Question, execute: Any, context: dict[str, Any]) -> bool:
        if question.depends_on_its_values:
            self.asked[question.name] = float("-inf")
            return False
        first = "" if self.plans_once else f"{ONE_PLAN}; "
        try:
            execute(first + question.statement, None, False, context)
            self.plans_once = True
        except DatabaseError as error:  # "could not determine data type of parameter $1"
            if not was_refused(error):
                raise
            if getattr(error.__cause__, "pgcode", "") != IS_THERE:
                self.asked[question.name] = float("-inf")
                return False
        self.names[question.name] = None
        if len(self.names) > MOST:
            oldest, _none = self.names.popitem(last=False)
            self.asked.pop(oldest, None)
            forget(oldest, execute, context)
        return True

    def give_up(self, question: Question, execute: Any, context: dict[str, Any]) -> None:
        """Its plan does not hold any more, or a value did not suit it. It may be prepared anew, from the beginning."""
        self.names.pop(question.name, None)
        self.asked.pop(question.name, None)
        forget(question.name, execute, context)


def forget(name: str, execute: Any, context: dict[str, Any]) -> None:
    try:
        execute(f"DEALLOCATE {name}", None, False, context)
    except DatabaseError as error:  # it is not there: somebody discarded all, or a pool gave us another session
        if not was_refused(error):
            raise


def book_of(own: Any) -> Book:
    """Of the session that is open now: a new one knows nothing of what another has prepared."""
    session, book = getattr(own, "prepared_book", (None, None))
    if session is not own.connection or book is None:
        book = Book()
        own.prepared_book = (own.connection, book)
    return book

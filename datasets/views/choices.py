"""What the address says was chosen. An answer that is none of the choices is the default, never an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from datasets.ingest.numbers import by_either_mark

T = TypeVar("T")

# Spanish words of the address for the moments of the budget.
MOMENTS = {
    "aprobado": "approved",
    "ampliaciones": "adjustments",
    "modificado": "modified",
    "comprometido": "committed",
    "devengado": "accrued",
    "ejercido": "exercised",
    "pagado": "paid",
    "reportado": "reported",
    "estimado": "estimated",
    "recaudado": "collected",
}
WORDS = {moment: word for word, moment in MOMENTS.items()}
LONGEST_AMOUNT = 40
OF_ONE_ANSWER = ("formato", "figura", "pagina")
# English words that the API uses for the same ways of telling expenditure apart.
ALIASES = {"object": "objeto", "function": "funcion", "unit": "unidad", "chapter": "objeto"}


class Option(NamedTuple):
    value: str
    label: Any
    chosen: bool


def picked(params: QueryDict, name: str, choices: Iterable[T], default: T) -> T:
    """The choice whose text is the parameter's; else the default."""
    by_text = {str(choice): choice for choice in choices}
    given = params.get(name, "")
    return by_text.get(ALIASES.get(given, given), default)


def picked_moment(params: QueryDict, stated: list[str], default: str) -> str:
    given = params.get("momento", "")
    moment = MOMENTS.get(given, given)
    return moment if moment in stated else default


def options(labels: Mapping[str, Any], chosen: str) -> list[Option]:
    return [Option(value, label, value == chosen) for value, label in labels.items()]


def query_with(params: QueryDict, **changes: str | None) -> str:
    """The address of the same page with some parameters changed; None takes one away."""
    query = {name: values for name, values in params.lists() if name not in OF_ONE_ANSWER}
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = [value]
    return "?" + "&".join(_pair(name, one) for name, values in query.items() for one in values) if query else "."


@lru_cache(maxsize=8_192)
def _pair(name: str, value: str) -> str:
    """Few of them, and a page writes each dozens of times."""
    return urlencode([(name, value)])


def typed_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def typed_amount(text: str) -> Decimal | None:
    """An amount typed by a person, as files print them: 1,200,000, 1'200,000.50, 1200000.50 or 1.200.000,50."""
    value = next(by_either_mark(text[:LONGEST_AMOUNT]), None)
    return value if value is not None and value.is_finite() and abs(value) < Decimal(10) ** 16 else None

"""What the registers share: the texts of a row, percentages, and amounts that a row states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from datasets.ingest.chunks import Amount
from datasets.ingest.contract_lines import Row, day, link
from gesoc.common.text import search_text

_PERCENT = re.compile(r"-?\d{1,5}(?:[.,]\d+)?")


def cents_of(amounts: dict[str, Amount], names: Sequence[str], number: int) -> dict[str, int | None]:
    """The amounts that a row states; None where it states none."""
    return {
        name: None if name not in amounts or amounts[name].null[number] else int(amounts[name].cents[number])
        for name in names
    }


def dates_of(row: Row, dates: dict[str, str]) -> dict[str, Any]:
    return {column: day(row[name]) for name, column in dates.items()}


def searchable(*texts: str) -> str:
    return search_text(" ".join(texts))


def url_of(row: Row) -> str:
    return link(row["source_url"])


def percent(text: str, *, share: bool = False) -> Decimal | None:
    """``69.09``, ``70 %``; `share` says that the column prints 0.7 for 70 %. None for what is no percentage."""
    match = _PERCENT.fullmatch(text.replace("%", "").strip())
    if not match:
        return None
    try:
        value = Decimal(match[0].replace(",", "."))
    except InvalidOperation:
        return None
    value = (value * 100 if share and "%" not in text else value).quantize(Decimal("0.01"))
    return value if 0 <= value < 1000 else None


def prints_shares(texts: Sequence[str]) -> bool:
    """Whether a column of percentages runs from 0 to 1: no value beyond 1, and some strictly between."""
    values = [value for text in texts if text and "%" not in text and (value := percent(text)) is not None]
    return any(0 < value < 1 for value in values) and all(value <= 1 for value in values)

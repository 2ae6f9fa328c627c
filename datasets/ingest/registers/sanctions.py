"""Sanctioned suppliers: what the authorities resolved, as their registers print it."""

from __future__ import annotations

import re
from typing import Any

from datasets.ingest.bodies import Territory
from datasets.ingest.chunks import Amount
from datasets.ingest.columns import ColumnMapping
from datasets.ingest.contract_lines import Row, clean_rfc, texts_of
from datasets.ingest.dictionary import remembered
from gesoc.common.text import search_text

from .base import cents_of, dates_of, searchable, url_of

CENTS = ("fine",)
DATES = {
    "notified_on": "notified_on",
    "resolved_on": "resolved_on",
    "start_date": "starts_on",
    "end_date": "ends_on",
}
TELLING = ("supplier_name", "supplier_rfc", "file_number")
COLUMNS = (
    "supplier_id",
    "supplier_name",
    "authority",
    "file_number",
    "facts",
    "outcome",
    "outcome_raw",
    *DATES.values(),
    "term_raw",
    "term_months",
    *CENTS,
    "url",
    "search_text",
)
#: What such a list is called above its headings.
TITLE = r"\b(proveedores|contratistas|licitantes|empresas|personas)\b.*(sancionad|inhabilitad)"
EVIDENCE = ("outcome_raw", "facts", "term_raw", "resolved_on", "notified_on", "file_number", "fine", "end_date")
DATED_BY = ("resolved_on", "notified_on", "start_date")
#: Fields of which a list that is no summary of others has one.
NAMES = frozenset({"supplier_name", "supplier_rfc", "file_number"})
_TERM = re.compile(r"(\d{1,3})\s*(anos?|mes(?:es)?)\b")


def enough(mapping: ColumnMapping, said: bool = False) -> bool:
    found = sum(name in EVIDENCE for name in mapping.fields.values())
    return mapping.has("supplier_name", "supplier_rfc") and found >= (1 if said else 2)


def beats_contracts(mapping: ColumnMapping) -> bool:
    """Its headings are plain: no contract has them."""
    return True


def rows(
    columns: dict[str, Any], amounts: dict[str, Amount], count: int, territory: Territory, state: str | None
) -> list[dict[str, Any]]:
    texts = texts_of(columns, amounts)
    return [_sanction(Row(texts, number), amounts, number) for number in range(count)]


def _sanction(row: Row, amounts: dict[str, Amount], number: int) -> dict[str, Any]:
    term = row["term_raw"]
    sanction: dict[str, Any] = {
        "supplier_name": row["supplier_name"],
        "supplier_rfc": clean_rfc(row["supplier_rfc"]),
        "authority": row["authority"],
        "file_number": row["file_number"],
        "facts": row["facts"],
        "outcome": outcome(row["outcome_raw"]),
        "outcome_raw": row["outcome_raw"],
        "term_raw": term,
        "term_months": months(term),
        "url": url_of(row),
    }
    sanction |= dates_of(row, DATES) | cents_of(amounts, CENTS, number)
    sanction["search_text"] = searchable(sanction["supplier_name"], sanction["authority"], sanction["file_number"])
    return sanction


@remembered(maxsize=1024)
def outcome(printed: str) -> str:
    """What was resolved; '' where the text does not say. An acquittal in a register of sanctions is no sanction."""
    words = search_text(printed)
    if "absolutoria" in words or "absuelt" in words or "sin sancion" in words:
        return "cleared"
    fined, barred = "multa" in words or "economica" in words, "inhabilita" in words
    if fined and barred:
        return "both"
    if fined or barred:
        return "fined" if fined else "disqualified"
    return "sanctioned" if "sancion" in words else ""


@remembered(maxsize=1024)
def months(printed: str) -> int | None:
    """``2 AÑOS 6 MESES`` is 30; None where no years or months are stated."""
    parts = _TERM.findall(search_text(printed))
    total = sum(int(number) * (12 if unit.startswith("an") else 1) for number, unit in parts)
    return total if 0 < total < 1200 else None

"""Public debt: the platform's form (SIPOT XXII) and the analytical statement of the law of financial discipline."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from datasets.ingest.bodies import Territory
from datasets.ingest.chunks import Amount
from datasets.ingest.columns import ColumnMapping
from datasets.ingest.contract_lines import Row, texts_of
from datasets.ingest.dates import parse_date
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area
from datasets.ingest.relations import what_is_left
from datasets.ingest.shapes import DEBT_AMOUNTS

from .base import cents_of, dates_of, searchable, url_of

CENTS = DEBT_AMOUNTS
DATES = {"date_signed": "signed_on", "maturity_date": "matures_on"}
TELLING = ("debt_name", "creditor", "debtor", "debt_type", "notes", *CENTS)
COLUMNS = (
    "is_none",
    "name",
    "group",
    "type_raw",
    "creditor",
    "debtor",
    "purpose",
    "guarantee",
    "rate_raw",
    "term_raw",
    *CENTS,
    *DATES.values(),
    "notes",
    "url",
    "search_text",
)
#: What such a list is called above its headings.
TITLE = (
    r"deuda publica|\bdeuda\b|creditos (contratados|vigentes)|\bemprestitos?\b|financiamientos (contratados|vigentes)"
)
EVIDENCE = (
    "creditor",
    "debtor",
    "debt_type",
    "debt_name",
    "rate_raw",
    "term_raw",
    "maturity_date",
    "guarantee",
    "purpose",
    *CENTS,
)
DATED_BY = ("date_signed",)
#: Fields of which a list that is no summary of others has one.
NAMES = frozenset({"debt_name", "creditor", "debtor"})
_NONE = re.compile(
    r"\bno (se )?(ha|han|tiene|cuenta|cuentan|realizo|realiza|existe|existen|contrato|contrajo|genero|hay|presenta|aplica)\b"
    r"|\bsin (deuda|financiamientos?|emprestitos?|contratacion)"
)
_STATES_DEBT = ("debt_name", "creditor", "debtor", "debt_type", "maturity_date", "date_signed")


def enough(mapping: ColumnMapping, said: bool = False) -> bool:
    found = sum(name in EVIDENCE for name in mapping.fields.values())
    return found >= (2 if said else 3) and bool(mapping.moments)


def refine(area: Area, mapping: ColumnMapping) -> None:
    """``Saldo al 31 de diciembre de 2023``: the last day that is stated is the balance, the one before it the opening.

    One such column alone is the balance, unless another column already is.
    """
    _name_what_is_left(area, mapping)
    dated = sorted((day, column) for column, parts in area.paths.items() if (day := _balance_day(parts[-1])))
    dated = [(day, column) for day, column in dated if mapping.confidence.get(column) != "person"]
    if not dated or (len(dated) == 1 and mapping.has("balance")):
        return
    names = ["balance"] if len(dated) == 1 else ["opening", "balance"]
    for name, (_, column) in zip(names, dated[-2:], strict=True):
        taken = mapping.column(name)
        if taken is not None and taken != column:
            del mapping.fields[taken], mapping.confidence[taken]
        mapping.fields[column], mapping.confidence[column] = name, "similar"
        mapping.repeated.pop(column, None)


def _name_what_is_left(area: Area, mapping: ColumnMapping) -> None:
    """``Adeudo | Abonos | Falta por liquidar``: what is left of the first after the second is the balance."""
    whole, repaid = mapping.column("balance"), mapping.column("repaid")
    if whole is None or repaid is None or mapping.has("contracted") or mapping.confidence.get(whole) == "person":
        return
    free = [column for column in area.paths if column not in mapping.fields]
    left = what_is_left(area, whole, repaid, free)
    if len(left) == 1:
        mapping.fields[whole], mapping.fields[left[0]] = "contracted", "balance"
        mapping.confidence[left[0]] = "values"
        mapping.repeated.pop(left[0], None)


def _balance_day(heading: str) -> date | None:
    words = fold(heading)
    return parse_date(words) if words.startswith("saldo") else None


def beats_contracts(mapping: ColumnMapping) -> bool:
    """Its headings are plain: no contract has them."""
    return True


def rows(
    columns: dict[str, Any], amounts: dict[str, Amount], count: int, territory: Territory, state: str | None
) -> list[dict[str, Any]]:
    texts = texts_of(columns, amounts)
    return [_debt(Row(texts, number), amounts, number) for number in range(count)]


def _debt(row: Row, amounts: dict[str, Amount], number: int) -> dict[str, Any]:
    cents = cents_of(amounts, CENTS, number)
    notes = row["notes"]
    debt: dict[str, Any] = {
        "is_none": is_none(row, cents),
        "name": row["debt_name"],
        "group": row["debt_group"],
        "type_raw": row["debt_type"],
        "creditor": row["creditor"],
        "debtor": row["debtor"],
        "purpose": row["purpose"],
        "guarantee": row["guarantee"],
        "rate_raw": row["rate_raw"],
        "term_raw": row["term_raw"],
        "notes": notes,
        "url": url_of(row),
    }
    debt |= cents | dates_of(row, DATES)
    debt["search_text"] = searchable(debt["name"], debt["creditor"], debt["debtor"], debt["purpose"])
    return debt


def is_none(row: Row, cents: dict[str, int | None]) -> bool:
    """A row without any credit whose note says that there is none: a statement, not a debt of zero pesos."""
    return (
        not any(cents.values())
        and not any(row[name] for name in _STATES_DEBT)
        and bool(_NONE.search(fold(row["notes"])))
    )

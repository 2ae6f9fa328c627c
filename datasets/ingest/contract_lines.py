"""Contract rows: procedure, supplier, dates and currency from text as printed to canonical values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from datasets.ingest.chunks import Amount
from datasets.ingest.dates import parse_date
from datasets.ingest.dictionary import remembered
from datasets.ingest.labelbook import distinct, stable_id
from datasets.ingest.numbers import is_not_stated
from datasets.ingest.shapes import Block
from gesoc.common.text import search_text

# A row is a contract when it says at least one of these.
TELLING = ("supplier_name", "supplier_rfc", "contract_number", "procedure_number", "title", "description")
AMOUNTS = ("amount_with_tax", "amount_without_tax", "amount_unspecified_tax", "amount_min", "amount_max")
DATES = {"award_date": "award_date", "date_signed": "signed_on", "start_date": "starts_on", "end_date": "ends_on"}
# RFC: 12 characters for a legal person, 13 for a natural one (SAT, Anexo 20).
RFC = re.compile(r"^([A-ZÑ&]{3,4})(\d{6})([A-Z0-9]{3})$")
LEGAL_FORM = re.compile(
    r"\b(s\s*a(\s*p\s*i)?(\s*b)?(\s*de)?\s*c\s*v|s\s*a|s\s*de\s*r\s*l(\s*de\s*c\s*v|\s*mi)?|s\s*c(\s*de\s*r\s*l)?|a\s*c|s\s*a\s*s|"
    r"s\s*n\s*c|i\s*a\s*p|s\s*p\s*r(\s*de\s*r\s*l)?)$"
)
GENERIC_SUPPLIERS = frozenset(
    {"persona fisica", "persona moral", "no aplica", "na", "n a", "varios", "sin dato", "hombre", "mujer"}
)
CURRENCIES = {
    "": "MXN",
    "peso": "MXN",
    "pesos": "MXN",
    "peso mexicano": "MXN",
    "pesos mexicanos": "MXN",
    "mnx": "MXN",
    "mxp": "MXN",
    "mn": "MXN",
    "m n": "MXN",
    "moneda nacional": "MXN",
    "nacional": "MXN",
    "mxn": "MXN",
    "dolar": "USD",
    "dolares": "USD",
    "dolar americano": "USD",
    "dolares americanos": "USD",
    "dlls": "USD",
    "dls": "USD",
    "us": "USD",
    "usd": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
}
# Codes of OCDS as Mexican publishers use them: limited is an award without competition, selective an invitation.
OCDS_METHODS = {"open": "open", "selective": "limited", "limited": "direct", "direct": "direct"}
UNKNOWN_CURRENCY = "XXX"  # ISO 4217: no currency


def keep_filled(
    block: Block, keep: npt.NDArray[np.bool_], telling: Sequence[str] = (*TELLING, *AMOUNTS)
) -> tuple[npt.NDArray[np.bool_], list[int]]:
    """Rows that say something about the thing they stand for, and the numbers of those that do not."""
    filled = np.zeros(len(block.rows), bool)
    for name in telling:
        if name in block.columns:
            texts, index = distinct(block.columns[name])
            said = np.fromiter((bool(text.strip()) and text.strip() != "0" for text in texts), bool, len(texts))
            filled |= said[index] if len(texts) else False
    return keep & filled, np.flatnonzero(keep & ~filled).tolist()


def contract_rows(columns: dict[str, Any], amounts: dict[str, Amount], count: int) -> list[dict[str, Any]]:
    """One dictionary of column values per contract, without keys (body, release, line)."""
    texts = texts_of(columns, amounts)
    return [_contract(Row(texts, row), amounts, row) for row in range(count)]


def texts_of(columns: dict[str, Any], amounts: dict[str, Amount]) -> dict[str, list[str]]:
    """The texts of all rows, trimmed, '' for what is missing; each distinct text is worked on and kept once."""
    return {name: _trimmed(column) for name, column in columns.items() if name not in amounts}


def _trimmed(column: Any) -> list[str]:
    texts, index = distinct(column)
    bare = [" ".join(text.split()) for text in texts]
    return list(map(bare.__getitem__, index.tolist()))


class Row:
    """The texts of one row; '' for what it does not have."""

    def __init__(self, texts: dict[str, list[str]], row: int) -> None:
        self._texts = texts
        self._row = row

    def __getitem__(self, name: str) -> str:
        column = self._texts.get(name)
        return column[self._row] if column else ""

    def first(self, *names: str) -> str:
        return next((text for name in names if (text := self[name])), "")


def _contract(row: Row, amounts: dict[str, Amount], number: int) -> dict[str, Any]:
    supplier = _supplier_name(row)
    contract: dict[str, Any] = {
        "procedure_number": row.first("procedure_number", "file_number", "record_id"),
        "contract_number": row["contract_number"],
        "method": procurement_method(row["procedure_type_raw"]),
        "method_raw": row["procedure_type_raw"],
        "category_raw": row["category_raw"],
        "title": row.first("title", "description", "work_description", "file_title"),
        "buyer_unit": row.first("procuring_unit_name", "requesting_area", "executing_area"),
        "supplier_name": supplier,
        "supplier_rfc": clean_rfc(row["supplier_rfc"]),
        "currency": currency(row["currency"]),
        "url": link(row.first("contract_url", "award_url", "notice_url")),
    }
    contract |= _values(amounts, number)
    contract |= {target: day(row[source]) for source, target in DATES.items()}
    contract["search_text"] = search_text(
        " ".join((contract["title"], supplier, contract["contract_number"], contract["procedure_number"]))
    )
    return contract


def _supplier_name(row: Row) -> str:
    whole = row["supplier_name"]
    if whole:
        return whole
    return " ".join(
        part for part in (row["supplier_given_name"], row["supplier_surname_1"], row["supplier_surname_2"]) if part
    )


def _values(amounts: dict[str, Amount], number: int) -> dict[str, Any]:
    """The contract's value in cents: with tax where published, else without, else unstated; a printed 0 beside a
    maximum only means that the maximum applies."""
    cents = {
        name: None if amounts[name].null[number] else int(amounts[name].cents[number])
        for name in AMOUNTS
        if name in amounts
    }
    value, basis = None, ""
    for name, said in (
        ("amount_with_tax", "with"),
        ("amount_without_tax", "without"),
        ("amount_unspecified_tax", "unstated"),
    ):
        if cents.get(name):
            value, basis = cents[name], said
            break
    return {
        "amount": value,
        "tax_basis": basis,
        "amount_without_tax": cents.get("amount_without_tax") or None,
        "amount_with_tax": cents.get("amount_with_tax") or None,
        "amount_min": cents.get("amount_min") or None,
        "amount_max": cents.get("amount_max") or None,
    }


@remembered(maxsize=4096)
def procurement_method(printed: str) -> str:
    """OCDS method of a procedure as printed; '' where it cannot be told. Invitations are `limited` (see ADR)."""
    words = search_text(printed)
    if words in OCDS_METHODS:
        return OCDS_METHODS[words]
    if "adjudicacion" in words or "directa" in words or words == "ad" or words.startswith("adj dir"):
        return "direct"
    if "invitacion" in words or "restringid" in words or "simplificad" in words or words in ("i3p", "inv3", "ictp"):
        return "limited"
    if "licitacion" in words or "concurso" in words or words in ("lp", "lpn", "lpi"):
        return "open"
    return "direct" if words.startswith(("convenio", "adhesion")) else ""


@remembered(maxsize=1024)
def currency(printed: str) -> str:
    """ISO 4217 code; nothing printed means pesos, a word that is no currency (TEST) is XXX, never pesos."""
    words = search_text(printed)
    if words in CURRENCIES:
        return CURRENCIES[words]
    code = printed.strip().upper()
    return code if code in ("GBP", "JPY", "CAD", "CHF", "UDI", "CNY", "SEK") else _by_word(words)


def _by_word(words: str) -> str:
    if "peso" in words or "nacional" in words:
        return "MXN"
    if "dolar" in words or "usd" in words:
        return "USD"
    return "EUR" if "euro" in words else UNKNOWN_CURRENCY


def clean_rfc(printed: str) -> str:
    """The RFC without dashes and blanks, '' if what is printed has not its shape."""
    bare = re.sub(r"[\s\-.]", "", printed).upper()
    return bare if RFC.match(bare) else ""


def supplier_identity(name: str, rfc: str) -> tuple[int, str, bool | None] | None:
    """(id, key, whether a natural person) of a supplier; None where the row names none.

    The RFC is the key where there is one, else the name without accents, punctuation and legal form.
    """
    key = supplier_key(name)
    if not rfc and (not key or key in GENERIC_SUPPLIERS):
        return None
    natural = None if not rfc else len(rfc) == 13
    if natural is None and LEGAL_FORM.search(search_text(name)):
        natural = False
    return stable_id("supplier", rfc or key), key, natural


@remembered(maxsize=65_536)
def supplier_key(name: str) -> str:
    return LEGAL_FORM.sub("", search_text(name)).strip()[:400]


@remembered(maxsize=65_536)
def day(text: str) -> date | None:
    found = parse_date(text) if text else None
    return found if found and 1950 <= found.year <= 2100 else None


def is_bad_date(text: str) -> bool:
    """Something that was meant as a date and is none: it has digits, and no day can be read from it."""
    text = " ".join(text.split())
    return (
        any(char.isdigit() for char in text)
        and not is_not_stated(text)
        and text.strip("0 ") != ""
        and day(text) is None
    )


def link(text: str) -> str:
    return text if text.lower().startswith(("http://", "https://")) and len(text) <= 2000 else ""

"""Public works and investment projects: Obra Pública Abierta (SHCP), lists of state and municipal works departments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from datasets.ingest.bodies import Place, Territory
from datasets.ingest.chunks import Amount
from datasets.ingest.columns import ColumnMapping
from datasets.ingest.contract_lines import Row, clean_rfc, texts_of
from datasets.ingest.dates import year_of
from datasets.ingest.dictionary import normalise
from datasets.ingest.layout import Area

from .base import cents_of, dates_of, percent, prints_shares, searchable, url_of

CENTS = ("approved", "modified", "contracted", "spent", "investment")
DATES = {"start_date": "starts_on", "end_date": "ends_on"}
TELLING = ("work_name", "work_code", "description", "contract_number", "executing_unit", *CENTS)
COLUMNS = (
    "cycle",
    "code",
    "name",
    "description",
    "type_raw",
    "branch",
    "unit",
    "programme",
    "location",
    "state_code",
    "municipality_code",
    "municipality_raw",
    "latitude",
    "longitude",
    "physical_progress",
    "financial_progress",
    *CENTS,
    "starts_on",
    "ends_on",
    "status_raw",
    "contract_number",
    "supplier_id",
    "supplier_name",
    "url",
    "search_text",
)
#: What such a list is called above its headings.
TITLE = (
    r"obras? publicas?\b|programa (anual )?de obras?\b"
    r"|\bobras? (realizadas?|ejecutadas?|contratadas?|terminadas?|en proceso|autorizadas?)"
    r"|proyectos? de (inversion|infraestructura)"
)
NAMED_BY = ("work_name", "work_code", "description")
#: Fields of which a list that is no summary of others has one.
NAMES = frozenset({*NAMED_BY, "contract_number"})
#: Beside its name or code a list of works says some of these.
EVIDENCE = (
    "physical_progress",
    "financial_progress",
    "work_type",
    "work_location",
    "work_municipality",
    "work_state",
    "latitude",
    "start_date",
    "end_date",
    "executing_unit",
    "investment",
    "contracted",
    "supplier_name",
)
#: The years by which a list that states no year of its own is dated, best first.
DATED_BY = ("cycle", "start_date")
SHARES = ("federal_share", "state_share", "municipal_share", "own_share")
_SHARE_WORDS = (
    ("federal", "federal_share"),
    ("estatal", "state_share"),
    ("municipal", "municipal_share"),
    ("propio", "own_share"),
)
_ONLY_AMOUNT = re.compile(r"(importe|monto)( (aprobado|autorizado|asignado))?")
# The country lies between; what is printed outside (0, 0) is no place of a work.
NORTH, SOUTH, WEST, EAST = Decimal(33), Decimal(14), Decimal(-119), Decimal(-86)


def enough(mapping: ColumnMapping, said: bool = False) -> bool:
    named = mapping.has(*NAMED_BY)
    found = sum(name in EVIDENCE for name in mapping.fields.values())
    return named and found >= (1 if said else 2)


def beats_contracts(mapping: ColumnMapping) -> bool:
    """A list that names works and says how far they are is one of works, though it names contracts and contractors too."""
    return mapping.has(*NAMED_BY) and mapping.has("physical_progress")


def refine(area: Area, mapping: ColumnMapping) -> None:
    """``Fuente estatal | Importe``: a bare amount belongs to the source of money named to its left."""
    seen = ""
    found: dict[int, str] = {}
    for column in sorted(area.paths):
        words = normalise(area.paths[column][-1])
        if _ONLY_AMOUNT.fullmatch(words):
            if seen:
                found[column] = seen
            seen = ""
            continue
        seen = next((share for word, share in _SHARE_WORDS if word in words), seen)
    if len(found) < 2 or len(set(found.values())) != len(found):
        return
    for column, name in found.items():
        if mapping.confidence.get(column) != "person":
            mapping.fields[column], mapping.confidence[column] = name, "similar"
            mapping.repeated.pop(column, None)


def rows(
    columns: dict[str, Any], amounts: dict[str, Amount], count: int, territory: Territory, state: str | None
) -> list[dict[str, Any]]:
    texts = texts_of(columns, amounts)
    progress: tuple[str, ...] = ("physical_progress", "financial_progress")
    shares = {name: prints_shares(texts[name]) for name in progress if name in texts}
    return [_work(Row(texts, number), amounts, number, shares, territory, state) for number in range(count)]


def _work(
    row: Row, amounts: dict[str, Amount], number: int, shares: dict[str, bool], territory: Territory, home: str | None
) -> dict[str, Any]:
    code = row["work_code"].lstrip("'").strip()
    work: dict[str, Any] = {
        "cycle": year_of(row["cycle"]) if row["cycle"] else None,
        "code": code or row["record_id"],
        "name": row.first("work_name", "description"),
        "description": row["description"],
        "type_raw": row["work_type"],
        "branch": row["ramo_name"],
        "unit": row["executing_unit"],
        "programme": row["programme"],
        "location": row["work_location"],
        "municipality_raw": row["work_municipality"],
        "status_raw": row["status_raw"],
        "contract_number": row["contract_number"],
        "supplier_name": row["supplier_name"],
        "supplier_rfc": clean_rfc(row["supplier_rfc"]),
        "url": url_of(row),
    }
    work |= _place(row, territory, home) | _coordinates(row) | dates_of(row, DATES)
    work |= {
        name: percent(row[name], share=shares.get(name, False)) for name in ("physical_progress", "financial_progress")
    }
    work |= cents_of(amounts, CENTS, number)
    if "approved" not in amounts:
        work["approved"] = _sum_of_shares(amounts, number)
    work["search_text"] = searchable(work["name"], code, work["location"], work["municipality_raw"], work["unit"])
    return work


def _sum_of_shares(amounts: dict[str, Amount], number: int) -> int | None:
    """Where the approved money is printed only by its sources, it is their sum."""
    stated = [cents for cents in cents_of(amounts, SHARES, number).values() if cents is not None]
    return sum(stated) if stated else None


def _place(row: Row, territory: Territory, home: str | None) -> dict[str, str]:
    state = territory.state_code(row["work_state_code"], row["work_state"])
    if state is None and not (row["work_state"] or row["work_state_code"]):
        state = home
    place = Place(municipality_code=row["work_municipality_code"], municipality_name=row["work_municipality"])
    found = territory.municipality_code(place, state)
    return {"state_code": (found[:2] if found else state) or "", "municipality_code": found or ""}


def _coordinates(row: Row) -> dict[str, Decimal | None]:
    latitude, longitude = _degrees(row["latitude"]), _degrees(row["longitude"])
    if latitude is None or longitude is None or not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        return {"latitude": None, "longitude": None}
    return {"latitude": latitude, "longitude": longitude}


def _degrees(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value.quantize(Decimal("0.000001")) if value.is_finite() and abs(value) <= 180 else None


def newest(texts: Iterable[str | None]) -> int | None:
    """The last year that at least two rows state: one typing mistake dates no list."""
    counts: dict[int, int] = {}
    for text in texts:
        if text and (year := year_of(text)):
            counts[year] = counts.get(year, 0) + 1
    return max((year for year, count in counts.items() if count >= min(2, sum(counts.values()))), default=None)

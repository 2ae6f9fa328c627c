"""Columns that say something and that nobody understood: always shown, and asked about where they may be what a row lacks.

Whatever words a heading has, its cells tell names, codes, days and amounts apart. An amount that nobody knows is asked about in
any case; a name, a code or a day where the kind has such a field that no column was found for. Formats that are known by their
headings have been looked at column by column: what is not used there is not wanted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from datasets.ingest.columns import ColumnMapping, share
from datasets.ingest.dates import parse_date, year_of
from datasets.ingest.dictionary import fold, match_heading, normalise
from datasets.ingest.headings import is_number
from datasets.ingest.layout import Area
from datasets.ingest.layout_names import has_known_headings
from datasets.ingest.mapping import CODE_TO_NAME, is_of_the_month
from datasets.ingest.numbers import by_either_mark, is_not_stated
from datasets.ingest.relations import follows
from datasets.ingest.shapes import CONTRACT_AMOUNTS, LINE_FIELDS, MOMENTS, Finding

AMOUNT, DAY, CODE, NAME = "amount", "day", "code", "name"
NAME_OF = CODE_TO_NAME | {"project_code": "project_name", "funding_source_code": "funding_source_name"}
MOST_ASKED = 3
MOST_LISTED = 6  # headings in one sentence
ROWS = 400
MOSTLY = 0.8
AMOUNT_LIKE = re.compile(r"\$|\d{1,3}(,\d{3})+\.\d\d$|\d{4,}\.\d{1,2}$|^\d{7,}$")
_SERVES_NOTHING = re.compile(
    r"\b(?:consec\w*|progresiv\w*|hipervinculo\w*|url|ligas?|enlaces?|links?|vinculos?|notas?|observacion\w*|comentarios?"
    r"|correo\w*|telefono\w*|e?mail|paginas?|codigo postal|domicilio\w*|calle|tabla|sexo|genero|edad"
    r"|cantidad de|unidad de medida|porcentaje|avance\w*|variacion|diferencia|anticipos?|retencion\w*"
    r"|fianzas?|endeudamiento neto|(?:modalidad|forma|tipo) de ejecucion|precio unitario|p u"
    r"|numero de beneficiari[oa]s|habitantes|metas?|umas?|unidades de medida|salarios minimos"
    r"|fecha de (?:actualizacion|validacion|captura|corte|consulta|publicacion))\b|%"
    r"|^(?:(?:importe|monto) )?(?:del? )?(?:iva|i v a|impuestos?|impto)(?: trasladado| 16)?$"
    r"|^(?:beneficiari[oa]s|n|no|num|numero|id|n p|cant|cantidad|unidad|u m|piezas|responsable|elaboro|reviso|usuario)$"
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+", re.IGNORECASE)
_CODE = re.compile(r"(?=\S*\d)\S{1,40}")

#: Known things of other lists for which a kind has no field, and needs none: how a work was awarded, how long it takes.
_KNOWN_ELSEWHERE = frozenset(
    {
        "budget_item", "buyer_name", "category_raw", "character", "currency", "funding_origin", "funding_source", "guarantee",
        "legal_basis", "payment_method", "procedure_type_raw", "programme", "requesting_area", "status_raw", "term_raw",
        "work_type",
    }
)  # fmt: skip
#: Of the others who took part: several columns may say it, and it is no part of what was bought.
_SEVERAL = frozenset({"quotes", "tenderers", "attendees", "amendments", "other_url", "supplier_address"})
#: By kind what a row should say and the sort of column that says it; the first of each are asked about first.
NEEDS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "contracts": (
        (NAME, ("supplier_name", "supplier_given_name")),
        (NAME, ("description", "title", "file_title", "work_description")),
        (DAY, ("date_signed", "award_date")),
        (DAY, ("start_date",)),
        (DAY, ("end_date",)),
        (CODE, ("contract_number", "procedure_number", "file_number", "record_id", "ocid")),
    ),
    "works": (
        (NAME, ("work_name", "description")),
        (NAME, ("work_location", "work_municipality", "work_municipality_code")),
        (NAME, ("supplier_name", "executing_unit")),
        (DAY, ("start_date",)),
        (DAY, ("end_date",)),
        (CODE, ("work_code", "record_id", "contract_number")),
    ),
    "debt": (
        (NAME, ("creditor", "debt_name")),
        (NAME, ("purpose",)),
        (DAY, ("date_signed",)),
        (DAY, ("maturity_date", "term_raw")),
    ),
    "sanctions": (
        (NAME, ("supplier_name",)),
        (NAME, ("authority",)),
        (NAME, ("facts",)),
        (NAME, ("outcome_raw",)),
        (DAY, ("start_date", "resolved_on", "notified_on")),
        (DAY, ("end_date", "term_raw")),
        (CODE, ("file_number",)),
    ),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Columns of one table, as a person should hear of them."""

    asked: list[str] = field(default_factory=list)
    amounts: list[str] = field(default_factory=list)  # shown only
    others: list[str] = field(default_factory=list)  # shown only

    @property
    def questions(self) -> list[str]:
        if not self.asked:
            return []
        return [f"No se sabe qué dice cada una de estas columnas: {listed(self.asked)}. Di qué es, o déjala fuera."]

    @property
    def findings(self) -> list[Finding]:
        hint = "Si hace falta alguna, di en las columnas qué es."
        told = []
        if self.amounts:
            message = f"Hay columnas con montos que no se usaron: {listed(self.amounts)}."
            told.append(Finding("unused_amounts", "info", message, hint))
        if self.others:
            message = f"Hay columnas con datos que no se usaron: {listed(self.others)}."
            told.append(Finding("unused_columns", "info", message, hint))
        return told


def listed(headings: Sequence[str]) -> str:
    more = f" y {len(headings) - MOST_LISTED} más" if len(headings) > MOST_LISTED else ""
    return ", ".join(f"«{heading}»" for heading in headings[:MOST_LISTED]) + more


def looked_at(rows: Sequence[int]) -> Sequence[int]:
    """Of a long table a few hundred rows from its beginning to its end."""
    return rows[:: 1 + len(rows) // ROWS]


def unread_columns(area: Area, mapping: ColumnMapping, rows: Sequence[int]) -> Unread:
    """Of a list of records. Nothing is asked once a person has looked at the columns."""
    if "person" in mapping.confidence.values():
        return Unread()
    looked = looked_at(rows)
    sorts = _sorts(area, mapping, looked)
    amounts = _unsaid_amounts(area, mapping, looked, _of(sorts, AMOUNT))
    if has_known_headings(area):
        return Unread(amounts=_named(area, amounts))
    missing = {sort for sort, names in NEEDS[mapping.kind] if not mapping.has(*names)}
    others = [column for sort in (NAME, DAY) if sort in missing for column in _of(sorts, sort)]
    others += [column for column in _of(sorts, CODE) if CODE in missing and not _are_figures(area, looked, column)]
    asked = [*amounts, *(column for column in others if _tells_apart(area, looked, column))][:MOST_ASKED]
    others = [column for column, sort in sorts.items() if sort != AMOUNT and column not in asked]
    return Unread(_named(area, asked), _named(area, amounts), _named(area, others))


def _named(area: Area, columns: Iterable[int]) -> list[str]:
    return [area.headings[column] for column in columns]


def _of(sorts: Mapping[int, str], sort: str) -> list[int]:
    return [column for column, found in sorts.items() if found == sort]


def _sorts(area: Area, mapping: ColumnMapping, rows: Sequence[int]) -> dict[int, str]:
    """The sort of each column that nobody understood and that may serve, from left to right."""
    free = [
        column
        for column in sorted(area.paths)
        if column in area.headings and not _is_taken(area, mapping, column, rows)
    ]
    found: dict[int, str] = {}
    for column in free:
        if not serves_nothing(area, column) and not _is_known_elsewhere(area, mapping.kind, column):
            sort = sort_of_column(area, column, rows)
            found |= {column: sort} if sort else {}
    return found


def _is_taken(area: Area, mapping: ColumnMapping, column: int, rows: Sequence[int]) -> bool:
    """A second column for a field says the same as the first, or is not understood; nor is one that is taken, by parts of its
    words, for a thing that no row keeps."""
    if mapping.kind not in NEEDS:
        return column in mapping.fields or column in mapping.repeated
    if name := mapping.repeated.get(column):
        kept = mapping.column(name)
        cells = ((area.grid.cell(row, column).strip(), area.grid.cell(row, kept or 0).strip()) for row in rows)
        return kept is None or all(not own or own == other for own, other in cells)
    name = mapping.fields.get(column, "")
    return bool(name) and (
        name in _SEVERAL or name in LINE_FIELDS[mapping.kind] or mapping.confidence.get(column) != "similar"
    )


def serves_nothing(area: Area, column: int) -> bool:
    """Its heading says a thing that no kind has a field for: a running number, a link, a note, a tax, a share."""
    texts = {normalise(" ".join(area.paths[column])), normalise(area.paths[column][-1])}
    return any(_SERVES_NOTHING.search(text) for text in texts)


def _is_known_elsewhere(area: Area, kind: str, column: int) -> bool:
    text = area.paths[column][-1]
    others = (match_heading(other, text) for other in sorted(NEEDS) if other != kind)
    return any(found is not None and found.field in _KNOWN_ELSEWHERE for found in others)


def sort_of_column(area: Area, column: int, rows: Sequence[int]) -> str | None:
    return sort_of([area.grid.cell(row, column).strip() for row in rows])


def sort_of(cells: Sequence[str]) -> str | None:
    """What the cells of a column are; None where they say nothing, or nothing that we have a field for."""
    values = [cell for cell in cells if not is_not_stated(cell)]
    if len(values) < 2 or share(values, _LINK.fullmatch) >= 0.5:
        return None
    if share(values, lambda text: parse_date(text) is not None) >= MOSTLY:
        return None if share(values, str.isdigit) >= MOSTLY else DAY
    if share(values, is_number) >= MOSTLY:
        return AMOUNT if _is_money(values) else CODE if _are_codes(values) else None
    if share(values, _CODE.fullmatch) >= MOSTLY:
        return CODE
    return NAME if share(values, _has_word) >= MOSTLY else None


def _are_figures(area: Area, rows: Sequence[int], column: int) -> bool:
    """Whole numbers alone may be counts as well as codes."""
    return all(text.isdigit() for row in rows if (text := area.grid.cell(row, column).strip()))


def _tells_apart(area: Area, rows: Sequence[int], column: int) -> bool:
    """What is the same in every row can be said of the file."""
    return len({text for row in rows if (text := area.grid.cell(row, column).strip())}) > 1


def _has_word(text: str) -> bool:
    return any(len(word) >= 3 for word in re.findall(r"[a-z]+", fold(text)))


def _is_money(figures: list[str]) -> bool:
    """Figures that only money has, or round ones of many sizes; no years, no running numbers, no codes of one length."""
    if share(figures, AMOUNT_LIKE.search) > 0.5:
        return not _are_equally_long(figures)
    if _are_years(figures) or _are_codes(figures):
        return False
    numbers = [number for text in figures if (number := next(by_either_mark(text), None)) is not None]
    if not numbers or max(numbers) < 1_000 or _counts_up(numbers):
        return False
    round_ones = sum(number % 100 == 0 for number in numbers)
    return round_ones * 2 > len(numbers) or not _are_equally_long(figures)


def _are_years(figures: list[str]) -> bool:
    return share(figures, lambda text: year_of(text) is not None) >= MOSTLY


def _are_codes(figures: list[str]) -> bool:
    """``1100``, ``2600``: short whole figures of one length, however round; no years, and none that only count."""
    short = all(text.isdigit() and 2 <= len(text) <= 5 for text in figures)
    counted = short and _counts_up([Decimal(text) for text in figures])
    return short and not counted and len({*map(len, figures)}) == 1 and not _are_years(figures)


def _are_equally_long(figures: Sequence[str]) -> bool:
    """Telephones, postal codes, keys: whole figures of one length, few of them round."""
    whole = [text for text in figures if text.isdigit()]
    ends = sum(text.endswith("00") for text in whole)
    return len(whole) == len(figures) and len({*map(len, whole)}) == 1 and ends * 2 <= len(whole)


def _counts_up(numbers: Sequence[Decimal]) -> bool:
    steps = Counter(after - before for before, after in pairwise(numbers))
    return bool(steps) and steps[Decimal(1)] >= MOSTLY * len(numbers[1:])


def _unsaid_amounts(area: Area, mapping: ColumnMapping, rows: Sequence[int], columns: Sequence[int]) -> list[int]:
    """Without those that follow from others: the tax between two amounts, what is left of one, a price and its pieces."""

    def numbers(column: int) -> list[Decimal | None]:
        return [next(by_either_mark(area.grid.cell(row, column)), None) for row in rows]

    known = MOMENTS[mapping.kind] or CONTRACT_AMOUNTS
    owed = mapping.kind == "debt" and not mapping.has("balance")  # what is left of a debt is no mere difference
    stated = [numbers(column) for column, name in mapping.fields.items() if name in known and not owed]
    return [column for column in columns if not is_of_the_month(area, column) and not follows(numbers(column), stated)]


def unread_labels(area: Area, mapping: ColumnMapping, rows: Sequence[int]) -> Unread:
    """Of a budget: texts that nobody understood are asked about where codes have no name, or where they alone part rows."""
    if "person" in mapping.confidence.values() or has_known_headings(area):
        return Unread()
    looked = looked_at(rows)
    sorts = _sorts(area, mapping, looked)
    free = [column for column, sort in sorts.items() if sort in (NAME, CODE)]
    bare = any(mapping.has(code) and not mapping.has(name) for code, name in NAME_OF.items())
    labels = [column for column, name in mapping.fields.items() if name not in MOMENTS[mapping.kind]]
    asked = [
        column
        for column in _of(sorts, NAME)
        if _tells_apart(area, looked, column) and (bare or _parts(area, looked, labels, column))
    ][:MOST_ASKED]
    return Unread(_named(area, asked), others=_named(area, [column for column in free if column not in asked]))


def _parts(area: Area, rows: Sequence[int], labels: Sequence[int], column: int) -> bool:
    """Most rows that are alike in all that is understood differ in this column."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        key = tuple(fold(area.grid.cell(row, label)) for label in labels)
        alike.setdefault(key, []).append(fold(area.grid.cell(row, column)))
    groups = [texts for texts in alike.values() if len(texts) > 1]
    parted = sum(len(texts) for texts in groups if len({*texts}) > 1)
    return parted * 2 > len(rows)

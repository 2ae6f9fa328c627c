"""Columns whose heading says nothing, or not enough, but whose values are unmistakable."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from datasets.ingest import classify
from datasets.ingest.codes import object_code, type_names
from datasets.ingest.columns import OBJECT_CODES, SAMPLE_ROWS, ColumnMapping, share, values_of
from datasets.ingest.dates import parse_date
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area, area_titles
from datasets.ingest.numbers import by_either_mark
from datasets.ingest.relations import missing_members, with_tax

_FROM = re.compile(r"(?:^|\b)(?:del?|desde)$")
_UNTIL = re.compile(r"^(?:al?|hasta)$|\b(?:al|hasta)$")
_RFC = re.compile(r"[A-ZÑ&]{3,4}-?\d{6}-?[A-Z0-9]{3}")
_COMPANY = re.compile(
    r"\bS\.? ?A\.?(?: ?P\.? ?I\.?| ?B\.?)?(?: DE C\.? ?V\.?)?$|\bDE C\.? ?V\.?$|\bS\.? DE R\.? ?L\.?|\bS\.? ?C\.?$|\bA\.? ?C\.?$",
    re.IGNORECASE,
)
_BANK = re.compile(
    r"\bban(?:co|ca|obras|orte|amex|regio|jio|jercito|bajio)\b|\b(?:bbva|bancomer|santander|hsbc|scotiabank|inbursa|interacciones|nafin)\b"
    r"|\bnacional financiera\b"
)
_BUILT = re.compile(
    r"(?:construccion|reconstruccion|rehabilitacion|pavimentacion|repavimentacion|ampliacion|introduccion|remodelacion|bacheo"
    r"|mejoramiento|modernizacion|perforacion|electrificacion|urbanizacion|terminacion|encarpetado|recarpeteo)\b"
)
#: Kinds whose rows name a supplier, and by kind: the field of a row's name, those of its code, and the words of a title.
SUPPLIED = ("contracts", "works", "sanctions")
LABELS = {
    "expenditure": ("object_name", OBJECT_CODES, re.compile(r"presupuesto|egreso|\bgastos?\b")),
    "revenue": ("revenue_name", ("cri_code",), re.compile(r"\bingresos?\b")),
}
_BOTH = re.compile(r"ingresos?\b.*egresos?|egresos?\b.*ingresos?")
_DECIMALS = re.compile(r"[.,]\d{2}$")  # 1000.00 is money and no chapter
_GOVERNMENT = re.compile(r"APF|GE|GM|GOB_?\w*")


def pair_the_days(area: Area, mapping: ColumnMapping) -> None:
    """``Vigencia del | al``: the first and the last day of one thing stand beside each other."""
    for column in sorted(area.paths):
        first, last = (fold(" ".join(area.paths.get(place, ("",))[-1:])) for place in (column, column + 1))
        if not _FROM.search(first) or not _UNTIL.search(last) or mapping.has("start_date", "end_date"):
            continue
        if all(share(values_of(area, place), _is_day) >= 0.8 for place in (column, column + 1)):
            for place, name in ((column, "start_date"), (column + 1, "end_date")):
                mapping.fields[place], mapping.confidence[place] = name, "similar"
                mapping.repeated.pop(place, None)


def _is_day(text: str) -> bool:
    return parse_date(text) is not None


def claim_by_values(area: Area, mapping: ColumnMapping, wanted: Mapping[str, str] | None) -> None:
    """Columns whose heading says nothing but whose values are unmistakable: object codes, tax numbers, names of companies."""
    left = min(mapping.moments.values(), default=None)
    if mapping.kind == "expenditure" and not mapping.has(*OBJECT_CODES) and not mapping.has("line_level"):
        _claim(area, mapping, wanted, "specific_item_code", _is_item, left)
    if mapping.kind in SUPPLIED and not mapping.has("supplier_rfc"):
        _claim(area, mapping, wanted, "supplier_rfc", lambda text: bool(_RFC.fullmatch(text)))
    if mapping.kind in SUPPLIED and not mapping.has("supplier_name", "supplier_given_name"):
        _claim(area, mapping, wanted, "supplier_name", is_company, least=0.5)
    if mapping.kind == "debt" and not mapping.has("creditor"):
        _claim(area, mapping, wanted, "creditor", is_bank, fewest=1)
    if mapping.kind == "works" and not mapping.has("work_name", "description"):
        _claim(area, mapping, wanted, "work_name", is_built, least=0.5)
    if mapping.kind == "contracts" and not mapping.has("procedure_type_raw"):
        _claim(area, mapping, wanted, "procedure_type_raw", names_procedure, fewest=1)
    if mapping.kind == "contracts":
        _tax_by_values(area, mapping, wanted)
    if mapping.kind in LABELS:
        _changes_both_ways(area, mapping)
    if mapping.kind in LABELS and left is not None:
        _label_by_values(area, mapping, wanted, left)
    for column, name in missing_members(area, mapping.kind, mapping.fields, _free(area, mapping, wanted)).items():
        mapping.fields[column], mapping.confidence[column] = name, "values"


def _tax_by_values(area: Area, mapping: ColumnMapping, wanted: Mapping[str, str] | None) -> None:
    """An amount that says nothing of the tax, beside one that does: the arithmetic tells which it is."""
    taxed, bare = mapping.column("amount_with_tax"), mapping.column("amount_without_tax")
    if (taxed is None) == (bare is None):
        return
    unsaid = mapping.column("amount_unspecified_tax")
    columns = _free(area, mapping, wanted)
    if unsaid is not None and mapping.confidence.get(unsaid) != "person":
        columns.append(unsaid)
    for column in columns:
        if taxed is not None and with_tax(area, column, taxed):
            mapping.fields[column], mapping.confidence[column] = "amount_without_tax", "values"
            return
        if bare is not None and with_tax(area, bare, column):
            mapping.fields[column], mapping.confidence[column] = "amount_with_tax", "values"
            return


def is_company(text: str) -> bool:
    return bool(_COMPANY.search(text))


def is_bank(text: str) -> bool:
    """A lender by its name; with a number it is an account."""
    return not any(char.isdigit() for char in text) and bool(_BANK.search(fold(text)))


def is_built(text: str) -> bool:
    """It names what was built: ``Pavimentación de la calle Hidalgo``."""
    return bool(_BUILT.match(fold(text)))


def _is_item(text: str) -> bool:
    return len(text) >= 4 and not _DECIMALS.search(text) and object_code(text) is not None


def _claim(
    area: Area,
    mapping: ColumnMapping,
    wanted: Mapping[str, str] | None,
    name: str,
    test: Callable[[str], bool],
    before: int | None = None,
    least: float = 0.8,
    fewest: int = 3,
) -> None:
    """The first free column of which most values pass the test; codes stand ``before`` the amounts, which look like them."""
    for column in _free(area, mapping, wanted):
        if before is not None and column > before:
            return
        values = values_of(area, column)
        if before is not None and len(set(map(len, values))) > 1:
            continue  # codes of one level are equally long, amounts are not
        if len(values) >= 2 and len(set(values)) >= fewest and share(values, test) >= least:
            mapping.fields[column], mapping.confidence[column] = name, "values"
            return


def _free(area: Area, mapping: ColumnMapping, wanted: Mapping[str, str] | None) -> list[int]:
    taken = mapping.fields.keys() | mapping.repeated.keys()
    return [
        column
        for column in sorted(area.headings)
        if column not in taken and area.headings[column] not in (wanted or {})
    ]


def _changes_both_ways(area: Area, mapping: ColumnMapping) -> None:
    """``Ampliaciones`` alone, of which some are negative, are all changes; without the reductions they would be none."""
    column = mapping.column("increases")
    if column is None or mapping.has("decreases", "adjustments") or mapping.confidence.get(column) == "person":
        return
    if any(number < 0 for text in values_of(area, column) for number in by_either_mark(text)):
        mapping.fields[column], mapping.confidence[column] = "adjustments", "values"


def _label_by_values(area: Area, mapping: ColumnMapping, wanted: Mapping[str, str] | None, left: int) -> None:
    """The names of the rows under a heading that nobody knows: beside their codes, or alone at the left of the amounts."""
    name, codes, known = LABELS[mapping.kind]
    free = [column for column in _free(area, mapping, wanted) if column < left and _is_text(area, column)]
    coded = next((column for column, found in mapping.fields.items() if found in codes), None)
    if mapping.has(name):
        return
    # ``Fuente de ingreso`` may be where the money comes from; beside codes of which each has its own, it is their name.
    free += [
        column
        for column, found in mapping.fields.items()
        if found == "funding_source_name" and mapping.confidence[column] == "similar" and mapping.kind == "revenue"
    ]
    if coded is not None:
        column = next((column for column in free if column > coded and _names(area, coded, column)), None)
    elif not any(found.endswith(("_name", "_code", "_group", "_type")) for found in mapping.fields.values()):
        column = next((column for column in free if _row_names(area, column, mapping.kind, known)), None)
    else:
        column = None
    if column is not None:
        mapping.fields[column], mapping.confidence[column] = name, "values"


def _is_text(area: Area, column: int) -> bool:
    values = values_of(area, column)
    return len(values) >= 2 and share(values, lambda text: any(char.isalpha() for char in text)) >= 0.9


def _names(area: Area, coded: int, column: int) -> bool:
    """Each code has a name of its own, and always the same."""
    pairs = {
        (code, name)
        for row in range(area.first, min(area.end, area.first + SAMPLE_ROWS))
        if (code := area.grid.cell(row, coded).strip()) and (name := area.grid.cell(row, column).strip())
    }
    codes, names = {code for code, _name in pairs}, {name for _code, name in pairs}
    return len(pairs) == len(codes) >= 2 and len(names) >= 0.8 * len(codes)


def _row_names(area: Area, column: int, kind: str, known: re.Pattern[str]) -> bool:
    """Names that a classifier has, or any that differ, under a title that says what the amounts are."""
    values = values_of(area, column)
    if classify.best_names(kind, values) or classify.share_known(type_names(), values) >= 0.5:
        return True
    title = fold(" ".join([*area_titles(area), area.grid.sheet or ""]))
    return len(set(values)) >= 0.8 * len(values) and bool(known.search(title)) and not _BOTH.search(title)


def government_by_values(area: Area, column: int, kind: str) -> tuple[str, str] | None:
    """A column without heading: CompraNet 2015 lost the word GOBIERNO."""
    values = values_of(area, column, 50)
    if kind == "contracts" and len(values) >= 3 and all(_GOVERNMENT.fullmatch(value) for value in values):
        return "government_level", "values"
    return None


def names_procedure(text: str) -> bool:
    return bool(re.match(r"adjudicacion|licitacion|invitacion|concurso", fold(text)))

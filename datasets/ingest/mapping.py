"""Which field each column holds: by its heading, checked against its values."""

from __future__ import annotations

import re
from collections.abc import Mapping

from datasets.ingest.claims import (
    LABELS,
    SUPPLIED,
    claim_by_values,
    government_by_values,
    is_company,
    names_procedure,
    pair_the_days,
)
from datasets.ingest.codes import object_code, revenue_code, split_code
from datasets.ingest.columns import OBJECT_CODES, ColumnMapping, share, values_of
from datasets.ingest.dates import year_of
from datasets.ingest.dictionary import fold, match_heading, normalise
from datasets.ingest.headings import is_number
from datasets.ingest.layout import Area
from datasets.ingest.numbers import is_not_stated
from datasets.ingest.shapes import CONTRACT_AMOUNTS, MOMENTS

CODE_TO_NAME = {
    **dict.fromkeys(OBJECT_CODES, "object_name"),
    "cri_code": "revenue_name",
    "purpose_code": "purpose_name",
    "function_code": "function_name",
    "subfunction_code": "subfunction_name",
    "admin_unit_code": "admin_unit_name",
    "program_code": "program_name",
    "ramo_code": "ramo_name",
}
NAME_TO_CODE = {
    f"{name}_name": f"{name}_code"
    for name in ("admin_unit", "ramo", "purpose", "function", "subfunction", "program", "project", "funding_source")
}
PUT_IN = {"work_municipality": "municipal_share", "work_state": "state_share"}
_WINNER = re.compile(r"adjudicad|ganador|contratad[oa]|contratista o proveedor")
WEAK_AMOUNT = "reported"
_UNITS_OF_FINES = re.compile(r"\bumas?\b|unidades de medida|salarios? minimos?|\bdias\b|veces")
_MONEY = re.compile(
    r"\(?-?\$?\s*-?(?:\d{1,3}(?:,?\d{3})*\.\d\d|(?:\d{1,3}(?:,\d{3})+|\d{3,})\.\d)\)?"
)  # 2.1 is a function
_NAME_DEPTH = ("especifica", "generica", "partida", "concepto", "capitulo")
_NEEDS_GROUP = re.compile(
    r"nombres?( s)?|(primer |segundo )?apellidos?( paterno| materno)?|inicio|termino|fin|conclusion"
    r"|fecha de (inicio|termino)|monto|importe|total|rfc|razon social|clave|numero|fecha|objeto|descripcion"
)
_OF_THE_MONTH = re.compile(r"\b(?:del|en el) (?:mes|bimestre|trimestre|periodo)\b|\bmes$|mensual|trimestral")
_NUMBERED = re.compile(r"clave|codigo|cuenta|cta|id|no|num|numero")
_TAX = re.compile(r"(?:importe |monto )?(?:del? )?(?:iva|i v a|impuestos?)(?: trasladado| 16 ?%)?")
_TOTAL = re.compile(r"(?:gran )?total|(?:importe|monto) total|total (?:pagado|contratado|del contrato|neto)")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?")
_A_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_FLOW = re.compile(r"(?:presupuesto de )?(ingreso|egreso|gasto)s?(?: totales)?")


def map_columns(area: Area, kind: str, wanted: Mapping[str, str] | None = None) -> ColumnMapping:
    """Heading by heading; a person's mapping wins over everything."""
    mapping = ColumnMapping(kind)
    for column in area.headings:
        found = _by_person(area, column, wanted) if wanted is not None else None
        if found is None:
            found = _by_heading(area, column, kind)
        if found and found[0]:
            _settle(area, mapping, column, *found)
    _drop_weak_amount(mapping)
    _find_flow(area, mapping)
    if kind == "contracts":
        _leave_out_years(area, mapping)
        _name_the_tax(area, mapping)
    if kind in SUPPLIED:
        pair_the_days(area, mapping)
    claim_by_values(area, mapping, wanted)
    return mapping


def _by_person(area: Area, column: int, wanted: Mapping[str, str]) -> tuple[str, str] | None:
    heading = area.headings[column]
    if heading in wanted:
        return wanted[heading], "person"
    return None


def _by_heading(area: Area, column: int, kind: str) -> tuple[str, str] | None:
    parts = area.paths.get(column)
    if not parts:
        return government_by_values(area, column, kind)
    whole, own = " ".join(parts), parts[-1]
    # "Nombre(s)" or "Inicio" mean something only under their group; "Fecha del contrato" says it all by itself.
    texts = (whole, own) if _NEEDS_GROUP.fullmatch(normalise(own)) else (own, whole)
    for text in texts:
        if found := match_heading(kind, text):
            if text == whole and own != whole and _says_its_group(kind, parts, found.field):
                continue
            return _checked(area, column, kind, found.field), found.confidence
    return None


def _says_its_group(kind: str, parts: tuple[str, ...], found: str) -> bool:
    """``Proveedor · RFC`` is no second supplier: the group alone says as much, and the heading under it something else."""
    group, own = match_heading(kind, " ".join(parts[:-1])), match_heading(kind, parts[-1])
    return bool(group and own and group.field == found != own.field)


def _find_flow(area: Area, mapping: ColumnMapping) -> None:
    """A column that says ``Ingresos`` or ``Egresos`` in every row parts the two, whatever its heading is."""
    if mapping.kind not in ("expenditure", "revenue") or mapping.column("flow") is not None:
        return
    for column in area.paths:
        if mapping.fields.get(column) in mapping.moments or mapping.confidence.get(column) == "person":
            continue
        values = values_of(area, column, 50)
        if len(values) >= 2 and all(_FLOW.fullmatch(fold(text)) for text in values):
            mapping.fields[column], mapping.confidence[column] = "flow", "values"
            return


def _leave_out_years(area: Area, mapping: ColumnMapping) -> None:
    """``Monto 2022 | Monto 2023``: what is paid in each of its years is no amount of a contract."""
    alike: dict[str, list[int]] = {}
    for column in area.paths:
        stem, years = _A_YEAR.subn("", _words(area, column))
        if years:
            alike.setdefault(stem, []).append(column)
    for columns in alike.values():
        for column in columns if len(columns) > 1 else ():
            if mapping.fields.get(column) in CONTRACT_AMOUNTS and mapping.confidence.get(column) != "person":
                del mapping.fields[column], mapping.confidence[column]


def _name_the_tax(area: Area, mapping: ColumnMapping) -> None:
    """Beside a column of the tax a ``Total`` includes it, and the ``Importe`` before it does not."""
    tax = next((column for column in area.paths if _TAX.fullmatch(_words(area, column))), None)
    total = next((column for column in area.paths if _TOTAL.fullmatch(_words(area, column))), None)
    if tax is None or total is None or mapping.has("amount_with_tax") or mapping.confidence.get(total) == "person":
        return
    bare = mapping.column("amount_unspecified_tax")
    if bare is not None and bare != total and not mapping.has("amount_without_tax"):
        mapping.fields[bare] = "amount_without_tax"
    mapping.fields[total], mapping.confidence[total] = "amount_with_tax", "similar"
    mapping.repeated.pop(total, None)


def _checked(area: Area, column: int, kind: str, name: str) -> str:
    """What the values say about a heading that may mean a code or a name."""
    values = values_of(area, column)
    if len(values) >= 2 and share(values, _is_structured) >= 0.8:
        return ""  # ``{ctto1: {numero_contrato:…, monto:…}}``: a list within a cell is no number and no name
    if name in CODE_TO_NAME and values and share(values, _looks_code) < 0.3:
        return CODE_TO_NAME[name]
    if name.endswith("_name") and len(values) >= 2 and share(values, _MONEY.fullmatch) >= 0.8:
        return ""  # ``Lo que se gastó`` over amounts is no name
    if name == "object_name" and column + 1 in area.paths and len(values) >= 2 and share(values, object_code) >= 0.8:
        return _code_level(values)
    if name in (*OBJECT_CODES, "cri_code") and values and _NUMBERED.fullmatch(_words(area, column)):
        name = _numbered(area, column, name, values)
    if name == "revenue_name" and len(values) >= 3 and share(values, revenue_code) >= 0.8:
        return "cri_code"
    if name == "revenue_group" and len(values) >= 3 and share(values, revenue_code) >= 0.8:
        return "cri_code"
    if name in (
        "admin_unit_name",
        "program_name",
        "function_name",
        "purpose_name",
        "subfunction_name",
        "ramo_name",
        "funding_source_name",
    ):
        code = name.replace("_name", "_code")
        if len(values) >= 2 and share(values, _is_unit_code) >= 0.8:
            return code
    if (
        name == "fiscal_year"
        and kind in LABELS
        and values
        and share(values, lambda text: year_of(text) is not None) < 0.5
    ):
        return ""  # ``Ejercicio`` over amounts is no year
    if (
        name == "responsible_area"
        and kind == "expenditure"
        and len(values) >= 3
        and len(set(values)) > 0.8 * len(values)
    ):
        return "admin_unit_name"  # another one in each row: it is the area that spends
    if name in MOMENTS[kind] and len(values) >= 2 and kind in LABELS and share(values, _holds_figure) < 0.2:
        return ""  # ``Ingreso`` over names of revenue is no amount
    if name in MOMENTS[kind] and values and all(_YEAR.fullmatch(text) for text in values):
        return "fiscal_year"  # ``EJERC`` beside ``IMP_EJERC``
    if name == "admin_class_code" and values and share(values, _looks_code) < 0.3:
        return "admin_unit_name"  # ``Clasificación administrativa`` over names of units
    if name == "interest" and values and share(values, is_number) < 0.5:
        return "rate_raw"  # ``TIIE + 2.11``
    if name in PUT_IN and len(values) >= 2 and share(values, _MONEY.fullmatch) >= 0.5:
        return PUT_IN[name]  # ``Municipio`` over amounts: what it gives, and not where the work is
    if name == "fine" and _UNITS_OF_FINES.search(_words(area, column)):
        return ""  # so many times a unit that changes every year, and no pesos
    if name.endswith("_share") and share(values, is_number) < 0.5:
        return ""  # whose money it is in words, and no amount
    if name == "category_raw" and share(values, names_procedure) >= 0.6:
        return "procedure_type_raw"
    if name.endswith("_number") and kind in SUPPLIED and len(values) >= 2 and share(values, is_company) >= 0.8:
        return "supplier_name"  # ``Contrat.`` is cut from two words
    if name.startswith("supplier_") and values and share(values, str.isdigit) >= 0.9:
        return ""  # numbers that point to a child sheet
    if name == "expenditure_type" and any("programable" in fold(value) for value in values[:50]):
        return ""
    return name


def _is_structured(text: str) -> bool:
    return text.startswith(("{", "[{"))


def _holds_figure(text: str) -> bool:
    return any(char.isdigit() for char in text) or is_not_stated(text)


def _numbered(area: Area, column: int, name: str, values: list[str]) -> str:
    """``Clave`` is the code of what stands beside it, a source or a unit; a municipality's or ``001, 002…`` is nothing here."""
    beside = match_heading("expenditure", " ".join(area.paths.get(column + 1, ("",))[-1:]))
    if beside and beside.field in ("municipality_name", "state_name"):
        return ""
    if beside and beside.field in NAME_TO_CODE and name in OBJECT_CODES:
        return NAME_TO_CODE[beside.field]
    known = object_code if name in OBJECT_CODES else _income_code
    return name if share(values, known) >= 0.5 else ""


def _income_code(text: str) -> str | None:
    code = revenue_code(text)
    return None if code is None or code.startswith("0") else code


def _code_level(values: list[str]) -> str:
    """The field of a column of object codes: where all are concepts they are no items."""
    levels = {code.level for text in values if (code := object_code(text))}
    return OBJECT_CODES[levels.pop() - 1] if len(levels) == 1 else "specific_item_code"


def _is_unit_code(text: str) -> bool:
    return bool(re.fullmatch(r"(?=.*\d)[A-Z0-9.\-]{1,12}", text))


def _looks_code(text: str) -> bool:
    return bool(re.fullmatch(r"'?[A-Za-z]{0,4}[-.]?[\d.\-]{1,16}[A-Za-z]{0,2}", text)) or bool(split_code(text)[0])


def _settle(area: Area, mapping: ColumnMapping, column: int, name: str, confidence: str) -> None:
    """One column per field; when two claim it, the better founded stays and the other is remembered."""
    taken = mapping.column(name)
    if taken is None:
        mapping.fields[column], mapping.confidence[column] = name, confidence
        return
    if name in ("quotes", "tenderers", "attendees", "amendments", "other_url", "supplier_address"):
        mapping.fields[column], mapping.confidence[column] = name, confidence
        return
    if _better(area, mapping, taken, column, name, confidence):
        mapping.repeated[taken] = name
        if name.startswith("supplier_"):
            mapping.fields[taken] = "quotes"  # the bidders stand before the winner
            mapping.repeated.pop(taken)
            mapping.fields[column], mapping.confidence[column] = name, confidence
            return
        del mapping.fields[taken], mapping.confidence[taken]
        mapping.fields[column], mapping.confidence[column] = name, confidence
    else:
        mapping.repeated[column] = name


def _better(area: Area, mapping: ColumnMapping, old: int, new: int, name: str, confidence: str) -> bool:
    if name == "object_name":
        return _name_depth(area, new) < _name_depth(area, old)
    if name in MOMENTS.get(mapping.kind, ()):
        if is_of_the_month(area, old) != is_of_the_month(area, new):
            return is_of_the_month(area, old)
        words = ("acumulad", "anual", "total")
        return any(word in _words(area, new) for word in words) and not any(word in _words(area, old) for word in words)
    if name == "description":
        return "objeto" in _words(area, new) and "objeto" not in _words(area, old)
    if name.startswith("supplier_"):
        return bool(_WINNER.search(_words(area, new))) and not _WINNER.search(_words(area, old))
    if mapping.confidence[old] == "similar" and confidence == "exact":
        return True
    return not values_of(area, old, 1) and bool(values_of(area, new, 1))


def is_of_the_month(area: Area, column: int) -> bool:
    """``Devengado del mes`` beside the figure of the whole year so far."""
    return bool(_OF_THE_MONTH.search(_words(area, column)))


def _words(area: Area, column: int) -> str:
    return normalise(" ".join(area.paths.get(column, ())))


def _name_depth(area: Area, column: int) -> int:
    words = _words(area, column)
    return next((depth for depth, word in enumerate(_NAME_DEPTH) if word in words), 3)


def _drop_weak_amount(mapping: ColumnMapping) -> None:
    """``Total``, ``Importe``, ``Monto`` are a moment of their own only where no real moment is printed."""
    weak = mapping.column(WEAK_AMOUNT)
    if weak is not None and len(mapping.moments) > 1:
        mapping.repeated[weak] = mapping.fields.pop(weak)
        mapping.confidence.pop(weak)

"""Which kind of data an area is, or which other thing: no figure is made of what is not a budget."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from datasets.ingest.classify import share_known
from datasets.ingest.codes import object_names, revenue_names
from datasets.ingest.columns import ColumnMapping, values_of
from datasets.ingest.dictionary import fold, normalise, read_rows
from datasets.ingest.headings import title_lines
from datasets.ingest.layout import Area, area_titles
from datasets.ingest.mapping import WEAK_AMOUNT, map_columns
from datasets.ingest.registers import REGISTERS
from datasets.ingest.shapes import CONTRACT_AMOUNTS

SPENDING_ONLY = ("committed", "exercised", "paid", "underspend", "approved")
INCOME_ONLY = ("estimated", "collected", "payer_name", "received_on")
CONTRACT_STRONG = (
    "contract_number",
    "supplier_name",
    "supplier_given_name",
    "supplier_rfc",
    "procedure_type_raw",
    "date_signed",
    "procedure_number",
    "file_number",
    "legal_basis",
    "description",
    "title",
    "award_date",
    "start_date",
    "buyer_name",
    "quotes",
)
SPENDING_LABELS = (
    "object_name",
    "chapter_code",
    "concept_code",
    "generic_item_code",
    "specific_item_code",
    "admin_unit_code",
    "admin_unit_name",
    "ramo_code",
    "ramo_name",
    "purpose_code",
    "purpose_name",
    "function_code",
    "function_name",
    "program_code",
    "program_name",
    "project_name",
    "expenditure_type",
    "entity_name",
    "funding_source_name",
)
TITLED_EVIDENCE = 3  # columns that only such a list has, where nothing but its title says what it is
MARGIN = 3  # columns more than as a budget, where only the columns say that it is a list
LEAST_SAID = 1  # column of a list of which a person has said what it is: the others are asked about
INFORMATIVE = "informative"  # a table that repeats another of its statement, whatever a person says that one is
INCOME_LABELS = ("cri_code", "revenue_name", "revenue_group", "revenue_type")


_EXECUTED = re.compile(r"ejercid|ejercicio del presupuesto|devengad|pagad|avance|recaudad|recibid|cuenta publica")
_BUDGET_TITLE = re.compile(
    r"presupuesto (de egresos|aprobado|autorizado|asignado|anual|basado)|proyecto de presupuesto"
)
_LAW_TITLE = re.compile(r"ley de ingresos|presupuesto de ingresos|ingresos estimados|pronostico de ingresos")


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something published that is none of our kinds. ``strong``: even where its columns look like contracts."""

    code: str
    sentence: str
    strong: bool = False


@dataclass(slots=True)
class Verdict:
    kind: str | None
    mapping: ColumnMapping | None
    foreign: Foreign | None = None
    score: int = 0


@cache
def _foreign_rules() -> list[tuple[str, re.Pattern[str], int, Foreign]]:
    return [
        (
            row["where"],
            re.compile(row["pattern"]),
            int(row["least"]),
            Foreign(row["code"], row["sentence"], bool(row["strong"])),
        )
        for row in read_rows("foreign.csv")
    ]


def foreign_of(area: Area) -> Foreign | None:
    """A table without titles of its own is what the sheet's first titles say."""
    titles = area.titles or title_lines(area.grid, 0, min(area.header_rows[0], 12))
    title = fold(" ".join([*titles, area.grid.sheet or ""]))
    headings = [normalise(" ".join(parts)) for parts in area.paths.values()]
    for where, pattern, least, foreign in _foreign_rules():
        hits = (
            sum(bool(pattern.search(text)) for text in headings) if where == "heading" else len(pattern.findall(title))
        )
        if hits >= least:
            return foreign
    return None


def recognise(area: Area, kind: str | None = None, wanted: Mapping[str, str] | None = None) -> Verdict:
    """The kind with most evidence. ``kind`` is what a person said: then only that one is tried."""
    verdict = _as_contracts(map_columns(area, "contracts", wanted), said=kind == "contracts")
    foreign = foreign_of(area)
    if register := _as_register(area, kind, wanted, foreign, verdict):
        return register
    if verdict and kind == "contracts":
        return verdict
    if verdict and kind is None and not (foreign and foreign.strong):
        return _register_with_contracts(area, wanted, verdict) or verdict
    if foreign and kind is None:
        return Verdict(None, None, foreign)
    if kind in REGISTERS:
        return Verdict(None, None, foreign)
    budget = _as_budget(area, wanted, kind)
    if kind is None and (register := _register_by_columns(area, wanted, budget)):
        return register
    return budget or Verdict(None, None, foreign)


def _as_register(
    area: Area, kind: str | None, wanted: Mapping[str, str] | None, foreign: Foreign | None, contracts: Verdict | None
) -> Verdict | None:
    """A list of works, debts or sanctions: its headings say so, and so many of its columns are understood."""
    if foreign and foreign.code == INFORMATIVE:
        return None
    titled = "" if foreign or kind else _register_in_title(area)
    code = kind if kind in REGISTERS else foreign.code if foreign else titled
    if code not in REGISTERS or kind not in (None, code):
        return None
    register = REGISTERS[code]
    mapping = map_columns(area, code, wanted)
    if hasattr(register, "refine"):
        register.refine(area, mapping)
    if not register.enough(mapping, said=kind == code) and not (kind == code and len(mapping.fields) >= LEAST_SAID):
        return None
    if titled and sum(name in register.EVIDENCE for name in mapping.fields.values()) < TITLED_EVIDENCE:
        return None
    strong = foreign is not None and foreign.strong
    if contracts and kind is None and not strong and not register.beats_contracts(mapping):
        return None
    return Verdict(code, mapping, score=len(mapping.fields))


def _register_with_contracts(area: Area, wanted: Mapping[str, str] | None, contracts: Verdict) -> Verdict | None:
    """A register that names contracts, where far more of its columns are understood as one."""
    found = _register_by_columns(area, wanted, contracts)
    if found is None or found.kind is None or found.mapping is None:
        return None
    return found if REGISTERS[found.kind].beats_contracts(found.mapping) else None


def _register_by_columns(area: Area, wanted: Mapping[str, str] | None, rival: Verdict | None) -> Verdict | None:
    """Neither title nor single words say what the list is, but as one kind of register far more columns are understood."""
    other = len(rival.mapping.fields) if rival and rival.mapping else 0
    found = []
    for code, register in REGISTERS.items():
        mapping = map_columns(area, code, wanted)
        told = sum(name in register.EVIDENCE for name in mapping.fields.values())
        if told >= TITLED_EVIDENCE and register.enough(mapping) and len(mapping.fields) >= other + MARGIN:
            found.append(Verdict(code, mapping, score=len(mapping.fields)))
    found.sort(key=lambda verdict: -verdict.score)
    return found[0] if len(found) == 1 or (found and found[0].score > found[1].score) else None


def _register_in_title(area: Area) -> str:
    """Offices word the headings of their lists as they like; what the list is stands above it."""
    title = fold(" ".join([*area_titles(area), area.grid.sheet or ""]))
    return next((code for code, register in REGISTERS.items() if re.search(register.TITLE, title)), "")


def _as_contracts(mapping: ColumnMapping, *, said: bool = False) -> Verdict | None:
    """Once a person has said that they are contracts, what is not understood is asked about column by column."""
    strong = {name for name in mapping.fields.values() if name in CONTRACT_STRONG}
    amount = mapping.has(*CONTRACT_AMOUNTS)
    party = mapping.has("supplier_name", "supplier_given_name", "supplier_rfc")
    identity = mapping.has("contract_number", "procedure_number", "file_number", "date_signed", "procedure_type_raw")
    if (len(strong) >= 3 and amount and party and identity) or (said and len(mapping.fields) >= LEAST_SAID):
        return Verdict("contracts", mapping, score=len(strong) + 1)
    return None


def _as_budget(area: Area, wanted: Mapping[str, str] | None, kind: str | None) -> Verdict | None:
    verdicts = [
        verdict
        for name in ("expenditure", "revenue")
        if kind in (None, name) and (verdict := _budget_verdict(area, name, wanted, said=kind == name))
    ]
    return max(verdicts, key=lambda verdict: verdict.score, default=None)


def _budget_verdict(area: Area, kind: str, wanted: Mapping[str, str] | None, *, said: bool) -> Verdict | None:
    """Once a person has said which it is, what the amounts are is asked."""
    mapping = map_columns(area, kind, wanted)
    labels = SPENDING_LABELS if kind == "expenditure" else INCOME_LABELS
    if not mapping.moments and not mapping.has("moment"):
        return Verdict(kind, mapping) if said else None
    if not mapping.has(*labels, "flow") or _names_the_other(area, mapping):
        return None
    _name_the_moment(area, mapping)
    return Verdict(kind, mapping, score=_budget_score(area, mapping))


def _names_the_other(area: Area, mapping: ColumnMapping) -> bool:
    """Its rows are taxes, duties and shares of the federation: no spending, whatever its headings say; or salaries and works."""
    if mapping.has("flow"):
        return False
    own, other = revenue_names(), object_names()
    column = mapping.column("revenue_name")
    if mapping.kind == "expenditure":
        own, other, column = other, own, mapping.column("object_name")
    names = values_of(area, column) if column is not None else []
    return bool(names) and share_known(other, names) >= 0.5 > share_known(own, names)


def _name_the_moment(area: Area, mapping: ColumnMapping) -> None:
    """A lone ``Importe`` or ``Total`` under the title of a budget is what was approved; under a revenue law, estimated."""
    column = mapping.column(WEAK_AMOUNT)
    if column is None or len(mapping.moments) > 1:
        return
    title = fold(" ".join([*area_titles(area), area.grid.sheet or ""]))
    if _EXECUTED.search(title):
        return
    if mapping.kind == "expenditure" and _BUDGET_TITLE.search(title):
        moment = "approved"
    elif mapping.kind == "revenue" and _LAW_TITLE.search(title):
        moment = "estimated"
    else:
        return
    mapping.fields[column] = moment
    mapping.repeated = {other: moment if name == WEAK_AMOUNT else name for other, name in mapping.repeated.items()}


def _budget_score(area: Area, mapping: ColumnMapping) -> int:
    """Words that only one of the two uses weigh most: ``pagado`` is spending, ``recaudado`` income; both print
    ``devengado``.
    """
    own = SPENDING_ONLY if mapping.kind == "expenditure" else INCOME_ONLY
    headings = " ".join(normalise(" ".join(parts)) for parts in area.paths.values())
    title = fold(" ".join([*area.titles[-8:], area.grid.sheet or ""]))
    word = r"\b(egresos?|gastos?)\b" if mapping.kind == "expenditure" else r"\b(ingresos?|recaudad[oa]s?)\b"
    score = len(mapping.moments) + 2 * sum(name in own for name in mapping.fields.values())
    score += 3 * bool(re.search(word, title)) + 3 * bool(re.search(word, headings))
    return score + sum(confidence == "exact" for confidence in mapping.confidence.values())

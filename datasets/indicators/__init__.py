"""Indicators and the questions that they raise: one module per family, each entry with formula, source and caveat.

Never added up to a score of anybody: a list of questions with their denominators says what is known, a sum would not.
"""

from . import awards, budget, law, records
from .base import REASONS, Finding, Indicator, Outcome, Row

CATALOGUE: dict[str, Indicator] = {
    one.code: one for one in (*awards.INDICATORS, *records.INDICATORS, *law.INDICATORS, *budget.INDICATORS)
}
FAMILIES: dict[str, list[Indicator]] = {
    family: [one for one in CATALOGUE.values() if one.family == family]
    for family in ("contracts", "spending", "income")
}
# What depends on other bodies' registers, and what on the caps that people confirm.
BARRED, UNDER_THE_CAP = "proveedor-sancionado", "debajo-del-tope"
# The kind of data from which each family is computed.
KINDS = {"contracts": "contracts", "expenditure": "spending", "revenue": "income"}

__all__ = [
    "BARRED",
    "CATALOGUE",
    "FAMILIES",
    "KINDS",
    "REASONS",
    "UNDER_THE_CAP",
    "Finding",
    "Indicator",
    "Outcome",
    "Row",
]

"""Words for what the pipeline knows by key: periods, moments, reasons for skipping a row, marks, columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MONTHS = (
    gettext_lazy("January"),
    gettext_lazy("February"),
    gettext_lazy("March"),
    gettext_lazy("April"),
    gettext_lazy("May"),
    gettext_lazy("June"),
    gettext_lazy("July"),
    gettext_lazy("August"),
    gettext_lazy("September"),
    gettext_lazy("October"),
    gettext_lazy("November"),
    gettext_lazy("December"),
)
WHOLE_PERIODS = {
    "annual": gettext_lazy("Whole year"),
    "Q1": gettext_lazy("January to March"),
    "Q2": gettext_lazy("January to June"),
    "Q3": gettext_lazy("January to September"),
    "Q4": gettext_lazy("January to December, fourth quarter"),
}
# A month is completed with the year beside it.
PERIODS = [*WHOLE_PERIODS.items(), *((f"month-{number:02}", name) for number, name in enumerate(MONTHS, 1))]

MOMENTS = {
    "approved": gettext_lazy("Approved"),
    "adjustments": gettext_lazy("Increases and reductions"),
    "modified": gettext_lazy("Modified"),
    "committed": gettext_lazy("Committed"),
    "accrued": gettext_lazy("Accrued"),
    "exercised": gettext_lazy("Exercised"),
    "paid": gettext_lazy("Paid"),
    "reported": gettext_lazy("Reported (moment not stated)"),
    "estimated": gettext_lazy("Estimated"),
    "collected": gettext_lazy("Collected"),
}
# Amounts of the registers: works, debts, sanctions.
REGISTER_AMOUNTS = {
    "investment": gettext_lazy("Total investment"),
    "approved": MOMENTS["approved"],
    "modified": MOMENTS["modified"],
    "contracted": gettext_lazy("Contracted"),
    "spent": gettext_lazy("Spent"),
    "fine": gettext_lazy("Fine"),
    "opening": gettext_lazy("Balance at the beginning"),
    "drawn": gettext_lazy("Drawn"),
    "repaid": gettext_lazy("Repaid"),
    "revalued": gettext_lazy("Revaluations and adjustments"),
    "balance": gettext_lazy("Balance"),
    "interest": gettext_lazy("Interest paid"),
    "fees": gettext_lazy("Fees paid"),
}
# Anchors of the glossary.
GLOSSARY = {
    "aprobado": "approved",
    "modificado": "modified",
    "comprometido": "committed",
    "devengado": "accrued",
    "ejercido": "exercised",
    "pagado": "paid",
    "estimado": "estimated",
    "recaudado": "collected",
}
SKIPPED = {
    "blank": gettext_lazy("Blank rows"),
    "empty": gettext_lazy("Rows that state no figure"),
    "subtotal": gettext_lazy("Subtotals and totals (used to check the sums)"),
    "header": gettext_lazy("Repeated headings"),
    "section": gettext_lazy("Section titles"),
    "note": gettext_lazy("Notes and signatures"),
    "legend": gettext_lazy("Formulas printed under the headings"),
    "template": gettext_lazy("Empty rows of the template"),
    "percentage": gettext_lazy("Percentages, not amounts"),
    "bare": gettext_lazy("Rows that say only when and where"),
    "void": gettext_lazy("Procedures declared void or cancelled: nothing was bought"),
    "merged": gettext_lazy("Rows that complete another row"),
    "duplicate": gettext_lazy("The same money printed again"),
    "repeated": gettext_lazy("The same money printed again"),
    "other_kind": gettext_lazy("Rows of the other kind (income or spending)"),
    "by_person": gettext_lazy("Rows that a person left out"),
}
REJECTED = {
    "bad_amount": gettext_lazy("Amount that is not a number"),
    "decimal_comma": gettext_lazy("Amount with a decimal comma"),
    "unknown_municipality": gettext_lazy("Municipality code that does not exist"),
    "unknown_body": gettext_lazy("No institution"),
    "bad_year": gettext_lazy("Impossible year"),
    "unknown_year": gettext_lazy("No year"),
    "empty_row": gettext_lazy("Row that says nothing"),
    "empty_contract": gettext_lazy("Contract without any detail"),
}
DELIMITERS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
}


def period_name(period: str | None) -> str:
    """January to June; March 2024; the key itself where it is of no known shape."""
    if not period:
        return ""
    if period in WHOLE_PERIODS:
        return str(WHOLE_PERIODS[period])
    month = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", period)
    return f"{MONTHS[int(month[2]) - 1]} {month[1]}" if month else period


def moment_name(moment: str) -> str:
    """A moment of the budget, or the currency of contracts (MXN) as it is."""
    return str((MOMENTS | REGISTER_AMOUNTS).get(moment, moment))


def moment_link(moment: str) -> Any:
    """The name leading to what it means."""
    key = next((key for key, name in GLOSSARY.items() if name == moment), "")
    if not key:
        return moment_name(moment)
    return format_html('<a class="word" href="{}#{}">{}</a>', reverse("glossary"), key, moment_name(moment))


def ordered_totals(totals: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Moments in the order of the budget cycle (the database keeps no order), or currencies, each with its amount."""
    order = [*MOMENTS, *REGISTER_AMOUNTS]
    names = sorted(totals, key=lambda name: (order.index(name) if name in order else len(order), name))
    return [(moment_name(name), amount(totals[name])) for name in names]


def skipped_name(reason: str) -> str:
    return str(SKIPPED.get(reason, reason.replace("_", " ")))


def reject_name(code: str) -> str:
    return str(REJECTED.get(code, code.replace("_", " ")))


def delimiter_name(mark: str | None) -> str:
    return str(DELIMITERS.get(mark or "", mark or ""))


def amount(value: Any) -> str:
    """1,234,567.89 — or nothing where nothing was published."""
    if value is None or value == "":
        return ""
    try:
        return f"{Decimal(str(value)):,.2f}"
    except InvalidOperation:
        return str(value)


def signed_amount(value: Decimal | None) -> str:
    """+1,234.00, −1,234.00, 0.00."""
    if value is None:
        return ""
    return f"{value:+,.2f}".replace("-", "−") if value else "0.00"


def number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def file_size(size: int) -> str:
    """842 kB, 3.5 MB: as file managers write it."""
    if size < 1000:
        return _("%(size)s bytes") % {"size": size}
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def percentage(value: Decimal | None) -> str:
    """69.5%, 100%: as much as was printed, and no more."""
    return "" if value is None else f"{value.normalize():f}%"

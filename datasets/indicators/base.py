"""What an indicator is: a formula over one public body's year, and the question that it may raise.

Every entry says its numerator, its denominator, when it can be known, where it comes from, and what it does not prove.
What cannot be known is an answer too: a reason, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

HUNDRED = Decimal(100)
MOST_ROWS = 200  # kept of a finding
ALL_ROWS, SUM_OF_ALL = "rows", "sum"  # parameters of one that rests on more: how many in all, and their amount

# Why a value cannot be known from what is published.
REASONS: dict[str, Any] = {
    "no_pesos": _("no contract states an amount in pesos"),
    "few_contracts": _("there are fewer than five contracts in pesos: a share of so few says nothing"),
    "few_priced": _("fewer than five contracts state an amount: a share of so few says nothing"),
    "few_for_amounts": _("fewer than ten contracts state an amount: so few may agree by chance"),
    "few_procedures": _("fewer than five contracts say how they were awarded: a share of so few says nothing"),
    "few_known": _("fewer than five contracts state both their amount and how they were awarded"),
    "few_named": _("fewer than five contracts state both their amount and their supplier"),
    "few_direct_named": _("fewer than eight of every ten direct awards name their supplier"),
    "few_signed": _("fewer than five contracts state the day on which they were signed"),
    "few_suppliers": _("fewer than three suppliers are named: concentration of so few says nothing"),
    "no_procedure": _("the list does not say how the contracts were awarded"),
    "none_known": _("no contract states both its amount and how it was awarded"),
    "no_suppliers": _("the list does not name the suppliers"),
    "none_named": _("no contract states both its amount and its supplier"),
    "no_dates": _("fewer than eight of every ten of the contracts that it looks at state a date"),
    "no_dates_of_year": _("fewer than eight of every ten contracts with an amount state a date of the year"),
    "no_two_dates": _("no contract states two dates that could be compared"),
    "no_links": _("the list has no column for the link to the contract"),
    "no_bidders": _("no list says how many took part"),
    "no_cap": _("no legal cap with its citation has been confirmed for this place and year"),
    "no_tax_basis": _(
        "no direct award says whether tax is in its amount, or none is of a kind that the caps tell apart"
    ),
    "few_near_cap": _("fewer than five direct awards are between 80% and 100% of the cap"),
    "no_sanctions": _("no list of sanctioned suppliers has been published here yet"),
    "no_amendments": _("no list publishes the amendments of its contracts"),
    "no_approved": _("the file does not state what was approved and what was modified"),
    "no_accrued": _("the file does not state what was modified and what was accrued"),
    "no_paid": _("the file does not state what was accrued and what was paid"),
    "no_objects": _("no file tells the expenditure by object"),
    "no_object_moments": _("no file by object states what was modified and what was accrued"),
    "no_year_of_objects": _("no file tells the expenditure of the whole year by object"),
    "no_concepts": _("no file tells the expenditure by concept"),
    "no_part": _("the file does not state this part"),
    "unclassified": _("more than one of every hundred pesos is published without saying of what part it is"),
    "no_quarters": _("it takes what was accrued by September and in the whole year, and one of them is not published"),
    "more_by_september": _(
        "by September more was accrued than in the whole year: one of the two documents is wrong, or counts something else"
    ),
    "not_over": _("the year is not over in what is published"),
    "no_collected": _("the file does not state what was estimated and what was collected"),
    "no_rubros": _("no file tells the revenue by rubro"),
    "nothing_to_divide": _("what it would be divided by is zero or negative"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a published list of contracts."""

    release_id: int
    line_no: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A question raised about `subject`, with the rows that it rests on and the words that it needs."""

    value: Decimal
    subject: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value with what it was divided by, or the reason why there is none."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    count: int | None = None
    reason: str = ""
    findings: tuple[Finding, ...] = ()


def unknown(reason: str, count: int | None = None) -> Outcome:
    assert reason in REASONS, reason
    return Outcome(reason=reason, count=count)


def percentage(part: Decimal, whole: Decimal, count: int, **more: Any) -> Outcome:
    if whole <= 0:
        return unknown("nothing_to_divide", count)
    return Outcome(part / whole * HUNDRED, part, whole, count, **more)


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str  # its address; Spanish
    version: int
    family: str  # contracts | spending | income
    name: Any
    formula: Any
    numerator: Any
    denominator: Any
    needs: Any  # when it can be known
    reference: Any  # catalogue or law; says so where it is our own
    caveat: Any
    unit: str  # percent | index | count
    measure: Callable[[Any], Outcome]
    threshold: Decimal | None = None
    threshold_basis: Any = ""
    question: Callable[[int, Mapping[str, str]], str] | None = None

    def ask(self, year: int, params: Mapping[str, str]) -> str:
        return self.question(year, params) if self.question else str(self.name)

    @property
    def is_assessable(self) -> bool:
        """Whether anything published so far could answer it at all."""
        return self.unit != "none"

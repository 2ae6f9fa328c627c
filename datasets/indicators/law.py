"""Contracts beside what the law sets: the cap of direct awards, and suppliers that were barred from selling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from math import comb

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from datasets.models import Contract, ProcurementCap
from datasets.privacy import cover
from gesoc.common.text import tokens

from .awards import FEW, HALF, _known, resting_on, unpriced, unstated_procedure
from .base import Finding, Indicator, Outcome, percentage, unknown
from .inputs import Award, Awards

NEAR, LOWER = Decimal("0.9"), Decimal("0.8")  # parts of the cap
SURPRISING = 0.05
Purchase = ProcurementCap.Purchase
# How the words begin by which lists tell what is bought. A service that belongs to a work goes by the rules of works.
WORKS = ("obra",)
GOODS = ("adquisic", "arrenda", "servicio", "bien", "compra", "suministro")


def purchase_of(category: str) -> str:
    words = tokens(category)
    if any(word.startswith(WORKS) for word in words):
        return Purchase.WORKS
    return Purchase.GOODS if any(word.startswith(GOODS) for word in words) else Purchase.ANY


def just_under_the_cap(awards: Awards) -> Outcome:
    """How many of the direct awards near the cap (80% to 100% of it) are in the upper half of that stretch."""
    if not any(cap.holds_in(awards.year) for cap in awards.caps):
        return unknown("no_cap", len(awards.priced))
    if not awards.priced:
        return unpriced(awards)
    if not _known(awards):
        return unstated_procedure(awards)
    direct = [one for one in awards.priced if one.method == Contract.Method.DIRECT]
    parts = [(one, part) for one in direct if (part := part_of_cap(one, awards)) is not None]
    if direct and not parts:
        return unknown("no_tax_basis", len(direct))
    near = [one for one, part in parts if NEAR <= part <= 1]
    lower = [one for one, part in parts if LOWER <= part < NEAR]
    both = len(near) + len(lower)
    if both < FEW:
        return unknown("few_near_cap", both)
    findings: tuple[Finding, ...] = ()
    if chance(len(near), both) < SURPRISING:
        findings = (resting_on(near, Decimal(len(near) * 100) / both, count=str(len(near)), lower=str(len(lower))),)
    return percentage(Decimal(len(near)), Decimal(both), both, findings=findings)


def chance(heads: int, throws: int) -> float:
    """Of at least so many heads in so many throws of a coin (exact binomial test, one side)."""
    return sum(comb(throws, k) for k in range(heads, throws + 1)) / 2**throws


def part_of_cap(one: Award, awards: Awards) -> Decimal | None:
    """Its amount as a part of the cap, both with tax or both without; None where they cannot be compared."""
    cap = _cap_for(one, awards)
    if cap is None:
        return None
    amount = one.with_tax if cap.with_tax else one.without_tax
    return None if amount is None else amount / cap.most


def _cap_for(one: Award, awards: Awards) -> ProcurementCap | None:
    days = [one.day] if one.day else [date(awards.year, 1, 1), date(awards.year, 12, 31)]
    found = [cap for cap in awards.caps if all(cap.holds_on(day) for day in days)]
    wanted = purchase_of(one.category)
    fitting = [cap for cap in found if not wanted or cap.purchase in (Purchase.ANY, wanted)]
    own = [cap for cap in fitting if cap.municipality_id]
    return _only(own or fitting)


def _only(caps: Iterable[ProcurementCap]) -> ProcurementCap | None:
    """The cap, where there is no doubt which: several that say the same are one, the newest of it."""
    last = sorted(caps, key=lambda cap: (cap.valid_from or date.min, cap.pk or 0))
    if len({(cap.most, cap.with_tax) for cap in last}) != 1:
        return None
    return last[-1]


def barred(awards: Awards) -> Outcome:
    """Contracts signed on a day on which a register says that their supplier was disqualified."""
    if awards.barred is None:
        return unknown("no_sanctions", len(awards.lines))
    named = [one for one in awards.lines if one.supplier is not None]
    if not named:
        return unknown("no_suppliers", len(awards.lines))
    dated = [one for one in named if one.day]
    if len(dated) * 10 < len(named) * 8:
        return unknown("no_dates", len(named))
    found: dict[int, list[Award]] = {}
    for one in dated:
        if any(term.starts <= one.day <= term.ends for term in awards.barred.get(one.supplier or 0, ()) if one.day):
            found.setdefault(one.supplier or 0, []).append(one)
    findings = tuple(
        resting_on(
            lines,
            Decimal(len(lines)),
            f"proveedor-{number}",
            name=cover(lines[0].supplier_name),
            count=str(len(lines)),
        )
        for number, lines in sorted(found.items())
    )
    return Outcome(Decimal(sum(map(len, found.values()))), count=len(dated), findings=findings)


INDICATORS = (
    Indicator(
        code="debajo-del-tope",
        version=3,
        family="contracts",
        name=_("Just under the legal cap"),
        formula=_("direct awards between 90% and 100% of the cap ÷ those between 80% and 100% × 100"),
        numerator=_("Direct awards of at least 90% of the cap of direct awards, and not above it"),
        denominator=_("Direct awards of at least 80% of the cap, and not above it"),
        needs=_(
            "A cap for the place and the year, confirmed with its citation; five direct awards near it, "
            "with or without tax as the cap is"
        ),
        reference=_("OCP 2024, R002: manipulation of thresholds"),
        caveat=_(
            "Money that comes from the federation follows the caps of the federation, and lists seldom say whose money it was."
        ),
        unit="percent",
        measure=just_under_the_cap,
        threshold=HALF,
        threshold_basis=_(
            "Asked where a coin would fall so unevenly less than once in twenty times (exact binomial test)."
        ),
        question=lambda year, p: (
            gettext(
                "Why were %(count)s direct awards of %(year)s just under the legal cap, and only %(lower)s a little lower?"
            )
            % {"count": p["count"], "lower": p["lower"], "year": year}
        ),
    ),
    Indicator(
        code="proveedor-sancionado",
        version=3,
        family="contracts",
        name=_("Suppliers that were barred"),
        formula=_("contracts signed while a register says that the supplier was disqualified"),
        numerator=_("Such contracts"),
        denominator=_("It is a count; beside it stand the contracts with a supplier and a day"),
        needs=_("A published register of sanctions; supplier and day of eight of every ten contracts"),
        reference=_("OCP 2024, R046: a sanctioned supplier"),
        caveat=_(
            "Another company may bear the name, a sanction may have been suspended, and each register holds for "
            "the purchases of its own authority."
        ),
        unit="count",
        measure=barred,
        threshold=Decimal(1),
        threshold_basis=_("The register says from which day until which the supplier may not sell."),
        question=lambda year, p: (
            ngettext(
                "Was %(name)s barred when it got a contract in %(year)s?",
                "Was %(name)s barred when it got %(count)s contracts in %(year)s?",
                int(p["count"]),
            )
            % {"name": p["name"], "count": p["count"], "year": year}
        ),
    ),
)

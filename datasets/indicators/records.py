"""When contracts are signed, and whether their records are whole."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gesoc.common import money

from .awards import FEW, OURS, REPEATED, _sum, _text, few, resting_on, unpriced
from .base import HUNDRED, Finding, Indicator, Outcome, percentage, unknown
from .inputs import Award, Awards

YEAR_END = Decimal(40)


def year_end(awards: Awards) -> Outcome:
    dated = [one for one in awards.priced if one.day and one.day.year == awards.year]
    if not awards.priced:
        return unpriced(awards)
    if len(awards.priced) < FEW:
        return few(awards, len(awards.priced), "few_priced")
    if len(dated) * 10 < len(awards.priced) * 8:
        return unknown("no_dates_of_year", len(awards.priced))
    late = [one for one in dated if one.day and one.day.month >= 11]
    share = _sum(late) / _sum(dated) * HUNDRED
    findings = (resting_on(late, share, share=_text(share)),) if share > YEAR_END else ()
    return percentage(_sum(late), _sum(dated), len(dated), findings=findings)


def weekends(awards: Awards) -> Outcome:
    dated = [one for one in awards.lines if one.signed]
    if len(dated) < FEW:
        return few(awards, len(dated), "few_signed")
    idle = [one for one in dated if one.signed and one.signed.weekday() >= 5]
    share = Decimal(len(idle)) / len(dated) * HUNDRED
    findings: tuple[Finding, ...] = ()
    if share > REPEATED and len(idle) >= 3:
        findings = (resting_on(idle, share, count=str(len(idle))),)
    return percentage(Decimal(len(idle)), Decimal(len(dated)), len(dated), findings=findings)


def inconsistent_dates(awards: Awards) -> Outcome:
    pairs = [one for one in awards.lines if (one.signed and one.awarded) or (one.starts and one.ends)]
    if not pairs:
        return unknown("no_two_dates")
    wrong = [one for one in pairs if _is_inconsistent(one)]
    findings: tuple[Finding, ...] = ()
    if wrong:
        share = Decimal(len(wrong)) / len(pairs) * HUNDRED
        findings = (resting_on(wrong, share, count=str(len(wrong))),)
    return percentage(Decimal(len(wrong)), Decimal(len(pairs)), len(pairs), findings=findings)


def _is_inconsistent(one: Award) -> bool:
    signed_early = bool(one.signed and one.awarded and one.signed < one.awarded)
    return signed_early or bool(one.starts and one.ends and one.ends < one.starts)


def _missing(has: Callable[[Award], bool], never: str) -> Callable[[Awards], Outcome]:
    """Share of the contracts that lack something; where none has it the list does not publish it at all."""

    def measure(awards: Awards) -> Outcome:
        if len(awards.lines) < FEW:
            return unknown("few_contracts", len(awards.lines))
        lacking = [one for one in awards.lines if not has(one)]
        if len(lacking) == len(awards.lines):
            return unknown(never, len(awards.lines))
        share = Decimal(len(lacking)) / len(awards.lines) * HUNDRED
        findings: tuple[Finding, ...] = ()
        if share > REPEATED:
            findings = (resting_on(lacking, share, count=str(len(lacking))),)
        return percentage(Decimal(len(lacking)), Decimal(len(awards.lines)), len(awards.lines), findings=findings)

    return measure


def _cannot(reason: str) -> Callable[[Awards], Outcome]:
    return lambda awards: unknown(reason, len(awards.lines))


def _planned(code: str, name: Any, formula: Any, needs: Any, reference: Any, reason: str) -> Indicator:
    """What cannot be assessed with what is published: said, because it is a finding about transparency."""
    return Indicator(
        code=code,
        version=1,
        family="contracts",
        name=name,
        formula=formula,
        numerator="",
        denominator="",
        needs=needs,
        reference=reference,
        caveat=_("It cannot be assessed from what is published so far, which is itself worth asking for."),
        unit="none",
        measure=_cannot(reason),
    )


INDICATORS = (
    Indicator(
        code="fin-de-ano",
        version=2,
        family="contracts",
        name=_("Contracted in November and December"),
        formula=_("amount signed in November and December ÷ amount with a date of the year × 100"),
        numerator=_("Amount in pesos of contracts dated in the last two months"),
        denominator=_("Amount in pesos of contracts dated within the year"),
        needs=_("Five contracts or more, eight of every ten with a date of the year"),
        reference=_("OpenTender and OCP guides: spending in haste at the end of the year"),
        caveat=_("Two months of twelve are 17% of a year; some purchases belong to the season."),
        unit="percent",
        measure=year_end,
        threshold=YEAR_END,
        threshold_basis=OURS,
        question=lambda year, p: (
            gettext("Why was %(share)s of what was contracted in %(year)s signed in November and December?")
            % {"share": money.percent(Decimal(p["share"])), "year": year}
        ),
    ),
    Indicator(
        code="fin-de-semana",
        version=2,
        family="contracts",
        name=_("Signed on a Saturday or Sunday"),
        formula=_("contracts signed at a weekend ÷ contracts with a day of signature × 100"),
        numerator=_("Contracts signed on a Saturday or Sunday"),
        denominator=_("Contracts that state the day of signature"),
        needs=_("Five contracts or more with the day of signature"),
        reference=_("Our own (declared): offices are closed at weekends"),
        caveat=_("Most often a date typed wrong."),
        unit="percent",
        measure=weekends,
        threshold=REPEATED,
        threshold_basis=OURS,
        question=lambda year, p: (
            gettext("Why were %(count)s contracts of %(year)s signed at a weekend?")
            % {"count": p["count"], "year": year}
        ),
    ),
    Indicator(
        code="fechas-incongruentes",
        version=2,
        family="contracts",
        name=_("Dates that contradict each other"),
        formula=_("contracts signed before their award or ended before they begin ÷ contracts with two dates × 100"),
        numerator=_("Contracts signed before they were awarded, or whose end precedes their beginning"),
        denominator=_("Contracts that state award and signature, or beginning and end"),
        needs=_("One contract or more with two dates"),
        reference=_("OCP Pelican: coherence of dates"),
        caveat=_("A slip of the keyboard, or work that began before its contract."),
        unit="percent",
        measure=inconsistent_dates,
        threshold=Decimal(0),
        threshold_basis=_("No contract can end before it begins."),
        question=lambda year, p: (
            ngettext(
                "Which dates are right in the one contract of %(year)s whose dates contradict each other?",
                "Which dates are right in the %(count)s contracts of %(year)s that contradict each other?",
                int(p["count"]),
            )
            % {"count": p["count"], "year": year}
        ),
    ),
    Indicator(
        code="sin-documento",
        version=2,
        family="contracts",
        name=_("Contracts without a link to the document"),
        formula=_("contracts without a link ÷ all contracts × 100"),
        numerator=_("Contracts whose link is blank"),
        denominator=_("All contracts of the year in pesos"),
        needs=_("A list with a column for the link, and five contracts or more"),
        reference=_("OCP 2024, R063: contract not published; LGTAIP 2015, article 70, XXVIII"),
        caveat=_("We do not open the links: one that is given may be dead."),
        unit="percent",
        measure=_missing(lambda one: bool(one.url), "no_links"),
        threshold=REPEATED,
        threshold_basis=OURS,
        question=lambda year, p: (
            ngettext(
                "Where is the document of the one contract of %(year)s without a link?",
                "Where are the documents of the %(count)s contracts of %(year)s without a link?",
                int(p["count"]),
            )
            % {"count": p["count"], "year": year}
        ),
    ),
    Indicator(
        code="sin-monto",
        version=2,
        family="contracts",
        name=_("Contracts without an amount"),
        formula=_("contracts without an amount ÷ all contracts × 100"),
        numerator=_("Contracts whose amount is blank or zero"),
        denominator=_("All contracts of the year in pesos"),
        needs=_("A list with amounts, and five contracts or more"),
        reference=_("OCP 2024, R005: key information missing"),
        caveat=_("Open contracts state a least and a most instead of one amount."),
        unit="percent",
        measure=_missing(lambda one: bool(one.amount), "no_pesos"),
        threshold=REPEATED,
        threshold_basis=OURS,
        question=lambda year, p: (
            ngettext(
                "What is the one contract of %(year)s worth that states no amount?",
                "What are the %(count)s contracts of %(year)s worth that state no amount?",
                int(p["count"]),
            )
            % {"count": p["count"], "year": year}
        ),
    ),
    Indicator(
        code="sin-proveedor",
        version=2,
        family="contracts",
        name=_("Contracts that name no supplier"),
        formula=_("contracts without a supplier ÷ all contracts × 100"),
        numerator=_("Contracts whose supplier is blank or generic"),
        denominator=_("All contracts of the year in pesos"),
        needs=_("A list that names suppliers, and five contracts or more"),
        reference=_("OCP 2024, R005: key information missing"),
        caveat=_("The name may have been withheld with a reason that the list does not repeat."),
        unit="percent",
        measure=_missing(lambda one: one.supplier is not None, "no_suppliers"),
        threshold=REPEATED,
        threshold_basis=OURS,
        question=lambda year, p: (
            ngettext(
                "Who was paid by the one contract of %(year)s that names nobody?",
                "Who was paid by the %(count)s contracts of %(year)s that name nobody?",
                int(p["count"]),
            )
            % {"count": p["count"], "year": year}
        ),
    ),
    _planned(
        "un-solo-participante",
        _("A single bidder"),
        _("tenders and invitations with one bidder ÷ all of them × 100"),
        _("The number of bidders, or their names"),
        _("OCP 2024, R018 and R019"),
        "no_bidders",
    ),
    _planned(
        "modificatorios",
        _("Contracts that grew"),
        _("amount of the amendments ÷ original amount × 100"),
        _("The amendments of each contract, with their amounts"),
        _("OCP 2024, R064 and R069"),
        "no_amendments",
    ),
)

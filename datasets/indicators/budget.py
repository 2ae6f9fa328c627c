"""What is spent against what was planned, when it is spent, and where the money comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gesoc.common import money

from .awards import OURS, _text
from .base import HUNDRED, Finding, Indicator, Outcome, percentage, unknown
from .inputs import INCOME_MOMENTS, SPENDING_MOMENTS, Ledger, Parts

WIDE = Decimal(15)  # percent; Municipal Money calls a deviation above it bad
REWRITTEN = Decimal(20)
ARREARS = Decimal(10)
QUARTER = Decimal(40)
TRANSFERS = ("8", "9")
OWN = ("1", "3", "4", "5", "6", "7")


def _ratio(part: str, whole: str, missing: str, *, whole_year: bool = True) -> Callable[[Ledger], Outcome]:
    def measure(ledger: Ledger) -> Outcome:
        if whole_year and not ledger.is_over:
            return unknown("not_over")
        if part not in ledger.totals or whole not in ledger.totals:
            return unknown(missing)
        return percentage(ledger.totals[part], ledger.totals[whole], 1)

    return measure


def _asked(measure: Callable[[Ledger], Outcome], asks: Callable[[Decimal], bool]) -> Callable[[Ledger], Outcome]:
    """The same, with one question for the whole where the value calls for it."""

    def asking(ledger: Ledger) -> Outcome:
        found = measure(ledger)
        if found.value is None or not asks(found.value):
            return found
        params = _params(ledger, share=found.value)
        return Outcome(
            found.value, found.numerator, found.denominator, found.count, "", (Finding(found.value, "", params),)
        )

    return asking


def _params(ledger: Ledger, **numbers: Decimal) -> dict[str, str]:
    return {"release": str(ledger.release.pk)} | {name: _text(value) for name, value in numbers.items()}


def chapters(ledger: Ledger) -> Outcome:
    """The chapter whose spending strays furthest from what was modified; each that strays widely is asked about."""
    told = ledger.told
    if not told.parts:
        return unknown("no_objects")
    if not told.is_over:
        return unknown("no_year_of_objects" if ledger.is_over else "not_over")
    stated = {key: one for key, one in told.parts.items() if "modified" in one and "accrued" in one}
    gaps = {
        key: (amounts["accrued"] - amounts["modified"]) / amounts["modified"] * HUNDRED
        for key, amounts in stated.items()
        if amounts["modified"] > 0
    }
    if not gaps:
        return unknown("nothing_to_divide" if stated else "no_object_moments")
    findings = [
        Finding(gap, key, _params(told, gap=gap) | {"key": key, "amount": _text(_gap(told.parts[key]))})
        for key, gap in sorted(gaps.items())
        if abs(gap) > WIDE
    ]
    return Outcome(max(abs(gap) for gap in gaps.values()), count=len(gaps), findings=tuple(findings))


def _gap(amounts: Mapping[str, Decimal]) -> Decimal:
    return amounts["accrued"] - amounts["modified"]


def rewritten(ledger: Ledger) -> Outcome:
    """How far the budget was changed after it was approved."""
    if "approved" not in ledger.totals or "modified" not in ledger.totals:
        return unknown("no_approved")
    approved, modified = ledger.totals["approved"], ledger.totals["modified"]
    return percentage(modified - approved, approved, 1)


def last_quarter(ledger: Ledger) -> Outcome:
    """What was accrued from October to December, of all that was accrued in the year."""
    if not ledger.is_over:
        return unknown("not_over")
    if ledger.third_quarter is None or "accrued" not in ledger.totals:
        return unknown("no_quarters")
    whole, by_september = ledger.totals["accrued"], Decimal(ledger.third_quarter.totals["accrued"])
    if by_september > whole > 0:
        return unknown("more_by_september")
    return percentage(whole - by_september, whole, 1)


def _arrears(ledger: Ledger) -> Outcome:
    if not ledger.is_over:
        return unknown("not_over")
    if "accrued" not in ledger.totals or "paid" not in ledger.totals:
        return unknown("no_paid")
    return percentage(ledger.totals["accrued"] - ledger.totals["paid"], ledger.totals["accrued"], 1)


def _part_of(keys: tuple[str, ...], missing: str, moments: tuple[str, ...]) -> Callable[[Ledger], Outcome]:
    """Share of some chapters or rubros, in the first of the moments that the release states."""
    return lambda ledger: (
        _share(ledger.told, ledger.told.parts, keys, moments) if ledger.told.parts else unknown(missing)
    )


def _share(ledger: Ledger, parts: Parts, keys: tuple[str, ...], moments: tuple[str, ...]) -> Outcome:
    moment = next((one for one in moments if one in ledger.totals), "")
    stated = [parts[key][moment] for key in keys if moment in parts.get(key, ())]
    if not stated:
        return unknown("no_part")
    whole = ledger.totals[moment]
    told = sum((one[moment] for one in ledger.parts.values() if moment in one), Decimal(0))
    if parts is ledger.parts and abs(whole - told) * HUNDRED > abs(whole):
        return unknown("unclassified")  # it may be of any part: the share would be a lower bound
    return percentage(sum(stated, Decimal(0)), whole, len(stated))


def advertising(ledger: Ledger) -> Outcome:
    told = ledger.told
    if all(key.endswith("000") for key in told.concepts):  # chapters alone
        return unknown("no_concepts" if told.parts else "no_objects")
    return _share(told, told.concepts, ("3600",), SPENDING_MOMENTS)


def _question(sentence: Callable[[], str]) -> Callable[[int, Mapping[str, str]], str]:
    """A sentence with the year, and the numbers of the flag as percentages and pesos; of a gap the words say the sign."""

    def ask(year: int, params: Mapping[str, str]) -> str:
        named: dict[str, Any] = {"year": year, "key": params.get("key", "")}
        if "share" in params:
            named["share"] = money.percent(Decimal(params["share"]))
        if "gap" in params:
            named["gap"] = money.percent(abs(Decimal(params["gap"])))
        if "amount" in params:
            named["amount"] = money.amount(abs(Decimal(params["amount"])))
        return sentence() % named

    return ask


def _chapter_question(year: int, params: Mapping[str, str]) -> str:
    less = _question(
        lambda: gettext(
            "Why was %(gap)s (%(amount)s) less spent on chapter %(key)s in %(year)s than its modified budget?"
        )
    )
    more = _question(
        lambda: gettext(
            "Why was %(gap)s (%(amount)s) more spent on chapter %(key)s in %(year)s than its modified budget?"
        )
    )
    return (less if params["gap"].startswith("-") else more)(year, params)


INDICATORS = (
    Indicator(
        code="ejecucion",
        version=2,
        family="spending",
        name=_("Spent of the modified budget"),
        formula=_("accrued ÷ modified × 100"),
        numerator=_("Total accrued in the year"),
        denominator=_("Total of the modified budget"),
        needs=_("A whole year with both moments"),
        reference=_("Municipal Money: a deviation above 15 percent of the budget"),
        caveat=_("Money may be saved, late, or tied to a work that goes on."),
        unit="percent",
        measure=_asked(_ratio("accrued", "modified", "no_accrued"), lambda share: abs(share - HUNDRED) > WIDE),
        threshold=WIDE,
        threshold_basis=_("More than 15% above or below, as Municipal Money has it."),
        question=_question(lambda: gettext("Why was %(share)s of the modified budget of %(year)s spent?")),
    ),
    Indicator(
        code="desvio-por-capitulo",
        version=2,
        family="spending",
        name=_("Over- and underspending by chapter"),
        formula=_("(accrued − modified) ÷ modified × 100, the widest of the chapters"),
        numerator=_("Accrued less modified, by chapter"),
        denominator=_("Modified, by chapter"),
        needs=_("A whole year by object with both moments"),
        reference=_("Municipal Money: a deviation above 15 percent of the budget"),
        caveat=_("Small chapters stray widely with little money: the pesos stand beside the percentage."),
        unit="percent",
        measure=chapters,
        threshold=WIDE,
        threshold_basis=_("More than 15% above or below, as Municipal Money has it."),
        question=_chapter_question,
    ),
    Indicator(
        code="presupuesto-reescrito",
        version=2,
        family="spending",
        name=_("Budget changed after its approval"),
        formula=_("(modified − approved) ÷ approved × 100"),
        numerator=_("Modified less approved"),
        denominator=_("Approved"),
        needs=_("Both moments in one release"),
        reference=_("SEvAC and PEFA PI-1: credibility of the budget"),
        caveat=_("Funds that arrive during the year are added to it lawfully."),
        unit="percent",
        measure=_asked(rewritten, lambda share: abs(share) > REWRITTEN),
        threshold=REWRITTEN,
        threshold_basis=OURS,
        question=_question(lambda: gettext("What changed the budget of %(year)s by %(share)s after it was approved?")),
    ),
    Indicator(
        code="por-pagar",
        version=2,
        family="spending",
        name=_("Accrued and not paid"),
        formula=_("(accrued − paid) ÷ accrued × 100"),
        numerator=_("Accrued less paid"),
        denominator=_("Accrued"),
        needs=_("A whole year with both moments"),
        reference=_("PEFA PI-22: arrears"),
        caveat=_("December's bills are paid in January."),
        unit="percent",
        measure=_asked(_arrears, lambda share: share > ARREARS),
        threshold=ARREARS,
        threshold_basis=OURS,
        question=_question(lambda: gettext("To whom was %(share)s of what was accrued in %(year)s still owed?")),
    ),
    Indicator(
        code="ultimo-trimestre",
        version=2,
        family="spending",
        name=_("Spent in the last quarter"),
        formula=_("(accrued in the year − accrued by September) ÷ accrued in the year × 100"),
        numerator=_("Accrued from October to December"),
        denominator=_("Accrued in the year"),
        needs=_("The third quarter's report and the whole year's"),
        reference=_("OECD and IMF: spending in haste at the end of the year"),
        caveat=_("Bonuses and closing entries fall in December: a quarter is seldom exactly 25%."),
        unit="percent",
        measure=_asked(last_quarter, lambda share: share > QUARTER),
        threshold=QUARTER,
        threshold_basis=OURS,
        question=_question(lambda: gettext("Why was %(share)s of %(year)s spent in its last three months?")),
    ),
    Indicator(
        code="servicios-personales",
        version=2,
        family="spending",
        name=_("Part that goes to pay (chapter 1000)"),
        formula=_("chapter 1000 ÷ all expenditure × 100"),
        numerator=_("Chapter 1000"),
        denominator=_("All expenditure of the release"),
        needs=_("Expenditure by object"),
        reference=_("CONAC, Clasificador por Objeto del Gasto"),
        caveat=_("Context, not a flag: services are made by people."),
        unit="percent",
        measure=_part_of(("1000",), "no_objects", SPENDING_MOMENTS),
    ),
    Indicator(
        code="inversion",
        version=2,
        family="spending",
        name=_("Part that goes to public works (chapter 6000)"),
        formula=_("chapter 6000 ÷ all expenditure × 100"),
        numerator=_("Chapter 6000"),
        denominator=_("All expenditure of the release"),
        needs=_("Expenditure by object"),
        reference=_("CONAC, Clasificador por Objeto del Gasto"),
        caveat=_("Context, not a flag."),
        unit="percent",
        measure=_part_of(("6000",), "no_objects", SPENDING_MOMENTS),
    ),
    Indicator(
        code="comunicacion-social",
        version=2,
        family="spending",
        name=_("Part that goes to official advertising (3600)"),
        formula=_("concept 3600 ÷ all expenditure × 100"),
        numerator=_("Concept 3600"),
        denominator=_("All expenditure of the release"),
        needs=_("Expenditure by object, down to the concept"),
        reference=_("CONAC, Clasificador por Objeto del Gasto; Ley General de Comunicación Social"),
        caveat=_("Context, not a flag."),
        unit="percent",
        measure=advertising,
    ),
    Indicator(
        code="dependencia",
        version=2,
        family="income",
        name=_("Dependence on transfers"),
        formula=_("rubros 8 and 9 ÷ all revenue × 100"),
        numerator=_("Rubros 8 and 9: shares, contributions, agreements and transfers"),
        denominator=_("All revenue of the release"),
        needs=_("Revenue by rubro"),
        reference=_("CONAC, Clasificador por Rubros de Ingresos"),
        caveat=_("Context, not a flag: most municipalities of Mexico live on transfers."),
        unit="percent",
        measure=_part_of(TRANSFERS, "no_rubros", INCOME_MOMENTS),
    ),
    Indicator(
        code="ingresos-propios",
        version=2,
        family="income",
        name=_("Own revenue"),
        formula=_("rubros 1, 3, 4, 5, 6 and 7 ÷ all revenue × 100"),
        numerator=_("Taxes, improvements, fees, products, fines and sales"),
        denominator=_("All revenue of the release"),
        needs=_("Revenue by rubro"),
        reference=_("CONAC, Clasificador por Rubros de Ingresos"),
        caveat=_("Context, not a flag."),
        unit="percent",
        measure=_part_of(OWN, "no_rubros", INCOME_MOMENTS),
    ),
    Indicator(
        code="recaudacion",
        version=2,
        family="income",
        name=_("Collected of what was estimated"),
        formula=_("collected ÷ estimated × 100"),
        numerator=_("Total collected"),
        denominator=_("Total estimated in the revenue law"),
        needs=_("A whole year with both moments"),
        reference=_("PEFA PI-3: credibility of the estimates of revenue"),
        caveat=_("Transfers from above decide most of it."),
        unit="percent",
        measure=_asked(_ratio("collected", "estimated", "no_collected"), lambda share: abs(share - HUNDRED) > WIDE),
        threshold=WIDE,
        threshold_basis=_("More than 15% above or below, as Municipal Money has it."),
        question=_question(lambda: gettext("Why was %(share)s of the revenue estimated for %(year)s collected?")),
    ),
)

"""How contracts are awarded, and to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from datasets.models import Contract
from datasets.privacy import cover
from gesoc.common import money
from gesoc.common.dates import day

from .base import ALL_ROWS, HUNDRED, MOST_ROWS, SUM_OF_ALL, Finding, Indicator, Outcome, percentage, unknown
from .inputs import Award, Awards

Method = Contract.Method
FEW = 5  # contracts
FEW_SUPPLIERS = 3
HALF = Decimal(50)
CONCENTRATED = Decimal(2500)
DOMINANT = Decimal(30)
FLOOR = Decimal(1_000_000)  # pesos: under it one purchase is most of everything, by arithmetic
CLUSTER, CLUSTER_DAYS = 3, 30
REPEATED = Decimal(10)

OURS = _("No law sets this line: it is ours, to choose where to look first.")
PROOF = _("It is a reason to ask, not proof of anything.")


def _known(awards: Awards) -> list[Award]:
    return [one for one in awards.priced if one.method]


def unpriced(awards: Awards) -> Outcome:
    return unknown("no_pesos", len(awards.lines))


def unstated_procedure(awards: Awards) -> Outcome:
    """Of no contract with an amount it is known how it was awarded; of others it may be."""
    return unknown("none_known" if any(one.method for one in awards.lines) else "no_procedure", len(awards.priced))


def _unnamed(awards: Awards) -> Outcome:
    named = any(one.supplier is not None for one in awards.lines)
    return unknown("none_named" if named else "no_suppliers", len(awards.priced))


def few(awards: Awards, telling: int, reason: str) -> Outcome:
    """Too few tell what is asked; or there are too few of any kind."""
    return unknown("few_contracts" if len(awards.lines) < FEW else reason, telling)


def direct_by_amount(awards: Awards) -> Outcome:
    known = _known(awards)
    if not awards.priced:
        return unpriced(awards)
    if not known:
        return unstated_procedure(awards)
    if len(known) < FEW:
        return few(awards, len(known), "few_known")
    direct = [one for one in known if one.method == Method.DIRECT]
    whole, part = _sum(known), _sum(direct)
    share = part / whole * HUNDRED
    findings = (resting_on(direct, share, share=_text(share)),) if share > HALF else ()
    return percentage(part, whole, len(known), findings=findings)


def direct_by_number(awards: Awards) -> Outcome:
    known = [one for one in awards.lines if one.method]
    if not known:
        return unknown("no_procedure", len(awards.lines))
    if len(known) < FEW:
        return few(awards, len(known), "few_procedures")
    return percentage(Decimal(sum(one.method == Method.DIRECT for one in known)), Decimal(len(known)), len(known))


def procedure_unstated(awards: Awards) -> Outcome:
    if len(awards.lines) < FEW:
        return unknown("few_contracts", len(awards.lines))
    silent = [one for one in awards.lines if not one.method]
    share = Decimal(len(silent)) / len(awards.lines) * HUNDRED
    findings: tuple[Finding, ...] = ()
    if share > REPEATED:
        findings = (resting_on(silent, share, count=str(len(silent))),)
    return percentage(Decimal(len(silent)), Decimal(len(awards.lines)), len(awards.lines), findings=findings)


def _too_few_named(awards: Awards) -> Outcome | None:
    """Why nothing can be said of the shares of suppliers; None where it can."""
    if not awards.priced:
        return unpriced(awards)
    if not awards.by_supplier:
        return _unnamed(awards)
    named = sum(map(len, awards.by_supplier.values()))
    return few(awards, named, "few_named") if named < FEW else None


def concentration(awards: Awards) -> Outcome:
    """10,000 · Σ sᵢ² over the suppliers' shares of what named suppliers got."""
    if reason := _too_few_named(awards):
        return reason
    if len(awards.by_supplier) < FEW_SUPPLIERS:
        return unknown("few_suppliers", len(awards.by_supplier))
    sums = [_sum(lines) for lines in awards.by_supplier.values()]
    whole = sum(sums, Decimal(0))
    index = herfindahl(sums)
    effective = Decimal(10_000) / index
    findings: tuple[Finding, ...] = ()
    if index > CONCENTRATED:
        findings = (Finding(index, params={"effective": str(effective.quantize(Decimal("0.1")))}),)
    return Outcome(index, None, whole, len(sums), findings=findings)


def herfindahl(sums: Sequence[Decimal]) -> Decimal:
    whole = sum(sums, Decimal(0))
    return sum(((one / whole) ** 2 for one in sums), Decimal(0)) * 10_000


def largest_supplier(awards: Awards) -> Outcome:
    if reason := _too_few_named(awards):
        return reason
    sums = {number: _sum(lines) for number, lines in awards.by_supplier.items()}
    most = max(sums.values())
    return percentage(most, awards.amount, len(sums), findings=tuple(_dominant(awards, sums)))


def _dominant(awards: Awards, sums: Mapping[int, Decimal]) -> list[Finding]:
    found = []
    for number, amount in sorted(sums.items(), key=lambda one: -one[1]):
        share = amount / awards.amount * HUNDRED
        if share >= DOMINANT and awards.amount >= FLOOR:
            lines = awards.by_supplier[number]
            params = {"name": cover(lines[0].supplier_name), "share": _text(share)}
            found.append(resting_on(lines, share, f"proveedor-{number}", **params))
    return found


def split_purchases(awards: Awards) -> Outcome:
    """Suppliers with three or more direct awards within thirty days."""
    without_competition = [one for one in awards.priced if one.method == Method.DIRECT]
    direct = [one for one in without_competition if one.supplier is not None]
    if not awards.priced:
        return unpriced(awards)
    if not _known(awards):
        return unstated_procedure(awards)
    if not awards.by_supplier:
        return _unnamed(awards)
    if len(direct) * 10 < len(without_competition) * 8:
        return unknown("few_direct_named", len(without_competition))
    dated = [one for one in direct if one.day]
    if direct and len(dated) * 10 < len(direct) * 8:
        return unknown("no_dates", len(direct))
    findings = []
    for number in sorted({one.supplier for one in dated if one.supplier is not None}):
        mine = sorted((one for one in dated if one.supplier == number), key=lambda one: (one.day, one.line_no))
        cluster = densest(mine)
        if len(cluster) >= CLUSTER:
            findings.append(_cluster(number, cluster))
    return Outcome(Decimal(len(findings)), count=len(direct), findings=tuple(findings))


def densest(lines: Sequence[Award]) -> list[Award]:
    """The thirty days with most awards, the earliest of several; `lines` in order of their days."""
    best: list[Award] = []
    start = 0
    for end, one in enumerate(lines):
        assert one.day is not None
        while one.day - (lines[start].day or one.day) >= timedelta(days=CLUSTER_DAYS):
            start += 1
        if end + 1 - start > len(best):
            best = list(lines[start : end + 1])
    return best


def _cluster(number: int, cluster: Sequence[Award]) -> Finding:
    params = {
        "name": cover(cluster[0].supplier_name),
        "count": str(len(cluster)),
        "amount": str(_sum(cluster)),
        "since": str(cluster[0].day),
        "until": str(cluster[-1].day),
    }
    return resting_on(cluster, Decimal(len(cluster)), f"proveedor-{number}", **params)


def _day(kept: str) -> str:
    return day(date.fromisoformat(kept))


def repeated_amounts(awards: Awards) -> Outcome:
    """How many contracts share the three commonest amounts, each printed three times or more."""
    if not awards.priced:
        return unpriced(awards)
    if len(awards.priced) < FEW * 2:
        return unknown("few_for_amounts", len(awards.priced))
    counts = Counter(one.amount for one in awards.priced)
    common = [(amount, n) for amount, n in counts.most_common(3) if n >= CLUSTER]
    repeated = sum(n for _amount, n in common)
    share = Decimal(repeated) / len(awards.priced) * HUNDRED
    findings = []
    if share >= REPEATED:
        for amount, n in common:
            lines = [one for one in awards.priced if one.amount == amount]
            findings.append(resting_on(lines, Decimal(n), f"monto-{amount}", amount=str(amount), count=str(n)))
    return percentage(Decimal(repeated), Decimal(len(awards.priced)), len(awards.priced), findings=tuple(findings))


def _sum(lines: Sequence[Award]) -> Decimal:
    return sum((one.amount or Decimal(0) for one in lines), Decimal(0))


def resting_on(lines: Sequence[Award], value: Decimal, subject: str = "", **params: str) -> Finding:
    """A finding with the contracts that it rests on. Of very many the largest are kept, and the number and sum of all."""
    ordered = sorted(lines, key=lambda one: (-(one.amount or 0), one.release_id, one.line_no))
    if len(lines) > MOST_ROWS:
        params[ALL_ROWS] = str(len(lines))
        if any(one.amount is not None for one in lines):
            params[SUM_OF_ALL] = str(_sum(lines))
    return Finding(value, subject, params, tuple(one.row for one in ordered[:MOST_ROWS]))


def _text(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.1")))


def _percent(params: Mapping[str, str], name: str = "share") -> str:
    return money.percent(Decimal(params[name]))


INDICATORS = (
    Indicator(
        code="adjudicacion-directa-monto",
        version=2,
        family="contracts",
        name=_("Direct awards, by amount"),
        formula=_("amount awarded directly ÷ amount of all contracts whose procedure is stated × 100"),
        numerator=_("Amount in pesos of contracts whose procedure reads as a direct award"),
        denominator=_("Amount in pesos of contracts that state amount and procedure"),
        needs=_("Five contracts or more with amount and procedure"),
        reference=_("OCP 2024, R013: high use of non-competitive methods"),
        caveat=_("The law allows direct awards under its caps and for stated reasons; the lists seldom say which."),
        unit="percent",
        measure=direct_by_amount,
        threshold=HALF,
        threshold_basis=OURS,
        question=lambda year, p: (
            gettext("Why was %(share)s of what was contracted in %(year)s awarded without competition?")
            % {"share": _percent(p), "year": year}
        ),
    ),
    Indicator(
        code="adjudicacion-directa-numero",
        version=2,
        family="contracts",
        name=_("Direct awards, by number"),
        formula=_("contracts awarded directly ÷ contracts whose procedure is stated × 100"),
        numerator=_("Contracts whose procedure reads as a direct award"),
        denominator=_("Contracts that state their procedure"),
        needs=_("Five contracts or more with a procedure"),
        reference=_("OCP 2024, R013: high use of non-competitive methods"),
        caveat=_("Many small purchases are rightly made directly: read it beside the amount."),
        unit="percent",
        measure=direct_by_number,
    ),
    Indicator(
        code="procedimiento-no-declarado",
        version=2,
        family="contracts",
        name=_("Contracts that do not say how they were awarded"),
        formula=_("contracts without a procedure ÷ all contracts × 100"),
        numerator=_("Contracts whose procedure is blank or cannot be read"),
        denominator=_("All contracts of the year in pesos"),
        needs=_("Five contracts or more"),
        reference=_("OCP 2024, R005: key information missing"),
        caveat=_("The column may have been left out of the file rather than of the record."),
        unit="percent",
        measure=procedure_unstated,
        threshold=REPEATED,
        threshold_basis=OURS,
        question=lambda year, p: (
            ngettext(
                "How was the one contract of %(year)s awarded that does not say it?",
                "How were the %(count)s contracts of %(year)s awarded that do not say it?",
                int(p["count"]),
            )
            % {"count": p["count"], "year": year}
        ),
    ),
    Indicator(
        code="concentracion",
        version=2,
        family="contracts",
        name=_("Concentration of suppliers (HHI)"),
        formula=_("10,000 × sum of the squares of each supplier's share of the amount"),
        numerator=_("Squares of the suppliers' shares"),
        denominator=_("Amount in pesos of contracts that name their supplier"),
        needs=_("Five contracts or more that state amount and supplier, and three suppliers or more"),
        reference=_("OCP 2024, R051: concentration; bands of 1,500 and 2,500 as competition authorities use them"),
        caveat=_("A year with one large work is concentrated without anything being wrong."),
        unit="index",
        measure=concentration,
        threshold=CONCENTRATED,
        threshold_basis=_("Above 2,500 competition authorities call a market highly concentrated."),
        question=lambda year, p: (
            gettext(
                "Why are the purchases of %(year)s as concentrated as if only %(effective)s suppliers of equal size sold?"
            )
            % {"year": year, "effective": p["effective"]}
        ),
    ),
    Indicator(
        code="mayor-proveedor",
        version=2,
        family="contracts",
        name=_("Share of the largest supplier"),
        formula=_("amount of the largest supplier ÷ amount of all contracts × 100"),
        numerator=_("Amount in pesos of the supplier that got most"),
        denominator=_("Amount in pesos of all contracts of the year"),
        needs=_("Five contracts or more that state amount and supplier; asked only above one million pesos in all"),
        reference=_("OCP 2024, R040: a supplier's share of the buyer's contracts"),
        caveat=_("Some goods have one seller: electricity, patented medicine, a concession."),
        unit="percent",
        measure=largest_supplier,
        threshold=DOMINANT,
        threshold_basis=_(
            "30%, with a floor below which one purchase is most of everything; other open systems use it."
        ),
        question=lambda year, p: (
            gettext("Why did %(name)s get %(share)s of all that was contracted in %(year)s?")
            % {"name": p["name"], "share": _percent(p), "year": year}
        ),
    ),
    Indicator(
        code="compras-seguidas",
        version=2,
        family="contracts",
        name=_("Direct awards in a row to one supplier"),
        formula=_("suppliers with three direct awards or more within thirty days"),
        numerator=_("Suppliers with such a series"),
        denominator=_("It is a count; beside it stand the direct awards that were looked at"),
        needs=_("Procedure, supplier and date of eight of every ten direct awards"),
        reference=_("OCP 2024, R011 and R049: one purchase split into several"),
        caveat=_(
            "What is needed every week is bought every week. Whether the sum passes the cap cannot be said: no cap is loaded."
        ),
        unit="count",
        measure=split_purchases,
        threshold=Decimal(1),
        threshold_basis=OURS,
        question=lambda year, p: (
            gettext(
                "Why did %(name)s get %(count)s direct awards between %(since)s and %(until)s, %(amount)s together?"
            )
            % {**p, "amount": money.amount(Decimal(p["amount"])), "since": _day(p["since"]), "until": _day(p["until"])}
        ),
    ),
    Indicator(
        code="montos-repetidos",
        version=2,
        family="contracts",
        name=_("Contracts with the same amount"),
        formula=_("contracts that share one of the three commonest amounts ÷ contracts with an amount × 100"),
        numerator=_("Contracts whose amount is printed three times or more, among the three commonest"),
        denominator=_("Contracts that state an amount in pesos"),
        needs=_("Ten contracts or more with an amount"),
        reference=_("OCP Pelican: repetition of values"),
        caveat=_("Equal services cost the same: rents, fees, monthly payments."),
        unit="percent",
        measure=repeated_amounts,
        threshold=REPEATED,
        threshold_basis=OURS,
        question=lambda year, p: (
            gettext("Why do %(count)s contracts of %(year)s state exactly %(amount)s?")
            % {"count": p["count"], "year": year, "amount": money.pesos(Decimal(p["amount"]), cents=True)}
        ),
    ),
)

"""How contracts are spread: over sizes, and over suppliers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from datasets import sentences
from datasets.indicators.awards import herfindahl
from datasets.models import ProcurementCap
from datasets.selectors import Band
from gesoc.common import charts, money
from gesoc.common.charts.frame import Action, Column, Figure, KeyEntry, Table, link, row

from .contracts import SHADES, ContractsView, method_name
from .sources import provenances

ENOUGH = 5  # suppliers of whom a curve can be drawn
STEPS = 10


def band_name(band: Band) -> str:
    if band.least is None:
        return gettext("Under %(below)s") % {"below": money.amount(band.below)}
    if band.below is None:
        return gettext("From %(least)s") % {"least": money.amount(band.least)}
    return gettext("%(least)s to %(below)s") % {"least": money.amount(band.least), "below": money.amount(band.below)}


def sizes(
    view: ContractsView,
    bands: Sequence[Band],
    caps: Sequence[ProcurementCap],
    band_url: Callable[[Band], str],
    rule_url: str,
    csv_url: str,
) -> Figure | None:
    """How many are small and how many large, and how each size was awarded. Each band leads to its contracts, and the
    band that a cap of direct awards falls into says so."""
    count = sum(band.contracts for band in bands)
    if not count:
        return None
    first = next(index for index, band in enumerate(bands) if band.contracts)
    last = max(index for index, band in enumerate(bands) if band.contracts)
    shown = bands[first : last + 1]
    amount = sum((band.amount for band in bands), Decimal(0))
    used = [method for method in SHADES if any(band.methods.get(method) for band in shown)]
    most = Decimal(max(band.contracts for band in shown))
    columns = [
        Column(gettext("Amount")),
        Column(gettext("Contracts"), "n"),
        Column(gettext("Share of the money"), "n"),
        Column("", is_bar=True),
    ]
    rows = [
        row(
            columns,
            [
                _band_cell(band, band_url(band) if band.contracts else "", caps),
                money.number(band.contracts),
                money.percent(money.share(band.amount, amount)),
                charts.stacked_bar(
                    [(Decimal(band.methods.get(method, 0)), SHADES[method]) for method in used], whole=most
                ),
            ],
        )
        for band in shown
    ]
    return Figure(
        key="tamanos",
        title=_sizes_title(bands, count, amount),
        subtitle=gettext("Contracts by amount and procedure, %(period)s, %(unit)s")
        % {"period": view.period, "unit": view.unit},
        table=Table("t-tamanos", gettext("By amount"), columns, rows, hide_caption=True),
        key_list=[KeyEntry(charts.swatch(SHADES[method]), method_name(method)) for method in used],
        sources=provenances(view.releases),
        notes=_cap_notes(caps),
        links=[Action(gettext("Why it matters"), rule_url)],
        csv_url=csv_url,
        csv_headings=[gettext("from"), gettext("below"), gettext("procedure"), gettext("contracts")],
        csv_rows=[
            [band.least, band.below, method_name(method), n] for band in bands for method, n in band.methods.items()
        ],
    )


def _band_cell(band: Band, url: str, caps: Sequence[ProcurementCap]) -> Any:
    """A cap belongs to the band whose contracts may still be awarded directly under it."""
    here = [cap for cap in caps if (band.least or 0) < cap.most and (band.below is None or cap.most <= band.below)]
    name = link(band_name(band), url)
    return format_html('{} <span class="meta">{}</span>', name, gettext("The legal cap is here")) if here else name


def _cap_notes(caps: Sequence[ProcurementCap]) -> list[str]:
    if not caps:
        return [gettext("No legal cap is drawn: none has been confirmed with its citation for this place and year.")]
    example = gettext("An invented cap, as an example.")
    said = gettext("May be awarded directly up to %(most)s %(tax)s (%(bought)s): %(citation)s.")
    return [
        " ".join(
            [
                said
                % {
                    "most": money.pesos(cap.most, cents=True),
                    "tax": gettext("with tax") if cap.with_tax else gettext("without tax"),
                    "bought": sentence_case(str(cap.get_purchase_display())),
                    "citation": cap.citation,
                },
                *([example] if cap.is_example else []),
            ]
        )
        for cap in caps
    ]


def _sizes_title(bands: Sequence[Band], count: int, amount: Decimal) -> str:
    """What the commonest size is in number, and what it is in money."""
    band = max(bands, key=lambda one: one.contracts)
    if band.contracts == count:
        return ngettext(
            "The only contract with an amount: %(band)s",
            "All %(count)s contracts that state an amount are of one size: %(band)s",
            count,
        ) % {"count": money.number(count), "band": sentence_case(band_name(band))}
    part = Decimal(band.contracts) / count * 100
    said = ngettext(
        "%(part)s of every 100 contracts with an amount is for %(band)s and takes %(pesos)s of every 100 pesos",
        "%(part)s of every 100 contracts with an amount are for %(band)s and take %(pesos)s of every 100 pesos",
        1 if part < Decimal("1.5") else 2,
    )
    return said % {
        "part": sentences.of_100(part),
        "band": sentence_case(band_name(band)),
        "pesos": sentences.of_100(band.amount / amount * 100),
    }


def sentence_case(text: str) -> str:
    return text[:1].lower() + text[1:]


def concentration(view: ContractsView, amounts: Sequence[Decimal], rule_url: str, csv_url: str) -> Figure | None:
    """The curve of what the largest suppliers get together, beside what they would get if all got the same."""
    if len(amounts) < ENOUGH:
        return None
    whole = sum(amounts, Decimal(0))
    index = herfindahl(amounts)
    curve = [together(amounts, step) / whole * 100 for step in range(STEPS + 1)]
    columns = [
        Column(gettext("Largest suppliers")),
        Column(gettext("How many"), "n"),
        Column(gettext("Together they get"), "n"),
    ]
    rows = [
        row(columns, [f"{step * 100 // STEPS}%", money.number(how_many(amounts, step), 0), money.percent(curve[step])])
        for step in range(1, STEPS + 1)
    ]
    title = _concentration_title(amounts, whole)
    subtitle = gettext("Part of the amount that the largest suppliers get together, %(period)s, %(unit)s") % {
        "period": view.period,
        "unit": view.unit,
    }
    equal = [Decimal(step * 100) / STEPS for step in range(STEPS + 1)]
    return Figure(
        key="concentracion",
        title=title,
        subtitle=subtitle,
        chart=charts.lines(
            [f"{step * 100 // STEPS}%" for step in range(STEPS + 1)],
            [
                charts.Series(gettext("if all got the same"), 0, equal),
                charts.Series(gettext("as it is"), 1, curve),
            ],
            label=f"{title}. {subtitle}",
            show=lambda value: f"{value:.0f}%",
        ),
        table=Table("t-concentracion", gettext("Largest suppliers and what they get"), columns, rows),
        sources=provenances(view.releases),
        notes=[
            gettext(
                "Concentration index (HHI) %(index)s of 10,000: as if %(effective)s suppliers of equal size sold; "
                "there are %(count)s."
            )
            % {
                "index": money.number(index),
                "effective": money.number(Decimal(10_000) / index, 1),
                "count": money.number(len(amounts)),
            }
        ],
        links=[Action(gettext("How it is computed"), rule_url)],
        folded=True,
        csv_url=csv_url,
        csv_headings=[gettext("place of the supplier"), gettext("amount"), gettext("percent together")],
        csv_rows=_curve_rows(amounts, whole),
    )


def how_many(amounts: Sequence[Decimal], step: int) -> Decimal:
    return Decimal(len(amounts) * step) / STEPS


def together(amounts: Sequence[Decimal], step: int) -> Decimal:
    """What the largest tenth, two tenths… get; the part of a supplier that a tenth ends in counts in part."""
    exact = how_many(amounts, step)
    entire = int(exact)
    rest = (exact - entire) * amounts[entire] if entire < len(amounts) else Decimal(0)
    return sum(amounts[:entire], Decimal(0)) + rest


def _curve_rows(amounts: Sequence[Decimal], whole: Decimal) -> list[list[object]]:
    rows, reached = [], Decimal(0)
    for place, amount in enumerate(amounts, start=1):
        reached += amount
        rows.append([place, amount, (reached / whole * 100).quantize(Decimal("0.01"))])
    return rows


def _concentration_title(amounts: Sequence[Decimal], whole: Decimal) -> str:
    """How few suppliers get at least half of the money."""
    reached, few = Decimal(0), 0
    for amount in amounts:
        reached += amount
        few += 1
        if reached * 2 >= whole:
            break
    pattern = ngettext(
        "%(few)s of %(all)s suppliers gets at least half of the money",
        "%(few)s of %(all)s suppliers get at least half of the money",
        few,
    )
    return pattern % {"few": money.number(few), "all": money.number(len(amounts))}

"""Figures of contracts. One currency at a time: amounts of two are never added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from datasets import narration, sentences
from datasets.models import Contract, Release
from datasets.selectors import Awarded, ContractTotal, awarded
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, KeyEntry, Table, row

from .ledger import axis_text
from .sources import provenances

Method = Contract.Method
DATED = 80  # percent of the amount that has to state its date for a month to be named; as with the indicators
# Contrast for what was awarded without competition, protagonist for tenders, context between, grey for not stated.
SHADES: dict[str, str] = {Method.DIRECT: "f2", Method.LIMITED: "f0", Method.OPEN: "f1", Method.UNKNOWN: "q0"}


def method_name(key: str) -> str:
    return str(dict(Method.choices).get(key, key)) if key else gettext("Procedure not stated")


@dataclass(frozen=True)
class ContractsView:
    """Releases that may be counted together, and the currency the reader looks at."""

    releases: Sequence[Release]
    currency: str
    period: str  # "2024" or "2022–2024"

    @property
    def unit(self) -> str:
        return gettext("Mexican pesos") if self.currency == "MXN" else self.currency

    def say(self, amount: Decimal | None) -> str:
        return money.currency_amount(amount, self.currency)

    def scale(self, amounts: Sequence[Decimal | None]) -> money.Scale:
        scale = money.scale_for(amounts)
        if self.currency == "MXN":
            return scale
        word = gettext("million %(currency)s") if scale.divisor > 1 else "%(currency)s"
        return scale._replace(heading=word % {"currency": self.currency})


def in_currency(totals: Sequence[ContractTotal], currency: str) -> list[ContractTotal]:
    return [one for one in totals if one.currency == currency]


def whole(totals: Sequence[ContractTotal]) -> Decimal | None:
    stated = [one.amount for one in totals if one.amount is not None]
    return sum(stated, Decimal(0)) if stated else None


def part_of(part: Decimal | None, all_of_it: Decimal | None) -> Decimal | None:
    """In percent; None where negative amounts leave nothing that one would take for a part."""
    found = money.share(part, all_of_it)
    return found if found is not None and 0 <= found <= 100 else None


def by_procedure(view: ContractsView, totals: Sequence[ContractTotal], csv_url: str) -> Figure:
    """How they were awarded: by amount where amounts are stated, and always by number."""
    order = list(SHADES)
    mine = sorted(in_currency(totals, view.currency), key=lambda one: order.index(one.key))
    amount = whole(mine)
    count = sum(one.line_count for one in mine)
    has_parts = not has_negative(mine)
    stated = bool(amount) and has_parts
    scale = view.scale([one.amount for one in mine])
    columns = [
        Column(gettext("Procedure")),
        Column(gettext("Contracts"), "n"),
        Column(scale.heading, "n"),
        Column(gettext("Share"), "n opt"),
        Column("", is_bar=True),
    ]
    largest = max((_size(one, stated) for one in mine), default=Decimal(0))
    rows = [
        row(
            columns,
            [
                method_name(one.key),
                money.number(one.line_count),
                scale.cell(one.amount),
                money.percent(money.share(one.amount, amount)) if stated else "",
                charts.inline_bar(_size(one, stated), largest, SHADES[one.key]),
            ],
        )
        for one in mine
    ]
    return Figure(
        key="procedimiento",
        title=_procedure_title(awarded(mine)),
        subtitle=gettext("Contracts by procedure, %(period)s, %(unit)s") % {"period": view.period, "unit": view.unit},
        table=Table(
            "t-procedimiento",
            gettext("By procedure"),
            columns,
            rows,
            foot=row(
                columns, [gettext("Total"), money.number(count), scale.cell(amount), "100%" if stated else "", ""]
            ),
            hide_caption=True,
        ),
        sources=provenances(view.releases),
        notes=[] if has_parts else [f"{sentences.negative_amounts()}."],
        csv_url=csv_url,
        csv_headings=[gettext("procedure"), gettext("currency"), gettext("contracts"), gettext("amount")],
        csv_rows=[[method_name(one.key), one.currency, one.line_count, one.amount] for one in totals],
    )


def has_negative(totals: Iterable[ContractTotal]) -> bool:
    return any(one.amount is not None and one.amount < 0 for one in totals)


def _procedure_title(told: Awarded) -> str:
    """By amount; by number where amounts would say all or nothing though there are contracts of both sides."""
    part = money.share(told.direct, told.known)
    is_mixed = 0 < told.direct_contracts < told.contracts
    if part is None or (is_mixed and part in (0, 100)):
        return sentences.direct_count(told.direct_contracts, told.contracts, told.silent)
    return sentences.direct_awards(told.direct, told.known, partly=bool(told.silent))


def _size(one: ContractTotal, stated: bool) -> Decimal:
    return (one.amount or Decimal(0)) if stated else Decimal(one.line_count)


def over_the_years(view: ContractsView, totals: dict[int, list[ContractTotal]], csv_url: str) -> Figure | None:
    """The mix of procedures year by year, in percent of the amount; nothing for a single year."""
    years = {year: in_currency(rows, view.currency) for year, rows in sorted(totals.items())}
    years = {year: rows for year, rows in years.items() if whole(rows) and not has_negative(rows)}
    if len(years) < 2:
        return None
    used = [method for method in SHADES if any(one.key == method for rows in years.values() for one in rows)]
    columns = [
        Column(gettext("Year")),
        *[Column(method_name(method), "n" if index == 0 else "n opt") for index, method in enumerate(used)],
        Column("", is_bar=True),
    ]
    shares = {year: {one.key: money.share(one.amount, whole(rows)) for one in rows} for year, rows in years.items()}
    told = {year: awarded(rows) for year, rows in years.items()}
    absent = {year: None if one.silent else Decimal(0) for year, one in told.items()}  # what is not stated may be any
    rows = [
        row(columns, [year, *[money.percent(part.get(method, absent[year])) for method in used], _stack(part, used)])
        for year, part in shares.items()
    ]
    return Figure(
        key="anios",
        title=_mix_title({year: money.share(one.direct, one.known) for year, one in told.items()}),
        subtitle=gettext("Percentage of the amount contracted by procedure, %(unit)s") % {"unit": view.unit},
        table=Table("t-anios", gettext("Amount by procedure and year"), columns, rows, hide_caption=True),
        key_list=[KeyEntry(charts.swatch(SHADES[method]), method_name(method)) for method in used],
        sources=provenances(view.releases),
        notes=_silent_years([year for year, one in told.items() if one.silent]),
        csv_url=csv_url,
        csv_headings=[
            gettext("year"),
            gettext("procedure"),
            gettext("currency"),
            gettext("contracts"),
            gettext("amount"),
        ],
        csv_rows=[
            [year, method_name(one.key), one.currency, one.line_count, one.amount]
            for year, rows_ in sorted(totals.items())
            for one in rows_
        ],
    )


def _stack(part: Mapping[str, Decimal | None], used: Sequence[str]) -> str:
    return charts.stacked_bar([(part.get(method) or Decimal(0), SHADES[method]) for method in used])


def _silent_years(years: Sequence[int]) -> list[str]:
    if not years:
        return []
    said = gettext("Not all contracts of %(years)s state their procedure: the title is of the money of those that do.")
    return [said % {"years": narration.years_in_a_row(years)}]


def _mix_title(shares: Mapping[int, Decimal | None]) -> str:
    """What was awarded without competition, in the first and in the last year that tell it; one point is no change."""
    told = [(year, part) for year, part in shares.items() if part is not None]
    if not told:
        return gettext("The contracts published do not tell how much was awarded without competition")
    (first, one), (last, two) = told[0], told[-1]
    if first == last:
        return gettext("Only %(year)s tells how much was awarded without competition") % {"year": first}
    named = {"before": sentences.of_100(one), "after": sentences.of_100(two), "first": first, "last": last}
    if abs(two - one) < 1:
        return gettext("Awards without competition hardly changed: %(after)s of every 100 pesos in %(last)s") % named
    rose = gettext(
        "Awards without competition rose from %(before)s of every 100 pesos in %(first)s to %(after)s in %(last)s"
    )
    fell = gettext(
        "Awards without competition fell from %(before)s of every 100 pesos in %(first)s to %(after)s in %(last)s"
    )
    return (rose if two > one else fell) % named


def by_month(view: ContractsView, totals: Sequence[ContractTotal], names: Sequence[str], csv_url: str) -> Figure | None:
    """When they were signed: twelve columns of one year; nothing where months or amounts are not stated."""
    told = in_currency(totals, view.currency)
    mine = {one.key: one for one in told if one.key}
    undated = next((one for one in told if not one.key), None)
    if not view.period.isdecimal() or not whole(list(mine.values())):
        return None
    keys = [f"{view.period}-{month:02}" for month in range(1, 13)]
    amounts = [mine[key].amount if key in mine else None for key in keys]
    all_of_it = whole(list(mine.values()))
    if sum(amount is not None for amount in amounts) < 2:
        return None
    has_parts = not has_negative(told)
    dated = money.share(all_of_it, whole(told)) if has_parts else None
    peaks = _peaks(amounts) if dated is not None and dated >= DATED else []
    scale = view.scale(amounts)
    columns = [Column(gettext("Month")), Column(gettext("Contracts"), "n"), Column(scale.heading, "n")]
    subtitle = gettext("Amount by month of signature, %(period)s, %(unit)s") % {
        "period": view.period,
        "unit": scale.heading,
    }
    title = _no_month(dated)
    if peaks:
        found = _months_title([names[peak] for peak in peaks], amounts[peaks[0]], all_of_it)
        title = gettext("%(finding)s, of what states its date") % {"finding": found} if dated != 100 else found
    return Figure(
        key="meses",
        title=title,
        subtitle=subtitle,
        chart=charts.columns(
            [name[:1].upper() for name in names],
            [None if amount is None else amount / scale.divisor for amount in amounts],
            label=f"{title}. {subtitle}",
            show=axis_text(scale),
            unit=scale.heading,
            highlighted=frozenset(peaks),
        ),
        table=Table(
            "t-meses",
            gettext("By month"),
            columns,
            [
                row(columns, [name.capitalize(), money.number(mine[key].line_count), scale.cell(mine[key].amount)])
                for name, key in zip(names, keys, strict=True)
                if key in mine
            ],
        ),
        sources=provenances(view.releases),
        notes=[
            *(_year_end(mine, keys, all_of_it) if peaks else []),
            *_outside(mine, keys),
            *(_undated(view, undated) if undated else []),
        ],
        folded=True,
        csv_url=csv_url,
        csv_headings=[gettext("month"), gettext("currency"), gettext("contracts"), gettext("amount")],
        csv_rows=[[one.key, one.currency, one.line_count, one.amount] for one in totals],
    )


def _peaks(amounts: Sequence[Decimal | None]) -> list[int]:
    """The months of most, all of them where they are level."""
    most = max(amount for amount in amounts if amount is not None)
    return [index for index, amount in enumerate(amounts) if amount == most]


def _months_title(names: Sequence[str], most: Decimal | None, all_of_it: Decimal | None) -> str:
    named = {
        "month": names[0].capitalize(),
        "months": capfirst(sentences.listed(names)),
        "count": money.number(len(names)),
        "pesos": sentences.of_100(money.share(most, all_of_it) or Decimal(0)),
    }
    if len(names) > 3:
        return gettext("%(count)s months are level as those of most: %(pesos)s of every 100 pesos each") % named
    if len(names) > 1:
        return gettext("%(months)s are level as the months of most: %(pesos)s of every 100 pesos each") % named
    return gettext("%(month)s is the month in which most was signed: %(pesos)s of every 100 pesos") % named


def _no_month(dated: Decimal | None) -> str:
    if dated is None:
        return sentences.negative_amounts()
    return gettext("Only %(part)s of the amount states its month: too little to name the one of most") % {
        "part": money.percent(dated)
    }


def _undated(view: ContractsView, undated: ContractTotal) -> list[str]:
    named = {"count": money.number(undated.line_count), "amount": view.say(undated.amount)}
    if undated.amount is None:
        said = ngettext(
            "%(count)s contract without a date is not drawn; it states no amount.",
            "%(count)s contracts without a date are not drawn; they state no amount.",
            undated.line_count,
        )
    else:
        said = ngettext(
            "%(count)s contract without a date, of %(amount)s, is not drawn.",
            "%(count)s contracts without a date, of %(amount)s in all, are not drawn.",
            undated.line_count,
        )
    return [said % named]


def _year_end(mine: dict[str, ContractTotal], keys: Sequence[str], whole_: Decimal | None) -> list[str]:
    late = [mine[key].amount for key in keys[10:] if key in mine]
    part = money.share(sum((one for one in late if one is not None), Decimal(0)), whole_)
    said = gettext("November and December: %(part)s of the amount that states its date.")
    return [said % {"part": money.percent(part)}] if part else []


def _outside(mine: dict[str, ContractTotal], keys: Sequence[str]) -> list[str]:
    others = sum(one.line_count for key, one in mine.items() if key not in keys)
    if not others:
        return []
    said = ngettext(
        "%(count)s contract signed in another year is not drawn.",
        "%(count)s contracts signed in other years are not drawn.",
        others,
    )
    return [said % {"count": money.number(others)}]


def suppliers(
    view: ContractsView,
    top: Sequence[ContractTotal],
    amount: Decimal | None,
    link_to: Any,
    csv_url: str,
    method: str | None = None,
) -> Figure | None:
    """Who is paid most, and what of it without competition. Nothing where no supplier is named.

    `method`: the only procedure that what was asked for leaves. Then what was without competition is all or nothing for
    everybody, and not said; the bars wear the colour of the procedure.
    """
    if not top:
        return None
    direct = {one.key: part_of(one.direct, one.amount) if method is None else None for one in top}
    told = any(part is not None for part in direct.values())
    scale = view.scale([one.amount for one in top])
    largest = max((one.amount for one in top if one.amount is not None), default=Decimal(0))
    has_parts = not has_negative(top) and (whole(top) or Decimal(0)) <= (amount or Decimal(0))
    columns = [
        Column(gettext("Supplier")),
        Column(gettext("Contracts"), "n opt"),
        Column(scale.heading, "n"),
        Column(gettext("Share"), "n"),
        *([Column(gettext("Without competition"), "n")] if told else []),
        Column("", is_bar=True),
    ]
    rows = [
        row(
            columns,
            [
                link_to(one),
                money.number(one.line_count),
                scale.cell(one.amount),
                money.percent(money.share(one.amount, amount)) if has_parts else "",
                *([money.percent(direct[one.key])] if told else []),
                charts.inline_bar(one.amount, largest, _shade(direct[one.key], method))
                if one.amount is not None
                else "",
            ],
        )
        for one in top
    ]
    return Figure(
        key="proveedores",
        title=sentences.largest_suppliers([one.amount for one in top], amount),
        subtitle=gettext("Largest suppliers by amount, %(period)s, %(unit)s")
        % {"period": view.period, "unit": view.unit},
        table=Table("t-proveedores", gettext("Largest suppliers"), columns, rows, hide_caption=True),
        sources=provenances(view.releases),
        notes=_contrast(direct.values()),
        csv_url=csv_url,
        csv_headings=[
            gettext("supplier"),
            gettext("currency"),
            gettext("contracts"),
            gettext("amount"),
            gettext("amount without competition"),
        ],
        csv_rows=[[one.name, one.currency, one.line_count, one.amount, one.direct] for one in top],
    )


def _contrast(direct: Iterable[Decimal | None]) -> list[str]:
    if not any(_shade(part) == "f2" for part in direct):
        return []
    return [gettext("In the colour of contrast, more than half of the amount was awarded without competition.")]


def _shade(direct: Decimal | None, method: str | None = None) -> str:
    if method is not None:
        return SHADES[method]
    return "f2" if direct is not None and direct > 50 else "f1"

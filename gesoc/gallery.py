"""Made-up content for `/_componentes/`, the page on which every component is seen by people and by tests."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext, gettext_lazy

from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, KeyEntry, Provenance, Table, hung, row
from gesoc.common.views import Link

CHAPTERS = {
    "1000": (gettext_lazy("Personal services (salaries)"), "1402300000"),
    "2000": (gettext_lazy("Materials and supplies"), "318000000"),
    "3000": (gettext_lazy("General services"), "826000000"),
    "4000": (gettext_lazy("Transfers and subsidies"), "402000000"),
    "5000": (gettext_lazy("Movable and immovable property"), "96000000"),
    "6000": (gettext_lazy("Public works"), "684000000"),
    "7000": (gettext_lazy("Financial investment"), "22000000"),
    "8000": (gettext_lazy("Shared revenue and contributions"), "14000000"),
    "9000": (gettext_lazy("Public debt"), "148000000"),
}
YEARS = ("2019", "2020", "2021", "2022", "2023", "2024", "2025")
SOURCE = Provenance("GESOC", "ejemplo.csv", "#contenido", "v3")


class ExampleForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("Year"), help_text=gettext_lazy("Four digits, for example 2025"))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("1", gettext_lazy("Expenditure")), ("2", gettext_lazy("Revenue"))],
        widget=forms.RadioSelect,
    )
    public = forms.BooleanField(label=gettext_lazy("Show it in public"))


def examples() -> dict[str, Any]:
    return {
        "form": ExampleForm({"year": "dos mil", "kind": "1", "public": "on"}),
        "chapters": [{"code": code, "digit": code[0], "name": name} for code, (name, _value) in CHAPTERS.items()],
        "tabs": [Link(gettext("Summary"), "#contenido", True), Link(gettext("Budget"), "#contenido", False)],
        "filters": [
            {
                "name": "year",
                "label": gettext("Year"),
                "options": [{"value": year, "label": year, "chosen": year == "2025"} for year in YEARS],
            }
        ],
        "page": Paginator(range(30), 10).page(2),
        "wide_figure": _parts(),
        "figures": [_course(), _months(), _stacks()],
        "table": replace(_course().table, id="t-alone"),
    }


def _parts() -> Figure:
    values = {code: Decimal(value) for code, (_name, value) in CHAPTERS.items()}
    whole = sum(values.values(), Decimal(0))
    columns = [Column(gettext("Chapter")), Column("mdp", "n"), Column("", is_bar=True)]
    rows, blocks = [], []
    for code, value in sorted(values.items(), key=lambda item: -item[1]):
        css, name = f"c{code[0]}", str(CHAPTERS[code][0])
        text = f"{money.amount(value)} · {money.percent(money.share(value, whole))}"
        blocks.append(charts.Block(code, name, value, css, text, "#contenido"))
        bar = charts.inline_bar(value, max(values.values()), css)
        rows.append(row(columns, [hung(charts.swatch(css), name), money.millions(value), bar]))
    return Figure(
        key="parts",
        title=gettext("A treemap is always followed by its table"),
        subtitle=gettext("Invented figures; on phones the table of bars stays"),
        chart=charts.treemap(blocks, gettext("A treemap is always followed by its table")),
        table=Table("t-parts", gettext("Expenditure by chapter"), columns, rows),
        sources=[SOURCE],
    )


def _course() -> Figure:
    values = [None if value is None else Decimal(value) for value in (991, 940, None, 850, 790, 812, 684)]
    columns = [Column(gettext("Year")), Column(gettext("Amount"), "n")]
    shown = ["" if value is None else money.number(value) for value in values]
    return Figure(
        key="course",
        title=gettext("Missing is a gap, not a zero"),
        subtitle=gettext("Invented figures, million pesos of 2025"),
        chart=charts.lines(
            YEARS,
            [
                charts.Series(gettext("Public works"), 2, values),
                charts.Series(gettext("Median"), 0, [Decimal(600)] * 7),
            ],
            label=gettext("Public works: 991 in 2019, 684 in 2025; 2021 was not published"),
            show=lambda value: f"{value:,.0f}",
        ),
        table=Table(
            "t-course", gettext("By year"), columns, [row(columns, pair) for pair in zip(YEARS, shown, strict=True)]
        ),
        sources=[SOURCE],
        folded=True,
    )


def _months() -> Figure:
    names = list("EFMAMJJASOND")
    values = [Decimal(value) for value in (38, 41, 44, 52, 39, 38, 36, 47, 112, 128, 61, 72)]
    columns = [Column(gettext("Month")), Column(gettext("Amount"), "n")]
    rows = [row(columns, [name, money.number(value)]) for name, value in zip(names, values, strict=True)]
    return Figure(
        key="months",
        title=gettext("Columns start at zero; only the finding carries numbers"),
        subtitle=gettext("Invented figures by month"),
        chart=charts.columns(
            names,
            values,
            label=gettext("September 112 and October 128, the others between 36 and 72"),
            show=lambda value: f"{value:,.0f}",
            highlighted=frozenset({8, 9}),
        ),
        table=Table("t-months", gettext("By month"), columns, rows),
        sources=[SOURCE],
    )


def _stacks() -> Figure:
    columns = [
        Column(gettext("Year")),
        Column(gettext("Direct"), "n"),
        Column("", is_bar=True),
        Column(gettext("Course"), "opt"),
    ]
    rows = []
    for year, (direct, limited, tender) in {"2024": (57, 17, 26), "2025": (62, 15, 23)}.items():
        parts = [(Decimal(direct), "f2"), (Decimal(limited), "f0"), (Decimal(tender), "f1")]
        spark = charts.sparkline([Decimal(direct), Decimal(limited), Decimal(tender)])
        rows.append(row(columns, [year, f"{direct}%", charts.stacked_bar(parts), spark]))
    keys = {"f2": gettext("Direct award"), "f0": gettext("Restricted invitation"), "f1": gettext("Public tender")}
    return Figure(
        key="stacks",
        title=gettext("A legend only for stacked bars"),
        subtitle=gettext("Invented figures, percent of the amount contracted"),
        table=Table("t-stacks", gettext("By procedure"), columns, rows),
        sources=[SOURCE],
        key_list=[KeyEntry(charts.swatch(css), label) for css, label in keys.items()],
    )

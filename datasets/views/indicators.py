"""`/indicadores/` and `/senales/`: what is computed, how, how common it is; the questions, their rows, their answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from datasets import flags as services
from datasets.forms import FlagReplyForm, FlagReviewForm
from datasets.indicators import CATALOGUE, FAMILIES, REASONS, Indicator
from datasets.models import Flag, IndicatorValue, PublicBody, Release
from datasets.releases import NotAllowedNow
from datasets.selectors import indicators as selectors
from gesoc.common import money
from gesoc.common.charts.frame import Column, Table, link, row
from partners.audit import person

from .access import demand, gate
from .contract_rows import contract_columns, contract_row
from .dashboards import DashboardView
from .places import Place

FAMILY_NAMES = {"contracts": _("Contracts"), "spending": _("Expenditure"), "income": _("Revenue")}
PER_PAGE = 50
ROWS_SHOWN = 200


def shown(one: Indicator, value: Decimal | None) -> str:
    """A value in its unit; nothing where there is none."""
    if value is None:
        return ""
    if one.unit == "percent":
        return money.percent(value)
    return money.number(value)


# -- the catalogue ----------------------------------------------------------------------------------------------------


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    rates = selectors.base_rates()
    families = [
        {"key": family, "name": FAMILY_NAMES[family], "table": _family_table(family, entries, rates)}
        for family, entries in FAMILIES.items()
    ]
    return render(request, "datasets/indicators.html", {"families": families})


def _family_table(family: str, entries: list[Indicator], rates: dict[str, selectors.BaseRate]) -> Table:
    columns = [
        Column(gettext("Indicator")),
        Column(gettext("How it is computed"), "opt"),
        Column(gettext("Known in"), "n"),
        Column(gettext("Median value"), "n"),
        Column(gettext("Raises a question in"), "n"),
    ]
    rows = []
    for one in entries:
        rate = rates[one.code]
        rows.append(
            [
                link(one.name, indicator_url(one)),
                one.formula,
                gettext("%(known)s of %(asked)s") % {"known": rate.known, "asked": rate.asked},
                shown(one, rate.middle),
                money.percent(rate.share) if one.question else "",
            ]
        )
    return Table(
        f"t-{family}",
        FAMILY_NAMES[family],
        columns,
        [row(columns, texts) for texts in rows],
        note=gettext("Years of public bodies in which it could be computed, and the median of their values."),
    )


def indicator_url(one: Indicator) -> str:
    return reverse("datasets:indicator", args=[one.code])


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    if code not in CATALOGUE:
        raise Http404
    one = CATALOGUE[code]
    page = Paginator(selectors.indicator_values(indicator=one), PER_PAGE).get_page(request.GET.get("pagina"))
    rate = selectors.base_rates()[code]
    return render(
        request,
        "datasets/indicator.html",
        {
            "indicator": one,
            "family": FAMILY_NAMES[one.family],
            "rate": rate,
            "share": money.percent(rate.share),
            "middle": shown(one, rate.middle),
            "threshold": shown(one, one.threshold),
            "reasons": [(REASONS[reason], n) for reason, n in selectors.indicator_reasons(one) if reason in REASONS],
            "page": page,
            "table": _values_table(one, page.object_list),
        },
    )


def _values_table(one: Indicator, values: Any) -> Table:
    columns = [
        Column(gettext("Public body")),
        Column(gettext("Year"), "n"),
        Column(gettext("Value"), "n"),
        Column(gettext("Numerator"), "n opt"),
        Column(gettext("Denominator"), "n opt"),
    ]
    rows = [
        row(
            columns,
            [
                link(
                    value.public_body.municipality or value.public_body,
                    Place.of(value.public_body).url("flags", anio=value.year),
                ),
                value.year,
                shown(one, value.value),
                "" if value.numerator is None else money.number(value.numerator),
                "" if value.denominator is None else money.number(value.denominator),
            ],
        )
        for value in values
    ]
    return Table("t-values", gettext("Values by public body and year"), columns, rows, hide_caption=True)


def _body_name(body: PublicBody) -> str:
    return str(body.municipality if body.is_municipal_government else body)


# -- of a place -------------------------------------------------------------------------------------------------------


class FlagsPage(DashboardView):
    """What could be computed of a year, what could not and why, and the questions that follow."""

    section = "flags"
    template_name = "datasets/flags.html"

    def find_releases(self) -> list[Release]:
        return []

    def page(self) -> dict[str, Any]:
        body = self.place.body
        years = selectors.years_of_indicators(body) if body else []
        if body is None or not years:
            return {"empty": True}
        raised = selectors.flags_by_year(body)
        given = self.params.get("anio", "")
        # The newest year with a question: the newest of all is often a budget of which nothing can be told yet.
        newest = max((one for one in raised if one in years), default=years[0])
        year = int(given) if given.isdecimal() and int(given) in years else newest
        values = selectors.values_of(body, year)
        found = list(selectors.flags(body=body, year=year).order_by("indicator", "-value", "id"))
        return {
            "year": year,
            "years": [(one, f"?anio={one}", one == year, raised.get(one, 0)) for one in years],
            "flags": _flags_table(found) if found else None,
            "count": len(found),
            "known": _known_table([one for one in values if not one.reason]),
            "unknown": [(one.entry, REASONS.get(one.reason, one.reason)) for one in values if one.reason],
        }


def _flags_table(found: list[Flag]) -> Table:
    sums = selectors.flag_sums(found)
    scale = money.scale_for([amount for _n, amount in sums.values()])
    columns = [
        Column(gettext("Question")),
        Column(gettext("State")),
        Column(gettext("Contracts"), "n"),
        Column(scale.heading, "n"),
    ]
    rows = []
    for flag in found:
        count, amount = sums.get(flag.pk, (0, None))
        texts = [link(flag.question, flag.get_absolute_url()), flag.get_state_display()]
        rows.append(row(columns, [*texts, money.number(count) if count else "", scale.cell(amount)]))
    return Table("t-flags", gettext("Questions"), columns, rows, hide_caption=True, stacked=True)


def _known_table(values: list[IndicatorValue]) -> Table:
    columns = [
        Column(gettext("Indicator")),
        Column(gettext("Value"), "n"),
        Column(gettext("How it is computed"), "opt"),
    ]
    rows = [
        row(columns, [link(one.entry.name, indicator_url(one.entry)), shown(one.entry, one.value), one.entry.formula])
        for one in values
    ]
    return Table("t-known", gettext("What could be computed"), columns, rows, hide_caption=True)


# -- one question -----------------------------------------------------------------------------------------------------


def _visible(request: HttpRequest, key: UUID) -> Flag:
    flags = Flag.objects.visible_to(request.user).filter(indicator__in=list(CATALOGUE))
    return get_object_or_404(flags.select_related("public_body__municipality__state", "public_body__state"), key=key)


@require_safe
def flag(request: HttpRequest, key: UUID) -> HttpResponse:
    return _page(request, _visible(request, key))


def _page(request: HttpRequest, found: Flag, **forms: Any) -> HttpResponse:
    body = found.public_body
    place = Place.of(body)
    contracts = selectors.contracts_behind(found)
    count, amount = selectors.sum_behind(found, contracts)
    shown_rows = contracts[:ROWS_SHOWN]
    columns = contract_columns(buyer=False, supplier=True)
    may_judge = request.user.has_perm("datasets.judge_flag")
    may_explain = request.user.has_perm("datasets.explain_flag", found)
    may_record = request.user.has_perm("datasets.record_reply")
    values = IndicatorValue.objects.filter(public_body=body, year=found.year, indicator=found.indicator)
    return render(
        request,
        "datasets/flag.html",
        {
            "flag": found,
            "entry": found.entry,
            "year_url": place.url("contracts", anio=found.year),
            "entry_url": indicator_url(found.entry),
            "place": place,
            "crumbs": [*place.crumbs("flags"), (gettext("Questions"), place.url("flags", anio=found.year))],
            "value": shown(found.entry, found.value),
            "threshold": shown(found.entry, found.entry.threshold),
            "whole": values.first(),
            "rate": selectors.base_rates()[found.indicator],
            "n": count,
            "count": money.number(count),
            "amount": money.amount(amount),
            "largest": money.number(len(shown_rows)) if len(shown_rows) < count else "",
            "table": Table(
                "t-contratos",
                gettext("The contracts on which it rests"),
                columns,
                [row(columns, contract_row(one, buyer=False, supplier=True)) for one in shown_rows],
                hide_caption=True,
                stacked=True,
            )
            if contracts
            else None,
            "lines_url": _lines_url(place, found) if not contracts else "",
            "reviews": [(one, one.value != found.value) for one in found.reviews.select_related("by")],
            "replies": list(found.replies.all()),
            "review_form": forms.get("review") or (FlagReviewForm(may_judge=may_judge) if may_explain else None),
            "reply_form": forms.get("reply") or (FlagReplyForm() if may_record else None),
        },
    )


def _lines_url(place: Place, flag: Flag) -> str:
    """The lines of the release that a question of the budget was computed from."""
    if flag.entry.family == "contracts" or "release" not in flag.params:
        return ""
    section = "expenditure_lines" if flag.entry.family == "spending" else "revenue_lines"
    under = {"por": "chapter", "clave": flag.params["key"]} if "key" in flag.params else {}
    return place.url(section, version=flag.params["release"], **under)


@require_http_methods(["POST"])
@gate
def review(request: HttpRequest, key: UUID) -> HttpResponseBase:
    found = _visible(request, key)
    demand(request, "datasets.explain_flag", found)
    may_judge = request.user.has_perm("datasets.judge_flag")
    form = FlagReviewForm(request.POST, may_judge=may_judge)
    if not form.is_valid():
        return _page(request, found, review=form)
    try:
        services.review_flag(flag=found, by=person(request), **form.cleaned_data)
    except (NotAllowedNow, ValidationError) as problem:
        form.add_error(None, " ".join(getattr(problem, "messages", [str(problem)])))
        return _page(request, found, review=form)
    messages.success(request, gettext("Noted. Everybody can read the reason."))
    return redirect(found)


@require_http_methods(["POST"])
@gate
def reply(request: HttpRequest, key: UUID) -> HttpResponseBase:
    found = _visible(request, key)
    demand(request, "datasets.record_reply")
    form = FlagReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, reply=form)
    services.record_reply(flag=found, by=person(request), **form.cleaned_data)
    messages.success(request, gettext("The answer stands beside the question now."))
    return redirect(found)

"""The network as evidence: how it grows, who works with whom, which municipalities lack a sector."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from gesoc.common import charts
from gesoc.common.charts.frame import Action, Column, Figure, Table, link, row
from gesoc.common.charts.ties import three_columns
from gesoc.common.dates import day
from gesoc.common.exports import csv_response
from gesoc.common.money import number
from municipalities.models import State
from partners import selectors
from partners.models import Organisation
from partners.selectors import Tie
from partners.selectors.network import SECTORS

PAGE_SIZE = 50
DRAWN = 14  # ties that a figure can show and still be read
ALL = 100_000
TABLED = 40  # ties in the table of the page; the file has all


class NetworkPage(TemplateView):
    template_name = "partners/network.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = Organisation.objects.listed()
        ties = selectors.ties(self.request.user, limit=TABLED + 1)
        return super().get_context_data(
            organisations=listed.count(),
            states=listed.exclude(home_municipality=None)
            .order_by()
            .values("home_municipality__state")
            .distinct()
            .count(),
            growth=_growth(),
            ties=_ties(ties) if ties else None,
            **kwargs,
        )


def _growth() -> Figure | None:
    years = selectors.growth()
    if not years:
        return None
    columns = [Column(_("Year")), Column(_("Joined"), "n"), Column(_("Left"), "n"), Column(_("At the end"), "n")]
    rows = [row(columns, [year, joined, left, number(total)]) for year, joined, left, total in reversed(years)]
    shown = years[-12:]
    chart = charts.columns(
        [str(year) for year, *_rest in shown],
        [Decimal(total) for *_rest, total in shown],
        label=", ".join(f"{year}: {total}" for year, *_rest, total in shown),
        show=lambda value: number(round(value)),
        highlighted=frozenset({len(shown) - 1}),
    )
    total = years[-1][3]
    title = ngettext(
        "One organisation works in the network today", "%(count)s organisations work in the network today", total
    ) % {"count": number(total)}
    return Figure(
        key="crecimiento",
        title=title,
        subtitle=_("Organisations that take part at the end of each year; the last column is today"),
        table=Table("t-growth", _("Growth of the network by year"), columns, rows),
        chart=chart,
        notes=[_("Counted from the dated situations of each organisation, never from a counter.")],
        links=[Action(_("Download the growth (CSV)"), reverse("partners:growth_csv"))],
        folded=True,
    )


def _ties(ties: Sequence[Tie]) -> Figure:
    columns = [Column(_("Organisation")), Column(_("What ties them")), Column(_("With")), Column(_("Since"), "n opt")]
    rows = [row(columns, [_linked(tie.one), _kind(tie), _linked(tie.other), _day(tie)]) for tie in ties[:TABLED]]
    drawn = [(_short(tie.one), tie.label, _short(tie.other)) for tie in ties[:DRAWN]]
    label = _("Organisations on the left and right, what ties them in the middle; the table has the same")
    more = len(ties) > TABLED
    title = ngettext("One tie between organisations", "%(count)s ties between organisations", len(ties))
    if more:
        title = _("More than %(count)s ties between organisations")
    notes = [_("Declared by the organisations, or computed from what they do together.")]
    if more:
        said = _("The figure shows the newest %(count)s, the table %(more)s; the file has all.")
        notes.append(said % {"count": DRAWN, "more": TABLED})
    elif len(ties) > DRAWN:
        notes.append(_("The figure shows the newest %(count)s; the table has all.") % {"count": DRAWN})
    return Figure(
        key="vinculos",
        title=title % {"count": number(min(len(ties), TABLED))},
        subtitle=_("Who works with whom, and through what"),
        table=Table("t-ties", _("Ties between organisations"), columns, rows, stacked=True),
        chart=three_columns(drawn, label=label),
        notes=notes,
        links=[Action(_("Download the ties (CSV)"), reverse("partners:ties_csv"))],
    )


def _linked(organisation: Organisation) -> Any:
    return link(organisation, organisation.get_absolute_url())


def _kind(tie: Tie) -> Any:
    return link(tie.label, tie.url)


def _day(tie: Tie) -> str:
    return day(tie.since) if tie.since else ""


def _short(organisation: Organisation) -> str:
    return organisation.acronym or organisation.name


@require_safe
def growth_csv(request: HttpRequest) -> HttpResponseBase:
    return csv_response("crecimiento.csv", ["anio", "entraron", "salieron", "al_cierre"], selectors.growth())


@require_safe
def ties_csv(request: HttpRequest) -> HttpResponseBase:
    headings = ["organizacion", "vinculo", "con", "desde", "hasta", "fuente"]
    rows = (
        [tie.one.name, tie.label, tie.other.name, tie.since, tie.until, tie.source]
        for tie in selectors.ties(request.user, limit=ALL)
    )
    return csv_response("vinculos.csv", headings, rows)


class CoverageGaps(TemplateView):
    """Which municipalities have no civil organisation, academia, media or government in the network."""

    template_name = "partners/gaps.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state, missing = _asked(self.request)
        found = selectors.gaps(state=state, missing=missing)
        codes = [
            *found.values_list("pk", flat=True)
        ]  # of the country at most: in one query with their number and order
        page = Paginator(codes, PAGE_SIZE).get_page(self.request.GET.get("pagina"))
        shown = selectors.with_sectors(
            found.model.objects.filter(pk__in=page.object_list).order_by(*found.query.order_by)
        )
        query = self.request.GET.copy()
        query.pop("pagina", None)
        return super().get_context_data(
            page=page,
            table=_gaps_table(shown),
            state=state,
            missing=missing,
            states=State.objects.order_by("sort_key"),
            sectors=[(name, label) for name, label in _sector_labels().items()],
            query=query.urlencode(),
            **kwargs,
        )


def _asked(request: HttpRequest) -> tuple[str, str]:
    state = request.GET.get("estado", "")
    missing = request.GET.get("falta", "")
    return (
        state if len(state) == 2 and state.isascii() and state.isdigit() else "",
        missing if missing in SECTORS else "",
    )


def _sector_labels() -> dict[str, str]:
    return {
        "osc": _("Civil society"),
        "academia": _("Academia"),
        "medios": _("Media"),
        "gobierno": _("Government"),
    }


def _gaps_table(shown: list[selectors.Gap]) -> Table:
    labels = _sector_labels()
    columns = [Column(_("Municipality")), *(Column(label) for label in labels.values())]
    rows = [
        row(
            columns, [link(one, one.get_absolute_url()), *(_("yes") if there[name] else _("nobody") for name in labels)]
        )
        for one, there in shown
    ]
    return Table("t-gaps", _("Sectors with somebody in the network, by municipality"), columns, rows, hide_caption=True)


@require_safe
def coverage_gaps_csv(request: HttpRequest) -> HttpResponseBase:
    """The same rows, all of them; of the whole country with `todos=1`."""
    state, missing = _asked(request)
    found = selectors.gaps(state=state, missing=missing, everywhere=request.GET.get("todos") == "1")
    rows = (
        [one.code, one.name, one.state.short_name, *("si" if there[name] else "no" for name in SECTORS)]
        for one, there in selectors.with_sectors(found)
    )
    return csv_response("huecos_de_cobertura.csv", ["clave", "municipio", "estado", *SECTORS], rows)

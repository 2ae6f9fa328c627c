"""`/divulgacion/`: how much a public body publishes, in which form and how soon; what to ask it for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from datasets.disclosure.scoring import DOCUMENTS, UNASSESSED
from datasets.models import DisclosureScore, Release
from datasets.selectors import disclosure as selectors
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Table, link, row
from gesoc.common.dates import day

from .dashboards import DashboardView
from .places import Place

DOCUMENT_NAMES: dict[str, Any] = {
    "revenue_law": _("Revenue law: what is expected to come in"),
    "budget": _("Budget: what is approved to be spent"),
    "by_unit": _("Expenditure by administrative unit"),
    "by_object": _("Expenditure by object"),
    "by_economic": _("Expenditure by economic type"),
    "by_function": _("Expenditure by function"),
    "revenue_account": _("Account of revenue: what came in"),
    "contracts": _("Contracts"),
    "citizen_budget": _("Citizen budget"),
    "financial_discipline": _("Formats of financial discipline (LDF 6)"),
    "supplier_register": _("Register of suppliers"),
    "federal_funds": _("Use of federal funds"),
}
DIMENSION_NAMES: dict[str, Any] = {
    "availability": _("What is on record"),
    "format": _("Whether it can be worked with"),
    "licence": _("Whether it may be used again"),
    "timeliness": _("How soon it came out"),
    "detail": _("How far it goes into detail"),
    "completeness": _("Whether anything is missing"),
    "consistency": _("Whether it adds up"),
}
SHARE_NAMES: dict[str, Any] = {
    "years": _("years on record of the last six"),
    "quarters": _("quarters on record of four"),
    "moments": _("moments of the budget stated"),
    "contract_fields": _("supplier, amount, date and procedure of the contracts"),
    "object": _("object of expenditure"),
    "unit": _("administrative units"),
    "function": _("functions"),
    "programme": _("programmes"),
    "contracts": _("details of the contracts, with their link"),
}
ZERO, HALF, ONE = Decimal(0), Decimal("0.5"), Decimal(1)
OPEN = Decimal("0.8")
PER_PAGE = 100


class DisclosurePage(DashboardView):
    """One place's score of a year, the evidence of each part, and a request for what is missing."""

    section = "disclosure"
    template_name = "datasets/disclosure.html"

    def page(self) -> dict[str, Any]:
        found = selectors.scores_of(self.place.body) if self.place.body else []
        if not found:
            return {"empty": True}
        years = {one.year: one for one in found}
        given = self.params.get("anio", "")
        self.score = years[int(given)] if given.isdecimal() and int(given) in years else found[0]
        self.parts = {part["dimension"]: part for part in self.score.parts}
        missing = self.missing()
        before = years.get(self.score.year - 1)
        return {
            "year": self.score.year,
            "years": [(year, f"?anio={year}", year == self.score.year) for year in years],
            "score": money.number(self.score.score),
            "coverage": money.percent(self.score.coverage),
            "bar": charts.inline_bar(self.score.score, Decimal(100)),
            "standing": selectors.standing(self.score) if self.place.is_government else None,
            "before": money.number(before.score) if before else "",
            "title": self.title(len(DOCUMENTS) - len([one for one in missing if one in DOCUMENTS])),
            "documents": self.documents(),
            "dimensions": self.dimensions(),
            "missing": [DOCUMENT_NAMES[name] for name in missing],
            "unassessed": [DOCUMENT_NAMES[name] for name in UNASSESSED],
            "ask": self.request_text(missing),
            "mail": self.mail(missing),
        }

    def title(self, found: int) -> str:
        named = {"found": found, "all": len(DOCUMENTS), "year": self.score.year}
        if found == len(DOCUMENTS):
            return gettext("All %(all)s documents of %(year)s that we look for are on record") % named
        if not found:
            return gettext("None of the %(all)s documents of %(year)s that we look for is on record") % named
        said = ngettext(
            "%(found)s of the %(all)s documents of %(year)s that we look for is on record",
            "%(found)s of the %(all)s documents of %(year)s that we look for are on record",
            found,
        )
        return said % named

    def missing(self) -> list[str]:
        found = self.parts["availability"]["items"].get("documents", {})
        return [name for name in DOCUMENTS if not found.get(name)]

    # -- the tables -----------------------------------------------------------------------------------------------

    def documents(self) -> Table:
        columns = [
            Column(gettext("Document")),
            Column(gettext("On record")),
            Column(gettext("Open format")),
            Column(gettext("Up to date")),
            Column(gettext("Latest file"), "opt"),
        ]
        releases = {one.pk: one for one in self.releases}
        found = self.parts["availability"]["items"].get("documents", {})
        rows = [
            row(columns, self.document(name, [releases[pk] for pk in found.get(name, ()) if pk in releases]))
            for name in DOCUMENTS
        ]
        return Table("t-documents", gettext("Documents of %(year)s") % {"year": self.score.year}, columns, rows)

    def document(self, name: str, releases: list[Release]) -> list[Any]:
        if not releases:
            return [DOCUMENT_NAMES[name], mark(ZERO), "", "", ""]
        newest = max(releases, key=lambda one: (one.published_at is not None, one.published_at, one.pk))
        readable = self.parts["format"]["items"].get("formats", {}).get(name)
        days = self.parts["timeliness"]["items"].get("days", {})
        told = [days[str(one.pk)] for one in releases if str(one.pk) in days]
        return [
            DOCUMENT_NAMES[name],
            mark(ONE),
            mark(ONE if readable and Decimal(readable) >= OPEN else HALF),
            mark(ONE if min(told) <= 30 else HALF) if told else gettext("cannot be known"),
            link(day(timezone.localdate(newest.ingest.file.retrieved_at)), newest.ingest.get_absolute_url()),
        ]

    def dimensions(self) -> Table:
        columns = [
            Column(gettext("What is judged")),
            Column(gettext("Weight"), "n"),
            Column(gettext("Points"), "n"),
            Column(gettext("What it was computed from"), "opt"),
            Column("", is_bar=True),
        ]
        return Table(
            "t-dimensions",
            gettext("How the score is made"),
            columns,
            [row(columns, _dimension(part)) for part in self.score.parts],
            hide_caption=True,
        )

    # -- what to ask for ------------------------------------------------------------------------------------------

    def request_text(self, missing: list[str]) -> str:
        wanted = [str(DOCUMENT_NAMES[name]) for name in missing]
        if self.parts["completeness"]["items"].get("shares", {}).get("quarters") not in (None, "1.00"):
            wanted.append(gettext("The quarterly reports of %(year)s, all four") % {"year": self.score.year})
        wanted += self.wanted_columns()
        if not wanted:
            return ""
        lines = [
            gettext("To the transparency unit of %(name)s:") % {"name": self.place.name},
            "",
            gettext(
                "I ask for the following of %(year)s, in an open format (CSV or XLSX, one record per row) and with its licence:"
            )
            % {"year": self.score.year},
            *[f"{number}. {text}." for number, text in enumerate(wanted, start=1)],
            "",
            gettext("If any of it is published already, please give me its exact address."),
        ]
        return "\n".join(lines)

    def wanted_columns(self) -> list[str]:
        """What lists of contracts leave out."""
        filled = self.parts["detail"]["items"].get("levels", {}).get("contracts")
        if filled is None or Decimal(filled) >= Decimal("0.95"):
            return []
        return [
            gettext("The list of contracts with supplier, RFC, amount, subject and link to each contract filled in")
        ]

    def mail(self, missing: list[str]) -> str:
        body = self.request_text(missing)
        subject = gettext("Request for public information: budget and contracts %(year)s") % {"year": self.score.year}
        return f"mailto:?subject={quote(subject)}&body={quote(body)}" if body else ""


def mark(value: Decimal) -> Any:
    """Yes, half, no: a word and a sign, never colour alone."""
    if value >= ONE:
        css, sign, word = "ok", "●", gettext("Yes")
    elif value > 0:
        css, sign, word = "warn", "◐", gettext("Half")
    else:
        css, sign, word = "bad", "○", gettext("Not on record")
    return format_html('<span class="tag {}"><span aria-hidden="true">{}</span> {}</span>', css, sign, word)


def _dimension(part: dict[str, Any]) -> list[Any]:
    name, weight = DIMENSION_NAMES[part["dimension"]], Decimal(part["weight"])
    if part["score"] is None:
        return [name, money.number(weight), "", gettext("cannot be judged: left out with its weight"), ""]
    points = Decimal(part["score"]) * weight
    return [
        name,
        money.number(weight),
        money.number(points, 1),
        _evidence(part),
        charts.inline_bar(points, Decimal(20)),
    ]


def _evidence(part: dict[str, Any]) -> str:
    """What a part was computed from, in a line."""
    items = part["items"]
    if shares := items.get("shares") or items.get("levels"):
        told = [f"{SHARE_NAMES[name]} {money.percent(Decimal(value) * 100)}" for name, value in shares.items()]
        return "; ".join(told)
    if "controls" in items:
        return gettext("%(right)s of %(all)s printed totals agree") % {
            "right": items["right"],
            "all": items["controls"],
        }
    if "licences" in items:
        return ", ".join(items["licences"]) or gettext("no licence stated")
    if days := items.get("days"):
        soonest = min(days.values())
        said = ngettext("the soonest after %(days)s day", "the soonest after %(days)s days", soonest)
        return said % {"days": soonest}
    if "documents" in items:
        found = sum(bool(releases) for releases in items["documents"].values())
        return gettext("%(found)s of %(all)s documents") % {"found": found, "all": len(items["documents"])}
    return gettext("best file of each document")


@require_safe
def ranking(request: HttpRequest) -> HttpResponse:
    """Municipal governments of one year: in order where enough could be judged, by name where it could not."""
    years = selectors.years()
    given = request.GET.get("anio", "")
    year = (
        int(given) if given.isdecimal() and int(given) in years else (years[0] if years else timezone.localdate().year)
    )
    comparable, others = selectors.ranked(year)
    page = Paginator(comparable, PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "year": year,
        "years": [(one, f"?anio={one}", one == year) for one in years],
        "page": page,
        "table": _ranking(page.object_list, year, _places(comparable)),
        "others": [_other(one) for one in others[:PER_PAGE]],
        "least": money.percent(selectors.COMPARABLE),
    }
    return render(request, "datasets/disclosure_ranking.html", context)


def _other(one: DisclosureScore) -> tuple[str, str, str]:
    return str(one.public_body.municipality), _url(one), money.percent(one.coverage)


def _url(one: DisclosureScore) -> str:
    return Place.of(one.public_body).url("disclosure", anio=one.year)


def _places(comparable: Sequence[DisclosureScore]) -> dict[Decimal, int]:
    """By score, of the best first: equal scores share a place."""
    places: dict[Decimal, int] = {}
    for number, one in enumerate(comparable, start=1):
        places.setdefault(one.score, number)
    return places


def _ranking(scores: Any, year: int, places: Mapping[Decimal, int]) -> Table:
    columns = [
        Column(gettext("Municipality")),
        Column(gettext("Place"), "n"),
        Column(gettext("Score"), "n"),
        Column(gettext("Could be judged"), "n opt"),
        Column("", is_bar=True),
    ]
    rows = [
        row(
            columns,
            [
                link(one.public_body.municipality, _url(one)),
                places[one.score],
                money.number(one.score),
                money.percent(one.coverage),
                charts.inline_bar(one.score, Decimal(100)),
            ],
        )
        for one in scores
    ]
    return Table("t-ranking", gettext("Disclosure of %(year)s") % {"year": year}, columns, rows, hide_caption=True)

"""Whose dashboard it is: a municipality's government, or any other public body; with its address, crumbs and tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, gettext_lazy

from datasets.models import PublicBody
from gesoc.common.addresses import address
from gesoc.common.compiled import compiled_once
from gesoc.common.views import Link
from municipalities.models import Municipality, Population
from municipalities.selectors import people_in, with_states

SECTIONS = {
    "": gettext_lazy("Summary"),
    "expenditure": gettext_lazy("Budget"),
    "revenue": gettext_lazy("Revenue"),
    "contracts": gettext_lazy("Contracts"),
    "works": gettext_lazy("Works"),
    "debt": gettext_lazy("Debt"),
    "sanctions": gettext_lazy("Sanctions"),
    "flags": gettext_lazy("Flags to review"),
    "disclosure": gettext_lazy("Disclosure"),
}
LONG_NAME = 40
# What finds and orders bodies and places, and what only lists say of them.
NOT_SAID = (
    *("name_key", "sort_key", "search_text", "municipality__sort_key", "municipality__search_text"),
    *("municipality__created_note", "municipality__created_on", "municipality__created_source_url"),
)
ASIDE = "aside_"
STATE_KINDS = (PublicBody.Kind.STATE, PublicBody.Kind.FEDERATION)


@dataclass(frozen=True)
class Place:
    """`body` is None for a municipality of whose government nothing was ever loaded."""

    municipality: Municipality | None
    body: PublicBody | None
    # What was read of it in the same question, by name; what is not there is asked for when it is shown.
    aside: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, body: PublicBody, **aside: Any) -> Place:
        return cls(body.municipality, body, aside)

    @property
    def name(self) -> str:
        return self.municipality.name if self.municipality and self.is_government else str(self.body)

    @property
    def has_long_name(self) -> bool:
        """Too long for the largest letters."""
        return len(self.name) > LONG_NAME

    @property
    def is_government(self) -> bool:
        """The dashboard of the municipality itself."""
        return self.municipality is not None and (self.body is None or self.body.is_municipal_government)

    @property
    def kicker(self) -> str:
        if not self.is_government:
            assert self.body is not None
            known = self.body.kind != PublicBody.Kind.UNKNOWN
            return str(self.body.get_kind_display()) if known else gettext("Public body")
        assert self.municipality is not None
        if self.municipality.kind == Municipality.Kind.BOROUGH:
            return gettext("Borough of Mexico City")
        return gettext("Municipality of %(state)s") % {"state": self.municipality.state.name}

    @property
    def may_have_work(self) -> bool:
        """Might projects or evidence of any kind be about it? Where not, nobody asks which of them are public."""
        return self.municipality is not None and self.is_government and bool(self.aside.get("work", True))

    @property
    def code(self) -> str:
        """For file names."""
        if self.is_government:
            assert self.municipality is not None
            return self.municipality.code
        assert self.body is not None
        return self.body.slug

    def url(self, section: str = "", **query: Any) -> str:
        name = "municipality" if self.is_government else "public_body"
        found = address(f"{name}_{section}" if section else name, self.code)
        return f"{found}?{urlencode(query)}" if query else found

    def crumbs(self, section: str = "") -> list[tuple[str, str]]:
        """From the directory down to, but without, the page itself."""
        found = []
        if self.municipality is not None:
            state = self.municipality.state
            found = [
                (gettext("Municipalities"), address("municipalities:directory")),
                (state.short_name, state.get_absolute_url()),
            ]
        else:
            found = [(gettext("Public bodies"), address("public_bodies"))]
            if self.body is not None and self.body.state is not None:
                found.append((self.body.state.short_name, self.body.state.get_absolute_url()))
        if self.municipality is not None and not self.is_government:
            found.append((self.municipality.name, address("municipality", self.municipality.code)))
        return [*found, (self.name, self.url())] if section else found

    def tabs(self, section: str) -> list[Link]:
        """Registers of sanctions are kept by states and the federation: a municipality has that page, but no tab for it."""
        return [
            Link(label, self.url(key), key == section)
            for key, label in SECTIONS.items()
            if key != "sanctions" or key == section or not self.is_government
        ]

    @property
    def told_apart(self) -> str:
        """For what leaves the page: seven municipalities are called Benito Juárez."""
        return str(self.municipality) if self.municipality is not None and self.is_government else self.name

    def population(self, year: int) -> Population | None:
        """People whom the body serves; agencies serve part of a territory, so nobody is counted for them."""
        return self.populations([year]).get(year)

    def populations(self, years: Iterable[int]) -> dict[int, Population]:
        """What `people_in` tells of each year; a year of which it tells nothing is left out. One query, once."""
        known = self._all_populations
        found = {year: people_in(known, year) for year in years}
        return {year: one for year, one in found.items() if one is not None}

    @cached_property
    def _all_populations(self) -> list[Population]:
        if "people" in self.aside:
            told = [Population(municipality=self.municipality, **one) for one in self.aside["people"] or ()]
            return sorted(told, key=lambda one: (-one.year, one.kind))
        if self.is_government and self.municipality is not None:
            figures = Population.objects.filter(municipality=self.municipality.code)
        elif self.body is not None and self.body.kind in STATE_KINDS and not self._is_unknown_state:
            figures = Population.objects.filter(municipality=None, state=self.body.state_id)
        else:
            return []
        return list(figures.order_by("-year", "kind"))

    @property
    def _is_unknown_state(self) -> bool:
        return self.body is not None and self.body.kind == PublicBody.Kind.STATE and not self.body.state_id


def people_of(municipality: str) -> Subquery:
    """To annotate: the figures of a municipality's population, of any year. `municipality`: the path to its code."""
    told = JSONObject(year="year", kind="kind", value="value", source="source", source_url="source_url")
    figures = Population.objects.filter(municipality=OuterRef(municipality)).order_by().values("municipality")
    return Subquery(figures.annotate(told=JSONBAgg(told)).values("told"))


def nothing_aside() -> Mapping[str, Any]:
    return {}


@compiled_once
def governments(code: str, aside: Callable[[], Mapping[str, Any]]) -> QuerySet[PublicBody]:
    wanted = {"people": people_of("municipality"), **aside()}
    found = PublicBody.objects.government_of(code).select_related("municipality").defer(*NOT_SAID)
    return found.annotate(**{f"{ASIDE}{name}": one for name, one in wanted.items()})[:1]


def place_of_municipality(code: str, aside: Callable[[], Mapping[str, Any]] = nothing_aside) -> Place:
    """`aside`: what else is read with it, as annotations of its government; the same ones whenever it is called."""
    found = governments(code, aside)
    if not found:
        return Place(get_object_or_404(Municipality.objects.select_related("state"), code=code), None)
    body = found[0]
    if body.municipality is not None:
        with_states([body.municipality])
    return Place.of(
        body, **{name.removeprefix(ASIDE): one for name, one in vars(body).items() if name.startswith(ASIDE)}
    )


def place_of_body(slug: str) -> Place:
    """Other bodies. A municipality's government has its municipality's address, and only that one."""
    bodies = PublicBody.objects.known().select_related("municipality__state", "state")
    body = get_object_or_404(bodies, slug=slug)
    return Place(body.municipality, body)


def place_of(
    request: HttpRequest,
    code: str | None,
    slug: str | None,
    aside: Callable[[], Mapping[str, Any]] = nothing_aside,
) -> Place:
    if code is not None:
        return place_of_municipality(code, aside)
    if slug is None:
        raise Http404
    return place_of_body(slug)

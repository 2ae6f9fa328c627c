"""What the pages about people and organisations read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, F

from .models import Membership, Organisation, OrganisationQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .models import User


class Choice(NamedTuple):
    """One box of a filter: how many organisations it would show beside those the other filters leave."""

    value: str
    label: str
    found: int
    chosen: bool


class Facet(NamedTuple):
    name: str
    choices: list[Choice]


# The parameter of the address, and what it filters.
FACETS = {"estado": "home_municipality__state", "tipo": "kind", "situacion": "status"}


def directory(user: User | AnonymousUser, *, text: str = "", **chosen: Iterable[str]) -> OrganisationQuerySet:
    """Organisations that take part today and fit the search; `chosen` values of one facet are alternatives."""
    found = Organisation.objects.visible_to(user).listed().matching(text)
    for name, values in chosen.items():
        if kept := list(values):
            found = found.filter(**{f"{FACETS[name]}__in": kept})
    return found


def directory_facets(user: User | AnonymousUser, *, text: str = "", **chosen: Iterable[str]) -> list[Facet]:
    """Every facet counts within the search and the other facets, so that a second box can be added to a first."""
    labels = {"tipo": dict(Organisation.Kind.choices), "situacion": dict(Organisation.Status.choices)}
    facets = []
    for name, path in FACETS.items():
        others = {key: values for key, values in chosen.items() if key != name}
        label = F("home_municipality__state__short_name") if name == "estado" else F(path)
        rows = (
            directory(user, text=text, **others)
            .exclude(**{f"{path}__isnull": True})
            .order_by()
            .values_list(path, label)
            .annotate(count=Count("pk"))
        )
        picked = set(chosen.get(name, ()))
        choices = [
            Choice(value, str(labels.get(name, {}).get(value, shown)), count, value in picked)
            for value, shown, count in rows
        ]
        facets.append(Facet(name, sorted(choices, key=lambda choice: (-choice.found, choice.label))))
    return facets


def memberships_of(user: User) -> list[Membership]:
    """Everything that somebody is or was, what holds today first."""
    rows = Membership.objects.filter(user=user).select_related("organisation")
    order = list(Membership.State.values)
    return sorted(rows.order_by("organisation__sort_key", "pk"), key=lambda row: order.index(row.state))


def contacts_of(organisation: Organisation) -> list[Membership]:
    """Who coordinates and facilitates for an organisation today. For members of the network only."""
    leading = (Membership.Role.COORDINATOR, Membership.Role.FACILITATOR)
    rows = organisation.memberships.in_force().filter(role__in=leading).select_related("user")
    return list(rows.order_by("role", "user__full_name", "pk"))

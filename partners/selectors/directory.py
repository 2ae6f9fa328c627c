"""What the pages about people and organisations read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import CharField, Count, F, Func

from partners.models import Membership, Organisation, OrganisationQuerySet, Theme

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


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
FACETS = {"estado": "home_municipality__state", "tipo": "kind", "tema": "themes", "situacion": "status"}


def directory(user: User | AnonymousUser, *, text: str = "", **chosen: Iterable[str]) -> OrganisationQuerySet:
    """Organisations that take part today and fit the search; `chosen` values of one facet are alternatives."""
    found = Organisation.objects.visible_to(user).listed().matching(text)
    for name, values in chosen.items():
        if kept := list(values):
            match = "overlap" if name == "tema" else "in"
            found = found.filter(**{f"{FACETS[name]}__{match}": kept})
    return found


def directory_facets(user: User | AnonymousUser, *, text: str = "", **chosen: Iterable[str]) -> list[Facet]:
    """Every facet counts within the search and the other facets, so that a second box can be added to a first."""
    facets = []
    for name in FACETS:
        others = {key: values for key, values in chosen.items() if key != name}
        picked = set(chosen.get(name, ()))
        choices = [
            Choice(value, label, count, value in picked)
            for value, label, count in _counted(name, directory(user, text=text, **others))
        ]
        facets.append(Facet(name, sorted(choices, key=lambda choice: (-choice.found, choice.label))))
    return facets


def _counted(name: str, found: OrganisationQuerySet) -> list[tuple[str, str, int]]:
    """(value, label, how many) of one facet."""
    path = FACETS[name]
    if name == "estado":
        rows = found.exclude(home_municipality=None).order_by()
        return list(rows.values_list(path, F(f"{path}__short_name")).annotate(count=Count("pk")))
    value = Func(F("themes"), function="unnest", output_field=CharField()) if name == "tema" else F(path)
    labels = {
        "tipo": dict(Organisation.Kind.choices),
        "tema": dict(Theme.choices),
        "situacion": dict(Organisation.Status.choices),
    }[name]
    counted = found.order_by().annotate(value=value).values_list("value").annotate(count=Count("pk"))
    return [(value, str(labels.get(value, value)), count) for value, count in counted]


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


def team_of(organisation: Organisation) -> list[Membership]:
    """Who acts for it or was invited to; those who left are in the history only."""
    rows = organisation.memberships.exclude(state=Membership.State.ENDED).select_related("user")
    order = list(Membership.State.values)
    return sorted(rows.order_by("user__full_name", "pk"), key=lambda row: order.index(row.state))

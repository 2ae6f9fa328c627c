"""What the pages about people and organisations read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F
from django.db.models.functions import Left

from gesoc.common.facets import Facet, facet, tally
from municipalities.models import State
from partners.models import Membership, Organisation, OrganisationQuerySet, OutboxMail, Theme

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


# The parameter of the address, and what it filters.
FACETS = {"estado": "home_municipality__state", "tipo": "kind", "tema": "themes", "situacion": "status"}


class Directory(NamedTuple):
    """What is found, how many these are, and the boxes that narrow it."""

    found: OrganisationQuerySet
    total: int
    facets: list[Facet]


def directory(user: User | AnonymousUser, *, text: str = "", **chosen: Iterable[str]) -> OrganisationQuerySet:
    """Organisations that take part today and fit the search; `chosen` values of one facet are alternatives."""
    found = Organisation.objects.visible_to(user).listed().matching(text)
    for name, values in chosen.items():
        if kept := list(values):
            match = "overlap" if name == "tema" else "in"
            found = found.filter(**{f"{FACETS[name]}__{match}": kept})
    return found


def counted_directory(user: User | AnonymousUser, *, text: str = "", **chosen: Iterable[str]) -> Directory:
    """Every facet counts within the search and the other facets, so that a second box can be added to a first."""
    kept = {name: list(values) for name, values in chosen.items()}
    # The code of a municipality begins with that of its state: no table more is read.
    columns = {
        "estado": Left("home_municipality_id", 2),
        "tipo": F("kind"),
        "tema": F("themes"),
        "situacion": F("status"),
    }
    counted = tally(directory(user, text=text).values(**columns), FACETS, kept, several=("tema",))
    labels: dict[str, dict[Any, Any]] = {
        "estado": dict(State.objects.values_list("code", "short_name")),
        "tipo": dict(Organisation.Kind.choices),
        "tema": dict(Theme.choices),
        "situacion": dict(Organisation.Status.choices),
    }
    facets = [facet(name, counted.found[name], labels[name], kept.get(name, ())) for name in FACETS]
    return Directory(directory(user, text=text, **kept), counted.total, facets)


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


def mails_of(team: Iterable[Membership]) -> dict[str, str]:
    """Of those who were invited: what became of the mail, by what it is about."""
    about = [row.mailed_about for row in team if row.state == Membership.State.INVITED]
    return dict(OutboxMail.objects.filter(about__in=about).order_by("pk").values_list("about", "state"))

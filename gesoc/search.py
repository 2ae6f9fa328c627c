"""The search of the whole site: one list of those who answer. Whoever has something to be found adds a provider.

A provider takes what is asked and how many answers there is room for; it shows nothing that the person may not see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext, gettext_lazy, ngettext

from datasets import selectors
from datasets.privacy import cover
from dialogues.models import Session
from gesoc.common import money
from municipalities.models import Municipality
from municipalities.selectors import search_municipalities
from projects.models import Challenge, Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


class Found(NamedTuple):
    name: str
    url: str
    about: str = ""


@dataclass(frozen=True)
class Search:
    """The words, and who asks."""

    query: str
    user: User | AnonymousUser

    @cached_property
    def version(self) -> int:
        """Of the data: what a process keeps of one version it does not show of another."""
        return selectors.data_version()


Provider = Callable[[Search, int], Sequence[Found]]


class Group(NamedTuple):
    title: Any
    items: Sequence[Found]
    more: bool


def _municipalities(search: Search, limit: int) -> list[Found]:
    return [
        Found(unit.name, unit.get_absolute_url(), _unit(unit)) for unit in search_municipalities(search.query, limit)
    ]


def _unit(unit: Municipality) -> str:
    people: int | None = getattr(unit, "population", None)
    counted = ngettext("%(count)s inhabitant", "%(count)s inhabitants", people or 0) % {
        "count": money.number(people or 0)
    }
    return " · ".join(filter(None, [unit.state.short_name, unit.former_names, counted if people else ""]))


def _bodies(search: Search, limit: int) -> list[Found]:
    found = []
    for body in selectors.search_bodies(search.query, limit):
        count: int = getattr(body, "release_count", 0)
        with_data = gettext("with data") if count else gettext("without data yet")
        place = str(body.municipality or body.state or "")
        about = " · ".join(filter(None, [str(body.get_kind_display()), place, with_data]))
        found.append(Found(body.name, body.get_absolute_url(), about))
    return found


def _suppliers(search: Search, limit: int) -> list[Found]:
    """Those with public contracts, the largest first, and what they got in each currency."""
    found = []
    for totals in selectors.suppliers_found(search.query, limit=limit, version=search.version):
        supplier = totals[0].supplier
        amounts = [money.currency_amount(one.amount, one.currency) for one in totals]
        found.append(Found(cover(supplier.name), supplier.get_absolute_url(), " · ".join(filter(None, amounts))))
    return found


def _contracts(search: Search, limit: int) -> list[Found]:
    return [
        Found(
            cover(one.title or one.contract_number) or gettext("Contract without a title"),
            one.get_absolute_url(),
            " · ".join(
                filter(
                    None,
                    [
                        cover(one.supplier_name),  # whose name may be why it was found
                        str(one.public_body),
                        str(one.year),
                        money.currency_amount(one.amount, one.currency),
                    ],
                )
            ),
        )
        for one in selectors.newest_contracts(search.query, limit=limit, version=search.version)
    ]


def _listed(model: Any) -> Provider:
    """A model whose lists know who may see what, and find themselves by words."""

    def find(search: Search, limit: int) -> list[Found]:
        found = model.objects.visible_to(search.user).matching(search.query)[:limit]
        return [Found(str(one), one.get_absolute_url()) for one in found]

    return find


PROVIDERS: list[tuple[Any, Provider]] = [
    (gettext_lazy("Municipalities"), _municipalities),
    (gettext_lazy("Public bodies"), _bodies),
    (gettext_lazy("Suppliers"), _suppliers),
    (gettext_lazy("Contracts"), _contracts),
    (gettext_lazy("Projects"), _listed(Project)),
    (gettext_lazy("Challenges"), _listed(Challenge)),
    (gettext_lazy("Dialogues"), _listed(Session)),
]


def search_all(query: str, user: User | AnonymousUser, limit: int) -> list[Group]:
    """Only groups in which something was found."""
    groups, search = [], Search(query, user)
    for title, provider in PROVIDERS:
        items = provider(search, limit + 1)
        if items:
            groups.append(Group(title, items[:limit], len(items) > limit))
    return groups

"""Parts of an organisation's page that apps above add: files it handed in, projects it leads, dialogues it held."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import Organisation, User

# (who looks, at which organisation) -> what the template shows as `data`; nothing: the part is left out.
SectionProvider = Callable[["User | AnonymousUser", "Organisation"], Any]


class Section(NamedTuple):
    template: str
    data: Any


_providers: dict[str, SectionProvider] = {}


def add_section(template: str, provider: SectionProvider) -> None:
    """Register a part of the page; once, from `AppConfig.ready`, in the order of the page."""
    _providers[template] = provider


def sections_of(organisation: Organisation, user: User | AnonymousUser) -> list[Section]:
    found = [Section(template, provider(user, organisation)) for template, provider in _providers.items()]
    return [section for section in found if section.data]

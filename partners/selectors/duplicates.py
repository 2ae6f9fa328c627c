"""Who may be there twice. Suggestions only, blind to accents and case; a person decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from itertools import combinations
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.db.models import Count
from django.utils.translation import gettext as _

from gesoc.common.text import search_text
from partners.models import Affiliation, Merge, NotDuplicate, Organisation, Person

SHOWN = 50
PER_GROUP = 4  # of a large group the first few pairs are enough to begin with
LEGAL_FORMS = {"a", "c", "s", "ac", "sc", "iap", "i", "p", "abp", "de", "asociacion", "civil", "la", "el", "y"}


class Suggestion(NamedTuple):
    one: Any
    other: Any
    reason: str


def duplicate_people() -> list[Suggestion]:
    """Same address (where it is not a shared one), same phone, or same name at the same organisation."""
    active = Person.objects.active()
    pairs: dict[tuple[int, int], str] = {}
    for field, reason in (("email", _("same e-mail")), ("phone_key", _("same phone"))):
        kept = active.exclude(**{field: ""})
        kept = kept.filter(shared_email=False) if field == "email" else kept
        often = kept.order_by().values(field).annotate(found=Count("pk")).filter(found__gt=1)[:SHOWN]
        rows = kept.filter(**{f"{field}__in": [row[field] for row in often]}).values_list(field, "pk")
        _pair(rows, reason, pairs)
    _pair(_namesakes(), _("same name and organisation"), pairs)
    return _suggested(Person, Merge.Kind.PERSON, pairs)


def _namesakes() -> Iterable[tuple[Hashable, int]]:
    current = Affiliation.objects.current().filter(person__state=Person.State.ACTIVE)
    key = ("person__sort_key", "organisation")
    often = current.order_by().values(*key).annotate(found=Count("person", distinct=True)).filter(found__gt=1)[:SHOWN]
    wanted = {(row["person__sort_key"], row["organisation"]) for row in often}
    rows = current.filter(person__sort_key__in={name for name, _organisation in wanted})
    for name, organisation, person in rows.values_list(*key, "person"):
        if (name, organisation) in wanted:
            yield (name, organisation), person


def duplicate_organisations() -> list[Suggestion]:
    """Same name without its legal form, same site, or the acronym of one is the name of the other."""
    rows = list(Organisation.objects.kept().order_by().values_list("pk", "name", "acronym", "website"))
    pairs: dict[tuple[int, int], str] = {}
    _pair(((_bare(name), pk) for pk, name, _acronym, _site in rows), _("same name"), pairs)
    hosts = ((_host(site), pk) for pk, _name, _acronym, site in rows)
    _pair(((host, pk) for host, pk in hosts if host), _("same website"), pairs)
    short = [(search_text(acronym), pk) for pk, _name, acronym, _site in rows if acronym]
    _pair([*short, *((search_text(name), pk) for pk, name, _acronym, _site in rows)], _("same acronym"), pairs)
    return _suggested(Organisation, Merge.Kind.ORGANISATION, pairs)


def _bare(name: str) -> str:
    words = search_text(name).split()
    return " ".join(word for word in words if word not in LEGAL_FORMS) or " ".join(words)


def _host(site: str) -> str:
    return (urlsplit(site).hostname or "").removeprefix("www.")


def _pair(rows: Iterable[tuple[Hashable, int]], reason: str, pairs: dict[tuple[int, int], str]) -> None:
    groups: dict[Hashable, set[int]] = defaultdict(set)
    for key, pk in rows:
        groups[key].add(pk)
    for group in groups.values():
        for low, high in combinations(sorted(group)[:PER_GROUP], 2):
            pairs.setdefault((low, high), reason)


def _suggested(model: Any, kind: str, pairs: dict[tuple[int, int], str]) -> list[Suggestion]:
    """The newest pairs that nobody called different, with both records."""
    different = set(NotDuplicate.objects.filter(kind=kind).values_list("one_id", "other_id"))
    left = sorted((pair for pair in pairs if pair not in different), key=lambda pair: -pair[1])[:SHOWN]
    rows = model._default_manager.in_bulk({pk for pair in left for pk in pair})
    return [Suggestion(rows[low], rows[high], pairs[low, high]) for low, high in left if low in rows and high in rows]

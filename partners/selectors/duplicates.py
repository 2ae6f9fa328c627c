"""Who may be there twice. Suggestions only, blind to accents and case; a person decides.

Keys are stored, and the newest records are looked at first, each by its key: a page costs the same however large the
network is, and leads further back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from itertools import combinations
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from partners.models import Affiliation, Merge, NotDuplicate, Organisation, Person

SHOWN = 50
PER_GROUP = 4  # of a large group the first few pairs are enough to begin with
LOOKED_AT = 1000  # records of a page; each is compared with all that are older
Pairs = dict[tuple[int, int], str]


class Suggestion(NamedTuple):
    one: Any
    other: Any
    reason: str


class Window(NamedTuple):
    """Records that a page looks at."""

    oldest: int
    before: int | None = None  # the first one that it does not: a newer page did
    more: bool = False

    def of(self, rows: QuerySet[Any], pk: str = "pk") -> QuerySet[Any]:
        found = rows.filter(**{f"{pk}__gte": self.oldest})
        return found.filter(**{f"{pk}__lt": self.before}) if self.before else found


def window_of(model: Any, before: int | None = None) -> Window:
    rows = model._default_manager.order_by("-pk")
    rows = rows.filter(pk__lt=before) if before else rows
    edge = list(rows.values_list("pk", flat=True)[LOOKED_AT - 1 : LOOKED_AT + 1])
    return Window(edge[0], before, more=True) if len(edge) > 1 else Window(0, before)


def duplicate_people(window: Window | None = None) -> list[Suggestion]:
    """Same address (where only one says that it is shared), same phone, or same name at the same organisation."""
    window = window or window_of(Person)
    active, pairs, different = Person.objects.active(), Pairs(), _different(Merge.Kind.PERSON)
    groups = SHOWN + len(different)  # those that were looked at hide no others
    shared = active.filter(shared_email=True).exclude(email="")
    alone = active.filter(shared_email=False, email=OuterRef("email")).exclude(email="")
    said = _with_twin(window.of(shared), alone).values_list("email", flat=True)[:groups]
    _pair(_of_keys(active, "email", list(said)), _("same e-mail"), pairs)
    _pair(_same(active, "phone_key", window, groups), _("same phone"), pairs)
    _pair(_namesakes(window, groups), _("same name and organisation"), pairs)
    return _suggested(Person, pairs, different)


def _with_twin(rows: QuerySet[Any], twins: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the rows that have one, the newest first; looked up one by one in the index."""
    twin = Subquery(twins.order_by("pk").values("pk")[:1])
    found: QuerySet[Any] = rows.annotate(twin=twin).exclude(twin=None).order_by("-pk")
    return found


def _same(rows: QuerySet[Any], key: str, window: Window, groups: int) -> Iterable[tuple[Hashable, int]]:
    """(key, row) of the groups in which a row of the window has an older twin."""
    rows = rows.exclude(**{key: ""})
    older = rows.filter(**{key: OuterRef(key)}, pk__lt=OuterRef("pk"))
    return _of_keys(rows, key, list(_with_twin(window.of(rows), older).values_list(key, flat=True)[:groups]))


def _of_keys(rows: QuerySet[Any], key: str, keys: list[str]) -> Iterable[tuple[Hashable, int]]:
    return rows.filter(**{f"{key}__in": keys}).values_list(key, "pk") if keys else []


def _namesakes(window: Window, groups: int) -> Iterable[tuple[Hashable, int]]:
    current = Affiliation.objects.current().filter(person__state=Person.State.ACTIVE)
    older = current.filter(
        organisation=OuterRef("organisation"),
        person__sort_key=OuterRef("person__sort_key"),
        person__lt=OuterRef("person"),
    )
    key = ("person__sort_key", "organisation")
    found = _with_twin(window.of(current, "person"), older).order_by("-person").values_list(*key)[:groups]
    wanted = {(name, organisation) for name, organisation in found}
    rows = current.filter(organisation__in={organisation for _name, organisation in wanted})
    for name, organisation, person in rows.values_list(*key, "person") if wanted else []:
        if (name, organisation) in wanted:
            yield (name, organisation), person


def duplicate_organisations(window: Window | None = None) -> list[Suggestion]:
    """Same name without its legal form, same site, or the acronym of one is the name or the acronym of the other."""
    window = window or window_of(Organisation)
    kept, pairs, different = Organisation.objects.kept(), Pairs(), _different(Merge.Kind.ORGANISATION)
    groups = SHOWN + len(different)
    _pair(_same(kept, "bare_key", window, groups), _("same name"), pairs)
    _pair(_same(kept, "host_key", window, groups), _("same website"), pairs)
    _pair(_same(kept, "acronym_key", window, groups), _("same acronym"), pairs)
    named = kept.exclude(bare_key="").filter(bare_key=OuterRef("acronym_key")).exclude(pk=OuterRef("pk"))
    short = _with_twin(window.of(kept.exclude(acronym_key="")), named)
    for one, other in short.values_list("pk", "twin")[:groups]:
        pairs.setdefault((min(one, other), max(one, other)), _("same acronym"))
    return _suggested(Organisation, pairs, different)


def _different(kind: str) -> set[tuple[int, int]]:
    return set(NotDuplicate.objects.filter(kind=kind).values_list("one_id", "other_id"))


def _pair(rows: Iterable[tuple[Hashable, int]], reason: str, pairs: Pairs) -> None:
    groups: dict[Hashable, set[int]] = defaultdict(set)
    for key, pk in rows:
        groups[key].add(pk)
    for group in groups.values():
        for low, high in combinations(sorted(group)[:PER_GROUP], 2):
            pairs.setdefault((low, high), reason)


def _suggested(model: Any, pairs: Pairs, different: set[tuple[int, int]]) -> list[Suggestion]:
    """The newest pairs that nobody called different, with both records."""
    left = sorted((pair for pair in pairs if pair not in different), key=lambda pair: -pair[1])[:SHOWN]
    rows = model._default_manager.in_bulk({pk for pair in left for pk in pair})
    return [Suggestion(rows[low], rows[high], pairs[low, high]) for low, high in left if low in rows and high in rows]

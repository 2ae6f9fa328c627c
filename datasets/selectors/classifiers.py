"""The official classifiers as they stand, and how their editions hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.db.models import Prefetch, QuerySet

from datasets.models import ClassNode, Crosswalk
from gesoc.common.moments import present
from gesoc.common.text import search_text, tokens

from .cells import Cell, nodes_of

#: Classifiers whose codes got another meaning with a later edition.
RENUMBERED = frozenset({ClassNode.Classifier.FUNDING})


def entries(classifier: str, q: str = "") -> list[ClassNode]:
    """Today's edition first: those whose code begins with what is asked for, or whose names hold its words. Three queries, with
    what each was and became."""
    found = _with_crosswalks(ClassNode.objects.filter(classifier=classifier))
    asked, words = q.strip(), tokens(q)
    if not words:
        return list(found)
    return [one for one in found if one.code.startswith(asked) or _holds(one, words)]


def _with_crosswalks(found: QuerySet[ClassNode]) -> QuerySet[ClassNode]:
    crosswalks = Crosswalk.objects.select_related("origin", "target").order_by("origin__code", "target__code")
    return found.order_by("-since", "code").prefetch_related(
        Prefetch("was", crosswalks), Prefetch("became", crosswalks)
    )


def _holds(node: ClassNode, words: Iterable[str]) -> bool:
    names = search_text(f"{node.name_es} {node.name_en}")
    return all(word in names for word in words)


def same_headings(
    classifier: str | None, before: Sequence[Cell], after: Sequence[Cell], *, years: tuple[int, int]
) -> dict[str, str]:
    """Headings of an earlier year that a later one tells too: their keys, each with its key there.

    A code that meant something else before (a digit of the funding sources until 2017) is not the same heading, unless the
    publisher goes on calling it by the same name; the crosswalk says what it is called now, where all of it is.
    """
    same = {cell.key: cell.key for cell in before}
    if classifier is None or classifier not in RENUMBERED:
        return same
    named = {cell.key: search_text(cell.name) for cell in after}
    kept_name = {cell.key for cell in before if named.get(cell.key) == search_text(cell.name)}
    for node in _of_another_meaning(classifier, same.keys() - kept_name, years):
        same[node.code] = _renamed(present()).get(node.pk, "")
    once = Counter(same.values())
    return {key: there for key, there in same.items() if there and once[there] == 1}


def _of_another_meaning(classifier: str, codes: Iterable[str], years: tuple[int, int]) -> list[ClassNode]:
    """What the codes meant in the first of the years, where that is not what they mean in the second."""
    first, second = years
    in_force = [node for node in nodes_of(classifier, codes) if node.since <= first <= (node.until or first)]
    return [node for node in in_force if node.until is not None and node.until < second]


@lru_cache(maxsize=1)
def _renamed(moment: float) -> dict[int, str]:
    """Entries that are wholly under another code now."""
    return dict(Crosswalk.objects.filter(is_whole=True).values_list("origin_id", "target__code"))

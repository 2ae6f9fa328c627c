"""Loads the official classifiers that come with the code (data/README.md) into the database."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from .models import ClassNode, Crosswalk

DATA = Path(__file__).parent / "data"
TEXTS = ("parent_code", "level", "name_es", "name_en", "short_es", "short_en", "source")
FIELDS = (*TEXTS, "until")


@transaction.atomic
def load_classifiers() -> int:
    """Bring the table to what the files say, entries gone from them included; return how many rows were written.

    Two queries where nothing changed.
    """
    return _load_nodes() + _load_crosswalks()


def _load_nodes() -> int:
    wanted = {_key(node): node for node in _published_nodes()}
    kept = {_key(node): node for node in ClassNode.objects.all()}
    gone = [node.pk for key, node in kept.items() if key not in wanted]
    changed = [node for key, node in wanted.items() if key not in kept or _values(node) != _values(kept[key])]
    if gone:
        ClassNode.objects.filter(pk__in=gone).delete()
    if changed:
        ClassNode.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["classifier", "code", "since"], update_fields=FIELDS
        )
    return len(gone) + len(changed)


def _load_crosswalks() -> int:
    """After the entries that they join: one that an entry went away with is written again."""
    wanted = set(_published_crosswalks())
    kept = {_ends(one): one for one in Crosswalk.objects.select_related("origin", "target")}
    gone = [one.pk for ends, one in kept.items() if ends not in wanted]
    fresh = wanted - kept.keys()
    if gone:
        Crosswalk.objects.filter(pk__in=gone).delete()
    if fresh:
        nodes = {
            _key(node): node for node in ClassNode.objects.filter(classifier__in={one.classifier for one in fresh})
        }
        Crosswalk.objects.bulk_create(one.between(nodes) for one in sorted(fresh))
    return len(gone) + len(fresh)


class Ends(NamedTuple):
    """A line of crosswalks.csv."""

    classifier: str
    code: str
    since: int
    to_code: str
    to_since: int
    is_whole: bool
    source: str

    def between(self, nodes: Mapping[tuple[str, str, int], ClassNode]) -> Crosswalk:
        origin = nodes[self.classifier, self.code, self.since]
        target = nodes[self.classifier, self.to_code, self.to_since]
        return Crosswalk(origin=origin, target=target, is_whole=self.is_whole, source=self.source)


def _ends(one: Crosswalk) -> Ends:
    origin, target = one.origin, one.target
    return Ends(origin.classifier, origin.code, origin.since, target.code, target.since, one.is_whole, one.source)


def _published_crosswalks() -> Iterator[Ends]:
    with (DATA / "crosswalks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            since, to_since = int(row["since"]), int(row["to_since"])
            whole = row["whole"] == "yes"
            yield Ends(row["classifier"], row["code"], since, row["to_code"], to_since, whole, row["source"])


def _published_nodes() -> Iterator[ClassNode]:
    for classifier in ClassNode.Classifier.values:
        with (DATA / f"{classifier}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                # Files whose entries always meant the same have no years.
                since, until = int(row.get("since") or 0), int(row.get("until") or 0) or None
                texts = {name: row[name] for name in TEXTS}
                yield ClassNode(classifier=classifier, code=row["code"], since=since, until=until, **texts)


def _key(node: ClassNode) -> tuple[str, str, int]:
    return node.classifier, node.code, node.since


def _values(node: ClassNode) -> list[Any]:
    return [getattr(node, name) for name in FIELDS]

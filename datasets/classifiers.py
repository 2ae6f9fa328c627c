"""Loads the official classifiers that come with the code (data/README.md) into the database."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from .models import ClassNode

DATA = Path(__file__).parent / "data"
FIELDS = ("parent_code", "level", "name_es", "name_en", "short_es", "short_en")


@transaction.atomic
def load_classifiers() -> int:
    """Bring the table to what the files say, entries gone from them included; return how many rows were written.

    One query where nothing changed.
    """
    wanted = {(node.classifier, node.code): node for node in _published_nodes()}
    kept = {(node.classifier, node.code): node for node in ClassNode.objects.all()}
    gone = [node.pk for key, node in kept.items() if key not in wanted]
    changed = [node for key, node in wanted.items() if key not in kept or _values(node) != _values(kept[key])]
    if gone:
        ClassNode.objects.filter(pk__in=gone).delete()
    if changed:
        ClassNode.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["classifier", "code"], update_fields=FIELDS
        )
    return len(gone) + len(changed)


def _published_nodes() -> Iterator[ClassNode]:
    for classifier in ClassNode.Classifier.values:
        with (DATA / f"{classifier}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield ClassNode(classifier=classifier, code=row["code"], **{name: row[name] for name in FIELDS})


def _values(node: ClassNode) -> list[str]:
    return [getattr(node, name) for name in FIELDS]

"""Loads the official classifiers that come with the code (data/README.md) into the database."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from .models import ClassNode

DATA = Path(__file__).parent / "data"
TEXTS = ("parent_code", "level", "name_es", "name_en", "short_es", "short_en")
FIELDS = (*TEXTS, "until")


@transaction.atomic
def load_classifiers() -> int:
    """Bring the table to what the files say, entries gone from them included; return how many rows were written.

    One query where nothing changed.
    """
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

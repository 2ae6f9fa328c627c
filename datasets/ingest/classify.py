"""Which classification the labels of a budget table belong to: by their names and codes, then by the title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datasets.ingest.codes import Names, function_names, object_names, revenue_names, type_names
from datasets.ingest.dictionary import fold

_TITLES = (
    ("object", re.compile(r"objeto del gasto|capitulo|concepto del gasto|\bcog\b|partida")),
    ("functional", re.compile(r"funcional|finalidad|\bcfg\b")),
    ("programme", re.compile(r"programatica|\bprogramas?\b|\bcprog\b")),
    ("economic", re.compile(r"economica|tipo de gasto|\bctg\b")),
    (
        "administrative",
        re.compile(r"administrativa|unidad(es)? (responsable|administrativa)|dependencia|\bc?admon\b|\bramos?\b"),
    ),
)
_CLASSIFICATION = re.compile(r"clasificacion[^.]*|categoria[^.]*|por objeto[^.]*")


def best_names(kind: str, labels: Sequence[str]) -> Names | None:
    """The classifier that knows most of the labels, if it knows enough of them to tell levels."""
    candidates = [revenue_names()] if kind == "revenue" else [object_names(), function_names()]
    shares = [(share_known(names, labels), names) for names in candidates]
    share, names = max(shares, key=lambda pair: pair[0])
    return names if share >= 0.4 else None


def share_known(names: Names, labels: Sequence[str]) -> float:
    sample = [label for label in labels[:300] if label]
    return sum(names.find(label) is not None for label in sample) / len(sample) if sample else 0.0


def by_labels(labels: Sequence[str], coded: float) -> str | None:
    """object | functional | economic from the labels themselves. ``coded``: share of labels with an object code."""
    shares = {
        "object": max(coded if coded >= 0.6 else 0.0, share_known(object_names(), labels)),
        "functional": share_known(function_names(), labels),
        "economic": share_known(type_names(), labels),
    }
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= 0.5 else None


def by_title(titles: Sequence[str], sheet: str | None) -> str | None:
    """The classification a title names; the line that says "clasificación" before any other."""
    lines = [fold(line) for line in titles]
    said = [match[0] for line in lines if (match := _CLASSIFICATION.search(line))]
    for text in [*said, *lines, fold(sheet or "")]:
        for breakdown, pattern in _TITLES:
            if pattern.search(text):
                return breakdown
    return None

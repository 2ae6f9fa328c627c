"""The lines behind a cell: those that were added up under its key, and no others (`ingest.rollups` makes the keys)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

# What cells are told apart by -> the label of a line that says it, and how many letters of its code the key keeps (None: all).
LABELS: dict[str, tuple[str, int | None]] = {
    "chapter": ("object", 1),
    "concept": ("object", 2),
    "item": ("object", None),
    "function": ("function", None),
    "unit": ("unit", None),
    "rubro": ("revenue", 1),
    "type": ("revenue", 2),
    "revenue": ("revenue", None),  # the items of revenue
    "funding": ("funding", None),
    "programme": ("programme", None),
    "economic": ("economic", None),
}
PADDED = 4  # digits of the key of a chapter or concept
FUNCTION = re.compile(r"[0-9]\.[0-9]")
MONTH = re.compile(r"[1-9][0-9]{3}-[0-9]{2}")
DAYS = ("signed_on", "award_date", "starts_on")  # the first of them that is stated counts
NONE = Q(pk__in=[])


def lines_under(by: str, key: str) -> Q:
    label, width = LABELS[by]
    if not key:
        return _unclassified(by, label)
    if width is not None:
        return _begins(label, width, key)
    same = Q(**{f"{label}__code": key})
    if by == "function" and FUNCTION.fullmatch(key):  # its subfunctions are told with it; a finalidad stands for itself
        same |= Q(**{f"{label}__code__startswith": f"{key}."})
    # A label without a code is known by its id, a hash of 63 bits.
    is_id = key.isascii() and key.isdigit() and int(key) < 2**63
    return same | Q(**{f"{label}_id": int(key)}) if is_id else same


def _unclassified(by: str, label: str) -> Q:
    """A name without a code is a heading of its own where names tell lines apart, and none where codes do."""
    without = Q(**{f"{label}__isnull": True})
    _label, width = LABELS[by]
    return without | Q(**{f"{label}__code": ""}) if by == "item" or width is not None else without


def _begins(label: str, width: int, key: str) -> Q:
    """1100 → codes that begin with 11; 12 → those that begin with 12. What was told no finer (code 1) is 1000 among concepts
    and 1 among types, and no code of another heading."""
    if label != "object":
        if len(key) > width:
            return NONE
        return Q(**{f"{label}__code" if len(key) < width else f"{label}__code__startswith": key})
    kept = key.rstrip("0")
    if len(kept) > width or key != kept.ljust(PADDED, "0"):
        return NONE
    found = Q(**{f"{label}__code__startswith": kept.ljust(width, "0")})
    return found if len(kept) == width else found | Q(**{f"{label}__code": kept})


def contracts_of_months(keys: Iterable[str]) -> Q:
    """By the day that the cells count: signed, else awarded, else begun. An empty key: contracts without any of them."""
    return reduce(or_, (_of_month(key) for key in keys), NONE)


def _of_month(key: str) -> Q:
    if not key:
        return Q(**{f"{name}__isnull": True for name in DAYS})
    if not MONTH.fullmatch(key):
        return NONE
    year, month = map(int, key.split("-"))
    found = NONE
    for place, day in enumerate(DAYS):
        earlier = {f"{name}__isnull": True for name in DAYS[:place]}
        found |= Q(**earlier, **{f"{day}__year": year, f"{day}__month": month})
    return found

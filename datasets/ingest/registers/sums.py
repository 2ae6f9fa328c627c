"""Rows of a statement that sum others: they say so in a formula (`A. Corto Plazo (A=a1+a2+a3)`), as the forms of the law of
financial discipline do (LDF 2). Counted beside their parts the same debt would be owed several times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from datasets.ingest.dictionary import fold

_MARK = re.compile(r"\s*([A-Za-z]?\d{0,2})\s*[.)]")
_PART = r"(?:[A-Za-z]\d{0,2}|\d{1,2})"
_FORMULA = re.compile(rf"\(\s*{_PART}\s*=\s*({_PART}(?:\s*\+\s*{_PART})*)\s*\)\s*$")
_NUMBERED = re.compile(r"\s*\d{1,2}\s*[.)]")


def left_out(labels: Mapping[int, str], stated: Iterable[int]) -> dict[int, str]:
    """Row → why it is not counted. `stated` are the rows with an amount other than zero.

    A sum whose parts state nothing is counted itself: the file filled only the sums. What a statement calls informative
    (contingent debt, zero-coupon bonds) is no part of its total, nor are the rows under it up to the next number.
    """
    marks = {match[1]: row for row, label in labels.items() if (match := _MARK.match(label)) and match[1]}
    filled, found = set(stated), dict[int, str]()
    parts = {row: [marks[one] for one in _parts(label) if one in marks] for row, label in labels.items()}
    for row, its in parts.items():
        if any(_says(part, parts, filled, frozenset([row])) for part in its):
            found[row] = "subtotal"
    informative = False
    for row, label in labels.items():
        if _NUMBERED.match(label) or "informativ" in fold(label):
            informative = "informativ" in fold(label)
        if informative:
            found[row] = "note"
    return found


def _parts(label: str) -> list[str]:
    match = _FORMULA.search(label[-300:])
    return [part.strip() for part in match[1].split("+")] if match else []


def _says(row: int, parts: Mapping[int, list[int]], filled: set[int], above: frozenset[int]) -> bool:
    """Whether the row states an amount, itself or through its own parts; a formula that leads back to itself says nothing."""
    if row in above:
        return False
    return row in filled or any(_says(part, parts, filled, above | {row}) for part in parts[row])

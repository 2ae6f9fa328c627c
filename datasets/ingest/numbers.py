"""Printed amounts to whole cents, exactly. Never through float.

Two doors to one rule: `to_cents` for a single text, `to_cents_array` for a column. The column takes a vectorised road for the
shapes that nearly all cells have and sends only the rest through `to_cents`, so both give the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from datasets.ingest.printed import cents_of_one_shape

MAX_CENTS = 10**18 - 1  # numeric(18,2)
# What publishers write where there is no figure. Not zero: not published.
NOT_STATED = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "–",
        "—",
        "n/a",
        "na",
        "n.a.",
        "n/d",
        "nd",
        "n.d.",
        "s/d",
        "s/m",
        "ns",
        "n.s.",
        "null",
        "none",
        "nan",
        "no aplica",
        "no disponible",
        "sin dato",
        "sin monto",
        "sin multa",
        "sin sanción económica",
        "sin sancion economica",
        "*",
    }
)
NO_FIGURE = frozenset({"", "-", "--", "–", "—"})
CURRENCY = re.compile(r"^(?:mx\$|mxn|m\.?n\.?|\$|us\$|usd|pesos)+|(?:mxn|m\.?n\.?|usd|pesos)\.?$", re.IGNORECASE)
SPACES = re.compile(r"[\s'’´`\u00a0\u2007\u202f]+")
# The Mexican millions mark: 1'387,125.00 is 1,387,125.00 (and 1'387.125,00 where the comma is the decimal mark).
MILLIONS = re.compile(r"(?<=\d)['’´`](?=\d{3}([,.])\d{3}(?!\d))")
_FIGURE = re.compile(r"-?[\d.,]+")
PLAIN = re.compile(r"^-?\d+(?:\.\d+)?$")
SCIENTIFIC = re.compile(r"^-?\d+(?:\.\d+)?e[+-]?\d{1,2}$", re.IGNORECASE)
GROUPED = {
    ".": re.compile(r"^-?\d{1,3}(?:,\d{3})+(?:\.\d*)?$|^-?\d+(?:\.\d*)?$|^-?\.\d+$"),
    ",": re.compile(r"^-?\d{1,3}(?:\.\d{3})+(?:,\d*)?$|^-?\d+(?:,\d*)?$|^-?,\d+$"),
}


class NotAnAmount(ValueError):
    """The text is not an amount under the column's decimal mark."""


def is_not_stated(text: str) -> bool:
    """Whether the cell says that there is no figure (blank, dash, N/A…; ``$ -`` as accounting formats print it)."""
    bare = SPACES.sub(" ", text).strip().lower()
    return bare in NOT_STATED or (bare.startswith("$") and bare[1:].strip() in NO_FIGURE)


def to_cents(text: str, mark: str = ".") -> int | None:
    """Cents of one printed amount; None where none is stated; raises `NotAnAmount`.

    Understands $, thousands marks, blanks, (1,234.00) and 1,234.00- as negatives, scientific notation of spreadsheets.
    More than two decimals are rounded half to even, as spreadsheets carry them as noise.
    """
    value = to_decimal(text, mark)
    if value is None:
        return None
    cents = int((value * 100).to_integral_value(ROUND_HALF_EVEN))
    if abs(cents) > MAX_CENTS:
        raise NotAnAmount(text)
    return cents


def to_decimal(text: str, mark: str = ".") -> Decimal | None:
    """The printed amount with all its decimals; None where none is stated; raises `NotAnAmount`."""
    if is_not_stated(text):
        return None
    bare, negative = _bare(text)
    if SCIENTIFIC.match(bare):
        value = Decimal(bare)
    elif GROUPED[mark].match(bare):
        value = Decimal(_with_point(bare, mark))
    else:
        raise NotAnAmount(text)
    return -value if negative else value


def by_either_mark(text: str) -> Iterator[Decimal]:
    """What a cell may say where its column's mark is not known: under a decimal point, then under a decimal comma."""
    for mark in ".,":
        try:
            value = to_decimal(text.strip(), mark)
        except NotAnAmount:
            continue
        if value is not None:
            yield value


def _bare(text: str) -> tuple[str, bool]:
    """The digits and marks only, and whether brackets or a trailing minus made it negative."""
    bare = SPACES.sub("", MILLIONS.sub(r"\1", text)).replace("−", "-")
    negative = False
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1], True
    bare = CURRENCY.sub("", CURRENCY.sub("", bare))
    if bare.startswith("-$"):
        bare = "-" + bare[2:]
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = bare[1:-1], True
    if len(bare) > 1 and bare.endswith("-") and not bare.startswith("-"):
        bare, negative = bare[:-1], True
    return bare, negative


def _with_point(bare: str, mark: str) -> str:
    plain = bare.replace(",", "") if mark == "." else bare.replace(".", "").replace(",", ".")
    return plain[:-1] if plain.endswith(".") else plain


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of amounts: cents, which cells state none, which are not amounts at all (cents 0 in both)."""

    cents: npt.NDArray[np.int64]
    null: npt.NDArray[np.bool_]
    bad: npt.NDArray[np.bool_]


# The shapes of nearly all cells, judged by RE2 in one pass: grouped by threes or not at all, two decimals at most.
USUAL = {
    ".": r"^-?(?:[0-9]{1,3}(?:,[0-9]{3}){0,4}|[0-9]{1,15})(?:\.[0-9]{1,2})?$",
    ",": r"^-?(?:[0-9]{1,3}(?:\.[0-9]{3}){0,4}|[0-9]{1,15})(?:,[0-9]{1,2})?$",
}

# The commonest dress of such a cell: blanks and a peso sign around it.
DRESSED = r"^\s*\$?\s*([0-9][0-9.,]*)\s*$"


def to_cents_array(column: pa.Array, mark: str = ".") -> Amounts:
    """The column's amounts, exactly those of `to_cents` cell by cell."""
    text = pc.fill_null(column.cast(pa.string()), "")
    cents, done = cents_of_one_shape(text, mark)
    null, bad = np.zeros(len(cents), bool), np.zeros(len(cents), bool)
    into = Amounts(cents, null, bad)
    if not done.all():
        rest = np.flatnonzero(~done)
        odd, places = _fill_usual(text.take(pa.array(rest)), rest, mark, into)
        odd, places = _fill_usual(pc.replace_substring_regex(odd, DRESSED, r"\1"), places, mark, into)
        _fill_odd(odd, places, mark, into)
    return into


def _fill_usual(
    texts: pa.Array, places: npt.NDArray[np.intp], mark: str, into: Amounts
) -> tuple[pa.Array, npt.NDArray[np.intp]]:
    """Those that have one of the usual shapes, together; gives back the others."""
    usual = pc.match_substring_regex(texts, USUAL[mark])
    is_usual = usual.to_numpy(zero_copy_only=False)
    if not is_usual.any():
        return texts, places
    into.cents[places[is_usual]] = _usual_cents(texts.filter(usual), mark)
    return texts.filter(pc.invert(usual)), places[~is_usual]


def _usual_cents(text: pa.Array, mark: str) -> npt.NDArray[np.int64]:
    """Cents of texts that all have a usual shape. Arrow's decimals are exact; of their 16 bytes the lower 8 are the cents."""
    plain = pc.replace_substring(text, "," if mark == "." else ".", "")
    if mark == ",":
        plain = pc.replace_substring(plain, ",", ".")
    decimals = pc.cast(plain, pa.decimal128(18, 2))
    halves = np.frombuffer(decimals.buffers()[1], np.int64)
    return halves[2 * decimals.offset :: 2][: len(decimals)]


def _fill_odd(texts: pa.Array, places: npt.NDArray[np.intp], mark: str, into: Amounts) -> None:
    """The cells the fast roads left, through `to_cents`; each distinct text once."""
    known: dict[str, int | NotAnAmount | None] = {}
    for place, text in zip(places.tolist(), texts.to_pylist(), strict=True):
        if text not in known:
            known[text] = _judge(text, mark)
        value = known[text]
        if value is None:
            into.null[place] = True
        elif isinstance(value, NotAnAmount):
            into.bad[place] = True
        else:
            into.cents[place] = value


def _judge(text: str, mark: str) -> int | NotAnAmount | None:
    try:
        return to_cents(text, mark)
    except NotAnAmount:
        return NotAnAmount(
            text
        )  # not the one caught: its traceback would keep the whole block until the next collection


@dataclass(frozen=True, slots=True)
class DecimalMark:
    """Which mark a column uses, how sure that is, and a cell that shows it."""

    mark: str
    certain: bool
    evidence: str
    mixed: bool = field(default=False, compare=False)  # many cells say the one, many the other


_SWAPPED = str.maketrans(",.", ".,")
FEW = 0.1  # of the telling cells: so many that use the other mark are typing errors, to be rejected one by one


def decide_decimal_mark(values: Iterable[str]) -> DecimalMark:
    """Decide over all values of a column (standards.md NUM-1).

    Ambiguous: every value has one mark and three digits after it, or both marks have many followers.
    """
    votes: dict[str, list[str]] = {".": [], ",": []}
    ambiguous = ""
    for text in values:
        if is_not_stated(text):
            continue
        bare, _ = _bare(text)
        said = _mark_said(bare)
        if said == "?":
            ambiguous = ambiguous or text
        elif said:
            votes[said].append(text)
    fewer, more = sorted(votes, key=lambda mark: len(votes[mark]))
    if not votes[more]:
        return DecimalMark(".", not ambiguous, ambiguous)
    if len(votes[fewer]) <= FEW * len(votes[more]):
        return DecimalMark(more, True, votes[more][0])
    return DecimalMark(".", False, f"{votes[more][0]} / {votes[fewer][0]}", mixed=True)


def by_own_mark(texts: Sequence[str]) -> list[str] | None:
    """Amounts of one column in two conventions (``1,234.56`` and ``$ 1.234,56``), all with a decimal point; None where one of
    them may be read in either."""
    found = []
    for text in texts:
        said = "" if is_not_stated(text) else _mark_said(_bare(text)[0])
        if said == "?":
            return None
        found.append(text.translate(_SWAPPED) if said == "," else text)
    return found


def agreed(marks: dict[str, DecimalMark]) -> dict[str, DecimalMark]:
    """Of the columns of one table: one that its own cells leave open has the mark that all the others show."""
    shown = {found.mark for found in marks.values() if found.certain and found.evidence}
    if len(shown) != 1:
        return marks
    mark = shown.pop()
    return {name: found if found.certain else DecimalMark(mark, True, found.evidence) for name, found in marks.items()}


def _mark_said(bare: str) -> str:
    """'.' or ',' where one amount leaves no doubt, '?' where it does, '' where it has no mark or is no amount at all."""
    if not _FIGURE.fullmatch(bare):
        return ""  # a heading again, a signature: their commas part words
    marks = [char for char in bare if char in ".,"]
    if not marks:
        return ""
    if len(set(marks)) == 2:
        return marks[-1]
    other = "," if marks[0] == "." else "."
    if len(marks) > 1:
        return other  # 1.234.567 can only be grouping
    digits_after = len(bare) - bare.rindex(marks[0]) - 1
    return "?" if digits_after == 3 and 1 <= len(bare.lstrip("-").split(marks[0])[0]) <= 3 else marks[0]

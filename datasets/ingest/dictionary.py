"""The words public files use for our fields: headings normalised, looked up exactly, then by fragment."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import TypeVar

from datasets.ingest.abbreviations import same_beginnings, spelled_out
from datasets.ingest.english import in_spanish
from datasets.ingest.moments import moment_of
from datasets.ingest.spoken import change_said, in_participles
from datasets.ingest.wordings import field_of

DATA = Path(__file__).parent / "data"
LONGEST = 1_000  # characters of a text that is remembered
PIECE = 10_000
Found = TypeVar("Found")

_TABLE_ID = re.compile(r"\(?\btabla[ _]\d+\)?", re.IGNORECASE)
_FORMULA = re.compile(r"\(\s*[\dA-Za-z]\s*=[^)]*\)|(?<=\s)\(\s*(?:\d+|[a-hA-H])\s*\)")
_FOOTNOTE_MARK = re.compile(r"\s*\d\s*/\s*$|\s*/\s*\d\s*$|[¹²³⁴⁵]|(?<=[A-Za-zñáéíóú])\s\d\s*$")
_SPACED_LETTERS = re.compile(r"(?:^|(?<=\s\s))(?:[^\W\d_]\s){2,}[^\W\d_](?=\s\s|\s*$)")
_DATED = re.compile(r"\b(?:(?:del )?(?:ejercicio )?(?:19|20)\d\d)\b")
_ADDED = re.compile(
    r"\b(?:(?:cifras )?(?:en )?(?:(?:miles|millones) de )?pesos|mdp|acumulad[oa]s?"
    r"|anual(?:es)?|al (?:periodo|mes|trimestre|cierre)|a la fecha|(?:del )?(?:ejercicio )?(?:19|20)\d\d)\b"
)
_EITHER = re.compile(r"\s*/\s*")
_LABELS = ("_name", "_code", "_group", "_type")
_NOT_WORD = re.compile(r"[^0-9a-z%]+")


def remembered(maxsize: int) -> Callable[[Callable[[str], Found]], Callable[[str], Found]]:
    """Remembers what was found for a text, as `lru_cache` does, but keeps no long ones: a worker lives on after a file
    whose cells hold whole pages.
    """

    def decorate(find: Callable[[str], Found]) -> Callable[[str], Found]:
        known = lru_cache(maxsize)(find)

        @wraps(find)
        def found(text: str) -> Found:
            return known(text) if len(text) <= LONGEST else find(text)

        return found

    return decorate


@remembered(maxsize=65_536)
def fold(text: str) -> str:
    """Lower case without accents, spaces collapsed: for comparing words, never for showing them."""
    if text.isascii():
        return " ".join(text.lower().split())
    # Piece by piece: each character outside Latin-1 is an object of 76 bytes for as long as its piece is worked on.
    bare = "".join(_without_marks(text[at : at + PIECE]) for at in range(0, len(text), PIECE))
    return " ".join(bare.lower().split())


def _without_marks(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def join_spaced_letters(text: str) -> str:
    """``G A S T O    C O R R I E N T E`` is two words; ``N O M B R E`` one."""
    padded = re.sub(r"\s{2,}", "  ", text.replace("\n", " ").strip())
    return _SPACED_LETTERS.sub(lambda match: match[0].replace(" ", ""), padded)


@remembered(maxsize=65_536)
def normalise(heading: str) -> str:
    """A heading as the synonym lists write it: ``AMPLIACIONES/RE\\nDUCCIONES (2)`` becomes ``ampliaciones re
    ducciones``.
    """
    text = _TABLE_ID.sub(" ", join_spaced_letters(heading))
    text = _FORMULA.sub(" ", _FOOTNOTE_MARK.sub("", text))
    return " ".join(_NOT_WORD.sub(" ", fold(text)).split())


@dataclass(frozen=True, slots=True)
class Match:
    field: str
    confidence: str  # exact | similar


@dataclass(frozen=True, slots=True)
class Synonyms:
    exact: dict[str, tuple[str, ...]]
    written: tuple[str, ...]  # the headings as the list has them, without those squeezed into one word
    contains: tuple[tuple[str, str], ...]
    fragments: tuple[tuple[re.Pattern[str], str], ...]

    def match(self, normalised: str) -> Match | None:
        return _match(self, normalised)


def _match(synonyms: Synonyms, normalised: str) -> Match | None:
    if not normalised:
        return None
    if fields := synonyms.exact.get(normalised):
        return Match(fields[0], "exact")
    for pattern, field in synonyms.fragments:
        if pattern.search(normalised):
            return Match(field, "similar") if field else None
    for words, field in synonyms.contains:
        if words in normalised:
            return Match(field, "similar")
    return None


def read_rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def synonyms(kind: str) -> Synonyms:
    """The words of one kind. Our own additions come first in the file, so they win over the inherited list."""
    exact: dict[str, tuple[str, ...]] = {}
    contains: list[tuple[str, str]] = []
    for row in read_rows("synonyms.csv"):
        if row["kind"] != kind:
            continue
        if row["match"] == "contains":
            contains.append((row["heading"], row["field"]))
        else:
            exact[row["heading"]] = (*exact.get(row["heading"], ()), row["field"])
    written = tuple(exact)
    _add_squeezed(exact)
    fragments = tuple(
        (re.compile(row["pattern"]), row["field"]) for row in read_rows("fragments.csv") if row["kind"] in (kind, "all")
    )
    return Synonyms(exact, written, tuple(contains), fragments)


def _add_squeezed(exact: dict[str, tuple[str, ...]]) -> None:
    """Headings broken in the middle of a word (``RE DUCCIONES``) are found by their letters alone."""
    for heading, fields in list(exact.items()):
        letters = heading.replace(" ", "")
        if len(letters) >= 10:
            exact.setdefault(letters, fields)


def match_heading(kind: str, heading: str) -> Match | None:
    """By the words as they stand, else written out where they are cut short."""
    words = normalise(heading)
    if found := _match_words(kind, heading, words):
        return found
    folded = fold(join_spaced_letters(heading))
    if (whole := spelled_out(folded, words)) != words and (found := _match_words(kind, whole, whole)):
        return Match(found.field, "similar")
    known = synonyms(kind)
    fields = {known.exact[cut][0] for cut in same_beginnings(folded, known.written)}
    if len(fields) == 1:
        return Match(fields.pop(), "similar")
    field = (
        moment_of(kind, folded, whole) or _spoken(kind, folded) or field_of(kind, folded) or _in_english(kind, folded)
    )
    return Match(field, "similar") if field else None


def _spoken(kind: str, folded: str) -> str | None:
    if change := change_said(kind, folded):
        return change
    said = in_participles(kind, folded)
    return said and (moment_of(kind, said, said) or field_of(kind, said))


def _in_english(kind: str, folded: str) -> str | None:
    if not (spanish := in_spanish(folded)):
        return None
    if kind in ("expenditure", "revenue") and " " not in spanish:
        return moment_of(kind, spanish, spanish)  # ``title``, ``value`` stand in tables of anything
    found = synonyms(kind).exact.get(spanish)
    return found[0] if found else moment_of(kind, spanish, spanish) or field_of(kind, spanish)


def _match_words(kind: str, heading: str, words: str) -> Match | None:
    """As they stand, else without what a heading only adds: its year, its unit, that it is cumulative."""
    known = synonyms(kind)
    if found := known.match(words):
        return found
    for added in (_DATED, _ADDED):  # ``Presupuesto anual 2017`` says more than ``Presupuesto``
        bare = " ".join(added.sub(" ", words).split())
        if bare != words and (found := known.match(bare)):
            return Match(found.field, "similar")
    first, *others = _EITHER.split(heading)
    if others and (found := known.match(normalise(first))) and found.field.endswith(_LABELS):
        return Match(found.field, "similar")  # ``Rubro / Tipo``; a ratio of two amounts is none of them
    letters = words.replace(" ", "")
    if len(letters) >= 10 and (fields := known.exact.get(letters)):
        return Match(fields[0], "similar")
    return None

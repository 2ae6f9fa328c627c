"""To which slice each row belongs: (public body, year, period, document, breakdown)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from datasets.ingest.bodies import BodyRef, Place, Territory, UnknownPlace, resolve_body
from datasets.ingest.dates import parse_date, parse_period, period_of, year_of
from datasets.ingest.dictionary import normalise
from datasets.ingest.labelbook import distinct
from datasets.ingest.shapes import BODY_FIELDS, RECORD_KINDS, Table
from gesoc.common.text import search_text

FIRST_YEAR, LAST_YEAR = 1980, 2049
# The fields whose texts decide; the distinct combinations of a block are few.
DECIDING = (
    "fiscal_year",
    "period_start",
    "period_end",
    "period_label",
    "state_code",
    "state_name",
    "municipality_code",
    "municipality_name",
    "entity_name",
)
CONTRACT_DECIDING = (*DECIDING, "buyer_name", "government_level")
YEAR_FIELDS = ("fiscal_year", "period_end", "period_start", "period_label")
GOVERNMENTS = ("municipality", "state", "federation")
#: Of the government itself, which its own files name in their titles.
_OFFICE = re.compile(r"(?:secretaria|tesoreria|direccion|presidencia|poder ejecutivo)\b")
NOBODY = BodyRef("unknown", "")
NO_YEAR = 0
StandIn = TypeVar("StandIn", BodyRef, int)


@dataclass(frozen=True, slots=True)
class SliceKey:
    kind: str
    body: BodyRef
    year: int
    period: str
    document: str
    breakdown: str


@dataclass(frozen=True, slots=True)
class Supposed:
    """Whose money it is taken to be where neither the file nor a person says it, and why; `told` once, of a file like it."""

    body: BodyRef
    why: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What the command or a person said about the whole file."""

    body: BodyRef | None = None
    year: int | None = None
    period: str | None = None
    document: str | None = None
    supposed: Supposed | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row belongs to no slice."""

    code: str
    field: str
    value: str


@dataclass(slots=True)
class SliceFinder:
    """Gives every row of one table its slice; slices are numbered as they are met, over all tables of a file."""

    table: Table
    said: Said
    territory: Territory
    slices: dict[SliceKey, int]
    contradictions: dict[str, str] = field(default_factory=dict)
    assumed: dict[str, str] = field(default_factory=dict)
    #: What no column, no title and nobody has said; a person must. Until then the rows are counted and summed, not loaded.
    questions: set[str] = field(default_factory=set)
    supposed: Supposed | None = None
    #: Bodies that the file as a whole names, other than the one that was said, and not plainly another place or level.
    others: set[str] = field(default_factory=set)
    _present: frozenset[str] = frozenset()
    _known: dict[tuple[str, ...], int | Refusal] = field(default_factory=dict)

    def find(self, columns: Mapping[str, Any], count: int) -> tuple[npt.NDArray[np.int32], dict[int, Refusal]]:
        """The slice number of each row (-1: refused) and the refusal of each refused row."""
        self._present = frozenset(columns)
        combinations, index = _combinations(columns, self._deciding(), count)
        answers = [self._answer(combination) for combination in combinations]
        numbers = np.array([-1 if isinstance(answer, Refusal) else answer for answer in answers], np.int32)[index]
        refused = {}
        if (numbers < 0).any():
            for row in np.flatnonzero(numbers < 0).tolist():
                answer = answers[int(index[row])]
                if isinstance(answer, Refusal):
                    refused[row] = answer
        return numbers, refused

    def _deciding(self) -> tuple[str, ...]:
        return CONTRACT_DECIDING if self.table.kind == "contracts" else DECIDING

    def _answer(self, combination: tuple[str, ...]) -> int | Refusal:
        answer = self._known.get(combination)
        if answer is None:
            answer = self._known[combination] = self._decide(dict(zip(self._deciding(), combination, strict=True)))
        return answer

    def _decide(self, row: dict[str, str]) -> int | Refusal:
        body = self._body(row)
        if isinstance(body, Refusal):
            return body
        year = self._year(row)
        if isinstance(year, Refusal):
            return year
        period = self._period(row, year)
        document = "" if self.table.kind in RECORD_KINDS else self._document(period)
        key = SliceKey(self.table.kind, body, year, period, document, self.table.breakdown)
        return self.slices.setdefault(key, len(self.slices))

    # -- whose ----------------------------------------------------------------------------------------------------

    def _body(self, row: dict[str, str]) -> BodyRef | Refusal:
        place = self._place(row)
        try:
            found = resolve_body(place, self.territory)
        except UnknownPlace as unknown:
            return Refusal(unknown.code, "municipality_code", unknown.value)
        if self.said.body:
            if found and self._names_the_file(place):
                self._compare(self.said.body, found)
            return self._agreed(self.said.body, found)
        return found or self._supposed() or self._missing("unknown_body", BODY_FIELDS, NOBODY)

    def _supposed(self) -> BodyRef | None:
        """Only where no column speaks of bodies: beside those that do, a row that does not is a row to be corrected."""
        supposed = self.said.supposed
        if supposed is None or self._present.intersection(BODY_FIELDS):
            return None
        self.supposed = supposed
        return supposed.body

    def _place(self, row: dict[str, str]) -> Place:
        context = self.table.context
        named = row.get("buyer_name") or row["entity_name"]
        return Place(
            row["municipality_code"] or (context.municipality_code or ""),
            row["state_code"] or (context.state_code or ""),
            row["municipality_name"] or (context.municipality_name or ""),
            row["state_name"] or (context.state_name or ""),
            named or ("" if row["municipality_code"] or row["municipality_name"] else context.body_name or ""),
            row.get("government_level") or context.level or "",
        )

    def _agreed(self, said: BodyRef, found: BodyRef | None) -> BodyRef:
        """What was said, unless the file plainly says another place: then a person must decide."""
        if found and said.municipality and found.municipality and found.municipality != said.municipality:
            names = self.territory.municipalities
            self.contradictions["municipality"] = names[found.municipality]
        elif found and said.state and found.state and found.state != said.state:
            self.contradictions["state"] = self.territory.states[found.state]
        return said

    def _names_the_file(self, place: Place) -> bool:
        """Whether the name is that of the whole file: by its titles, or the same in all its rows."""
        name = self.table.context.body_name
        return bool(name) and search_text(place.entity_name) == search_text(name or "")

    def _compare(self, said: BodyRef, found: BodyRef) -> None:
        """Another level of government is a contradiction; another body of the same place, or of none, is for a person to see."""
        if found.kind == said.kind and said.kind in GOVERNMENTS:
            return  # which one is compared by its code
        if found.kind in ("state", "federation") and said.kind not in ("state", "federation"):
            if found.kind != "state" or self.table.context.level != "municipal":  # else it names the municipality too
                self.contradictions["level"] = found.name
        elif found.key != said.key and not (said.kind in GOVERNMENTS and _OFFICE.match(found.key)):
            self.others.add(found.name)

    # -- when -----------------------------------------------------------------------------------------------------

    def _year(self, row: dict[str, str]) -> int | Refusal:
        printed = row["fiscal_year"].strip()
        year = year_of(printed) if printed else None
        if printed and (year is None or not FIRST_YEAR <= year <= LAST_YEAR):
            return Refusal("bad_year", "fiscal_year", printed)
        found = year or self.table.context.year or self._year_of_dates(row)
        if self.said.year and found and found != self.said.year and self._year_is_printed():
            self.contradictions["year"] = str(found)
        return self.said.year or found or self._missing("unknown_year", YEAR_FIELDS, NO_YEAR)

    def _missing(self, code: str, fields: tuple[str, ...], stand_in: StandIn) -> StandIn | Refusal:
        """A row that leaves blank what its neighbours say is refused; what no row could say is asked, once for the file."""
        if self._present.intersection(fields):
            return Refusal(code, fields[0], "")
        self.questions.add(code)
        return stand_in

    def _year_is_printed(self) -> bool:
        """The year of a contract may only be derived from its dates; a contract of 2013 may well be signed in 2014."""
        return self.table.kind not in RECORD_KINDS or "fiscal_year" in self.table.columns.values()

    def _year_of_dates(self, row: dict[str, str]) -> int | None:
        end = parse_date(row["period_end"]) or parse_date(row["period_start"])
        return end.year if end else parse_period(row["period_label"])[0]

    def _labelled(self, text: str, year: int) -> str | None:
        """``Segundo trimestre``, ``Marzo``, ``3`` under ``Mes``: a label need not repeat the year of its row."""
        if (found := parse_period(text)[1]) or not text:
            return found
        if text.isdigit() and 1 <= int(text) <= 12 and self._says_months:
            return f"{year}-{int(text):02}"
        return parse_period(f"{text} {year}")[1]

    @property
    def _says_months(self) -> bool:
        return any(
            name == "period_label" and "mes" in normalise(heading).split()
            for heading, name in self.table.columns.items()
        )

    def _period(self, row: dict[str, str], year: int) -> str:
        end = parse_date(row["period_end"])
        found = period_of(parse_date(row["period_start"]), end) if end else self._labelled(row["period_label"], year)
        found = found or self.table.context.period
        if self.said.period and found and last_month(found) != last_month(self.said.period):
            self.contradictions["period"] = found
        if not (self.said.period or found):
            self.assumed["period"] = "annual"
        return self.said.period or found or "annual"

    def _document(self, period: str) -> str:
        found = self.table.context.document
        if self.said.document and found and found != self.said.document:
            self.contradictions["document"] = found
        if self.said.document or found:
            return self.said.document or str(found)
        self.assumed["document"] = assumed_document(set(self.table.columns.values()), period)
        return self.assumed["document"]


def assumed_document(fields: set[str], period: str) -> str:
    """Which document figures without a name are from: only the approved moment, a part of the year, or the year closed."""
    spent = fields & {"modified", "committed", "accrued", "exercised", "paid", "collected", "reported"}
    if not spent:
        return "approved"
    return "public_account" if period == "annual" else "quarterly"


def last_month(period: str) -> int:
    """Month with which a period closes: figures are cumulative, so `annual`, `Q4` and December are one and the same."""
    if period == "annual":
        return 12
    return int(period[1]) * 3 if period.startswith("Q") else int(period[-2:])


def _combinations(
    columns: Mapping[str, Any], deciding: tuple[str, ...], count: int
) -> tuple[list[tuple[str, ...]], npt.NDArray[np.intp]]:
    """The distinct combinations of the deciding fields, and for each row which one it has."""
    present = [(name, *distinct(columns[name])) for name in deciding if name in columns]
    index = np.zeros(count, np.int64)
    for _, texts, codes in present:
        # Numbered anew at each step, so that the product never outgrows 63 bits.
        _, index = np.unique(index * len(texts) + codes, return_inverse=True)
    _, first, index = np.unique(index, return_index=True, return_inverse=True)
    texts_of = {name: (texts, codes) for name, texts, codes in present}
    combinations = [
        tuple(texts_of[name][0][texts_of[name][1][row]] if name in texts_of else "" for name in deciding)
        for row in first.tolist()
    ]
    return combinations, index

"""The cubes of the API: sums of many public bodies and years at once, which never add the same money twice.

A body prints the money of one year several times: in three documents, cumulated by quarter, under six classifications.
So each body and year is answered by one release, chosen as its own page chooses, unless the question cuts to another. Sums
are made of the rollup cells; what a release's total holds beyond its cells is the cell without code. Where the releases of a
cell, or of the summary, may not be added, they are told without their sum.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from datasets.models import ContractCell, ExpenditureCell, ExpenditureLine, Kind, Release, RevenueCell, RevenueLine

from .cells import OWN_NAMES, SUBFUNCTION, settled_names, sum_stated
from .contracts import contract_releases
from .figures import EXPENDITURE_CLASSIFIERS, REVENUE_CLASSIFIERS
from .releases import able_to_tell, best_by_year, covers, in_releases, published_releases

Amounts = dict[str, Decimal | None]
# Of the release: what every cube can be told apart by. Name -> how it is read from a release.
OF_RELEASE: dict[str, Any] = {
    "state": lambda release: _state(release),
    "municipality": lambda release: release.public_body.municipality_id,
    "publisher": lambda release: release.public_body.slug,
    "year": lambda release: release.year,
    "period": lambda release: release.period,
    "document": lambda release: release.document or None,
    "release": lambda release: release.pk,
}
ONE_ANSWER = ("period", "document", "breakdown", "release")  # cuts by which a reader chooses the release himself


@dataclass(frozen=True)
class Cube:
    """`headings` tell the money of a release apart; one of them at a time, for cells hold one dimension."""

    name: str
    kind: str
    cells: Any
    headings: Sequence[str]
    measures: Sequence[str]
    classifiers: dict[str, str]

    @property
    def dimensions(self) -> tuple[str, ...]:
        extra = ("currency",) if self.kind == Kind.CONTRACTS else ()
        return (*OF_RELEASE, *extra, *self.headings)


EXPENDITURE = Cube(
    "expenditure",
    Kind.EXPENDITURE,
    ExpenditureCell,
    ("chapter", "concept", "item", "function", "unit", "programme", "economic", "funding"),
    ExpenditureLine.MOMENTS,
    EXPENDITURE_CLASSIFIERS,
)
REVENUE = Cube(
    "revenue", Kind.REVENUE, RevenueCell, ("rubro", "type", "item", "funding"), RevenueLine.MOMENTS, REVENUE_CLASSIFIERS
)
CONTRACTS = Cube("contracts", Kind.CONTRACTS, ContractCell, ("method", "month"), ("amount",), {})
CUBES = {cube.name: cube for cube in (EXPENDITURE, REVENUE, CONTRACTS)}


@dataclass(frozen=True)
class Question:
    """`cuts`: dimension -> values, any of which will do. `as_of`: what was public then, and not what is public now."""

    cube: Cube
    cuts: dict[str, tuple[str, ...]]
    drilldown: tuple[str, ...]
    as_of: datetime | None = None

    @property
    def heading(self) -> str | None:
        """The one heading that is asked for, by drilling or by cutting."""
        named = [name for name in (*self.drilldown, *self.cuts) if name in self.cube.headings]
        return named[0] if named else None

    @property
    def headings(self) -> set[str]:
        return {name for name in (*self.drilldown, *self.cuts) if name in self.cube.headings}


@dataclass(frozen=True)
class Answer:
    cells: list[dict[str, Any]]
    total: dict[str, Any]
    releases: list[Release]


@dataclass(slots=True)
class _Sum:
    """What is added up in one place, and of which releases."""

    amounts: Amounts
    count: int = 0
    releases: set[int] = field(default_factory=set)

    def add(self, releases: Iterable[int], amounts: Amounts, count: int) -> None:
        self.amounts = {name: sum_stated((kept, amounts[name])) for name, kept in self.amounts.items()}
        self.count += count
        self.releases.update(releases)


def answer(question: Question) -> Answer:
    releases = releases_of(question)
    by_pk = {release.pk: release for release in releases}
    cube, dims = question.cube, _grouping(question)
    whole, cells = _Sum(dict.fromkeys(cube.measures)), []
    grouped = _grouped(question, by_pk)
    for key, one in grouped.items():
        whole.add(one.releases, one.amounts, one.count)
        cells.append(dict(zip(dims, key, strict=True)) | _told(cube, one, by_pk))
    total = _told(cube, whole, by_pk)
    if cube.kind == Kind.CONTRACTS and len({_currency(key) for key in grouped}) > 1:
        total["amount"] = None  # amounts of two currencies are never added
    return Answer(_named(question, cells), total, releases)


def _told(cube: Cube, one: _Sum, by_pk: Mapping[int, Release]) -> dict[str, Any]:
    told = _addable(cube, [by_pk[pk] for pk in one.releases])
    return {name: value if name in told else None for name, value in one.amounts.items()} | {"count": one.count}


def _addable(cube: Cube, releases: Sequence[Release]) -> Collection[str]:
    """The measures of which a sum over the releases is a sum: of each body and year one, all printed in the same document for
    the same stretch of the year, and all stating it. Lists of contracts are not cumulative: those that are read add up."""
    if cube.kind == Kind.CONTRACTS or len(releases) < 2:
        return cube.measures
    if len({(release.public_body_id, release.year) for release in releases}) < len(releases):
        return ()
    if len({(release.document, covers(release)) for release in releases}) > 1:
        return ()
    return [name for name in cube.measures if all(name in release.totals for release in releases)]


def releases_of(question: Question) -> list[Release]:
    """Published releases that answer: one of each body and year, or all that the cuts name. One query."""
    if question.cube.kind == Kind.CONTRACTS:
        found = contract_releases(as_of=question.as_of).select_related(
            "public_body__municipality", "ingest__file__source"
        )
    else:
        found = published_releases(kind=question.cube.kind, as_of=question.as_of).select_related(
            "public_body__municipality", "ingest__file__source"
        )
    found = found.filter(**_conditions(question.cuts)).order_by("public_body", "year", "pk")
    if question.cube.kind == Kind.CONTRACTS:
        return list(found)
    releases, named = able_to_tell(found, question.heading) if question.heading else (list(found), {})
    return releases if "release" in question.cuts else _one_each(releases, named, question)


def _one_each(releases: Iterable[Release], named: dict[int, int], question: Question) -> list[Release]:
    """Of each body and year one; of each period and document too where the reader asks for those side by side."""
    apart = [name for name in ("period", "document") if name in question.drilldown]
    groups: dict[tuple[Any, ...], list[Release]] = {}
    for release in releases:
        key = (release.public_body_id, *(getattr(release, name) for name in apart))
        groups.setdefault(key, []).append(release)
    return [release for mine in groups.values() for release in best_by_year(mine, named).values()]


def _conditions(cuts: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    fields = {
        "municipality": "public_body__municipality__in",
        "publisher": "public_body__slug__in",
        "year": "year__in",
        "period": "period__in",
        "document": "document__in",
        "breakdown": "breakdown__in",
        "release": "pk__in",
    }
    found: dict[str, Any] = {fields[name]: list(values) for name, values in cuts.items() if name in fields}
    if "municipality" in cuts:  # its government alone, without its agencies: as everywhere in the API
        found["public_body__kind"] = "municipality"
    if "state" in cuts:
        found["public_body__municipality__state__in"] = list(cuts["state"])
    return found


def _grouping(question: Question) -> tuple[str, ...]:
    extra = ("currency",) if question.cube.kind == Kind.CONTRACTS else ()
    return (*[name for name in question.drilldown if name != "currency"], *extra)


def _grouped(question: Question, releases: Mapping[int, Release]) -> dict[tuple[Any, ...], _Sum]:
    grouped: dict[tuple[Any, ...], _Sum] = {}
    for pk, key, currency, amounts, count in _rows(question, list(releases.values())):
        wanted = question.cuts.get("currency")
        if wanted and currency not in wanted:
            continue
        place = _place(question, releases[pk], key, currency)
        kept = grouped.setdefault(place, _Sum(dict.fromkeys(question.cube.measures)))
        kept.add((pk,), amounts, count)
    return grouped


def _place(question: Question, release: Release, key: str, currency: str) -> tuple[Any, ...]:
    def value(name: str) -> Any:
        if name in OF_RELEASE:
            return OF_RELEASE[name](release)
        return currency if name == "currency" else key

    return tuple(value(name) for name in _grouping(question))


def _currency(key: tuple[Any, ...]) -> Any:
    return key[-1]


def _rows(question: Question, releases: Sequence[Release]) -> Iterable[tuple[int, str, str, Amounts, int]]:
    """Release, key of the heading, currency, amounts, lines."""
    if not releases:
        return
    if question.cube.kind == Kind.CONTRACTS:
        yield from _contract_rows(question, releases)
    elif question.heading is None:
        yield from (_whole(question.cube, release) for release in releases)
    else:
        yield from _heading_rows(question, releases)


def _whole(cube: Cube, release: Release) -> tuple[int, str, str, Amounts, int]:
    texts = {name: release.totals.get(name) for name in cube.measures}
    amounts = {name: None if text is None else Decimal(text) for name, text in texts.items()}
    return release.pk, "", "MXN", amounts, release.line_count


def _heading_rows(question: Question, releases: Sequence[Release]) -> Iterable[tuple[int, str, str, Amounts, int]]:
    cube, heading = question.cube, question.heading
    assert heading is not None
    wanted = question.cuts.get(heading)
    left = {release.pk: _Left(*_whole(cube, release)[3:]) for release in releases}
    rows = cube.cells._default_manager.filter(by=heading, **in_releases(releases))
    for row in rows.values_list("release_id", "key", "line_count", *cube.measures).iterator():
        pk, key, count, *values = row
        amounts = dict(zip(cube.measures, values, strict=True))
        key = _at_level(heading, key)
        if not key:  # what the file does not classify is counted with what is left
            continue
        rest = left[pk]
        rest.amounts = {name: _less(rest.amounts[name], amounts[name]) for name in cube.measures}
        rest.count -= count
        if wanted is None or key in wanted:
            yield pk, key, "MXN", amounts, count
    if wanted is None or "" in wanted:
        for pk, rest in left.items():
            if any(rest.amounts.values()):
                yield pk, "", "MXN", {name: value or None for name, value in rest.amounts.items()}, rest.count


@dataclass(slots=True)
class _Left:
    """What a release's total holds beyond the headings counted so far."""

    amounts: Amounts
    count: int


def _at_level(heading: str, key: str) -> str:
    """Subfunctions (2.4.1) under their function (2.4), as on the pages."""
    found = SUBFUNCTION.match(key) if heading == "function" else None
    return found[1] if found else key


def _less(whole: Decimal | None, part: Decimal | None) -> Decimal | None:
    return whole if whole is None or part is None else whole - part


def _contract_rows(question: Question, releases: Sequence[Release]) -> Iterable[tuple[int, str, str, Amounts, int]]:
    heading = question.heading or "method"
    wanted = question.cuts.get(heading)
    rows = ContractCell.objects.filter(by=heading, **in_releases(releases))
    grouped = rows.values("release_id", "key", "currency").annotate(value=Sum("amount"), lines=Sum("line_count"))
    for row in grouped.order_by("release_id", "currency", "key"):
        if wanted is None or row["key"] in wanted:
            yield row["release_id"], row["key"], row["currency"], {"amount": row["value"]}, row["lines"]


def _named(question: Question, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The official name beside each code; labels that publishers use as keys have their own."""
    heading = question.heading
    if heading is None or heading not in question.drilldown:
        return cells
    names = names_of(question.cube, heading, [cell[heading] for cell in cells])
    for cell in cells:
        cell[f"{heading}_name"] = names.get(cell[heading])
    return cells


def names_of(cube: Cube, heading: str, keys: Iterable[str]) -> dict[str, str]:
    from datasets.models import Contract, Label

    wanted = {key for key in keys if key}
    if cube.kind == Kind.CONTRACTS:
        return {str(key): str(label) for key, label in Contract.Method.choices} if heading == "method" else {}
    official = {code: name.full for code, name in settled_names(cube.classifiers.get(heading), wanted).items()}
    missing = wanted if heading in OWN_NAMES else wanted - set(official)
    labelled = cube.cells._default_manager.filter(by=heading, key__in=missing, label__isnull=False)
    pairs = dict(labelled.order_by("key", "label").values_list("key", "label"))
    texts = Label.objects.in_bulk(set(pairs.values()))
    printed = {key: texts[label].name for key, label in pairs.items() if label in texts and texts[label].name}
    return official | printed


def _state(release: Release) -> str | None:
    body = release.public_body
    return body.municipality.state_id if body.municipality else body.state_id

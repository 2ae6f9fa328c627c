"""Works, debts and sanctions of published releases. One list at a time: they are never added over years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When

from datasets.models import Contract, Debt, Kind, PublicBody, Release, Sanction, Supplier, Work
from gesoc.common.text import tokens

from .contracts import contract_releases, families
from .releases import best_by_year, published_releases

MODELS: dict[str, type[Work] | type[Debt] | type[Sanction]] = {
    Kind.WORKS: Work,
    Kind.DEBT: Debt,
    Kind.SANCTIONS: Sanction,
}
MAX_WORDS = 12
#: How far works are, in the order in which a page tells it.
PROGRESS = ("done", "half", "begun", "none", "unknown")


@dataclass(frozen=True, slots=True)
class RegisterTotal:
    """Rows under one heading; `amount` is None where none of them states one."""

    key: str
    line_count: int
    amount: Decimal | None


def register_years(*, public_body: PublicBody, kind: str) -> dict[int, Release]:
    """The list that answers for each year, oldest first: the whole year's, else the latest."""
    return best_by_year(published_releases(public_body=public_body, kind=kind))


def register_rows(*, release: Release, q: str = "") -> QuerySet[Any]:
    """The rows of one list, in the order of its file; `q` leaves those with all its words."""
    rows = MODELS[release.kind]._default_manager.filter(public_body=release.public_body_id, release=release.pk)
    found: QuerySet[Any] = _with_words(rows, q).select_related("release").order_by("line_no")
    return found


def published_rows(
    *, kind: str, public_body: PublicBody | None = None, year: int | None = None, q: str = ""
) -> QuerySet[Any]:
    """The rows of all published lists, each with its release and body, in the order of their key."""
    releases = Release.objects.published().filter(kind=kind)
    if public_body is not None:
        releases = releases.filter(public_body=public_body)
    if year is not None:
        releases = releases.filter(year=year)
    rows = MODELS[kind]._default_manager.filter(release__in=releases.values("pk"))
    if public_body is not None:
        rows = rows.filter(public_body=public_body)
    related = ("public_body", "release") if kind == Kind.DEBT else ("public_body", "release", "supplier")
    found: QuerySet[Any] = _with_words(rows, q).select_related(*related)
    return found.order_by("public_body_id", "release_id", "line_no")


def _with_words(rows: Any, q: str) -> Any:
    words = tokens(q)[:MAX_WORDS]
    return rows.filter(reduce(and_, (Q(search_text__contains=word) for word in words))) if words else rows


def work_progress(*, release: Release) -> list[RegisterTotal]:
    """How many works are how far, and what they cost. One query."""
    step = Case(
        When(physical_progress=None, then=Value("unknown")),
        When(physical_progress__gte=100, then=Value("done")),
        When(physical_progress__gte=50, then=Value("half")),
        When(physical_progress__gt=0, then=Value("begun")),
        default=Value("none"),
        output_field=CharField(),
    )
    found = {one.key: one for one in _totals(register_rows(release=release), step, "investment")}
    return [found[key] for key in PROGRESS if key in found]


def work_places(*, release: Release) -> list[RegisterTotal]:
    """Works by municipality where the list tells it, else by state; most first. One query."""
    place = Case(
        When(~Q(municipality_code=""), then=F("municipality_code")), default=F("state_code"), output_field=CharField()
    )
    found = _totals(register_rows(release=release), place, "investment")
    return sorted(found, key=lambda one: (-one.line_count, one.key))


def work_cycles(*, release: Release) -> set[int | None]:
    """The budget cycles that the amounts of the rows are of: amounts of several are not added."""
    return set(register_rows(release=release).order_by().values_list("cycle", flat=True).distinct())


def sanction_outcomes(*, release: Release) -> list[RegisterTotal]:
    found = {one.key: one for one in _totals(register_rows(release=release), F("outcome"), "fine")}
    return [found[key] for key in Sanction.Outcome.values if key in found]


def _totals(rows: Any, by: Any, amount: str) -> list[RegisterTotal]:
    sums = rows.order_by().values(heading=by).annotate(rows=Count("*"), total=Sum(amount))
    return [RegisterTotal(str(one["heading"]), one["rows"], one["total"]) for one in sums]


# -- the same supplier in a register and in contracts --------------------------------------------------------------


def contracts_under_names(sanctions: Iterable[Sanction]) -> dict[int, int]:
    """For each line of a register that names a supplier: how many published contracts are with one of the same RFC or the
    same whole name. A question to look into, not a finding: another company may bear the name. Three queries."""
    rows = [one for one in sanctions if one.supplier_id is not None]
    if not rows:
        return {}
    same = same_suppliers({one.supplier_id for one in rows if one.supplier_id is not None})
    wanted = {pk for pks in same.values() for pk in pks}
    counted = (
        Contract.objects.filter(supplier__in=wanted, release__in=contract_releases().values("pk"))
        .order_by()
        .values("supplier_id")
        .annotate(rows=Count("*"))
    )
    counts = {one["supplier_id"]: one["rows"] for one in counted}
    return {
        one.line_no: sum(counts.get(pk, 0) for pk in same[one.supplier_id]) for one in rows if one.supplier_id in same
    }


def same_suppliers(ids: Iterable[int]) -> dict[int, set[int]]:
    """For each supplier those that are known under the same whole name, itself included. Only a company is looked for by
    its name: natural persons share theirs, so for them the RFC, or the very same identity, must agree. Four queries."""
    found = {pk: {pk} for pk in ids}
    companies = Supplier.objects.filter(is_natural_person=False).exclude(name_key="")
    named = dict(companies.filter(pk__in=list(found)).values_list("pk", "name_key"))
    by_name: dict[str, set[int]] = defaultdict(set)
    for pk, name in companies.filter(name_key__in=set(named.values())).values_list("pk", "name_key"):
        by_name[name].add(pk)
    for pk, name in named.items():
        found[pk] |= by_name[name]
    _with_spellings(found)
    return found


def _with_spellings(found: dict[int, set[int]]) -> None:
    """Those that somebody said are one with any of them."""
    every = {pk for pks in found.values() for pk in pks}
    family = families(Supplier.objects.filter(pk__in=every).values_list("pk", "merged_into_id"))
    for pks in found.values():
        pks.update(*(family.get(pk, ()) for pk in list(pks)))


def sanctions_of(supplier_ids: Iterable[int]) -> QuerySet[Sanction]:
    """Published sanctions against suppliers of the same RFC or whole name, newest first; acquittals are none."""
    same = {pk for pks in same_suppliers(supplier_ids).values() for pk in pks}
    published = Release.objects.published().filter(kind=Kind.SANCTIONS)
    found = Sanction.objects.filter(supplier__in=same, release__in=published.values("pk"))
    return (
        found.exclude(outcome=Sanction.Outcome.CLEARED)
        .select_related("release", "public_body")
        .order_by(F("resolved_on").desc(nulls_last=True), "release_id", "line_no")
    )

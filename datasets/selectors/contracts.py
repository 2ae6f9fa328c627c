"""Contracts of published releases, and their sums: by currency, never added across."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, reduce
from itertools import groupby
from operator import and_, attrgetter

from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from datasets.ingest.contract_lines import supplier_key
from datasets.models import Contract, Kind, PublicBody, Release, Supplier
from gesoc.common.moments import present
from gesoc.common.text import tokens

from .releases import in_releases

QUARTER_MONTHS = {"Q1": "(01|02|03)", "Q2": "(04|05|06)", "Q3": "(07|08|09)", "Q4": "(10|11|12)"}
MAX_WORDS = 12
FEW = 1000  # as many rows as are quicker found by the index of their words than along the key
BATCHES = (20, 200)  # lists, the newest first, in which a common word is looked for before all are sorted
NOTHING = Q(pk__in=[])
# What indexes are made of is as long as all the rest of a row, and nobody looks at it.
UNREAD_OF_SUPPLIER = ("search", "name_key")
UNREAD = (
    *("search", "search_text"),
    *(f"{whose}__{name}" for whose in ("supplier", "supplier__merged_into") for name in UNREAD_OF_SUPPLIER),
)
IN_ANSWERS = (
    *("public_body_id", "release_id", "line_no", "year", "title", "contract_number", "fingerprint"),
    *("amount", "currency", "supplier_name"),
)
IN_LISTS = ("year", "public_body__name", "public_body__kind", "public_body__slug", "public_body__municipality_id")
IN_ROWS = (
    *(
        "public_body_id",
        "release_id",
        "line_no",
        "title",
        "contract_number",
        "procedure_number",
        "fingerprint",
        "method",
    ),
    *(
        "amount",
        "currency",
        "signed_on",
        "award_date",
        "starts_on",
        "supplier_name",
        "supplier__name",
        "supplier__number",
    ),
)


@dataclass(frozen=True, slots=True)
class ContractFilters:
    """What is asked for; an absent filter is None or empty."""

    public_body: PublicBody | None = None
    year: int | None = None
    method: str | None = None  # "" asks for contracts whose procedure is not stated
    supplier: str = ""  # words of a name, or a company's RFC
    supplier_ids: tuple[int, ...] = ()
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    currency: str = ""
    since: date | None = None  # by the day signed, else awarded, else begun; a contract without a day is in no span
    until: date | None = None
    procedure: str = ""  # its number as printed: all contracts that one procedure led to
    q: str = ""
    releases: tuple[Release, ...] | None = None  # what `contract_releases` found, where it was read already


def contract_releases(*, public_body: PublicBody | None = None, as_of: datetime | None = None) -> QuerySet[Release]:
    """Published releases of contracts that tell of different months: these may be listed and counted together.

    Contract lists, unlike statements, are not cumulative: four quarters make a year. But a whole year's list holds its
    quarters, and a quarter's list its months, so a list inside another published list of the body is left out.
    """
    found = Release.objects.public_at(as_of).filter(kind=Kind.CONTRACTS)
    if public_body is not None:
        found = found.filter(public_body=public_body)
    wider = Release.objects.public_at(as_of).filter(
        kind=Kind.CONTRACTS, public_body=OuterRef("public_body"), year=OuterRef("year")
    )
    in_year = Q(Exists(wider.filter(period="annual")))
    in_quarter = Q(Exists(wider.filter(period=OuterRef("quarter"))))
    found = found.alias(quarter=_quarter())
    return found.exclude(~Q(period="annual") & in_year).exclude(~Q(quarter="") & in_quarter)


def apart(releases: Sequence[Release]) -> list[Release]:
    """What `contract_releases` would leave of a body's releases of contracts that were read already."""
    periods = {(one.year, one.period) for one in releases}
    return [
        one
        for one in releases
        if one.period == "annual" or not {(one.year, "annual"), (one.year, _quarter_of(one.period) or None)} & periods
    ]


def _quarter_of(period: str) -> str:
    return next((name for name, months in QUARTER_MONTHS.items() if re.search(rf"-{months}$", period)), "")


def contracts(filters: ContractFilters | None = None, *, by: str = "") -> QuerySet[Contract]:
    """Published contracts, with their supplier, in the order of their key. `by` one of `CONTRACT_ORDERS` the newest or the
    largest come first, what states neither last: to be asked of as many as can be sorted for a page."""
    wanted = filters or ContractFilters()
    found = Contract.objects.filter(_of_lists(wanted), _conditions(wanted))
    if wanted.since or wanted.until:
        found = found.alias(day=Coalesce("signed_on", "award_date", "starts_on")).filter(_span(wanted))
    if wanted.public_body is not None:
        found = found.filter(public_body=wanted.public_body)
    related = found.select_related("supplier__merged_into", "public_body", "release").defer(*UNREAD)
    return related.order_by(*([CONTRACT_ORDERS[by]] if by else []), "public_body_id", "release_id", "line_no")


CONTRACT_ORDERS = {
    "fecha": Coalesce("signed_on", "award_date", "starts_on").desc(nulls_last=True),
    "monto": F("amount").desc(nulls_last=True),
}


def contracts_listed(filters: ContractFilters, *, by: str = "") -> QuerySet[Contract]:
    """The same of a body whose lists were read already, for rows of a table: with the supplier's name and number alone.

    `listed` gives them their list and body, which joins would read anew with every row.
    """
    return contracts(filters, by=by).select_related(None).defer(None).select_related("supplier").only(*IN_ROWS)


def listed(rows: Iterable[Contract], filters: ContractFilters) -> list[Contract]:
    """Rows of `contracts_listed` with the list that they stand in and the body whose it is. No query."""
    lists = {one.pk: one for one in filters.releases or ()}
    found = list(rows)
    for one in found:
        one.release = lists[one.release_id]
        if filters.public_body is not None:
            one.public_body = filters.public_body
    return found


def _of_lists(wanted: ContractFilters) -> Q:
    """Lists that were read already are named, those of the year alone: to find them once more costs longer than a page of
    contracts, and every contract is of the year of its list."""
    if wanted.releases is not None:
        return Q(**in_releases(one for one in wanted.releases if wanted.year in (None, one.year)))
    return Q(release__in=contract_releases(public_body=wanted.public_body).values("pk"))


def newest_contracts(q: str, *, limit: int, version: int) -> list[Contract]:
    """The first contracts with the words, those of the newest lists, then by body, release and line; `version` of the data.

    A common word is met within a few lists, which are read along their key; a rare one is looked up in its index. No
    index serves this order, so that to sort all that hold a common word would be to read every contract there is.
    """
    words = _prefixes(q)
    if words is None:
        return []
    found: list[Contract] = []
    start = 0
    for size in BATCHES:
        batch = _newest_lists(start, start + size, version, present())
        found += _held(batch, words, limit - len(found))
        start += size
        if len(found) == limit or len(batch) < size:
            return found
        if start == size and _is_rare(words):
            return list(_newest_first(contracts().filter(_by_index(words)))[:limit])
    return list(_newest_first(contracts().filter(search=words))[:limit])


@lru_cache(maxsize=2 * len(BATCHES))
def _newest_lists(start: int, end: int, version: int, moment: float) -> list[Release]:
    """With the body of each, as a process knows them for a minute while the data stay the same."""
    lists = contract_releases().select_related("public_body").order_by("-year", "public_body_id", "id")
    return list(lists.only(*IN_LISTS)[start:end])


def _held(lists: Sequence[Release], words: SearchQuery, limit: int) -> list[Contract]:
    """Those of a few lists in the same order. The lists of one year are read along the key, no further than needed."""
    found: list[Contract] = []
    for _year, some in groupby(lists, key=attrgetter("year")):
        if len(found) < limit:
            found += _held_in_year(list(some), words, limit - len(found))
    return found


def _held_in_year(lists: Sequence[Release], words: SearchQuery, limit: int) -> list[Contract]:
    """Joined to the lists and bodies, which are here already, each contract that holds the words would look up both before the
    first are chosen. Suppliers are known by the name that was printed."""
    by_pk = {one.pk: one for one in lists}
    held = Contract.objects.filter(search=words, **in_releases(lists)).only(*IN_ANSWERS)
    found = list(held.order_by("public_body_id", "release_id", "line_no")[:limit])
    for one in found:
        one.release = by_pk[one.release_id]
        one.public_body = one.release.public_body
    return found


def _newest_first(found: QuerySet[Contract]) -> QuerySet[Contract]:
    related = found.select_related("supplier__merged_into", "public_body", "release")
    return related.order_by("-release__year", "public_body_id", "release_id", "line_no")


def _span(wanted: ContractFilters) -> Q:
    since = Q(day__gte=wanted.since) if wanted.since else Q()
    return since & Q(day__lte=wanted.until) if wanted.until else since


def _conditions(wanted: ContractFilters) -> Q:
    """Amounts are compared as stated, whatever the currency; name one to compare like with like."""
    asked = {
        "year": wanted.year,
        "method": wanted.method,
        "supplier__in": wanted.supplier_ids or None,
        "amount__gte": wanted.min_amount,
        "amount__lte": wanted.max_amount,
        "currency": wanted.currency or None,
        "procedure_number": wanted.procedure or None,
    }
    conditions = Q(**{name: value for name, value in asked.items() if value is not None})
    if wanted.q:
        conditions &= _with_words(wanted.q, everywhere=wanted.public_body is None)
    if wanted.supplier:
        conditions &= _of_supplier(wanted.supplier)
    return conditions


def _with_words(text: str, *, everywhere: bool) -> Q:
    """Contracts with the words. Over all bodies a rare word is looked up in its index, and a common one met soon enough
    on the way along the key: which it is costs one short query, as the planner cannot tell."""
    words = _prefixes(text)
    if words is None:
        return NOTHING
    if everywhere and _is_rare(words):
        return _by_index(words)
    return Q(search=words)


def _is_rare(words: SearchQuery) -> bool:
    return Contract.objects.filter(_by_index(words))[: FEW + 1].count() <= FEW


def _of_supplier(text: str) -> Q:
    """Words of the name, or a legal person's RFC: asking by a natural person's would tell whose it is."""
    if company := company_of(text):
        return Q(supplier__in=family_of(company))
    # Suppliers are kept without their legal form, so that it may be written in any way, or not at all.
    words = _prefixes(supplier_key(text))
    if words is None:
        return NOTHING
    few = list(Supplier.objects.filter(_by_index(words)).order_by().values_list("pk", "merged_into")[: FEW + 1])
    if len(few) <= FEW:
        return Q(supplier__in=sorted(set().union(*families(few).values())))
    named = Supplier.objects.filter(search=words)
    roots = named.filter(merged_into__isnull=False).values("merged_into")
    alike = Q(search=words) | Q(pk__in=roots) | Q(merged_into__in=roots) | Q(merged_into__in=named.values("pk"))
    return Q(supplier__in=Supplier.objects.filter(alike).values("pk"))


def family_of(supplier: Supplier) -> tuple[int, ...]:
    """The keys that are counted as one with it. One query."""
    return tuple(sorted(families([(supplier.pk, supplier.merged_into_id)])[supplier.pk]))


def families(found: Iterable[tuple[int, int | None]]) -> dict[int, set[int]]:
    """For each supplier, given with whom it is counted with, all that are counted as one with it. One query."""
    roots = {pk: root or pk for pk, root in found}
    members = {root: {root} for root in roots.values()}
    merged = Supplier.objects.filter(merged_into__in=list(members)).values_list("pk", "merged_into_id")
    for pk, root in merged:
        members[root or pk].add(pk)
    return {pk: members[root] for pk, root in roots.items()}


def company_of(rfc: str) -> Supplier | None:
    """The legal person with this RFC; by a natural person's nobody is found."""
    rfc = rfc.strip().upper()
    return Supplier.objects.filter(rfc=rfc).exclude(is_natural_person=True).first() if len(rfc) == 12 else None


def _prefixes(text: str) -> SearchQuery | None:
    """Every word, or beginning of a word, in any order; accents and case do not matter."""
    words = [SearchQuery(f"'{word}':*", search_type="raw", config="simple") for word in tokens(text)[:MAX_WORDS]]
    return reduce(and_, words) if words else None


def _by_index(words: SearchQuery) -> Q:
    """The planner takes any one prefix for 2 % of a table, and would rather walk along its key. Said twice it is 0.04 %,
    and the index of the words is used."""
    return Q(search=words) & Q(search=words & words)


def _quarter() -> Case:
    """The quarter that a month's release lies in; empty for other periods."""
    months = [When(period__regex=rf"-{months}$", then=Value(quarter)) for quarter, months in QUARTER_MONTHS.items()]
    return Case(*months, default=Value(""), output_field=CharField())

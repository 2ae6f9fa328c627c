"""Who is paid by public contracts: found by any fragment of the name, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce

from datasets.ingest.contract_lines import supplier_key
from datasets.models import Contract, ContractCell, PublicBody, Supplier, SupplierMerge, SupplierTotal
from gesoc.common.moments import present
from gesoc.common.text import tokens

from .contracts import MAX_WORDS, ContractFilters, company_of, contract_releases, contracts, family_of

PART, PARTS = (
    300,
    8,
)  # a common fragment is looked for among so many of the largest suppliers, and then among as many more
SHORTEST = 3  # letters of a fragment that the index of trigrams can find
DIRECT = Q(method=Contract.Method.DIRECT)


@dataclass(frozen=True, slots=True)
class Buyer:
    """What one public body contracted with a supplier in one currency, and what it contracted with anybody."""

    body: PublicBody
    currency: str
    contracts: int
    amount: Decimal | None
    direct: int
    direct_amount: Decimal | None  # zero where all state another procedure, None where it is not known
    stated: Decimal | None  # of contracts that state their procedure
    first_year: int
    last_year: int
    whole: Decimal | None


@dataclass(frozen=True, slots=True)
class SupplierYear:
    year: int
    currency: str
    method: str
    contracts: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as printed, in how many contracts, since and until when."""

    name: str
    contracts: int
    first_year: int
    last_year: int


def suppliers_matching(text: str) -> QuerySet[Supplier]:
    """Every word is a fragment of the name, in any order; a company is found by its RFC as well.

    A spelling that is counted with another is found as well.

    Accents, case and legal forms do not matter. Fragments of three letters or more are found by the index of
    trigrams and then looked at; the answer is exactly that of LIKE.
    """
    if company := company_of(text):
        return Supplier.objects.filter(pk=company.pk)
    words = words_of(text)
    if not words:
        return Supplier.objects.none()
    found = Supplier.objects.alias(trigrams=_trigrams(F("name_key")))
    for word in words:
        if len(word) >= SHORTEST:
            found = found.filter(trigrams__contains=_trigrams(Value(word, TextField())))
        found = found.filter(name_key__contains=word)
    return found.order_by("name_key", "pk")


def words_of(text: str) -> list[str]:
    return tokens(supplier_key(text) or text)[:MAX_WORDS]


def _trigrams(expression: F | Value) -> Func:
    return Func(expression, function="datasets_trigrams", output_field=ArrayField(IntegerField()))


def supplier_totals(*, currency: str = "MXN", q: str = "") -> QuerySet[SupplierTotal]:
    """Suppliers with public contracts in one currency, largest amount first."""
    found = SupplierTotal.objects.filter(currency=currency).select_related("supplier")
    if q:
        found = found.filter(
            supplier__in=suppliers_matching(q).order_by().values(whose=Coalesce("merged_into_id", "pk"))
        )
    return found.order_by(F("amount").desc(nulls_last=True), "supplier_id")


def largest_suppliers(q: str, *, limit: int, version: int, currency: str = "MXN") -> list[SupplierTotal]:
    """The first of `supplier_totals`; `version` of the data. A common fragment is met among the largest there are, in the order
    that is asked for; a rare one is looked up in the index of fragments, whose answer has to be sorted."""
    words = words_of(q)
    if not words or company_of(q):
        return list(supplier_totals(currency=currency, q=q)[:limit])
    found: list[SupplierTotal] = []
    largest = _largest(version, currency, present())
    for start in range(0, len(largest), PART):
        found += [one for one, known in largest[start : start + PART] if _is_named(known, words)]
        if len(found) >= limit:
            return found[:limit]
        if not found:
            break  # rare enough
    return list(supplier_totals(currency=currency, q=q)[:limit])


def suppliers_found(q: str, *, limit: int, version: int) -> list[list[SupplierTotal]]:
    """The largest suppliers of the commonest currency, then those of the others: for each what it got in every currency."""
    found: dict[int, list[SupplierTotal]] = {}
    currencies = _currencies(version, present())
    for currency in currencies:
        if len(found) < limit:
            for one in largest_suppliers(q, limit=limit, version=version, currency=currency):
                found.setdefault(one.supplier_id, [one])
    chosen = list(found)[:limit]
    if len(currencies) > 1 and chosen:
        others = SupplierTotal.objects.filter(supplier__in=chosen).select_related("supplier").order_by("currency")
        for one in others:
            if one.currency != found[one.supplier_id][0].currency:
                found[one.supplier_id].append(one)
    return [found[key] for key in chosen]


@lru_cache(maxsize=2)
def _currencies(version: int, moment: float) -> list[str]:
    """As a process knows them for a minute while the data stay the same."""
    return supplier_currencies()


def _is_named(known: Sequence[str], words: Sequence[str]) -> bool:
    """Does a name hold every word, be it of a spelling counted with the supplier?"""
    return any(all(word in name for word in words) for name in known)


def count_matches(q: str, *, at_most: int, currency: str = "MXN") -> int:
    """How many rows `supplier_totals` has, counted no further than one beyond `at_most`."""
    public = SupplierTotal.objects.filter(currency=currency, supplier=OuterRef("whose"))
    named = suppliers_matching(q).order_by().annotate(whose=Coalesce("merged_into_id", "pk")).filter(Exists(public))
    return int(named.values("whose").distinct()[: at_most + 1].count())


@lru_cache(maxsize=4)
def _largest(version: int, currency: str, moment: float) -> list[tuple[SupplierTotal, list[str]]]:
    """The largest suppliers in their order, with all their names: some 2,400, which a process knows for a minute while the data
    stay the same. One query. The names are looked at here: the planner would rather read every supplier there is that holds a
    common word."""
    spellings = Supplier.objects.filter(merged_into=OuterRef("supplier")).order_by().values("name_key")
    order: Any = supplier_totals(currency=currency).annotate(others=ArraySubquery(spellings)).defer("supplier__search")
    return [(one, [one.supplier.name_key, *one.others]) for one in order[: PART * PARTS]]


def supplier_currencies() -> list[str]:
    """Currencies in which something is contracted, the commonest first. One query."""
    counts = SupplierTotal.objects.values_list("currency").annotate(n=Count("currency")).order_by("-n", "currency")
    return [currency for currency, _count in counts]


def contracts_of(supplier: Supplier) -> QuerySet[Contract]:
    """Under all its spellings."""
    return contracts(ContractFilters(supplier_ids=family_of(supplier)))


def supplier_buyers(supplier: Supplier) -> list[Buyer]:
    """The bodies that contracted with it, largest first, each with its whole. Three queries."""
    rows = list(
        contracts_of(supplier)
        .order_by()
        .values("public_body_id", "currency")
        .annotate(
            n=Count("line_no"),
            total=Sum("amount"),
            n_direct=Count("line_no", filter=DIRECT),
            total_direct=Sum("amount", filter=DIRECT),
            total_stated=Sum("amount", filter=~Q(method="")),
            since=Min("year"),
            until=Max("year"),
        )
    )
    ids = {row["public_body_id"] for row in rows}
    bodies = PublicBody.objects.select_related("municipality__state", "state").in_bulk(ids)
    wholes = _wholes(ids)
    buyers = [
        Buyer(
            body=bodies[row["public_body_id"]],
            currency=row["currency"],
            contracts=row["n"],
            amount=row["total"],
            direct=row["n_direct"],
            direct_amount=row["total_direct"] if row["n_direct"] or row["total_stated"] is None else Decimal(0),
            stated=row["total_stated"],
            first_year=row["since"],
            last_year=row["until"],
            whole=wholes.get((row["public_body_id"], row["currency"])),
        )
        for row in rows
    ]
    return sorted(buyers, key=lambda one: (one.currency, one.amount is None, -(one.amount or 0), one.body.sort_key))


def _wholes(bodies: set[int]) -> dict[tuple[int, str], Decimal | None]:
    """All that each body contracted, by currency."""
    releases = contract_releases().filter(public_body__in=bodies)
    cells = ContractCell.objects.filter(
        public_body__in=bodies, release__in=releases.values("pk"), by=ContractCell.By.METHOD
    )
    sums = cells.order_by().values_list("public_body_id", "currency").annotate(total=Sum("amount"))
    return {(body, currency): total for body, currency, total in sums}


def supplier_years(supplier: Supplier) -> list[SupplierYear]:
    """By year, currency and procedure. One query."""
    rows = contracts_of(supplier).order_by().values_list("year", "currency", "method")
    counted = rows.annotate(n=Count("line_no"), total=Sum("amount")).order_by("year", "currency", "method")
    return [SupplierYear(*row) for row in counted]


def supplier_spellings(supplier: Supplier) -> list[Spelling]:
    """The names under which it was printed, the commonest first. One query."""
    rows = contracts_of(supplier).order_by().exclude(supplier_name="").values_list("supplier_name")
    counted = rows.annotate(n=Count("line_no"), since=Min("year"), until=Max("year")).order_by("-n", "supplier_name")
    return [Spelling(*row) for row in counted]


def merges_into(supplier: Supplier) -> list[SupplierMerge]:
    """The spellings that somebody said are this supplier, newest first. One query."""
    return list(supplier.merges_into.in_force().select_related("supplier", "by"))


def namesakes(supplier: Supplier) -> list[Supplier]:
    """Others with the same name and public contracts: another RFC, or the same one where no RFC was printed."""
    public = SupplierTotal.objects.values("supplier_id")
    same = Supplier.objects.filter(name_key=supplier.name_key, pk__in=public)
    return list(same.exclude(pk=supplier.pk).order_by("number")[:20])

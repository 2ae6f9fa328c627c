"""One contract: every row that prints it, in whichever version of whichever list, and what changed between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Coalesce

from datasets.models import Contract, PublicBody, Release

from .cells import sum_stated
from .contracts import ContractFilters, contract_releases, contracts

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

# What two versions are compared by, in the order in which a person reads it.
COMPARED = (
    "amount",
    "currency",
    "amount_without_tax",
    "amount_with_tax",
    "amount_min",
    "amount_max",
    "method",
    "method_raw",
    "title",
    "procedure_number",
    "supplier_name",
    "buyer_unit",
    "award_date",
    "signed_on",
    "starts_on",
    "ends_on",
    "url",
)
RELATED = 20


@dataclass(frozen=True, slots=True)
class Printed:
    """A row of a list that prints the contract. `is_counted`: dashboards count this row today."""

    line: Contract
    is_counted: bool


@dataclass(frozen=True, slots=True)
class ContractChange:
    """What a later version of the same list says differently."""

    field: str
    before: Any
    after: Any
    earlier: Contract
    later: Contract


def printed(body: PublicBody, fingerprint: str, user: User | AnonymousUser) -> list[Printed]:
    """Rows that print it and that the person may see, today's first, then the newest. Two queries."""
    lines = Contract.objects.filter(public_body=body, fingerprint=fingerprint)
    seen = lines.filter(release__in=Release.objects.visible_to(user).values("pk"))
    seen = seen.select_related("release__ingest__file__source", "supplier", "public_body__municipality__state")
    counted = set(contract_releases(public_body=body).values_list("pk", flat=True))
    found = [Printed(line, line.release_id in counted) for line in seen.order_by("-release_id", "line_no")]
    return sorted(found, key=lambda one: (not one.is_counted, _standing(one.line.release)))


def _standing(release: Release) -> int:
    order = [Release.Status.PUBLISHED, Release.Status.SUPERSEDED, Release.Status.WITHDRAWN, Release.Status.DRAFT]
    return order.index(Release.Status(release.status))


def changes(rows: Sequence[Printed]) -> list[ContractChange]:
    """Between one version of a list and the next, where each prints the contract once. No query."""
    found = []
    for versions in _by_slice(rows).values():
        for earlier, later in pairwise(versions):
            for field in COMPARED:
                before, after = getattr(earlier, field), getattr(later, field)
                if before != after:
                    found.append(ContractChange(field, before, after, earlier, later))
    return found


def _by_slice(rows: Sequence[Printed]) -> dict[tuple[Any, ...], list[Contract]]:
    """Versions of each list, oldest first; a list that prints the contract twice cannot be compared row by row."""
    slices: dict[tuple[Any, ...], dict[int, list[Contract]]] = {}
    for one in rows:
        if one.line.release.version is not None:
            key = tuple(one.line.release.slice_key.values())
            slices.setdefault(key, {}).setdefault(one.line.release.version, []).append(one.line)
    return {
        key: [versions[number][0] for number in sorted(versions)]
        for key, versions in slices.items()
        if all(len(lines) == 1 for lines in versions.values())
    }


def same_procedure(contract: Contract) -> list[Contract]:
    """Other contracts that name the same procedure, by amount; none where no procedure number was printed."""
    if not any(char.isdigit() for char in contract.procedure_number):
        return []
    releases = contract_releases(public_body=contract.public_body)
    others = Contract.objects.filter(
        public_body=contract.public_body_id,
        release__in=releases.values("pk"),
        procedure_number=contract.procedure_number,
    )
    found = others.exclude(fingerprint=contract.fingerprint).select_related("supplier", "public_body", "release")
    return list(found.order_by("-amount", "line_no")[:RELATED])


@dataclass(frozen=True, slots=True)
class Procedure:
    """All contracts of one body that print one procedure number. No table holds it: the number is what makes it one."""

    contracts: int
    suppliers: int  # counted as one where a person said that they are
    sums: dict[str, Decimal | None]  # by currency; None where no contract in it states an amount
    kinds: list[tuple[str, str]]  # the method as we read it, and as printed; the most frequent first
    first: date | None  # of the days signed, else awarded, else begun
    last: date | None


def procedure(body: PublicBody, number: str) -> Procedure | None:
    """What its public contracts tell together. Two queries; nothing where none prints it, or it is no number ("S/N")."""
    if not any(char.isdigit() for char in number):
        return None
    found = contracts(ContractFilters(public_body=body, procedure=number)).order_by()
    day = Coalesce("signed_on", "award_date", "starts_on")
    rows = found.values("currency", "method", "method_raw").annotate(
        n=Count("line_no"), total=Sum("amount"), first=Min(day), last=Max(day)
    )
    told = sorted(rows, key=lambda row: (-row["n"], row["method"], row["method_raw"], row["currency"]))
    if not told:
        return None
    who = found.aggregate(n=Count(Coalesce("supplier__merged_into_id", "supplier_id"), distinct=True))
    currencies = sorted({row["currency"] for row in told})
    days = [row[end] for row in told for end in ("first", "last") if row[end]]
    return Procedure(
        contracts=sum(row["n"] for row in told),
        suppliers=who["n"],
        sums={name: sum_stated(row["total"] for row in told if row["currency"] == name) for name in currencies},
        kinds=list(dict.fromkeys((row["method"], row["method_raw"]) for row in told)),
        first=min(days, default=None),
        last=max(days, default=None),
    )

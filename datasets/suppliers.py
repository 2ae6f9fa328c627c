"""What each supplier got by public contracts, kept as rows so that the directory is read in order of amount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from datasets.models import Contract, ContractCell, Kind, Release, Supplier, SupplierTotal
from datasets.selectors.contract_sums import DIRECT
from datasets.selectors.contracts import contract_releases, families

LOCK = 7_301_001  # of the advisory lock: two publications that touch one supplier take turns
COLUMNS = "supplier_id, currency, contracts, direct, amount, direct_amount, bodies, first_year, last_year"
SHARE = 5_000  # suppliers counted in one statement


def refresh_supplier_totals(release_ids: Iterable[int]) -> int:
    """Count again the suppliers named by the contracts of these releases, and of the lists beside them.

    A year's list hides its quarters, so every list of the same body and year may have come or gone with this one.
    """
    lock_suppliers()
    suppliers = _touched(release_ids)
    recount(suppliers)
    return len(suppliers)


def lock_suppliers() -> None:
    """Until the transaction ends nobody else counts or merges suppliers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def recount(suppliers: Sequence[int]) -> None:
    for start in range(0, len(suppliers), SHARE):
        _count(suppliers[start : start + SHARE])


def _touched(release_ids: Iterable[int]) -> list[int]:
    moved = Release.objects.filter(pk__in=list(release_ids), kind=Kind.CONTRACTS)
    around = Q(pk__in=[])
    for body, year in moved.values_list("public_body_id", "year").distinct():
        around |= Q(public_body=body, year=year)
    beside = Release.objects.filter(around, kind=Kind.CONTRACTS).exclude(status=Release.Status.DRAFT)
    keys = list(beside.values_list("public_body_id", "pk"))
    cells = ContractCell.objects.filter(
        public_body__in={body for body, _pk in keys},
        release__in=[pk for _body, pk in keys],
        by=ContractCell.By.SUPPLIER,
    )
    return sorted(int(key) for key in cells.exclude(key="").values_list("key", flat=True).distinct())


def _count(wanted: Sequence[int]) -> None:
    """Those that are counted together are counted whole, under the one they are merged into."""
    together = families(Supplier.objects.filter(pk__in=wanted).values_list("pk", "merged_into_id")).values()
    suppliers = sorted({*wanted}.union(*together))
    merged = any(len(family) > 1 for family in together)
    whose = Coalesce("supplier__merged_into_id", "supplier_id") if merged else F("supplier_id")
    direct = Q(method=Contract.Method.DIRECT)
    counted = (
        Contract.objects.filter(supplier__in=suppliers, release__in=contract_releases().values("pk"))
        .order_by()
        .values("currency", whose=whose)
        .annotate(
            n=Count("line_no"),
            n_direct=Count("line_no", filter=direct),
            total=Sum("amount"),
            total_direct=Sum(DIRECT),
            n_bodies=Count("public_body_id", distinct=True),
            since=Min("year"),
            until=Max("year"),
        )
        .values_list("whose", "currency", "n", "n_direct", "total", "total_direct", "n_bodies", "since", "until")
    )
    sql, parameters = counted.query.sql_with_params()
    SupplierTotal.objects.filter(supplier__in=suppliers).delete()
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(SupplierTotal._meta.db_table)
        cursor.execute(f"INSERT INTO {table} ({COLUMNS}) {sql}", parameters)

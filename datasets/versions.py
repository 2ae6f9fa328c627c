"""Reads and raises the version of the published data."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from .models import DataVersion


def data_versions() -> QuerySet[DataVersion]:
    """The one row, or none before anything was published: to be read with something else."""
    return DataVersion.objects.filter(pk=1)


def data_version() -> int:
    """The version of what is public now; 0 before anything was published."""
    return data_versions().values_list("value", flat=True).first() or 0


def data_state() -> tuple[int, datetime | None]:
    """The version of what is public now, and when it last changed, in one query; (0, None) before anything was published."""
    return DataVersion.objects.filter(pk=1).values_list("value", "changed_at").first() or (0, None)


def bump_data_version() -> int:
    """Raise the version; call it last inside the transaction that publishes, restores or withdraws.

    The row stays locked until that transaction ends, which puts the versions in the order of the commits.
    """
    table = connection.ops.quote_name(DataVersion._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, value, changed_at) VALUES (1, 1, clock_timestamp())"  # noqa: S608 - the table's own name
            f" ON CONFLICT (id) DO UPDATE SET value = {table}.value + 1, changed_at = clock_timestamp()"
            " RETURNING value"
        )
        (value,) = cursor.fetchone() or (0,)
    return int(value)

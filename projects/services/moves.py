"""What every change of state has in common: the row as it is now, from where it may start, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=Model)


def locked(row: Row) -> Row:
    """The row as it is now, kept from others until the transaction ends."""
    found: Row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    return found


def demand_state(row: Any, start: Iterable[str], field: str = "state") -> None:
    if getattr(row, field) not in start:
        raise ValidationError(
            _("It is “%(state)s” now, so this cannot be done."),
            params={"state": getattr(row, f"get_{field}_display")()},
        )


def saved(row: Row) -> Row:
    row.full_clean()
    row.save()
    return row

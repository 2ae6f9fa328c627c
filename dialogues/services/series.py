"""Sessions that follow one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogues.models import Series
from partners.audit import acting
from partners.models import Organisation, User


def create_series(*, title: str, host_organisation: Organisation, by: User | None) -> Series:
    """It begins with one session; its purpose can be written later."""
    with acting(by, "create_series"):
        series = Series(title=title, host_organisation=host_organisation, created_by=by)
        series.full_clean()
        series.save()
        return series


def update_series(*, series: Series, fields: Mapping[str, Any], by: User) -> Series:
    with acting(by, "update_series"):
        current = Series.objects.select_for_update().get(pk=series.pk)
        for name, value in fields.items():
            setattr(current, name, value)
        current.full_clean()
        current.save()
        return current

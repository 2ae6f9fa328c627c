"""Days as they are read: 30 abr 2025, 30 Apr 2025 (Spanish writes months small); and months counted on."""

from __future__ import annotations

import calendar
import datetime
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language


def day(moment: datetime.date | datetime.datetime | None) -> str:
    """The day, in the site's time zone where an hour is known; nothing for None."""
    if moment is None:
        return ""
    local = localtime(moment).date() if isinstance(moment, datetime.datetime) else moment
    return _day(local, get_language() or "")


@lru_cache(maxsize=4_096)
def _day(local: datetime.date, language: str) -> str:
    shown = date_format(local, "j M Y")
    return shown.lower() if language.startswith("es") else shown


def months_later(start: datetime.date, months: int) -> datetime.date:
    """The same day so many months later, or the last of a month that is too short for it."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(start.day, last))

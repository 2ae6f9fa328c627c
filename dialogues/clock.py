"""What a clock on the wall promises, and the moment it means.

A dialogue is promised as an hour in a place ("17:00 in Piedras Negras"). The promise is kept with its zone; the moment
follows from both and is worked out anew whenever the rules of the zones change. On the border two hours a year are
special: one does not exist (clocks go forward), one happens twice (clocks go back). Nobody guesses: people are asked.
"""

from __future__ import annotations

import datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST, SECOND = 0, 1  # of the two times that an hour happens when clocks go back


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def moments(local: datetime.datetime, tz: str) -> list[datetime.datetime]:
    """Every moment at which a clock there shows `local`: none, one, or two (in order)."""
    found = []
    for fold in (FIRST, SECOND):
        moment = local.replace(tzinfo=zone(tz), fold=fold).astimezone(datetime.UTC)
        if moment.astimezone(zone(tz)).replace(tzinfo=None, fold=0) == local and moment not in found:
            found.append(moment)
    return sorted(found)


def moment(local: datetime.datetime, tz: str, fold: int | None = None) -> datetime.datetime:
    """The one moment that is meant; an hour that does not exist, or happens twice without a choice, is refused."""
    found = moments(local, tz)
    if not found:
        raise ValidationError(
            _("%(hour)s does not exist that day in this time zone: clocks go forward. Choose another hour."),
            code="nonexistent",
            params={"hour": f"{local:%H:%M}"},
        )
    if len(found) == 2 and fold is None:
        raise ValidationError(
            _("%(hour)s happens twice that night: clocks go back. Say which one is meant."),
            code="ambiguous",
            params={"hour": f"{local:%H:%M}"},
        )
    return found[min(fold or FIRST, len(found) - 1)]


def wall(at: datetime.datetime, tz: str) -> datetime.datetime:
    """What a clock there shows at a moment."""
    return at.astimezone(zone(tz)).replace(tzinfo=None, fold=0)


def today(tz: str, now: datetime.datetime) -> datetime.date:
    return wall(now, tz).date()

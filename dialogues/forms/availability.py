"""When somebody cannot: whole days, or hours of one's own clocks."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import clock

from .fields import HourInput, NearDayField


class AvailabilityForm(forms.Form):
    day = NearDayField(label=_("From the day"))
    until = NearDayField(label=_("To the day"), required=False, help_text=_("Empty: that day only. It counts whole."))
    start = forms.TimeField(
        label=_("From the hour"), widget=HourInput, required=False, help_text=_("Empty: the whole day.")
    )
    end = forms.TimeField(label=_("To the hour"), widget=HourInput, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("For you alone: nobody else reads it.")
    )

    def __init__(self, *args: Any, tz: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tz = tz

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        first, last = data["day"], data["until"] or data["day"]
        today = clock.today(self.tz, timezone.now())
        if last < today:
            self.add_error("until" if data["until"] else "day", _("That day has passed."))
        elif last < first:
            self.add_error("until", _("It cannot end before it begins."))
        else:
            self._set_moments(data, first, last)
        return data

    def _set_moments(self, data: dict[str, Any], first: datetime.date, last: datetime.date) -> None:
        midnight = datetime.time()
        begins = datetime.datetime.combine(first, data["start"] or midnight)
        ends = datetime.datetime.combine(last, data["end"] or midnight)
        if data["end"] is None:
            ends += datetime.timedelta(days=1)
        if ends <= begins:
            self.add_error("end", _("It cannot end before it begins. If it ends after midnight, say on which day."))
            return
        for name, local in (("start", begins), ("end", ends)):
            found = clock.moments(local, self.tz)
            if not found:
                self.add_error(name, _("That hour does not exist there that day: clocks go forward. Choose another."))
                return
            # Of an hour that happens twice the first when it begins, the second when it ends: the longer time.
            data[f"{name}s_at"] = found[0] if name == "start" else found[-1]
        if data["ends_at"] <= timezone.now():
            self.add_error("end", _("That hour has passed."))

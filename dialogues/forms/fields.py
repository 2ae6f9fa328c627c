"""People, named as one says them; hours. Municipalities and days are named and dressed as in projects."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.selectors.people import nameable
from gesoc.common.text import sort_key
from partners.models import Membership, Person, User
from projects.forms.fields import SHOWN, DayInput, the_one

FARTHEST = datetime.timedelta(days=5 * 365)


class HourInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class NearDayField(forms.DateField):
    """A day that somebody can plan for. A year like 20266 is a slip, and beyond 9999 there is no moment to keep."""

    widget = DayInput

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value > timezone.localdate() + FARTHEST:
            raise ValidationError(_("Choose a day within the next five years."))


class TeamField(forms.CharField):
    """Who facilitates, one name a line. Whoever facilitates for an organisation counts also without a contact yet."""

    widget = forms.Textarea(attrs={"rows": 2})
    user: User

    def clean(self, value: Any) -> list[Person | User]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        return list(dict.fromkeys(self.named(line) for line in lines))

    def named(self, text: str) -> Person | User:
        found: Person | User = the_one(text, people_called(self.user, text))
        return found


def people_called(user: User, text: str) -> list[Person | User]:
    people = list(nameable(user, text)[: SHOWN + 1])
    exact = [one for one in people if sort_key(one.full_name) == sort_key(text)]
    accounts = Membership.objects.in_force().filter(role=Membership.Role.FACILITATOR, user__person__isnull=True)
    own = User.objects.filter(pk=user.pk, person__isnull=True)
    unknown = [*User.objects.filter(pk__in=accounts.values("user_id")).order_by("full_name"), *own]
    alike = [one for one in dict.fromkeys(unknown) if sort_key(text) in sort_key(one.full_name)]
    return [*(exact or people), *alike]

"""When one cannot: told to whoever schedules a dialogue, without the reason."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dialogues import services
from dialogues.clock import wall
from dialogues.forms import AvailabilityForm
from dialogues.models import Availability
from dialogues.selectors.people import conflicts
from gesoc.common.views import add_refusal
from municipalities.models import Municipality
from partners.audit import person
from partners.models import Organisation, User
from partners.services import person_of

TAKEN_OFF = "availability_taken_off"  # in the session of the browser, so that it can be put back


class Row(NamedTuple):
    pk: int
    start: datetime.datetime  # on one's own clocks
    end: datetime.datetime
    note: str

    @property
    def is_whole_days(self) -> bool:
        return self.start.time() == self.end.time() == datetime.time()

    @property
    def last_day(self) -> datetime.date:
        return (self.end - datetime.timedelta(microseconds=1)).date()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def availability(request: HttpRequest) -> HttpResponse:
    user = person(request)
    place = _own_place(user)
    tz = place.time_zone if place is not None else settings.TIME_ZONE
    adds = request.method == "POST" and not {"take_off", "undo"} & set(request.POST)
    form = AvailabilityForm(request.POST if adds else None, tz=tz)
    if request.method == "POST" and _done(request, user, form):
        return redirect("dialogues:availability")
    rows = Availability.objects.filter(person__user=user, ends_at__gt=timezone.now())
    context = {
        "form": form,
        "city": str(place) if place is not None else tz.rpartition("/")[2].replace("_", " "),
        "rows": [Row(row.pk, wall(row.starts_at, tz), wall(row.ends_at, tz), row.note) for row in rows],
        "can_undo": TAKEN_OFF in request.session,
    }
    return render(request, "dialogues/availability.html", context, status=422 if form.errors else 200)


def _own_place(user: User) -> Municipality | None:
    """Whose clocks somebody goes by: those of where they live, else of their organisation."""
    known = getattr(user, "person", None)
    if known is not None and known.municipality is not None:
        return known.municipality
    own = Organisation.objects.of(user).filter(home_municipality__isnull=False)
    first = own.select_related("home_municipality__state").order_by("pk").first()
    return first.home_municipality if first is not None else None


def _done(request: HttpRequest, user: User, form: AvailabilityForm) -> bool:
    if "take_off" in request.POST:
        return _taken_off(request, user)
    if "undo" in request.POST:
        return _put_back(request, user)
    if not form.is_valid():
        return False
    names = ("starts_at", "ends_at", "note")
    try:
        row = _added(user, {name: form.cleaned_data[name] for name in names})
    except ValidationError as refusal:
        add_refusal(form, refusal)
        return False
    request.session.pop(TAKEN_OFF, None)
    messages.success(request, _("Saved."))
    _warn_of_conflicts(request, row)
    return True


def _added(user: User, fields: dict[str, Any]) -> Availability:
    return services.mark_unavailable(person=person_of(user=user), by=user, **fields)


def _warn_of_conflicts(request: HttpRequest, row: Availability) -> None:
    """What they are named for stays: whoever prepares it is told there, and should hear it from them."""
    for session in conflicts(row):
        said = _("You are on the team of “%(session)s” then. You stay on it: tell whoever prepares it.")
        messages.warning(request, said % {"session": session})


def _taken_off(request: HttpRequest, user: User) -> bool:
    number = request.POST["take_off"]
    rows = Availability.objects.filter(person__user=user)
    row = get_object_or_404(rows, pk=int(number) if number.isdecimal() and len(number) < 19 else None)
    kept = {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(), "note": row.note}
    services.free_again(availability=row, by=user)
    request.session[TAKEN_OFF] = kept
    return True


def _put_back(request: HttpRequest, user: User) -> bool:
    kept = request.session.pop(TAKEN_OFF, None)
    if kept is not None:
        moments = {name: datetime.datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at")}
        _added(user, {**moments, "note": kept["note"]})
    return True

"""What the pages of one session share: finding it, its tabs, and buttons that run a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogues.models import Session
from dialogues.selectors.people import away

# Name of the page, its word, the right that opens it (none: whoever sees the session). Rooms not built have no tab.
TABS = (
    ("session", gettext_lazy("Dialogue"), ""),
    ("prepare", gettext_lazy("Prepare"), "dialogues.edit_session"),
    ("convene", gettext_lazy("Invite"), "dialogues.invite"),
    ("people", gettext_lazy("People"), "dialogues.see_participants"),
    ("room", gettext_lazy("Room"), "dialogues.write_notes"),
    ("minutes", gettext_lazy("Minutes"), "dialogues.edit_minutes"),
    ("after", gettext_lazy("What came out"), ""),
)


def visible_session(request: HttpRequest, slug: str) -> Session:
    rows = Session.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("municipality__state", "host_organisation", "series"), slug=slug)


def tabs(request: HttpRequest, session: Session, current: str) -> list[dict[str, Any]]:
    found = []
    for name, label, right in TABS:
        if right and not request.user.has_perm(right, session):
            continue
        if name == "after" and not session.minutes.filter(state="publicada").exists():
            continue
        try:
            url = reverse(f"dialogues:{name}", args=[session.slug])
        except NoReverseMatch:
            continue
        found.append({"label": label, "url": url, "current": name == current})
    return found if len(found) > 1 else []


def show(
    request: HttpRequest, session: Session, template: str, current: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    whole = {
        "session": session,
        "tabs": tabs(request, session, current),
        "crumbs": [(_("Dialogues"), reverse("dialogues:list"))],
        **context,
    }
    return render(request, f"dialogues/{template}.html", whole, status=status)


def warn_of_absent(request: HttpRequest, session: Session) -> None:
    """It is saved all the same: people, not the calendar, decide."""
    for name in away(session):
        messages.warning(
            request, _("%(name)s is not available then: ask them, or name somebody else.") % {"name": name}
        )


def act(request: HttpRequest, action: Callable[[], Any], done: Any = "") -> bool:
    """Run a service behind a button; a refusal becomes a message."""
    try:
        action()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return False
    if done:
        messages.success(request, done)
    return True

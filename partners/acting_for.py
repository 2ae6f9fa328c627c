"""“Actúo por”: the organisation in whose name somebody who belongs to several works just now.

It gives no right; rights come from memberships. It is written beside every change, so that one knows later for whom
somebody acted. What the header shows is remembered in the session; what is written is asked of the database each time.
"""

from __future__ import annotations

from collections.abc import Callable

import pghistory
from django.http import HttpRequest, HttpResponse

from .models import Organisation, User

KEY = "acting_for"
CHOICES = "acts_for"
SAFE = ("GET", "HEAD", "OPTIONS")


def remember(request: HttpRequest, user: User) -> None:
    """Note for the header which organisations there are to choose from; called where memberships change hands."""
    mine = list(Organisation.objects.of(user).values_list("slug", "name", "acronym"))
    slugs = [slug for slug, _name, _acronym in mine]
    if request.session.get(KEY) not in slugs:
        request.session[KEY] = slugs[0] if slugs else ""
    several = [[slug, acronym or name] for slug, name, acronym in mine] if len(mine) > 1 else []
    if request.session.get(CHOICES, []) != several:
        request.session[CHOICES] = several


def choose(request: HttpRequest, user: User, slug: str) -> Organisation | None:
    """Act for another one from now on; None if the person does not belong to it today."""
    found = Organisation.objects.of(user).filter(slug=slug).first()
    if found is not None:
        request.session[KEY] = found.slug
    remember(request, user)
    return found


def organisation_of(request: HttpRequest) -> Organisation | None:
    """For whom the signed-in person acts: the chosen one while they belong to it, else the only one they have."""
    if not request.user.is_authenticated:
        return None
    mine = list(Organisation.objects.of(request.user)[:50])
    chosen = request.session.get(KEY, "")
    return next((one for one in mine if one.slug == chosen), mine[0] if len(mine) == 1 else None)


def acting_for(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whatever a request changes carries the organisation for which it was done."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in SAFE or (organisation := organisation_of(request)) is None:
            return get_response(request)
        with pghistory.context(acting_for=organisation.slug):
            return get_response(request)

    return middleware

"""Who gets in. What somebody may not even see is 404; a right missing on something visible is 403, or the login."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase

from datasets.releases import NotAllowedNow


class LoginNeeded(Exception):
    """The right is missing because nobody is signed in."""


def demand(request: HttpRequest, right: str, on: Model | None = None) -> None:
    """Stop here unless the person has the right. Views that call it are decorated with `gate`."""
    if request.user.has_perm(right, on):
        return
    if request.user.is_authenticated:
        raise PermissionDenied
    raise LoginNeeded


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """A step that may not be taken as things stand is not taken, and the next page says why."""
    try:
        yield
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))


def gate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Send people who have not signed in to the login and back."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except LoginNeeded:
            return redirect_to_login(request.get_full_path())

    return gated

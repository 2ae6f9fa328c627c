"""The audit trail: what triggers of the database write for every changed row, and who is behind the change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .models import User


@contextmanager
def acting(by: User | None, action: str, **note: str) -> Iterator[None]:
    """One transaction whose changes carry the person, the action and, where one has to be given, the reason.

    `by` is None only where no person acts: set-up and scheduled work.
    """
    with pghistory.context(user=by.pk if by else None, action=action, **note), transaction.atomic():
        yield


def given(reason: str) -> str:
    """A reason without the blanks around it; a refusal where there is none."""
    if not reason.strip():
        raise ValidationError(_("Say why: the reason stays with the change."))
    return reason.strip()


def person(request: HttpRequest) -> User:
    """Who acts: the signed-in person behind a request."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def history_of(model: type[models.Model], **options: Any) -> Any:
    """The base of a model that keeps every version of every row of `model`, with its author and when."""
    changes = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.create_event_model(model, *changes, obj_field=pghistory.ObjForeignKey(related_name="+"), **options)

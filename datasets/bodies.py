"""Public bodies as people keep them: confirming what a file brought, correcting a name."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from datasets.models import PublicBody
from gesoc.common.text import search_text, sort_key
from partners.audit import acting
from partners.models import User


def save_public_body(*, body: PublicBody, by: User | None) -> PublicBody:
    """Create or correct a body. `name_key`, by which files find it, stays what it was when the body was made."""
    with acting(by, "save_public_body"):
        body.sort_key = sort_key(body.name)[:300]
        body.search_text = search_text(body.name)[:400]
        body.name_key = body.name_key or search_text(body.name)[:300]
        body.full_clean()
        body.save()
        return body


def confirm_public_body(*, body: PublicBody, by: User) -> PublicBody:
    """Somebody vouches that this body exists and is what it says; its kind has to be known by then."""
    with acting(by, "confirm_public_body"):
        current = PublicBody.objects.select_for_update().get(pk=body.pk)
        if current.confirmed:
            raise ValidationError(_("This body is confirmed already."))
        if current.kind == PublicBody.Kind.UNKNOWN:
            raise ValidationError(_("Say first what kind of body it is."))
        current.confirmed = True
        current.full_clean()
        current.save()
        return current

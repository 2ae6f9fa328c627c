"""Private feeds: an address that nobody guesses, kept as a hash, shown once, revocable."""

from __future__ import annotations

import hashlib
import secrets

from django.utils import timezone

from dialogues.models import CalendarToken
from partners.audit import acting
from partners.models import Organisation, User


def open_calendar(*, by: User, organisation: Organisation | None = None) -> str:
    """A new address for one's own calendar, or an organisation's; the one before stops working."""
    with acting(by, "open_calendar"):
        close_calendar(by=by, organisation=organisation)
        token = secrets.token_urlsafe(32)
        owner = {"organisation": organisation} if organisation else {"user": by}
        CalendarToken.objects.create(created_by=by, token_hash=_hashed(token), **owner)
        return token


def close_calendar(*, by: User, organisation: Organisation | None = None) -> int:
    with acting(by, "close_calendar"):
        live = CalendarToken.objects.filter(revoked_at__isnull=True)
        owned = live.filter(organisation=organisation) if organisation else live.filter(user=by)
        return owned.update(revoked_at=timezone.now())


def find_calendar(*, token: str) -> CalendarToken | None:
    """The owner behind an address, if it was not revoked and its account lives."""
    live = CalendarToken.objects.filter(revoked_at__isnull=True, created_by__is_active=True)
    return live.filter(token_hash=_hashed(token)).select_related("user", "organisation", "created_by").first()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
